"""Reads a table file as text, before it is a table: UTF-8, a known header, no control characters, bounded lines."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import difflib
import re
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from kg_builder.files import TableFile, fault
from kg_builder.problems import Problem, ProblemsFound, quoted

LINE_LIMIT = 1_000_000
"""Bytes of one line; a longer one is a fault, whatever its cells would allow."""

BLOCK = 1 << 20
CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]|\r(?!\n)")


@dataclasses.dataclass(frozen=True)
class Scan:
    """What one pass over a file found: its header, its number of lines, and whether its bytes are already normal."""

    header: tuple[str, ...]
    lines: int
    normal: bool


def scan(file: TableFile) -> Scan:
    """Return what one pass over the bytes finds; raise `ProblemsFound` where they are not clean text.

    Memory is bounded by `BLOCK` and `LINE_LIMIT`, whatever the size of the file.
    """
    problems: list[Problem] = []
    normal = True
    header: tuple[str, ...] = ()
    lines = 0
    for number, block in blocks(file):
        if number == 1:
            if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise ProblemsFound(
                    [fault(file, 1, "", "encoding", "UTF-16 text", "UTF-8 text", "Save the table as UTF-8.")]
                )
            if block.startswith(codecs.BOM_UTF8):
                block, normal = block[3:], False  # noqa: PLW2901  (the mark is no part of the text)
        try:
            text = block.decode("utf-8")
        except UnicodeDecodeError as error:
            problems.append(not_utf8(file, number, header, block, error))
            text = block.decode("utf-8", errors="replace")
        if number == 1:
            header = header_of(file, text.split("\n", 1)[0].rstrip("\r"))
        problems += control_problems(file, number, header, text)
        lines = number + text.removesuffix("\n").count("\n")
        normal = normal and "\r" not in text and unicodedata.is_normalized("NFC", text)
    if not lines:
        raise ProblemsFound(
            [fault(file, 0, "", "empty", "an empty file", "a header line", "Delete the file or write its header.")]
        )
    if problems:
        raise ProblemsFound(problems)
    return Scan(header, lines, normal)


def blocks(file: TableFile) -> Iterator[tuple[int, bytes]]:
    """Yield the file in pieces of whole lines, each with the number of its first line; refuse over-long lines."""
    try:
        if not stat.S_ISREG(file.path.stat().st_mode):
            raise ProblemsFound(
                [fault(file, 0, "", "file", "something that is not a file", "a plain file", "Take it away.")]
            )
        number, rest = 1, b""
        with file.path.open("rb") as stream:
            while block := stream.read(BLOCK):
                head, newline, tail = block.rpartition(b"\n")
                if newline:
                    yield number, rest + head + newline
                    number += head.count(b"\n") + 1
                    rest = tail
                else:
                    rest += tail
                if len(rest) > LINE_LIMIT:
                    found = f"a line of more than {LINE_LIMIT:,} bytes"
                    raise ProblemsFound(
                        [fault(file, number, widest(rest), "length", found, "shorter cells", "Shorten the cell.")]
                    )
        if rest:
            yield number, rest
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProblemsFound(
            [fault(file, 0, "", "file", f"a file that cannot be read ({reason})", "a readable file")]
        ) from error


def widest(line: bytes) -> str:
    """Return the position of the longest cell of a line, as far as commas tell."""
    cells = line.split(b",")
    return f"cell {max(range(len(cells)), key=lambda index: len(cells[index])) + 1}"


def header_of(file: TableFile, line: str) -> tuple[str, ...]:
    """Return the names of the columns; raise `ProblemsFound` where they are not those of the shape."""
    names = tuple(next(csv.reader([line]), []))
    known = [column.name for column in file.table.columns]
    if len(names) == 1 and re.search("[;\t|]", names[0]):
        raise ProblemsFound(
            [
                fault(
                    file,
                    1,
                    "",
                    "delimiter",
                    f"the header {quoted(line)}",
                    "columns parted by commas",
                    "Save with commas.",
                )
            ]
        )
    problems = []
    for position, name in enumerate(names, 1):
        where = name or f"column {position}"
        if not name:
            problems.append(
                fault(
                    file,
                    1,
                    where,
                    "header",
                    "a blank header cell",
                    "the name of a column",
                    f"Columns are {', '.join(known)}.",
                )
            )
        elif name in names[: position - 1]:
            problems.append(
                fault(
                    file, 1, where, "header", f"the column {quoted(name)} twice", "each column once", "Take one away."
                )
            )
        elif name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            mend = f"Did you mean {close[0]}?" if close else f"Columns are {', '.join(known)}."
            problems.append(
                fault(file, 1, where, "header", f"the unknown column {quoted(name)}", "a column of the shape", mend)
            )
    for column in file.table.columns:
        if column.required and column.name not in names:
            problems.append(
                fault(file, 1, column.name, "header", "no such column", f"the required column {column.name}", "Add it.")
            )
    if problems:
        raise ProblemsFound(problems)
    return names


def control_problems(file: TableFile, first: int, header: tuple[str, ...], text: str) -> Iterator[Problem]:
    """Yield a problem for the first control characters of a block."""
    for count, match in enumerate(CONTROL.finditer(text)):
        if count == 10:  # noqa: PLR2004  (more of them say nothing new)
            return
        line, column = position(text, match.start(), first, header)
        name = f"the control character U+{ord(match[0]):04X}"
        yield fault(
            file,
            line,
            column,
            "control",
            name,
            "plain text without it",
            "Take it out; a cell has no line break or tab.",
        )


def not_utf8(file: TableFile, first: int, header: tuple[str, ...], block: bytes, error: UnicodeDecodeError) -> Problem:
    """Return the problem of the first byte that is not UTF-8."""
    before = block[: error.start].decode("utf-8")
    line, column = position(before + "?", len(before), first, header)
    found = f"the byte 0x{block[error.start]:02X} (byte {error.start} of the lines from {first} on), which is not UTF-8"
    return fault(
        file, line, column, "encoding", found, "UTF-8 text", "Save the table as UTF-8; the encoding is never guessed."
    )


def position(text: str, offset: int, first: int, header: tuple[str, ...]) -> tuple[int, str]:
    """Return the line of an offset in a block and the column in which it stands."""
    before = text[:offset]
    start = before.rfind("\n") + 1
    cells = next(csv.reader([before[start:].replace("\0", "?").replace("\r", "?")]), [""])
    index = max(len(cells) - 1, 0)
    return first + before.count("\n"), header[index] if index < len(header) else f"column {index + 1}"


def normalised(file: TableFile, into: Path) -> Path:
    """Write the text without byte-order mark, with LF, in Unicode form C; return the path of the copy."""
    with into.open("wb") as copy:
        for number, block in blocks(file):
            text = block.decode("utf-8").replace("\r\n", "\n")
            text = text.removeprefix("\ufeff") if number == 1 else text
            copy.write(unicodedata.normalize("NFC", text).encode("utf-8"))
    return into


def ragged(file: TableFile, path: Path, columns: int) -> Iterator[Problem]:
    """Yield the rows that have another number of cells than the header, and quotes that do not close."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        line = 1
        try:
            for row in reader:
                if not row:
                    yield fault(file, line, "", "row", "a blank line", f"{columns} cells", "Take the line away.")
                elif reader.line_num > line:
                    yield fault(
                        file, line, "", "row", "a line break inside quotes", "each row on one line", "Close the quotes."
                    )
                elif len(row) != columns:
                    found = f"{len(row)} {'cell' if len(row) == 1 else 'cells'}"
                    yield fault(
                        file,
                        line,
                        "",
                        "row",
                        found,
                        f"{columns}, as in the header",
                        "Add or take away commas; quote text that has one.",
                    )
                line = reader.line_num + 1
        except csv.Error as error:
            yield fault(
                file,
                line,
                "",
                "quotes",
                str(error),
                "quotes that open and close a whole cell",
                'Write a quote inside a cell as "".',
            )
