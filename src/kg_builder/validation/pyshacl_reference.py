"""Validates the graph with pySHACL, the reference processor, and reads its report as problems."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph
from rdflib import RDF, SH, XSD, Graph, Literal, Node, URIRef, query
from rdflib.plugins.sparql import prepareQuery

from kg_builder.core.problems import Location, ProblemsFound, Severity
from kg_builder.core.terms import KG
from kg_builder.schema.model import Schema, text
from kg_builder.tables.cell_checks import expectation
from kg_builder.validation.constraint_checks import Result, wanted

SEVERITIES: dict[str, Severity] = {str(SH.Violation): "error", str(SH.Warning): "warning", str(SH.Info): "note"}


FOR_PEOPLE = frozenset({SH.name, SH.description, SH.order})

NOT_RUN = FOR_PEOPLE | {SH.pattern}
"""What pySHACL does not need; the engine has matched patterns in linear time, but Python's `re` may never finish."""


class PreparedGraph(Graph):
    """A graph that parses each query once: pySHACL runs the text of a constraint again for every focus node."""

    def query(self, query_object: Any, *arguments: Any, **options: Any) -> query.Result:
        """Return the result of a query, as in rdflib."""
        prepared = prepared_query(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *arguments, **options)


prepared_query = cache(prepareQuery)


def union_of(lines: Path) -> Graph:
    """Return the triples of all named graphs of an N-Quads file as one graph in memory, which pySHACL requires."""
    triples = PreparedGraph()
    named: dict[pyoxigraph.NamedNode, URIRef] = {}
    for quad in pyoxigraph.parse(path=lines, format=pyoxigraph.RdfFormat.N_QUADS):
        triples.add((term(quad.subject, named), term(quad.predicate, named), term(quad.object, named)))
    return triples


def term(given: Any, named: dict[pyoxigraph.NamedNode, URIRef]) -> Node:
    """Return an Oxigraph term as an rdflib term; `named` caches the IRIs, which are often repeated."""
    if isinstance(given, pyoxigraph.NamedNode):
        if given not in named:
            named[given] = URIRef(given.value)
        return named[given]
    if given.language:
        return Literal(given.value, lang=given.language)
    datatype = given.datatype.value
    return Literal(given.value, datatype=None if datatype == str(XSD.string) else datatype)


def shape_results(data: Graph, schema: Schema) -> Iterator[Result]:
    """Yield the results of pySHACL for the whole graph; raise `ProblemsFound` if it cannot run the shapes."""
    import pyshacl  # noqa: PLC0415  (heavy, and not needed if the tables already have errors)

    _, report, words = pyshacl.validate(data, shacl_graph=executable(schema.shapes), inplace=True)
    if not isinstance(report, Graph):
        runnable = "shapes that pySHACL can run"
        raise ProblemsFound.at(Location("ontology/shapes"), rule="shacl", found=words.strip(), expected=runnable)
    columns = {column.shape: (table, column) for table in schema.tables for column in table.columns}
    for node in report.subjects(RDF.type, SH.ValidationResult):
        focus, shape = text(report, node, SH.focusNode), text(report, node, SH.sourceShape)
        rule = rule_of(text(report, node, SH.sourceConstraintComponent))
        expected, hint, path = wanted(text(report, node, SH.resultMessage)), "", text(report, node, SH.resultPath)
        if shape in columns:
            table, column = columns[shape]
            expected, hint = expectation(schema, table, column, rule), column.message or column.description
        yield Result(
            focus=focus,
            value=text(report, node, SH.value) or focus,
            column=path,
            rule=rule,
            expected=expected,
            hint=hint,
            severity=SEVERITIES[text(report, node, SH.resultSeverity)],
            shape=shape,
        )


def rule_of(component: str) -> str:
    """Return the name of a constraint component in shapes: `minCount` for `sh:MinCountConstraintComponent`."""
    word = component.rsplit("#", 1)[-1].removesuffix("ConstraintComponent")
    return word[:1].lower() + word[1:]


def executable(shapes: Graph, left_out: AbstractSet[URIRef] = NOT_RUN) -> Graph:
    """Return equivalent shapes in a form that pySHACL runs quickly.

    Annotations for people and tables are left out, because pySHACL would search them for every focus node. Each
    property shape gets the targets of its tables: pySHACL then runs it once over all things, not once for each.
    Constraints that repeat the check of acyclic columns are left out too: it has run on the tables, in linear time.
    """
    bare = Graph()
    for subject, predicate, value in shapes:
        if predicate == SH.property:
            for target in shapes.objects(subject, SH.targetClass):
                bare.add((value, SH.targetClass, target))
        elif str(predicate).startswith((str(SH), str(RDF))) and predicate not in left_out:
            bare.add((subject, predicate, value))
    for constraint in shapes.subjects(KG.acyclic, None):
        bare.remove((None, SH.sparql, constraint))
    return bare
