"""Asks another SPARQL endpoint, page by page, of which nothing is trusted."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO
from urllib.parse import urlencode, urlsplit

import pyoxigraph
from pyoxigraph import NamedNode, Quad

from kg_builder.problems import Problem, ProblemsFound, quoted

ROWS = 10_000
"""Rows of a page."""

PAGES = 200
"""Pages of an endpoint; its owner knows a better way to get more."""

BYTES = 50_000_000
"""Bytes of a page."""

PATIENCE = 30
"""Seconds until an endpoint must say something."""

LONGEST = 120
"""Seconds until a page is whole."""

MEDIA = "application/sparql-results+json"


def is_endpoint(text: str) -> bool:
    """Return whether a text is an address on the web."""
    return urlsplit(text).scheme.lower() in {"http", "https"}


def labels_of(address: str, query: str, rows: int = ROWS) -> Iterator[Quad]:
    """Yield what a stored query finds at an endpoint: its columns are subject, property and value.

    Raise `ProblemsFound` if the endpoint does not answer, or something else, or more than `PAGES` pages.
    """
    for page in range(PAGES):
        found = 0
        for solution in page_of(address, f"{query}\nLIMIT {rows} OFFSET {page * rows}"):
            found += 1
            thing, predicate, value = solution
            if isinstance(thing, NamedNode) and isinstance(predicate, NamedNode) and value is not None:
                yield Quad(thing, predicate, value)
        if found < rows:
            return
    mend = "Save what you need of it as a file, and link that."
    raise fault(address, "size", "more rows than are read", f"at most {PAGES * rows:,}", mend)


def page_of(address: str, query: str) -> pyoxigraph.QuerySolutions:
    """Return the rows of one page; raise `ProblemsFound` if they cannot be had."""
    body = urlencode({"query": query}).encode()
    headers = {"Accept": MEDIA, "User-Agent": "kg-builder"}
    try:
        request = urllib.request.Request(address, body, headers)  # noqa: S310  (its scheme is that of the web)
        with urllib.request.build_opener(SameHost).open(request, timeout=PATIENCE) as answer:
            content = whole(address, answer)
        rows = pyoxigraph.parse_query_results(content, format=pyoxigraph.QueryResultsFormat.JSON)
    except urllib.error.HTTPError as error:
        raise fault(address, "status", f"the answer {error.code}", "results of a SPARQL query") from error
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise fault(address, "network", f"no answer ({reason})", "a SPARQL endpoint that can be reached") from error
    except (SyntaxError, ValueError) as error:
        found = f"something else ({quoted(str(error))})"
        raise fault(address, "format", found, f"results of a SPARQL query as {MEDIA}") from error
    if not isinstance(rows, pyoxigraph.QuerySolutions):
        raise fault(address, "format", "true or false", "a table")
    return rows


def whole(address: str, answer: HTTPResponse) -> bytes:
    """Return the body of an answer; raise `ProblemsFound` if it is too long or takes too long."""
    until = time.monotonic() + LONGEST
    content = bytearray()
    while piece := answer.read1(1 << 16):  # what has come, so that drops do not keep it waiting
        content += piece
        if len(content) > BYTES:
            raise fault(address, "size", "a longer answer", f"at most {BYTES:,} bytes")
        if time.monotonic() > until:
            raise fault(address, "time", "an answer that does not end", f"one that is whole within {LONGEST} seconds")
    return bytes(content)


class SameHost(urllib.request.HTTPRedirectHandler):
    """Follows redirects within a host alone, and never away from encryption."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        """Return the further request; raise `ProblemsFound` if it would go elsewhere."""
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if (before.scheme, before.netloc) != (after.scheme, after.netloc):
            found = f"a redirect to {quoted(newurl)}"
            raise fault(req.full_url, "redirect", found, "an answer from the same host", "Name that address.")
        again = super().redirect_request(req, fp, code, msg, headers, newurl)
        if again is not None and req.data is not None:
            again.data = req.data
        return again


def fault(address: str, rule: str, found: str, expected: str, mend: str = "") -> ProblemsFound:
    """Return what ends the asking of an endpoint."""
    return ProblemsFound([Problem(address, 0, "", rule, found, expected, mend)])
