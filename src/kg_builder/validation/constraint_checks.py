"""Validates the graph with shapes and stored checks, and maps every result back to file, line and column."""

from __future__ import annotations

import dataclasses
import re
from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing

import duckdb
import pyoxigraph

from kg_builder.core.problems import LISTED, Location, Problem, ProblemsFound, Severity, quoted
from kg_builder.queries.stored_queries import StoredQuery, rows
from kg_builder.schema.model import Schema, Table, sparql_prefixes
from kg_builder.tables.engine import address, name

Place = tuple[str, int, Table]
"""A file, a line, and their table."""


@dataclasses.dataclass(frozen=True, order=True)
class Result:
    """A validation result for the graph, before it is mapped back to a cell.

    `focus` and `value` are IRIs or plain values, `column` is a column's name or the IRI of its property.
    """

    focus: str
    value: str
    column: str
    rule: str
    expected: str
    hint: str = ""
    severity: Severity = "error"
    shape: str = ""


def constraint_results(store: pyoxigraph.Store, schema: Schema, table: Table) -> Iterator[Result]:
    """Yield the results of the SHACL-SPARQL constraints of a table, each run once over all its things.

    This is for graphs too large for pySHACL, which runs a query for each thing.
    """
    for constraint in table.constraints:
        every = f"SELECT DISTINCT * WHERE {{ ?this a <{table.classes[0]}> {{ {constraint.select} }} }}"
        with closing(rows(store, sparql_prefixes(schema.shapes) + every)) as found:
            for row in found:
                message = constraint.message
                for variable, value in row.items():
                    message = message.replace(f"{{?{variable}}}", value)
                value = row.get("value", row["this"])
                yield Result(row["this"], value, row.get("path", ""), "sPARQL", wanted(message), shape=table.shape)


def wanted(message: str) -> str:
    """Return the message of a constraint, without its first word Expected, with numbers in canonical form."""
    plain = re.sub(r"\b(\d+)(?:\.0+|(\.\d*?[1-9])0+)\b", r"\1\2", message)
    return plain.removeprefix("Expected ").rstrip(".")


def check_results(store: pyoxigraph.Store, check: StoredQuery) -> Iterator[Result]:
    """Yield a result for every row of a stored check.

    A check selects `?this`, and may select `?column` (a name or a property), `?found` and `?expected`;
    its header has a summary, and may have `hint` and `severity`.
    """
    with closing(rows(store, check.text)) as found:
        for row in found:
            if "this" not in row:
                raise ProblemsFound.at(
                    Location(check.file),
                    rule="form",
                    found="a row without ?this",
                    expected="rows that name the thing at fault",
                    hint="Bind ?this in every row.",
                )
            yield Result(
                focus=row["this"],
                value=row.get("found", row["this"]),
                column=row.get("column", ""),
                rule=check.name,
                expected=row.get("expected", check.header.summary),
                hint=check.header.hint,
                severity=check.header.severity,
            )


def located(
    results: dict[Result, int], connection: duckdb.DuckDBPyConnection, schema: Schema, base: str
) -> list[Problem]:
    """Return the results, each with the number of further ones, as sorted problems with file, line and column.

    A constraint on one thing may report another thing: then the value is a thing whose table has the column.
    """
    places = _places_of({iri for result in results for iri in (result.focus, result.value)}, connection, schema, base)
    found = set()
    for result, more in results.items():
        focus = result.focus
        if result.value in places and _column_of(places[result.value][2], result.column):
            focus = result.value
        file, line, table = places.get(focus, ("(derived)", 0, None))
        field = _column_of(table, result.column) or ("" if ":" in result.column else result.column)
        found.add(
            Problem(
                Location(file, line, field=field),
                rule=result.rule,
                found=quoted(short(result.value, base, file)),
                expected=short(result.expected, base, file).rstrip("."),
                hint=result.hint,
                severity=result.severity,
                more=more,
                focus=focus,
                shape=result.shape,
            )
        )
    return sorted(found)


def bounded(results: Iterable[Result]) -> dict[Result, int]:
    """Return the first `LISTED` results of each rule, shape and column; the last has the number of the rest."""
    first: dict[tuple[str, ...], list[Result]] = {}
    totals: Counter[tuple[str, ...]] = Counter()
    for result in results:
        key = (result.rule, result.shape, result.column)
        kept = first.setdefault(key, [])
        if result not in kept:
            totals[key] += 1
            insort(kept, result)
            del kept[LISTED:]
    return {
        result: totals[key] - len(kept) if result is kept[-1] else 0 for key, kept in first.items() for result in kept
    }


def short(text: str, base: str, file: str) -> str:
    """Return a text with IRIs in the form of cells: type/id."""
    return text.replace(base, "").replace(f"{file.split('/')[-2]}/" if "/" in file else base, "")


def _column_of(table: Table | None, path: str) -> str:
    """Return the name of the column of a table for a property, empty if there is none."""
    return next((column.name for column in table.columns if column.path == path), "") if table else ""


def _places_of(wanted: set[str], connection: duckdb.DuckDBPyConnection, schema: Schema, base: str) -> dict[str, Place]:
    """Return the places of the rows with the given IRIs."""
    if not wanted:
        return {}
    rows = " UNION ALL ".join(
        f"SELECT {address(base, table)} AS iri, _file, _line, {number} FROM {name(table.stem)}"
        for number, table in enumerate(schema.tables)
    )
    found = connection.execute(f"SELECT * FROM ({rows}) WHERE list_contains(?::VARCHAR[], iri)", [sorted(wanted)])
    return {iri: (file, line, schema.tables[number]) for iri, file, line, number in found.fetchall()}
