"""Sections of pages: what headers ask for, dealt to the right things, and refused where headers are wrong."""

from __future__ import annotations

import pytest

from kg_builder.answers.answer import Answer
from kg_builder.answers.graph_reader import GraphReader
from kg_builder.queries.headers import QueryHeader, Section
from kg_builder.queries.section_headers import section_problems
from kg_builder.queries.stored_queries import StoredQuery
from kg_builder.site.html_tables import table
from kg_builder.site.page_index import Directory, Link
from kg_builder.site.sections import Sections
from tests.draft import Draft


def test_a_question_asked_of_all_things_at_once_answers_as_one_by_one(graph: GraphReader, sections: Sections) -> None:
    """Rows are dealt by the column of the parameter, which is right only if binding does no more than choose rows."""
    checked = 0
    for thing, found in list(sections.dealt_questions.items())[::40]:
        for section in found:
            (parameter,) = graph.question(section.query).parameters
            assert section.answer.rows == graph.ask(section.query, **{parameter.name: thing}).rows, (
                section.query,
                thing,
            )
            checked += 1
    assert checked > 50


def test_the_sections_of_a_thing_come_in_their_order(graph: GraphReader, sections: Sections) -> None:
    found = sections.of(graph.base + "netclean-2018/insight/insight-2")
    assert [section.heading for section in found] == [
        "The survey questions",
        "Text and chart compared",
        "What experts say",
        "What single officers say",
        "Where the report says so",
        "Where the report disagrees with itself",
    ]


def test_the_page_of_a_place_shows_the_numbers_of_all_sources_about_it(graph: GraphReader, sections: Sections) -> None:
    (known,) = (each for each in sections.of(f"{graph.base}place/czech-republic") if each.query == "place")
    assert (known.heading, known.answer.rows) == ("What is known about it", graph.ask("place", place="CZ").rows)
    assert "place" not in [each.query for each in sections.of(f"{graph.base}place/all-places")]


def test_what_stands_in_a_section_is_not_asked_again(graph: GraphReader, sections: Sections) -> None:
    thing = graph.base + "technology/deepfakes"
    assert "how-common" in {section.query for section in sections.of(thing)}
    assert "how-common" not in {section.query for section in sections.asked(thing)}


@pytest.mark.parametrize(
    ("section", "found"),
    [
        (Section("thing", "x"), 'a section of the column "thing"'),
        (Section("thing_iri", "x", columns=("number", "no")), 'a section of the column "no"'),
    ],
)
def test_a_section_is_of_columns_that_are_selected(section: Section, found: str) -> None:
    header = QueryHeader("x", section=(section,), lines={"section": 2})
    query = StoredQuery("x", "queries/pages/x.rq", header, "SELECT ?thing_iri ?number {}")
    (problem,) = section_problems([query])
    assert (problem.location.line, problem.found, problem.expected) == (2, found, "one of number, thing_iri")


def linked(iri: str, text: str) -> Link:
    return Link(text or iri[-1:], f"{iri[-1:]}.html")


def test_a_table_says_once_what_all_rows_share() -> None:
    rows = (("x", "b:1", 1, "same"), ("y", "b:2", 2, "same"))
    found = table(Answer("", ("name", "name_iri", "number", "common"), rows, (), "b:"), linked)
    assert found.shared == (("common", Link("same")),)
    assert found.columns == (("name", False), ("number", True))
    assert found.rows == ((Link("x", "1.html"), Link("1")), (Link("y", "2.html"), Link("2")))


def test_a_single_row_of_many_columns_is_a_list() -> None:
    found = table(Answer("", tuple("abcdef"), (tuple("123456"),), (), ""), linked)
    assert (len(found.shared), found.columns) == (6, ())


def test_a_table_leaves_out_what_is_empty_or_hidden() -> None:
    found = table(Answer("", ("a", "b", "c"), (("1", None, "2"),), (), ""), linked, {"c"})
    assert [name for name, _ in found.columns] == ["a"]


def test_what_is_said_of_a_thing_goes_both_ways(graph: GraphReader) -> None:
    said = Directory(graph).sentences(graph.base + "organisation/griffeye")
    found = {(each.says, each.inverse): [link.text for link in each.others] for each in said}
    assert found["runs", False] == ["Griffeye user portal"]
    assert found["made", False] == ["Griffeye Analyze DI Core", "Griffeye Analyze DI Pro"]
    assert found["has body", True]


def test_what_the_report_does_not_state_itself_is_no_plain_triple(graph: GraphReader) -> None:
    said = Directory(graph).sentences(graph.base + "threat/grooming")
    assert {"develops into", "is made easier by"} & {each.says for each in said} == set()


def test_an_address_that_a_browser_would_run_is_no_link(graph: GraphReader) -> None:
    assert Directory(graph).link("javascript:alert(1)") == Link("javascript:alert(1)")


def test_hidden_labels_are_not_said(graph: GraphReader) -> None:
    said = Directory(graph).sentences(graph.base + "threat/sexual-extortion")
    assert "hidden label" not in {each.says for each in said}
    assert "sextortion" not in {link.text for each in said for link in each.others}


@pytest.mark.parametrize(
    ("file", "header", "by", "sentence"),
    [
        ("pages/relations-of-things", "column: thing_iri", "column: thing", 'found a section of the column "thing"'),
        (
            "views/subjects",
            "order: 1",
            "order: first",
            'found the order "first" at column 11, expected a whole number.',
        ),
    ],
)
def test_a_build_refuses_a_wrong_header(file: str, header: str, by: str, sentence: str, draft: Draft) -> None:
    draft.change(f"queries/{file}.rq", header, by)
    run = draft.run("validate")
    assert (run.code, [each for each in run.sentences if sentence in each] != []) == (1, True)
