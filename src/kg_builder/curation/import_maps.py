"""Changes the name of a thing in import maps, the TOML files beside a report that say how files are imported."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg_builder.core.problems import Location, ProblemsFound, quoted
from kg_builder.core.text_files import text_of
from kg_builder.tables.row_edits import replaced

TO, VALUES = "to", "values"
"""The keys of a map that name a column of our tables, and list what stands for its values."""

Renames = Mapping[str, tuple[str, str]]
"""The former and the new cell of a thing, by the column that names it."""

MapEdit = tuple[str, int, str, str, str]
"""A changed value: file, line, column, the former value, the new one."""


def edited_maps(root: Path, paths: Iterable[Path], named: Renames) -> tuple[dict[Path, bytes], list[MapEdit]]:
    """Return the maps that name a thing, with its new name, and their edits; all other bytes stay.

    Raise `ProblemsFound` for a map that is no TOML, or that names the thing where it is not found in the text.
    """
    contents: dict[Path, bytes] = {}
    listed: list[MapEdit] = []
    for path in paths:
        file = path.relative_to(root).as_posix()
        text = text_of(path, file, "TOML")
        if not any(_uses(_parsed(text, file), named)):
            continue
        lines = text.split("\n")
        for number, line in enumerate(lines, 1):
            lines[number - 1], edits = _edited(line, named)
            listed += [(file, number, *edit) for edit in edits]
        if left := next(_uses(_parsed("\n".join(lines), file), named), None):
            column, value = left
            raise ProblemsFound.at(
                Location(file, field=column),
                rule="syntax",
                found=f"{quoted(value)} in a form that is not edited",
                expected='column = "value" on one line',
                hint="Change it by hand first.",
            )
        contents[path] = "\n".join(lines).encode()
    return contents, listed


def _parsed(text: str, file: str) -> dict[str, Any]:
    """Return the values of a map; raise `ProblemsFound` if it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProblemsFound.at(Location(file), rule="syntax", found=str(error), expected="TOML") from error


def _uses(value: Any, named: Renames, column: str = "") -> Iterator[tuple[str, str]]:
    """Yield the columns and values of a map that name the thing."""
    if isinstance(value, dict):
        of_values = str(value.get(TO, ""))
        for key, each in value.items():
            inner = of_values if key == VALUES else column if column and key not in named else key
            yield from _uses(each, named, inner)
    elif isinstance(value, list):
        for each in value:
            yield from _uses(each, named, column)
    elif isinstance(value, str) and column in named and named[column][0] in value.split(";"):
        yield column, value


def _edited(line: str, named: Renames) -> tuple[str, list[tuple[str, str, str]]]:
    """Return a line with the new name of a thing, and the edits."""
    edits = []
    to = re.search(rf'\b{TO}\s*=\s*"([^"]*)"', line)
    for column, (old, new) in named.items():
        keys = r'(?:"[^"]*"|[\w-]+)' if to and to[1] == column and VALUES in line else rf'(?<![\w"-])"?{column}"?'
        for found in [*re.finditer(rf'({keys}\s*=\s*)"([^"\\]*)"', line)]:
            if old in found[2].split(";"):
                value = replaced(found[2], ";", old, new)
                edits.append((column, found[2], value))
                line = line.replace(found[0], f'{found[1]}"{value}"')
    return line, edits
