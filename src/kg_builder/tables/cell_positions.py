"""Finds the start of a cell on its line, so that editors can jump to it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

from kg_builder.core.problems import Location, Problem
from kg_builder.tables.input_formats import format_of

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
    starts: dict[str, Mapping[tuple[int, str], int]] = {}
    for file, lines in wanted.items():
        if form := format_of(file):
            with contextlib.suppress(OSError):
                starts[file] = form.starts(root / file, lines)
    return [
        dataclasses.replace(problem, location=_with_column(problem.location, starts.get(problem.location.file, {})))
        for problem in problems
    ]


def _with_column(place: Location, starts: Mapping[tuple[int, str], int]) -> Location:
    """Return the location with its column, if it has none yet."""
    return dataclasses.replace(place, column=place.column or starts.get((place.line, place.field), 0))
