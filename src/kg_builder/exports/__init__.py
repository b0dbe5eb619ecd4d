"""The published formats of a built graph, one module for each."""
