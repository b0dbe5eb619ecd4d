"""A table in another input format gives the same graph, and its faults are named by line and column."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from kg_builder.curation.verification import verify
from tests.bench import EXAMPLE, SOURCE
from tests.draft import Draft, contents

UNITS = "id\tlabel\tdefinition\n"
FINDINGS = f"data/{SOURCE}/findings.csv"


def tabbed(text: str) -> str:
    """The text of a table with tabs between its cells."""
    made = io.StringIO()
    csv.writer(made, delimiter="\t", lineterminator="\n").writerows(csv.reader(text.splitlines()))
    return made.getvalue()


def rewritten(draft: Draft, name: str) -> None:
    """Write a table of a draft with tabs, in place of commas."""
    path = draft.path(name)
    draft.write(name.replace(".csv", ".tsv"), tabbed(path.read_text("utf-8")))
    path.unlink()


def test_tables_with_tabs_give_the_bytes_of_those_with_commas(draft: Draft, example_files: Path) -> None:
    for path in sorted((draft.root / "data").glob("*/*.csv")):
        rewritten(draft, path.relative_to(draft.root).as_posix())
    assert draft.build().code == 0
    assert contents(draft.out) == contents(example_files)


def test_a_table_may_have_parts_of_several_formats(draft: Draft, example_files: Path) -> None:
    header, *rows = draft.path(FINDINGS).read_text("utf-8").splitlines(keepends=True)
    draft.write(FINDINGS, header + "".join(rows[:4]))
    draft.write(f"data/{SOURCE}/findings.4.tsv", tabbed(header + "".join(rows[4:])))
    assert draft.build().code == 0
    assert (draft.out / "kg.nq").read_bytes() == (example_files / "kg.nq").read_bytes()
    published, whole = (
        (out / "tables" / SOURCE / name).read_text("utf-8").splitlines()
        for out, name in ((draft.out, "findings.4.csv"), (example_files, "findings.csv"))
    )
    assert published == [whole[0], *whole[5:]]


def test_verification_reads_a_table_with_tabs(draft: Draft) -> None:
    report = EXAMPLE / "report.txt"
    before = verify(draft.root, SOURCE, report).count
    rewritten(draft, FINDINGS)
    assert verify(draft.root, SOURCE, report).count == before


def test_a_part_in_two_formats_is_refused(draft: Draft) -> None:
    draft.write("data/shared/units.tsv", UNITS)
    assert draft.refusal() == [
        (
            "data/shared/units.tsv: found the same part as units.csv, expected each part of a table once. "
            "Remove one of them, or give it another number."
        )
    ]


def test_a_misspelt_table_with_tabs_is_named_with_its_ending(draft: Draft) -> None:
    draft.write("data/shared/unit.tsv", UNITS)
    assert draft.refusal() == [
        (
            "data/shared/unit.tsv: found a table that no shape describes, expected a table that a shape in "
            "ontology/shapes describes. Did you mean units.tsv?"
        )
    ]


def test_a_faulty_cell_of_a_table_with_tabs_has_its_line_and_column(draft: Draft) -> None:
    draft.write("data/shared/units.2.tsv", UNITS + 'hours\t"the ""hours"", all"\tHours. \n')
    (problem,) = json.loads(draft.run("validate", "--format", "json").printed)["problems"]
    assert (problem["file"], problem["line"], problem["column"], problem["field"], problem["found"]) == (
        "data/shared/units.2.tsv",
        2,
        28,
        "definition",
        '"Hours. "',
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "id,label,definition\nhours,hours,Hours.\n",
            '1: found the header "id,label,definition", expected columns separated by tabs. Save with tabs.',
        ),
        (
            UNITS + "hours\thours\n",
            "2: found 2 cells, expected 3, as in the header. Add or take away tabs; quote text that has one.",
        ),
        (
            UNITS + 'hours\t"the\thours"\tHours.\n',
            (
                "2: label: found a tab inside quotes, expected plain text without it. "
                "Close the quotes. Take it out; a cell has no line break or tab."
            ),
        ),
        (
            UNITS + 'hours\t"ho"urs\tHours.\n',
            (
                "2: found '\t' expected after '\"', expected quotes that open and close a whole cell. "
                'Write a quote inside a cell as "".'
            ),
        ),
    ],
    ids=["commas", "too-few-cells", "tab-in-quotes", "quotes-that-close-early"],
)
def test_a_faulty_text_with_tabs_yields_exactly_its_sentence(text: str, sentence: str, draft: Draft) -> None:
    draft.write("data/shared/units.2.tsv", text)
    assert draft.refusal() == [f"data/shared/units.2.tsv:{sentence}"]
