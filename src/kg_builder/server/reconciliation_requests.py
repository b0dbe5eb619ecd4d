"""Reads the untrusted requests to the reconciliation service."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from kg_builder.server.http_middleware import Refused

BATCH = 50
"""Maximum number of queries in a request."""

LIMIT, MOST = 5, 50
"""Default and maximum number of candidates of a query."""

VALUES = 1000
"""Maximum of identifiers times properties in a data request, and of values of one property."""


@dataclasses.dataclass(frozen=True)
class Asking:
    """One query: its text, the accepted types, the number of candidates, property values that should match."""

    text: str
    types: tuple[str, ...]
    limit: int
    values: tuple[tuple[str, str], ...]


def batch_of(text: str) -> dict[str, Asking]:
    """Return the queries of a batch; raise `Refused` for anything else."""
    batch = _json_of(text)
    if not isinstance(batch, dict) or not all(isinstance(each, dict) for each in batch.values()):
        raise Refused.because(400, rule="queries", found="other JSON", expected="an object of queries by their names")
    if len(batch) > BATCH:
        raise Refused.because(
            413, rule="size", found=f"{len(batch):,} queries", expected=f"at most {BATCH}", hint="Send fewer at a time."
        )
    return {name: _asking(name, query) for name, query in batch.items()}


def _asking(name: str, query: dict[str, Any]) -> Asking:
    """Return one query; raise `Refused` for anything else."""
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
        raise Refused.because(
            400,
            rule="queries",
            found=f"the query {json.dumps(name[:60])} with other content",
            expected="query, or properties with pid and v; limit is a number from 1, type an identifier or several",
        )
    values = [(each["pid"], value) for each in given for value in _texts_of(each["v"])]
    return Asking(text.strip(), tuple(filter(None, types)), min(limit, MOST), tuple(values[:VALUES]))


def _texts_of(value: Any) -> Iterator[str]:
    """Yield the values of a property as texts; for an entity, its identifier."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            yield str(each.get("id", ""))
        elif isinstance(each, bool):
            yield str(each).lower()
        elif each is not None:
            yield str(each)


def extension_of(text: str) -> tuple[tuple[str, ...], dict[str, int]]:
    """Return identifiers, and properties with the number of values requested; raise `Refused` for anything else."""
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
        raise Refused.because(
            400, rule="extend", found="other JSON", expected="an object with ids and properties, each with its id"
        )
    if len(ids) * len(given) > VALUES:
        raise Refused.because(
            413,
            rule="size",
            found=f"{len(ids):,} times {len(given):,}",
            expected=f"at most {VALUES:,} of ids times properties",
            hint="Send fewer at a time.",
        )
    return tuple(ids), {each["id"]: _number_of(each.get("settings")) for each in given}


def _number_of(settings: Any) -> int:
    """Return how many values a property setting requests; the maximum if the setting is not valid."""
    limit = settings.get("limit") if isinstance(settings, dict) else None
    try:
        return min(int(limit), VALUES) if limit and int(limit) > 0 else VALUES
    except (TypeError, ValueError, OverflowError):
        return VALUES


def _json_of(text: str) -> Any:
    """Return a JSON value; raise `Refused` if it is not valid, or too deep."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused.because(400, rule="json", found="something else", expected="JSON") from error
