"""No query misleads about percentages: what stands beside a number, what may be added, how sure a share is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg_builder.answers.confidence import Confidence, Share, confidence
from kg_builder.queries.percentage_rules import Rules, percentage_problems, rules_of
from kg_builder.schema.ontology_folder import read_schema
from tests.bench import ROOT

PREFIXES = """
PREFIX kg: <https://w3id.org/child-protection-kg/ontology#>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX reading: <https://w3id.org/child-protection-kg/reading/>
PREFIX type: <https://w3id.org/child-protection-kg/response-type/>
"""
DIMENSIONS = (
    "?finding kg:question ?q ; kg:item ?i ; kg:population ?p ; kg:place ?l ; kg:ageBracket ?a ; kg:group ?g ; "
    "kg:period ?t ; kg:fromPeriod ?f ; kg:statistic ?s ; kg:reading ?r . "
)
GROUPED = "GROUP BY ?q ?i ?p ?l ?a ?g ?t ?f ?s ?r"


@pytest.fixture(scope="module")
def rules() -> Rules:
    return rules_of(read_schema(ROOT / "ontology").ontology)


def test_the_rules_come_from_the_ontology(rules: Rules) -> None:
    value = "https://w3id.org/child-protection-kg/ontology#value"
    assert rules.shown_with[value] == {
        "low", "high", "unit", "question", "population", "n", "breakdown", "response_type", "printed_as", "caution",
    }  # fmt: skip
    assert {name.rsplit("#", 1)[1] for name in rules.dimensions} == {
        "question", "item", "option", "population", "place", "ageBracket", "group", "period", "fromPeriod", "statistic",
        "reading",
    }  # fmt: skip
    assert sorted(code.rsplit("/", 1)[1] for code in rules.exclusive) == ["matrix-single-choice", "single-choice"]
    assert len(rules.others) == 4


SUM = "SELECT (SUM(?v) AS ?s) { ?finding kg:value ?v ."
OVERLAP = "found the sum of answers that may overlap"
UNLIKE = (
    "found the sum of numbers that may differ in "
    "ageBracket, fromPeriod, group, item, option, period, place, population, question, reading, statistic"
)
TWO = "found the sum of numbers that may differ in option, reading"
FIRST = "?finding kg:question ?q ; kg:reading reading:first ."
IN_CELLS = f"?finding ^qb:observation ?cell . {FIRST}"
SINGLE = "?q kg:responseType type:single-choice ."


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"{SUM} }}", UNLIKE),
        ("SELECT (AVG(?v) AS ?s) { ?finding kg:value ?v }", UNLIKE.replace("sum", "mean")),
        ("SELECT (SUM(?w) AS ?s) { ?finding kg:value ?v BIND (?v / 100 AS ?w) }", UNLIKE),
        ("SELECT (SUM(?v * 2) AS ?s) { ?finding kg:value|kg:high ?v }", UNLIKE),
        ("SELECT ?s { { SELECT (SUM(?v) AS ?s) { ?claim kg:restates/kg:low ?v } } }", UNLIKE),
        (
            (
                "SELECT * { { SELECT (SUM(?m) AS ?s) { "
                "{ SELECT ?q (MAX(?v) AS ?m) { ?finding kg:value ?v ; kg:question ?q } GROUP BY ?q } } } }"
            ),
            UNLIKE,
        ),
        (f"{SUM} {DIMENSIONS} }} {GROUPED}", OVERLAP),
        (f"{SUM} {DIMENSIONS} ?q kg:responseType type:multiple-choice }} {GROUPED}", OVERLAP),
        (f"{SUM} {DIMENSIONS} ?q kg:responseType type:single-choice }} {GROUPED}", ""),
        (f"{SUM} {IN_CELLS} }} GROUP BY ?cell", OVERLAP),
        (f"{SUM} {IN_CELLS} {SINGLE} }} GROUP BY ?cell", ""),
        (f"{SUM} ?cell qb:observation ?finding . {FIRST} {SINGLE} }} GROUP BY ?cell", ""),
        (f"{SUM} {IN_CELLS} {SINGLE} }} GROUP BY ?q", UNLIKE.replace("question, reading, ", "")),
        (f"{SUM} {IN_CELLS} {SINGLE} ?other kg:value ?w }} GROUP BY ?cell", UNLIKE.replace("reading, ", "")),
        (f"{SUM} ?finding ^qb:observation ?cell . {SINGLE} }} GROUP BY ?cell", TWO),
        ("SELECT (COUNT(?v) AS ?n) { ?finding kg:value ?v }", ""),
        ("SELECT (MAX(?v) AS ?n) { ?finding kg:value ?v }", ""),
        ("SELECT (SUM(?n) AS ?s) { ?population kg:size ?n }", ""),
    ],
)
def test_sums_and_means_of_unlike_numbers_are_found(rules: Rules, query: str, found: str) -> None:
    problems = [str(problem) for problem in percentage_problems("the query", PREFIXES + query, rules)]
    assert [problem.split(", expected")[0] for problem in problems] == ([f"the query: {found}"] if found else [])


ALL = "breakdown, caution, high, low, n, population, printed_as, question, response_type, unit"


@pytest.mark.parametrize(
    ("columns", "missing"),
    [
        ("?value", ALL),
        ("?value ?low ?high ?unit ?question ?population ?n ?breakdown ?response_type ?printed_as", "caution"),
        ("?value ?low ?high ?unit ?question ?population ?n ?breakdown ?response_type ?printed_as ?caution", ""),
        (
            "(?value AS ?share)",
            ALL,
        ),
        ("?finding", ""),
        ("(COUNT(?value) AS ?numbers)", ""),
    ],
)
def test_a_number_is_shown_with_all_that_it_is_read_with(rules: Rules, columns: str, missing: str) -> None:
    query = f"{PREFIXES} SELECT {columns} {{ ?finding kg:value ?value }}"
    problems = [str(problem) for problem in percentage_problems("the query", query, rules, shown=True)]
    assert [problem.split(", expected")[0] for problem in problems] == (
        [f"the query: found value without {missing}"] if missing else []
    )


def share(low: str, high: str) -> Share:
    return Share(Decimal(low), Decimal(high))


def test_a_share_stands_for_every_count_that_rounds_to_it() -> None:
    assert share("16.5", "17.5").counts(272) == range(45, 48)
    assert share("28.55", "28.65").counts(272) == range(78, 78)
    assert share("99.5", "100").counts(10) == range(10, 11)
    assert share("0", "0.5").counts(272) == range(2)


def test_wilsons_interval_covers_every_count_that_rounds_to_the_share() -> None:
    """By Wilson's formula 45 of 272 gives 12.600 to 21.420 percent, 47 of 272 gives 13.250 to 22.220."""
    yes, no = share("16.5", "17.5"), share("82.5", "83.5")
    assert confidence(yes, [yes, no], 272).interval() == (Decimal("12.6"), Decimal("22.2"))


def test_no_interval_is_given_without_a_base() -> None:
    given = share("16.5", "17.5")
    assert confidence(given, [given], None).reason == "the report does not print how many people this is a share of"


def test_no_interval_is_given_if_some_share_of_the_same_people_is_no_share_of_the_base() -> None:
    yes, no = share("28.55", "28.65"), share("71.35", "71.45")
    reason = "the shares printed beside it cannot all be shares of 272 people"
    assert confidence(yes, [yes, no], 272) == Confidence(yes, reason=reason)
    assert confidence(yes, [yes, no], 272).interval() == (None, None)
