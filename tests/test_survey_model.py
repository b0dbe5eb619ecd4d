"""What surveys publish besides shares: net answers, groups, changes, missing values; and what empty cells mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import QB, SKOS, Graph, Literal, Namespace, URIRef

from kg_builder.core.iris import BASE
from tests.bench import SOURCE, Bench, Case, Edit, lines_of, triple_of
from tests.draft import Draft

FINDINGS = "data/example-2020/findings.2.csv"
QUESTIONS = "data/example-2020/questions.2.csv"
POPULATIONS = "data/example-2020/populations.csv"
TERMS = Namespace(f"{BASE}ontology#")
BAD = "30,,percent,0,about,,,,,,table,about 30%"


def case(*edits: tuple[str, str, str]) -> Case:
    """A case that replaces pieces of files."""
    return Case("survey-model", str(edits), tuple(Edit(file, old, new) for file, old, new in edits), ())


def sentences(bench: Bench, *edits: tuple[str, str, str]) -> list[str]:
    return [str(problem) for problem in bench.outcome(case(*edits)).problems]


def graph(bench: Bench, *edits: tuple[str, str, str]) -> Graph:
    """The graph of the example, after some edits that break nothing."""
    outcome = bench.outcome(case(*edits))
    assert outcome.problems == ()
    assert outcome.lines is not None
    return read(outcome.lines)


def read(lines: Path) -> Graph:
    """The triples of N-Quads."""
    return Graph().parse(data="".join(map(triple_of, lines_of(lines))), format="nt")


def thing(kind: str, key: str) -> URIRef:
    return URIRef(f"{BASE}{SOURCE}/{kind}/{key}")


def code(name: str) -> URIRef:
    return URIRef(BASE + name)


@pytest.fixture(scope="module")
def example(bench: Bench) -> Graph:
    return read(bench.example.lines)


# ---------------------------------------------------------------- defaults


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("item", code("item/whole-question")),
        ("place", code("place/all-places")),
        ("ageBracket", code("age-bracket/all-ages")),
        ("fromPeriod", code("period/no-period")),
        ("reading", code("reading/first")),
    ],
)
def test_an_empty_cell_or_a_missing_column_means_the_constant(example: Graph, term: str, value: URIRef) -> None:
    assert list(example.objects(thing("finding", "training-bad"), TERMS[term])) == [value]


def test_an_empty_cell_means_what_stands_at_the_end_of_a_path(example: Graph) -> None:
    finding = thing("finding", "training-bad")
    assert list(example.objects(finding, TERMS.population)) == [thing("population", "officers")]
    assert list(example.objects(thing("finding", "sureness-mean"), TERMS.statistic)) == [code("statistic/mean")]


def test_a_default_may_rest_on_a_default(example: Graph) -> None:
    """The statistic of a finding is that of the question, whose own is that of the response type."""
    assert list(example.objects(thing("question", "training"), TERMS.statistic)) == [code("statistic/percentage")]
    assert list(example.objects(thing("finding", "training-bad"), TERMS.statistic)) == [code("statistic/percentage")]
    assert list(example.objects(thing("finding", "y-working-2020"), TERMS.statistic)) == [code("statistic/count")]
    # the size of the population that the question names
    assert list(example.objects(thing("finding", "training-bad"), TERMS.n)) == [Literal(40)]


def test_what_is_written_is_kept(example: Graph) -> None:
    assert list(example.objects(thing("finding", "training-good-female"), TERMS.n)) == [Literal(18)]
    assert list(example.objects(thing("finding", "training-good-count"), TERMS.statistic)) == [code("statistic/count")]


def test_an_optional_cell_that_no_default_fills_stays_empty(bench: Bench) -> None:
    found = graph(bench, (POPULATIONS, ",,,40,about-survey", ",,,,about-survey"))
    assert list(found.objects(thing("finding", "training-bad"), TERMS.n)) == []


def test_a_required_cell_that_no_default_fills_is_told_with_its_place(draft: Draft) -> None:
    statistic = "response-type:single-choice a kg:ResponseType ;\n    kg:statistic statistic:percentage ;"
    draft.change("ontology/codes.ttl", statistic, statistic.split("\n", maxsplit=1)[0])
    first, *others = draft.refusal()
    assert first == (
        "data/example-2020/findings.2.csv:3: statistic: found an empty cell, and no default, "
        "expected a value here or where its default comes from. "
        "How the value was computed; if empty, as the question says."
    )
    assert f"{QUESTIONS}:3: statistic: found an empty cell, and no default" in "\n".join(others)


# ---------------------------------------------------------------- sums


def test_sums_take_the_parts_of_a_net_answer_and_not_the_answer(bench: Bench) -> None:
    """With all answers published 24, 40 and 36 are 100, although the net answer of 64 is printed beside them."""
    edits = (
        (QUESTIONS, ",single-choice,some,", ",single-choice,all,"),
        (FINDINGS, BAD, "36,,percent,0,,,,,,,table,36%"),
    )
    assert sentences(bench, *edits) == []


def test_some_answers_need_not_add_up_to_all(bench: Bench) -> None:
    assert sentences(bench, (FINDINGS, BAD, "3,,percent,0,,,,,,,table,3%")) == []


def test_an_option_without_a_finding_is_no_fault_where_some_answers_are_published(bench: Bench) -> None:
    options = "data/example-2020/options.2.csv"
    edit = (options, ",Very good,false,2\n", ",Very good,false,2\ntraining-none,training,,None,true,5\n")
    assert sentences(bench, edit) == []


def test_the_parts_of_a_net_answer_of_a_group_are_those_of_the_group(bench: Bench) -> None:
    """A part for women alone is not compared with the net answer of everybody."""
    edit = (FINDINGS, ",training,training-fairly-good,,", ",training,training-fairly-good,female,")
    assert sentences(bench, edit) == []


def test_a_second_reading_joins_the_first_in_its_cell(example: Graph) -> None:
    (cell,) = example.subjects(QB.observation, thing("finding", "seen-yes-second"))
    assert set(example.objects(cell, QB.observation)) == {
        thing("finding", key) for key in ("seen-no", "seen-yes", "seen-yes-second")
    }


# ---------------------------------------------------------------- groups, changes, missing values


def test_the_order_of_the_categories_in_a_cell_does_not_matter(bench: Bench, example: Graph) -> None:
    finding = thing("finding", "training-bad-male-chiefs")
    turned = graph(bench, (FINDINGS, ",male;chief,", ",chief;male,"))
    for found in (example, turned):
        assert list(found.objects(finding, TERMS.group)) == [code("group/chief+male")]
        assert list(found.objects(finding, TERMS.breakdown)) == [Literal("chief, male", "en")]


def test_a_finding_without_categories_is_about_everyone(example: Graph) -> None:
    assert list(example.objects(thing("finding", "seen-yes"), TERMS.group)) == [code("group/everyone")]
    assert list(example.objects(thing("finding", "seen-yes"), TERMS.breakdown)) == []


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("training-bad-male-chiefs", "How good is the training? Bad, chief, male: suppressed"),
        ("training-good-female", "How good is the training? Good, female: 70 percent"),
        ("sureness-mean", "How sure are you of what you see?, mean: 7.2 points"),
        (
            "training-good-change",
            "How good is the training? Good, from 2019, change in percentage points: -3.5 percentage points",
        ),
        ("training-good-count", "How good is the training? Good: 26 people"),
    ],
)
def test_a_label_says_what_a_finding_is_limited_to_or_why_it_has_no_value(example: Graph, key: str, label: str) -> None:
    assert [str(each) for each in example.objects(thing("finding", key), SKOS.prefLabel)] == [label]


def test_the_status_of_a_value_is_a_caution(example: Graph) -> None:
    things = (thing("finding", key) for key in ("training-good", "training-bad-male-chiefs"))
    assert [str(example.value(each, TERMS.caution)) for each in things] == ["provisional value", "suppressed"]


def test_a_change_may_be_negative_and_a_share_may_not(bench: Bench, example: Graph) -> None:
    change = thing("finding", "training-good-change")
    assert [str(example.value(change, TERMS[term])) for term in ("low", "high")] == ["-3.55", "-3.45"]
    (sentence,) = sentences(bench, (FINDINGS, "26,,people,0,,,,,,,narrative,26", "-26,,people,0,,,,,,,narrative,-26"))
    assert sentence.endswith('value: found "-26", expected a value that its statistic can have: 0 or more.')


def test_a_number_rounded_to_millions_is_half_a_million_wide_on_either_side(bench: Bench) -> None:
    edit = (FINDINGS, "7.2,,points,1,,,,,,,narrative,7.2", "300000000,,points,-6,,,,,,,narrative,300 million")
    found = graph(bench, edit)
    finding = thing("finding", "sureness-mean")
    assert [str(found.value(finding, TERMS[term])) for term in ("low", "high")] == ["299500000", "300500000"]
