"""A publisher's table becomes findings: looked up, counted, checked, and written again without a change."""

from __future__ import annotations

import csv
import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from kg_builder.cli.main import main
from kg_builder.core.output_folder import checksum
from kg_builder.core.problems import ProblemsFound
from kg_builder.core.progress import Progress
from kg_builder.importing import source_tables
from kg_builder.importing.source_tables import read_source
from kg_builder.importing.table_import import import_table
from tests.bench import SOURCE, problems_of
from tests.importing.desk import WIDE, Desk

TABLE = "What,All,Girls\nInsults,46%,54%\nThreats,10%,\n"

LONG = """
layout = "long"
decimal = ","
thousands = "."
where = { Studie = "JIM*" }
[columns]
Frage = { to = "question" }
Gruppe = { to = "group", values = { "Mädchen" = "female", "gesamt" = "everyone" } }
Alter = { to = "age_bracket" }
Studie = { to = "period", pattern = '(\\d{4})' }
Wert = { to = "printed" }
"""


# ---------------------------------------------------------------- what is made


def test_a_wide_table_becomes_a_finding_for_each_cell(desk: Desk) -> None:
    result = desk.run(TABLE, WIDE)
    assert (result.read, result.made, result.left_out) == (2, 3, {"empty cells": 1})
    assert [list(row.values()) for row in desk.findings()] == [
        ["met-insults", "met", "met-insults", "", "46%"],
        ["met-insults-female", "met", "met-insults", "female", "54%"],
        ["met-threats", "met", "met-threats", "", "10%"],
    ]


def test_what_is_made_is_valid(desk: Desk, tmp_path: Path) -> None:
    desk.run(TABLE + "Insults on Sundays,n/a,\n", WIDE)
    desk.answer("new")
    desk.run(TABLE + "Insults on Sundays,n/a,\n", WIDE)
    (unasked,) = problems_of(desk.root, tmp_path / "work")
    assert (unasked.rule, unasked.location.line) == ("unanswered-questions", 5)


def test_a_long_german_table_is_read_with_its_marks(desk: Desk) -> None:
    text = (
        "\ufeffStudie;Frage;Gruppe;Alter;Wert\n"
        "JIM 2020;How long are you online?;gesamt;13\u201314;1.204\n"
        "JIM 2019;How long are you online?;Mädchen;15 bis 17 Jahre;204,5\n"
        "JAMES 2020;How long are you online?;gesamt;13\u201314;9\n"
    )
    result = desk.run(text, LONG + '[set]\nunit = "months"\n')
    assert result.notes == ('cells separated by ";"',)
    assert result.left_out == {"rows that where leaves out": 1}
    rows = [(row["option"], row["age_bracket"], row["group"], row["period"], row["value"]) for row in desk.findings()]
    assert rows == [("all-answers", "13-14", "", "2020", "1204"), ("all-answers", "15-17", "female", "2019", "")]


@pytest.mark.parametrize(
    ("column", "text", "found"),
    [
        ("place", "firstland", "firstland"),
        ("place", "FIRSTLAND", "firstland"),
        ("group", "women", "female"),
        ("group", "F", "female"),
        ("group", "chief;women", "chief;female"),
        ("group", "_T", ""),
        ("age_bracket", "13\u201314", "13-14"),
        ("age_bracket", "aged 10 to 12", "10-12"),
        ("period", "the year 2020", "2020"),
        ("status", "provisional value", "P"),
        ("n", "23,420", "23420"),
    ],
)
def test_a_thing_is_found_by_its_names(desk: Desk, column: str, text: str, found: str) -> None:
    desk.run(
        f'Which,What,All\n"{text}",Insults,5%\n',
        WIDE.replace('"Girls" = { group = "female" }', "")
        .replace("rows = { column", f'rows = [{{ column = "Which", to = "{column}" }}, {{ column')
        .replace('new = "ask" }', 'new = "ask" }]'),
    )
    (row,) = desk.findings()
    assert row.get(column, "") == found


def test_columns_for_one_list_are_joined(desk: Desk) -> None:
    stated = """
layout = "long"
[columns]
Sex = { to = "group" }
Rank = { to = "group" }
What = { to = "option" }
Value = { to = "printed" }
[set]
question = "met"
"""
    desk.run("Sex,Rank,What,Value\nmale,chief,Insults,5%\n", stated)
    assert [row["group"] for row in desk.findings()] == ["chief;male"]


def test_a_column_may_say_two_things(desk: Desk) -> None:
    """Sources write ages and groups into one column."""
    stated = WIDE.replace('"Girls" = { group = "female" }', "").replace(
        "rows = {",
        'rows = [{ column = "Who", to = "group", values = { "13 to 14" = "everyone" } }, '
        '{ column = "Who", to = "age_bracket", values = { women = "all-ages" } }, {',
    )
    desk.run("Who,What,All\nwomen,Insults,5%\n13 to 14,Insults,7%\n", stated.replace('new = "ask" }', 'new = "ask" }]'))
    assert sorted((row["group"], row["age_bracket"]) for row in desk.findings()) == [
        ("", "13-14"),
        ("female", "all-ages"),
    ]


def test_where_may_leave_out_what_begins_with_a_letter(desk: Desk) -> None:
    desk.run(TABLE, f'where = {{ What = "[!T]*" }}\n{WIDE}')
    assert {row["option"] for row in desk.findings()} == {"met-insults"}


def test_a_printed_value_that_can_be_read_is_read_as_a_person_says(desk: Desk) -> None:
    text = "to,question,value,count,first_row,suggestion_1,suggestion_2,suggestion_3,use\n"
    desk.write("unknown.csv", f"{text}printed,,1 in 90,,,,,,about 1%\n")
    desk.run("What,All\nInsults,1 in 90\n", WIDE.replace('"Girls" = { group = "female" }', ""))
    (row,) = desk.findings()
    assert [row[name] for name in ("printed", "value", "quantifier")] == ["1 in 90", "1", "about"]


def test_a_question_with_one_option_needs_no_column_for_it(desk: Desk) -> None:
    stated = 'layout = "long"\n[columns]\nWhere = { to = "place" }\nValue = { to = "printed" }\n'
    fixed = '[set]\nquestion = "working"\norigin = "table"\nunit = "people"\nperiod = "2020"\n'
    desk.run("Where,Value\nFirstland,31\n", stated + fixed)
    assert [row["option"] for row in desk.findings()] == ["working-all"]


def test_merged_header_rows_are_joined(desk: Desk) -> None:
    stated = WIDE.replace('"All"', '"2020 / All"').replace('"Girls"', '"2020 / Girls"') + "[set]\n"
    desk.run(",2020,\nWhat,All,Girls\nInsults,46%,54%\n", f"header_rows = 2\n{stated}")
    assert len(desk.findings()) == 2


# ---------------------------------------------------------------- again


def test_a_second_import_changes_nothing(desk: Desk) -> None:
    desk.run(TABLE, WIDE)
    before = desk.contents()
    again = desk.run(TABLE, WIDE)
    assert (again.made, again.unchanged, again.written, desk.contents()) == (0, 3, (), before)


def test_a_changed_value_is_a_correction_and_leaves_other_rows_alone(desk: Desk) -> None:
    desk.run(TABLE, WIDE)
    path = desk.report / "findings.table.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",54%", ',"54%"'), encoding="utf-8")
    result = desk.run(TABLE.replace("46%", "47.5%"), WIDE)
    (change,) = result.corrections
    assert (change.id, change.was, change.now, result.unchanged) == ("met-insults", "46%", "47.5%", 2)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[1:3] == ["met-insults,met,met-insults,,47.5%", 'met-insults-female,met,met-insults,female,"54%"']


def test_the_order_of_rows_does_not_matter(desk: Desk) -> None:
    desk.run(TABLE, WIDE)
    head, first, second = TABLE.splitlines(keepends=True)
    assert desk.run(head + second + first, WIDE).unchanged == 3


def test_a_vanished_row_is_reported_and_kept(desk: Desk) -> None:
    desk.run(TABLE, WIDE)
    result = desk.run("What,All,Girls\nInsults,46%,54%\n", WIDE)
    assert (result.vanished, len(desk.findings())) == (("met-threats",), 3)


def test_a_row_in_another_file_is_not_made_again(desk: Desk) -> None:
    rows = "id,question,option,printed\nmine,met,met-insults,46%\nyours,met,met-threats,11%\n"
    (desk.report / "findings.3.csv").write_text(rows, encoding="utf-8")
    result = desk.run(TABLE, WIDE)
    assert (result.made, result.unchanged) == (1, 1)
    assert [(each.id, each.was, each.now) for each in result.elsewhere] == [("yours", "11%", "10%")]
    assert (desk.report / "findings.3.csv").read_text(encoding="utf-8") == rows


def test_a_further_column_is_added_to_the_file(desk: Desk) -> None:
    desk.run(TABLE, WIDE)
    desk.run(TABLE, f'{WIDE}[set]\nn = "40"\n')
    assert [row["n"] for row in desk.findings()] == ["40", "40", "40"]


def test_the_map_is_kept_with_the_checksum_of_the_table(desk: Desk) -> None:
    desk.run(TABLE, f"# mine\n{WIDE}")
    kept = (desk.report / "imports/table.toml").read_text(encoding="utf-8")
    assert kept.splitlines()[:3] == [
        "# mine",
        'file = "table.csv"',
        f'sha256 = "{checksum(desk.folder / "table.csv")}"',
    ]
    result = import_table(desk.root, desk.folder / "table.csv", SOURCE, desk.report / "imports/table.toml")
    assert (result.unchanged, result.written) == (3, ())


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    before = desk.contents()
    result = desk.run(TABLE, WIDE, dry_run=True)
    assert (result.made, desk.contents()) == (3, before)
    assert [Path(each).name for each in result.written] == ["findings.table.csv", "table.toml"]
    desk.run(TABLE.replace("Insults", "Jokes"), WIDE, dry_run=True)
    assert desk.contents() == before


def test_progress_is_reported(desk: Desk) -> None:
    class Told(Progress):
        def __init__(self) -> None:
            self.told: list[object] = []

        def step(self, name: str) -> None:
            self.told.append(name)

        def count(self, done: int, total: int) -> None:
            self.told.append((done, total))

    rows = "What,All\n" + "\n" * 9_998 + "Insults,5%\n"
    stated = desk.write("table.toml", WIDE.replace('"Girls" = { group = "female" }', ""))
    progress = Told()
    import_table(desk.root, desk.write("table.csv", rows), SOURCE, stated, progress=progress)
    assert progress.told == ["reading tables", "reading table.csv", (10_000, 10_000), "checking rows"]


# ---------------------------------------------------------------- unknown values


def test_unknown_values_are_listed_once_with_count_first_row_and_suggestions(desk: Desk) -> None:
    before = {path: text for path, text in desk.contents().items() if "unknown" not in path}
    result = desk.run("What,All,Girls\nInsult,46%,54%\nThreats,10%,\n", WIDE)
    (problem,) = result.problems
    assert str(problem).replace(f"{desk.folder}/", "") == (
        'table.csv:2: option: found "Insult", 2 times, expected a name of a thing for option of met. '
        "Did you mean met-insults? Fill in its line in unknown.csv: what to use, or new to make a row, "
        "or - to leave it out."
    )
    assert (result.unknown_rows, result.made) == (2, 0)
    with (desk.folder / "unknown.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert list(row.values()) == ["option", "met", "Insult", "2", "2", "met-insults", "", "", ""]
    assert {path: text for path, text in desk.contents().items() if "unknown" not in path} == before


@pytest.mark.parametrize("use", ["met-insults", "Insults"])
def test_an_answer_is_used_by_the_next_import(desk: Desk, use: str) -> None:
    desk.run(TABLE.replace("Insults", "Insult"), WIDE)
    desk.answer(use)
    assert desk.run(TABLE.replace("Insults", "Insult"), WIDE).made == 3
    assert {row["option"] for row in desk.findings()} == {"met-insults", "met-threats"}


def test_an_option_is_made_where_the_answer_is_new(desk: Desk) -> None:
    text = TABLE.replace("Insults", "Bad jokes")
    desk.run(text, WIDE)
    desk.answer("new")
    result = desk.run(text, WIDE)
    assert (result.new_options, result.made) == (1, 3)
    assert desk.findings("options.table.csv") == [{"id": "met-bad-jokes", "question": "met", "label": "Bad jokes"}]
    again = desk.run(text, WIDE)
    assert (again.new_options, again.unchanged, again.written) == (0, 3, ())


def test_a_value_that_is_answered_with_a_hyphen_is_left_out(desk: Desk) -> None:
    text = TABLE.replace("Insults", "Total")
    desk.run(text, WIDE)
    desk.answer("-")
    result = desk.run(text, WIDE)
    assert (result.made, result.left_out) == (1, {"cells answered with -": 2, "empty cells": 1})


def test_an_answer_that_names_nothing_is_asked_again(desk: Desk) -> None:
    desk.run(TABLE.replace("Insults", "Jokes"), WIDE)
    desk.answer("met-jokes")
    (problem,) = desk.run(TABLE.replace("Insults", "Jokes"), WIDE).problems
    assert "answered with met-jokes, which names nothing" in problem.found
    assert (desk.folder / "unknown.csv").read_text(encoding="utf-8").count("Jokes") == 1


def test_a_name_of_two_things_is_not_guessed(desk: Desk) -> None:
    path = desk.report / "options.2.csv"
    path.write_text(path.read_text(encoding="utf-8") + "met-insults-again,met,,Insults,false,3\n", encoding="utf-8")
    (problem,) = desk.run(TABLE, WIDE).problems
    assert problem.found == '"Insults", 2 times'


def test_words_of_a_printed_value_are_asked_and_used(desk: Desk) -> None:
    text = TABLE.replace("46%", "fast 46 Prozent").replace("54%", "a half")
    result = desk.run(text, WIDE)
    assert [(each.to, each.value) for each in result.unknown] == [("unit", "Prozent"), ("printed", "a half")]
    path = desk.folder / "unknown.csv"
    answers = path.read_text(encoding="utf-8")
    answers = re.sub(r"(unit,,Prozent.*)\n", r"\1percent\n", answers)
    path.write_text(re.sub(r"(printed,,a half.*)\n", r"\1about 50%\n", answers), encoding="utf-8")
    (asked,) = desk.run(text, WIDE).unknown
    assert (asked.to, asked.value) == ("quantifier", "fast")
    path.write_text(
        re.sub(r"(quantifier,,fast.*)\n", r"\1nearly\n", path.read_text(encoding="utf-8")), encoding="utf-8"
    )
    desk.run(text, WIDE)
    rows = {row["printed"]: (row["value"], row["unit"], row["quantifier"]) for row in desk.findings()}
    assert rows["fast 46 Prozent"] == ("", "percent", "nearly")
    assert rows["a half"] == ("50", "percent", "about")


def test_a_number_that_is_none_is_asked(desk: Desk) -> None:
    (problem,) = desk.run(TABLE, f'{WIDE}[set]\nn = "many"\n').problems
    assert (problem.location.field, problem.found) == ("n", '"many", 3 times, which is no number')


def test_a_question_with_several_options_needs_a_column_for_them(desk: Desk) -> None:
    stated = 'layout = "long"\n[columns]\nValue = { to = "printed" }\n[set]\nquestion = "met"\n'
    (problem,) = desk.run("Value\n5%\n", stated).problems
    assert problem.found == '"(no option)", where the map names no option'


def test_a_cell_that_does_not_match_its_pattern_is_asked(desk: Desk) -> None:
    stated = LONG.replace("where", "#")
    text = "Studie;Frage;Gruppe;Alter;Wert\nJIM;How long are you online?;gesamt;13-14;5\n"
    (problem,) = desk.run(text, f'{stated}[set]\nunit = "months"\n').problems
    assert problem.found == r'"JIM", which does not match (\d{4})'


# ---------------------------------------------------------------- formats


def test_a_table_in_windows_1252_or_utf_16_is_read(desk: Desk) -> None:
    text = TABLE.replace("Insults", "Größe")
    for encoding, note in (("cp1252", "read as Windows-1252"), ("utf-16", "read as UTF-16")):
        source = read_source(desk.write("table.csv", text.encode(encoding)))
        assert (source.notes, next(source.rows)[1][0]) == ((note,), "Größe")


def test_sdmx_csv_needs_no_map(desk: Desk) -> None:
    text = (
        "REF_AREA,Geographic area,INDICATOR,SEX,UNIT_MEASURE,TIME_PERIOD,OBS_VALUE,LOWER_BOUND,UPPER_BOUND,OBS_STATUS\n"
        "firstland,Firstland,online,F,months,2020,13.18,12.1,14.4,A\n"
        "firstland,Firstland,online,_T,months,2020,14.87,13.9,15.9,P\n"
    )
    result = desk.run(text)
    assert result.unused_columns == ("Geographic area",)
    rows = [(row["id"], row["group"], row["ci_low"], row["status"], row["unit"]) for row in desk.findings()]
    assert rows == [
        ("online-all-answers-firstland", "", "13.9", "P", "months"),
        ("online-all-answers-firstland-female", "female", "12.1", "A", "months"),
    ]
    assert "OBS_VALUE" in (desk.report / "imports/table.toml").read_text(encoding="utf-8")


def ods(cells: str) -> bytes:
    """A spreadsheet with one sheet, as small as it can be."""
    import io  # noqa: PLC0415

    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{office}" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="one">{cells}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return made.getvalue()


def row(*cells: str) -> str:
    texts = "".join(
        f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
        if re.fullmatch("[0-9.]+", cell)
        else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f"<table:table-row>{texts}</table:table-row>"


def test_a_spreadsheet_is_read(desk: Desk) -> None:
    pytest.importorskip("python_calamine")
    cells = row("What", "All", "Girls") + row("Insults", "46", "54.5") + row("Threats", "10", "")
    result = desk.run(ods(cells), WIDE, name="table.ods")
    assert result.made == 3
    assert [each["printed"] for each in desk.findings()] == ["46", "54.5", "10"]


def test_a_sheet_that_is_not_there_is_named(desk: Desk) -> None:
    pytest.importorskip("python_calamine")
    assert desk.refused(ods(row("What", "All")), f'sheet = "two"\n{WIDE}', "table.ods") == [
        'table.ods: found no sheet "two", expected one of "one".'
    ]


def test_a_file_that_is_no_spreadsheet_is_refused(desk: Desk) -> None:
    pytest.importorskip("python_calamine")
    (sentence,) = desk.refused("What,All\n", WIDE, "table.xlsx")
    assert sentence.startswith("table.xlsx: found a file that is no spreadsheet (")
    assert sentence.endswith("expected XLSX, XLS or ODS.")


@pytest.mark.parametrize(("name", "module"), [("table.xlsx", "python-calamine"), ("table.sav", "pyreadstat")])
def test_a_missing_package_is_named_with_its_installation(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module.replace("-", "_"), None)
    (sentence,) = desk.refused("", WIDE, name)
    assert sentence == (
        f"{name}: found a file that needs the package {module}, expected the optional packages for imports. "
        "Install them: pip install 'kg-builder[import]'"
    )


def sav(path: Path) -> None:
    """A code book with respondents, who are made up."""
    pandas = pytest.importorskip("pandas")
    pyreadstat: Any = pytest.importorskip("pyreadstat")
    frame = pandas.DataFrame({"met": [1.0, 2.0, 9.0], "age": [20.0, 30.0, 40.0]})
    labels = {"met": {1.0: "Insults", 2.0: "Rumours", 9.0: "No answer"}}
    ranges = {"met": [{"lo": 9.0, "hi": 9.0}]}
    pyreadstat.write_sav(
        frame, str(path), column_labels=["Met online", "Age"], variable_value_labels=labels, missing_ranges=ranges
    )


def test_a_code_book_gives_options_and_no_respondents(desk: Desk) -> None:
    path = desk.folder / "table.sav"
    sav(path)
    result = import_table(desk.root, path, SOURCE)
    assert (result.read, result.new_options) == (3, 2)
    assert desk.findings("options.table.csv") == [
        {"id": "met-no-answer", "question": "met", "label": "No answer", "residual": "true", "order": "3"},
        {"id": "met-rumours", "question": "met", "label": "Rumours", "residual": "", "order": "2"},
    ]
    assert import_table(desk.root, path, SOURCE).written == ()


def test_a_variable_that_is_no_question_is_asked(desk: Desk) -> None:
    path = desk.folder / "table.sav"
    sav(path)
    questions = desk.report / "questions.2.csv"
    questions.write_text(questions.read_text(encoding="utf-8").replace("\nmet,", "\nheard,"), encoding="utf-8")
    (desk.report / "options.2.csv").write_text(
        (desk.report / "options.2.csv").read_text(encoding="utf-8").replace(",met,", ",heard,"), encoding="utf-8"
    )
    (unknown,) = import_table(desk.root, path, SOURCE).unknown
    assert (unknown.to, unknown.value) == ("question", "met")
    answers = desk.report / "imports/unknown.csv"
    text = answers.read_text(encoding="utf-8")
    answers.write_text(text.rstrip("\n") + "heard\n", encoding="utf-8")
    assert import_table(desk.root, path, SOURCE).new_options == 3
    answers.write_text(text.rstrip("\n") + "-\n", encoding="utf-8")
    assert import_table(desk.root, path, SOURCE).left_out == {"variables answered with -": 1}


def test_a_file_that_is_no_code_book_is_refused(desk: Desk) -> None:
    pytest.importorskip("pyreadstat")
    (sentence,) = desk.refused("no code book", "", "table.sav")
    assert sentence.startswith("table.sav: found a file that is no .sav file (")


# ---------------------------------------------------------------- what is refused

COLUMN = "expected a column of findings.csv."
KEYS = (
    "expected one of file, sheet, header_rows, layout, where, language, decimal, thousands, sha256, rows, columns, set."
)
MAPS = {
    "no-toml": (
        "layout = ",
        ["table.toml: found a text that is not TOML (Invalid value (at end of document)), expected TOML 1.0."],
    ),
    "unknown-key": (
        f'colums = "x"\n{WIDE}',
        [f'table.toml:1: found the unknown key "colums", {KEYS} Did you mean columns?'],
    ),
    "layout": (WIDE.replace("wide", "broad"), ['table.toml:2: found the layout "broad", expected long or wide.']),
    "decimal": (f'decimal = "x"\n{WIDE}', ['table.toml:1: found decimal "x", expected a point or a comma.']),
    "two-marks": (
        f'decimal = ","\nthousands = ","\n{WIDE}',
        ["table.toml:2: found one mark for decimals and thousands, expected two different marks."],
    ),
    "header-rows": (f"header_rows = 0\n{WIDE}", ["table.toml:1: found 0 header rows, expected a number from 1 to 5."]),
    "type": (f"sheet = 1\n{WIDE}", ["table.toml:1: found sheet of another type, expected a text."]),
    "no-columns": (
        WIDE.split("[columns]", maxsplit=1)[0],
        ["table.toml: found no [columns], expected the columns with values."],
    ),
    "target": (
        WIDE.replace('to = "option"', 'to = "optin"'),
        [f'table.toml:3: found "optin" for "rows", {COLUMN} Did you mean option?'],
    ),
    "cell": (
        WIDE.replace("{ group", "{ gruop"),
        [f'table.toml:6: found "gruop" for "Girls", {COLUMN} Did you mean group?'],
    ),
    "set": (
        f'{WIDE}[set]\npasage = "x"\n',
        [f'table.toml:8: found "pasage" for "set", {COLUMN} Did you mean passage?'],
    ),
    "no-to": (WIDE.replace('to = "option", ', ""), ['table.toml:3: found "rows" without to, expected to = ….']),
    "no-braces": (
        WIDE.replace('"All" = {}', '"All" = 1'),
        ['table.toml:5: found "All" without braces, expected { … }.'],
    ),
    "new": (WIDE.replace('"ask"', '"yes"'), ['table.toml:3: found new = "yes", expected new = "ask".']),
    "pattern": (
        WIDE.replace('new = "ask"', "pattern = '[0-9'"),
        ['table.toml:3: found the pattern "[0-9", expected a regular expression with one pair of brackets.'],
    ),
    "no-printed": (
        'layout = "long"\n[columns]\nWhat = { to = "option" }\n',
        ['table.toml:2: found no column with values, expected one column with to = "printed".'],
    ),
    "no-such-column": (
        WIDE.replace('"Girls"', '"Girl"'),
        ['table.toml: found the column "Girl", which table.csv does not have, expected a column of the source. Did'],
    ),
}


@pytest.mark.parametrize("name", MAPS)
def test_a_faulty_map_is_refused(desk: Desk, name: str) -> None:
    stated, expected = MAPS[name]
    found = desk.refused(TABLE, stated)
    assert [sentence[: len(each)] for sentence, each in zip(found, expected, strict=True)] == expected


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("table.csv", "", "table.csv: found no header, expected a row with the names of the columns."),
        (
            "table.doc",
            "x",
            (
                'table.doc: found the ending ".doc", expected a file that ends in .csv, .tsv, .txt, .xlsx, .xlsm, .xls,'
                " .ods, .sav."
            ),
        ),
        (
            "table.csv",
            "What,All,All\nInsults,4,5\n",
            (
                'table.toml: found the column "All", which table.csv has twice, expected a column of the source. '
                'Its columns are "What", "All", "All".'
            ),
        ),
    ],
)
def test_a_faulty_table_is_refused(desk: Desk, name: str, text: str, sentence: str) -> None:
    assert desk.refused(text, WIDE.replace('"Girls" = { group = "female" }', ""), name) == [sentence]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"What,All\nInsults\x81,5%\n", 1),
        (TABLE.encode("utf-16")[:-1], 3),
        (b"What,All\nInsults," + b"5" * 200_000 + b"\n", 2),
    ],
    ids=["undefined-byte", "half-a-character", "too-long"],
)
def test_text_that_cannot_be_read_is_refused(desk: Desk, text: bytes, line: int) -> None:
    (sentence,) = desk.refused(text, WIDE.replace('"Girls" = { group = "female" }', ""))
    assert sentence.startswith(f"table.csv:{line}: found text that cannot be read (")
    assert sentence.endswith('expected rows of cells in UTF-8. Save the table as "CSV UTF-8".')


@pytest.mark.parametrize("report", ["../data/example-2020", "shared", "links"])
def test_a_folder_that_is_no_report_is_refused(desk: Desk, report: str) -> None:
    with pytest.raises(ProblemsFound, match="found no report"):
        import_table(desk.root, desk.write("table.csv", TABLE), report, desk.write("table.toml", WIDE))


def test_a_table_without_a_map_is_refused(desk: Desk) -> None:
    (sentence,) = desk.refused(TABLE)
    assert sentence == (
        "table.csv: found a table that needs a map, expected --map with a file that says what its columns stand for. "
        'Its columns are "What", "All", "Girls".'
    )


def test_two_values_with_the_same_dimensions_are_refused(desk: Desk) -> None:
    (sentence,) = desk.refused(f"{TABLE}Insults,47%,\n", WIDE)
    assert sentence == (
        "table.csv:4: found the same question, item, option, population, place, age_bracket, group, period, "
        "from_period, statistic, reading as in row 2 (met-insults), expected rows that differ in one of them. "
        "Let the map say in which: by a further column, or with where."
    )


def test_a_made_id_of_another_row_is_refused(desk: Desk) -> None:
    rows = "id,question,option,printed\nmet-insults,met,met-threats,5%\n"
    (desk.report / "findings.3.csv").write_text(rows, encoding="utf-8")
    (sentence,) = desk.refused("What,All,Girls\nInsults,46%,\n", WIDE)
    assert sentence == (
        'table.csv:2: id: found the made id "met-insults", which data/example-2020/findings.3.csv:2 has, expected an '
        "id of its own. Give the row in the table, or what it names, another id."
    )


def test_rows_that_would_not_be_valid_are_refused_at_their_place_in_the_source(desk: Desk) -> None:
    (sentence,) = desk.refused("What,All,Girls\nInsults,,\nThreats,10%,\n", f'{WIDE}[set]\nn = "-3"\n')
    assert sentence.startswith('table.csv:3: n: found "-3", expected at least 0.')


def test_what_no_default_fills_is_refused(desk: Desk) -> None:
    stated = 'layout = "long"\n[columns]\nYear = { to = "period" }\nValue = { to = "printed" }\n'
    stated += '[set]\nquestion = "working"\n'
    found = desk.refused("Year,Value\n2019,31\n", stated)
    assert [sentence[:58] for sentence in found] == [
        "table.csv:2: origin: found an empty cell, and no default, e"[:58],
        "table.csv:2: unit: found an empty cell, and no default, exp"[:58],
    ]


def test_a_report_that_is_not_there_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    path = desk.write("table.csv", TABLE)
    assert main(["import", str(path), "--root", str(desk.root), "--report", "none-2020"]) == 1
    assert capsys.readouterr().err.startswith(
        'data/none-2020: found no report "none-2020", expected the folder of a report. '
        "Make it: kg-builder new-report none-2020"
    )


def test_a_file_that_is_not_there_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    stated = desk.write("table.toml", WIDE)
    options = ["--root", str(desk.root), "--report", SOURCE]
    assert main(["import", "none.csv", *options, "--map", str(stated)]) == 1
    assert main(["import", "none.sav", *options]) == 1
    assert capsys.readouterr().err.splitlines()[::2] == [
        "none.csv: found no file of that name, expected a table to import.",
        "none.sav: found no file of that name, expected a .sav file to import.",
    ]


def test_answers_without_their_columns_are_refused(desk: Desk) -> None:
    desk.write("unknown.csv", "value\nx\n")
    (sentence,) = desk.refused(TABLE, WIDE)
    assert sentence.startswith("unknown.csv:1: found no column to, expected the columns to, question, value, count,")


# ---------------------------------------------------------------- the command


def test_the_command_prints_counts_and_what_to_do_next(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    stated, path = desk.write("table.toml", WIDE), desk.write("table.csv", TABLE)
    options = ["import", str(path), "--root", str(desk.root), "--report", SOURCE, "--map", str(stated)]
    assert main(options) == 0
    printed = capsys.readouterr().out.replace(f"{desk.root}/", "")
    assert printed.splitlines() == [
        "2 rows read: 3 findings made, 0 unchanged, 0 corrected, 0 with unknown values; 0 options made.",
        "Left out: empty cells: 1",
        f"Written: data/{SOURCE}/findings.table.csv, data/{SOURCE}/imports/table.toml",
        "Try next: kg-builder validate",
    ]
    desk.write("table.csv", TABLE.replace("46%", "47%").replace("Threats,10%,\n", ""))
    assert main([*options, "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("corrected: met-insults was 46%, is 47%")
    assert lines[1] == "No longer in the source, but kept: met-threats"
    assert lines[-1].startswith("Nothing was written; without --dry-run: ")


def test_the_command_prints_json(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    stated, path = desk.write("table.toml", WIDE), desk.write("table.csv", TABLE.replace("Insults", "Jokes"))
    options = ["--root", str(desk.root), "--report", SOURCE, "--map", str(stated), "--json"]
    assert main(["import", str(path), *options]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert (printed["read"], printed["made"], printed["unknown_rows"]) == (2, 0, 2)
    assert printed["unknown"][0]["value"] == "Jokes"


def test_a_folder_of_imports_is_no_table(desk: Desk, tmp_path: Path) -> None:
    (desk.report / "imports").mkdir()
    (desk.report / "imports/notes.txt").write_text("", encoding="utf-8")
    assert [each.rule for each in problems_of(desk.root, tmp_path / "work") if each.rule == "unread"] == []


def test_the_delimiter_is_the_one_of_most_cells() -> None:
    assert [source_tables._delimiter_of(line) for line in ("a,b", "a;b,c;d", "a\tb", "one")] == [",", ";", "\t", ","]  # noqa: SLF001
