"""Checks a table file as text before it is parsed: UTF-8, a known header, no control characters, limited lines."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kg_builder.core.problems import LISTED, Problem, ProblemsFound
from kg_builder.tables.header_row import header_of, refuse_other_delimiters
from kg_builder.tables.preamble import parted
from kg_builder.tables.table_files import Scan, TableFile

LINE_LIMIT = 1_000_000
"""Maximum size of a line in bytes; a longer line is an error, whatever its cells."""

BLOCK = 1 << 20
OTHERS = r"\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]|\r(?!\n)"
TAB_IN_QUOTES = r'(?<![^\t\n])"(?:[^"\t\n]|"")*\t'
CONTROL = {
    ",": re.compile(rf"[\x00-\x09{OTHERS}"),
    "\t": re.compile(rf"[\x00-\x08{OTHERS}|{TAB_IN_QUOTES}"),
}
"""The forbidden characters in cells, by cell separator; the last character of a match is the one."""

SAVE_AS_UTF8 = "Save the table as UTF-8; the encoding is never guessed."


@dataclasses.dataclass(frozen=True)
class Block:
    """Some complete lines of a file: the number of the first, counted from 1, and the offset of its first byte."""

    line: int
    offset: int
    content: bytes


def scan_text(file: TableFile, delimiter: str) -> Scan:
    """Return the result of one pass over the bytes; raise `ProblemsFound` if they are not clean text.

    `BLOCK` and `LINE_LIMIT` limit the memory, whatever the size of the file; the report is limited too.
    """
    kept: dict[str, list[Problem]] = {}
    totals: Counter[str] = Counter()
    oddities: set[str] = set()
    preamble: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    lines = 0
    for block in _blocks(file):
        text = block.content.decode("utf-8", errors="replace")
        if block.line == 1:
            preamble, header = _opening(file, delimiter, block.content, text)
        for problem in _line_problems(file, delimiter, block, header, text):
            totals[problem.rule] += 1
            if totals[problem.rule] <= (1 if problem.rule == "encoding" else LISTED):
                kept.setdefault(problem.rule, []).append(problem)
        oddities |= set(oddities_of(text))
        lines = block.line + text.removesuffix("\n").count("\n")
    if not lines:
        problem = file.problem(
            rule="empty",
            found="an empty file",
            expected="a header line",
            hint="Delete the file or write its header.",
        )
        raise ProblemsFound([problem])
    if kept:
        more = {rule: dataclasses.replace(found[-1], more=totals[rule] - len(found)) for rule, found in kept.items()}
        raise ProblemsFound(each for rule, found in kept.items() for each in (*found[:-1], more[rule]))
    return Scan(header, lines - len(preamble) - 1, preamble, tuple(sorted(oddities)))


def _opening(file: TableFile, delimiter: str, content: bytes, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines before the header, and the header; raise `ProblemsFound` if it does not match the table."""
    refuse_other_encodings(file, content)
    preamble, lines = parted(text, file.table.comment)
    number, line = len(preamble) + 1, next(iter(lines), "")
    refuse_other_delimiters(file, delimiter, number, line)
    if match := CONTROL[delimiter].search(line):
        raise ProblemsFound([_control_problem(file, delimiter, number, (), line, match)])
    return preamble, header_of(file, delimiter, number, line)


def _line_problems(
    file: TableFile, delimiter: str, block: Block, header: tuple[str, ...], text: str
) -> Iterator[Problem]:
    """Yield the problems of the lines of a block: bytes that are not UTF-8, length, control characters."""
    control = CONTROL[delimiter]
    if "\ufffd" not in text and len(block.content) <= LINE_LIMIT and not control.search(text):
        return
    offset = block.offset
    for number, content in enumerate(block.content.split(b"\n"), block.line):
        if len(content) > LINE_LIMIT:
            cells = content.split(delimiter.encode())
            longest = max(range(len(cells)), key=lambda index: len(cells[index]))
            column = "" if _is_metadata(file, content.decode("utf-8", errors="replace")) else _name_at(longest, header)
            yield file.problem(
                number,
                field=column,
                rule="length",
                found=f"a line of more than {LINE_LIMIT:,} bytes",
                expected="shorter cells",
                hint="Shorten the cell.",
            )
            continue
        try:
            line = content.decode("utf-8").removesuffix("\r")
            if match := control.search(line):
                yield _control_problem(file, delimiter, number, header, line, match)
        except UnicodeDecodeError as error:
            column = _column_at(file, delimiter, content[: error.start].decode("utf-8"), header)
            byte = f"0x{content[error.start]:02X} at offset {offset + error.start}"
            yield file.problem(
                number,
                field=column,
                rule="encoding",
                found=f"the byte {byte}, which is not UTF-8",
                expected="UTF-8 text",
                hint=SAVE_AS_UTF8,
            )
        offset += len(content) + 1


def _control_problem(
    file: TableFile, delimiter: str, number: int, header: tuple[str, ...], line: str, match: re.Match[str]
) -> Problem:
    """Return the problem for the first control character of a line."""
    place = match.end() - 1
    found = f"the control character U+{ord(line[place]):04X}"
    expected, hint = "plain text without it", "Take it out; a cell has no line break or tab."
    if len(match[0]) > 1:
        found, hint = "a tab inside quotes", f"Close the quotes. {hint}"
    if _is_metadata(file, line):
        found, hint = f"{found} at column {place + 1}", "Take it out."
        return file.problem(number, column=place + 1, rule="control", found=found, expected=expected, hint=hint)
    column = _column_at(file, delimiter, line[:place], header)
    return file.problem(number, field=column, rule="control", found=found, expected=expected, hint=hint)


def _blocks(file: TableFile) -> Iterator[Block]:
    """Yield the file in blocks of complete lines; for a line that is too long, yield its beginning and stop."""
    try:
        if not stat.S_ISREG(file.path.stat().st_mode):
            problem = file.problem(
                rule="file", found="something that is not a file", expected="a plain file", hint="Remove it."
            )
            raise ProblemsFound([problem])
        line, offset, rest = 1, 0, b""
        with file.path.open("rb") as stream:
            while read := stream.read(BLOCK):
                head, newline, tail = read.rpartition(b"\n")
                if newline:
                    block = Block(line, offset, rest + head + newline)
                    yield block
                    line += head.count(b"\n") + 1
                    offset += len(block.content)
                    rest = tail
                else:
                    rest += tail
                if len(rest) > LINE_LIMIT:
                    break
        if rest:
            yield Block(line, offset, rest)
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror or error})"
        problem = file.problem(rule="file", found=found, expected="a readable file")
        raise ProblemsFound([problem]) from error


def refuse_other_encodings(file: TableFile, content: bytes) -> None:
    """Raise `ProblemsFound` for UTF-16, with or without a byte-order mark: every second byte of ASCII names is zero."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in {content[:1], content[1:2]}:
        problem = file.problem(1, rule="encoding", found="UTF-16 text", expected="UTF-8 text", hint=SAVE_AS_UTF8)
        raise ProblemsFound([problem])


def oddities_of(text: str) -> Iterator[str]:
    """Yield what is accepted in a text but normalised."""
    if text.startswith("\ufeff"):
        yield "a byte-order mark"
    if "\r" in text:
        yield "CRLF line ends"
    if not unicodedata.is_normalized("NFC", text):
        yield "decomposed letters"


def _column_at(file: TableFile, delimiter: str, before: str, header: tuple[str, ...]) -> str:
    """Return the column that a line has reached after a part of it; the metadata before a table have none."""
    if _is_metadata(file, before):
        return ""
    cells = next(csv.reader([CONTROL[delimiter].sub("?", before)], delimiter=delimiter), [])
    return _name_at(max(len(cells) - 1, 0), header)


def _is_metadata(file: TableFile, line: str) -> bool:
    """Return whether a line, or its beginning, is one of those that can precede a table."""
    return bool(file.table.comment and line.startswith(file.table.comment))


def _name_at(index: int, header: tuple[str, ...]) -> str:
    """Return the name of a column, or its number where it has no name."""
    return header[index] if index < len(header) else f"column {index + 1}"


def normalised(file: TableFile, into: Path) -> Path:
    """Write the text without a byte-order mark, with LF, in Unicode form C; return the path of the copy."""
    with into.open("wb") as copy:
        for block in _blocks(file):
            text = block.content.decode("utf-8").replace("\r\n", "\n")
            text = text.removeprefix("\ufeff") if block.line == 1 else text
            copy.write(unicodedata.normalize("NFC", text).encode("utf-8"))
    return into
