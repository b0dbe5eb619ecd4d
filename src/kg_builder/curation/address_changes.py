"""Renames, merges, retracts, deprecates and corrects things: all tables are edited together, or none is."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from rdflib import DCTERMS

from kg_builder.core.problems import LISTED, Location, Problem, ProblemsFound, quoted
from kg_builder.core.terms import KG
from kg_builder.curation.project_edits import Edits, Reference, Tables, Thing, edits_of, row_id, tables_of
from kg_builder.schema.model import Table
from kg_builder.tables.addresses import AddressChange
from kg_builder.tables.engine import name


def rename(root: Path, old: str, new: str, because: str = "", day: datetime.date | None = None) -> Edits:
    """Return the edits that give a thing another address, wherever tables and import maps name it.

    Parameters
    ----------
    root
        The project.
    old, new
        Two addresses, such as `threat/grooming`. If the id was already changed by hand, references and record follow.
    because, day
        A sentence for readers of the former address, and the day of the change (default: today).

    Raises
    ------
    ProblemsFound
        If there is no such thing, the new address is taken, retired or malformed, or the tables would have a problem
        that they do not have now.

    """
    with tables_of(root, "rename") as (tables, done):
        before, after = tables.existing(old), tables.thing(new)
        place, taken = tables.place(before), tables.place(after)
        if after.address in tables.released or (
            after.address in tables.records and tables.records[after.address].retires
        ):
            hint = f"To make one thing of two: `kg-builder merge {before.address} {after.address}`." if taken else ""
            raise tables.refused("name", f"{quoted(after.address)}, which was used before", "a new address", hint)
        if place is None and taken is None:
            raise tables.unknown(after.address)
        if place is not None:
            if taken is not None:
                hint = f"To make one thing of two: `kg-builder merge {before.address} {after.address}`."
                raise tables.refused("name", f"{quoted(after.address)}, which is taken", "a new address", hint)
            _refuse_other_kind(tables, before, after, place)
            tables.listed.append((place.file, place.line, "id", before.id, after.id))
            tables.table(place.file).rename(place.line, after.id)
        tables.refer(before, after)
        if deprecation := tables.records.get(before.address):
            _move_deprecation(tables, deprecation, after)
        _record(tables, before, "renamed", [after.address], because, day)
        tables.also_named(before)
        done.append(edits_of(tables, tables.maps(before, after)))
    return done[0]


def _refuse_other_kind(tables: Tables, before: Thing, after: Thing, place: Location) -> None:
    """Raise `ProblemsFound` unless a row can have a new address: of the same table and folder, with a valid id."""
    if not place.file or before.table is None:
        found, hint = f"{quoted(before.address)}, a code of the ontology", "Rename it in ontology/codes.ttl first."
        raise tables.refused("name", found, "a thing with a row", hint)
    if (before.table, before.source) != (after.table, after.source):
        expected = f"an address that begins with {before.address.removesuffix(before.id)}"
        hint = "Move the row to its other table by hand first; the command then changes what refers to it."
        raise tables.refused("name", quoted(after.address), expected, hint)
    column = before.table.column("id")
    if any(not re.fullmatch(pattern, after.id) for pattern in column.limit("pattern")):
        raise tables.refused("pattern", quoted(after.id), "an id", column.message)


def _move_deprecation(tables: Tables, deprecation: AddressChange, after: Thing) -> None:
    """Let the record that a thing is deprecated name its new address."""
    place = deprecation.location
    tables.set(place.file, place.line, tables.changes.address, after.address)
    tables.listed.append((place.file, place.line, "id", row_id(deprecation.address), row_id(after.address)))
    tables.table(place.file).rename(place.line, row_id(after.address))
    del tables.records[deprecation.address]


def merge(root: Path, old: str, into: str, because: str = "", day: datetime.date | None = None) -> Edits:
    """Return the edits that make one thing of two: what named the first names the second, and the first row goes.

    Parameters
    ----------
    root
        The project.
    old, into
        The address that goes, and the one that stays.
    because, day
        A sentence for readers of the former address, and the day of the change (default: today).

    Raises
    ------
    ProblemsFound
        If one of the two does not exist, both are the same, or the tables would have a problem that they do not have
        now.

    """
    with tables_of(root, "merge") as (tables, done):
        before, after = tables.existing(old), tables.used(into)
        if before.address == after.address:
            raise tables.refused("successor", f"{quoted(before.address)} twice", "two things")
        _remove(tables, before)
        tables.refer(before, after)
        _record(tables, before, "merged", [after.address], because, day)
        tables.also_named(before)
        done.append(edits_of(tables, tables.maps(before, after)))
    return done[0]


def retract(root: Path, old: str, because: str, day: datetime.date | None = None) -> Edits:
    """Return the edits that remove a thing; its address says why from then on, and is never used again.

    Parameters
    ----------
    root
        The project.
    old
        The address that goes.
    because, day
        The reason, a sentence for readers of the former address, and the day (default: today).

    Raises
    ------
    ProblemsFound
        If there is no such thing, a cell still refers to it, or no reason is given.

    """
    with tables_of(root, "retract") as (tables, done):
        before = tables.existing(old)
        _refuse_no_reason(tables, because)
        place = tables.place(before)
        named = [
            each for each in tables.references(before) if (each.file, each.line) != (place and (place.file, place.line))
        ]
        if named:
            raise ProblemsFound(_still_named(before, named))
        _remove(tables, before)
        _record(tables, before, "retracted", [], because, day)
        tables.also_named(before)
        done.append(edits_of(tables))
    return done[0]


def _still_named(thing: Thing, named: Sequence[Reference]) -> Iterator[Problem]:
    """Yield the cells that would name nothing without a thing."""
    for number, each in enumerate(named[:LISTED], 1):
        yield Problem(
            Location(each.file, each.line, field=each.column.name),
            rule="referred",
            found=f"a reference to {quoted(thing.address)}",
            expected="no references to what is retracted",
            hint="Change or remove this row first, or merge the thing into another one.",
            more=max(len(named) - LISTED, 0) if number == LISTED else 0,
        )


def deprecate(root: Path, old: str, by: str = "", because: str = "", day: datetime.date | None = None) -> Edits:
    """Return the edits that mark a thing as one that should no longer be used; it stays.

    Parameters
    ----------
    root
        The project.
    old, by
        The address, and that of the thing to use instead, if there is one.
    because, day
        A sentence for readers, and the day (default: today).

    Raises
    ------
    ProblemsFound
        If one of the two does not exist, both are the same, or the thing is deprecated already.

    """
    with tables_of(root, "deprecate") as (tables, done):
        before = tables.used(old)
        after = [tables.used(by).address] if by else []
        if before.address in after:
            raise tables.refused("successor", f"{quoted(before.address)} twice", "two things")
        if former := tables.records.get(before.address):
            where = f"{former.location.file}:{former.location.line}"
            found, hint = f"{quoted(before.address)}, which is {former.kind} already", f"Edit {where}."
            raise tables.refused("retired", found, "a thing that is not deprecated yet", hint)
        tables.record(before, "deprecated", after, _on_one_line(because), day or datetime.date.today())  # noqa: DTZ011
        done.append(edits_of(tables))
    return done[0]


def correct(root: Path, thing: str, cells: Sequence[str], because: str, day: datetime.date | None = None) -> Edits:
    """Return the edits that correct cells of a fact; its address stays, and its folder records what it was.

    Parameters
    ----------
    root
        The project.
    thing
        The address of a finding or another fact.
    cells
        New cells, each as `column=value`.
    because, day
        What was wrong, in one sentence, and the day (default: today).

    Raises
    ------
    ProblemsFound
        If there is no such thing or column, the thing is no fact, nothing changes, no reason is given, or a new cell
        is not valid.

    """
    with tables_of(root, "correct") as (tables, done):
        found = tables.used(thing)
        _refuse_no_reason(tables, because)
        place = tables.place(found)
        records = next(table for table in tables.schema.tables if table.column_of(str(KG.changed)))
        column = records.column_of(str(KG.changed))
        assert column is not None and place is not None  # noqa: S101, PT018  (see above)
        kinds = [each.kind for each in tables.schema.targets[column.target or ""].tables]
        if found.table is None or found.kind not in kinds:
            expected = f"a fact, of type {', '.join(sorted(kinds))}"
            hint = "Correct the cell of anything else by hand; its address stays."
            raise tables.refused("class", quoted(found.address), expected, hint)
        former = []
        for each in cells:
            name_, new = _cell(tables, found.table, place, each)
            former.append(f"{name_}={tables.table(place.file).cell(place.line, name_)}")
            tables.set(place.file, place.line, name_, new)
        tables.add(records, found.source, _correction(tables, records, found, former, _on_one_line(because), day))
        done.append(edits_of(tables))
    return done[0]


def _cell(tables: Tables, table: Table, place: Location, text: str) -> tuple[str, str]:
    """Return the column and the new value of a correction; raise `ProblemsFound` if they cannot be set."""
    column, sign, new = text.partition("=")
    header = tables.table(place.file).header
    names = [each.name for each in table.columns if each.name != "id"]
    if not sign:
        raise tables.refused("call", quoted(text), "COLUMN=VALUE, such as printed=7.2%")
    if column == "id":
        hint = "Run `kg-builder rename` to change it."
        raise tables.refused("name", "the column id", "a column with what the thing says", hint)
    if column not in names or column not in header:
        near = difflib.get_close_matches(column, names, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Columns are {', '.join(names)}."
        hint = f"The file has no such column yet: add it to the header of {place.file}." if column in names else hint
        raise tables.refused("name", f"the column {quoted(column)}", f"a column of {place.file}", hint)
    if tables.table(place.file).cell(place.line, column) == new:
        raise tables.refused("value", f"{column}={new}, which it is already", "a new value")
    return column, new


def _correction(
    tables: Tables, records: Table, thing: Thing, former: Sequence[str], because: str, day: datetime.date | None
) -> dict[str, str]:
    """Return the row that records a correction."""
    kind = next(column for column in records.columns if column.path == str(DCTERMS.type))
    named = next(column for column in records.columns if column.path == str(KG.changed))
    ids = f"SELECT id FROM {name(records.stem)} WHERE _source = ?"
    taken = {id_ for (id_,) in tables.connection.execute(ids, [thing.source]).fetchall()}
    numbered = (thing.id if number == 1 else f"{thing.id}-{number}" for number in range(1, len(taken) + 2))
    return {
        "id": next(each for each in numbered if each not in taken),
        named.name: thing.key(named, tables.schema),
        kind.name: tables.schema.targets[kind.target or ""].codes[0].key,
        tables.column(records, str(DCTERMS.issued)): (day or datetime.date.today()).isoformat(),  # noqa: DTZ011
        tables.column(records, str(KG.because)): because,
        tables.column(records, str(KG.was)): "; ".join(former),
    }


def _refuse_no_reason(tables: Tables, because: str) -> None:
    """Raise `ProblemsFound` if no reason is given."""
    if not because.strip():
        raise tables.refused("minCount", "no reason", '--because "…", one sentence for readers')


def _remove(tables: Tables, thing: Thing) -> None:
    """Remove the row of a thing, if it is still there; raise `ProblemsFound` for a code of the ontology."""
    place = tables.place(thing)
    if place is not None and not place.file:
        found, hint = f"{quoted(thing.address)}, a code of the ontology", "Remove it from ontology/codes.ttl first."
        raise tables.refused("name", found, "a thing with a row", hint)
    if place is not None:
        tables.remove(place)


def _record(
    tables: Tables, thing: Thing, kind: str, by: Sequence[str], because: str, day: datetime.date | None
) -> None:
    """Write what becomes of an address if it was released; nobody can know any other."""
    if thing.address in tables.released:
        tables.record(thing, kind, by, _on_one_line(because), day or datetime.date.today())  # noqa: DTZ011
        return
    tables.notes.append(f"{thing.address} was never released, so there is nothing to record.")
    if former := tables.records.get(thing.address):
        tables.remove(former.location)


def _on_one_line(text: str) -> str:
    """Return a reason as a cell can hold it."""
    return " ".join(text.split())
