"""The SPARQL Protocol: status and media type for each way of asking, and that hostile queries harm nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph
import pytest

from tests.server.served import Served, served

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
JSON = "application/sparql-results+json"
TURTLE = "text/turtle"

ASK = "ASK {?s ?p ?o}"
SELECT = "SELECT ?o {?s a ?o} LIMIT 1"
CONSTRUCT = "CONSTRUCT {?s a ?o} {?s a ?o} LIMIT 1"
COUNT = "SELECT (COUNT(*) AS ?n) {?s ?p ?o}"
IN_GRAPHS = "SELECT (COUNT(*) AS ?n) {GRAPH ?g {?s ?p ?o}}"
GRAPH = "https://w3id.org/child-protection-kg/graph/ontology"
OTHER = "https://w3id.org/child-protection-kg/graph/shared"


@pytest.fixture(scope="module")
def server(real_build: Path) -> Iterator[Served]:
    with served(real_build, "--timeout", "4", "--memory", "600MB", "--quiet") as running:
        yield running


def url(query: str, **parameters: str) -> str:
    return f"/sparql?{urlencode({'query': query, **parameters})}"


# ---------------------------------------------------------------- ways of asking


@pytest.mark.parametrize("method", ["GET", "form", "direct", "direct with a character set"])
def test_a_query_can_be_asked(server: Served, method: str) -> None:
    got = {
        "GET": lambda: server.ask(url(ASK)),
        "form": lambda: server.ask("/sparql", FORM, method="POST", body=urlencode({"query": ASK})),
        "direct": lambda: server.ask("/sparql", DIRECT, method="POST", body=ASK),
        "direct with a character set": lambda: server.ask(
            "/sparql", {"Content-Type": "application/sparql-query; charset=utf-8"}, method="POST", body=ASK
        ),
    }[method]()
    assert (got.status, got.media, json.loads(got.body)) == (200, JSON, {"head": {}, "boolean": True})


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        (SELECT, "", JSON),
        (SELECT, "*/*", JSON),
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (SELECT, "text/csv", "text/csv"),
        (SELECT, "text/tab-separated-values", "text/tab-separated-values"),
        (SELECT, "application/json", "application/json"),
        (SELECT, "application/xml", "application/xml"),
        (SELECT, "text/csv;q=0.4, application/sparql-results+xml;q=0.5", "application/sparql-results+xml"),
        (SELECT, "application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
        (SELECT, "text/turtle, text/csv;q=0.1", "text/csv"),
        (ASK, "application/sparql-results+xml", "application/sparql-results+xml"),
        (CONSTRUCT, "", TURTLE),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "text/csv, application/ld+json;q=0.1", "application/ld+json"),
        ("DESCRIBE <https://w3id.org/child-protection-kg/threat/grooming>", "text/turtle", TURTLE),
    ],
)
def test_the_accept_header_chooses_the_format(server: Served, query: str, accept: str, media: str) -> None:
    got = server.ask(url(query), {"Accept": accept} if accept else {})
    assert (got.status, got.media) == (200, media)


def test_of_a_long_accept_header_the_beginning_is_read(server: Served) -> None:
    assert server.ask(url(SELECT), {"Accept": f"text/csv, {'a/b, ' * 10_000}"}).media == "text/csv"
    assert server.ask(url(SELECT), {"Accept": f"{'a/b, ' * 10_000}text/csv"}).status == 406


@pytest.mark.parametrize(
    ("query", "form", "media"),
    [
        (SELECT, "json", JSON),
        (SELECT, "xml", "application/sparql-results+xml"),
        (SELECT, "csv", "text/csv"),
        (SELECT, "tsv", "text/tab-separated-values"),
        (SELECT, "text/csv", "text/csv"),
        (CONSTRUCT, "ttl", TURTLE),
        (CONSTRUCT, "nt", "application/n-triples"),
        (CONSTRUCT, "jsonld", "application/ld+json"),
        (CONSTRUCT, "rdf", "application/rdf+xml"),
        (CONSTRUCT, "json", "application/ld+json"),
    ],
)
def test_format_chooses_before_the_accept_header(server: Served, query: str, form: str, media: str) -> None:
    got = server.ask(url(query, format=form), {"Accept": "text/html"})
    assert (got.status, got.media) == (200, media)


UPDATING = {"Content-Type": "application/sparql-update"}
INSERT = "INSERT DATA {<x:a> <x:b> <x:c>}"


@pytest.mark.parametrize(
    ("status", "method", "path", "headers", "body"),
    [
        (400, "GET", url("SELECT * {"), {}, None),
        (400, "GET", f"{url(ASK)}&query=ASK%7B%7D", {}, None),
        (400, "GET", "/sparql?query=%FF", {}, None),
        (400, "GET", url(INSERT), {}, None),
        (403, "GET", f"/sparql?{urlencode({'update': INSERT})}", {}, None),
        (406, "GET", url(SELECT), {"Accept": "image/png"}, None),
        (406, "GET", url(SELECT), {"Accept": "text/turtle"}, None),
        (406, "GET", url(SELECT, format="png"), {}, None),
        (400, "GET", url(ASK, **{"default-graph-uri": "file:///etc/passwd"}), {}, None),
        (400, "GET", url(ASK, **{"named-graph-uri": "https://example.org/none"}), {}, None),
        (403, "POST", "/sparql", FORM, urlencode({"update": INSERT})),
        (403, "POST", "/sparql", UPDATING, INSERT),
        (400, "POST", "/sparql", FORM, ""),
        (400, "POST", "/sparql", DIRECT, b"ASK {?s ?p '\xff'}"),
        (415, "POST", "/sparql", {}, ASK),
        (415, "POST", "/sparql", {"Content-Type": "text/plain"}, ASK),
        (413, "POST", "/sparql", DIRECT, f"{ASK} #{'x' * 1_000_000}"),
        (413, "POST", "/sparql", DIRECT, f"{ASK} #{'x' * 100_000}"),
        (405, "PUT", "/sparql", DIRECT, ASK),
        (405, "DELETE", url(ASK), {}, None),
    ],
)
def test_what_is_no_query_operation_is_refused(
    server: Served, status: int, method: str, path: str, headers: dict[str, str], body: str | bytes | None
) -> None:
    assert server.ask(path, headers, method=method, body=body).status == status


def test_head_is_get_without_the_body(server: Served) -> None:
    got, head = server.ask(url(SELECT)), server.ask(url(SELECT), method="HEAD")
    assert (head.status, head.media, head.body) == (200, JSON, b"")
    assert head.headers["ETag"] == got.headers["ETag"]


def test_options_tells_the_methods(server: Served) -> None:
    got = server.ask("/sparql", method="OPTIONS")
    assert (got.status, got.headers["Allow"]) == (204, "GET, HEAD, POST, OPTIONS")


def test_a_page_of_any_origin_may_ask(server: Served) -> None:
    assert server.ask(url(ASK), {"Origin": "https://example.org"}).headers["Access-Control-Allow-Origin"] == "*"
    wish = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    got = server.ask("/sparql", {**wish, "Access-Control-Request-Headers": "content-type"}, method="OPTIONS")
    assert (got.status, got.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert got.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST"


@pytest.mark.parametrize("media", [TURTLE, "application/n-triples", "application/ld+json", "application/rdf+xml"])
def test_without_a_query_the_endpoint_describes_itself(server: Served, media: str) -> None:
    got = server.ask("/sparql", {"Accept": media})
    form = pyoxigraph.RdfFormat.from_media_type(media)
    assert (got.status, got.media) == (200, media)
    store = pyoxigraph.Store()
    store.load(got.body, format=form)
    said = pyoxigraph.NamedNode("http://www.w3.org/ns/sparql-service-description#endpoint")
    (quad,) = store.quads_for_pattern(None, said, None)
    assert quad.object == pyoxigraph.NamedNode(f"http://127.0.0.1:{server.port}/sparql")


def test_people_are_led_to_the_editor(server: Served, real_build: Path) -> None:
    if not (real_build / "site" / "sparql.html").is_file():
        pytest.skip("this build has no page with an editor")
    page = {"Accept": "text/html, */*;q=0.1"}
    assert server.ask("/sparql", page).headers["Location"] == "sparql.html"
    assert server.ask(url("ASK {}"), page).headers["Location"] == "sparql.html#query=ASK%20%7B%7D"


# ---------------------------------------------------------------- graphs


def counted(got: bytes) -> int:
    return int(json.loads(got)["results"]["bindings"][0]["n"]["value"])


def lines(build: Path, graph: str) -> int:
    return (build / "kg.nq").read_text(encoding="utf-8").count(f" <{graph}> .\n")


def test_the_default_graph_is_all_graphs_together(server: Served, real_build: Path) -> None:
    assert counted(server.ask(url(COUNT)).body) == len((real_build / "kg.nq").read_bytes().splitlines())


def test_the_whole_graph_is_answered_whole(server: Served, real_build: Path) -> None:
    got = server.ask(url("SELECT * {?s ?p ?o}"))
    quads = len((real_build / "kg.nq").read_bytes().splitlines())
    assert (got.status, len(json.loads(got.body)["results"]["bindings"])) == (200, quads)
    assert counted(server.ask(url(COUNT)).body) == quads


@pytest.mark.parametrize("named", [f"FROM <{GRAPH}>", f"from<{GRAPH}>", f"# FROM\nFROM <{GRAPH}>"])
def test_a_query_may_name_its_graph(server: Served, real_build: Path, named: str) -> None:
    got = server.ask(url(COUNT.replace("{", f"{named}\n{{", 1)))
    assert counted(got.body) == lines(real_build, GRAPH) > 0


@pytest.mark.parametrize("word", ["?from", "'from'", "<x:from >".replace(" ", "")])
def test_a_name_is_no_keyword(server: Served, word: str) -> None:
    got = server.ask(url(f"SELECT (COUNT(*) AS ?n) {{?s ?p ?o . FILTER(!BOUND(?x) || {word} = {word})}}"))
    assert counted(got.body) == counted(server.ask(url(COUNT)).body)


@pytest.mark.parametrize(
    ("query", "parameter", "graphs"),
    [
        (COUNT, "default-graph-uri", [GRAPH]),
        (COUNT, "named-graph-uri", []),
        (IN_GRAPHS, "named-graph-uri", [GRAPH]),
        (IN_GRAPHS, "default-graph-uri", []),
        (COUNT.replace("{", f"FROM <{OTHER}> {{"), "default-graph-uri", [GRAPH]),
    ],
)
def test_a_request_may_name_its_graph(
    server: Served, real_build: Path, query: str, parameter: str, graphs: list[str]
) -> None:
    got = server.ask(url(query, **{parameter: GRAPH}))
    assert counted(got.body) == sum(lines(real_build, graph) for graph in graphs)


def test_a_graph_that_is_not_there_is_empty_and_not_fetched(server: Served) -> None:
    assert counted(server.ask(url("SELECT (COUNT(*) AS ?n) FROM <file:///etc/passwd> {?s ?p ?o}")).body) == 0


# ---------------------------------------------------------------- hostile queries

CROSS = "{?a ?b ?c . ?d ?e ?f . ?g ?h ?i}"
HOSTILE = {
    "cross product": (503, f"SELECT * {CROSS}"),
    "count of one": (503, f"SELECT (COUNT(*) AS ?n) {CROSS}"),
    "sorted": (503, f"SELECT * {CROSS} ORDER BY ?i ?f"),
    "distinct": (503, f"SELECT DISTINCT ?a ?d ?g {CROSS}"),
    "false only at the end": (503, f"ASK {{ {CROSS} FILTER(STRLEN(CONCAT(STR(?a), STR(?d), STR(?g))) < 3) }}"),
    "grouped": (503, "SELECT ?a (GROUP_CONCAT(?f) AS ?x) {?a ?b ?c . ?d ?e ?f} GROUP BY ?a"),
    "deep path": (503, "SELECT (COUNT(*) AS ?n) {?a (<x:a>|!<x:a>)* ?b . ?b (<x:a>|!<x:a>)* ?c}"),
    "offset": (503, f"SELECT * {CROSS} OFFSET 1000000000"),
    "values": (503, f"SELECT * {{{' '.join(f'VALUES ?v{i} {{1 2 3 4 5 6 7 8 9}}' for i in range(12))}}}"),
    "doubling": (
        503,
        "SELECT (STRLEN(?v30) AS ?n) {BIND('xxxxxxxxxx' AS ?v0) "
        + " ".join(f"BIND(CONCAT(?v{i}, ?v{i}) AS ?v{i + 1})" for i in range(30))
        + "}",
    ),
    "braces": (413, f"SELECT * {'{' * 20_000}{'}' * 20_000}"),
    "parentheses": (413, f"SELECT * {{FILTER({'(' * 20_000}1{')' * 20_000})}}"),
    "or": (503, f"SELECT * {{FILTER({'||'.join(['1'] * 20_000)})}}"),
    "not": (503, f"SELECT * {{FILTER({'!' * 20_000}1)}}"),
    "plus": (503, f"SELECT ({'+'.join(['1'] * 20_000)} AS ?x) {{}}"),
    "long path": (503, f"SELECT * {{?a {'/'.join(['<x:a>'] * 9_000)} ?b}}"),
    "unions": (503, f"SELECT * {{{' UNION '.join(['{?a ?b ?c}'] * 2_000)}}}"),
    "service": (400, "SELECT * {SERVICE <http://127.0.0.1:9/> {?a ?b ?c}}"),
    "silent service": (400, "SELECT * {SERVICE SILENT <http://127.0.0.1:9/> {?a ?b ?c}}"),
    "hidden service": (400, "SELECT * {{SELECT * {FILTER EXISTS {SERVICE ?x {?a ?b ?c}}}}}"),
    "service of a file": (400, "SELECT * {SERVICE <file:///etc/passwd> {?a ?b ?c}}"),
    "load": (400, "LOAD <file:///etc/passwd>"),
    "drop": (400, "DROP ALL"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_is_refused_and_the_next_one_answered(server: Served, name: str) -> None:
    status, query = HOSTILE[name]
    got = server.ask("/sparql", DIRECT, method="POST", body=query)
    assert (got.status, got.media) == (status, "application/json")
    assert [each["found"] for each in json.loads(got.body)["problems"]]
    assert json.loads(server.ask(url(ASK)).body) == {"head": {}, "boolean": True}


def test_a_regular_expression_takes_linear_time(server: Served) -> None:
    got = server.ask(url(f"SELECT * {{FILTER(regex('{'a' * 40}!', '^(a+)+$'))}}"))
    assert (got.status, json.loads(got.body)["results"]["bindings"]) == (200, [])
