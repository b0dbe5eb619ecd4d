"""Validates the graph against shapes and stored checks, and brings every result back to file, line and column."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

import duckdb
import pyoxigraph
from rdflib import SH

from kg_builder.engine import address, name
from kg_builder.problems import Problem, Severity, quoted
from kg_builder.queries import StoredQuery, rows
from kg_builder.schema import Schema, ordered, text

SEVERITIES: dict[str, Severity] = {str(SH.Violation): "error", str(SH.Warning): "warning", str(SH.Info): "note"}

Place = tuple[str, int]
"""A file and a line."""


def constraint_problems(store: pyoxigraph.Store, schema: Schema) -> Iterator[Problem]:
    """Yield what the SHACL-SPARQL constraints find, each run once over all things: for graphs too large for pySHACL."""
    prefixes = "".join(
        f"PREFIX {text(schema.shapes, node, SH.prefix)}: <{text(schema.shapes, node, SH.namespace)}>\n"
        for node in ordered(schema.shapes.objects(None, SH.declare))
    )
    for table in schema.tables:
        for constraint in table.constraints:
            for row in rows(
                store, f"{prefixes}SELECT DISTINCT * WHERE {{ ?this a <{table.classes[0]}> {{ {constraint.select} }} }}"
            ):
                message = constraint.message
                for variable, value in row.items():
                    message = message.replace(f"{{?{variable}}}", value)
                yield Problem(
                    "", 0, "", "sPARQL", quoted(row["this"]), message.rstrip("."), focus=row["this"], shape=table.shape
                )


def check_problems(store: pyoxigraph.Store, checks: Iterable[StoredQuery]) -> Iterator[Problem]:
    """Yield a problem for every row of every stored check.

    A check selects `?this`, and may select `?column`, `?found`, `?expected`; its header may have `mend`, `severity`.
    """
    for check in checks:
        for row in rows(store, check.text):
            yield Problem(
                file="",
                line=0,
                column=row.get("column", ""),
                rule=check.name,
                found=quoted(row.get("found", row["this"])),
                expected=row.get("expected", str(check.about["summary"])).rstrip("."),
                mend=str(check.about.get("mend", "")),
                severity=check.about.get("severity", "error"),
                focus=row["this"],
            )


def located(
    problems: Iterable[Problem], connection: duckdb.DuckDBPyConnection, schema: Schema, base: str
) -> list[Problem]:
    """Return the problems with file and line of the row that each speaks of, IRIs cut to type/id, sorted, each once."""
    waiting = list(problems)
    places = places_of({problem.focus for problem in waiting if not problem.file}, connection, schema, base)
    found = set()
    for problem in waiting:
        file, line = (problem.file, problem.line) if problem.file else places.get(problem.focus, ("(derived)", 0))
        short, wanted = problem.found.replace(base, ""), problem.expected.replace(base, "")
        found.add(dataclasses.replace(problem, file=file, line=line, found=short, expected=wanted))
    return sorted(found)


def places_of(wanted: set[str], connection: duckdb.DuckDBPyConnection, schema: Schema, base: str) -> dict[str, Place]:
    """Return where the rows stand whose IRIs are wanted."""
    places: dict[str, Place] = {}
    for table in schema.tables if wanted else ():
        iri = address(base, table)
        select = f"SELECT {iri}, _file, _line FROM {name(table.stem)} WHERE list_contains(?::VARCHAR[], {iri})"
        places |= {found: (file, line) for found, file, line in connection.execute(select, [sorted(wanted)]).fetchall()}
    return places
