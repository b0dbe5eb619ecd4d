"""What spreadsheets have done to tables is named as the cause, with how to fix it, and its consequences are not."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from kg_builder.core import spreadsheets
from kg_builder.core.spreadsheets import damage, ranges_behind
from tests.bench import Bench, Case, Edit
from tests.draft import Draft
from tests.importing.desk import WIDE, desk_at

AGES = "data/shared/age_brackets.csv"
FINDINGS = "data/example-2020/findings.csv"
PLACES = "data/shared/places.csv"
AGAIN = "A spreadsheet turned a range into a date: format the column as text, and write"


def sentences(bench: Bench, *edits: tuple[str, str, str]) -> list[str]:
    case = Case("spreadsheets", str(edits), tuple(Edit(file, old, new) for file, old, new in edits), ())
    return [str(problem) for problem in bench.outcome(case).problems]


def test_the_examples_are_true() -> None:
    found = doctest.testmod(spreadsheets)
    assert (found.attempted > 0, found.failed) == (True, 0)


@pytest.mark.parametrize(
    "cell", ["16-Sep", "Sep-16", "16. Sep", "16-sept.", "9/16/2018", "16.09.2018", "2018-09-16", "2018-09-16 00:00:00"]
)
def test_a_range_is_seen_behind_a_date(cell: str) -> None:
    assert ranges_behind(cell)[0] == "9-16"


@pytest.mark.parametrize("cell", ["9-16", "Sep 16 to 18", "16-Abc", "2018", "2018-09", "9-Sep", "", "trace-an-object"])
def test_other_text_is_no_date(cell: str) -> None:
    assert ranges_behind(cell) == []


@pytest.mark.parametrize(
    ("cell", "written"), [("1 234", "1234"), ("1.234.567", "1234567"), ("-12'345", "-12345"), ("1\u00a0234", "1234")]
)
def test_separators_of_thousands_are_named(cell: str, written: str) -> None:
    assert damage(cell) == f"Leave out what separates thousands: write {written}."


def test_a_shortened_number_is_named() -> None:
    assert damage("1.23E+05").startswith("A spreadsheet shortened the number:")


def test_a_reference_that_became_a_date(bench: Bench) -> None:
    (sentence,) = sentences(bench, (FINDINGS, ",all-ages,2020,first,41,", ",12-Oct,2020,first,41,"))
    assert sentence == (
        f'{FINDINGS}:2: age_bracket: found a reference to nothing, "12-Oct", expected an id of shared/age_brackets.csv.'
        f" {AGAIN} 10-12 again."
    )


def test_an_id_that_became_a_date_is_the_only_problem(bench: Bench) -> None:
    edits = (
        (AGES, "\n10-12,", "\n12-Oct,"),
        (FINDINGS, ",officers,all-places,all-ages,2020,first,41,", ",officers,all-places,10-12,2020,first,41,"),
    )
    found = sentences(bench, *edits)
    assert len(found) == 1
    assert found[0].startswith(f'{AGES}:2: id: found "12-Oct", expected text that matches')
    assert found[0].endswith(f"{AGAIN} 10-12 again.")


def test_an_id_that_became_an_iso_date_is_named_where_it_is_missed(bench: Bench) -> None:
    edits = (
        (AGES, "\n10-12,", "\n2026-10-12,"),
        (FINDINGS, ",officers,all-places,all-ages,2020,first,41,", ",officers,all-places,10-12,2020,first,41,"),
    )
    (first, *_) = sentences(bench, *edits)
    assert first.endswith("A spreadsheet turned the id 10-12 into the date 2026-10-12: write 10-12 there again.")


def test_a_number_that_became_a_date(bench: Bench) -> None:
    (sentence,) = sentences(bench, (AGES, ",10,12\n", ",10-Dec,12\n"))
    assert sentence.endswith(f'age_from: found "10-Dec", expected a whole number, such as 272. {AGAIN} 10-12 again.')


def test_a_printed_value_that_became_a_date(bench: Bench) -> None:
    (sentence,) = sentences(bench, (FINDINGS, ",41,percent,1,table,41.0%,", ",,percent,,table,16-Sep,"))
    assert sentence.endswith(f"{AGAIN} 9-16 again.")


def test_lost_zeros(draft: Draft) -> None:
    path = draft.path(PLACES)
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    place = header.split(",").index("m49")
    cells = rows[0].split(",")
    draft.write(PLACES, "\n".join([header, ",".join([*cells[:place], "8", *cells[place + 1 :]]), *rows[1:]]) + "\n")
    (sentence,) = draft.refusal()
    assert sentence.endswith("A spreadsheet took away leading zeros: format the column as text, and write 008.")


def test_thousands_in_a_number(bench: Bench) -> None:
    (sentence,) = sentences(bench, (FINDINGS, ",1040,people,0,", ",1 040,people,0,"))
    assert sentence.endswith("Leave out what separates thousands: write 1040.")


def test_another_encoding_is_named_once(draft: Draft) -> None:
    text = "id,label,definition\n" + "".join(f"hours-{number},Größe,Größe.\n" for number in range(50))
    draft.write("data/shared/units.csv", text.encode("cp1252"))
    (sentence,) = draft.refusal()
    assert sentence.startswith("data/shared/units.csv:2: label: found the byte 0xF6 at offset ")
    assert sentence.endswith("(49 more of this kind.)")


def test_a_name_that_became_a_date_is_suggested_as_the_range(tmp_path: Path) -> None:
    desk = desk_at(tmp_path)
    rows = 'rows = [{ column = "Ages", to = "age_bracket" }, { column = "What", to = "option", question = "met" }]'
    stated = f'layout = "wide"\n{rows}\n[columns]\n"All" = {{}}\n'
    (unknown,) = desk.run("Ages,What,All\n12-Oct,Insults,5%\n", stated).unknown
    assert (unknown.why, unknown.suggestions) == ("which a spreadsheet has made of 10-12", ("10-12",))


def test_a_column_that_became_a_date_is_named(tmp_path: Path) -> None:
    desk = desk_at(tmp_path)
    (sentence,) = desk.refused(
        "What,12-Oct\nInsults,5%\n", WIDE.replace('"All"', '"10-12"').replace('"Girls" = { group = "female" }', "")
    )
    assert sentence.endswith('A spreadsheet turned it into the date "12-Oct": write it there again, or here.')


def test_a_printed_value_that_became_a_date_is_asked(tmp_path: Path) -> None:
    desk = desk_at(tmp_path)
    (unknown,) = desk.run("What,All,Girls\nInsults,16-Sep,\n", WIDE).unknown
    assert unknown.why == "which a spreadsheet has made of 9-16: use a value such as about 25%"
