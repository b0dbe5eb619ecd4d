"""Validates the graph against shapes and stored checks, and brings every result back to file, line and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import duckdb
import pyoxigraph
from rdflib import RDF, SH, Graph, Node

from kg_builder.cells import expectation
from kg_builder.engine import address, name
from kg_builder.problems import Problem, ProblemsFound, Severity, quoted
from kg_builder.queries import StoredQuery, rows
from kg_builder.schema import Column, Schema, ordered, text

SEVERITIES: dict[str, Severity] = {str(SH.Violation): "error", str(SH.Warning): "warning", str(SH.Info): "note"}

Place = tuple[str, int]
"""A file and a line."""


def shape_problems(data: Graph, schema: Schema) -> Iterator[Problem]:
    """Yield what pySHACL, the reference processor, finds in the whole graph; places are not filled in yet."""
    import pyshacl  # noqa: PLC0415  (heavy, and not needed where the tables are already at fault)

    _, results, words = pyshacl.validate(data, shacl_graph=schema.shapes, inplace=True)
    if not isinstance(results, Graph):
        raise ProblemsFound(
            [
                Problem(
                    "ontology/shapes.ttl",
                    0,
                    "",
                    "shacl",
                    words.strip(),
                    "shapes that pySHACL can run",
                    "Mend the shape.",
                )
            ]
        )
    columns = {column.shape: column for table in schema.tables for column in table.columns}
    for result in sorted(results.subjects(RDF.type, SH.ValidationResult), key=lambda node: result_key(results, node)):
        component = (
            text(results, result, SH.sourceConstraintComponent).rsplit("#", 1)[-1].removesuffix("ConstraintComponent")
        )
        rule = component[:1].lower() + component[1:]
        column = columns.get(text(results, result, SH.sourceShape))
        focus = text(results, result, SH.focusNode)
        yield Problem(
            file="",
            line=0,
            column=column.name if column else column_of_path(schema, text(results, result, SH.resultPath)),
            rule=rule,
            found=quoted(text(results, result, SH.value)) if column else quoted(focus),
            expected=expected_of(schema, column, rule)
            if column
            else text(results, result, SH.resultMessage).rstrip("."),
            mend=(column.message or column.description) if column else "",
            severity=SEVERITIES[text(results, result, SH.resultSeverity)],
            focus=focus,
            shape=text(results, result, SH.sourceShape),
        )


def result_key(results: Graph, node: Node) -> tuple[str, ...]:
    """Return what puts validation results into a fixed order."""
    return tuple(text(results, node, term) for term in (SH.focusNode, SH.sourceShape, SH.value, SH.resultMessage))


def expected_of(schema: Schema, column: Column, rule: str) -> str:
    """Return what a column wants, for the rule that a validation result names."""
    table = next(table for table in schema.tables if column in table.columns)
    return expectation(table, column, rule)


def column_of_path(schema: Schema, path: str) -> str:
    """Return the name of some column with that path, empty if none has."""
    return next((column.name for table in schema.tables for column in table.columns if column.path == path), "")


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
    """Return the problems with the file and line of the row that each speaks of, sorted; the same fault once."""
    waiting = list(problems)
    places = places_of({problem.focus for problem in waiting if not problem.file}, connection, schema, base)
    found = set()
    for problem in waiting:
        file, line = (problem.file, problem.line) if problem.file else places.get(problem.focus, ("(derived)", 0))
        found.add(Problem(**{**vars(problem), "file": file, "line": line}))
    return sorted(found)


def places_of(wanted: set[str], connection: duckdb.DuckDBPyConnection, schema: Schema, base: str) -> dict[str, Place]:
    """Return where the rows stand whose IRIs are wanted."""
    places: dict[str, Place] = {}
    for table in schema.tables if wanted else ():
        iri = address(base, table)
        select = f"SELECT {iri}, _file, _line FROM {name(table.stem)} WHERE list_contains(?::VARCHAR[], {iri})"
        places |= {found: (file, line) for found, file, line in connection.execute(select, [sorted(wanted)]).fetchall()}
    return places
