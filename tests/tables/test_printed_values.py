"""What is printed fills value, decimals, unit, quantifier, status and interval where these cells are empty."""

from __future__ import annotations

import doctest

import pytest
from rdflib import Graph, Literal, Namespace, URIRef

from kg_builder.core.iris import BASE
from kg_builder.tables import printed_values
from kg_builder.tables.printed_values import PrintedValue, read_printed
from tests.bench import SOURCE, Bench, Case, Edit, lines_of, triple_of
from tests.draft import Draft

FINDINGS = "data/example-2020/findings.2.csv"
TERMS = Namespace(f"{BASE}ontology#")
GAPS, FLAGS = ("-", "n/a"), ("!", "p")
BAD = "30,,percent,0,about,,,,,,table,about 30%"


def test_the_examples_are_true() -> None:
    found = doctest.testmod(printed_values)
    assert (found.attempted > 0, found.failed) == (True, 0)


@pytest.mark.parametrize(
    ("token", "parts"),
    [
        ("8%", PrintedValue("8", "0", "percent")),
        ("71.4 %", PrintedValue("71.4", "1", "percent")),
        ("71.4\u00a0%", PrintedValue("71.4", "1", "percent")),
        ("23.0", PrintedValue("23.0", "1")),
        ("7,5", PrintedValue("7.5", "1")),
        ("0,125", PrintedValue("0.125", "3")),
        ("<1", PrintedValue("1", "0", quantifier="less than")),
        ("fast 50 %", PrintedValue("50", "0", "percent", "fast")),
        ("1 in 8", PrintedValue("12.5", "1", "percent")),
        ("1 in 4", PrintedValue("25", "0", "percent")),
        ("1 in 3,000", PrintedValue("0.033", "3", "percent")),
        ("-", PrintedValue(status="-")),
        ("n/a", PrintedValue(status="n/a")),
        ("7.2 ! (2.55)", PrintedValue("7.2", "1", status="!", error="2.55")),
        ("12p", PrintedValue("12", "0", status="p")),
        ("20.3% (17.1\u201323.4)", PrintedValue("20.3", "1", "percent", low="17.1", high="23.4")),
        ("3.0 [95% CI 2.1 to 4.0]", PrintedValue("3.0", "1", low="2.1", high="4.0")),
        ("300 million", PrintedValue("300000000", "-6")),
        ("1.5 million people", PrintedValue("1500000", "-5", "people")),
        ("204 Minuten", PrintedValue("204", "0", "Minuten")),
        ("23,420", PrintedValue("23420", "0")),
        ("1,234,567.5", PrintedValue("1234567.5", "1")),
        ("1.234.567", PrintedValue("1234567", "0")),
        ("1.234,5", PrintedValue("1234.5", "1")),
        ("23 420", PrintedValue("23420", "0")),
        ("23'420", PrintedValue("23420", "0")),
        ("\u22124", PrintedValue("-4", "0")),
        ("-4 percentage points", PrintedValue("-4", "0", "percentage points")),
        ("+18%", PrintedValue("18", "0", "percent")),
        ("50% decrease", PrintedValue("-50", "0", "percent")),
        ("declined 53%", PrintedValue("-53", "0", "percent")),
        ("Down 4 points", PrintedValue("-4", "0", "points")),
    ],
)
def test_a_token_is_read(token: str, parts: PrintedValue) -> None:
    assert read_printed(token, GAPS, FLAGS) == parts


@pytest.mark.parametrize(
    "token", ["a quarter", "12\u201314", "12 34", "1,2,3", "5 (of 10)", "!", "1 in 0", "1,991 to 2,416", ""]
)
def test_a_token_of_another_form_is_not_read(token: str) -> None:
    assert read_printed(token, GAPS, FLAGS) is None


@pytest.mark.parametrize(
    ("token", "decimal", "value", "decimals"),
    [("785.322", ",", "785322", "0"), ("785,322", ",", "785.322", "3"), ("7,500", ".", "7500", "0")],
)
def test_a_decimal_mark_that_is_given_decides(token: str, decimal: str, value: str, decimals: str) -> None:
    assert read_printed(token, decimal=decimal) == PrintedValue(value, decimals)


# ---------------------------------------------------------------- cells


def sentences(bench: Bench, old: str, new: str) -> list[str]:
    return [str(problem) for problem in bench.outcome(case(old, new)).problems]


def case(old: str, new: str) -> Case:
    return Case("printed-values", new, (Edit(FINDINGS, old, new),), ())


def finding(bench: Bench, cells: str, key: str = "training-bad") -> dict[str, str]:
    """What the graph says of a finding whose cells from value to printed are these."""
    outcome = bench.outcome(case(BAD, cells))
    assert outcome.problems == ()
    assert outcome.lines is not None
    graph = Graph().parse(data="".join(map(triple_of, lines_of(outcome.lines))), format="nt")
    subject = URIRef(f"{BASE}{SOURCE}/finding/{key}")
    return {
        str(predicate).rsplit("#", 1)[-1]: str(value) if isinstance(value, Literal) else str(value).rsplit("/", 1)[-1]
        for predicate, value in graph.predicate_objects(subject)
    }


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("30%", {"value": "30", "decimals": "0", "unit": "percent", "obsStatus": "A"}),
        ("about 30%", {"value": "30", "unit": "percent", "quantifier": "about", "low": "27", "high": "33"}),
        ("30% ! (2.55)", {"value": "30", "obsStatus": "U", "standardError": "2.55"}),
        ("30% (28.5 to 31)", {"value": "30", "ciLow": "28.5", "ciHigh": "31"}),
        ("1 in 4", {"value": "25", "unit": "percent"}),
    ],
)
def test_empty_cells_are_filled(bench: Bench, token: str, expected: dict[str, str]) -> None:
    found = finding(bench, f",,,,,,,,,,table,{token}")
    assert {name: found.get(name) for name in expected} == expected


def test_one_in_a_number_has_the_interval_that_rounds_to_it(bench: Bench) -> None:
    found = finding(bench, ",,,,,,,,,,table,1 in 4")
    assert (found["low"][:5], found["high"][:5]) == ("22.22", "28.57")


def test_a_typed_cell_counts(bench: Bench) -> None:
    found = finding(bench, "30,P,percent,,nearly,,,,,,table,30.0%!")
    assert [found[name] for name in ("value", "decimals", "obsStatus", "quantifier")] == ["30", "1", "P", "nearly"]


def test_a_mark_of_a_missing_value_is_its_status(bench: Bench) -> None:
    found = finding(bench, ",,percent,,,,,,,,table,n/a")
    assert (found["obsStatus"], "value" in found) == ("O", False)


def test_a_status_without_a_value_takes_none_from_what_is_printed(bench: Bench) -> None:
    found = finding(bench, ",Q,percent,,,,,,,,table,30%")
    assert (found["obsStatus"], "value" in found) == ("Q", False)


def test_a_number_in_words_needs_its_word_of_amount(bench: Bench) -> None:
    assert finding(bench, "30,,percent,0,about,,,,,,table,a third")["value"] == "30"
    (sentence,) = sentences(bench, BAD, "30,,percent,0,,,,,,,table,a third")
    assert "expected a token that holds 30" in sentence


@pytest.mark.parametrize("token", ["3.5% decline", "fell 3.5%", "-3.5"])
def test_a_fall_is_negative_in_words_too(bench: Bench, token: str) -> None:
    old = "-3.5,,percentage-points,1,,,,,,,narrative,-3.5"
    assert sentences(bench, old, f"-3.5,,percentage-points,1,,,,,,,narrative,{token}") == []
    (sentence,) = sentences(bench, old, f"3.5,,percentage-points,1,,,,,,,narrative,{token}")
    assert "expected a token that holds 3.5" in sentence


READ = (
    "expected a value that can be read, such as 8%, 7.5, < 1 or -. "
    "Fill value, decimals and unit, or correct what is printed."
)


def test_a_token_that_cannot_be_read_is_the_only_problem_of_its_row(bench: Bench) -> None:
    assert sentences(bench, BAD, ",,,,,,,,,,table,three in ten") == [
        f'{FINDINGS}:3: printed: found "three in ten", {READ}'
    ]


def test_a_word_that_names_nothing_is_named(bench: Bench) -> None:
    (sentence,) = sentences(bench, BAD, ",,,,,,,,,,table,fast 30 Minuten")
    words = '"Minuten", which is no unit of the tables and "fast", which is no quantifier of the tables'
    assert sentence == f'{FINDINGS}:3: printed: found "fast 30 Minuten" with {words}, {READ}'


def test_a_typed_unit_needs_no_printed_one_that_is_known(bench: Bench) -> None:
    assert finding(bench, ",,percent,,,,,,,,table,30 Prozent")["value"] == "30"


def test_a_part_that_nothing_printed_has_is_refused(draft: Draft) -> None:
    draft.change("ontology/shapes/surveys.ttl", 'kg:printedPart "error"', 'kg:printedPart "errors"')
    (sentence,) = draft.refusal()
    assert sentence.partition(": ")[2] == (
        'found printedPart "errors", expected one of value, decimals, unit, quantifier, status, low, high, error. '
        "Choose one of them."
    )
