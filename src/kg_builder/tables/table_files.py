"""Finds the table files of a project, and the table in the shapes for each file."""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kg_builder.core.problems import Location, Problem, ProblemsFound, quoted
from kg_builder.core.text_files import folder_of
from kg_builder.schema.model import SOURCE, Schema, Table


@dataclasses.dataclass(frozen=True)
class TableFile:
    """One file with rows of one table; `name` is its path within the project, for messages."""

    path: Path
    name: str
    source: str
    table: Table

    def problem(
        self, line: int = 0, *, field: str = "", column: int = 0, rule: str, found: str, expected: str, hint: str = ""
    ) -> Problem:
        """Return a problem of this file."""
        location = Location(self.name, line, field=field, column=column)
        return Problem(location, rule=rule, found=found, expected=expected, hint=hint, shape=self.table.shape)


def table_files(data: Path, schema: Schema) -> list[TableFile]:
    """Return the tables in `data/`, sorted by name; a table may be split into `findings.csv`, `findings.2.csv`, ….

    Raise `ProblemsFound` for folders and files that no shape describes.
    """
    problems: list[Problem] = []
    files: list[TableFile] = []
    folder_of(data, data.name, "tables")
    problems += _unread_files(data)
    for folder in sorted(entry for entry in data.iterdir() if entry.is_dir()):
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", folder.name):
            problems.append(
                Problem(
                    Location(f"{data.name}/{folder.name}"),
                    rule="folder",
                    found=f"the folder name {quoted(folder.name)}",
                    expected="lower-case ASCII words joined by hyphens",
                )
            )
            continue
        endings = sorted({table.ending for table in schema.tables_in(folder.name)})
        problems += _unread_files(folder, endings)
        for path in sorted(entry for entry in folder.iterdir() if entry.name.endswith(tuple(endings))):
            name = f"{data.name}/{folder.name}/{path.name}"
            table = schema.table_at(folder.name, path.name)
            if table:
                files.append(TableFile(path, name, folder.name, table))
            else:
                problems.append(_unknown_table(schema, folder.name, path, name))
    if problems:
        raise ProblemsFound(problems)
    return files


def _unread_files(folder: Path, endings: Sequence[str] = ()) -> Iterator[Problem]:
    """Yield the entries of a folder that no build reads, so that no row is lost silently."""
    for path in sorted(folder.iterdir()):
        read = path.name.endswith(tuple(endings)) if endings else path.is_dir()
        if not read and not path.name.startswith(".") and path.suffix != ".md":
            name = "/".join(path.parts[-3:] if endings else path.parts[-2:])
            yield Problem(
                Location(name),
                rule="unread",
                found="something that no build reads",
                expected=f"tables that end in {' or '.join(endings)}" if endings else "folders of tables",
                hint="Rename or move it.",
            )


def _unknown_table(schema: Schema, folder: str, path: Path, name: str) -> Problem:
    """Return the problem of a file that no shape describes."""
    here = [Path(table.url).name for table in schema.tables_in(folder)]
    elsewhere = [table.url for table in schema.tables if Path(table.url).name == path.name]
    close = difflib.get_close_matches(path.name, here, n=1)
    expected = "a table that a shape in ontology/shapes describes"
    hint = f"Did you mean {close[0]}?" if close else "Rename it or remove it."
    if elsewhere:
        place = elsewhere[0].replace(SOURCE, "a report's folder")
        expected, hint = "a table of this folder", f"Such rows belong into {place}."
    found = "a table that no shape describes"
    return Problem(Location(name), rule="table", found=found, expected=expected, hint=hint)


def size_of(files: Iterable[TableFile]) -> int:
    """Return the size of all files in bytes; an unreadable file counts as 0, and is refused when it is read."""
    size = 0
    for file in files:
        with contextlib.suppress(OSError):
            size += file.path.stat().st_size
    return size
