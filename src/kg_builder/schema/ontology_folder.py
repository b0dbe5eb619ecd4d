"""Reads the ontology folder: the definitions of terms, the code lists, and the shapes (the schema of the tables)."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
from rdflib import RDF, XSD, BNode, Graph, Literal, Node, URIRef

from kg_builder.core.file_contents import KeptByContents
from kg_builder.core.problems import Location, Problem, ProblemsFound, gathered
from kg_builder.core.text_files import text_of
from kg_builder.schema.model import Schema, schema_of
from kg_builder.schema.shape_rules import default_problems, made_id_problems, shape_problems

MEANING = ("kg.ttl", "beyond-owl.ttl", "codes.ttl")
"""The files with classes and properties, what OWL does not allow to be said of them, and code lists."""

SHAPES = "shapes"
"""The folder of the shapes, with one file for each subject."""


_kept: KeptByContents[Schema] = KeptByContents()


def read_schema(folder: Path) -> Schema:
    """Return the schema from the files of the ontology folder; raise `ProblemsFound` with all their errors.

    A process reads unchanged files once.
    """
    return _kept.value(folder.parent, [folder.name], lambda: _read(folder))


def _read(folder: Path) -> Schema:
    """Read the schema."""
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    ontology, shapes = Graph(bind_namespaces="none"), Graph(bind_namespaces="none")
    kinds: dict[str, frozenset[Node]] = {}
    shape_names = gathered(problems, lambda: shape_files(folder))
    for name in (*MEANING, *shape_names):
        file = f"{folder.name}/{name}"
        try:
            texts[file] = text_of(folder / name, file, "Turtle")
            found = _add_turtle(ontology if name in MEANING else shapes, texts[file])
            if name in MEANING:
                kinds[file] = found
        except SyntaxError as error:
            line = error.lineno or 0
            problems.append(
                Problem(
                    Location(file, line), rule="turtle", found=error.msg, expected="valid Turtle", hint="Fix the line."
                )
            )
        except ProblemsFound as refused:
            problems += refused.problems
    if problems:
        raise ProblemsFound(problems)
    shape_texts = {file: texts[file] for file in (f"{folder.name}/{name}" for name in shape_names)}
    problems = list(shape_problems(ontology, shapes, shape_texts))
    if problems:
        raise ProblemsFound(problems)
    schema = schema_of(ontology, shapes, kinds)
    problems = [*default_problems(schema, shape_texts), *made_id_problems(schema, shape_texts)]
    if problems:
        raise ProblemsFound(problems)
    return schema


def shape_files(folder: Path) -> list[str]:
    """Return the paths of the files of shapes in the ontology folder; raise `ProblemsFound` if there is none."""
    names = sorted(f"{SHAPES}/{path.name}" for path in (folder / SHAPES).glob("*.ttl"))
    if not names:
        place, expected = f"{folder.name}/{SHAPES}", "files in Turtle with a shape for each table"
        raise ProblemsFound.at(
            Location(place), rule="file", found="no file that ends in .ttl", expected=expected, hint="Is --root right?"
        )
    return names


def _add_turtle(graph: Graph, text: str) -> frozenset[Node]:
    """Add a Turtle text with its prefixes to a graph; return the classes of which it declares members.

    Raise `SyntaxError` with the line if it is not Turtle. Oxigraph is several times as fast as rdflib's own parser, and
    stricter.
    """
    parsed = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE)
    kinds = set()
    for quad in parsed:
        predicate, value = _rdflib_term(quad.predicate), _rdflib_term(quad.object)
        graph.add((_rdflib_term(quad.subject), predicate, value))
        if predicate == RDF.type:
            kinds.add(value)
    for prefix, namespace in parsed.prefixes.items():
        graph.bind(prefix, namespace)
    return frozenset(kinds)


def _rdflib_term(term: pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple) -> Node:
    """Return an Oxigraph term as an rdflib term; raise TypeError for a triple, which is not a term in RDF 1.1."""
    if isinstance(term, pyoxigraph.NamedNode):
        return URIRef(term.value)
    if isinstance(term, pyoxigraph.BlankNode):
        return BNode(term.value)
    if isinstance(term, pyoxigraph.Literal):
        plain = term.language or term.datatype.value == str(XSD.string)
        return Literal(term.value, lang=term.language, datatype=None if plain else URIRef(term.datatype.value))
    raise TypeError(f"{term} stands in the place of a term")
