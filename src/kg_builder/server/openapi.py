"""The stored questions as an OpenAPI description from their headers (https://spec.openapis.org/oas/v3.1.1)."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from kg_builder.answers.graph_reader import GraphReader
from kg_builder.core.media_types import ANSWERS, HTML, JSON
from kg_builder.queries.stored_questions import Parameter, StoredQuestion

FEW = 40
"""Up to this many values, all values of a parameter are listed."""

NUMBERS = {"integer": "integer", "decimal": "number"}


def openapi(graph: GraphReader, version: str) -> dict[str, Any]:
    """Return the description; the common parts of all questions are in the template."""
    whole: dict[str, Any] = json.loads((files("kg_builder") / "templates" / "openapi.json").read_text("utf-8"))
    whole["info"]["version"] = version
    for question in graph.questions.values():
        whole["paths"][f"/questions/{question.name}"] = {"get": _operation(graph, question)}
    return whole


def _operation(graph: GraphReader, question: StoredQuestion) -> dict[str, Any]:
    """Return the operation of a question: its parameters and responses."""
    row = {"type": "object", "required": [*shown(question)], "additionalProperties": False}
    row["properties"] = {column: {"type": ["string", "number", "boolean", "null"]} for column in shown(question)}
    answer = {"allOf": [_referred("schemas", "Answer"), {"properties": {"rows": {"items": row}}}]}
    texts = {media: {"schema": {"type": "string"}} for media in (*ANSWERS.values(), HTML) if media != JSON}
    return {
        "operationId": question.name,
        "summary": question.summary,
        "description": question.description,
        "tags": [*question.topics],
        "parameters": [
            *(parameter(graph, question, each) for each in question.parameters),
            _referred("parameters", "format"),
        ],
        "responses": {
            "200": {"description": "The answer.", "content": {JSON: {"schema": answer}, **texts}},
            "304": {"description": "The client has the answer already."},
            **{status: _referred("responses", name) for status, name in REFUSALS.items()},
        },
    }


REFUSALS = {"400": "NotUnderstood", "404": "NotFound", "406": "NotOffered", "500": "Failed", "503": "NotNow"}
"""The error responses in the template."""


def shown(question: StoredQuestion) -> list[str]:
    """Return the columns by their names in answers."""
    return [column.removeprefix("_") for column in question.columns]


def parameter(graph: GraphReader, question: StoredQuestion, asked: Parameter) -> dict[str, Any]:
    """Return one parameter; a thing may be given by address or name, so its values are only listed, not an enum."""
    schema: dict[str, Any] = {"type": NUMBERS.get(asked.form, "string"), "default": asked.default}
    if asked.form in NUMBERS:
        schema["default"] = json.loads(asked.default)
    if asked.form == "iri":
        values = [iri.removeprefix(graph.base) for iri in graph.allowed(question, asked)]
        listed = [{"enum": values}] if len(values) <= FEW else []
        schema = {"anyOf": [*listed, {"type": "string"}], "default": asked.default, "examples": values[:FEW]}
    return {
        "name": asked.name,
        "in": "query",
        "schema": schema,
        "example": schema["default"],
        "description": DESCRIPTIONS.get(asked.form, "A value."),
    }


DESCRIPTIONS = {"iri": "A thing: its address, whole or without the base, or a name that people use for it."}


def _referred(kind: str, name: str) -> dict[str, str]:
    """Return a reference to a part of the template."""
    return {"$ref": f"#/components/{kind}/{name}"}
