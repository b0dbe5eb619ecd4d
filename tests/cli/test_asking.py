"""The commands that ask: tables for people, JSON, CSV and standard formats for programs, refusals with a reason."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import rdflib

from kg_builder.answers.answer import Answer
from kg_builder.cli.main import main
from tests.bench import ROOT
from tests.draft import Run
from tests.processes import COMMAND, in_own_process

YES = "netclean-2018/finding/deepfakes-encountered-yes"
COMMON = "netclean-2018/finding/deepfakes-frequency-common"
FIGURE = "netclean-2018/figure/ncmec-extortion-girls"
VERY_COMMON = "netclean-2018/finding/deepfakes-frequency-very-common"

Asking = Callable[..., Run]


@pytest.fixture
def asking(real_build: Path) -> Asking:
    """Run a command that asks, on the real data."""

    def run(command: str, *options: str) -> Run:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([command, *options, "--root", str(ROOT), "--out", str(real_build)])
        return Run(code, out.getvalue(), tuple(err.getvalue().splitlines()))

    return run


def test_the_questions_are_listed_by_topic_with_their_parameters(asking: Asking) -> None:
    run = asking("queries")
    assert "topic: trust" in run.printed
    assert re.search(r"  how-common +How common is something.* --topic\n", run.printed)
    listed = json.loads(asking("queries", "--format", "json").printed)["rows"]
    stored = [*ROOT.glob("queries/answers/*/*.rq"), *ROOT.glob("queries/federated/*.rq")]
    assert {row["name"] for row in listed} == {path.stem for path in stored}


def test_one_question_is_told_with_the_values_that_the_graph_allows(asking: Asking) -> None:
    run = asking("queries", "how-common")
    assert "  kg-builder ask how-common --topic technology/deepfakes\n" in run.printed
    assert "The query is queries/answers/findings/how-common.rq.\n" in run.printed
    told = json.loads(asking("queries", "how-common", "--format", "json").printed)
    assert "threat/grooming" in told["parameters"][0]["allowed"]


def test_an_answer_comes_in_each_format(asking: Asking) -> None:
    plain, as_json, as_csv, markdown = (
        asking("ask", "how-common", "--topic", "deepfake", "--format", form).printed
        for form in ("text", "json", "csv", "markdown")
    )
    assert "population: Officers who have met deepfakes" in plain
    rows = json.loads(as_json)["rows"]
    assert (rows[0]["value"], rows[0]["population"]) == (17.0, "Police officers who took part")
    assert [row["answer"] for row in csv.DictReader(io.StringIO(as_csv))] == [row["answer"] for row in rows]
    assert markdown.count("\n|") == len(rows) + 1


def test_an_answer_comes_as_sparql_results(asking: Asking) -> None:
    results = json.loads(asking("ask", "more-than", "--least", "97", "--format", "sparql-json").printed)
    assert [row["value"]["value"] for row in results["results"]["bindings"]] == ["97.1"]
    assert asking("ask", "experts", "--format", "sparql-xml").printed.startswith("<?xml")
    assert asking("ask", "experts", "--format", "tsv").printed.startswith("?")


def test_an_answer_says_how_sure_its_shares_are(asking: Asking) -> None:
    assert "4 of 9 shares have a base" in asking("ask", "how-common").printed
    assert "No confidence interval can be given: the shares" in asking("ask", "more-than", "--least", "96").printed
    sure = json.loads(asking("ask", "how-common", "--confidence", "--format", "json").printed)
    assert (sure["rows"][0]["confidence_low"], sure["rows"][0]["confidence_high"]) == (12.6, 22.2)
    assert "are ours, not the report's" in sure["notes"][0]


def test_what_stands_before_several_rows_is_printed_once(asking: Asking) -> None:
    printed = asking("ask", "how-common").printed
    assert printed.count("population: Officers who have met deepfakes") == 1
    assert max(map(len, printed.splitlines())) < 200


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ["ask", "howcommon"],
            "howcommon: found no question of that name, expected one of the stored questions, such as ",
        ),
        (["ask", "how-common", "--topic", "weather"], 'how-common: topic: found "weather", expected one of its '),
        (["queries", "nothing"], "nothing: found no question of that name, expected one of the stored questions, "),
        (["find", "zzzz"], 'find: found "zzzz", expected a name in the graph; `kg-builder ask topics`'),
        (["compare", YES], "compare: found one figure, expected two at least."),
        (["compare", YES, "nothing"], 'finding: finding: found "nothing", expected one of its '),
        (
            ["compare", YES, FIGURE],
            f"{FIGURE}: found something else, expected a finding, an answer to a survey question.",
        ),
        (["query", "no-such-file.rq"], "no-such-file.rq: found no file of that name, expected a readable SPARQL file"),
    ],
)
def test_what_cannot_be_answered_is_told_in_one_sentence(asking: Asking, options: list[str], sentence: str) -> None:
    run = asking(*options)
    assert (run.code, run.printed) == (1, "")
    assert run.sentences[0].startswith(sentence)
    assert run.sentences[1] == "1 error."


@pytest.mark.parametrize(
    "options", [["ask", "how-common", "--topic"], ["ask", "how-common", "x"], ["queries", "--topic", "x"]]
)
def test_a_call_that_cannot_be_understood_ends_with_2(options: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"), contextlib.redirect_stderr(io.StringIO()):
        main(options)


def query_of(tmp_path: Path, text: str) -> str:
    (tmp_path / "query.rq").write_text(text, encoding="utf-8")
    return str(tmp_path / "query.rq")


def test_a_query_of_ones_own_is_answered_in_each_format(asking: Asking, tmp_path: Path) -> None:
    file = query_of(tmp_path, "SELECT (COUNT(*) AS ?n) { ?s a <http://www.w3.org/2004/02/skos/core#ConceptScheme> }")
    assert re.fullmatch(r"n: [0-9]+\n", asking("query", file).printed.lstrip())
    assert json.loads(asking("query", file, "--format", "sparql-json").printed)["head"]["vars"] == ["n"]
    made = query_of(tmp_path, "CONSTRUCT { <urn:a> <urn:b> <urn:c> } {}")
    for form, name in (("turtle", "turtle"), ("n-triples", "nt"), ("json-ld", "json-ld"), ("rdf-xml", "xml")):
        assert len(rdflib.Graph().parse(data=asking("query", made, "--format", form).printed, format=name)) == 1
    assert asking("query", made, "--format", "sparql-json").code == 1


def test_a_query_may_come_from_standard_input(real_build: Path) -> None:
    options = ["query", "-", "--root", str(ROOT), "--out", str(real_build)]
    run = subprocess.run([*COMMAND, *options], check=True, capture_output=True, text=True, input="ASK { ?s ?p ?o }")
    assert run.stdout.strip() == "answer: true"


def test_an_update_is_refused(asking: Asking, tmp_path: Path) -> None:
    run = asking("query", query_of(tmp_path, "CLEAR ALL"))
    assert run.code == 1
    assert run.sentences[0].startswith("the query:1: found an update (CLEAR), expected one SELECT, ASK")


def test_a_name_leads_to_the_answer_in_one_step(asking: Asking) -> None:
    printed = asking("find", "sextortion").printed
    assert printed.lstrip().startswith("name ")
    assert "Questions about sexual extortion" in printed
    assert "ask how-common --topic threat/sexual-" in printed
    assert "Which ages of children have you met in material that results from sexual extortion?" in printed
    found = json.loads(asking("find", "child", "pornography", "--format", "json").printed)
    assert found["found"][0]["name"] == "child sexual abuse material"
    assert "child pornography" not in json.dumps(found)


@pytest.mark.parametrize("words", ["platforms", "respondents", "how many respondents"])
def test_words_of_a_stored_question_lead_to_its_answer(asking: Asking, words: str) -> None:
    name = {"platforms": "platforms"}.get(words, "respondents")
    assert asking("find", words).printed.endswith(asking("ask", name).printed)


def test_comparing_says_what_may_be_done_and_what_not_and_why(asking: Asking) -> None:
    refused = asking("compare", YES, COMMON).printed
    assert refused.startswith("They cannot be compared:\n  another population\n  another question or wording\n")
    allowed = asking("compare", COMMON, VERY_COMMON, "--sum").printed
    assert allowed.startswith("They may be compared.\n")
    assert allowed.endswith("They may be added up.\nTheir sum is 26.8, from 26.7 to 26.9 by rounding.\n")
    told = json.loads(asking("compare", COMMON, VERY_COMMON, "--mean", "--format", "json").printed)
    assert (told["comparable"], told["addable"], told["mean"]["value"]) == (True, True, 13.4)


@pytest.mark.parametrize("how", ["--sum", "--mean"])
def test_a_sum_of_unlike_shares_is_refused_with_every_reason(asking: Asking, how: str) -> None:
    run = asking("compare", YES, COMMON, how)
    assert run.code == 1
    assert [sentence.split(", expected")[0] for sentence in run.sentences[:-1]] == [
        f"{how}: found another population",
        f"{how}: found another question or wording",
    ]


def test_the_letter_has_every_contradiction_with_both_sides(asking: Asking) -> None:
    letter = asking("discrepancies", "--letter").printed
    rows = list(csv.DictReader(io.StringIO(asking("discrepancies", "--format", "csv").printed)))
    assert letter.startswith("# Contradictions in NetClean Report 2018\n\nTo NetClean\n")
    numbered = re.findall(r"^[0-9]+\. \*\*(.*?)\.\*\* Printed: ", letter, re.MULTILINE)
    assert sorted(numbered) == sorted({row["contradiction"] for row in rows})
    assert len(re.findall(r"^   - ", letter, re.MULTILINE)) == len(rows)
    assert letter.count("**the side that we use**") == sum(row["preferred"] == "true" for row in rows)
    assert not re.search(r"None|\n\n\n", letter)


def test_an_answer_in_a_pipe_has_no_colours_and_a_closed_pipe_is_no_error(real_build: Path) -> None:
    run = in_own_process("ask", "experts", "--root", str(ROOT), "--out", str(real_build))
    assert (run.returncode, run.stderr) == (0, "")
    assert "\033" not in run.stdout


def test_markdown_keeps_its_columns_whatever_a_cell_holds() -> None:
    answer = Answer("", ("a", "b"), (("x|y", "two\nlines"),), (), "")
    assert answer.to_markdown().splitlines()[-1] == "| x\\|y | two lines |"


def test_an_empty_answer_says_so() -> None:
    assert Answer("Is it so?", ("a",), (), (), "").to_text() == "Is it so?\n\nNo rows.\n"


# ---------------------------------------------------------------- charts


@pytest.mark.parametrize(("form", "start"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_each_chart_of_an_answer_is_drawn_into_a_file(form: str, start: bytes, asking: Asking, tmp_path: Path) -> None:
    run = asking("chart", "how-common", "--topic", "deepfakes", "--type", form, "--into", str(tmp_path / "new"))
    files = sorted((tmp_path / "new").iterdir())
    assert [path.name for path in files] == [f"how-common-{number}.{form}" for number in (1, 2, 3)]
    assert {path.read_bytes()[: len(start)] for path in files} == {start}
    assert f"how-common-2.{form}: How common are deepfakes in your investigations? Of: Officers who" in run.printed


def test_an_answer_without_numbers_is_not_drawn(asking: Asking, tmp_path: Path) -> None:
    run = asking("chart", "topics", "--into", str(tmp_path))
    assert (run.code, list(tmp_path.iterdir())) == (1, [])
    assert run.sentences[0].startswith("topics: found nothing that can be drawn, expected an answer with numbers")


def test_a_folder_that_cannot_be_written_is_named(asking: Asking, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    run = asking("chart", "how-common", "--into", str(tmp_path / "file"))
    assert run.code == 1
    assert "cannot be written" in run.sentences[0]
