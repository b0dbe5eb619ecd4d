"""Media types: what each format of an answer is called over HTTP, and which of them a request prefers."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Mapping
from functools import lru_cache

from starlette.requests import Request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

HTML = "text/html"
JSON = "application/json"
PNG = "image/png"

ANSWERS = {"json": JSON, "csv": "text/csv", "markdown": "text/markdown", "text": "text/plain"}
"""The formats of the answer to a stored question."""

RESULTS = {
    "application/sparql-results+json": "JSON",
    "application/sparql-results+xml": "XML",
    "text/csv": "CSV",
    "text/tab-separated-values": "TSV",
    JSON: "JSON",
    "application/xml": "XML",
}
"""The media types of tables and truth values, the preferred ones first, and what the store calls them."""

TRIPLES = {
    "text/turtle": "TURTLE",
    "application/n-triples": "N_TRIPLES",
    "application/ld+json": "JSON_LD",
    "application/rdf+xml": "RDF_XML",
    JSON: "JSON_LD",
    "application/xml": "RDF_XML",
    "text/plain": "N_TRIPLES",
}
"""The media types of triples."""

SHORT = {
    "json": {"application/sparql-results+json", "application/ld+json"},
    "xml": {"application/sparql-results+xml", "application/rdf+xml"},
    "csv": {"text/csv"},
    "tsv": {"text/tab-separated-values"},
    "ttl": {"text/turtle"},
    "nt": {"application/n-triples"},
    "jsonld": {"application/ld+json"},
    "rdf": {"application/rdf+xml"},
}
"""What `format` may say instead of a media type; those of triples are endings of the addresses of data, too."""

FILES = {
    ".csv": "text/csv",
    ".gexf": "application/gexf+xml",
    ".graphml": "application/graphml+xml",
    ".js": "text/javascript",
    ".jsonld": "application/ld+json",
    ".md": "text/markdown",
    ".nq": "application/n-quads",
    ".rdf": "application/rdf+xml",
    ".rq": "application/sparql-query",
    ".svg": "image/svg+xml",
    ".trig": "application/trig",
    ".ttl": "text/turtle",
    ".wasm": "application/wasm",
}
"""The media types of files, which systems know in part and differently."""


ACCEPTED = 2000
"""Characters of an Accept header that are read; browsers send some hundred, and long ones take long to compare."""


def know_files() -> None:
    """Make the library that serves files know their media types."""
    for ending, media in FILES.items():
        mimetypes.add_type(media, ending)


def preferred(request: Request, offers: Iterable[str]) -> str | None:
    """Return the offer that the Accept header likes best, the first if there is no such header; None for none.

    https://www.rfc-editor.org/rfc/rfc9110#name-accept
    """
    return _best((request.headers.get("accept") or "*/*")[:ACCEPTED], tuple(offers))


@lru_cache(1000)
def _best(accept: str, offers: tuple[str, ...]) -> str | None:
    """Return the offer that an Accept header likes best."""
    return parse_accept_header(accept, MIMEAccept).best_match(offers)


def wanted(request: Request, form: str, offers: Mapping[str, str]) -> str | None:
    """Return the offer that `form`, a short name or a media type, or else the Accept header asks for."""
    if not form:
        return preferred(request, offers)
    return next((media for media in offers if media in SHORT.get(form, {form})), None)
