"""The graph over HTTP, read-only: pages, SPARQL and reconciliation, in limited worker processes."""
