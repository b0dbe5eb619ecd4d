"""Brings tables and code books of other publishers into the tables of a report."""
