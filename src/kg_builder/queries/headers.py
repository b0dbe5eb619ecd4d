"""The kinds of stored queries, each with its folder, query form, columns, and typed header keys.

A header is YAML in lines that begin with `#+`, as in grlc (https://grlc.readthedocs.io).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Literal

from kg_builder.core.problems import Problem
from kg_builder.core.strict_yaml import (
    Field,
    Fields,
    as_flag,
    as_match,
    as_number,
    as_pairs,
    as_records,
    as_text,
    as_texts,
    read_marked,
)

MARK = "#+"

LAST = 99
"""The order of a section whose header gives none."""

Severity = Literal["error", "warning", "note"]


@dataclasses.dataclass(frozen=True)
class Section:
    """A section on the pages of the things in one column, with some or all of the other columns."""

    column: str
    heading: str
    order: int = LAST
    shown: Literal["table", "charts"] = "table"
    columns: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class QueryHeader:
    """The contents of a header; the kind of query decides which keys are allowed. `lines` has the line of each key."""

    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()
    section: tuple[Section, ...] = ()
    chart: bool = False
    home: bool = False
    guarded_by: str = ""
    hint: str = ""
    severity: Severity = "error"
    graph: str = "derived"
    order: int = 0
    hidden: tuple[str, ...] = ()
    whole: bool = False
    services: tuple[str, ...] = ()
    lines: Mapping[str, int] = dataclasses.field(default_factory=dict)

    def line(self, key: str) -> int:
        """Return the line of a key in the file, 1 if it is missing."""
        return self.lines.get(key, 1)


@dataclasses.dataclass(frozen=True)
class QueryKind:
    """A kind of stored query: the keys of its header, whether it makes triples, and its required columns."""

    fields: Fields
    makes_triples: bool = False
    columns: tuple[str, ...] = ()
    exact: bool = False
    why: str = "An answer is a table."


TEXT = Field(as_text, "a text")
FLAG = Field(as_flag, "true or false")
SUMMARY = Field(as_text, "which says in one line what the query asks", required=True)
SECTION_FIELDS: Fields = {
    "column": Field(as_text, "the column that holds the thing", required=True),
    "heading": Field(as_text, "the heading of the section", required=True),
    "order": Field(as_number, "a whole number"),
    "shown": Field(as_match("table|charts"), "table or charts"),
    "columns": Field(as_texts, "a list of columns"),
}
SECTIONS = Field(as_records(SECTION_FIELDS, Section), "a list with a column and a heading each")
COMMON: Fields = {"summary": SUMMARY, "description": TEXT}
QUESTION: Fields = {
    **COMMON,
    "description": Field(as_text, "which says what a row is and how to read it", required=True),
    "tags": Field(as_texts, "a list of topics, the main topic first", required=True),
    "defaults": Field(as_pairs, "a list with `NAME: VALUE` for each parameter"),
    "chart": FLAG,
}

KINDS: dict[str, QueryKind] = {
    "answers": QueryKind({**QUESTION, "section": SECTIONS, "home": FLAG, "guarded_by": TEXT}),
    "federated": QueryKind(
        {**QUESTION, "services": Field(as_texts, "a list of the services that it asks", required=True)}
    ),
    "checks": QueryKind(
        {**COMMON, "hint": TEXT, "severity": Field(as_match("error|warning|note"), "error, warning or note")},
        columns=("this",),
        why="Every row names the thing at fault.",
    ),
    "derive": QueryKind(
        {**COMMON, "graph": Field(as_match("[a-z0-9]+(-[a-z0-9]+)*"), "lower-case ASCII words joined by hyphens")},
        makes_triples=True,
    ),
    "bridges": QueryKind(COMMON, makes_triples=True),
    "pages": QueryKind({**COMMON, "section": dataclasses.replace(SECTIONS, required=True)}),
    "views": QueryKind(
        {
            **COMMON,
            "order": Field(as_number, "a whole number"),
            "hidden": Field(as_texts, "a list of kinds of things"),
            "whole": FLAG,
        },
        columns=("from", "relation", "to", "reservation"),
        exact=True,
        why="Every row is a line that is drawn.",
    ),
    "find": QueryKind(COMMON),
}
"""The kinds of stored queries by their folders in `queries/`."""


def read_header(file: str, text: str, kind: str) -> tuple[QueryHeader, list[Problem]]:
    """Return the header of a query, with all its problems."""
    lines = enumerate(text.replace("\r\n", "\n").split("\n"), 1)
    marked = ((number, line) for number, line in lines if line.startswith(MARK))
    values, places, problems = read_marked(file, marked, MARK, KINDS[kind].fields, "a header", rule="header")
    return QueryHeader(**values, lines=places), problems
