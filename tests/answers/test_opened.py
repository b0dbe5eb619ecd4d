"""A built graph answers in Python: questions as calls, rows and frames, names, comparisons, and refusals."""

from __future__ import annotations

import inspect
import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from kg_builder import open_graph
from kg_builder.answers.default_parameters import answered, usual
from kg_builder.answers.graph_reader import GraphReader
from kg_builder.core.problems import ProblemsFound
from tests.bench import ROOT, Edit, project_at

YES = "netclean-2018/finding/deepfakes-encountered-yes"
COMMON = "netclean-2018/finding/deepfakes-frequency-common"
VERY_COMMON = "netclean-2018/finding/deepfakes-frequency-very-common"


def refusal(found: pytest.ExceptionInfo[ProblemsFound]) -> str:
    return "\n".join(map(str, found.value.problems))


def test_a_question_is_a_call_with_its_parameters(graph: GraphReader) -> None:
    call = graph.questions.how_common
    assert str(inspect.signature(call)).startswith("(*, topic='technology/deepfakes')")
    assert (call.__doc__ or "").startswith("How common is something")
    assert "how_common" in dir(graph.questions)
    assert call(topic="deepfakes") == graph.ask("how-common")
    with pytest.raises(AttributeError, match="no stored question 'no-such'"):
        graph.questions.no_such  # noqa: B018


def test_what_is_filtered_from_the_answer_about_everything_is_what_is_asked(graph: GraphReader) -> None:
    """For each question that is about things: with the values that pages use, and with some others."""
    for question in graph.questions.values():
        for parameter in [each for each in question.parameters if each.form == "iri"][:1]:
            given = usual(graph, question)
            allowed = graph.allowed(question, parameter)
            for value in {given[parameter.name], *allowed[:: max(1, len(allowed) // 4)]}:
                asked = given | {parameter.name: value}
                assert answered(graph, question, asked).rows == graph.ask(question.name, **asked).rows, question.name


def test_rows_hold_plain_values(graph: GraphReader) -> None:
    row = next(iter(graph.ask("how-common", topic="technology/deepfakes")))
    assert (row["answer"], row["value"], row["low"], row["high"]) == (
        "Yes",
        Decimal(17),
        Decimal("16.5"),
        Decimal("17.5"),
    )
    assert row["population"] == "Police officers who took part"
    assert row["finding"] == f"https://w3id.org/child-protection-kg/{YES}"


@pytest.mark.parametrize("topic", ["technology/deepfakes", "deepfakes", "deepfake", "Depfakes", "deep fakes"])
def test_a_thing_may_be_given_by_the_name_that_people_use(graph: GraphReader, topic: str) -> None:
    assert graph.ask("how-common", topic=topic) == graph.ask("how-common")


@pytest.mark.parametrize(
    ("name", "parameters", "found"),
    [
        (
            "howcommon",
            {},
            "howcommon: found no question of that name, expected one of the stored questions, such as how-",
        ),
        ("how-common", {"subject": "x"}, "how-common: found the parameter subject, expected a parameter of it: topic."),
        ("experts", {"topic": "x"}, "experts: found the parameter topic, expected a parameter of it: it has none."),
        ("how-common", {"topic": "weather"}, 'how-common: topic: found "weather", expected one of its '),
        ("how-common", {"topic": "produced"}, 'how-common: topic: found "produced", expected one of its '),
        (
            "more-than",
            {"least": "half"},
            'more-than: least: found "half", expected a number with a point, such as 28.6.',
        ),
        ("more-than", {"least": "5e1"}, 'more-than: least: found "5e1", expected a number with a point, such as 28.6.'),
    ],
)
def test_what_fits_nothing_is_refused_with_what_would(
    graph: GraphReader, name: str, parameters: dict[str, str], found: str
) -> None:
    with pytest.raises(ProblemsFound) as refused:
        graph.ask(name, **parameters)
    assert refusal(refused).startswith(found)


def test_parameters_are_bound_as_terms_and_never_become_part_of_the_query(graph: GraphReader) -> None:
    """What is typed may at most be taken for a name, here that of deepfakes."""
    hostile = "technology/deepfakes> } UNION { ?finding ?p ?o } #"
    assert graph.ask("how-common", topic=hostile) == graph.ask("how-common")


def test_frames_hold_the_same_rows(graph: GraphReader) -> None:
    answer = graph.ask("how-common")
    pandas, polars = answer.to_pandas(), answer.to_polars()
    assert list(pandas.columns) == polars.columns == list(answer.columns)
    assert [tuple(row) for row in pandas[["answer", "value"]].itertuples(index=False)] == polars.select(
        "answer", "value"
    ).rows()
    assert polars["value"].to_list() == answer.column("value")


def test_a_query_answers_in_each_form(graph: GraphReader) -> None:
    assert graph.query("ASK { ?s ?p ?o }").rows == ((True,),)
    assert graph.query("SELECT (COUNT(*) AS ?n) { ?s a <urn:none> }").rows == ((0,),)
    triples = graph.query("CONSTRUCT { <urn:a> <urn:b> 1 } {}")
    assert (triples.columns, triples.rows) == (("subject", "predicate", "object"), (("urn:a", "urn:b", 1),))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "the query:1: found an update (DELETE)"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "the query:1: found SERVICE at column 12"),
        ("SELECT * { { SELECT * { SERVICE SILENT ?x { ?s ?p ?o } } } }", "the query:1: found SERVICE"),
        ("SELECT * {", "the query:1: found a syntax error"),
        ("SELECT * {" + "{" * 20_000, "the query: found a query that is too long or too deep"),
        (
            "SELECT (SUM(?v) AS ?s) { ?f <https://w3id.org/child-protection-kg/ontology#value> ?v }",
            "the query: found the sum",
        ),
    ],
)
def test_what_a_query_must_not_do_is_refused(graph: GraphReader, query: str, found: str) -> None:
    with pytest.raises(ProblemsFound) as refused:
        graph.query(query)
    assert refusal(refused).startswith(found)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("deepfake", "deepfakes"),
        ("sextortion", "sexual extortion"),
        ("grommning", "grooming"),
        ("crypto currency", "cryptocurrencies"),
        ("child pornography", "child sexual abuse material"),
        ("Sellstrom", "Björn Sellström"),
        ("bitcon", "Bitcoin"),
        ("Czechia", "Czech Republic"),
        ("CZ", "Czech Republic"),
        ("cze", "Czech Republic"),
        ("203", "Czech Republic"),
        ("EL", "Greece"),
        ("UK", "United Kingdom"),
        ("GB", "United Kingdom"),
    ],
)
def test_things_are_found_by_any_name_and_shown_by_their_own(graph: GraphReader, words: str, name: str) -> None:
    assert graph.find(words)[0].name == name


def test_hidden_labels_are_never_shown(graph: GraphReader) -> None:
    hidden = {label.label for label in graph.labels if label.label != label.name}
    assert "child pornography" in hidden
    assert not [match for match in graph.find("child pornography") if "child pornography" in match.name]


def test_a_word_that_looks_like_a_code_is_none_among_other_words(graph: GraphReader) -> None:
    assert "Iceland" not in [match.name for match in graph.find("how common is grooming", 50)]


@pytest.mark.parametrize("place", ["DE", "deu", "Germany", "germany"])
def test_a_parameter_takes_the_code_the_label_or_the_id_of_a_thing(graph: GraphReader, place: str) -> None:
    assert graph.ask("place", place=place).rows == graph.ask("place", place="place/germany").rows != ()


def test_a_value_that_matches_nothing_is_answered_with_the_nearest_labels_not_ids(graph: GraphReader) -> None:
    with pytest.raises(ProblemsFound, match="such as place/cote-divoire"):
        graph.ask("place", place="Ivori Kosst")


def test_a_missing_value_has_no_confidence_interval(project: Path, example_build: Path) -> None:
    missing = open_graph(project, example_build).confidence("example-2020/finding/training-bad-male-chiefs")
    assert (missing.interval(), missing.reason) == ((None, None), "the source gives no value")


def test_what_is_known_about_a_place_names_source_base_and_passage_of_each_number(graph: GraphReader) -> None:
    rows = list(graph.questions.place(place="CZ"))
    assert [row["period"] for row in rows] == ["2019", "2020", "2021", "2022", "2023"]
    assert all(str(row["source"]).startswith("Reports to the CyberTipline, ") for row in rows)
    assert all(row["population"] and row["where"] and row["value"] for row in rows)


def test_no_page_lists_the_numbers_of_all_places_together(graph: GraphReader) -> None:
    question = graph.question("place")
    assert f"{graph.base}place/all-places" not in graph.allowed(question, question.parameters[0])
    assert f"{graph.base}place/europe-no-country" in graph.allowed(question, question.parameters[0])


def test_surveys_about_a_topic_name_whom_they_asked_and_when(graph: GraphReader) -> None:
    row = next(iter(graph.questions.surveys_about(topic="deepfakes")))
    assert (row["survey"], row["population"], row["size"]) == (
        "The police survey",
        "Police officers who took part",
        272,
    )
    assert (str(row["start"]), str(row["end"]), row["source"]) == ("2018-05-02", "2018-08-13", "NetClean Report 2018")


def test_the_questions_that_fit_a_thing_have_an_answer_for_it(graph: GraphReader) -> None:
    fitting = graph.fitting(graph.find("deepfake")[0].thing)
    assert fitting[0].name == "how-common"
    assert all(len(graph.ask(each.name, **each.parameters)) == each.rows > 0 for each in fitting)


def test_shares_of_different_people_cannot_be_compared_or_added(graph: GraphReader) -> None:
    comparison = graph.compare(YES, COMMON)
    assert "population" in " ".join(row["reason"] for row in comparison.against)
    assert comparison.compared.rows == ()
    with pytest.raises(ProblemsFound) as refused:
        comparison.total("sum")
    assert refusal(refused).startswith("--sum: found ")


def test_answers_that_exclude_each_other_may_be_compared_and_added(graph: GraphReader) -> None:
    comparison = graph.compare(COMMON, VERY_COMMON)
    assert (comparison.against.rows, comparison.adding.rows) == ((), ())
    assert comparison.compared.column("higher") == ["certain", "impossible"]
    total = comparison.total("sum")
    assert (total.value, total.low, total.high) == (Decimal("26.8"), Decimal("26.7"), Decimal("26.9"))
    assert comparison.total("mean").value == Decimal("13.4")


def test_a_value_that_the_source_does_not_have_is_compared_with_nothing(graph: GraphReader) -> None:
    married = "unicef-sowc-2021/finding/married-by-15-yes-{}-20-24-female"
    comparison = graph.compare(married.format("afghanistan"), married.format("andorra"))
    (against,) = comparison.against
    assert (against["reason"], against["b_has"]) == ("no value in the source", "missing value")
    assert comparison.compared.rows == ()


def test_a_comparison_has_what_the_source_says_of_it(graph: GraphReader) -> None:
    received = "ons-csew-2020-2023/finding/received-sexual-message-yes-england-and-wales-13-15-year-ending-march-{}"
    one, other = graph.compare(received.format(2023), received.format(2020)).compared
    assert "does not differ significantly" in one["source_says"]
    assert one["source_says"] == other["source_says"]


def test_answers_of_which_one_may_give_several_are_compared_but_not_added(graph: GraphReader) -> None:
    comparison = graph.compare("netclean-2018/finding/extortion-ages-5-7", "netclean-2018/finding/extortion-ages-8-10")
    assert comparison.against.rows == ()
    assert len(comparison.adding) == 1


def test_a_second_print_of_an_answer_is_neither_compared_nor_added(graph: GraphReader) -> None:
    comparison = graph.compare(
        "netclean-2018/finding/cases-changed-no", "netclean-2018/finding/cases-changed-yes-second"
    )
    reason = "a second print of an answer, which the first one stands for"
    assert {row["reason"] for row in [*comparison.against, *comparison.adding]} == {reason}
    assert comparison.compared.rows == ()


def test_confidence_is_given_where_the_base_allows_it_and_else_a_reason(graph: GraphReader) -> None:
    sure = graph.with_confidence(graph.ask("how-common"))
    first, last = next(iter(sure)), list(sure)[2]
    assert (first["confidence_low"], first["confidence_high"]) == (Decimal("12.6"), Decimal("22.2"))
    assert last["no_confidence_because"] == "the report does not print how many people this is a share of"
    assert graph.how_sure(graph.ask("experts")) == ""


@pytest.mark.parametrize(
    "source",
    ["data/shared/threats.csv", "data/links/subjects.sssom.tsv", "ontology/shapes/people.ttl", "ontology/kg.ttl"],
)
def test_an_answer_says_that_a_source_is_newer_than_the_build(source: str, tmp_path: Path, example_build: Path) -> None:
    project = project_at(tmp_path / "project", (Edit(source, append="\n"),))  # so that it is a copy
    os.utime(project / source, ns=(2**62, 2**62))
    answer = open_graph(project, example_build).query("ASK {}")
    assert answer.notes == (f"{source} is newer than the built graph: run `make build` to see it.",)


def test_without_a_build_the_reason_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="found no file of that name") as refused:
        open_graph(ROOT, tmp_path)
    assert refusal(refused).endswith("expected a built graph. Run `make build` (or `kg-builder build`) first.")


def test_the_notebook_runs(real_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "queries").symlink_to(ROOT / "queries")
    (tmp_path / "build").symlink_to(real_build)
    monkeypatch.chdir(tmp_path / "examples")
    notebook = json.loads((ROOT / "examples" / "ask.ipynb").read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(cells) >= 8
    for cell in cells:
        exec(compile(cell, "ask.ipynb", "exec"), names)  # noqa: S102  (our own notebook)
    assert all(not cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code")
