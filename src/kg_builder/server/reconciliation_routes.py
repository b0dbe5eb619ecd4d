"""The HTTP routes of the reconciliation service, as OpenRefine uses them."""

from __future__ import annotations

import json
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from kg_builder.answers.graph_reader import GraphReader
from kg_builder.core.media_types import JSON
from kg_builder.core.problems import quoted
from kg_builder.core.terms import ONTOLOGY
from kg_builder.server.http_middleware import Refused, delivered
from kg_builder.server.reconciliation_matching import extended, known, proposed, reconciled, suggested
from kg_builder.server.reconciliation_requests import BATCH, VALUES, batch_of, extension_of
from kg_builder.server.sparql_protocol import parameters
from kg_builder.server.workers import Workers

PATH = "/reconcile"
WIDTH, HEIGHT = 430, 180
SUGGESTIONS = ("entity", "property", "type")

FRAMED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *; sandbox allow-popups allow-popups-to-escape-sandbox"
}
"""A preview is shown in a frame on a client's page, on any host; it runs no scripts there."""


class Reconciling:
    """Answers requests to the reconciliation service of one graph."""

    def __init__(self, graph: GraphReader, workers: Workers, version: str) -> None:
        self.graph = graph
        self.workers = workers
        self.version = version
        known(graph)
        environment = Environment(
            loader=PackageLoader("kg_builder", "templates"), undefined=StrictUndefined, autoescape=True
        )
        self.template = environment.get_template("preview.html")

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route(PATH, self.reconcile, methods=["GET", "POST"]),
            Route(f"{PATH}/suggest/{{what}}", self.suggest),
            Route(f"{PATH}/properties", self.properties),
            Route(f"{PATH}/preview", self.preview),
        ]

    async def reconcile(self, request: Request) -> Response:
        """Answer a batch of queries, or a request for data; without either, describe the service."""
        given = await parameters(request)
        if "callback" in given:
            raise Refused.because(
                400,
                rule="callback",
                found="a callback (JSONP)",
                expected="a request without",
                hint="Ask without it: every page may read the answer.",
            )
        for name in ("queries", "extend"):
            if len(given.get(name, ())) > 1:
                raise Refused.because(
                    400, rule=name, found=f"{len(given[name])} parameters named {name}", expected="one of them"
                )
        if "queries" in given:
            answer = await self.workers.run(reconciled, batch_of(given["queries"][0]))
        elif "extend" in given:
            answer = await self.workers.run(extended, *extension_of(given["extend"][0]))
        elif request.method == "POST":
            raise Refused.because(400, rule="queries", found="neither", expected="a parameter named queries or extend")
        else:
            return delivered(request, json.dumps(self.manifest(str(request.base_url))).encode(), JSON)
        return delivered(request, answer.body, answer.media, answer.tag)

    def manifest(self, address: str) -> dict[str, Any]:
        """Return the service manifest; `address` is the address of the server, with a slash at the end."""
        own = address.rstrip("/")
        setting = {
            "name": "limit",
            "label": "values at most",
            "type": "number",
            "default": 0,
            "help_text": "How many values of this property are fetched; 0 for all.",
        }
        return {
            "versions": ["0.2"],
            "name": "Subjects of reports on online child sexual abuse crime",
            "identifierSpace": self.graph.base,
            "schemaSpace": str(ONTOLOGY),
            "serviceVersion": self.version,
            "documentation": f"{address}openapi.json",
            "defaultTypes": [{"id": iri, "name": name} for iri, name in known(self.graph).types.items()],
            "view": {"url": f"{address}{{{{id}}}}"},
            "preview": {"url": f"{own}{PATH}/preview?id={{{{id}}}}", "width": WIDTH, "height": HEIGHT},
            "suggest": {what: {"service_url": own, "service_path": f"{PATH}/suggest/{what}"} for what in SUGGESTIONS},
            "extend": {
                "propose_properties": {"service_url": own, "service_path": f"{PATH}/properties"},
                "property_settings": [setting],
            },
            "batchSize": BATCH,
        }

    async def suggest(self, request: Request) -> Response:
        """Suggest items whose names begin with some letters."""
        what = request.path_params["what"]
        if what not in SUGGESTIONS:
            raise Refused.because(404, rule="address", found=quoted(what), expected=f"one of {', '.join(SUGGESTIONS)}")
        prefix = request.query_params.get("prefix", "")
        answer = await self.workers.run(suggested, what, prefix[:VALUES], number(request, "cursor", 0))
        return delivered(request, answer.body, answer.media, answer.tag)

    async def properties(self, request: Request) -> Response:
        """Propose properties of a type."""
        type_ = request.query_params.get("type", "")
        answer = await self.workers.run(proposed, type_, number(request, "limit", VALUES))
        return delivered(request, answer.body, answer.media, answer.tag)

    async def preview(self, request: Request) -> Response:
        """Describe one thing in a few lines of HTML, which may be framed."""
        id_ = request.query_params.get("id", "").removeprefix(self.graph.base)
        subject = known(self.graph).index.subjects.get(self.graph.base + id_)
        if subject is None:
            raise Refused.because(
                404, rule="name", found=quoted(id_), expected="the identifier of a thing that can be linked"
            )
        address = str(request.base_url.replace(path=f"/{id_}"))
        return HTMLResponse(self.template.render(subject=subject, address=address), headers=FRAMED)


def number(request: Request, name: str, default: int) -> int:
    """Return a numeric parameter of at most a million; raise `Refused` for anything else."""
    text = request.query_params.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 7):  # noqa: PLR2004
        raise Refused.because(400, rule=name, found=quoted(text), expected="a number")
    return int(text)
