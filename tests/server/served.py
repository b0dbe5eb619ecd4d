"""The server in a process of its own, on loopback, and requests to it."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import signal
import subprocess
from collections.abc import Iterator, Mapping
from email.message import Message
from pathlib import Path

from tests.bench import ROOT
from tests.processes import COMMAND

SAID = "The graph is at http://"


@dataclasses.dataclass(frozen=True)
class Got:
    """The answer to a request."""

    status: int
    headers: Message
    body: bytes

    @property
    def media(self) -> str:
        """The media type without its character set."""
        return self.headers.get_content_type() if "Content-Type" in self.headers else ""

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclasses.dataclass(frozen=True)
class Served:
    """A running server, and what it says on standard error once it is gone."""

    process: subprocess.Popen[str]
    port: int

    def ask(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        body: str | bytes | None = None,
    ) -> Got:
        """Send a request and return the answer to it; no redirect is followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            sent = body.encode() if isinstance(body, str) else body
            connection.request(method, path, sent, dict(headers or {}))
            response = connection.getresponse()
            return Got(response.status, response.headers, response.read())

    def stopped(self, by: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Stop the server; return its exit code and its log."""
        self.process.send_signal(by)
        _, log = self.process.communicate(timeout=20)
        return self.process.returncode, log


@contextlib.contextmanager
def served(build: Path, *options: str, root: Path = ROOT) -> Iterator[Served]:
    """Run a server, in a process group of its own, until the block ends."""
    command = [*COMMAND, "serve", "--root", str(root), "--out", str(build), "--port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout
        said = process.stdout.readline()
        assert said.startswith(SAID), process.communicate()
        running = Served(process, int(said.rstrip("/\n").rpartition(":")[2]))
        try:
            yield running
        finally:
            if process.poll() is None:
                running.stopped()
