"""Reads the map of an import: what the columns of a publisher's table stand for."""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kg_builder.core.problems import Location, Problem, ProblemsFound, quoted
from kg_builder.core.terms import KG
from kg_builder.core.text_files import text_of
from kg_builder.schema.model import Table

HEADER_ROWS = 5
"""No header has more rows."""

LAYOUTS = ("long", "wide")
TOP: dict[str, Any] = {
    "file": str, "sheet": str, "header_rows": int, "layout": str, "where": dict, "language": str, "decimal": str,
    "thousands": str, "sha256": str, "rows": (dict, list), "columns": dict, "set": dict,
}  # fmt: skip
OF_KEYS = {"column": str, "to": str, "question": str, "new": str, "values": dict, "pattern": str}


@dataclasses.dataclass(frozen=True)
class Key:
    """A column of the source whose cells name something: `to` is the column of our table.

    `values` replace cells, `pattern` takes a part of a cell, `question` is that of the options that are named, and
    `new` says that rows may be made for what is unknown.
    """

    column: str
    to: str
    question: str = ""
    new: bool = False
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    pattern: str = ""


@dataclasses.dataclass(frozen=True)
class ValueColumn:
    """A column of the source with printed values, and the cells that all of them have in common."""

    column: str
    cells: Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class ImportMap:
    """What the columns of a source stand for. `fixed` are the cells of every row; `where` are patterns of cells."""

    keys: tuple[Key, ...] = ()
    values: tuple[ValueColumn, ...] = ()
    fixed: Mapping[str, str] = dataclasses.field(default_factory=dict)
    where: Mapping[str, str] = dataclasses.field(default_factory=dict)
    decimal: str = ""
    sheet: str = ""
    header_rows: int = 1

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the source that the map names."""
        named = (*(key.column for key in self.keys), *(value.column for value in self.values), *self.where)
        return tuple(dict.fromkeys(named))


def read_map(path: Path, table: Table) -> ImportMap:
    """Return the map in a TOML file, for rows of a table; raise `ProblemsFound` with all its errors."""
    return parse_map(text_of(path, str(path), "TOML"), str(path), table)


def parse_map(text: str, name: str, table: Table) -> ImportMap:
    """Return the map in a TOML text; `name` is its file in messages."""
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = int(found[1]) if (found := re.search(r"line (\d+)", str(error))) else 0
        raise ProblemsFound.at(
            Location(name, line), rule="map", found=f"a text that is not TOML ({error})", expected="TOML 1.0"
        ) from error
    problems = [*_faults(stated, _Place(text, name), table)]
    if problems:
        raise ProblemsFound(problems)
    rows = stated.get("rows", [])
    columns: Mapping[str, Any] = stated.get("columns", {})
    keys = [_key(each["column"], each) for each in ([rows] if isinstance(rows, dict) else rows)]
    printed = _printed_column(table)
    if stated.get("layout") == "long":
        keys += [_key(column, each) for column, each in columns.items() if each["to"] != printed]
        values = [ValueColumn(column, {}) for column, each in columns.items() if each["to"] == printed]
    else:
        values = [ValueColumn(column, _texts(each)) for column, each in columns.items()]
    decimal = stated.get("decimal", "") or {".": ",", ",": "."}.get(stated.get("thousands", ""), "")
    return ImportMap(
        keys=tuple(keys),
        values=tuple(values),
        fixed=_texts(stated.get("set", {})),
        where=_texts(stated.get("where", {})),
        decimal=decimal,
        sheet=stated.get("sheet", ""),
        header_rows=stated.get("header_rows", 1),
    )


@dataclasses.dataclass(frozen=True)
class _Place:
    """The text of a map, to find the lines of its keys."""

    text: str
    name: str

    def problem(self, key: str, *, found: str, expected: str, hint: str = "") -> Problem:
        """Return a problem of a key, at the first line that begins with it or holds it."""
        lines = self.text.splitlines()
        begins = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.\]]|\s*\[+\s*[\"']?{re.escape(key)}\b")
        numbers = [number for number, line in enumerate(lines, 1) if begins.match(line)]
        numbers += [number for number, line in enumerate(lines, 1) if key and key in line]
        return Problem(
            Location(self.name, numbers[0] if numbers else 0), rule="map", found=found, expected=expected, hint=hint
        )


def _faults(stated: Mapping[str, Any], place: _Place, table: Table) -> Iterator[Problem]:
    """Yield the errors of a map."""
    yield from _unknown_keys(stated, TOP, place)
    typed = {key: each for key, each in stated.items() if key in TOP and isinstance(each, TOP[key])}
    for key in [key for key in stated if key in TOP and key not in typed]:
        yield place.problem(key, found=f"{key} of another type", expected=_called(TOP[key]))
    yield from _value_faults(typed, place)
    rows = typed.get("rows", [])
    for each in [rows] if isinstance(rows, dict) else rows:
        yield from _key_faults("rows", each, place, table, {"column", "to"})
    yield from _column_faults(typed, place, table)
    yield from _cell_faults(typed.get("set", {}), "set", place, table)


def _value_faults(typed: Mapping[str, Any], place: _Place) -> Iterator[Problem]:
    """Yield the values that a map cannot have."""
    layout = typed.get("layout", "wide")
    if layout not in LAYOUTS:
        yield place.problem("layout", found=f"the layout {quoted(layout)}", expected="long or wide")
    for mark in ("decimal", "thousands"):
        if typed.get(mark, ".") not in {".", ","}:
            yield place.problem(mark, found=f"{mark} {quoted(typed[mark])}", expected="a point or a comma")
    if "decimal" in typed and typed["decimal"] == typed.get("thousands"):
        yield place.problem("thousands", found="one mark for decimals and thousands", expected="two different marks")
    if not 1 <= typed.get("header_rows", 1) <= HEADER_ROWS:
        number = str(typed["header_rows"])
        yield place.problem("header_rows", found=f"{number} header rows", expected=f"a number from 1 to {HEADER_ROWS}")


def _column_faults(typed: Mapping[str, Any], place: _Place, table: Table) -> Iterator[Problem]:
    """Yield the errors of what columns stand for."""
    columns, is_long = typed.get("columns", {}), typed.get("layout") == "long"
    if not columns:
        yield place.problem("columns", found="no [columns]", expected="the columns with values")
        return
    targets = set()
    for column, each in columns.items():
        if not isinstance(each, dict):
            yield place.problem(column, found=f"{quoted(column)} without braces", expected="{ … }")
        elif is_long:
            targets.add(each.get("to"))
            yield from _key_faults(column, each, place, table, {"to"})
        else:
            yield from _cell_faults(each, column, place, table)
    printed = _printed_column(table)
    if is_long and printed not in targets:
        yield place.problem("columns", found="no column with values", expected=f'one column with to = "{printed}"')


def _key_faults(name: str, each: Any, place: _Place, table: Table, needed: set[str]) -> Iterator[Problem]:
    """Yield the errors of what a column stands for."""
    if not isinstance(each, dict):
        yield place.problem(name, found=f"{name} without braces", expected="{ … }")
        return
    yield from _unknown_keys(each, OF_KEYS, place)
    for key in sorted(needed - set(each)):
        yield place.problem(name, found=f"{quoted(name)} without {key}", expected=f"{key} = …")
    for key, value in each.items():
        if key in OF_KEYS and not isinstance(value, OF_KEYS[key]):
            yield place.problem(key, found=f"{key} of another type", expected=_called(OF_KEYS[key]))
    if "to" in each:
        yield from _cell_faults({each["to"]: ""}, name, place, table)
    if each.get("new", "ask") != "ask":
        yield place.problem("new", found=f"new = {quoted(str(each['new']))}", expected='new = "ask"')
    try:
        groups = re.compile(str(each.get("pattern", "()"))).groups
    except re.error:
        groups = 0
    if groups != 1:
        found = f"the pattern {quoted(str(each['pattern']))}"
        yield place.problem("pattern", found=found, expected="a regular expression with one pair of brackets")


def _cell_faults(cells: Mapping[str, Any], name: str, place: _Place, table: Table) -> Iterator[Problem]:
    """Yield the names that are no columns of our table."""
    known = [column.name for column in table.columns if column.name != "id"]
    for key in cells:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            yield place.problem(
                str(key) if name in {"set", "rows"} else name,
                found=f"{quoted(str(key))} for {quoted(name)}",
                expected=f"a column of {Path(table.url).name}",
                hint=f"Did you mean {near[0]}?" if near else f"Columns are {', '.join(known)}.",
            )


def _unknown_keys(stated: Mapping[str, Any], known: Mapping[str, Any], place: _Place) -> Iterator[Problem]:
    for key in stated:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else ""
            yield place.problem(
                key, found=f"the unknown key {quoted(key)}", expected=f"one of {', '.join(known)}", hint=hint
            )


def _called(kind: Any) -> str:
    return {str: "a text", int: "a whole number", dict: "a table"}.get(kind, "a table, or a list of tables")


def _key(column: str, each: Mapping[str, Any]) -> Key:
    return Key(
        column=column,
        to=each["to"],
        question=each.get("question", ""),
        new="new" in each,
        values=_texts(each.get("values", {})),
        pattern=each.get("pattern", ""),
    )


def _texts(stated: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in stated.items()}


def _printed_column(table: Table) -> str:
    """Return the name of the column for what is printed."""
    column = table.column_of(str(KG.printed))
    return column.name if column else ""
