"""Stored SPARQL queries: files with typed headers, parameters, and the rules for percentages."""
