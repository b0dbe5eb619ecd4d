"""The SPARQL page gets terms to complete, and stored questions that answer as queries of their own."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph
import pytest
from rdflib import XSD

from kg_builder.answers.graph_reader import GraphReader
from kg_builder.queries.headers import QueryHeader
from kg_builder.queries.stored_queries import StoredQuery
from kg_builder.queries.stored_questions import question_of
from kg_builder.schema.ontology_folder import read_schema
from kg_builder.site.sparql_editor import editor_data, filled_in, written
from tests.bench import ROOT

PATHS = ["threat/grooming", "threat/sexual-extortion", "netclean-2018/finding/deepfakes-encountered-yes"]


@pytest.fixture(scope="module")
def data(graph: GraphReader) -> dict[str, Any]:
    return editor_data(graph, read_schema(ROOT / "ontology").prefixes, PATHS)


def test_a_question_that_may_add_numbers_up_is_left_out(graph: GraphReader, data: dict[str, Any]) -> None:
    assert set(graph.questions) - {each["name"] for each in data["questions"]} == {"words-against-figures"}


def test_every_other_question_answers_the_same_as_a_query_of_its_own(graph: GraphReader, data: dict[str, Any]) -> None:
    differing = [
        each["name"] for each in data["questions"] if graph.query(each["query"]).rows != graph.ask(each["name"]).rows
    ]
    assert differing == []


def test_the_questions_stand_by_topic(data: dict[str, Any]) -> None:
    topics = [each["topic"] for each in data["questions"]]
    assert topics == sorted(topics)
    assert set(data["questions"][0]) == {"name", "topic", "summary", "description", "query"}


def test_classes_and_properties_have_label_and_definition(data: dict[str, Any]) -> None:
    terms = {name: rest for name, *rest in data["terms"]}
    sentence = "The share or number of a population that gave one answer to one question, as printed."
    assert terms["kg:Finding"] == [True, "finding", sentence]
    assert terms["kg:population"][:2] == [False, "population"]


def test_a_term_is_offered_once(data: dict[str, Any]) -> None:
    names = [name for name, *_ in data["terms"]]
    assert len(names) > 120
    assert sorted(set(names)) == sorted(names)


def test_the_prefixes_are_ours(data: dict[str, Any]) -> None:
    assert data["prefixes"]["kg"] == "https://w3id.org/child-protection-kg/ontology#"


def test_pages_are_known_by_their_folders(data: dict[str, Any]) -> None:
    assert data["folders"] == ["netclean-2018/finding", "threat"]


def test_numbers_that_must_not_be_added_up_are_named(data: dict[str, Any]) -> None:
    assert data["numbers"] == ["kg:high", "kg:low", "kg:value"]


def test_the_data_are_json_and_the_same_each_time(graph: GraphReader, data: dict[str, Any]) -> None:
    assert json.loads(json.dumps(data)) == data
    assert json.dumps(editor_data(graph, data["prefixes"], reversed(PATHS))) == json.dumps(data)


def test_parameters_are_bound_before_anything_else_in_the_pattern() -> None:
    text = "#+ summary: What?\n\n# {\nSELECT ?_x_iri\nWHERE {\n    ?_x_iri ?p ?o .\n}\n"
    question = question_of(StoredQuery("q", "q.rq", QueryHeader("What?"), text))
    bound = filled_in(question, {"_x_iri": pyoxigraph.NamedNode("x:y")})
    assert bound == (
        "# What?\n\n# {\nSELECT ?_x_iri\nWHERE {\n    VALUES (?_x_iri) { (<x:y>) }\n    ?_x_iri ?p ?o .\n}\n"
    )


@pytest.mark.parametrize(
    ("text", "datatype", "expected"),
    [
        ("50", XSD.integer, "50"),
        ("28.6", XSD.decimal, "28.6"),
        ("50", XSD.decimal, f'"50"^^<{XSD.decimal}>'),
        ("a b", XSD.string, '"a b"'),
    ],
)
def test_a_number_is_written_plainly_where_that_keeps_its_datatype(text: str, datatype: str, expected: str) -> None:
    assert written(pyoxigraph.Literal(text, datatype=pyoxigraph.NamedNode(datatype))) == expected


def test_a_thing_is_written_as_an_iri() -> None:
    assert written(pyoxigraph.NamedNode("https://example.org/a")) == "<https://example.org/a>"
