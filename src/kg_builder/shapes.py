"""Reads the ontology folder: the meaning of terms, the code lists, and the shapes that are the schema of the tables."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
from rdflib import Graph

from kg_builder.problems import Problem, ProblemsFound
from kg_builder.schema import Schema, schema_of
from kg_builder.shaperules import shape_problems
from kg_builder.textfiles import text_of

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
            list(pyoxigraph.parse(texts[name], format=pyoxigraph.RdfFormat.TURTLE))
            graphs[name] = Graph(bind_namespaces="none").parse(data=texts[name], format="turtle")
        except SyntaxError as error:
            line = error.lineno or 0
            problems.append(Problem(file, line, "", "turtle", error.msg, "valid Turtle", "Mend the line."))
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
