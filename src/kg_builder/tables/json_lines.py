"""Tables as JSON Lines: an object of texts on each line."""

from __future__ import annotations

import dataclasses
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg_builder.core.problems import Problem, ProblemsFound, quoted
from kg_builder.tables.table_files import Row, Scan, TableFile, fault


@dataclasses.dataclass(frozen=True)
class JsonLines:
    """The format of files with an object on each line."""

    name: str = "JSON Lines"
    ending: str = ".jsonl"
    hint: str = "Check braces and quotes."

    def scan(self, file: TableFile) -> Scan:
        """Return the result of a first pass."""
        problems: list[Problem] = []
        known = {column.name for column in file.table.columns}
        rows, odd = 0, False
        with file.path.open(encoding="utf-8") as stream:
            for rows, line in enumerate(stream, 1):  # noqa: B007
                odd = odd or not unicodedata.is_normalized("NFC", line)
                try:
                    cells = json.loads(line)
                except ValueError as error:
                    problems.append(fault(file, rows, "", "row", str(error), "an object", self.hint))
                    continue
                for key, value in cells.items():
                    if key not in known or not isinstance(value, str):
                        found = f"{quoted(key)} with {quoted(str(value))}"
                        problems.append(fault(file, rows, key, "row", found, "a column with a text"))
        if problems:
            raise ProblemsFound(problems)
        header = tuple(column.name for column in file.table.columns)
        return Scan(header, rows, oddities=("decomposed letters",) if odd else ())

    def select(self, file: TableFile, scanned: Scan, copy: Path) -> tuple[str, list[Any]]:
        """Return the SQL of the rows, and its parameters."""
        path = file.path
        if scanned.oddities:
            copy.write_text(unicodedata.normalize("NFC", path.read_text("utf-8")), "utf-8")
            path = copy
        cells = ", ".join(f'nullif("{column}", \'\') AS "{column}"' for column in scanned.header)
        rows = f"SELECT row_number() OVER () AS _line, {cells} FROM read_json(?, format = 'newline_delimited', columns = ?)"
        return rows, [str(path), dict.fromkeys(scanned.header, "VARCHAR")]

    def row_problems(self, file: TableFile, scanned: Scan) -> list[Problem]:  # noqa: ARG002
        """Return no problems: the first pass has looked for all."""
        return []

    def rows(self, file: TableFile) -> Iterator[tuple[int, Row]]:
        """Yield the line and the cells of each row."""
        empty = {column.name: "" for column in file.table.columns}
        with file.path.open(encoding="utf-8") as stream:
            yield from ((number, empty | json.loads(line)) for number, line in enumerate(stream, 1))

    def starts(self, path: Path, lines: set[int]) -> dict[tuple[int, str], int]:
        """Return the character at which a cell begins."""
        found: dict[tuple[int, str], int] = {}
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                if number in lines:
                    found |= {(number, key): line.index(json.dumps(key)) + 1 for key in json.loads(line)}
        return found
