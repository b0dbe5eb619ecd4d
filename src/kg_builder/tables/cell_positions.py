"""Finds the start of a cell on its line, so that editors can jump to it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

from kg_builder.core.problems import Problem
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
        if problem.field and problem.line:
            wanted.setdefault(problem.file, set()).add(problem.line)
    starts: dict[str, Mapping[tuple[int, str], int]] = {}
    for file, lines in wanted.items():
        if form := format_of(file):
            with contextlib.suppress(OSError):
                starts[file] = form.starts(root / file, lines)
    return [
        dataclasses.replace(
            problem, column=problem.column or starts.get(problem.file, {}).get((problem.line, problem.field), 0)
        )
        for problem in problems
    ]
