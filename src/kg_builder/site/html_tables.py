"""Lays an answer out as a table on a page: values that all rows share are above it, things are links."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from itertools import zip_longest

from markupsafe import Markup, escape

from kg_builder.answers.answer import Answer, spaced, text
from kg_builder.answers.terminal_tables import is_number
from kg_builder.core.iris import ABSOLUTE
from kg_builder.site.page_index import Link

IRI = "_iri"
"""A column `x_iri` holds the thing that the column `x` names; without a column `x`, `x_iri` itself is shown."""

LONG = 40
"""From this many characters, a cell is wide."""

REPEATED = 30
"""From this many characters, a text is not repeated in the next row."""

ALWAYS_SHOWN = ("population", "of whom", "where")
"""Columns whose texts are shown in every row, so that no number appears without its base."""

ADDRESS = re.compile(ABSOLUTE)
"""The beginning of a cell that is an address."""

FEW = 5
"""From this many columns, a single row is easier to read as a list."""


@dataclasses.dataclass(frozen=True)
class Table:
    """The values that all rows share, the headings with whether they are numeric, and the rows; a list has no columns.

    `anchors` are the ids of the rows, empty for rows without links to them.
    """

    shared: tuple[tuple[str, Link], ...]
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Link, ...], ...]
    anchors: tuple[str, ...] = ()

    def body(self, root: str) -> Markup:
        """Return the rows in HTML; `root` is the relative path from the page to the root of the site.

        A long text that repeats the row above is marked as a repetition. There are hundreds of thousands of cells,
        and a template would take ten times as long.
        """
        repeatable = [name not in ALWAYS_SHOWN for name, _ in self.columns]
        numbers = [number for _, number in self.columns]
        above: Sequence[Link | None] = [None] * len(self.columns)
        lines = []
        for anchor, row in zip_longest(self.anchors, self.rows):
            cells = [
                _cell_html(link, root, number=number, again=may_repeat and link == before)
                for link, before, number, may_repeat in zip(row, above, numbers, repeatable, strict=True)
            ]
            lines.append(f"<tr{_row_id(anchor)}>{''.join(cells)}</tr>\n")
            above = row
        return Markup("".join(lines))  # noqa: S704  (its texts are escaped)


def _row_id(anchor: str | None) -> str:
    """Return the id attribute that makes a row a link target."""
    return f' id="{escape(anchor)}"' if anchor else ""


@lru_cache(50_000)
def _cell_html(link: Link, root: str, *, number: bool, again: bool) -> str:
    """Return a cell in HTML; cached, because many cells are equal."""
    kind = ' class="number"' if number else ' class="long"' if len(link.text) > LONG else ""
    content = link_html(link, root)
    if again and len(link.text) > REPEATED:
        return f'<td{kind}><div class="again">{content}</div></td>'
    return f"<td{kind}>{content}</td>"


@lru_cache(50_000)
def link_html(link: Link, root: str) -> Markup:
    """Return a text in HTML, as a link if it has an address."""
    text = escape(link.text)
    if not link.path:
        return text
    relation = ' rel="external noreferrer"' if link.outside else ""
    address = escape(link.path if link.outside else root + link.path)
    return Markup(f'<a href="{address}"{relation}>{text}</a>')  # noqa: S704  (its parts are escaped)


def items_html(links: Iterable[Link], root: str) -> Markup:
    """Return texts as the items of a list in HTML; a loop in a template would take three times as long."""
    return Markup("".join(f"<li>{link_html(link, root)}</li>" for link in links))  # noqa: S704  (its texts are escaped)


def table(answer: Answer, link: Callable[[str, str], Link], hidden: Collection[str] = ()) -> Table:
    """Return an answer as a table without hidden and empty columns; `link` makes a link from an IRI and a text."""
    columns = [
        (spaced(name), cells(answer, name, link))
        for name in answer.columns
        if name not in hidden and not (name.endswith(IRI) and name.removesuffix(IRI) in answer.columns)
    ]
    columns = [(name, found) for name, found in columns if any(cell.text for cell in found)]
    least = 1 if len(columns) > FEW else 2
    shared = [
        (name, found[0]) for name, found in columns if len(found) >= least and found.count(found[0]) == len(found)
    ]
    rest = [(name, found) for name, found in columns if (name, found[0]) not in shared]
    return Table(
        tuple(shared),
        tuple((name, all(is_number(cell.text) for cell in found)) for name, found in rest),
        tuple(zip(*(found for _, found in rest), strict=True)),
    )


def cells(answer: Answer, name: str, link: Callable[[str, str], Link]) -> list[Link]:
    """Return the cells of a column, those that name things as links."""
    values = answer.column(name)
    if name + IRI in answer.columns:
        return [
            link(thing, "" if thing == value else text(value)) if isinstance(thing, str) else Link(text(value))
            for value, thing in zip(values, answer.column(name + IRI), strict=True)
        ]
    return [_text_link(value) or link(value, "") if isinstance(value, str) else Link(text(value)) for value in values]


@lru_cache(50_000)
def _text_link(value: str) -> Link | None:
    """Return a text without an address, None for a text that is an address; cached, because many cells are equal."""
    return None if ADDRESS.match(value) else Link(value)


class Anchors:
    """The row ids of one page: a row is a link target if it names a thing that is shown on this page."""

    def __init__(self, page: str) -> None:
        """Take the path of the page."""
        self.start = f"{page}#"
        self.given: set[str] = set()

    def on(self, table: Table) -> Table:
        """Return a table whose rows have ids; each id is used once."""
        return dataclasses.replace(table, anchors=tuple(map(self.of, table.rows)))

    def of(self, row: Iterable[Link]) -> str:
        """Return the id of a row, empty if it names no new thing."""
        named = (link.path.removeprefix(self.start) for link in row if link.path.startswith(self.start))
        anchor = next((each for each in named if each not in self.given), "")
        self.given.add(anchor)
        return anchor
