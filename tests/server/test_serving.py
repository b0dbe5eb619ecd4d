"""The server: stored questions at addresses of their own, things as pages and data, files, headers, start and stop."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import pyoxigraph
import pytest
import uvicorn
from openapi_spec_validator import validate
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.server import ServerState

from kg_builder import open_graph
from kg_builder.answers.answer import Answer
from kg_builder.answers.graph_reader import GraphReader
from kg_builder.server import server_process as listening
from kg_builder.server import shared_graph as shared
from kg_builder.server.http_application import application
from kg_builder.server.workers import Workers
from kg_builder.site.pages import Pages
from tests.bench import ROOT
from tests.processes import in_own_process
from tests.server.served import Served, served


@pytest.fixture(scope="module")
def server(real_build: Path) -> Iterator[Served]:
    with served(real_build) as running:
        yield running


# ---------------------------------------------------------------- stored questions


def test_the_questions_are_listed_with_their_addresses(server: Served) -> None:
    got = server.ask("/questions")
    listed = {each["name"]: each for each in json.loads(got.body)}
    assert sorted(listed) == sorted(path.stem for path in (ROOT / "queries" / "answers").rglob("*.rq"))
    assert listed["how-common"]["address"] == f"http://127.0.0.1:{server.port}/questions/how-common"
    assert listed["how-common"]["parameters"] == {"topic": "technology/deepfakes"}


@pytest.mark.parametrize(
    ("form", "media"), [("json", "application/json"), ("csv", "text/csv"), ("markdown", "text/markdown")]
)
def test_an_answer_is_that_of_python_in_the_format_that_is_asked_for(
    server: Served, real_build: Path, form: str, media: str
) -> None:
    answer = open_graph(ROOT, real_build).ask("how-common", topic="grooming")
    expected = {"json": answer.to_json, "csv": answer.to_csv, "markdown": answer.to_markdown}[form]()
    for got in (
        server.ask(f"/questions/how-common?topic=grooming&format={form}"),
        server.ask("/questions/how-common?topic=grooming", {"Accept": media}),
    ):
        assert (got.status, got.media, got.text) == (200, media, expected)


@pytest.mark.parametrize(
    ("path", "status", "found"),
    [
        ("no-such", 404, "no question of that name"),
        ("how-common?topic=weather", 404, "weather"),
        ("how-common?subject=x", 400, "the parameter subject"),
        ("how-common?topic=grooming&topic=sextortion", 400, "a parameter twice"),
        ("how-common?format=png", 406, "format is one of json, csv, markdown, text"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_reason(server: Served, path: str, status: int, found: str) -> None:
    got = server.ask(f"/questions/{path}")
    assert (got.status, got.media, found in got.text) == (status, "application/json", True)


def test_reasons_are_sentences_for_people(server: Served) -> None:
    got = server.ask("/questions/no-such", {"Accept": "text/html"})
    assert (got.status, got.media) == (404, "text/plain")
    assert got.text.startswith("no-such: found no question of that name, expected one of the stored questions")


def test_openapi_describes_every_stored_question(server: Served) -> None:
    got = server.ask("/openapi.json")
    description = json.loads(got.body)
    validate(description)
    names = {f"/questions/{path.stem}" for path in (ROOT / "queries" / "answers").rglob("*.rq")}
    service = {f"/reconcile{path}" for path in ("", "/preview", "/properties", "/suggest/{what}")}
    assert set(description["paths"]) == {*names, *service, "/questions", "/sparql"}
    (topic, form) = description["paths"]["/questions/how-common"]["get"]["parameters"]
    assert (topic["name"], topic["example"]) == ("topic", "technology/deepfakes")
    assert form == {"$ref": "#/components/parameters/format"}


# ---------------------------------------------------------------- things and files

TURTLE = "text/turtle"


@pytest.mark.parametrize(
    ("accept", "place"),
    [
        ("", "grooming.ttl"),
        ("*/*", "grooming.ttl"),
        ("application/n-triples", "grooming.nt"),
        ("application/ld+json", "grooming.jsonld"),
        ("application/rdf+xml;q=0.9, text/turtle;q=0.1", "grooming.rdf"),
        ("text/html, */*;q=0.8", "grooming.html"),
    ],
)
def test_a_thing_leads_to_its_page_or_data(server: Served, real_build: Path, accept: str, place: str) -> None:
    if place.endswith(".html") and not (real_build / "site").is_dir():
        pytest.skip("this build has no pages")
    got = server.ask("/threat/grooming", {"Accept": accept} if accept else {})
    assert (got.status, got.headers["Location"], "Accept" in got.headers["Vary"]) == (303, place, True)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("netclean-2018/finding/deepfakes-encountered-yes", "../question/deepfakes-encountered.html"),
        ("netclean-2018/option/deepfakes-encountered-yes", "../question/deepfakes-encountered.html"),
        ("unit/percent", "../things.html"),
    ],
)
def test_a_thing_without_a_page_leads_to_its_place_on_the_page_of_another(
    path: str, place: str, server: Served
) -> None:
    got = server.ask(f"/{path}", {"Accept": "text/html"})
    assert (got.status, got.headers["Location"]) == (303, f"{place}#{path}")
    assert server.ask(f"/{path}.ttl").status == 200


def test_the_chart_of_a_question_is_drawn_as_png_on_request(server: Served) -> None:
    got = server.ask("/netclean-2018/question/deepfakes-frequency.png")
    assert (got.status, got.media, got.body[:4]) == (200, "image/png", b"\x89PNG")
    assert server.ask("/threat/grooming.png").status == 404


def test_a_thing_whose_slash_is_encoded_leads_to_its_data_too(server: Served) -> None:
    place = server.ask("/threat%2Fgrooming").headers["Location"]
    assert (place, server.ask(f"/{place}").status) == ("threat%2Fgrooming.ttl", 200)


@pytest.mark.parametrize(
    ("ending", "media"),
    [
        ("ttl", TURTLE),
        ("nt", "application/n-triples"),
        ("jsonld", "application/ld+json"),
        ("rdf", "application/rdf+xml"),
    ],
)
def test_the_data_of_a_thing_say_all_that_the_graph_says(
    server: Served, real_build: Path, ending: str, media: str
) -> None:
    got = server.ask(f"/threat/grooming.{ending}")
    assert (got.status, got.media) == (200, media)
    form = pyoxigraph.RdfFormat.from_media_type(media)
    assert form
    found = {quad.triple for quad in pyoxigraph.parse(got.body, format=form)}
    store = open_graph(ROOT, real_build).store
    thing = pyoxigraph.NamedNode("https://w3id.org/child-protection-kg/threat/grooming")
    about = [*store.quads_for_pattern(thing, None, None), *store.quads_for_pattern(None, None, thing)]
    assert found == {quad.triple for quad in about}


@pytest.mark.parametrize(
    "path",
    ["/threat/no-such", "/threat/no-such.ttl", "/nothing", "/../pyproject.toml", "/%2e%2e/pyproject.toml", "/%00"],
)
def test_what_is_not_there_is_told(server: Served, path: str) -> None:
    got = server.ask(path)
    assert (got.status, got.media) == (404, "application/json")


def test_who_wants_a_page_that_is_not_there_gets_one_that_says_so(server: Served) -> None:
    got = server.ask("/threat/no-such", {"Accept": "text/html, */*;q=0.1"})
    assert (got.status, got.media) == (404, "text/html")
    assert "<h1>There is no page at this address</h1>" in got.text
    assert '<link rel="stylesheet" href="/assets/style.css">' in got.text


def test_a_link_out_of_the_build_is_not_followed(real_build: Path, tmp_path: Path) -> None:
    build = tmp_path / "build"
    build.mkdir()
    shutil.copy(real_build / "kg.nq", build)
    (tmp_path / "secret.txt").write_text("secret")
    (build / "linked.txt").symlink_to(tmp_path / "secret.txt")
    with served(build) as running:
        assert running.ask("/linked.txt").status == 404


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/kg.nq", "application/n-quads"),
        ("/kg.trig", "application/trig"),
        ("/kg.ttl", TURTLE),
        ("/kg.jsonld", "application/ld+json"),
        ("/kg.gexf", "application/gexf+xml"),
        ("/kg.graphml", "application/graphml+xml"),
        ("/dictionary.md", "text/markdown"),
        ("/tables/shared/threats.csv", "text/csv"),
    ],
)
def test_files_have_their_media_type(server: Served, real_build: Path, path: str, media: str) -> None:
    got = server.ask(path)
    assert (got.status, got.media, got.body) == (200, media, (real_build / path[1:]).read_bytes())


def test_files_are_sent_compressed_under_a_weak_tag(server: Served, real_build: Path) -> None:
    got = server.ask("/kg.ttl", {"Accept-Encoding": "gzip"})
    assert (got.headers["Content-Encoding"], got.headers["ETag"][:3]) == ("gzip", 'W/"')
    assert gzip.decompress(got.body) == (real_build / "kg.ttl").read_bytes()


def test_without_pages_the_addresses_are_listed(real_build: Path, tmp_path: Path) -> None:
    shutil.copy(real_build / "kg.nq", tmp_path)
    with served(tmp_path) as running:
        got = running.ask("/", {"Accept": "text/html"})
        assert (got.status, json.loads(got.body)["pages"]) == (200, "none were built")
        assert running.ask("/threat/grooming", {"Accept": "text/html, */*;q=0.1"}).headers["Location"] == "grooming.ttl"


# ---------------------------------------------------------------- headers


@pytest.mark.parametrize(
    "path", ["/health", "/questions", "/questions/how-common", "/threat/grooming.ttl", "/kg.nq", "/nothing", "/sparql"]
)
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
)
def test_every_answer_has_the_header(server: Served, path: str, header: str, value: str) -> None:
    headers = server.ask(path).headers
    assert headers.get_all(header) == [value]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';")


@pytest.mark.parametrize(
    "path", ["/questions", "/questions/how-common", "/threat/grooming.ttl", "/kg.nq", "/openapi.json", "/sparql"]
)
def test_what_the_client_has_already_is_not_sent_again(server: Served, path: str) -> None:
    tag = server.ask(path).headers["ETag"]
    got = server.ask(path, {"If-None-Match": f"W/{tag}"})
    assert (got.status, got.body) == (304, b"")


# ---------------------------------------------------------------- clients that ask too much


@pytest.mark.parametrize("headers", [f"X: {'x' * 10_000_000}", "X: x\r\n" * 1_000_000])
def test_a_head_that_is_too_long_is_not_read_to_its_end(server: Served, headers: str) -> None:
    got = b""
    with socket.create_connection(("127.0.0.1", server.port)) as asking, contextlib.suppress(ConnectionError):
        asking.sendall(f"GET /health HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n".encode())
        got = asking.recv(12)
    assert got in {b"", b"HTTP/1.1 400"}
    assert server.ask("/health").status == 200


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nASK",
        b"GET / HTTP/1.1\r\n\r\nGET /",
    ],
)
def test_who_does_not_end_a_request_is_not_waited_for(begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "PATIENCE", 0.1)

    async def answered(_: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def answer() -> int:
        config = uvicorn.Config(answered, log_config=None, http=listening.Connection, ws="none")
        server = await asyncio.get_running_loop().create_server(
            lambda: listening.Connection(config, ServerState(), {}), "127.0.0.1", 0
        )
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(begun)
            answers = bytearray()
            with contextlib.suppress(ConnectionResetError):
                while some := await asyncio.wait_for(reader.read(1000), 10):
                    answers += some
            writer.close()
            with contextlib.suppress(ConnectionResetError):
                await writer.wait_closed()
            return answers.count(b"HTTP/1.1 204")

    assert asyncio.run(answer()) == begun.count(b"GET / HTTP/1.1\r\n\r\n")


def test_who_takes_no_byte_of_an_answer_is_not_waited_for() -> None:
    with listening.listening("127.0.0.1", 0) as sock:
        if not hasattr(socket, "TCP_USER_TIMEOUT"):
            pytest.skip("this system has no such bound")
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000


# ---------------------------------------------------------------- start and stop


def test_health_tells_the_size_of_the_graph(server: Served, real_build: Path) -> None:
    quads = (real_build / "kg.nq").read_bytes().count(b"\n")
    assert json.loads(server.ask("/health").body) == {"status": "ok", "quads": quads, "asked": 0}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/questions/how-common", "/threat/grooming", "/kg.nq"])
def test_nothing_can_be_written(server: Served, path: str, method: str) -> None:
    assert server.ask(path, method=method, body="x").status == 405


@pytest.mark.parametrize("host", ["example.org", "example.org:80", "127.0.0.1.example.org", "[::2]", ""])
def test_no_page_elsewhere_can_give_this_machine_a_name(server: Served, host: str) -> None:
    assert server.ask("/health", {"Host": host}).status == 400


@pytest.mark.parametrize("host", ["localhost:9", "127.0.0.1", "[::1]:8000", "LOCALHOST"])
def test_it_answers_to_the_names_of_this_machine(server: Served, host: str) -> None:
    assert server.ask("/health", {"Host": host}).status == 200


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_once_and_leaves_no_process(real_build: Path, by: signal.Signals) -> None:
    with served(real_build, "--timeout", "60") as running:
        slow = f"/sparql?{urlencode({'query': 'SELECT (COUNT(*) AS ?n) {?a ?b ?c . ?d ?e ?f . ?g ?h ?i}'})}"
        with socket.create_connection(("127.0.0.1", running.port)) as asking:
            asking.sendall(f"GET {slow} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            while json.loads(running.ask("/health").body)["asked"] == 0:
                time.sleep(0.01)
            code, log = running.stopped(by)
        assert (code, "Traceback" in log) == (0, False)
        assert gone(running.process.pid)


def test_a_server_that_is_killed_leaves_no_process(real_build: Path) -> None:
    with served(real_build) as running:
        running.process.kill()
        running.process.wait(10)
        assert gone(running.process.pid)


def gone(group: int) -> bool:
    """Wait until no process of a group is left; return whether that is so after some seconds."""
    for _ in range(500):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(("options", "told"), [((), False), (("--log-queries",), True)])
def test_the_log_tells_queries_only_if_it_is_told_to(real_build: Path, options: tuple[str, ...], told: bool) -> None:  # noqa: FBT001
    with served(real_build, *options) as running:
        running.ask("/sparql?query=ASK%20%7B%3Chttps://secret%3E%20a%20%3Fb%7D")
        running.ask("/questions/how-common?topic=grooming")
        _, log = running.stopped()
    assert ("secret" in log, "topic=" in log) == (told, False)
    assert ("GET /sparql 200 " in log, "GET /questions/how-common 200 " in log) == (True, True)


def test_a_quiet_server_logs_no_request(real_build: Path) -> None:
    with served(real_build, "--quiet") as running:
        running.ask("/nothing")
        assert running.stopped() == (0, "")


def test_a_line_of_the_log_cannot_be_forged(real_build: Path) -> None:
    with served(real_build) as running:
        running.ask("/a%0A2026-01-01%20GET%20/forged%20200")
        _, log = running.stopped()
    assert [line for line in log.splitlines() if line.startswith("2026-01-01")] == []


def test_a_port_that_is_taken_is_told(real_build: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = in_own_process("serve", "--root", str(ROOT), "--out", str(real_build), "--port", port)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("--port: found [Errno")
    assert "expected an address and a free port of this machine. Choose another one." in run.stderr


def test_memory_that_does_not_hold_the_graph_is_told(real_build: Path) -> None:
    run = in_own_process("serve", "--root", str(ROOT), "--out", str(real_build), "--port", "0", "--memory", "100MB")
    assert (run.returncode, run.stdout) == (1, "")
    assert "--memory: found 100,000,000 bytes, expected room for the graph. Allow more." in run.stderr


# ---------------------------------------------------------------- without a process


class Here:
    """Workers that are none."""

    asked = 0

    def __init__(self, graph: GraphReader) -> None:
        self.graph = graph

    async def run(self, task: Callable[..., object], *arguments: object) -> object:
        return task(self.graph, *arguments)


@pytest.fixture(scope="module")
def app(real_build: Path) -> ASGIApp:
    class Shown:
        def live(self, name: str, parameters: Mapping[str, str], answer: Answer) -> str:
            if parameters["finding"] == ID:
                return f"<p>{name}: {len(answer)}</p>"
            raise ZeroDivisionError

        def missing(self) -> str:
            return ""

    graph = open_graph(ROOT, real_build)
    return application(graph, real_build, cast("Workers", Here(graph)), version="1", pages=cast("Pages", Shown()))


ID = "netclean-2018/finding/deepfakes-encountered-yes"


def sent(app: ASGIApp, finding: str) -> list[Message]:
    """What the application sends to who wants the page of a finding."""
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/questions/finding",
        "query_string": f"finding={finding}".encode(),
        "headers": [(b"accept", b"text/html, */*;q=0.1"), (b"host", b"localhost")],
    }
    messages = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        messages.append(message)

    with contextlib.suppress(ZeroDivisionError):
        asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    return messages


def test_an_answer_with_parameters_is_a_page_where_pages_are_wanted(app: ASGIApp) -> None:
    start, body = sent(app, ID)
    assert (start["status"], dict(start["headers"])[b"content-type"]) == (200, b"text/html; charset=utf-8")
    assert body["body"] == b"<p>finding: 1</p>"


def test_a_fault_of_the_server_has_the_protecting_headers_too(app: ASGIApp) -> None:
    start, body = sent(app, "netclean-2018/finding/deepfakes-encountered-no")
    assert (start["status"], dict(start["headers"])[b"x-content-type-options"]) == (500, b"nosniff")
    assert body["body"].startswith(b"the request: found a fault of the server, expected an answer.")


def test_workers_share_a_graph_that_is_loaded_before_they_are_forked(real_build: Path) -> None:
    program = """
import sys
from pathlib import Path
from kg_builder.server import shared_graph as shared
root, build = map(Path, sys.argv[1:])
graph = shared.shared_graph(root, build)
assert graph is shared.shared_graph(root, build)
"""
    served = {shared.VARIABLE: shared.named(ROOT, real_build)}
    subprocess.run([sys.executable, "-c", program, str(ROOT), str(real_build)], check=True, env=os.environ | served)
