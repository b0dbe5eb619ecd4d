"""Finds the start of a cell on its line, so that editors can jump to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from kg_builder.core.problems import Location, Problem

LIMIT = 1_000
"""Maximum number of problems whose cells are looked up: a table may have a million invalid rows."""


def with_columns(problems: Iterable[Problem], root: Path) -> list[Problem]:
    """Return the problems; those of cells get the column at which the cell begins, counted from 1.

    `root` is the project. The column stays 0 if the cell is not found, because the file may have changed.
    """
    problems = list(problems)
    wanted: dict[str, set[int]] = {}
    for problem in islice(problems, LIMIT):
        place = problem.location
        if place.field and place.line:
            wanted.setdefault(place.file, set()).add(place.line)
    lines = {file: _lines_of(root / file, numbers) for file, numbers in wanted.items()}
    return [
        dataclasses.replace(problem, location=_with_column(problem.location, lines.get(problem.location.file, {})))
        for problem in problems
    ]


def _lines_of(path: Path, numbers: set[int]) -> dict[int, str]:
    """Return lines of a file by number, with the header (the first line without a leading #) as number 0."""
    found: dict[int, str] = {}
    last = max(numbers)
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as stream:
            for number, line in enumerate(stream, 1):
                if 0 not in found and not line.startswith("#"):
                    found[0] = line.rstrip("\r\n")
                if number in numbers:
                    found[number] = line.rstrip("\r\n")
                if number > last:
                    break
    except OSError:
        return {}
    return found


def _with_column(place: Location, lines: Mapping[int, str]) -> Location:
    """Return the location with its column, if it has none yet."""
    delimiter = "\t" if place.file.endswith(".tsv") else ","
    header = [text.strip('"') for _, text in _cells(lines.get(0, ""), delimiter)]
    starts = [start for start, _ in _cells(lines.get(place.line, ""), delimiter)]
    index = header.index(place.field) if place.field in header else len(starts)
    column = starts[index] + 1 if index < len(starts) else 0
    return dataclasses.replace(place, column=place.column or column)


def _cells(line: str, delimiter: str) -> Iterator[tuple[int, str]]:
    """Yield the offset of each cell of a line, and its raw text.

    >>> list(_cells('a,"b,c",d', ","))
    [(0, 'a'), (2, '"b,c"'), (8, 'd')]
    """
    start, quoted = 0, False
    for place, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            yield start, line[start:place]
            start = place + 1
    yield start, line[start:]
