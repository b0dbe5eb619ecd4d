"""Imports of tables of real publishers give the long form that was written by hand beside them."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from kg_builder.importing.table_import import import_table
from kg_builder.schema.ontology_folder import read_schema
from kg_builder.tables.data_folder import table_files
from kg_builder.tables.loading import filled_rows
from tests.bench import ROOT, SOURCE
from tests.importing.desk import Desk

TABLES = Path(os.environ.get("KG_SURVEY_TABLES", ROOT.parent / "shared" / "survey-tables"))
"""A folder beside the project, which is not part of it."""

COLUMNS = (
    "group",
    "age_bracket",
    "period",
    "statistic",
    "printed",
    "value",
    "decimals",
    "unit",
    "quantifier",
    "status",
)

pytestmark = pytest.mark.skipif(not TABLES.is_dir(), reason="the tables of other publishers are not here")


def add(desk: Desk, name: str, *rows: str) -> None:
    path = desk.root / "data" / name
    path.write_text(path.read_text(encoding="utf-8") + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def question(key: str, label: str, kind: str = "multiple-choice,some,", unit: str = "percent") -> str:
    return f"{key},{label},officer-survey,officers,{kind},11,your-training,2020,{unit},table"


def filled(desk: Desk, name: str) -> list[dict[str, str]]:
    """The filled rows of an import."""
    schema = read_schema(desk.root / "ontology")
    rows = filled_rows(schema, table_files(desk.root / "data", schema))
    return [dict(row) for file, _, row in rows if file.path.name == name]


def expected(name: str) -> list[dict[str, str]]:
    with (TABLES / "expected" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_wide_table_with_a_net_row(desk: Desk) -> None:
    add(desk, f"{SOURCE}/questions.2.csv", question("behaviours", "What have you met online?"))
    add(desk, f"{SOURCE}/passages.csv", "table-behaviours,table,grooming,Behaviours,40,44,3,printed")
    stated = desk.write("pew-teens-2022.toml", (TABLES / "maps/pew-teens-2022.toml").read_text(encoding="utf-8"))
    table = TABLES / "pew-teens-2022.csv"
    assert len(import_table(desk.root, table, SOURCE, stated).unknown) == 8
    desk.answer("new")
    assert import_table(desk.root, table, SOURCE, stated).made == 18
    labels = {row["id"]: row["label"] for row in filled(desk, "options.pew-teens-2022.csv")}
    rows = filled(desk, "findings.pew-teens-2022.csv")
    found = {(labels[row["option"]], *(row[name] for name in COLUMNS if name != "period")) for row in rows}
    wanted = {
        (
            row["option"],
            row["group"],
            row["age_bracket"] or "all-ages",
            *(row[name] for name in COLUMNS[3:-1]),
            row["status"] or "A",
        )
        for row in expected("pew-teens-2022.csv")
    }
    assert found == wanted


AGES = {"12\u201319": "12-19", "12\u201315": "12-15", "16\u201319": "16-19"}
GROUPS = {"Mädchen": "female", "Jungen": "male", "": ""}
UNITS = {"minutes": "months", "percent": "percent"}  # the example has no minutes


def test_a_long_german_table_of_two_publishers(desk: Desk) -> None:
    add(desk, "shared/age_brackets.csv", *(f"{key},{key},,,Teens.,{key[:2]},{key[3:]}" for key in AGES.values()))
    add(desk, "shared/periods.csv", *(f"{year},{year},,{year}-01-01,{year}-12-31" for year in (2022, 2023)))
    one = "single-choice,some,"
    add(
        desk,
        f"{SOURCE}/questions.2.csv",
        question("harassed", "online sexuell belästigt", one),
        question("on-instagram", "… auf Instagram", one),
        question("hours", "tägliche Onlinezeit", "count,,mean", ""),
        question("fake-news", "Fake News begegnet (letzter Monat)", one),
    )
    asked = ("harassed", "on-instagram", "fake-news")
    add(desk, f"{SOURCE}/options.2.csv", *(f"{key}-yes,{key},,ja,false,1" for key in asked))
    add(desk, f"{SOURCE}/passages.csv", "pressemitteilung,table,grooming,Presse,40,44,3,printed")
    stated = desk.write("jim-james-de.toml", (TABLES / "maps/jim-james-de.toml").read_text(encoding="utf-8"))
    table = TABLES / "jim-james-de.csv"
    unknown = {(each.to, each.value) for each in import_table(desk.root, table, SOURCE, stated).unknown}
    assert unknown == {("population", "Jugendliche"), ("population", "Belästigte"), ("unit", "Minuten")}
    answers = desk.folder / "unknown.csv"
    text = answers.read_text(encoding="utf-8").splitlines()
    use = [line + ("months" if line.startswith("unit,") else "officers") for line in text[1:]]
    answers.write_text("\n".join([text[0], *use]) + "\n", encoding="utf-8")
    assert import_table(desk.root, table, SOURCE, stated).made == 11
    found = {tuple(row[name] for name in COLUMNS) for row in filled(desk, "findings.jim-james-de.csv")}
    wanted = {
        (
            GROUPS[row["group"]],
            AGES[row["age_bracket"]],
            *(row[name] for name in COLUMNS[2:7]),
            UNITS[row["unit"]],
            row["quantifier"],
            row["status"] or "A",
        )
        for row in expected("jim-james-de.csv")
        if row["question"].startswith("JIM")
    }
    assert found == wanted


def test_sdmx_csv_with_its_bounds_and_digits(desk: Desk) -> None:
    add(desk, f"{SOURCE}/questions.2.csv", question("mortality", "CME_MRY0T4", "count,,rate", "percent"))
    add(desk, "shared/categories.csv", "q1,Q1,,,Lowest.,rank,,,3", "q5,Q5,,,Highest.,rank,,,4")
    add(desk, "shared/places.csv", "brazil,Brazil,,,A country.,,country,BR,BRA,076")
    table = TABLES / "unicef-sdmx-cme-brazil-2020.csv"
    assert {(each.to, each.value) for each in import_table(desk.root, table, SOURCE).unknown} == {
        ("unit", "D_PER_1000_B")
    }
    answers = desk.report / "imports/unknown.csv"
    answers.write_text(answers.read_text(encoding="utf-8").rstrip("\n") + "points\n", encoding="utf-8")
    assert import_table(desk.root, table, SOURCE).made == 5
    rows = filled(desk, "findings.unicef-sdmx-cme-brazil-2020.csv")
    names = ("group", "period", "statistic", "value", "decimals", "status", "ci_low", "ci_high")
    found = {tuple(row[name].casefold() for name in names) for row in rows}
    assert found == {tuple(row[name].casefold() for name in names) for row in expected(table.name)}


def test_a_spreadsheet_of_counts_and_shares(desk: Desk) -> None:
    pytest.importorskip("python_calamine")
    add(desk, f"{SOURCE}/questions.2.csv", question("hosting", "Where are they hosted?", "count,,"))
    rows = "netherlands,NL Netherlands;usa,US USA;canada,CA Canada;france,FR France;russia,RU Russia;europe,EU Europe"
    for each in rows.split(";"):
        key, label = each.split(",")
        add(desk, "shared/places.csv", f"{key},{label[3:]},,,A place.,,country,,,")
    stated = desk.write(
        "hosting.toml",
        'layout = "wide"\ndecimal = "."\n'
        'rows = { column = "Hosting country", to = "place" }\n[columns]\n'
        '"URLs 2016" = { statistic = "count", unit = "people" }\n"Share of all URLs" = { statistic = "percentage" }\n'
        '[set]\nquestion = "hosting"\n',
    )
    asked = import_table(desk.root, TABLES / "formats/iwf-2016-hosting.ods", SOURCE, stated).unknown
    assert {each.value for each in asked} == {"Top five together", "World", "North America", "UK", "less than"}
    desk.answer("-")
    import_table(desk.root, TABLES / "formats/iwf-2016-hosting.ods", SOURCE, stated)
    found = {(row["place"], row["statistic"], row["value"]) for row in filled(desk, "findings.hosting.csv")}
    assert found >= {
        ("netherlands", "count", "20972"),
        ("netherlands", "percentage", "37"),
        ("europe", "percentage", "60"),
    }
