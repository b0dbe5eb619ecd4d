"""Reads untrusted tables in CSV or TSV as records for matching."""

from __future__ import annotations

import csv
import dataclasses
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from kg_builder.answers.labels import folded
from kg_builder.core.problems import Location, ProblemsFound, quoted
from kg_builder.linking.matching import Record, Word

DELIMITERS = {".csv": ",", ".tsv": "\t"}
"""The extensions of table files."""

LINE_LIMIT = 1_000_000
"""Maximum size of a line in bytes."""

CELL_LIMIT = 131_072
"""Maximum number of characters of a cell, over all its lines."""

IDS = frozenset({"id", "iri", "uri", "identifier"})
LABELS = re.compile(
    r"(pref|alt|alternative|hidden|other|short|full|english )?\s*(label|name|title|term)s?( [a-z]{2,3})?"
)
SAME = frozenset({"same as", "sameas", "exact match", "exactmatch"})
"""The folded headers of columns with identifiers, names, and addresses of the same thing elsewhere."""

IRI = re.compile(r"(https?:/|urn:)[^\s<>\"{}|\\^`]+", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Columns:
    """The roles of columns in a table; columns that are not named are found by their headers."""

    ids: str = ""
    labels: tuple[str, ...] = ()
    namespace: str = ""


def table_records(path: Path, given: Columns, scheme_of: Callable[[str], str]) -> Iterator[Record]:
    """Yield a record for each row of a table; raise `ProblemsFound` at the first error.

    `scheme_of` returns our property for the codes that a header names, or an empty text.
    Identifiers that are not IRIs are appended to `given.namespace`; without it, their records have no IRI.
    """
    rows = _rows_of(path)
    header = next(rows, (0, []))[1]
    if not any(header):
        raise ProblemsFound.at(
            Location(str(path), 1),
            rule="header",
            found="no header",
            expected="a line with the names of the columns",
            hint="Write one.",
        )
    places = {name: place for place, name in reversed([*enumerate(header)])}
    for name in filter(None, (given.ids, *given.labels)):
        if name not in places:
            raise ProblemsFound.at(
                Location(str(path), 1),
                rule="column",
                found=f"no column {quoted(name)}",
                expected=f"one of {', '.join(map(quoted, header))}",
            )
    ids = [places[given.ids]] if given.ids else [place for name, place in places.items() if folded(name) in IDS][:1]
    labels = [places[name] for name in given.labels] or [
        place for name, place in places.items() if LABELS.fullmatch(folded(name.replace("_", " ")))
    ]
    codes = [place for name, place in places.items() if scheme_of(name) and place not in labels]
    same = [place for name, place in places.items() if folded(name.replace("_", " ")) in SAME]
    if not (ids or labels or codes):
        raise ProblemsFound.at(
            Location(str(path), 1),
            rule="column",
            found=f"the columns {', '.join(map(quoted, header))}",
            expected="one called id or iri, label, name or title",
            hint="Name them by --label COLUMN and --id COLUMN.",
        )
    for _, row in rows:
        words = [Word(header[place], row[place].strip()) if place < len(row) else None for place in range(len(header))]

        def held(chosen: Sequence[int], words: Sequence[Word | None] = words) -> tuple[Word, ...]:
            return tuple(word for place in chosen if (word := words[place]) and word.text)

        own = next((word.text for word in held(ids)), "")
        yield Record(address(own, given.namespace), held(labels), held(codes), held(same))


def address(text: str, namespace: str) -> str:
    """Return an identifier as an IRI, empty if it is not one and there is no namespace."""
    if IRI.fullmatch(text):
        return text
    return namespace + quote(text, safe="") if namespace and text else ""


def _rows_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a table with their line numbers; raise `ProblemsFound` if it is not a table in UTF-8."""
    delimiter = DELIMITERS[path.suffix.lower()]
    reader = csv.reader(_lines_of(path), delimiter=delimiter, strict=True)
    width = 0
    try:
        for row in reader:
            if not width:
                width = len(row)
                if width == 1 and re.search("[;|\t,]", row[0]):
                    raise ProblemsFound.at(
                        Location(str(path), 1),
                        rule="delimiter",
                        found=f"the header {quoted(row[0])}",
                        expected="columns separated by commas in .csv, by tabs in .tsv",
                        hint="Save it like that.",
                    )
            if row and len(row) != width:
                raise ProblemsFound.at(
                    Location(str(path), reader.line_num),
                    rule="row",
                    found=f"{len(row)} {'cell' if len(row) == 1 else 'cells'}",
                    expected=f"{width}, as in the header",
                )
            if row:
                yield reader.line_num, row
    except csv.Error as error:
        raise ProblemsFound.at(
            Location(str(path), reader.line_num),
            rule="row",
            found=str(error),
            expected=f"cells of at most {CELL_LIMIT:,} characters, quotes that open and close a whole cell",
        ) from error


def _lines_of(path: Path) -> Iterator[str]:
    """Yield the lines of a file; raise `ProblemsFound` for special files, other encodings and endless lines."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ProblemsFound.at(
                Location(str(path)),
                rule="file",
                found="something that is not a file",
                expected="a plain file",
                hint="Remove it.",
            )
        with path.open("rb") as stream:
            number = 0
            while line := stream.readline(LINE_LIMIT + 1):
                number += 1
                if len(line) > LINE_LIMIT:
                    raise ProblemsFound.at(
                        Location(str(path), number),
                        rule="length",
                        found=f"a line of more than {LINE_LIMIT:,} bytes",
                        expected="shorter cells",
                        hint="Shorten the cell.",
                    )
                yield line.decode("utf-8-sig" if number == 1 else "utf-8").replace("\0", "\ufffd")
    except UnicodeDecodeError as error:
        raise ProblemsFound.at(
            Location(str(path), number),
            rule="encoding",
            found=f"the byte 0x{error.object[error.start]:02X}, which is not UTF-8",
            expected="UTF-8 text",
            hint="Save the table as UTF-8.",
        ) from error
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror or error})"
        raise ProblemsFound.at(Location(str(path)), rule="file", found=found, expected="a readable table") from error
