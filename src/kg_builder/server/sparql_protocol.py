"""The read-only query operation of the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/)."""

from __future__ import annotations

import dataclasses
import io
import logging
import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl

import pyoxigraph
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request

from kg_builder.answers.graph_reader import GraphReader
from kg_builder.core.media_types import RESULTS, TRIPLES, wanted
from kg_builder.core.problems import ProblemsFound, quoted
from kg_builder.queries.stored_queries import NOT_CODE
from kg_builder.server.http_middleware import REQUEST, Refused, tag_of

BODY = 1_000_000
"""Maximum size of a request in bytes; a query may have a tenth of that in characters, which escapes may lengthen."""

RESULT = 64_000_000
"""Maximum size of a result in bytes; a larger one is refused completely."""

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

DATASET = re.compile(r"(?:^|[\s)}*])from(?=\s)", re.IGNORECASE)
"""The keyword FROM in a query without its strings, IRIs and comments."""

QUERIES = logging.getLogger("kg_builder.queries")


@dataclasses.dataclass(frozen=True)
class SparqlRequest:
    """A query, its graphs if the request names any, and the media types for tables and triples, each may be None."""

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    tables: str | None
    triples: str | None


@dataclasses.dataclass(frozen=True)
class Reply:
    """A complete answer, its media type, and its entity tag."""

    body: bytes
    media: str
    tag: str


# ---------------------------------------------------------------- in the server


async def request_of(request: Request) -> SparqlRequest | None:
    """Return the query of a request, None for a GET without a query; raise `Refused` for any other operation."""
    given = await parameters(request)
    if "update" in given:
        raise Refused.because(
            403, rule="update", found="an update", expected="a query", hint="Nothing can be written here."
        )
    if "query" not in given:
        if request.method == "POST":
            raise Refused.because(400, rule="query", found="no query", expected="a parameter named query")
        return None
    for name in ("query", "format"):
        if len(given.get(name, ())) > 1:
            raise Refused.because(
                400, rule=name, found=f"{len(given[name])} parameters named {name}", expected="one of them"
            )
    form = given.get("format", [""])[0]
    tables, triples = wanted(request, form, RESULTS), wanted(request, form, TRIPLES)
    default, named = (tuple(given.get(f"{kind}-graph-uri", ())) for kind in ("default", "named"))
    return SparqlRequest(given["query"][0], default, named, tables, triples)


async def parameters(request: Request) -> dict[str, list[str]]:
    """Return the values of each parameter, from address and body; raise `Refused` for other types of body."""
    pairs = list(_decoded(request.scope["query_string"]))
    if request.method == "POST":
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media == UPDATE:
            raise Refused.because(
                403, rule="update", found="an update", expected="a query", hint="Nothing can be written here."
            )
        if media not in {FORM, QUERY}:
            raise Refused.because(
                415, rule="type", found=f"the media type {quoted(media)}", expected=f"{FORM} or {QUERY}"
            )
        body = await _body_of(request)
        pairs += _decoded(body) if media == FORM else [("query", _text_of(body))]
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    return given


async def _body_of(request: Request) -> bytes:
    """Return the body of a request; raise `Refused` once it is too long."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY:
            raise Refused.because(413, rule="size", found="a longer request", expected=f"at most {BODY:,} bytes")
    return bytes(body)


def _decoded(pairs: bytes) -> Iterable[tuple[str, str]]:
    """Return names and values of a form; raise `Refused` if they are not UTF-8, or too many."""
    try:
        return parse_qsl(pairs.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:
        raise Refused.because(
            400, rule="encoding", found="other bytes", expected="at most 100 parameters, in percent-encoded UTF-8"
        ) from error


def _text_of(body: bytes) -> str:
    """Return a query; raise `Refused` if it is not UTF-8."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Refused.because(400, rule="encoding", found="other bytes", expected="a query in UTF-8") from error


def service_description(address: str, names: Iterable[str], media: str) -> bytes:
    """Return the service description (https://www.w3.org/TR/sparql11-service-description/)."""
    environment = Environment(loader=PackageLoader("kg_builder", "templates"), undefined=StrictUndefined)  # noqa: S701  (Turtle, with names that are IRIs)
    turtle = environment.get_template("endpoint.ttl").render(graphs=sorted(names))
    described = pyoxigraph.parse(turtle, format=pyoxigraph.RdfFormat.TURTLE, base_iri=address)
    triples = [quad.triple for quad in described]
    return pyoxigraph.serialize(triples, format=triples_form(media), prefixes=described.prefixes) or b""


# ---------------------------------------------------------------- in a worker


class Bounded(io.BytesIO):
    """A buffer with a maximum size."""

    def write(self, more: bytes, /) -> int:  # type: ignore[override]
        """Add bytes; raise `ProblemsFound` if there are too many."""
        if self.tell() + len(more) > RESULT:
            raise ProblemsFound.at(
                REQUEST, rule="result", found="a larger result", expected=f"at most {RESULT:,} bytes", hint="Use LIMIT."
            )
        return super().write(more)


def reply(graph: GraphReader, asked: SparqlRequest, prefixes: Mapping[str, str]) -> Reply:
    """Return the complete results of a query; raise `ProblemsFound` if it does something forbidden."""
    graph.refuse(asked.text)
    given = {iri: _graph_named(graph, iri) for iri in (*asked.default_graphs, *asked.named_graphs)}
    own = DATASET.search(NOT_CODE.sub(" ", asked.text)) is not None
    results = graph.store.query(
        asked.text,
        use_default_graph_as_union=not given and not own,  # else the engine ignores FROM
        default_graph=[given[iri] for iri in asked.default_graphs] if given else None,
        named_graphs=[given[iri] for iri in asked.named_graphs] if given else None,
    )
    rows = Bounded()
    media = asked.triples if isinstance(results, pyoxigraph.QueryTriples) else asked.tables
    if media is None:
        kinds = TRIPLES if isinstance(results, pyoxigraph.QueryTriples) else RESULTS
        raise ProblemsFound.at(REQUEST, rule="format", found="another format", expected=f"one of {', '.join(kinds)}")
    if isinstance(results, pyoxigraph.QueryTriples):
        pyoxigraph.serialize(results, rows, format=triples_form(media), prefixes=dict(prefixes))
    else:
        results.serialize(rows, format=getattr(pyoxigraph.QueryResultsFormat, RESULTS[media]))
    return whole(rows.getvalue(), media)


def _graph_named(graph: GraphReader, iri: str) -> pyoxigraph.NamedNode:
    """Return the graph with that name; raise `ProblemsFound` if there is none, because no graph is fetched."""
    named = next((each for each in graph.store.named_graphs() if each.value == iri), None)
    if not isinstance(named, pyoxigraph.NamedNode):
        names = ", ".join(sorted(str(each.value) for each in graph.store.named_graphs()))
        raise ProblemsFound.at(
            REQUEST,
            rule="graph",
            found=f"the graph {quoted(iri)}",
            expected=f"one of {names}",
            hint="No other one is fetched.",
        )
    return named


def triples_form(media: str) -> pyoxigraph.RdfFormat:
    """Return the RDF format for a media type."""
    return getattr(pyoxigraph.RdfFormat, TRIPLES[media])  # type: ignore[no-any-return]


def whole(body: bytes, media: str) -> Reply:
    """Return a reply."""
    return Reply(body, media, tag_of(body))
