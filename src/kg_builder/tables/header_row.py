"""Checks the header of a table file against the columns of its shape."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterator

from kg_builder.core.problems import Problem, ProblemsFound, quoted
from kg_builder.tables.table_files import TableFile

PARTS = {",": "commas", "\t": "tabs"}
"""The possible cell separators, and their names in messages."""


def header_of(file: TableFile, delimiter: str, number: int, line: str) -> tuple[str, ...]:
    """Return the names of the columns in order; raise `ProblemsFound` if they are not those of the shape.

    `number` is the line number, which is 1 if nothing precedes the table.
    """
    names = tuple(next(csv.reader([line], delimiter=delimiter), []))
    if problems := list(header_problems(file, number, names)):
        raise ProblemsFound(problems)
    return names


def refuse_other_delimiters(file: TableFile, delimiter: str, number: int, line: str) -> None:
    """Raise `ProblemsFound` for a header with the wrong column separator."""
    if delimiter not in line and re.search("[,;|\t]", line):
        found, parts = f"the header {quoted(line)}", PARTS[delimiter]
        expected, hint = f"columns separated by {parts}", f"Save with {parts}."
        raise ProblemsFound([file.problem(number, rule="delimiter", found=found, expected=expected, hint=hint)])


def header_problems(file: TableFile, number: int, names: tuple[str, ...]) -> Iterator[Problem]:
    """Yield blank, repeated and unknown names, and required columns that are missing (not just misspelt)."""
    known = [column.name for column in file.table.columns]
    listed = f"Columns are {', '.join(known)}."
    missing = [column.name for column in file.table.columns if column.must_be_typed and column.name not in names]
    for position, name in enumerate(names, 1):
        if not name:
            yield file.problem(
                number,
                field=f"column {position}",
                rule="header",
                found="a blank header cell",
                expected="the name of a column",
                hint=listed,
            )
        elif name in names[: position - 1]:
            yield file.problem(
                number,
                field=name,
                rule="header",
                found=f"the column {quoted(name)} twice",
                expected="each column once",
                hint="Remove one.",
            )
        elif name not in known:
            close = difflib.get_close_matches(name.lower(), known, n=1)
            missing = [each for each in missing if each not in close]
            yield file.problem(
                number,
                field=name,
                rule="header",
                found=f"the unknown column {quoted(name)}",
                expected="a column of the table",
                hint=f"Did you mean {close[0]}?" if close else listed,
            )
    for name in missing:
        yield file.problem(
            number,
            field=name,
            rule="header",
            found="no such column",
            expected=f"the required column {name}",
            hint="Add it.",
        )
