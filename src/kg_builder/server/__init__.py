"""The graph over HTTP, read only: pages, SPARQL, reconciliation, in limited worker processes."""
