"""The parts of every HTTP response: an entity tag that avoids sending it twice, security headers, a log line."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from werkzeug.http import parse_etags

from kg_builder.core.media_types import HTML, JSON, preferred
from kg_builder.core.problems import Location, Problem, as_data

REQUEST = Location("the request")
"""The location of a problem with a request."""

ACCESS = logging.getLogger("kg_builder.access")

PROTECTING = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Security headers: no page may load external resources, be framed, or send a referrer to other hosts."""

FRAMING = frozenset({"Content-Security-Policy", "X-Frame-Options"})
"""The security headers that a response may set itself."""


class Refused(Exception):  # noqa: N818  (a response, not an error)
    """Raised for a request whose response is only a status and the reasons."""

    def __init__(self, status: int, problems: Sequence[Problem], headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.problems = problems
        self.headers = headers
        super().__init__(f"{status}: {len(problems)} problems")

    @classmethod
    def because(
        cls,
        status: int,
        *,
        rule: str,
        found: str,
        expected: str,
        hint: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Refused:
        """Return the refusal for a single problem of the request."""
        return cls(status, [Problem(REQUEST, rule=rule, found=found, expected=expected, hint=hint)], headers)


def delivered(request: Request, body: bytes, media: str, tag: str = "") -> Response:
    """Return a response that varies by the Accept header; 304 without a body if the client already has it."""
    headers = {"ETag": f'"{tag or tag_of(body)}"', "Vary": "Accept"}
    known = request.method in {"GET", "HEAD"} and parse_etags(request.headers.get("if-none-match"))
    if known and known.contains_weak(headers["ETag"].strip('"')):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media, headers=headers)


def tag_of(body: bytes) -> str:
    """Return the entity tag of some bytes; only equal bytes have equal tags."""
    return hashlib.sha256(body).hexdigest()[:32]


def refusal(request: Request, refused: Refused) -> Response:
    """Return the reasons as JSON, or as sentences if the Accept header prefers another format."""
    headers = {**(refused.headers or {}), "Vary": "Accept"}
    if preferred(request, (JSON, HTML, "text/plain")) == JSON:
        return JSONResponse(as_data(refused.problems), refused.status, headers)
    return PlainTextResponse("".join(f"{each}\n" for each in refused.problems), refused.status, headers)


class Delivery:
    """Adds the security headers to every response of an application, errors included, and logs it.

    A log line has the method, the path without the query string, the status, bytes and milliseconds.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = size = 0

        async def protected(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                framed = "Content-Security-Policy" in headers  # then the response itself decides where it may be framed
                for name, value in PROTECTING.items():
                    if not (framed and name in FRAMING):
                        headers[name] = value
                headers.setdefault("Cache-Control", "no-cache")
                tag = headers.get("ETag", "W/")
                if "Content-Encoding" in headers and not tag.startswith("W/"):
                    headers["ETag"] = f"W/{tag}"  # the same content in different bytes
            size += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, protected)
        finally:
            spent = (time.perf_counter() - began) * 1000
            ACCESS.info("%s %s %d %d %.1f", scope["method"], quote(scope["path"]), status, size, spent)
