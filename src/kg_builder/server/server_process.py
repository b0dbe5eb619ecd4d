"""Serves a built graph on a socket until stopped, and leaves no processes behind."""

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
from kg_builder.core.problems import Location, ProblemsFound
from kg_builder.exports.downloads import SITE
from kg_builder.server.http_application import application
from kg_builder.server.shared_graph import VARIABLE, named, shared_graph
from kg_builder.server.sparql_protocol import QUERIES
from kg_builder.server.workers import Limits, Workers
from kg_builder.site.writer import live_pages

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
"""The names of the local machine."""

CONNECTIONS = 1000
"""Maximum number of connections; further ones are asked to retry later."""

PATIENCE = 30
"""Seconds in which a request must be complete, and in which a client must accept some bytes of a response."""

HEAD = 2**16
"""Maximum size of a request head (address and headers) in bytes; slightly more is read if it arrives together."""


def serve(options: argparse.Namespace, version: str, said: Callable[[str], object]) -> None:
    """Serve until an interrupt or SIGTERM; call `said` with the address when the server listens.

    Restart it after a build: until then, files are new, and only a replaced worker has the new graph.
    If a client disconnects, its query still runs until it is answered or reaches the time limit.
    There are limits on connections, heads and bodies of requests, the time to receive them, the number of requests
    that wait for workers, and the time and memory of workers. Making a page from an answer has no limit; its stored
    question has.

    Raise `ProblemsFound` if the address is not available, or if there is no build.
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
                signal.signal(each, server.handle_exit)  # at its end, the server raises the signal again that ended it
            host, port, *_ = sock.getsockname()
            said(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
            server.run(sockets=[sock])


class Server(uvicorn.Server):
    """A server that ends its workers first, so that waiting clients get an error response."""

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
    """A connection that ends if a request is not complete in time, or its head is too long: uvicorn limits neither."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start waiting for the first request."""
        super().connection_made(transport)
        self.unread = 0
        self.waiting = self.loop.call_later(PATIENCE, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self.waiting.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read more; close if the data since the last head or piece of a body is too long and not a complete head."""
        self.unread += len(data)
        super().data_received(data)
        if self.unread > HEAD and not self.transport.is_closing():
            self.send_400_response(f"The head of a request may have at most {HEAD:,} bytes.")

    def on_message_begin(self) -> None:
        """Start waiting for the end of a request."""
        super().on_message_begin()
        self.waiting.cancel()
        self.waiting = self.loop.call_later(PATIENCE, self.transport.abort)

    def on_headers_complete(self) -> None:
        """Note that a head is complete."""
        self.unread = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Note that a piece of a body has been read."""
        self.unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop waiting, because the request is complete."""
        self.waiting.cancel()
        super().on_message_complete()


def listening(host: str, port: int) -> socket.socket:
    """Return a listening socket; raise `ProblemsFound` if the address is not of this machine, or is in use."""
    try:
        sock = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        raise ProblemsFound.at(
            Location("--port"),
            rule="port",
            found=str(error),
            expected="an address and a free port of this machine",
            hint="Choose another one.",
        ) from error
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # inherited by connections; else some answers take 40 ms
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; else an idle client keeps a connection, and an answer in memory
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, PATIENCE * 1000)
    return sock


def _hosts(host: str, further: list[str]) -> list[str]:
    """Return the allowed host names: on a loopback address, a foreign page must not reach the server by its own name.

    A server that listens on a network, without `--allow-host`, accepts any name.
    """
    own = f"[{host}]" if ":" in host else host
    return [own, *LOOPBACK, *further] if further or _is_loopback(host) else ["*"]


def _is_loopback(host: str) -> bool:
    """Return whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
