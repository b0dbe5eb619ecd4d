"""Validation of the graph: shapes set-wise, stored checks, pySHACL as the reference, SHACL reports."""
