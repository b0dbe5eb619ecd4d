"""An empty id of a finding or an option is made from what the row differs in; other tables demand one."""

from __future__ import annotations

import csv

import duckdb
import pytest

from kg_builder.schema.ontology_folder import read_schema
from kg_builder.tables.data_folder import table_files
from kg_builder.tables.loading import filled_rows
from kg_builder.tables.made_ids import hyphenated
from tests.draft import Draft

FINDINGS = "data/example-2020/findings.2.csv"
OPTIONS = "data/example-2020/options.2.csv"
HEAD = "id,question,option,place,group,period,from_period,statistic,reading,value,unit,decimals,origin,printed,passage"
KEPT = "training-fairly-good,training,training-fairly-good,,,2020,,,,40,percent,1,table,40.0%,your-training"


def write_findings(draft: Draft, *rows: str) -> None:
    """Write the second table of findings."""
    draft.write(FINDINGS, "\n".join([HEAD, KEPT, *rows]) + "\n")


def finding(cells: str = ",,,2020,,,,", option: str = "training-bad", name: str = "") -> str:
    """A finding without an id; `cells` are those from place to reading."""
    return f"{name},training,{option}{cells}30,percent,0,table,30%,your-training"


def made_id(draft: Draft, row: str) -> str:
    """The id that a row gets in the second table of findings."""
    write_findings(draft, row)
    schema = read_schema(draft.root / "ontology")
    rows = filled_rows(schema, table_files(draft.root / "data", schema))
    return next(row["id"] for file, line, row in rows if (file.name, line) == (FINDINGS, 3))


@pytest.mark.parametrize(
    ("cells", "made"),
    [
        (",,,2020,,,,", "training-bad-2020"),
        (",firstland,,2020,,,,", "training-bad-firstland-2020"),
        (",all-places,,2020,,,,", "training-bad-2020"),
        (",,,2020,,percentage,,", "training-bad-2020"),
        (",,,2020,,pooled-percentage,,", "training-bad-2020-pooled-percentage"),
        (",,male;chief,2020,,,,", "training-bad-chief-male-2020"),
        (",,chief;male,2020,,,,", "training-bad-chief-male-2020"),
        (",,,2020,2019,change-points,,", "training-bad-2020-2019-change-points"),
        (",,,2020,,,second,", "training-bad-2020-second"),
        (",,,2020,,,first,", "training-bad-2020"),
    ],
)
def test_an_id_is_made_from_what_differs_from_the_defaults(draft: Draft, cells: str, made: str) -> None:
    assert made_id(draft, finding(cells)) == made


def test_an_option_of_another_beginning_stands_whole(draft: Draft) -> None:
    assert made_id(draft, finding(option="all-answers")) == "training-all-answers-2020"


def test_a_long_id_is_cut_and_ends_in_a_checksum(draft: Draft) -> None:
    made = made_id(draft, finding(option=f"training-{'very-' * 30}bad"))
    assert made == f"training{'-very' * 20}-ve-4d08dfb8"
    assert len(made) <= 120


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't know", "don-t-know"),
        ("  Ärger, groß, 18+ ", "arger-gross-18"),
        ("はい", "8f90d85e"),
    ],
)
def test_a_text_becomes_words_of_an_id(text: str, words: str) -> None:
    assert duckdb.execute(f"SELECT {hyphenated('?')}".replace("?", "$1"), [text]).fetchall() == [(words,)]


def test_published_tables_and_the_graph_have_made_ids(draft: Draft) -> None:
    draft.change(FINDINGS, "\ntraining-good-male,", "\n,")
    draft.change(OPTIONS, "training-bad,training,,Bad,", ",training,,Bad,")
    assert draft.build("--format", "csvw", "--format", "nq").sentences == ()
    published = {}
    for name in ("findings", "options"):
        with (draft.out / f"tables/example-2020/{name}.2.csv").open(encoding="utf-8", newline="") as stream:
            published[name] = [row["id"] for row in csv.DictReader(stream)]
    assert published["findings"][-2:] == ["training-good-male-2020", "training-very-good"]
    assert published["options"][0] == "training-bad"
    assert "/example-2020/finding/training-good-male-2020>" in (draft.out / "kg.nq").read_text(encoding="utf-8")


def test_a_table_of_findings_needs_no_column_for_ids(draft: Draft) -> None:
    rows = [HEAD, finding(",firstland,,2020,,,,")]
    draft.write("data/example-2020/findings.4.csv", "".join(f"{row.partition(',')[2]}\n" for row in rows))
    assert draft.build("--format", "csvw").sentences == ()


SAME = (
    "expected each id once. An empty id is made from question, item, option, population, place, age_bracket, group, "
    "period, from_period, statistic, reading, as far as they differ from their defaults: correct one. "
    "Give one of the rows an id of its own."
)


def test_two_rows_with_one_made_id_are_refused(draft: Draft) -> None:
    write_findings(draft, finding(), finding())
    assert draft.refusal() == [
        f'{FINDINGS}:4: id: found the id "training-bad-2020" again, after {FINDINGS}:3, {SAME}',
    ]


def test_a_made_id_that_another_row_has_is_refused(draft: Draft) -> None:
    write_findings(draft, finding(), finding(",firstland,,2020,,,,", name="training-bad-2020"))
    assert draft.refusal() == [
        f'{FINDINGS}:4: id: found the id "training-bad-2020" again, after {FINDINGS}:3, {SAME}',
    ]


def test_an_empty_id_of_another_table_is_refused(draft: Draft) -> None:
    draft.change("data/shared/units.csv", "\nmonths,", "\n,")
    assert any(
        sentence.startswith("data/shared/units.csv:3: id: found an empty cell, expected a value.")
        for sentence in draft.refusal()
    )
