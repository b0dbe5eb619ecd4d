"""Finds the table files of a project, and the table in the shapes for each file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from kg_builder.core.problems import Location, Problem, ProblemsFound, quoted
from kg_builder.core.text_files import folder_of
from kg_builder.schema.model import SOURCE, Schema, Table
from kg_builder.tables.input_formats import INPUT_FORMATS, format_of
from kg_builder.tables.table_files import TableFile

RELEASED = "data/released.txt"
"""The list of all addresses that were ever released, without the base, sorted by code point, one a line."""
IMPORTS = "imports"
"""The folder of a report with the maps of its imports; no build reads it."""


def table_files(data: Path, schema: Schema) -> list[TableFile]:
    """Return the tables in `data/`, sorted by name; a table may be split into `findings.csv`, `findings.2.tsv`, ….

    Raise `ProblemsFound` for folders and files that no shape describes, and for a part in two formats.
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
        endings = sorted({ending for table in schema.tables_in(folder.name) for ending in _endings(table)})
        parts: dict[str, str] = {}
        problems += _unread_files(folder, endings)
        # in the order of the published tables, whatever their format
        entries = (entry for entry in folder.iterdir() if entry.name.endswith(tuple(endings)))
        for path in sorted(entries, key=lambda entry: (entry.with_suffix(".csv").name, entry.name)):
            name = f"{data.name}/{folder.name}/{path.name}"
            table, form = schema.table_at(folder.name, path.name), format_of(path.name)
            if table and form:
                file = TableFile(path, name, folder.name, table, form)
                files.append(file)
                if (former := parts.setdefault(file.published, path.name)) != path.name:
                    found, hint = f"the same part as {former}", "Remove one of them, or give it another number."
                    expected = "each part of a table once"
                    problems.append(file.problem(rule="table", found=found, expected=expected, hint=hint))
            else:
                problems.append(_unknown_table(schema, folder.name, path, name))
    if problems:
        raise ProblemsFound(problems)
    return files


def _endings(table: Table) -> list[str]:
    """Return how the names of the files of a table may end; lines before the header need the ending of the shape."""
    return [table.ending] if table.comment else [each.ending for each in INPUT_FORMATS]


def _unread_files(folder: Path, endings: Sequence[str] = ()) -> Iterator[Problem]:
    """Yield the entries of a folder that no build reads, so that no row is lost silently."""
    for path in sorted(folder.iterdir()):
        if endings and path.name == IMPORTS:
            continue
        read = path.name.endswith(tuple(endings)) if endings else path.is_dir() or RELEASED.endswith(f"/{path.name}")
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
    canonical = path.with_suffix(Path(here[0]).suffix).name
    elsewhere = [
        table.url
        for table in schema.tables
        if any(fnmatch(name, Path(table.url).name) for name in (canonical, path.name))
    ]
    close = difflib.get_close_matches(canonical, here, n=1)
    expected = "a table that a shape in ontology/shapes describes"
    hint = f"Did you mean {Path(close[0]).with_suffix(path.suffix)}?" if close else "Rename it or remove it."
    if elsewhere:
        place = elsewhere[0].replace(SOURCE, "a report's folder")
        expected, hint = "a table of this folder", f"Such rows belong into {place}."
    found = "a table that no shape describes"
    return Problem(Location(name), rule="table", found=found, expected=expected, hint=hint)
