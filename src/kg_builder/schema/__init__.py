"""The schema of the tables, read from the ontology folder: SHACL shapes are tables and columns."""
