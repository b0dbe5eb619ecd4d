"""Reads the tables that publishers give out: text with any separator or encoding, and spreadsheets."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import datetime
import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kg_builder.core.problems import Location, ProblemsFound, quoted

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
SPREADSHEET_ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods")
CODE_BOOK_ENDING = ".sav"
DELIMITERS = ",;\t|"
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
FALLBACK = "cp1252"
BLOCK = 1 << 20
LINE_LIMIT = 100_000
"""How many characters of a header are looked at for its delimiter."""

JOINED = " / "
"""What joins the cells of several header rows."""

Cells = list[str]


@dataclasses.dataclass(frozen=True)
class SourceTable:
    """A table of a publisher: its header, and its rows with their numbers, counted from 1 as in the file.

    `notes` say how the file was read if that is not plain UTF-8 with commas. `rows` may be read once; `size` is about
    how many there are.
    """

    header: tuple[str, ...]
    rows: Iterator[tuple[int, Cells]]
    size: int
    notes: tuple[str, ...] = ()


def read_source(path: Path, *, sheet: str = "", header_rows: int = 1) -> SourceTable:
    """Return the table in a file; raise `ProblemsFound` if there is none that can be read.

    Parameters
    ----------
    path
        A file that ends in one of `TEXT_ENDINGS` or `SPREADSHEET_ENDINGS`.
    sheet
        The name of the sheet of a spreadsheet; the first one if empty.
    header_rows
        How many rows the header has. Their cells are joined by ` / `; an empty cell of a row above the last one
        belongs to the cell on its left, because a merged cell is stored so.

    """
    ending = path.suffix.lower()
    notes: tuple[str, ...] = ()
    if not path.is_file():
        raise _fault(path, rule="file", found="no file of that name", expected="a table to import")
    if ending in SPREADSHEET_ENDINGS:
        found = _spreadsheet_rows(path, sheet)
        rows, size = iter(found), len(found)
    elif ending in TEXT_ENDINGS:
        rows, size, notes = _text_rows(path)
    else:
        expected = f"a file that ends in {', '.join((*TEXT_ENDINGS, *SPREADSHEET_ENDINGS, CODE_BOOK_ENDING))}"
        raise _fault(path, rule="format", found=f"the ending {quoted(path.suffix)}", expected=expected)
    head = [cells for _, (_, cells) in zip(range(header_rows), rows, strict=False)]
    if len(head) < header_rows or not any(head[-1]):
        raise _fault(path, rule="empty", found="no header", expected="a row with the names of the columns")
    return SourceTable(_header(head), rows, size, notes)


def extra(module: str, path: Path) -> Any:
    """Return an optional module; raise `ProblemsFound` that says how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise _fault(
            path,
            rule="extra",
            found=f"a file that needs the package {module.replace('_', '-')}",
            expected="the optional packages for imports",
            hint="Install them: pip install 'kg-builder[import]'",
        ) from error


def _fault(path: Path, *, rule: str, found: str, expected: str, hint: str = "") -> ProblemsFound:
    return ProblemsFound.at(Location(str(path)), rule=rule, found=found, expected=expected, hint=hint)


def _header(head: Sequence[Cells]) -> tuple[str, ...]:
    """Return the names of the columns from the rows of a header."""
    above = [_filled_right(cells) for cells in head[:-1]]
    columns = range(max(map(len, head)))
    parts = ([cells[place] for cells in (*above, head[-1]) if place < len(cells) and cells[place]] for place in columns)
    return tuple(JOINED.join(dict.fromkeys(each)) for each in parts)


def _filled_right(cells: Cells) -> Cells:
    """Return cells where each empty one has the text of the one on its left."""
    filled: Cells = []
    for cell in cells:
        filled.append(cell or (filled[-1] if filled else ""))
    return filled


# ---------------------------------------------------------------- text


def _text_rows(path: Path) -> tuple[Iterator[tuple[int, Cells]], int, tuple[str, ...]]:
    """Return the rows of a text, about how many there are, and how it was read."""
    encoding, size = _encoding_of(path)
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        delimiter = _delimiter_of(stream.readline(LINE_LIMIT))
    notes = []
    if encoding not in {"utf-8", "utf-8-sig"}:
        notes.append(f"read as {'UTF-16' if encoding == 'utf-16' else 'Windows-1252'}")
    if delimiter not in ",\t":
        notes.append(f"cells separated by {quoted(delimiter)}")
    return _parsed_rows(path, encoding, delimiter), size, tuple(notes)


def _parsed_rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, Cells]]:
    """Yield the rows of a text; raise `ProblemsFound` at the first that cannot be read."""
    before = 0
    try:
        with path.open(encoding=encoding, newline="") as stream:
            reader = csv.reader(stream, delimiter=delimiter)
            for cells in reader:
                yield before + 1, [each.strip() for each in cells]
                before = reader.line_num
    except (csv.Error, UnicodeError) as error:
        raise ProblemsFound.at(
            Location(str(path), before + 1),
            rule="row",
            found=f"text that cannot be read ({error})",
            expected="rows of cells in UTF-8",
            hint='Save the table as "CSV UTF-8".',
        ) from error


def _encoding_of(path: Path) -> tuple[str, int]:
    """Return the encoding of a text (that of its mark, UTF-8 if it is that, else Windows-1252), and how many lines."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, lines = "utf-8", 0
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            if not lines:
                encoding = next((name for mark, name in MARKS.items() if block.startswith(mark)), encoding)
            lines += block.count(b"\n")
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                encoding = FALLBACK if encoding == "utf-8" else encoding
    return encoding, lines


def _delimiter_of(line: str) -> str:
    """Return what separates the cells of a header: the delimiter that gives most of them.

    >>> _delimiter_of('"a, b";c;d')
    ';'
    """
    return max(DELIMITERS, key=lambda each: len(next(csv.reader([line], delimiter=each), [])))


# ---------------------------------------------------------------- spreadsheets


def _spreadsheet_rows(path: Path, sheet: str) -> list[tuple[int, Cells]]:
    """Return the rows of a sheet; numbers are written as a person would, dates as YYYY-MM-DD."""
    calamine = extra("python_calamine", path)
    try:
        book = calamine.CalamineWorkbook.from_path(path)
        if sheet and sheet not in book.sheet_names:
            expected = f"one of {', '.join(map(quoted, book.sheet_names))}"
            raise _fault(path, rule="name", found=f"no sheet {quoted(sheet)}", expected=expected)
        found = book.get_sheet_by_name(sheet or book.sheet_names[0])
        rows = found.to_python(skip_empty_area=False)
    except calamine.CalamineError as error:
        raise _fault(
            path, rule="file", found=f"a file that is no spreadsheet ({error})", expected="XLSX, XLS or ODS"
        ) from error
    return [(number, [_text_of(cell) for cell in cells]) for number, cells in enumerate(rows, 1)]


def _text_of(cell: Any) -> str:
    """Return the value of a cell as text."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(cell).strip()
