"""Checks the header of a table file against the columns of its shape."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterator

from kg_builder.core.problems import Problem, ProblemsFound, quoted
from kg_builder.tables.table_files import TableFile, fault, refusal

PARTS = {",": "commas", "\t": "tabs"}
"""The possible cell separators, and their names in messages."""


def header_of(file: TableFile, delimiter: str, number: int, line: str) -> tuple[str, ...]:
    """Return the names of the columns in order; raise `ProblemsFound` if they are not those of the shape.

    `number` is the line number, which is 1 if nothing precedes the table.
    """
    names = tuple(next(csv.reader([line], delimiter=delimiter), []))
    if problems := list(_header_problems(file, number, names)):
        raise ProblemsFound(problems)
    return names


def refuse_other_delimiters(file: TableFile, delimiter: str, number: int, line: str) -> None:
    """Raise `ProblemsFound` for a header with the wrong column separator."""
    if delimiter not in line and re.search("[,;|\t]", line):
        found, parts = f"the header {quoted(line)}", PARTS[delimiter]
        raise refusal(file, number, "", "delimiter", found, f"columns separated by {parts}", f"Save with {parts}.")


def _header_problems(file: TableFile, number: int, names: tuple[str, ...]) -> Iterator[Problem]:
    """Yield blank, repeated and unknown names, and required columns that are missing (not just misspelt)."""
    known = [column.name for column in file.table.columns]
    listed = f"Columns are {', '.join(known)}."
    missing = [column.name for column in file.table.columns if column.required and column.name not in names]
    for position, name in enumerate(names, 1):
        if not name:
            found, expected = "a blank header cell", "the name of a column"
            yield fault(file, number, f"column {position}", "header", found, expected, listed)
        elif name in names[: position - 1]:
            found = f"the column {quoted(name)} twice"
            yield fault(file, number, name, "header", found, "each column once", "Remove one.")
        elif name not in known:
            close = difflib.get_close_matches(name.lower(), known, n=1)
            missing = [each for each in missing if each not in close]
            hint = f"Did you mean {close[0]}?" if close else listed
            found = f"the unknown column {quoted(name)}"
            yield fault(file, number, name, "header", found, "a column of the table", hint)
    for name in missing:
        yield fault(file, number, name, "header", "no such column", f"the required column {name}", "Add it.")
