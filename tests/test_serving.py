"""Stored questions over HTTP, on loopback: each at its address, in each format, refusals with a reason."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg_builder import open_graph
from tests.bench import ROOT
from tests.processes import COMMAND, in_own_process


@pytest.fixture(scope="module")
def address(real_build: Path) -> Iterator[str]:
    options = ["serve", "--root", str(ROOT), "--out", str(real_build), "--port", "0"]
    with subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        told = server.stdout.readline()
        assert told.startswith("The stored questions are at http://127.0.0.1:")
        yield told.split()[-1]
        server.send_signal(signal.SIGINT)
        assert server.wait(10) in (0, 130)


def got(address: str, accept: str = "*/*") -> tuple[int, str, str]:
    """Return status, media type and body."""
    request = urllib.request.Request(address, headers={"Accept": accept})  # noqa: S310  (loopback)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
            return response.status, response.headers.get_content_type(), response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get_content_type(), error.read().decode()


def test_the_questions_are_listed_with_their_addresses(address: str) -> None:
    _, _, body = got(address)
    listed = {each["name"]: each for each in json.loads(body)}
    assert sorted(listed) == sorted(path.stem for path in (ROOT / "queries" / "answers").glob("*.rq"))
    assert listed["how-common"]["address"] == f"{address}/how-common"
    assert listed["how-common"]["parameters"] == {"topic": "technology/deepfakes"}


@pytest.mark.parametrize(
    ("form", "media"), [("json", "application/json"), ("csv", "text/csv"), ("markdown", "text/markdown")]
)
def test_an_answer_is_that_of_python_in_the_format_that_is_asked_for(
    address: str, real_build: Path, form: str, media: str
) -> None:
    answer = open_graph(ROOT, real_build).ask("how-common", topic="grooming")
    expected = {"json": answer.to_json, "csv": answer.to_csv, "markdown": answer.to_markdown}[form]()
    assert got(f"{address}/how-common?topic=grooming&format={form}") == (200, media, expected)
    assert got(f"{address}/how-common?topic=grooming", media) == (200, media, expected)


@pytest.mark.parametrize(
    ("path", "status", "found"),
    [
        ("no-such", 404, "no question of that name"),
        ("how-common?topic=weather", 404, "weather"),
        ("how-common?subject=x", 404, "the parameter subject"),
        ("how-common?format=png", 406, "format is one of json, csv, markdown, text"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_reason(address: str, path: str, status: int, found: str) -> None:
    code, _, body = got(f"{address}/{path}")
    assert (code, found in body) == (status, True)


def test_nothing_can_be_written(address: str) -> None:
    request = urllib.request.Request(f"{address}/how-common", data=b"x", method="POST")  # noqa: S310  (loopback)
    with pytest.raises(urllib.error.HTTPError, match="405") as refused:
        urllib.request.urlopen(request, timeout=20)  # noqa: S310
    refused.value.close()


def test_a_port_that_is_taken_is_told(real_build: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = in_own_process("serve", "--root", str(ROOT), "--out", str(real_build), "--port", port)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("--port: found [Errno")
    assert "expected an address and a free port of this machine. Choose another one." in run.stderr
