"""Turns problems into a SHACL validation report (https://www.w3.org/TR/shacl/#validation-report)."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from rdflib import RDF, SH, Graph, Literal, Node, URIRef

from kg_builder.core.iris import BASE, last_part
from kg_builder.core.problems import Problem, errors
from kg_builder.core.terms import KG
from kg_builder.schema.ontology_folder import SHAPES
from kg_builder.validation.facet_checks import FACETS

SEVERITY = {"error": SH.Violation, "warning": SH.Warning, "note": SH.Info}
COMPONENTS = {last_part(str(term)) for term in FACETS}
"""Rules that are constraint components of SHACL Core; every other rule is reported as SHACL-SPARQL."""


def validation_report(problems: Sequence[Problem], ontology: Path) -> str:
    """Return a report in Turtle: one result per problem, with `kg:file`, `kg:line` and `kg:column`; no blank nodes."""
    paths = _paths(ontology)
    graph = Graph()
    graph.bind("kg", KG._NS)  # noqa: SLF001  (rdflib keeps a defined namespace's IRI there)
    graph.bind("sh", SH)
    report = URIRef(f"{BASE}validation")
    graph.add((report, RDF.type, SH.ValidationReport))
    graph.add((report, SH.conforms, Literal(not errors(problems))))
    for number, problem in enumerate(problems, 1):
        result = URIRef(f"{report}/{number}")
        graph.add((report, SH.result, result))
        component = problem.rule[:1].upper() + problem.rule[1:] if problem.rule in COMPONENTS else "SPARQL"
        place = f"{problem.location.file}:{problem.location.line}"
        facts: list[tuple[URIRef, Node]] = [
            (RDF.type, SH.ValidationResult),
            (SH.focusNode, URIRef(problem.focus) if problem.focus else Literal(place)),
            (SH.resultSeverity, SEVERITY[problem.severity]),
            (SH.sourceConstraintComponent, SH[f"{component}ConstraintComponent"]),
            (SH.resultMessage, Literal(str(problem), lang="en")),
            (KG.file, Literal(problem.location.file)),
            (KG.line, Literal(problem.location.line)),
        ]
        if problem.shape:
            facts.append((SH.sourceShape, URIRef(problem.shape)))
            facts += [(SH.resultPath, path) for path in paths.objects(URIRef(problem.shape), SH.path)]
        if problem.location.field:
            facts.append((KG.column, Literal(problem.location.field)))
        for predicate, value in facts:
            graph.add((result, predicate, value))
    return graph.serialize(format="turtle")


def _paths(ontology: Path) -> Graph:
    """Return the shapes, which name the property of each column; files with errors are left out."""
    shapes = Graph()
    for path in sorted((ontology / SHAPES).glob("*.ttl")):
        with contextlib.suppress(SyntaxError):
            shapes += Graph().parse(path, format="turtle")
    return shapes
