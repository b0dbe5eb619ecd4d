"""A file with rows of a table, and what the builder asks of the format of such a file."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from kg_builder.core.problems import Location, Problem, ProblemsFound
from kg_builder.schema.model import Table

Row = Mapping[str, str]
"""The cells of a row by the names of their columns."""


@dataclasses.dataclass(frozen=True)
class Scan:
    """The result of a first pass over a file: its header, its number of rows, and what to normalise in its text.

    `preamble` holds the lines before the header, with their mark.
    """

    header: tuple[str, ...]
    rows: int
    preamble: tuple[str, ...] = ()
    oddities: tuple[str, ...] = ()


class InputFormat(Protocol):
    """A format of table files: how files with one ending are read.

    Lines count from 1, as in the file; a format without lines counts its rows instead.
    """

    @property
    def name(self) -> str:
        """The name in messages."""

    @property
    def ending(self) -> str:
        """The last part of the names of its files, such as `.csv`."""

    @property
    def hint(self) -> str:
        """How to fix a file that the engine does not understand."""

    def scan(self, file: TableFile) -> Scan:
        """Return the result of a first pass; raise `ProblemsFound` if the file, its header or its text is faulty.

        It finds an unreadable or empty file, text that is not UTF-8, control characters (line breaks and tabs in cells
        among them), cells that are too long, and columns that are unknown, missing or repeated, at most `LISTED` of a
        rule; it notes text to normalise. `raw_text` and `header_row` have these checks for text.
        """

    def select(self, file: TableFile, scanned: Scan, copy: Path) -> tuple[str, list[Any]]:
        """Return the SQL of the rows in Unicode form C, and its parameters.

        It yields the line as `_line`, and the columns of the header as text, with empty cells as NULL. `copy` is a path
        for a temporary file.
        """

    def row_problems(self, file: TableFile, scanned: Scan) -> list[Problem]:
        """Return the problems of rows that the first pass has not looked for, so that the engine may fail on them.

        It is called only after the engine has failed, or before the rows of a small table are read in Python.
        """

    def rows(self, file: TableFile) -> Iterator[tuple[int, Row]]:
        """Yield the line and the cells of each row of a file without problems; nothing is normalised."""

    def starts(self, path: Path, lines: set[int]) -> Mapping[tuple[int, str], int]:
        """Return the character, from 1, at which a cell begins, by its line and column; empty if cells have none."""


@dataclasses.dataclass(frozen=True)
class TableFile:
    """One file with rows of one table; `name` is its path within the project, for messages."""

    path: Path
    name: str
    source: str
    table: Table
    format: InputFormat

    @property
    def published(self) -> str:
        """The name of its copy in the published tables, which have the ending that the shape names."""
        return self.path.name.removesuffix(self.format.ending) + Path(self.table.url).suffix

    def problem(
        self, line: int = 0, *, field: str = "", column: int = 0, rule: str, found: str, expected: str, hint: str = ""
    ) -> Problem:
        """Return a problem of this file."""
        location = Location(self.name, line, field=field, column=column)
        return Problem(location, rule=rule, found=found, expected=expected, hint=hint, shape=self.table.shape)


def rows_of(file: TableFile) -> list[tuple[int, Row]]:
    """Return the line and the cells of each row of a small table; raise `ProblemsFound` if it is not a clean table."""
    scanned = file.format.scan(file)
    if problems := file.format.row_problems(file, scanned):
        raise ProblemsFound(problems)
    return [*file.format.rows(file)]


def size_of(files: Iterable[TableFile]) -> int:
    """Return the size of all files in bytes; an unreadable file counts as 0, and is refused when it is read."""
    size = 0
    for file in files:
        with contextlib.suppress(OSError):
            size += file.path.stat().st_size
    return size
