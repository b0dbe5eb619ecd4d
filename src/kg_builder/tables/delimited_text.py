"""Tables as text with a row on each line: comma-separated, or tab-separated with the same quotes."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterator
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from kg_builder.core.problems import LISTED, Problem
from kg_builder.tables.header_row import PARTS
from kg_builder.tables.raw_text import normalised, scan_text
from kg_builder.tables.table_files import Row, Scan, TableFile


@dataclasses.dataclass(frozen=True)
class DelimitedText:
    """The format of files whose cells are separated by `delimiter`."""

    name: str
    ending: str
    delimiter: str

    @property
    def hint(self) -> str:
        """How to fix a file that the engine does not understand."""
        return f"Check quotes and {PARTS[self.delimiter]}."

    def scan(self, file: TableFile) -> Scan:
        """Return the result of one pass over the bytes; raise `ProblemsFound` if they are not clean text."""
        return scan_text(file, self.delimiter)

    def select(self, file: TableFile, scanned: Scan, copy: Path) -> tuple[str, list[Any]]:
        """Return the SQL of the rows, and its parameters; a text that has oddities is read from a normalised copy."""
        path = normalised(file, copy) if scanned.oddities else file.path
        before = len(scanned.preamble)
        rows = (
            f"SELECT row_number() OVER () + {before + 1} AS _line, * "
            f"FROM read_csv(?, header = true, auto_detect = false, delim = ?, "
            f"quote = '\"', escape = '\"', skip = {before}, columns = ?, max_line_size = 2000000)"
        )
        return rows, [str(path), self.delimiter, dict.fromkeys(scanned.header, "VARCHAR")]

    def row_problems(self, file: TableFile, scanned: Scan) -> list[Problem]:
        """Return the first rows with another number of cells than the header, and unclosed quotes; count the rest."""
        problems = self._row_problems(file, scanned)
        kept = list(islice(problems, LISTED))
        more = sum(1 for _ in problems)
        return [*kept[:-1], dataclasses.replace(kept[-1], more=more)] if kept else []

    def _row_problems(self, file: TableFile, scanned: Scan) -> Iterator[Problem]:
        """Yield the rows with a different number of cells than the header, and unclosed quotes."""
        columns, before = len(scanned.header), len(scanned.preamble)
        with file.path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(islice(stream, before, None), strict=True, delimiter=self.delimiter)
            line = 1 + before
            wanted = f"{columns}, as in the header"
            try:
                for row in reader:
                    if not row:
                        yield file.problem(
                            line, rule="row", found="a blank line", expected=f"{columns} cells", hint="Delete the line."
                        )
                    elif reader.line_num + before > line:
                        found = "a line break inside quotes"
                        expected, hint = "each row on one line", "Close the quotes."
                        yield file.problem(line, rule="row", found=found, expected=expected, hint=hint)
                    elif len(row) != columns:
                        found = f"{len(row)} {'cell' if len(row) == 1 else 'cells'}"
                        hint = f"Add or take away {PARTS[self.delimiter]}; quote text that has one."
                        yield file.problem(line, rule="row", found=found, expected=wanted, hint=hint)
                    line = reader.line_num + 1 + before
            except csv.Error as error:
                expected = "quotes that open and close a whole cell"
                hint = 'Write a quote inside a cell as "".'
                yield file.problem(line, rule="quotes", found=str(error), expected=expected, hint=hint)

    def rows(self, file: TableFile) -> Iterator[tuple[int, Row]]:
        """Yield the line and the cells of each row of a file without problems."""
        mark = file.table.comment
        with file.path.open(encoding="utf-8-sig", newline="") as stream:
            before = sum(1 for _ in takewhile(lambda line: mark and line.startswith(mark), stream))
            stream.seek(0)
            yield from enumerate(csv.DictReader(islice(stream, before, None), delimiter=self.delimiter), before + 2)

    def starts(self, path: Path, lines: set[int]) -> dict[tuple[int, str], int]:
        """Return the character, from 1, at which a cell begins, by its line and column."""
        found: dict[tuple[int, str], int] = {}
        header: list[str] = []
        with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as stream:
            for number, line in enumerate(islice(stream, max(lines)), 1):
                if not header and not line.startswith("#"):
                    header = [text.strip('"') for _, text in raw_cells(line.rstrip("\r\n"), self.delimiter)]
                if number in lines:
                    for name, (start, _) in zip(header, raw_cells(line.rstrip("\r\n"), self.delimiter), strict=False):
                        found.setdefault((number, name), start + 1)
        return found


def raw_cells(line: str, delimiter: str) -> Iterator[tuple[int, str]]:
    """Yield the offset of each cell of a line, and its raw text.

    >>> list(raw_cells('a,"b,c",d', ","))
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


CSV = DelimitedText("CSV (RFC 4180)", ".csv", ",")
TSV = DelimitedText("tab-separated text", ".tsv", "\t")
