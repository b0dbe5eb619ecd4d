"""Finds the table files of a project, and the table in the shapes for each file."""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kg_builder.core.problems import Problem, ProblemsFound, quoted
from kg_builder.core.text_files import folder_of
from kg_builder.schema.model import SOURCE, Schema, Table


@dataclasses.dataclass(frozen=True)
class TableFile:
    """One file with rows of one table; `name` is its path within the project, for messages."""

    path: Path
    name: str
    source: str
    table: Table


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
            found = f"the folder name {quoted(folder.name)}"
            problems.append(
                Problem(
                    f"{data.name}/{folder.name}", 0, "", "folder", found, "lower-case ASCII words joined by hyphens"
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
                problems.append(
                    Problem(
                        name,
                        0,
                        "",
                        "table",
                        "a table that no shape describes",
                        *_unknown_table(schema, folder.name, path),
                    )
                )
    if problems:
        raise ProblemsFound(problems)
    return files


def _unread_files(folder: Path, endings: Sequence[str] = ()) -> Iterator[Problem]:
    """Yield the entries of a folder that no build reads, so that no row is lost silently."""
    for path in sorted(folder.iterdir()):
        read = path.name.endswith(tuple(endings)) if endings else path.is_dir()
        if not read and not path.name.startswith(".") and path.suffix != ".md":
            name = "/".join(path.parts[-3:] if endings else path.parts[-2:])
            expected = f"tables that end in {' or '.join(endings)}" if endings else "folders of tables"
            yield Problem(name, 0, "", "unread", "something that no build reads", expected, "Rename or move it.")


def _unknown_table(schema: Schema, folder: str, path: Path) -> tuple[str, str]:
    """Return the expected name of an unknown file, and how to fix it."""
    here = [Path(table.url).name for table in schema.tables_in(folder)]
    elsewhere = [table.url for table in schema.tables if Path(table.url).name == path.name]
    if elsewhere:
        place = elsewhere[0].replace(SOURCE, "a report's folder")
        return "a table of this folder", f"Such rows belong into {place}."
    close = difflib.get_close_matches(path.name, here, n=1)
    return (
        "a table that a shape in ontology/shapes describes",
        f"Did you mean {close[0]}?" if close else "Rename it or remove it.",
    )


def size_of(files: Iterable[TableFile]) -> int:
    """Return the size of all files in bytes; an unreadable file counts as 0, and is refused when it is read."""
    size = 0
    for file in files:
        with contextlib.suppress(OSError):
            size += file.path.stat().st_size
    return size


def fault(file: TableFile, line: int, column: str, rule: str, found: str, expected: str, hint: str = "") -> Problem:
    """Return a problem of a table file."""
    return Problem(file.name, line, column, rule, found, expected, hint, shape=file.table.shape)


def refusal(
    file: TableFile, line: int, column: str, rule: str, found: str, expected: str, hint: str = ""
) -> ProblemsFound:
    """Return the exception for a file that cannot be read any further."""
    return ProblemsFound([fault(file, line, column, rule, found, expected, hint)])
