"""The other reports of the NetClean series: what is entered, what may be compared, and what is marked."""

from __future__ import annotations

import pytest

from kg_builder.answers.graph_reader import GraphReader
from kg_builder.importing.table_import import import_table
from kg_builder.site.sections import Sections
from tests.bench import ROOT, sheet

REPORTS = ("netclean-2015", "netclean-2016", "netclean-2017", "netclean-2019", "netclean-2020", "netclean-it-2014")
SOURCE = ROOT.parent / "shared/datasets/netclean-other-years.csv"
"""The table from which the maps in `imports/` made findings."""


def rows(report: str, table: str) -> list[dict[str, str]]:
    found = sorted((ROOT / "data" / report).glob(f"{table}*.csv"))
    return [row for path in found for row in sheet(path).rows]


# ---------------------------------------------------------------- over the years


@pytest.mark.parametrize(
    ("answer", "values"),
    [
        ("Respondents", {"2016": 370, "2018": 272, "2019": 450, "2020": 470}),
        ("Countries of respondents", {"2016": 26, "2018": 30, "2019": 41, "2020": 39}),
    ],
)
def test_a_series_is_answered_with_its_respondents_and_their_countries(
    answer: str, values: dict[str, int], graph: GraphReader
) -> None:
    """Years whose number was not seen have no row."""
    found = graph.questions.over_time(trend="document/netclean-report-series")
    assert {row["period"]: int(row["value"]) for row in found if row["answer"] == answer} == values


def test_shares_of_one_place_are_one_answer_with_a_break_before_each_other_year(graph: GraphReader) -> None:
    found = graph.questions.over_time(trend="netclean-2018/question/respondent-country")
    shares = [row for row in found if row["answer"] == "United States of America"]
    assert [(row["period"], float(row["value"]), bool(row["break"])) for row in shares] == [
        ("2016", 61.1, True),
        ("2018", 54.4, False),
        ("2019", 46.4, True),
        ("2020", 44.0, True),
    ]


def test_only_the_places_of_respondents_are_compared_across_the_series(graph: GraphReader) -> None:
    links = graph.questions.question_links()
    close = [row for row in links if row["verdict"] != "not comparable"]
    assert {row["question_iri"].rsplit("/", 1)[1] for row in close} == {"respondent-country"}
    assert [row for row in links if not row["reason"]] == []


def test_the_page_of_a_question_without_comparable_ones_says_so_and_draws_no_trend(
    graph: GraphReader, sections: Sections
) -> None:
    heading = "Over time and across reports"
    alone = [each for each in sections.of(f"{graph.base}netclean-2015/question/severity") if each.heading == heading]
    assert [(each.drawn, len(each.answer.rows)) for each in alone] == [(False, 1)]
    assert "no trend is drawn" in str(alone[0].answer.rows[0])
    joined = sections.of(f"{graph.base}netclean-2016/question/respondent-country")
    assert [each.drawn for each in joined if each.heading == heading] == [True]


def test_the_page_of_the_series_lists_its_six_surveys_and_the_two_charts(
    graph: GraphReader, sections: Sections
) -> None:
    found = sections.of(f"{graph.base}document/netclean-report-series")
    assert [section.heading for section in found][:3] == [
        "Its surveys",
        "Over time and across reports",
        "Which questions of its reports may be compared",
    ]
    assert [row[0] for row in found[0].answer.rows] == [1, 2, 3, 4, 5, 6]


# ---------------------------------------------------------------- marked and not made up


@pytest.mark.parametrize("report", REPORTS)
def test_a_passage_has_an_address_and_says_if_its_page_is_a_press_page(report: str, graph: GraphReader) -> None:
    press = {row["id"] for row in rows(report, "parts") if row["kind"] == "press-page"}
    for row in rows(report, "passages"):
        assert row["address"].startswith("http")
        asked = f"SELECT ?label WHERE {{ <{graph.base}{report}/passage/{row['id']}> skos:prefLabel ?label }}"
        ((label,),) = graph.query(f"PREFIX skos: <http://www.w3.org/2004/02/skos/core#> {asked}").rows
        assert ("(press page)" in str(label)) == (row["part"] in press)


def test_reports_of_2014_and_2015_are_known_from_press_pages_alone() -> None:
    kinds = {report: {row["kind"] for row in rows(report, "parts")} for report in REPORTS}
    assert {report for report, found in kinds.items() if found == {"press-page"}} == {
        "netclean-2015",
        "netclean-it-2014",
    }


@pytest.mark.parametrize("report", REPORTS)
def test_every_question_is_published_in_part(report: str) -> None:
    assert {row["published"] for row in rows(report, "questions")} == {"some"}


@pytest.mark.parametrize(
    ("fact", "low", "high"),
    [
        ("netclean-2019/claim/live-streaming-common", 35, 40),
        ("netclean-2019/claim/business-technology", 80, 100),
        ("netclean-2019/claim/business-antivirus", 2.6, 7.4),
        ("netclean-2019/claim/one-in-500-recalled", 0.1, 0.3),
        ("netclean-2020/claim/online-affected", 61.7, 66.7),
        ("netclean-2020/claim/capacity-affected-sweden", 25, 29.5),
        ("netclean-2020/claim/offline-affected", 37.6, 42.4),
        ("netclean-2020/figure/public-reports-2019", 102_500, 103_500),
        ("netclean-2016/figure/searches-per-month", 450_000, 550_000),
        ("netclean-2016/figure/children-saved", 1600, None),
    ],
)
def test_words_and_round_numbers_have_an_interval_and_no_exact_value(
    fact: str, low: float, high: float | None, graph: GraphReader
) -> None:
    where = f"<{graph.base}{fact}> kg:low ?low OPTIONAL {{ <{graph.base}{fact}> kg:high ?high }}"
    asked = f"PREFIX kg: <https://w3id.org/child-protection-kg/ontology#> SELECT ?low ?high WHERE {{ {where} }}"
    (found,) = graph.query(asked).rows
    assert [value if value is None else float(str(value)) for value in found] == [low, high]


def test_no_share_in_words_is_a_finding() -> None:
    """All values are printed in digits: those that the table calls exact."""
    exact = {"netclean-2015": 3, "netclean-2016": 4, "netclean-2017": 4, "netclean-2019": 4, "netclean-2020": 6}
    assert {report: len(rows(report, "findings")) for report in REPORTS} == {**exact, "netclean-it-2014": 10}
    assert [row for report in REPORTS for row in rows(report, "findings") if row.get("quantifier")] == []


def test_the_most_common_answer_is_not_named_where_only_some_answers_are_published(graph: GraphReader) -> None:
    found = graph.questions.most_common_answers()
    assert [row["finding"] for row in found if "/netclean-2018/" not in row["finding"]] == []


@pytest.mark.skipif(not SOURCE.is_file(), reason="the table is not at ../shared/datasets")
@pytest.mark.parametrize("report", REPORTS)
def test_a_second_import_by_the_kept_map_changes_nothing(report: str) -> None:
    for kept in sorted((ROOT / "data" / report / "imports").glob("*.toml")):
        result = import_table(ROOT, SOURCE, report, kept, dry_run=True)
        assert (result.problems, result.made, result.corrections, result.vanished) == ([], 0, (), ())
