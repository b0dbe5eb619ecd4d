"""Stored questions over HTTP: each at an address of its own, read only, its parameters in the query string."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from kg_builder.opened import OpenGraph
from kg_builder.problems import ProblemsFound, as_data

MEDIA = {"json": "application/json", "csv": "text/csv", "markdown": "text/markdown", "text": "text/plain"}
"""The media types of the formats of an answer."""


def application(graph: OpenGraph) -> Starlette:
    """Return the application that answers the stored questions of a graph; it asks nothing else."""

    def listed(request: Request) -> Response:
        return JSONResponse(
            [
                {
                    "name": each.name,
                    "summary": each.summary,
                    "description": each.description,
                    "topics": each.topics,
                    "parameters": {parameter.name: parameter.default for parameter in each.parameters},
                    "address": str(request.url_for("answered", name=each.name)),
                }
                for each in graph.questions.values()
            ]
        )

    def answered(request: Request) -> Response:
        """Answer in the format that `format`, or else the Accept header, names; JSON if neither does."""
        parameters = dict(request.query_params)
        accepted = request.headers.get("accept", "")
        form = parameters.pop("format", next((form for form, media in MEDIA.items() if media in accepted), "json"))
        if form not in MEDIA:
            return PlainTextResponse(f"format is one of {', '.join(MEDIA)}\n", status_code=406)
        answer = graph.ask(request.path_params["name"], **parameters)
        return Response(answer.drawn(form), media_type=MEDIA[form], headers={"X-Content-Type-Options": "nosniff"})

    def refused(_: Request, error: Exception) -> Response:
        problems = error.problems if isinstance(error, ProblemsFound) else []
        return JSONResponse(as_data(problems), status_code=404)

    return Starlette(
        routes=[Route("/questions", listed), Route("/questions/{name}", answered, name="answered")],
        exception_handlers={ProblemsFound: refused},
    )
