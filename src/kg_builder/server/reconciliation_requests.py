"""Reads what a client of the reconciliation service asks; nothing in it is trusted."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from kg_builder.server.http_middleware import Refused
from kg_builder.server.sparql_protocol import fault

BATCH = 50
"""Queries of a request."""

LIMIT, MOST = 5, 50
"""Candidates of a query unless it says otherwise, and at most."""

VALUES = 1000
"""Identifiers times properties of a request for data, and values of one property."""


@dataclasses.dataclass(frozen=True)
class Asking:
    """One query: its text, the types of which one is wanted, how many candidates, property values that should fit."""

    text: str
    types: tuple[str, ...]
    limit: int
    values: tuple[tuple[str, str], ...]


def batch_of(text: str) -> dict[str, Asking]:
    """Return the queries of a batch; raise `Refused` for what is none."""
    batch = _json_of(text)
    if not isinstance(batch, dict) or not all(isinstance(each, dict) for each in batch.values()):
        raise Refused(400, [fault("queries", "other JSON", "an object of queries by their names")])
    if len(batch) > BATCH:
        raise Refused(413, [fault("size", f"{len(batch):,} queries", f"at most {BATCH}", "Send fewer at a time.")])
    return {name: _asking(name, query) for name, query in batch.items()}


def _asking(name: str, query: dict[str, Any]) -> Asking:
    """Return one query; raise `Refused` for what is none."""
    text, types, limit = query.get("query", ""), query.get("type", []), query.get("limit", LIMIT)
    types = [types] if isinstance(types, str) else types
    given = query.get("properties", [])
    sound = (
        isinstance(text, str)
        and isinstance(limit, int)
        and limit > 0
        and isinstance(types, list)
        and isinstance(given, list)
        and all(isinstance(each, str) for each in types)
        and all(isinstance(each, dict) and isinstance(each.get("pid"), str) and "v" in each for each in given)
    )
    if not sound or not (text.strip() or given):
        expected = "query, or properties with pid and v; limit is a number from 1, type an identifier or several"
        raise Refused(400, [fault("queries", f"the query {json.dumps(name[:60])} with other content", expected)])
    values = [(each["pid"], value) for each in given for value in _texts_of(each["v"])]
    return Asking(text.strip(), tuple(filter(None, types)), min(limit, MOST), tuple(values[:VALUES]))


def _texts_of(value: Any) -> Iterator[str]:
    """Yield the values of a property as texts; an entity is given by its identifier."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            yield str(each.get("id", ""))
        elif isinstance(each, bool):
            yield str(each).lower()
        elif each is not None:
            yield str(each)


def extension_of(text: str) -> tuple[tuple[str, ...], dict[str, int]]:
    """Return identifiers, and properties with the number of values wanted; raise `Refused` for anything else."""
    query = _json_of(text)
    ids = query.get("ids") if isinstance(query, dict) else None
    given = query.get("properties") if isinstance(query, dict) else None
    sound = (
        isinstance(ids, list)
        and isinstance(given, list)
        and all(isinstance(each, str) for each in ids)
        and all(isinstance(each, dict) and isinstance(each.get("id"), str) for each in given)
    )
    if not sound or not isinstance(ids, list) or not isinstance(given, list):
        raise Refused(400, [fault("extend", "other JSON", "an object with ids and properties, each with its id")])
    if len(ids) * len(given) > VALUES:
        expected = f"at most {VALUES:,} of ids times properties"
        raise Refused(413, [fault("size", f"{len(ids):,} times {len(given):,}", expected, "Send fewer at a time.")])
    return tuple(ids), {each["id"]: _number_of(each.get("settings")) for each in given}


def _number_of(settings: Any) -> int:
    """Return how many values a property setting wants, all that are given if it says nothing sensible."""
    limit = settings.get("limit") if isinstance(settings, dict) else None
    try:
        return min(int(limit), VALUES) if limit and int(limit) > 0 else VALUES
    except (TypeError, ValueError, OverflowError):
        return VALUES


def _json_of(text: str) -> Any:
    """Return a JSON value; raise `Refused` for what is none, or too deep."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(400, [fault("json", "something else", "JSON")]) from error
