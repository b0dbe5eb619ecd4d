"""Lays an answer out as a table of a page: what all rows share stands above, things are links."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection

from kg_builder.answers import Answer, spaced, text
from kg_builder.directory import Link
from kg_builder.layout import is_number

IRI = "_iri"
"""A column `x_iri` holds the thing that the column `x` names; without such a column it is shown itself."""

FEW = 5
"""Columns from which on a single row is easier to read as a list."""


@dataclasses.dataclass(frozen=True)
class Table:
    """What all rows share, the headings with whether they hold numbers, and the rows; a list alone has no columns."""

    shared: tuple[tuple[str, Link], ...]
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Link, ...], ...]


def table(answer: Answer, link: Callable[[str, str], Link], hidden: Collection[str] = ()) -> Table:
    """Return an answer as a table without hidden and empty columns; `link` leads from an IRI and a text to a page."""
    columns = [
        (spaced(name), cells(answer, name, link))
        for name in answer.columns
        if name not in hidden and not (name.endswith(IRI) and name.removesuffix(IRI) in answer.columns)
    ]
    columns = [(name, found) for name, found in columns if any(cell.text for cell in found)]
    least = 1 if len(columns) > FEW else 2
    shared = [(name, found[0]) for name, found in columns if len(found) >= least and len(set(found)) == 1]
    rest = [(name, found) for name, found in columns if (name, found[0]) not in shared]
    return Table(
        tuple(shared),
        tuple((name, all(is_number(cell.text) for cell in found)) for name, found in rest),
        tuple(zip(*(found for _, found in rest), strict=True)),
    )


def cells(answer: Answer, name: str, link: Callable[[str, str], Link]) -> list[Link]:
    """Return the cells of a column, those that name things as links."""
    values = answer.column(name)
    named = name + IRI in answer.columns
    things = answer.column(name + IRI) if named else values
    return [
        link(thing, "" if thing == value else text(value))
        if isinstance(thing, str) and (named or is_thing(answer, thing))
        else Link(text(value))
        for value, thing in zip(values, things, strict=True)
    ]


def is_thing(answer: Answer, value: str) -> bool:
    """Return whether a value is the IRI of a thing of the graph."""
    return bool(answer.base) and value.startswith(answer.base)
