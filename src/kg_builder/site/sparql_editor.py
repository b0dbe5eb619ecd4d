"""The data of the SPARQL page: prefixes, terms for completion, and the stored questions as editable queries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph
from rdflib import OWL, RDF, XSD

from kg_builder.answers.default_parameters import usual
from kg_builder.answers.graph_reader import GraphReader, Terms
from kg_builder.core.curies import compact
from kg_builder.queries.stored_queries import code_of, stored_query
from kg_builder.queries.stored_questions import StoredQuestion

PLAIN = {str(XSD.integer), str(XSD.decimal)}
"""Numeric datatypes that SPARQL writes without quotes."""


def editor_data(graph: GraphReader, prefixes: dict[str, str], paths: Iterable[str]) -> dict[str, Any]:
    """Return JSON values: `base`, `prefixes`, the `folders` in which the things at `paths` have pages, and lists.

    `numbers` are the properties whose values must not be added without checks.
    `terms` are rows of prefixed name, is-class flag, label, definition; `questions` are objects by topic.
    Questions that may add numbers because a stored check guards them are left out: as free queries they are refused.
    """
    free = [each for each in graph.questions.values() if not each.query.header.guarded_by]
    asked = [(each, usual(graph, each)) for each in sorted(free, key=_by_topic)]
    return {
        "base": graph.base,
        "prefixes": dict(prefixes),
        "folders": sorted({path.rpartition("/")[0] for path in paths}),
        "numbers": sorted(compact(prefixes, number) for number in graph.rules.shown_with),
        "terms": editor_terms(graph, prefixes),
        "questions": [example(graph, each, given) for each, given in asked if "" not in given.values()],
    }


def editor_terms(graph: GraphReader, prefixes: dict[str, str]) -> list[list[Any]]:
    """Return the classes and properties that the ontology declares, for completion on the page."""
    rows = graph.answer(stored_query(graph.root / "queries" / "find" / "terms.rq", "find").text, {}, "")
    declared = graph.store.quads_for_pattern(None, pyoxigraph.NamedNode(RDF.type), pyoxigraph.NamedNode(OWL.Class))
    classes = {str(quad.subject.value) for quad in declared if isinstance(quad.subject, pyoxigraph.NamedNode)}
    found = {
        str(row["term"]): [compact(prefixes, str(row["term"])), row["term"] in classes, row["label"], row["definition"]]
        for row in rows
    }
    return [found[iri] for iri in sorted(found)]


def _by_topic(question: StoredQuestion) -> tuple[str, str]:
    """Return the sort key of questions: the main topic, then the question."""
    return question.topics[0], question.summary


def example(graph: GraphReader, question: StoredQuestion, given: Mapping[str, str]) -> dict[str, str]:
    """Return a question for the list on the page, with its parameters filled in."""
    return {
        "name": question.name,
        "topic": question.topics[0],
        "summary": question.summary,
        "description": question.description,
        "query": filled_in(question, graph.bound(question, given)),
    }


def filled_in(question: StoredQuestion, bound: Terms) -> str:
    """Return the query of a question without its header, with VALUES as first pattern if parameters are bound.

    After the whole query, VALUES would come too late for computations in the pattern. Several parameters are bound in
    each branch of a UNION too, or else the store may visit all pairs of things there.
    """
    lines = question.query.text.splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#+")).strip() + "\n"
    if bound:
        names = " ".join(f"?{name}" for name in bound)
        values = " ".join(map(written, bound.values()))
        first, *branches = _openings(code_of(text))
        for start in reversed([first, *(branches if len(bound) > 1 else ())]):
            blanks = "    " if start == first else "        "
            text = f"{text[:start]}\n{blanks}VALUES ({names}) {{ ({values}) }}{text[start:]}"
    return f"# {question.summary}\n\n{text}"


def _openings(code: str) -> list[int]:
    """Return the offsets of the outermost group of a query, and of the branches of UNION in it."""
    found: list[int] = []
    depth = 0
    for brace in re.finditer(r"[{}]", code):
        depth += 1 if brace[0] == "{" else -1
        branch = depth == 2 and re.search(r"([{}.]|\bUNION)\s*$", code[: brace.start()], re.IGNORECASE)  # noqa: PLR2004
        if brace[0] == "{" and (branch or not found):
            found.append(brace.end())
    return found


def written(term: object) -> str:
    """Return a term in the usual SPARQL notation."""
    number = isinstance(term, pyoxigraph.Literal) and term.datatype.value in PLAIN
    point = isinstance(term, pyoxigraph.Literal) and (("." in term.value) == (term.datatype.value == str(XSD.decimal)))
    return term.value if number and point else str(term)  # type: ignore[attr-defined]
