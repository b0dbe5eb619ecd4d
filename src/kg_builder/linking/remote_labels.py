"""Reads the labels of things from another SPARQL endpoint, page by page, as untrusted data."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from pyoxigraph import NamedNode, Quad

from kg_builder.linking.sparql_client import CONNECTIONS, Service, service_refusal, solutions_of

ROWS = 10_000
"""Rows of a page."""

PAGES = 200
"""Maximum number of pages from an endpoint; for more data, ask its owner for a better way."""


def is_endpoint(text: str) -> bool:
    """Return whether a text is a web address."""
    return urlsplit(text).scheme.lower() in CONNECTIONS


def labels_of(address: str, query: str, rows: int = ROWS) -> Iterator[Quad]:
    """Yield the rows of a stored query at an endpoint, with the columns subject, property and value.

    Raise `ProblemsFound` if the endpoint gives no answer, another kind of answer, or more than `PAGES` pages.
    """
    service = Service("", address, file=address)
    for page in range(PAGES):
        found = 0
        for solution in solutions_of(service, f"{query}\nLIMIT {rows} OFFSET {page * rows}"):
            found += 1
            thing, predicate, value = solution
            if isinstance(thing, NamedNode) and isinstance(predicate, NamedNode) and value is not None:
                yield Quad(thing, predicate, value)
        if found < rows:
            return
    raise service_refusal(
        service, f"more than {PAGES * rows:,} rows", "Save what you need of it as a file, and link that."
    )
