"""Reads the ontology folder and refuses, with file and line, whatever the builder would not understand."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph
from rdflib import OWL, RDF, RDFS, SH, Graph, Node, URIRef

from kg_builder.problems import Problem, ProblemsFound, quoted
from kg_builder.schema import Schema, ordered, schema_of
from kg_builder.terms import CSVW, KG

MEANING = ("kg.ttl", "codes.ttl")
STRUCTURE = "shapes.ttl"

ON_TABLES = {RDF.type, RDFS.label, SH.description, SH.targetClass, SH.property, SH.sparql, CSVW.url, CSVW.aboutUrl}
ON_COLUMNS = {
    RDF.type, SH.name, SH.description, SH.path, SH.order, SH.message, SH.severity, CSVW.name, CSVW.separator, CSVW.lang,
    SH.datatype, SH.languageIn, SH.nodeKind, SH["class"], SH["in"], SH.minCount, SH.maxCount, SH.maxLength, SH.pattern,
    SH.minInclusive, SH.maxInclusive, SH.lessThanOrEquals, KG.acyclic,
}  # fmt: skip
NEEDED_ON_TABLES = (SH.targetClass, CSVW.url, CSVW.aboutUrl, SH.property)
NEEDED_ON_COLUMNS = (SH.path, CSVW.name, SH.order)
DATATYPES = {"langString", "string", "decimal", "integer", "boolean", "date", "gYear", "anyURI"}


Fault = tuple[Node, str, str, str, str]
"""What is wrong with a shape: the shape, the rule, what was found, what is expected, how to mend it."""


def read_schema(folder: Path) -> Schema:
    """Return the schema from the three files of the ontology folder; raise `ProblemsFound` with all their faults."""
    problems: list[Problem] = []
    graphs = {}
    for name in (*MEANING, STRUCTURE):
        path = folder / name
        label = f"{folder.name}/{name}"
        try:
            content = path.read_text(encoding="utf-8")
            list(pyoxigraph.parse(content, format=pyoxigraph.RdfFormat.TURTLE))
            graphs[name] = Graph().parse(data=content, format="turtle")
        except SyntaxError as error:
            problems.append(
                Problem(label, error.lineno or 0, "", "turtle", error.msg, "valid Turtle", "Mend the line.")
            )
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(label, 0, "", "file", str(error), "a readable Turtle file in UTF-8"))
    if problems:
        raise ProblemsFound(problems)
    ontology = Graph()
    for name in MEANING:
        ontology += graphs[name]
        for prefix, namespace in graphs[name].namespaces():
            ontology.bind(prefix, namespace)
    shapes = graphs[STRUCTURE]
    problems = list(shape_problems(ontology, shapes, folder / STRUCTURE))
    if problems:
        raise ProblemsFound(problems)
    return schema_of(ontology, shapes)


def shape_problems(ontology: Graph, shapes: Graph, path: Path) -> Iterator[Problem]:
    """Yield what in the shapes the builder would not understand, or must not run."""
    lines = path.read_text(encoding="utf-8").splitlines()
    file = f"{path.parent.name}/{path.name}"
    tables = ordered(shapes.subjects(RDF.type, SH.NodeShape))
    columns = ordered(shapes.subjects(RDF.type, SH.PropertyShape))
    for shape, rule, found, expected, mend in (
        *forbidden(shapes),
        *(fault for node in tables for fault in unknown_terms(shapes, node, "table", ON_TABLES, NEEDED_ON_TABLES)),
        *(fault for node in columns for fault in unknown_terms(shapes, node, "column", ON_COLUMNS, NEEDED_ON_COLUMNS)),
        *(fault for node in [*tables, *columns] for fault in undeclared(ontology, shapes, node)),
        *(fault for node in columns for fault in unusable_values(shapes, node)),
    ):
        yield Problem(file, line_of(lines, shape), "", rule, found, expected, mend, shape=str(shape))


def forbidden(shapes: Graph) -> Iterator[Fault]:
    """Yield imports and scripts: a build reads nothing from elsewhere and runs no code of a shape."""
    for node in ordered(shapes.subjects(OWL.imports, None)):
        yield (
            node,
            "imports",
            "owl:imports",
            "no imports, because a build reads nothing from elsewhere",
            "Take it away.",
        )
    for node in ordered({*shapes.subjects(SH.js, None), *shapes.subjects(RDF.type, SH.JSConstraint)}):
        yield node, "script", "a JavaScript constraint", "SHACL Core or SHACL-SPARQL", "Write it as SPARQL."


def unknown_terms(
    shapes: Graph, node: Node, kind: str, allowed: set[URIRef], needed: Iterable[URIRef]
) -> Iterator[Fault]:
    """Yield the terms on a shape that the builder would not heed, and those that it misses."""
    for term in ordered(set(shapes.predicates(node)) - allowed):
        expected = "a term that the builder knows"
        yield node, "shape-term", f"{short(term)} on a {kind}", expected, nearest(term, allowed)
    for term in needed:
        if (node, term, None) not in shapes:
            yield node, "shape-part", f"a {kind} without {short(term)}", f"one {short(term)}", "Add it."


def undeclared(ontology: Graph, shapes: Graph, node: Node) -> Iterator[Fault]:
    """Yield the properties, classes and columns that a shape names and nobody declares."""
    declared = {*ontology.subjects(RDF.type, None), RDFS.label}
    for term in (SH.path, SH.targetClass, SH["class"], SH.lessThanOrEquals):
        for value in ordered(set(shapes.objects(node, term)) - declared):
            found = f"{short(term)} {short(value)}"
            yield node, "declared", found, "a term that ontology/kg.ttl declares", nearest(value, declared)
    for value in ordered(shapes.objects(node, SH.property)):
        if (value, RDF.type, SH.PropertyShape) not in shapes:
            expected = "a property shape that is defined in this file"
            yield node, "shape-part", short(value), expected, "Define it, or mend the name."


def unusable_values(shapes: Graph, node: Node) -> Iterator[Fault]:
    """Yield the datatypes and patterns of a column that cannot be checked."""
    for value in shapes.objects(node, SH.datatype):
        if short(value) not in DATATYPES:
            yield node, "datatype", short(value), f"one of {', '.join(sorted(DATATYPES))}", "Choose one of them."
    for value in shapes.objects(node, SH.pattern):
        try:
            re.compile(str(value))
        except re.error as error:
            yield node, "pattern", quoted(str(value)), "a regular expression", f"It fails with: {error}."


def line_of(lines: list[str], node: Node) -> int:
    """Return the line on which a subject's paragraph begins, 0 if it cannot be told."""
    opening = re.compile(rf"^(\w*:|<[^>]*[/#]){re.escape(short(node))}>?\s")
    return next((number for number, line in enumerate(lines, 1) if opening.match(line)), 0)


def short(term: Node) -> str:
    """Return the last part of an IRI."""
    return re.split("[/#]", str(term).rstrip("/#"))[-1]


def nearest(term: Node, known: Iterable[Node]) -> str:
    """Return a sentence that names the closest known term, or a general one."""
    close = difflib.get_close_matches(short(term), sorted(map(short, known)), n=1)
    return f"Did you mean {close[0]}?" if close else "Mend the name, or declare the term first."
