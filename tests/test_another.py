"""A made-up survey by country, ages and year, and the next one: the builder takes both as tables alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg_builder import open_graph
from kg_builder.answers.default_parameters import answered, usual
from kg_builder.answers.graph_reader import GraphReader
from kg_builder.charts.charts import Chart, charts_of
from kg_builder.core.problems import Location
from kg_builder.curation.new_report import new_report
from kg_builder.graph.built_graph import BuiltGraph, Project
from kg_builder.pipeline import build, build_graph
from tests.bench import ROOT, Edit, made, problems_of, project_at
from tests.expected import as_table

ANOTHER = ROOT / "tests" / "another"
MAPPINGS = ANOTHER / "data" / "links" / "questions.sssom.tsv"
NAMES = sorted(path.stem for path in (ROOT / "queries" / "answers").rglob("*.rq"))

FIRST, NEXT = "made-up-2021", "made-up-2022"
"""The two reports. Of the second's questions one is equivalent, one worded otherwise, one asked of other people, and
one is not comparable."""

OTHER_WORDING = "In 2021 pupils said whether they know; from 2022 on any place that they could name counts."
OTHER_BASE = "In 2022 only caregivers of pupils of 12 to 13 years were asked; before, of 12 to 17 years."


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_at(tmp_path_factory.mktemp("another") / "project", tables=ANOTHER)


@pytest.fixture(scope="module")
def checked(root: Path, tmp_path_factory: pytest.TempPathFactory) -> BuiltGraph:
    return build_graph(Project(root, reference=True), made(tmp_path_factory.mktemp("checked") / "work"))


@pytest.fixture(scope="module")
def out(root: Path) -> Path:
    build(Project(root), root.parent / "build")
    return root.parent / "build"


@pytest.fixture(scope="module")
def graph(root: Path, out: Path) -> GraphReader:
    return open_graph(root, out)


# ---------------------------------------------------------------- built and validated


def test_another_survey_has_no_problems_by_pyshacl(checked: BuiltGraph) -> None:
    assert checked.problems == ()


def test_its_findings_are_by_country_ages_and_year(graph: GraphReader) -> None:
    rows = list(graph.ask("question", question=f"{FIRST}/question/contacted"))
    assert len(rows) == 2 * 3 * 3 * 3
    assert {row["place"] for row in rows} == {"Northland", "Southland"}
    assert {row["age_bracket"] for row in rows} == {"12 to 13 years", "14 to 15 years", "16 to 17 years"}
    assert {row["period"] for row in rows} == {"2019", "2020", "2021"}


def test_an_empty_report_has_the_tables_that_it_was_made_of(root: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "ontology").symlink_to(ROOT / "ontology")
    (project / "data").mkdir()
    templates = {path.name: path.read_text("utf-8") for path in new_report(project, FIRST)}
    headers = {path.name: header_of(path.read_text("utf-8")) for path in (root / "data" / FIRST).iterdir()}
    assert len(headers) == 10
    for name, header in headers.items():
        assert header == [column for column in header_of(templates[name]) if column in header]


def header_of(text: str) -> list[str]:
    return text.partition("\n")[0].split(",")


FINDINGS = f"data/{FIRST}/findings.csv"
CELL = "contacted-no-northland-12-13-2019,contacted,whole-question,contacted-no,pupils,northland,12-13,2019,first,77.7"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            CELL.replace(",northland,", ",nortland,"),
            (
                'place: found a reference to nothing, "nortland", expected an id of shared/places.csv. '
                "Did you mean northland?"
            ),
        ),
        (
            CELL.replace("2019,first", "2o19,first"),
            'period: found a reference to nothing, "2o19", expected an id of shared/periods.csv. Did you mean 2019?',
        ),
        (
            CELL.replace(",77.7", ",77.6"),
            'printed: found "77.7%", expected a token that holds 77.6, decimals 1. Correct value, decimals or printed.',
        ),
    ],
    ids=["a place of no table", "a year of no table", "another value than printed"],
)
def test_a_wrong_cell_is_named_by_file_line_and_column(wrong: str, sentence: str, tmp_path: Path) -> None:
    project = project_at(tmp_path / "project", (Edit(FINDINGS, CELL, wrong),), ANOTHER)
    found = [str(problem) for problem in problems_of(project, tmp_path / "work")]
    assert found == [f"{FINDINGS}:2: {sentence}"]


def test_shares_that_miss_100_in_one_country_ages_and_year_are_found(tmp_path: Path) -> None:
    wrong = CELL.replace("77.7", "67.7")
    printed = Edit(FINDINGS, f"{CELL},percent,1,table,77.7%", f"{wrong},percent,1,table,67.7%")
    project = project_at(tmp_path / "project", (printed,), ANOTHER)
    (found,) = problems_of(project, tmp_path / "work")
    assert found.location == Location(f"data/{FIRST}/questions.csv", 2, field="response_type")
    assert "not to 89.85 to 90.15" in found.expected


# ---------------------------------------------------------------- answered


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_question_has_an_answer_or_says_that_there_is_none(graph: GraphReader, name: str) -> None:
    question = graph.question(name)
    answer = answered(graph, question, usual(graph, question))
    assert answer.columns == tuple(each.removeprefix("_") for each in question.columns)
    assert answer.to_text()


def test_most_of_the_questions_about_numbers_have_an_answer(graph: GraphReader) -> None:
    asked = {"compared", "comparable-findings", "how-sure", "most-common-answers", "over-time", "question", "rank"}
    found = {name: graph.question(name) for name in asked & set(NAMES)}
    assert [name for name, each in found.items() if not answered(graph, each, usual(graph, each)).rows] == ["compared"]


# ---------------------------------------------------------------- compared

SAME = ("northland-12-13-2021", "northland-12-13-2022")


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (f"contacted-yes-{SAME[0]}", f"contact-yes-{SAME[1]}", []),
        (
            f"knows-where-yes-{SAME[0]}",
            f"any-place-yes-{SAME[1]}",
            [f"a question that is only close, with other wording: {OTHER_WORDING}"],
        ),
        (
            "talks-yes-northland-all-ages-2021",
            "young-talks-yes-northland-all-ages-2022",
            [f"a question that is only close, with other base: {OTHER_BASE}"],
        ),
        (
            "where-games-northland-all-ages-2021",
            "most-often-games-northland-all-ages-2022",
            ["declared not comparable: In 2021 pupils named every place, in 2022 one alone."],
        ),
        (
            f"contacted-yes-{SAME[0]}",
            f"any-place-yes-{SAME[1]}",
            ["another population", "another question or wording"],
        ),
    ],
    ids=["equivalent", "other wording", "other base", "not comparable", "undeclared"],
)
@pytest.mark.parametrize("turned", [False, True], ids=["forwards", "backwards"])
def test_findings_of_two_reports_are_compared_as_declared(
    one: str, other: str, reasons: list[str], graph: GraphReader, *, turned: bool
) -> None:
    pair = [f"{FIRST}/finding/{one}", f"{NEXT}/finding/{other}"]
    comparison = graph.compare(*(reversed(pair) if turned else pair))
    assert comparison.against.column("reason") == reasons
    assert len(comparison.compared) == (0 if reasons else 2)
    assert {"another period", "another question or wording"} <= set(comparison.adding.column("reason"))


def test_another_year_place_and_ages_are_compared_but_not_added_up(graph: GraphReader) -> None:
    comparison = graph.compare(
        f"{FIRST}/finding/contacted-yes-northland-12-13-2021", f"{FIRST}/finding/contacted-yes-southland-14-15-2019"
    )
    assert comparison.against.rows == ()
    assert [(row["place"], row["age_bracket"], row["period"]) for row in comparison.compared] == [
        ("Northland", "12 to 13 years", "2021"),
        ("Southland", "14 to 15 years", "2019"),
    ]
    assert comparison.adding.column("reason") == ["another period", "another place", "other ages"]


def test_what_a_finding_may_be_compared_with_reaches_into_equivalent_questions_alone(graph: GraphReader) -> None:
    declared = graph.ask("comparable-findings", finding=f"{FIRST}/finding/contacted-yes-northland-12-13-2021")
    assert f"{graph.base}{NEXT}/finding/contact-yes-northland-12-13-2022" in declared.column("comparable")
    close = graph.ask("comparable-findings", finding=f"{FIRST}/finding/knows-where-yes-northland-12-13-2021")
    assert [each for each in close.column("comparable") if NEXT in str(each)] == []


def test_the_questions_of_two_reports_are_told_with_their_differences_from_both_sides(graph: GraphReader) -> None:
    rows = [
        (row["question_iri"], row["verdict"], row["other_question_iri"], row["difference_in_wording"])
        for row in graph.ask("question-links").with_columns(
            "question_iri", "verdict", "other_question_iri", "difference_in_wording"
        )
    ]
    found = {tuple(str(cell).replace(f"{graph.base}made-up-", "") for cell in row) for row in rows}
    assert len(rows) == len(found) == 8
    assert ("2021/question/contacted", "equivalent", "2022/question/contact", "None") in found
    assert ("2022/question/any-place", "close", "2021/question/knows-where", OTHER_WORDING) in found
    assert ("2022/question/most-often", "not comparable", "2021/question/where", "None") in found


# ---------------------------------------------------------------- drawn


def trend(graph: GraphReader, question: str) -> Chart:
    (found,) = charts_of(graph.ask("over-time", trend=question))
    return found.chart


def data(chart: Chart) -> Iterator[dict[str, Any]]:
    """The rows of all datasets that are drawn."""
    for rows in chart.specification("#000000")["datasets"].values():
        yield from rows


def test_the_page_of_a_question_draws_answers_countries_and_ages_over_the_years(graph: GraphReader, out: Path) -> None:
    assert len(trend(graph, f"{FIRST}/question/contacted").lines) == 3 * 2 * 3
    page = (out / "site" / FIRST / "question" / "contacted.html").read_text("utf-8")
    assert "12 of 18 lines are drawn" in page
    assert "Yes (Southland, 16 to 17 years): 2019 33.7, 2020 36, 2021 38.3, 2022 40.6" in page


def test_equivalent_questions_are_one_line_without_a_break(graph: GraphReader) -> None:
    chart = trend(graph, f"{NEXT}/question/contact")
    assert chart.breaks == []
    assert {
        row["piece"] for row in data(chart) if row.get("line") == "Yes (Northland, 12 to 13 years)" if "piece" in row
    } == {f"Yes (Northland, 12 to 13 years) {graph.base}{FIRST}/question/contacted 0"}


def test_questions_that_an_indicator_joins_are_one_line_without_a_break(tmp_path: Path) -> None:
    """Each question is linked to the indicator once, and none to another question."""
    (pair,) = [line for line in MAPPINGS.read_text("utf-8").splitlines(keepends=True) if line.startswith("contacted-")]
    target = (
        f"cpkg:{NEXT}/question/contact\tIn the last year, did a stranger contact you online?\tcpkg:{NEXT}/report/{NEXT}"
    )
    to = "cpkg:indicator/contacted-in-a-year\tContacted by a stranger in a year\tcpkg:scheme/indicator"
    first = pair.replace(target, to)
    second = first.replace("contacted-contact", "contact-indicator").replace(
        f"{FIRST}/question/contacted", f"{NEXT}/question/contact"
    )
    rows = "id,label\ncontacted-in-a-year,Contacted by a stranger in a year\n"
    edits = (
        Edit("data/links/questions.sssom.tsv", pair, second + first),
        Edit("data/shared/indicators.csv", append=rows),
    )
    root = project_at(tmp_path / "project", edits, tables=ANOTHER)
    build(Project(root, formats=("nq",)), tmp_path / "build")
    joined = open_graph(root, tmp_path / "build")
    asked = {
        iri.rsplit("/", 1)[1]
        for iri in joined.ask("over-time", trend=f"{NEXT}/question/contact").column("question_iri")
    }
    assert asked == {"contact", "contacted"}
    assert trend(joined, f"{NEXT}/question/contact").breaks == []


@pytest.mark.parametrize(
    ("question", "word", "why"),
    [
        (f"{FIRST}/question/knows-where", "other wording", f"Wording: {OTHER_WORDING}"),
        (f"{NEXT}/question/any-place", "other wording", f"Wording: {OTHER_WORDING}"),
        (f"{FIRST}/question/talks", "other base", f"Base: {OTHER_BASE}"),
    ],
)
def test_a_trend_breaks_where_wording_or_base_change(
    question: str, word: str, why: str, graph: GraphReader, out: Path
) -> None:
    chart = trend(graph, question)
    (rule,) = (row for row in data(chart) if "word" in row)
    assert rule["word"] == word
    points = [row for row in data(chart) if "piece" in row and row["line"] == chart.lines[0].name]
    assert [row["at"] < rule["at"] for row in points] == [True, True, True, False]
    assert [row["piece"] == points[0]["piece"] for row in points] == [True, True, True, False]
    assert f"The lines break before 2022 ({word}). {why}" in chart.told
    page = (out / "site" / f"{question}.html").read_text("utf-8")
    assert f'<p class="note">The lines break before 2022 ({word}). {why}</p>' in page


def test_questions_that_are_not_comparable_never_stand_in_one_chart(graph: GraphReader) -> None:
    assert {row["period"] for row in trend(graph, f"{FIRST}/question/where").rows} == {"2019", "2020", "2021"}


def test_a_page_does_not_draw_a_question_twice_where_no_other_report_asks_it(out: Path) -> None:
    page = (out / "site" / FIRST / "question" / "where.html").read_text("utf-8")
    assert page.count("<figure>") == 1


def test_the_answer_of_a_trend_can_be_read_as_a_table(graph: GraphReader) -> None:
    table = as_table(graph.ask("over-time", trend=f"{FIRST}/question/talks"))
    assert table.count("\n") == 1 + 2 * 2 * 4
    assert table.count(",other base,") == 4
