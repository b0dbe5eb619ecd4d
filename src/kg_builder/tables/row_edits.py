"""Edits cells and rows of a table file; every other line, and every other cell of a line, stays byte for byte."""

from __future__ import annotations

import csv
import dataclasses
import io
from bisect import bisect_left
from collections.abc import Mapping
from itertools import pairwise

from kg_builder.core.problems import ProblemsFound
from kg_builder.tables.delimited_text import DelimitedText, raw_cells
from kg_builder.tables.preamble import parted
from kg_builder.tables.table_files import TableFile


@dataclasses.dataclass
class EditedTable:
    """The text of a table file that was scanned without problems, and its edits; lines count from 1, as in the file.

    `changed` holds edited lines, `moved` those of them that go to their sorted place, `removed` lines that go, and
    `added` lines that come.
    """

    file: TableFile
    lines: list[str]
    first: int
    header: tuple[str, ...]
    changed: dict[int, str] = dataclasses.field(default_factory=dict)
    moved: set[int] = dataclasses.field(default_factory=set)
    removed: set[int] = dataclasses.field(default_factory=set)
    added: list[str] = dataclasses.field(default_factory=list)

    @property
    def delimiter(self) -> str:
        """The character that separates cells."""
        return _delimiter(self.file)

    def cell(self, line: int, column: str) -> str:
        """Return a cell as it is now; empty if the file has no such column."""
        return self._row(self._line(line)).get(column, "")

    def row(self, line: int) -> dict[str, str]:
        """Return the cells of a row as they are now."""
        return self._row(self._line(line))

    def set(self, line: int, column: str, value: str) -> None:
        """Replace a cell; a cell in quotes stays in quotes."""
        text = self._line(line)
        parts = [*raw_cells(text.rstrip("\r"), self.delimiter)]
        start, former = parts[self.header.index(column)]
        new = self._written([value])
        new = f'"{new}"' if former.startswith('"') and not new.startswith('"') else new
        self.changed[line] = text[:start] + new + text[start + len(former) :]

    def rename(self, line: int, value: str) -> None:
        """Replace the id of a row, and move the row to its sorted place if the rows are sorted by id."""
        self.set(line, "id", value)
        self.moved.add(line)

    def remove(self, line: int) -> None:
        """Remove a row."""
        self.removed.add(line)

    def add(self, row: Mapping[str, str]) -> None:
        """Add a row, at its sorted place if the rows are sorted by id, else at the end."""
        end = "\r" if self.lines[self.first - 1].endswith("\r") else ""
        self.added.append(self._written([row.get(column, "") for column in self.header]) + end)

    def content(self) -> bytes:
        """Return the text with its edits."""
        rows = {number: text for number, text in enumerate(self.lines, 1) if number > self.first and text}
        end = [""] if self.lines[-1] == "" else []
        in_order = self._is_sorted()
        leaving = self.removed | (self.moved if in_order else set())
        texts = [self._line(number) for number in rows if number not in leaving]
        coming = [self._line(number) for number in sorted(self.moved - self.removed)] if in_order else []
        for text in (*coming, *self.added):
            place = bisect_left([self._id(each) for each in texts], self._id(text)) if in_order else len(texts)
            texts.insert(place, text)
        return "\n".join([*self.lines[: self.first], *texts, *end]).encode()

    def _is_sorted(self) -> bool:
        """Whether the rows of the file, before the edits, are sorted by id."""
        ids = [self._id(text) for text in self.lines[self.first :] if text]
        return all(one <= other for one, other in pairwise(ids))

    def _id(self, text: str) -> str:
        return self._row(text).get("id", "")

    def _line(self, number: int) -> str:
        return self.changed.get(number, self.lines[number - 1])

    def _row(self, text: str) -> dict[str, str]:
        cells = next(csv.reader([text.rstrip("\r")], delimiter=self.delimiter), [])
        return dict(zip(self.header, cells, strict=False))

    def _written(self, cells: list[str]) -> str:
        stream = io.StringIO()
        csv.writer(stream, delimiter=self.delimiter, lineterminator="").writerow(cells)
        return "" if cells == [""] else stream.getvalue()


def edited_table(file: TableFile) -> EditedTable:
    """Return a table file to be edited; raise `ProblemsFound` if its format has no lines."""
    if not isinstance(file.format, DelimitedText):
        expected = "a table as text, whose lines can be edited"
        raise ProblemsFound([file.problem(rule="table", found=file.format.name, expected=expected)])
    text = file.path.read_bytes().decode("utf-8")
    preamble, _ = parted(text, file.table.comment)
    lines = text.split("\n")
    first = len(preamble) + 1
    header = next(csv.reader([lines[first - 1].rstrip("\r").removeprefix("\ufeff")], delimiter=_delimiter(file)))
    return EditedTable(file, lines, first, tuple(header))


def new_table(file: TableFile) -> EditedTable:
    """Return a table file that does not exist yet, with all columns of its shape."""
    header = tuple(column.name for column in file.table.columns)
    return EditedTable(file, [_delimiter(file).join(header), ""], 1, header)


def _delimiter(file: TableFile) -> str:
    """Return the character that separates the cells of a file."""
    assert isinstance(file.format, DelimitedText)  # noqa: S101  (other formats are refused before)
    return file.format.delimiter


def replaced(values: str, separator: str | None, old: str, new: str) -> str:
    """Return the values of a cell with one of them replaced; each value stands once.

    >>> replaced("a;b;c", ";", "a", "c")
    'c;b'
    >>> replaced("a", None, "a", "b")
    'b'
    """
    if separator is None:
        return new if values == old else values
    given = [new if each == old else each for each in values.split(separator)]
    return separator.join(dict.fromkeys(each for each in given if each))
