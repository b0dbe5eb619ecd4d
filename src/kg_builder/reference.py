"""Validates the graph with pySHACL, the reference processor, and reads its report as problems."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from rdflib import RDF, SH, Graph, Node
from rdflib.plugins.sparql import prepareQuery
from rdflib.query import Result

from kg_builder.cells import expectation
from kg_builder.problems import Problem, ProblemsFound, Severity, quoted
from kg_builder.schema import Column, Schema, text

SEVERITIES: dict[str, Severity] = {str(SH.Violation): "error", str(SH.Warning): "warning", str(SH.Info): "note"}


class PreparedGraph(Graph):
    """A graph that parses each query once: pySHACL asks the text of a constraint again for every focus node."""

    def query(self, query_object: Any, *arguments: Any, **options: Any) -> Result:
        """Return the result of a query, as rdflib does."""
        prepared = prepared_query(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *arguments, **options)


prepared_query = cache(prepareQuery)


def union_of(lines: Path) -> Graph:
    """Return the triples of all named graphs of a file of N-Quads as one graph in memory, which pySHACL wants."""
    triples = PreparedGraph()
    with lines.open(encoding="utf-8") as stream:
        triples.parse(data="".join(line.rsplit(" <", 1)[0] + " .\n" for line in stream), format="nt")
    return triples


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
    return expectation(schema, table, column, rule)


def column_of_path(schema: Schema, path: str) -> str:
    """Return the name of some column with that path, empty if none has."""
    return next((column.name for table in schema.tables for column in table.columns if column.path == path), "")
