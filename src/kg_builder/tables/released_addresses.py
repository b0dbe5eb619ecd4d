"""Checks that no address disappears: each released one is in use, or a row says what became of it."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import islice, pairwise
from pathlib import Path

import duckdb

from kg_builder.core.problems import LISTED, Location, Problem, gathered, quoted
from kg_builder.core.text_files import text_of
from kg_builder.schema.model import Schema
from kg_builder.tables.addresses import (
    ADDRESSES,
    AddressChange,
    change_table,
    lines_of,
    list_addresses,
    used_at,
)
from kg_builder.tables.data_folder import RELEASED

FORM = re.compile("([a-z0-9-]+/){1,2}[A-Za-z0-9-]+")
"""What an address in the list of released ones looks like."""

SORT = f"Sort it: `LC_ALL=C sort -u -o {RELEASED} {RELEASED}`."


def address_problems(
    connection: duckdb.DuckDBPyConnection, schema: Schema, root: Path, faulty: Collection[str] = ()
) -> list[Problem]:
    """Return the released addresses without row or record, and the records that lead nowhere; tables must be loaded.

    Nothing is checked if the table of records is one of the `faulty` files. Without a list, nothing is released yet.
    """
    table = change_table(schema)
    if table is None:
        return []
    list_addresses(connection, schema)
    rows = table.rows(connection)
    if any(row.location.file in faulty for row in rows):
        return []
    problems = [*_row_problems(connection, rows, table.by)]
    if (root / RELEASED).exists():
        text = gathered(problems, lambda: [text_of(root / RELEASED, RELEASED, "text")])
        disorder = [problem for each in text for problem in _list_problems(each)]
        if text and not disorder:
            problems += _vanished(connection, root / RELEASED, [row.address for row in rows if row.retires])
        problems += disorder
    return problems


def _list_problems(text: str) -> list[Problem]:
    """Return the first lines of the list of released addresses that are no addresses or not in order."""
    lines = text.removesuffix("\n").split("\n") if text else []
    faults = [
        _fault(number, f"{quoted(line)}", "an address without its beginning, such as threat/grooming")
        for number, line in islice(((n, each) for n, each in enumerate(lines, 1) if not FORM.fullmatch(each)), LISTED)
    ]
    if faults or all(one < other for one, other in pairwise(lines)):
        return faults
    number, (one, other) = next((n, pair) for n, pair in enumerate(pairwise(lines), 2) if pair[0] >= pair[1])
    return [_fault(number, f"{quoted(other)} behind {quoted(one)}", "addresses in the order of their characters")]


def _fault(line: int, found: str, expected: str) -> Problem:
    """Return the problem of a line of the list."""
    return Problem(Location(RELEASED, line), rule="released", found=found, expected=expected, hint=SORT)


def _vanished(connection: duckdb.DuckDBPyConnection, released: Path, retired: list[str]) -> list[Problem]:
    """Return the released addresses that are neither in use nor retired, at most `LISTED`."""
    gone = f"SELECT number, address FROM {lines_of(released)} ANTI JOIN {ADDRESSES} USING (address)"
    unrecorded = f"{gone} WHERE address NOT IN (SELECT unnest(?)) ORDER BY number"
    rows = connection.execute(unrecorded, [retired]).fetchall()
    problems = []
    for number, address in rows[:LISTED]:
        new = f"SELECT address FROM {ADDRESSES} ANTI JOIN {lines_of(released)} USING (address)"
        alike = f"{new} WHERE starts_with(address, ?) ORDER BY address"
        unreleased = [each for (each,) in connection.execute(alike, [kind_of(address)]).fetchall()]
        (near,) = difflib.get_close_matches(address, unreleased, n=1) or ("",)
        problems.append(
            Problem(
                Location(RELEASED, number),
                rule="released",
                found=f"{quoted(address)}, which no row has any more",
                expected="each released address in a table, or a record of what became of it",
                hint=recording(address, near),
            )
        )
    more = max(len(rows) - LISTED, 0)
    return [*problems[:-1], dataclasses.replace(problems[-1], more=more)] if problems else []


def kind_of(address: str) -> str:
    """Return an address without its id.

    >>> kind_of("netclean-2018/finding/seen-yes")
    'netclean-2018/finding/'
    """
    return address[: address.rindex("/") + 1]


def recording(address: str, near: str = "") -> str:
    """Return the commands that record what became of an address; `near` may be its new name."""
    gone = f'`kg-builder retract {address} --because "…"`'
    if near:
        return f"If it has a new name, run `kg-builder rename {address} {near}`; if it is gone, {gone}."
    return f"Write the row again, or run {gone}; if another thing takes its place, `kg-builder merge {address} INTO`."


def _row_problems(connection: duckdb.DuckDBPyConnection, rows: Sequence[AddressChange], by: str) -> Iterator[Problem]:
    """Yield the address changes that do not agree with the tables or with each other."""
    used = used_at(connection, [*{each for row in rows for each in (row.address, *row.by)}])
    retired = {row.address: row for row in rows if row.retires}
    for former, row in pairwise(rows):
        if former.address == row.address:
            yield Problem(
                row.location,
                rule="retired",
                found=f"{quoted(row.address)} again, after {former.location.file}:{former.location.line}",
                expected="one row for each address",
                hint="Remove one of them.",
            )
    for row in rows:
        place = used.get(row.address)
        if row.retires and place is not None:
            yield Problem(
                place if place.file else row.location,
                rule="retired",
                found=f"the address {quoted(row.address)}, which is {row.kind}",
                expected="an address that was never used before",
                hint="Give it another id. If the former thing has come back, remove "
                f"{row.location.file}:{row.location.line}.",
            )
        if not row.retires and place is None:
            yield Problem(
                row.location,
                rule="retired",
                found=f"{quoted(row.address)}, which no row has",
                expected="the address of a thing, because it stays",
                hint=f'If it is gone, run `kg-builder retract {row.address} --because "…"`.',
            )
        for each in row.by:
            if each not in used and each not in retired:
                yield Problem(
                    dataclasses.replace(row.location, field=by),
                    rule="successor",
                    found=f"{quoted(each)}, which no row has",
                    expected="the address of a thing, or of one with a row here",
                    hint=_nearest(connection, each),
                )
    yield from _circles(rows, by)


def _nearest(connection: duckdb.DuckDBPyConnection, address: str) -> str:
    """Return a sentence with the address of the same kind that is most similar, or how to record the end."""
    listed = f"SELECT address FROM {ADDRESSES} WHERE starts_with(address, ?) ORDER BY address"
    known = [each for (each,) in connection.execute(listed, [kind_of(address)]).fetchall()]
    near = difflib.get_close_matches(address, known, n=1)
    return f"Did you mean {near[0]}?" if near else "Write the address of the thing that takes its place."


def _circles(rows: Iterable[AddressChange], by: str) -> Iterator[Problem]:
    """Yield a circle of addresses that replace each other, if there is one."""
    places: Mapping[str, AddressChange] = {row.address: row for row in rows}
    try:
        TopologicalSorter({address: row.by for address, row in places.items()}).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        location = min(places[each].location for each in circle)
        yield Problem(
            dataclasses.replace(location, field=by),
            rule="successor",
            found=f"the circle {' → '.join(reversed(circle))}",
            expected="addresses that lead to a thing",
            hint="Correct one of these rows.",
        )
