"""Writes the project of a made-up report of any size: its tables are made from the shapes and follow their changes."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

from kg_builder.schema.model import SOURCE, Schema, Table
from kg_builder.schema.ontology_folder import read_schema

REPOSITORY = Path(__file__).resolve().parent.parent
REPORT = "made-up-report"

ANSWERS, ITEMS, GROUPS = range(1, 6), range(1, 5), range(1, 6)
"""The parts of each question: its answers, the rows of its matrix, and the populations that they are reported for."""

OF_A_QUESTION = len(ANSWERS) * len(ITEMS) * len(GROUPS)
OF_A_SURVEY = 100
"""Findings of a question, questions of a survey."""

Row = dict[str, str]
"""Cells by the last part of their property's IRI, such as `prefLabel`; the shapes name the column."""


def write_project(root: Path, questions: int) -> Schema:
    """Write a project with the repository's ontology and queries, and conforming tables; return its schema."""
    root.mkdir(parents=True)
    for name in ("ontology", "queries"):
        shutil.copytree(REPOSITORY / name, root / name)
    schema = read_schema(root / "ontology")
    for table in schema.tables:
        rows = ROWS.get(local(table.classes[0]))
        if rows:
            write_table(root / "data" / table.url.replace(SOURCE, REPORT), table, rows(questions))
    return schema


def write_table(path: Path, table: Table, rows: Iterator[Row]) -> None:
    """Write a table with the header of its shape; raise ValueError for a cell that is not in the shape."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join(column.name for column in table.columns) + "\n")
        keys = [local(column.path) for column in table.columns]
        csv.DictWriter(stream, keys, restval="", lineterminator="\n").writerows(rows)


def local(iri: str) -> str:
    """Return the last part of an IRI."""
    return iri.replace("#", "/").rsplit("/", 1)[-1]


def row(**cells: str) -> Row:
    """Return a row."""
    return cells


def survey_of(question: int) -> str:
    """Return the survey to which a question belongs."""
    return f"survey-{(question - 1) // OF_A_SURVEY + 1}"


def surveys(questions: int) -> list[str]:
    """Return all surveys."""
    return [survey_of(first) for first in range(1, questions + 1, OF_A_SURVEY)]


def numbers(questions: int) -> range:
    """Return the numbers of all questions."""
    return range(1, questions + 1)


def passage_rows(questions: int) -> Iterator[Row]:
    """Yield a table for each question."""
    for number in numbers(questions):
        line = str(number)
        yield row(
            identifier=f"table-{number}",
            type="table",
            part="tables",
            anchor=f"table {line}",
            lineFrom=line,
            lineTo=line,
        )


def survey_rows(questions: int) -> Iterator[Row]:
    """Yield the surveys."""
    for survey in surveys(questions):
        group = f"{survey}-group-1"
        yield row(identifier=survey, prefLabel=survey, type="online-questionnaire", universe=group, passage="table-1")


def population_rows(questions: int) -> Iterator[Row]:
    """Yield for each survey all respondents, then parts of them."""
    for survey, group in product(surveys(questions), GROUPS):
        wider = f"{survey}-group-1" if group > 1 else ""
        id_ = f"{survey}-group-{group}"
        yield row(identifier=id_, prefLabel=f"group {group}", survey=survey, broader=wider, passage="table-1")


def question_rows(questions: int) -> Iterator[Row]:
    """Yield the questions, each a matrix with one answer per row."""
    for number in numbers(questions):
        survey = survey_of(number)
        yield row(
            identifier=f"question-{number}",
            prefLabel=f"question {number}",
            survey=survey,
            universe=f"{survey}-group-1",
            responseType="matrix-single-choice",
            position=str(number),
            passage=f"table-{number}",
        )


def item_rows(questions: int) -> Iterator[Row]:
    """Yield the rows of the matrices."""
    for number, item in product(numbers(questions), ITEMS):
        id_, question = f"question-{number}-item-{item}", f"question-{number}"
        yield row(identifier=id_, question=question, prefLabel=f"item {item}", position=str(item))


def answer_rows(questions: int) -> Iterator[Row]:
    """Yield the answers; the last one of a question is the rest."""
    for number, answer in product(numbers(questions), ANSWERS):
        yield row(
            identifier=f"question-{number}-answer-{answer}",
            question=f"question-{number}",
            prefLabel=f"answer {answer}",
            residual="true" if answer == ANSWERS[-1] else "false",
            position=str(answer),
        )


def finding_rows(questions: int) -> Iterator[Row]:
    """Yield for each question, item and group the shares of all answers."""
    for count, (number, item, group) in enumerate(product(numbers(questions), ITEMS, GROUPS)):
        question = f"question-{number}"
        for answer, share in zip(ANSWERS, shares(count), strict=True):
            yield row(
                identifier=f"{question}-item-{item}-group-{group}-answer-{answer}",
                question=question,
                item=f"{question}-item-{item}",
                option=f"{question}-answer-{answer}",
                population=f"{survey_of(number)}-group-{group}",
                place="all-places",
                ageBracket="all-ages",
                period="2018",
                reading="first",
                value=share,
                unit="percent",
                decimals="1",
                origin="table",
                printed=f"{share}%",
                passage=f"table-{number}",
            )


def shares(number: int) -> list[str]:
    """Return one share for each answer, with one decimal and a sum of 100, which varies with the number."""
    tenths = [100 + number * step % 89 for step in (7, 11, 13, 17)]
    return [f"{share // 10}.{share % 10}" for share in (*tenths, 1000 - sum(tenths))]


def single(**cells: str) -> Callable[[int], Iterator[Row]]:
    """Return a function that yields a single row, whatever the number of questions."""
    return lambda _: iter([cells])


ROWS: dict[str, Callable[[int], Iterator[Row]]] = {
    "Unit": single(identifier="percent", prefLabel="percent"),
    "AgeBracket": single(identifier="all-ages", prefLabel="all ages"),
    "Period": single(identifier="2018", prefLabel="2018", startDate="2018-01-01", endDate="2018-12-31"),
    "Place": single(identifier="all-places", prefLabel="all places", type="all-places"),
    "Organisation": single(identifier="made-up-press", prefLabel="Made-up Press", type="company"),
    "Report": single(
        identifier=REPORT, title="Made-up report", publisher="made-up-press", issued="2018", inLanguage="en"
    ),
    "Part": single(identifier="tables", prefLabel="tables", type="survey-part", isPartOf=REPORT),
    "Passage": passage_rows,
    "Survey": survey_rows,
    "Population": population_rows,
    "Question": question_rows,
    "Item": item_rows,
    "Option": answer_rows,
    "Finding": finding_rows,
    "Mention": single(
        identifier="publisher",
        hasBody="organisation/made-up-press",
        mentionRole="publisher-of-report",
        printed="Made-up Press",
        passage="table-1",
    ),
}
"""The rows of each class that the report needs, given the number of questions."""
