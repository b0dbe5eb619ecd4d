"""Lays rows out for a terminal: repeated values above, rare and long values below, the rest in a table."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from itertools import groupby

from tabulate import tabulate

WORD = 24
"""Up to this many characters, a column is as wide as its longest word."""

PADDING = 2
"""Characters that the table library adds to a heading."""

TALL = 8
"""From this many lines, a cell makes a table harder to read than a list."""

LONG = 30
"""From this many characters, a cell that few rows have is put below the table."""

NUMBER = re.compile(r"-?[0-9.]*")

Cells = Sequence[Sequence[str]]


def laid_out(names: Sequence[str], rows: Cells, width: int) -> list[str]:
    """Return the lines of a text of that many characters.

    Columns with the same value in several rows are printed above these rows; empty columns are left out.
    """
    heads = _steady(rows)
    rest = [index for index in range(len(names)) if index not in heads]
    if not heads:
        return table(names, rows, width) if rows else []
    lines: list[str] = []
    former = [""] * len(heads)
    for head, block in groupby(rows, key=lambda row: [row[index] for index in heads]):
        lines.append("")
        for name, value, before in zip([names[index] for index in heads], head, former, strict=True):
            lines += wrapped(f"{name}: {value}", width) if value and value != before else []
        former = head
        inner = [[row[index] for index in rest] for row in block]
        lines += (laid_out if len(inner) > 1 else table)([names[index] for index in rest], inner, width)
    return lines


def _steady(rows: Cells) -> list[int]:
    """Return the columns, from the left, that together change at most every second row; numbers must not change."""
    found: list[int] = []
    for index in range(len(rows[0]) if rows else 0):
        tried = [*found, index]
        runs = sum(1 for _ in groupby(rows, key=lambda row: [row[each] for each in tried]))
        if len({row[index] for row in rows}) == 1 or (
            runs <= len(rows) / 2 and not all(is_number(row[index]) for row in rows)
        ):
            found = tried
    return found


def table(names: Sequence[str], rows: Cells, width: int) -> list[str]:
    """Return the lines of a table, indented; long cells that few rows have are printed below it.

    Rows that do not fit into that many characters, or only with very tall cells, are listed one by one.
    """
    notes: list[str] = []
    columns = [
        [name, *_noted(cells, notes)] for name, cells in zip(names, zip(*rows, strict=True), strict=True) if any(cells)
    ]
    if not columns:
        return []
    widths = [max(len(name) + PADDING, *map(len, cells)) for name, *cells in columns]
    floors = [max(_longest_word(name) + PADDING, *map(_longest_word, cells)) for name, *cells in columns]
    room = width - 2 - 2 * len(columns)
    while sum(widths) > room and widths != floors:
        widths[max((size, place) for place, size in enumerate(widths) if size > floors[place])[1]] -= 1
    tallest = max(len(cell) / size for column, size in zip(columns, widths, strict=True) for cell in column)
    if sum(widths) > room or tallest > TALL:
        return [line for row in rows for line in _listed(names, row, width)]
    header, *body = zip(*columns, strict=True)
    drawn = tabulate(
        body,
        header,
        tablefmt="simple",
        maxcolwidths=list(widths),
        maxheadercolwidths=[size - PADDING for size in widths],
        colalign=["right" if all(map(is_number, cells)) else "left" for _, *cells in columns],
        disable_numparse=True,
    )
    told = [line for note in notes for line in wrapped(note, width - 2)]
    return [f"  {line}".rstrip() for line in [*drawn.splitlines(), *told]]


def _longest_word(cell: str) -> int:
    """Return the length of the longest word of a cell that must not be broken."""
    return min(WORD, max(map(len, re.split(r"\s|(?<=[a-z])-(?=[a-z])", cell))))


def _listed(names: Sequence[str], row: Sequence[str], width: int) -> list[str]:
    """Return the lines of a row as a list of named cells, with a blank line before them."""
    cells = [f"  {name}: {' '.join(cell.split())}" for name, cell in zip(names, row, strict=True) if cell]
    return ["", *(line for cell in cells for line in wrapped(cell, width))]


def wrapped(text: str, width: int) -> list[str]:
    """Return a text wrapped to that many characters, with all lines but the first indented."""
    return textwrap.wrap(text, width, subsequent_indent="    ")


def _noted(cells: Sequence[str], notes: list[str]) -> list[str]:
    """Return the cells of a column; long and rare ones become numbers of notes, which are added."""
    if 2 * sum(map(bool, cells)) > len(cells) or max(map(len, cells)) < LONG:
        return list(cells)
    numbers = {cell: f"[{len(notes) + place}]" for place, cell in enumerate(dict.fromkeys(filter(None, cells)), 1)}
    notes += [f"{number} {cell}" for cell, number in numbers.items()]
    return [numbers.get(cell, "") for cell in cells]


def is_number(cell: str) -> bool:
    """Return whether a cell holds a number or nothing."""
    return NUMBER.fullmatch(cell) is not None
