"""Reads the ontology folder: the meaning of terms, the code lists, and the shapes that are the schema of the tables."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
from rdflib import XSD, BNode, Graph, Literal, Node, URIRef

from kg_builder.core.problems import Problem, ProblemsFound
from kg_builder.core.text_files import text_of
from kg_builder.schema.model import Schema, schema_of
from kg_builder.schema.shape_rules import shape_problems

MEANING = ("kg.ttl", "codes.ttl")
STRUCTURE = "shapes.ttl"


def read_schema(folder: Path) -> Schema:
    """Return the schema from the three files of the ontology folder; raise `ProblemsFound` with all their faults."""
    problems: list[Problem] = []
    graphs = {}
    texts = {}
    for name in (*MEANING, STRUCTURE):
        file = f"{folder.name}/{name}"
        try:
            texts[name] = text_of(folder / name, file, "Turtle")
            graphs[name] = _turtle_graph(texts[name])
        except SyntaxError as error:
            line = error.lineno or 0
            problems.append(Problem(file, line, "", "turtle", error.msg, "valid Turtle", "Fix the line."))
        except ProblemsFound as found:
            problems += found.problems
    if problems:
        raise ProblemsFound(problems)
    ontology = Graph(bind_namespaces="none")
    for name in MEANING:
        ontology += graphs[name]
        for prefix, namespace in graphs[name].namespaces():
            ontology.bind(prefix, namespace)
    shapes = graphs[STRUCTURE]
    problems = list(shape_problems(ontology, shapes, f"{folder.name}/{STRUCTURE}", texts[STRUCTURE].splitlines()))
    if problems:
        raise ProblemsFound(problems)
    return schema_of(ontology, shapes)


def _turtle_graph(text: str) -> Graph:
    """Return a text in Turtle as a graph with its prefixes; raise `SyntaxError` with the line where it is none.

    Oxigraph reads it some times as fast as rdflib's own parser, and more strictly.
    """
    graph = Graph(bind_namespaces="none")
    parsed = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE)
    for quad in parsed:
        graph.add((_rdflib_term(quad.subject), _rdflib_term(quad.predicate), _rdflib_term(quad.object)))
    for prefix, namespace in parsed.prefixes.items():
        graph.bind(prefix, namespace)
    return graph


def _rdflib_term(term: pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple) -> Node:
    """Return a term of Oxigraph as one of rdflib; raise TypeError for a triple, which is no term of RDF 1.1."""
    if isinstance(term, pyoxigraph.NamedNode):
        return URIRef(term.value)
    if isinstance(term, pyoxigraph.BlankNode):
        return BNode(term.value)
    if isinstance(term, pyoxigraph.Literal):
        plain = term.language or term.datatype.value == str(XSD.string)
        return Literal(term.value, lang=term.language, datatype=None if plain else URIRef(term.datatype.value))
    raise TypeError(f"{term} stands in the place of a term")
