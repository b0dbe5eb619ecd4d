"""Validates the graph with pySHACL, the reference processor, and reads its report as problems."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from rdflib import RDF, SH, Graph, query
from rdflib.plugins.sparql import prepareQuery

from kg_builder.cells import expectation
from kg_builder.problems import Problem, ProblemsFound, Severity
from kg_builder.schema import Schema, text
from kg_builder.terms import KG
from kg_builder.validate import Result, wanted

SEVERITIES: dict[str, Severity] = {str(SH.Violation): "error", str(SH.Warning): "warning", str(SH.Info): "note"}


NOT_RUN = {SH.name, SH.description, SH.order, SH.pattern}
"""What pySHACL need not see; the engine has matched patterns in linear time, where Python's may run for ever."""


class PreparedGraph(Graph):
    """A graph that parses each query once: pySHACL asks the text of a constraint again for every focus node."""

    def query(self, query_object: Any, *arguments: Any, **options: Any) -> query.Result:
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


def shape_results(data: Graph, schema: Schema) -> Iterator[Result]:
    """Yield what pySHACL finds in the whole graph; raise `ProblemsFound` where it cannot run the shapes."""
    import pyshacl  # noqa: PLC0415  (heavy, and not needed where the tables are already at fault)

    _, report, words = pyshacl.validate(data, shacl_graph=executable(schema.shapes), inplace=True)
    if not isinstance(report, Graph):
        runnable = "shapes that pySHACL can run"
        raise ProblemsFound([Problem("ontology/shapes.ttl", 0, "", "shacl", words.strip(), runnable)])
    columns = {column.shape: (table, column) for table in schema.tables for column in table.columns}
    for node in report.subjects(RDF.type, SH.ValidationResult):
        focus, shape = text(report, node, SH.focusNode), text(report, node, SH.sourceShape)
        rule = rule_of(text(report, node, SH.sourceConstraintComponent))
        expected, mend, path = wanted(text(report, node, SH.resultMessage)), "", text(report, node, SH.resultPath)
        if shape in columns:
            table, column = columns[shape]
            expected, mend = expectation(schema, table, column, rule), column.message or column.description
        yield Result(
            focus=focus,
            value=text(report, node, SH.value) or focus,
            column=path,
            rule=rule,
            expected=expected,
            mend=mend,
            severity=SEVERITIES[text(report, node, SH.resultSeverity)],
            shape=shape,
        )


def rule_of(component: str) -> str:
    """Return the name of a constraint component as shapes write it: `minCount` for `sh:MinCountConstraintComponent`."""
    word = component.rsplit("#", 1)[-1].removesuffix("ConstraintComponent")
    return word[:1].lower() + word[1:]


def executable(shapes: Graph) -> Graph:
    """Return the shapes without what is for people and tables, which pySHACL would search for every focus node.

    Constraints that say what acyclic columns check are left out too: the tables have been checked, in linear time.
    """
    bare = Graph()
    for subject, predicate, value in shapes:
        if str(predicate).startswith((str(SH), str(RDF))) and predicate not in NOT_RUN:
            bare.add((subject, predicate, value))
    for constraint in shapes.subjects(KG.acyclic, None):
        bare.remove((None, SH.sparql, constraint))
    return bare
