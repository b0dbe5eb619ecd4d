"""Serves a built graph on a socket until it is stopped, and leaves nothing behind."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import logging
import os
import signal
import socket
from collections.abc import Callable
from functools import partial

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg_builder.answers.graph_reader import GraphReader
from kg_builder.core.problems import Problem, ProblemsFound
from kg_builder.exports.downloads import SITE
from kg_builder.server.http_application import application
from kg_builder.server.shared_graph import VARIABLE, named, shared_graph
from kg_builder.server.sparql_protocol import QUERIES
from kg_builder.server.workers import Limits, Workers
from kg_builder.site.writer import live_pages

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
"""The names of this machine for itself."""

CONNECTIONS = 1000
"""Connections at a time; further ones are told to come again."""

PATIENCE = 30
"""Seconds in which a request must be whole, and in which a client must take some bytes of an answer."""

HEAD = 2**16
"""Bytes of the head of a request: its address and headers. Some more are read if they come at once."""


def serve(options: argparse.Namespace, version: str, said: Callable[[str], object]) -> None:
    """Serve until an interrupt or SIGTERM; `said` is told the address once it listens.

    After a build, start it again: until then files are new, and a worker that was replaced knows the new graph alone.
    Who hangs up has asked nevertheless: a query goes on until it is answered or its time has passed.
    Bounded are connections, heads and bodies of requests, the time until they are whole, how many wait for workers,
    and what these may take; a page that is made of an answer is not, but its stored question is.

    Raise `ProblemsFound` if the address cannot be had, or if there is no build.
    """
    QUERIES.setLevel(logging.INFO if options.log_queries else logging.WARNING)
    build = options.out or options.root / "build"
    with listening(options.host, options.port) as sock:
        graph = GraphReader(options.root, build)
        limits = Limits(options.workers, options.timeout, options.memory)
        os.environ[VARIABLE] = named(options.root, build)
        with Workers(partial(shared_graph, options.root, build), [shared_graph.__module__], limits) as workers:
            names = _hosts(options.host, options.allow_host)
            pages = live_pages(graph) if (build / SITE).is_dir() else None
            app = application(graph, build, workers, version=version, hosts=names, pages=pages)
            server = Server(app, workers)
            for each in (signal.SIGINT, signal.SIGTERM):
                signal.signal(each, server.handle_exit)  # the server sends itself again, at its end, what ended it
            host, port, *_ = sock.getsockname()
            said(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
            server.run(sockets=[sock])


class Server(uvicorn.Server):
    """A server that ends its workers first, so that whoever waits for them is told so."""

    def __init__(self, app: ASGIApp, workers: Workers) -> None:
        self.workers = workers
        config = uvicorn.Config(
            app,
            http=Connection,
            access_log=False,
            log_config=None,
            log_level="warning",
            server_header=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=1,
            lifespan="off",
            ws="none",
        )
        super().__init__(config)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the workers, and then all connections."""
        self.workers.stop()
        await super().shutdown(sockets)


class Connection(HttpToolsProtocol):
    """A connection that ends if a request is not whole in time, or its head is too long: uvicorn bounds neither."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a first request."""
        super().connection_made(transport)
        self.unread = 0
        self.waiting = self.loop.call_later(PATIENCE, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self.waiting.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; give up if all that came since the last head or piece of a body is still no whole head."""
        self.unread += len(data)
        super().data_received(data)
        if self.unread > HEAD and not self.transport.is_closing():
            self.send_400_response(f"The head of a request may have at most {HEAD:,} bytes.")

    def on_message_begin(self) -> None:
        """Begin to wait for the end of a request."""
        super().on_message_begin()
        self.waiting.cancel()
        self.waiting = self.loop.call_later(PATIENCE, self.transport.abort)

    def on_headers_complete(self) -> None:
        """Note that a head is whole."""
        self.unread = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Note that a piece of a body was read."""
        self.unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait no longer, as the request is whole."""
        self.waiting.cancel()
        super().on_message_complete()


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raise `ProblemsFound` if the address is not of this machine, or is taken."""
    try:
        sock = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        expected = "an address and a free port of this machine"
        raise ProblemsFound([Problem("--port", 0, "", "port", str(error), expected, "Choose another one.")]) from error
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it; else some answers take 40 ms
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; else who takes no byte keeps a connection, and an answer in memory
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, PATIENCE * 1000)
    return sock


def _hosts(host: str, further: list[str]) -> list[str]:
    """Return the names by which the server may be asked: on this machine alone no page elsewhere may give it a name.

    Who listens to a network without naming hosts may be asked by any name.
    """
    own = f"[{host}]" if ":" in host else host
    return [own, *LOOPBACK, *further] if further or _is_loopback(host) else ["*"]


def _is_loopback(host: str) -> bool:
    """Return whether nobody but this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
