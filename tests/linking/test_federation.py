"""Stored questions that join with other endpoints: only those that the user has listed, asked within limits."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs

import pytest

from kg_builder.cli.main import main
from kg_builder.core.problems import ProblemsFound
from kg_builder.linking import federated_execution as joining
from kg_builder.linking import sparql_client as services
from kg_builder.queries.federated_questions import federated_questions
from kg_builder.tables.cell_positions import with_columns
from tests.bench import ROOT, project_at
from tests.draft import Draft, Run
from tests.server.served import served

SAME = "<http://www.w3.org/2004/02/skos/core#exactMatch>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
AUTHORITY = "http://authority.example.org"

OURS = f"""
<http://ours.example.org/police> {SAME} <{AUTHORITY}/1> <http://g> .
<http://ours.example.org/police> {LABEL} "Our police"@en <http://g> .
<http://ours.example.org/alone> {SAME} <{AUTHORITY}/2> <http://g> .
<http://ours.example.org/alone> {LABEL} "Ours alone"@en <http://g> .
"""
THEIRS = f"""
<http://theirs.example.org/police> {SAME} <{AUTHORITY}/1> <http://g> .
<http://theirs.example.org/police> {LABEL} "Their \\"police\\" \\\\u0022 SERVICE"@en <http://g> .
<http://theirs.example.org/police> {LABEL} "Polis"@sv <http://g> .
<http://theirs.example.org/other> {SAME} <{AUTHORITY}/3> <http://g> .
<{AUTHORITY}/1> {LABEL} "The police" <http://g> .
<{AUTHORITY}/1> <https://schema.org/description> "Those who investigate"@en <http://g> .
<{AUTHORITY}/2> {LABEL} "Ensam"@sv <http://g> .
"""


def build_with(build: Path, folder: Path, quads: str) -> Path:
    """A build with further quads, and without links of its own."""
    shutil.copytree(build, folder)
    lines = (folder / "kg.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if f" {SAME} " not in line]
    (folder / "kg.nq").write_text("".join(kept) + quads.lstrip(), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory, example_build: Path) -> tuple[Path, Path]:
    """A project and its build, whose things are linked to an authority."""
    folder = tmp_path_factory.mktemp("ours")
    return project_at(folder / "project"), build_with(example_build, folder / "build", OURS)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory, example_build: Path) -> Iterator[str]:
    """The address of a second endpoint, whose things are linked to the same authority."""
    folder = tmp_path_factory.mktemp("theirs")
    build = build_with(example_build, folder / "build", THEIRS)
    with served(build, root=project_at(folder / "project")) as server:
        yield f"http://127.0.0.1:{server.port}/sparql"


Asking = Callable[..., Run]


@pytest.fixture
def asking(ours: tuple[Path, Path]) -> Iterator[Asking]:
    """Ask our graph, with another endpoint listed at an address, or with none."""
    root, build = ours

    def run(address: str | None, *arguments: str, header: str = "name,address") -> Run:
        if address is not None:
            (root / "services.csv").write_text(f"{header}\nother,{address}\n", encoding="utf-8")
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([*arguments, "--root", str(root), "--out", str(build)])
        return Run(code, out.getvalue(), tuple(err.getvalue().splitlines()))

    yield run
    (root / "services.csv").unlink(missing_ok=True)


def rows(run: Run) -> list[dict[str, object]]:
    assert run.code == 0, run.sentences
    return [
        {name: value for name, value in row.items() if value is not None} for row in json.loads(run.printed)["rows"]
    ]


# ---------------------------------------------------------------- two endpoints


def test_things_of_two_graphs_that_are_linked_to_the_same_are_joined(asking: Asking, theirs: str) -> None:
    assert rows(asking(theirs, "ask", "linked-alike", "--format", "json")) == [
        {
            "name": "Our police",
            "their_name": 'Their "police" \\u0022 SERVICE',
            "thing": "http://ours.example.org/police",
            "theirs": "http://theirs.example.org/police",
            "both_are": f"{AUTHORITY}/1",
        }
    ]


def test_names_come_from_the_other_graph(asking: Asking, theirs: str) -> None:
    assert rows(asking(theirs, "ask", "names-elsewhere", "--format", "json")) == [
        {
            "name": "Our police",
            "their_name": "The police",
            "their_description": "Those who investigate",
            "thing": "http://ours.example.org/police",
            "theirs": f"{AUTHORITY}/1",
        }
    ]


def test_the_answer_says_who_was_asked_about_how_much(asking: Asking, theirs: str) -> None:
    run = asking(theirs, "ask", "names-elsewhere")
    said = " ".join(run.printed.split())
    assert f"other was asked about 2 rows at {theirs}; what it says is its own and was not checked." in said


def test_the_joined_answer_comes_as_sparql_results(asking: Asking, theirs: str) -> None:
    run = asking(theirs, "ask", "names-elsewhere", "--format", "sparql-json")
    assert [each["their_name"]["value"] for each in json.loads(run.printed)["results"]["bindings"]] == ["The police"]


def test_the_other_graph_is_asked_in_pieces(asking: Asking, theirs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "PIECE", 1)
    assert len(rows(asking(theirs, "ask", "names-elsewhere", "--format", "json"))) == 1


def test_an_endpoint_of_this_program_refuses_to_ask_another(theirs: str) -> None:
    port = int(theirs.rpartition(":")[2].removesuffix("/sparql"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = f"SELECT * {{ SERVICE <{theirs}> {{ ?s ?p ?o }} }}"
    with contextlib.closing(connection):
        connection.request("POST", "/sparql", body, {"Content-Type": "application/sparql-query"})
        response = connection.getresponse()
        assert (response.status, b"No other host is asked." in response.read()) == (400, True)


# ---------------------------------------------------------------- the list


def test_an_endpoint_that_is_not_listed_is_not_asked(asking: Asking) -> None:
    run = asking(None, "ask", "names-elsewhere")
    assert (run.code, run.sentences[0]) == (
        1,
        (
            'services.csv: found no service "other", expected a line `other,ADDRESS` below the header `name,address`, '
            "with its SPARQL endpoint. queries/federated/names-elsewhere.rq asks it; nothing is asked that you have "
            "not listed."
        ),
    )


def test_a_query_of_ones_own_asks_no_endpoint_though_it_is_listed(asking: Asking, tmp_path: Path) -> None:
    (tmp_path / "own.rq").write_text("SELECT * { SERVICE <service:other> { ?s ?p ?o } }", encoding="utf-8")
    run = asking("http://127.0.0.1:9/", "query", str(tmp_path / "own.rq"))
    assert run.sentences[0].endswith("expected a query on this graph alone. No other host is asked.")


@pytest.mark.parametrize(
    ("header", "address", "sentence"),
    [
        *(
            (
                "name,address",
                address,
                (
                    f'services.csv:2: address: found "{address}", expected the address of a SPARQL endpoint, which '
                    "begins with http or https and holds no password."
                ),
            )
            for address in (
                *("file:///etc/passwd", "http://a:b@x/", "http://:b@x/", "ftp://x/", "x/sparql", "http:///x"),
                *("http://x/ y", "http://[x/", "http://x:99999/", "http://x..y/", "http://\u00e4.example/", ""),
            )
        ),
        (
            "name,address",
            "http://x/\nother,http://y/",
            (
                'services.csv:3: name: found "other", expected a name of its own, of lower-case ASCII words joined by '
                "hyphens."
            ),
        ),
    ],
)
def test_a_faulty_list_is_told(header: str, address: str, sentence: str, asking: Asking) -> None:
    run = asking(address, "ask", "names-elsewhere", header=header)
    assert (run.code, run.sentences[0]) == (1, sentence)


COMMAS = "expected 2, as in the header. Add or take away commas; quote text that has one."
PLAIN = "expected plain text without it. Take it out; a cell has no line break or tab."
QUOTES = 'expected quotes that open and close a whole cell. Write a quote inside a cell as "".'
SAVE = "expected UTF-8 text. Save the table as UTF-8; the encoding is never guessed."
KNOWN = "Columns are name, address."

LISTS: dict[str, tuple[str | bytes, list[str]]] = {
    "empty": ("", [": found an empty file, expected a header line. Delete the file or write its header."]),
    "no-header": (
        "other,http://x/\n",
        [
            ":1: address: found no such column, expected the required column address. Add it.",
            f':1: http://x/: found the unknown column "http://x/", expected a column of the table. {KNOWN}',
            ":1: name: found no such column, expected the required column name. Add it.",
            f':1: other: found the unknown column "other", expected a column of the table. {KNOWN}',
        ],
    ),
    "unknown-column": (
        "name,adress\nother,http://x/\n",
        [':1: adress: found the unknown column "adress", expected a column of the table. Did you mean address?'],
    ),
    "further-column": (
        "name,address,token\nother,http://x/,secret\n",
        [f':1: token: found the unknown column "token", expected a column of the table. {KNOWN}'],
    ),
    "missing-column": (
        "name\nother\n",
        [":1: address: found no such column, expected the required column address. Add it."],
    ),
    "column-twice": (
        "name,address,name\nother,http://x/,other\n",
        [':1: name: found the column "name" twice, expected each column once. Remove one.'],
    ),
    "blank-header-cell": (
        "name,address,\nother,http://x/,\n",
        [f":1: column 3: found a blank header cell, expected the name of a column. {KNOWN}"],
    ),
    "semicolons": (
        "name;address\nother;http://x/\n",
        [':1: found the header "name;address", expected columns separated by commas. Save with commas.'],
    ),
    "two-byte-order-marks": (
        "\ufeff\ufeffname,address\nother,http://x/\n",
        [
            (
                ':1: \ufeffname: found the unknown column "\\ufeffname", expected a column of the table. '
                "Did you mean name?"
            )
        ],
    ),
    "utf-16": ("name,address\nother,http://x/\n".encode("utf-16"), [f":1: found UTF-16 text, {SAVE}"]),
    "latin-1": (
        "name,address\nother,http://x/\xe9\n".encode("latin-1"),
        [f":2: address: found the byte 0xE9 at offset 28, which is not UTF-8, {SAVE}"],
    ),
    "nul": ("name,address\no\0ther,http://x/\n", [f":2: name: found the control character U+0000, {PLAIN}"]),
    "tab": ("name,address\nother,\thttp://x/\n", [f":2: address: found the control character U+0009, {PLAIN}"]),
    "escape-in-the-header": (
        "name,\x1baddress\nother,http://x/\n",
        [f":1: column 2: found the control character U+001B, {PLAIN}"],
    ),
    "long-line": (
        f"name,address\nother,http://x/{'x' * 1_000_001}\n",
        [":2: address: found a line of more than 1,000,000 bytes, expected shorter cells. Shorten the cell."],
    ),
    "rows-of-other-lengths": (
        "name,address\nother,http://x/,y\nanother\n",
        [f":2: found 3 cells, {COMMAS}", f":3: found 1 cell, {COMMAS}"],
    ),
    "blank-line": (
        "name,address\n\nother,http://x/\n",
        [":2: found a blank line, expected 2 cells. Delete the line."],
    ),
    "many-blank-lines": (
        "name,address\n" + "\n" * 50,
        [
            *(f":{line}: found a blank line, expected 2 cells. Delete the line." for line in range(2, 21)),
            ":21: found a blank line, expected 2 cells. Delete the line. (30 more of this kind.)",
        ],
    ),
    "quotes-that-stay-open": (
        'name,address\nother,"http://x/\n',
        [f":2: found unexpected end of data, {QUOTES}"],
    ),
    "quotes-that-close-early": (
        'name,address\n"oth"er,http://x/\n',
        [f""":2: found ',' expected after '"', {QUOTES}"""],
    ),
    "line-break-in-quotes": (
        'name,address\nother,"http://x/\ny"\n',
        [":2: found a line break inside quotes, expected each row on one line. Close the quotes."],
    ),
}
"""Contents of a list of endpoints that is no such list, and the sentences about it, each from its name on."""


@pytest.mark.parametrize("name", LISTS)
def test_a_faulty_list_yields_exactly_its_sentences(name: str, asking: Asking, ours: tuple[Path, Path]) -> None:
    content, sentences = LISTS[name]
    (ours[0] / "services.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    run = asking(None, "ask", "names-elsewhere")
    assert (run.code, list(run.sentences[:-1])) == (1, [f"services.csv{sentence}" for sentence in sentences])


def test_a_folder_is_no_list(asking: Asking, ours: tuple[Path, Path]) -> None:
    folder = ours[0] / "services.csv"
    folder.mkdir()
    run = asking(None, "ask", "names-elsewhere")
    folder.rmdir()
    assert run.sentences[0] == ("services.csv: found something that is not a file, expected a plain file. Remove it.")


def test_a_fault_in_a_list_has_the_column_where_its_cell_begins(tmp_path: Path) -> None:
    (tmp_path / "services.csv").write_text('name,address\n"other",ftp://x/\n', encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        services.services(tmp_path)
    (problem,) = with_columns(found.value.problems, tmp_path)
    assert (problem.location.line, problem.location.column, problem.location.field) == (2, 9, "address")


@pytest.mark.parametrize(
    "content",
    [
        '\ufeffname,address\nother,"http://x/a?b=c,d"\n',
        'name,address\r\nother,"http://x/a?b=c,d"\r\n',
        'address,name\n"http://x/a?b=c,d",other',
        '\ufeff"name","address"\n"other","http://x/a?b=c,d"\n',
    ],
    ids=["byte-order-mark", "crlf", "other-order-of-columns", "byte-order-mark-and-quotes"],
)
def test_another_form_of_the_same_list_is_read(content: str, tmp_path: Path) -> None:
    (tmp_path / "services.csv").write_bytes(content.encode())
    assert services.services(tmp_path) == {"other": services.Service("other", "http://x/a?b=c,d", 2)}


# ---------------------------------------------------------------- hostile endpoints


class Hostile(BaseHTTPRequestHandler):
    """An endpoint that answers as its path says."""

    asked: ClassVar[list[str]] = []
    done = threading.Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append(parse_qs(body)["query"][0])
        with contextlib.suppress(OSError):
            getattr(self, self.path.strip("/").replace("-", "_"))()

    def reply(
        self,
        body: bytes,
        media: str = "application/sparql-results+json",
        status: int = 200,
        more: Mapping[str, str] = {},
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def silent(self) -> None:
        self.done.wait(20)

    def slow(self) -> None:
        self.reply(b'{"head": ')
        while not self.done.wait(0.05):
            self.wfile.write(b" ")

    def slow_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not self.done.wait(0.05):
            self.wfile.write(b"X: y\r\n"[:1])

    def endless(self) -> None:
        self.reply(b'{"head": {"vars": []}, "results": {"bindings": [')
        while True:
            self.wfile.write(b'{"theirs": {"type": "uri", "value": "http://x/"}},' * 1000)

    def redirect_to_file(self) -> None:
        self.reply(b"", status=302, more={"Location": "file:///etc/passwd"})

    def redirect_to_host(self) -> None:
        self.reply(b"", status=307, more={"Location": f"http://{self.headers['Host']}/empty"})

    def page(self) -> None:
        self.reply(b"<p>Welcome</p>", "text/html; charset=utf-8")

    def broken(self) -> None:
        self.reply(b'{"head": {"vars": ["theirs"]}, "results": {"bindings": [{"theirs": {"type": "uri", "val')

    def deep(self) -> None:
        self.reply(b'{"head": {"vars": ["theirs"]}, "results": {"bindings": [' + b'{"theirs":' * 5_000)

    def failing(self) -> None:
        self.reply(b"", status=500)

    def truth(self) -> None:
        self.reply(b'{"head": {}, "boolean": true}')

    def bad_iri(self) -> None:
        self.bind("theirs", {"type": "uri", "value": "http://x/> } SERVICE <http://y/> { ?s ?p ?o"})

    def bad_language(self) -> None:
        self.bind("their_name", {"type": "literal", "value": "x", "xml:lang": "en } SERVICE"})

    def packed(self) -> None:
        self.reply(b"\x1f\x8b\x08", more={"Content-Encoding": "gzip"})

    def hang_up(self) -> None:
        self.close_connection = True

    def empty(self) -> None:
        self.reply(b'{"head": {"vars": []}, "results": {"bindings": []}}')

    def unnamed(self) -> None:
        self.bind("theirs", {"type": "bnode", "value": "b"})

    def stranger(self) -> None:
        self.bind("password", {"type": "literal", "value": "x"})

    def bind(self, name: str, term: dict[str, str]) -> None:
        self.reply(json.dumps({"head": {"vars": [name]}, "results": {"bindings": [{name: term}]}}).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name in the standard library)
        """Log nothing."""


@pytest.fixture
def hostile() -> Iterator[str]:
    """The address below which endpoints misbehave."""
    Hostile.asked.clear()
    Hostile.done.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Hostile) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        Hostile.done.set()
        server.shutdown()
        thread.join()


ROWS = "expected rows as application/sparql-results+json from"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("redirect-to-file", 'a redirect to "file:///etc/passwd"'),
        ("page", "an answer as text/html"),
        ("broken", "an answer that is no result of a query ("),
        ("deep", "an answer that is no result of a query (more than 200 objects or arrays within each other)"),
        ("failing", "the status 500 Internal Server Error"),
        ("truth", "an answer without rows"),
        ("bad-iri", "an answer that is no result of a query (Invalid uri value: Invalid IRI code point '>')"),
        ("bad-language", "an answer that is no result of a query (Invalid xml:lang value"),
        ("packed", "an answer that is no result of a query ("),
        ("hang-up", "no answer (Remote end closed connection without response)"),
        ("endless", "an answer of more than 100,000 bytes"),
    ],
)
def test_an_endpoint_that_misbehaves_is_told(
    path: str, found: str, asking: Asking, hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "ANSWER", 100_000)
    run = asking(f"{hostile}/{path}", "ask", "names-elsewhere")
    assert run.code == 1
    assert run.sentences[0].startswith(f"services.csv:2: other: found {found}")
    assert f", {ROWS} {hostile}/{path}." in run.sentences[0]


@pytest.mark.parametrize("path", ["silent", "slow", "slow-headers"])
def test_an_endpoint_is_not_waited_for(
    path: str, asking: Asking, hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "SECONDS", 1)
    run = asking(f"{hostile}/{path}", "ask", "names-elsewhere")
    assert run.code == 1
    assert run.sentences[0].startswith(
        (
            "services.csv:2: other: found no whole answer within 1 seconds",
            "services.csv:2: other: found no answer (timed",
        )
    )


def test_a_redirect_to_another_place_is_not_followed(asking: Asking, hostile: str) -> None:
    run = asking(f"{hostile}/redirect-to-host", "ask", "names-elsewhere")
    assert f'found a redirect to "{hostile}/empty"' in run.sentences[0]
    assert len(Hostile.asked) == 1


def test_nobody_listens(asking: Asking) -> None:
    run = asking("http://127.0.0.1:9/", "ask", "names-elsewhere")
    assert run.sentences[0].startswith("services.csv:2: other: found no answer ([Errno 111] Connection refused), ")


@pytest.mark.parametrize("path", ["empty", "stranger"])
def test_an_endpoint_that_knows_nothing_gives_no_rows(path: str, asking: Asking, hostile: str) -> None:
    run = asking(f"{hostile}/{path}", "ask", "names-elsewhere", "--format", "json")
    assert [row["their_name"] for row in json.loads(run.printed)["rows"] if row["their_name"]] == []


def test_an_endpoint_is_told_no_more_than_what_it_is_asked_about(asking: Asking, hostile: str) -> None:
    asking(f"{hostile}/empty", "ask", "names-elsewhere")
    (query,) = Hostile.asked
    assert f"VALUES (?theirs) {{ (<{AUTHORITY}/1>) (<{AUTHORITY}/2>) }}" in query
    assert "Our police" not in query
    assert "ours.example.org" not in query


# ---------------------------------------------------------------- stored federated questions


def test_there_are_two_federated_questions() -> None:
    assert sorted(federated_questions(ROOT)) == ["linked-alike", "names-elsewhere"]


def test_federated_questions_are_listed_with_whom_they_ask(asking: Asking) -> None:
    listed = json.loads(asking(None, "queries", "--format", "json").printed)["rows"]
    assert {row["name"]: row["other endpoint"] for row in listed if row["other endpoint"]} == {
        "linked-alike": "other",
        "names-elsewhere": "other",
    }


def test_a_federated_question_is_told_with_what_it_needs(asking: Asking) -> None:
    run = asking(None, "queries", "names-elsewhere")
    assert "It asks other, beside the graph: list other with an address in services.csv.\n" in run.printed
    assert "The query is queries/federated/names-elsewhere.rq.\n" in run.printed
    assert json.loads(asking(None, "queries", "names-elsewhere", "--format", "json").printed)["endpoints"] == ["other"]


HEADER = "#+ summary: Is it so?\n#+ description: It is.\n#+ tags: [trust]\n#+ services: [other]\n"
FORM = (
    "expected SERVICE <service:NAME> { … } in the outermost group of a SELECT. "
    "The name is one of those in services.csv, which each user writes."
)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (f"{HEADER}SELECT ?s {{ SERVICE <http://x/> {{ ?s ?p ?o }} }}\n", f":5: found SERVICE at column 13, {FORM}"),
        (f"{HEADER}SELECT ?s {{ SERVICE ?s {{ ?s ?p ?o }} }}\n", f":5: found SERVICE at column 13, {FORM}"),
        (
            f"{HEADER}SELECT ?s {{ SERVICE SILENT <service:other> {{ ?s ?p ?o }} }}\n",
            f":5: found SERVICE at column 13, {FORM}",
        ),
        (
            f"{HEADER}SELECT ?s {{ OPTIONAL {{ SERVICE <service:other> {{ ?s ?p ?o }} }} }}\n",
            f":5: found SERVICE at column 24, {FORM}",
        ),
        (
            f"{HEADER}SELECT ?s {{ SERVICE <service:other> {{ SERVICE <http://x/> {{ ?s ?p ?o }} }} }}\n",
            ":5: found SERVICE at column 39, expected a query on this graph alone. No other host is asked.",
        ),
        (
            (
                f"{HEADER}SELECT ?s {{ SERVICE <service:other> {{ ?s ?p ?o }} ?s ?p ?x FILTER(?x<1)SERVICE#>\n"
                "<http://x/> { ?s ?p ?o } }\n"
            ),
            ": found SERVICE, expected a query on this graph alone. No other host is asked.",
        ),
        (
            f"{HEADER}SELECT ?s {{ SERVICE <service:another> {{ ?s ?p ?o }} }}\n",
            (
                ':4: found services "other", expected the services that it asks: [another]. '
                "Name the services that the question asks."
            ),
        ),
        (
            f"{HEADER}SELECT ?s {{ SERVICE <service:other> {{ ?s ?p ?o }} }} LIMIT 5\n",
            (
                ":5: found LIMIT, expected a question about all rows. "
                "An endpoint is asked in pieces, of each of which it would be a part."
            ),
        ),
        (
            f"{HEADER}SELECT ?s {{ SERVICE <service:other> {{ ?s ?p }} }}\n",
            ":5: found a syntax error at column 46, expected one of LATERAL, SERVICE. Fix the query.",
        ),
    ],
)
def test_a_faulty_federated_question_yields_its_sentence(query: str, sentence: str, draft: Draft) -> None:
    draft.write("queries/federated/faulty.rq", query)
    assert draft.refusal() == [f"queries/federated/faulty.rq{sentence}"]


def test_the_site_lists_federated_questions_and_makes_no_page_for_them(ours: tuple[Path, Path]) -> None:
    _, build = ours
    listed = (build / "site" / "questions.html").read_text(encoding="utf-8")
    assert "<code>kg-builder ask linked-alike</code>" in listed
    assert not (build / "site" / "questions" / "linked-alike.html").exists()
