"""A built graph over HTTP, read-only: a SPARQL endpoint, stored questions, things as pages and data, and all files."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from rdflib import Graph
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from kg_builder.answers.answer import Answer
from kg_builder.answers.former_addresses import AddressRecord, AddressRecords
from kg_builder.answers.graph_reader import GraphReader
from kg_builder.core.media_types import ANSWERS, HTML, JSON, PNG, RESULTS, TRIPLES, know_files, preferred
from kg_builder.core.problems import ProblemsFound, quoted
from kg_builder.server.http_middleware import Delivery, Refused, delivered, refusal
from kg_builder.server.openapi import openapi
from kg_builder.server.reconciliation_matching import known
from kg_builder.server.reconciliation_routes import Reconciling
from kg_builder.server.resource_description import ENDINGS, described, prefixes_of
from kg_builder.server.sparql_protocol import QUERIES, Reply, reply, request_of, service_description, whole
from kg_builder.server.workers import Busy, TooLong, TooMuch, Workers
from kg_builder.site.pages import Pages

STATUS = {"format": 406, "size": 413, "name": 404, "value": 404, "result": 503}
"""The HTTP statuses of problems by rule; any other problem is a bad request."""


def ready_graph(root: Path, build: Path) -> GraphReader:
    """Open a built graph and read in advance everything that it would otherwise read from files at its first use."""
    graph = GraphReader(root, build)
    _ = (
        graph.labels,
        graph.rules,
        known(graph),
        [*graph.questions.values()],
        Graph(),
    )  # rdflib imports its store module when it makes its first graph
    return graph


def _answered(graph: GraphReader, name: str, parameters: Mapping[str, str], media: str) -> Reply | Answer:
    """Return the answer to a stored question in a media type, in a worker; for HTML, return the answer object.

    Raise `ProblemsFound` for an unknown question or parameter, or a value that matches nothing.
    """
    answer = graph.ask(name, **parameters)
    form = next((form for form, each in ANSWERS.items() if each == media), None)
    return whole(answer.drawn(form).encode(), media) if form else answer


class Site:
    """Answers requests about one graph."""

    def __init__(self, graph: GraphReader, build: Path, workers: Workers, version: str, pages: Pages | None) -> None:
        self.graph = graph
        self.workers = workers
        self.version = version
        self.pages = pages
        self.prefixes = prefixes_of(graph)
        self.former = AddressRecords(graph).retired
        self.description = b""
        self.size = len(graph.store)  # the store would count again on each call
        self.files = StaticFiles(directory=build / "site", check_dir=False)
        self.files.all_directories = [build / "site", build]

    def has_page(self, path: str) -> bool:
        """Return whether there is a page with that name."""
        return self.files.lookup_path(f"{path}.html")[1] is not None

    def address(self, path: str) -> str:
        """Return the address of the page for a thing, relative to the thing; empty if no page shows it."""
        thing = self.pages.directory.things.get(self.graph.base + path) if self.pages else None
        page, _, fragment = thing.address.partition("#") if thing else ("", "", "")
        if not page or not self.has_page(page.removesuffix(".html")):
            return ""
        way = posixpath.relpath(page, posixpath.dirname(path) or ".")
        return f"{way}#{quote(fragment)}" if fragment else way

    async def health(self, _: Request) -> Response:
        """Report that the server works, the size of the graph, and the number of active and waiting requests."""
        return JSONResponse({"status": "ok", "quads": self.size, "asked": self.workers.asked})

    async def sparql(self, request: Request) -> Response:
        """Answer a query; without a query, describe the endpoint, or redirect people to the editor."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": "GET, HEAD, POST, OPTIONS"})
        query = await request_of(request)
        page = request.method != "POST" and "format" not in request.query_params
        offers = [*TRIPLES] if query is None else [*RESULTS, *TRIPLES]
        if page and preferred(request, [*offers, HTML]) == HTML and self.has_page("sparql"):
            return elsewhere("sparql.html" if query is None else f"sparql.html#query={quote(query.text, safe='')}")
        if query is None:
            media = preferred(request, offers)
            if media is None:
                raise _not_offered(offers)
            names = [str(each.value) for each in self.graph.store.named_graphs()]
            return delivered(request, service_description(str(request.url.replace(query="")), names, media), media)
        QUERIES.info("%s", json.dumps(query.text, ensure_ascii=False))
        found = await self.workers.run(reply, query, self.prefixes)
        return delivered(request, found.body, found.media, found.tag)

    async def questions(self, request: Request) -> Response:
        """List the stored questions."""
        page = request.url.path[1:]
        if preferred(request, [JSON, HTML]) == HTML and self.has_page(page):
            return elsewhere(f"{page}.html")
        listed = [
            {
                "name": each.name,
                "summary": each.summary,
                "description": each.description,
                "topics": each.topics,
                "parameters": {parameter.name: parameter.default for parameter in each.parameters},
                "address": str(request.url_for("question", name=each.name)),
            }
            for each in self.graph.questions.values()
        ]
        return delivered(request, json.dumps(listed, ensure_ascii=False).encode(), JSON)

    async def question(self, request: Request) -> Response:
        """Answer a stored question in the format given by `format`, or else by the Accept header."""
        name = request.path_params["name"]
        if name not in self.graph.questions:
            try:
                return await self.files.get_response(f"questions/{name}", request.scope)
            except HTTPException:
                self.graph.question(name)
        given = request.query_params.multi_items()
        parameters = dict(given)
        if len(parameters) < len(given):
            raise Refused.because(
                400, rule="parameter", found="a parameter twice", expected="each parameter once at most"
            )
        form = parameters.pop("format", None)
        paged = self.pages is not None if parameters else self.has_page(f"questions/{name}")
        offers = [*ANSWERS.values(), *([HTML] if paged else [])]
        media = preferred(request, offers) if form is None else ANSWERS.get(form)
        if media is None:
            raise Refused.because(
                406, rule="format", found="another one", expected=f"format is one of {', '.join(ANSWERS)}"
            )
        if media == HTML and not parameters:
            return elsewhere(f"{name}.html")
        found = await self.workers.run(_answered, name, parameters, media)
        if isinstance(found, Reply):
            return delivered(request, found.body, found.media, found.tag)
        assert self.pages  # noqa: S101  (otherwise HTML is not offered)
        return delivered(request, (await run_in_threadpool(self.pages.live, name, parameters, found)).encode(), HTML)

    async def openapi(self, request: Request) -> Response:
        """Describe the stored questions."""
        if not self.description:
            made = await run_in_threadpool(openapi, self.graph, self.version)
            self.description = json.dumps(made, ensure_ascii=False).encode()
        return delivered(request, self.description, JSON)

    async def found(self, request: Request) -> Response:
        """Redirect from a thing to its page or its data, or return its data, or a file."""
        path = request.path_params["path"]
        if former := self.former.get(path.partition(".")[0]):
            return await self.gone(request, former, path.removeprefix(former.address))
        stem, _, ending = path.rpartition(".")
        if ending in ENDINGS and (thing := self.graph.thing(self.graph.base + stem)):
            data = described(self.graph, thing, ENDINGS[ending], self.prefixes)
            return delivered(request, data, ENDINGS[ending])
        if ending == "png" and self.pages and (image := await run_in_threadpool(self.pages.png, stem)):
            return delivered(request, image, PNG)
        if path and self.graph.thing(self.graph.base + path):
            address = self.address(path)
            page = [HTML] if address else []
            media = preferred(request, [*ENDINGS.values(), *page])
            if media is None:
                raise _not_offered([*ENDINGS.values(), *page])
            endings = {media: ending for ending, media in ENDINGS.items()}
            last = request.scope["raw_path"].decode().rpartition("/")[2]  # undecoded: %2F is not a separator
            return elsewhere(address if media == HTML else f"{last}.{endings[media]}")
        if not path and not self.has_page("index"):
            listed = ["/health", "/openapi.json", "/questions", "/sparql", "/SHA256SUMS", "/kg.nq"]
            return JSONResponse({"pages": "none were built", "addresses": listed})
        return await self.files.get_response(path or "index.html", request.scope)

    async def gone(self, request: Request, former: AddressRecord, ending: str) -> Response:
        """Redirect from a former address to the one that takes its place; if none or several do, answer with 410.

        The `ending` of a data address, such as `.ttl`, is kept; pages lead to the thing, and from there to its page.
        """
        if former.moved_to:
            way = posixpath.relpath(former.moved_to, posixpath.dirname(former.address))
            return RedirectResponse(way + quote("" if ending == ".html" else ending), 301)
        offers = [*([HTML] if self.pages else []), *ENDINGS.values(), JSON]
        media = HTML if ending == ".html" else ENDINGS.get(ending.removeprefix(".")) or preferred(request, offers)
        headers = {"Vary": "Accept"}
        if media == HTML and self.pages:
            page = await run_in_threadpool(self.pages.former, former, "/")
            return HTMLResponse(page, HTTPStatus.GONE, headers)
        thing = self.graph.thing(self.graph.base + former.address)
        if thing and media in TRIPLES and media != JSON:
            data = described(self.graph, thing, media, self.prefixes)
            return Response(data, HTTPStatus.GONE, headers, media)
        raise Refused.because(
            HTTPStatus.GONE,
            rule="retired",
            found=f"{quoted(former.address)}, which was {former.kind} on {former.date}",
            expected=f"one of {', '.join(former.by)}" if former.by else "another address",
            hint=former.because,
        )


def elsewhere(address: str) -> Response:
    """Redirect to a relative address, which also works behind a proxy; the response varies by the Accept header."""
    return RedirectResponse(address, 303, {"Vary": "Accept"})


def _not_offered(offers: Iterable[str]) -> Refused:
    """Return the refusal for a media type that is not available."""
    return Refused.because(406, rule="format", found="another media type", expected=f"one of {', '.join(offers)}")


def _failure(request: Request, error: Exception) -> Response:
    """Return the error response to a request, with the reasons."""
    if isinstance(error, Refused):
        return refusal(request, error)
    if isinstance(error, ProblemsFound):
        status = next((STATUS[each.rule] for each in error.problems if each.rule in STATUS), 400)
        return refusal(request, Refused(status, error.problems))
    if isinstance(error, HTTPException):
        missing = request.app.state.missing
        if error.status_code == HTTPStatus.NOT_FOUND and missing and preferred(request, (JSON, HTML)) == HTML:
            return HTMLResponse(missing, error.status_code, {"Vary": "Accept"})
        return refusal(
            request,
            Refused.because(
                error.status_code,
                rule="address",
                found=f"{quoted(request.url.path)} with {request.method}",
                expected="an address and method that there is",
                headers=error.headers,
            ),
        )
    status, found, expected, headers = FAILURES.get(type(error), FAILURES[Exception])
    return refusal(
        request,
        Refused.because(
            status,
            rule="limit",
            found=found,
            expected=expected,
            hint="No part of the answer is given.",
            headers=headers,
        ),
    )


FAILURES: Mapping[type[Exception], tuple[int, str, str, Mapping[str, str] | None]] = {
    Busy: (503, "a server that has too much to do", "to be asked again in some seconds", {"Retry-After": "5"}),
    TooLong: (503, "a request that takes longer than is allowed", "one that is answered in time", None),
    TooMuch: (503, "a request that takes more memory, or is deeper, than is allowed", "a simpler one", None),
    Exception: (500, "a fault of the server", "an answer", None),
}
"""The contents of error responses: status, found, expected, headers."""


def application(
    graph: GraphReader,
    build: Path,
    workers: Workers,
    *,
    version: str,
    hosts: Sequence[str] = ("*",),
    pages: Pages | None = None,
) -> ASGIApp:
    """Return the application that serves a graph and the files of its build; it writes nothing.

    `hosts` are the allowed host names. `pages` makes the pages of answers to questions with parameters
    and finds the pages of things; without it, all responses are data.
    """
    know_files()
    site = Site(graph, build, workers, version, pages)
    app = Starlette(
        routes=[
            Route("/health", site.health),
            Route("/openapi.json", site.openapi),
            Route("/sparql", site.sparql, methods=["GET", "POST", "OPTIONS"]),
            *Reconciling(graph, workers, version).routes(),
            Route("/questions", site.questions),
            Route("/questions/{name}", site.question, name="question"),
            Route("/{path:path}", site.found),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=[*hosts], www_redirect=False),
            Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD", "POST"], allow_headers=["*"]),
            Middleware(GZipMiddleware, compresslevel=5),
        ],
        exception_handlers=dict.fromkeys((Refused, ProblemsFound, HTTPException, *FAILURES), _failure),
    )
    app.state.missing = pages.missing() if pages else ""
    return Delivery(app)
