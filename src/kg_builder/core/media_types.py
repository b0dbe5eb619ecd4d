"""Media types: the HTTP name of each answer format, and content negotiation."""

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
"""The media types of tables and truth values, in order of preference, and their names in the store."""

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
"""Short values of `format` for media types; those for triples are also endings of data addresses."""

FILES = {
    ".csv": "text/csv",
    ".gexf": "application/gexf+xml",
    ".graphml": "application/graphml+xml",
    ".js": "text/javascript",
    ".json": JSON,
    ".jsonld": "application/ld+json",
    ".md": "text/markdown",
    ".nq": "application/n-quads",
    ".rdf": "application/rdf+xml",
    ".rq": "application/sparql-query",
    ".svg": "image/svg+xml",
    ".trig": "application/trig",
    ".tsv": "text/tab-separated-values",
    ".ttl": "text/turtle",
    ".wasm": "application/wasm",
}
"""The media types of files, because systems know only some of them and differ."""


ACCEPTED = 2000
"""Characters read of an Accept header; browsers send about a hundred, and long headers are slow to compare."""


def know_files() -> None:
    """Register the media types of files with `mimetypes`, which the file server uses."""
    for ending, media in FILES.items():
        mimetypes.add_type(media, ending)


def preferred(request: Request, offers: Iterable[str]) -> str | None:
    """Return the offer that the Accept header prefers, the first if there is no such header, None if none is accepted.

    https://www.rfc-editor.org/rfc/rfc9110#name-accept
    """
    return _best((request.headers.get("accept") or "*/*")[:ACCEPTED], tuple(offers))


@lru_cache(1000)
def _best(accept: str, offers: tuple[str, ...]) -> str | None:
    """Return the offer that an Accept header prefers."""
    return parse_accept_header(accept, MIMEAccept).best_match(offers)


def wanted(request: Request, form: str, offers: Mapping[str, str]) -> str | None:
    """Return the offer that `form` (a short name or a media type) selects; without `form`, use the Accept header."""
    if not form:
        return preferred(request, offers)
    return next((media for media in offers if media in SHORT.get(form, {form})), None)
