"""Renames, merges, retracts, deprecates and corrects things: all tables are edited together, or none is."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import difflib
import hashlib
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import duckdb
from rdflib import DCTERMS

from kg_builder.core.iris import BASE
from kg_builder.core.output_folder import locked, replace_together, writable
from kg_builder.core.problems import LISTED, Location, Problem, ProblemsFound, quoted
from kg_builder.core.terms import KG
from kg_builder.curation.import_maps import edited_maps
from kg_builder.schema.model import SHARED, Column, Schema, Table
from kg_builder.schema.ontology_folder import read_schema
from kg_builder.tables.addresses import ADDRESSES, AddressChange, ChangeTable, change_table, list_addresses, used_at
from kg_builder.tables.data_folder import RELEASED, table_files
from kg_builder.tables.engine import PREFIXES, literal, load, name
from kg_builder.tables.input_formats import format_of
from kg_builder.tables.loading import engine, row_problems
from kg_builder.tables.row_edits import EditedTable, edited_table, new_table, replaced
from kg_builder.tables.table_files import TableFile, size_of

MEMORY = "2GB"
LONGEST_ID = 120
SHARED_ID = 8
"""Characters of a checksum that end the id of a row whose address is too long for an id."""

Edit = tuple[str, int | None, str, str | None, str | None]
"""A change as it is shown: file, line, column, the former cell, the new one; None for what does not exist."""


@dataclasses.dataclass(frozen=True)
class Thing:
    """An address in its parts, without the base; `table` is None for codes of the ontology."""

    address: str
    source: str
    kind: str
    id: str
    table: Table | None

    def key(self, column: Column, schema: Schema) -> str:
        """Return the thing as cells of a column name it."""
        return f"{self.kind}/{self.id}" if schema.targets[column.target or ""].qualified else self.id


@dataclasses.dataclass(frozen=True)
class Reference:
    """A cell that names a thing."""

    file: str
    line: int
    table: Table
    column: Column


@dataclasses.dataclass(frozen=True)
class Edits:
    """What a command does: each change of a cell or row, what it leaves to people, and the new content of files."""

    listed: tuple[Edit, ...]
    notes: tuple[str, ...]
    contents: Mapping[Path, bytes]


class Tables:
    """The loaded tables of a project, and the edits of one command. `say` is the name of the command, for messages."""

    def __init__(self, root: Path, schema: Schema, connection: duckdb.DuckDBPyConnection, say: str) -> None:
        self.root = root
        self.schema = schema
        self.connection = connection
        self.say = say
        self.files = {file.name: file for file in table_files(root / "data", schema)}
        self.edited: dict[str, EditedTable] = {}
        self.listed: list[Edit] = []
        self.notes: list[str] = []

    # ---------------------------------------------------------------- what there is

    @cached_property
    def changes(self) -> ChangeTable:
        """The table of address changes."""
        found = change_table(self.schema)
        if found is None:
            raise self.refused("url", "no table of address changes", "a shape with a column for addresses")
        return found

    @cached_property
    def records(self) -> dict[str, AddressChange]:
        """The rows of the table of address changes, by address."""
        return {row.address: row for row in self.changes.rows(self.connection)}

    @cached_property
    def released(self) -> frozenset[str]:
        """The addresses that were ever released."""
        path = self.root / RELEASED
        return frozenset(path.read_text("utf-8").splitlines()) if path.exists() else frozenset()

    def place(self, thing: Thing) -> Location | None:
        """Return the row of a thing, None if nothing has the address; a code has no file."""
        return used_at(self.connection, [thing.address]).get(thing.address)

    def thing(self, text: str) -> Thing:
        """Return the parts of an address, given with or without the base; raise `ProblemsFound` if it has others."""
        address = text.removeprefix(BASE)
        parts = address.split("/")
        source, kind, id_ = ["", *parts] if len(parts) == 2 else parts if len(parts) == 3 else ("", "", "")  # noqa: PLR2004
        tables = (table for table in self.schema.tables if table.kind == kind and table.per_source == bool(source))
        table = next(tables, None)
        if not id_ or not (table or any(code.kind == kind for code in self.schema.codes)):
            raise self.unknown(address)
        return Thing(address, source, kind, id_, table)

    def existing(self, text: str) -> Thing:
        """Return a thing that has a row, or was released; raise `ProblemsFound` for any other address."""
        thing = self.thing(text)
        record = self.records.get(thing.address)
        if record and record.retires:
            where = f"{record.location.file}:{record.location.line}"
            raise self.refused(
                "retired", f"{quoted(thing.address)}, which is {record.kind}", "a thing", f"See {where}."
            )
        if self.place(thing) is None and thing.address not in self.released:
            raise self.unknown(thing.address)
        return thing

    def used(self, text: str) -> Thing:
        """Return a thing that has a row or is a code; raise `ProblemsFound` for any other address."""
        thing = self.existing(text)
        if self.place(thing) is None:
            raise self.unknown(thing.address)
        return thing

    def unknown(self, address: str) -> ProblemsFound:
        """Return the exception for an address that nothing has, with the nearest one."""
        kind = address[: address.rfind("/") + 1]
        listed = f"SELECT address FROM {ADDRESSES} WHERE starts_with(address, ?) ORDER BY 1"
        known = [each for (each,) in self.connection.execute(listed, [kind]).fetchall()]
        if not known:
            known = [each for (each,) in self.connection.execute(listed, [""]).fetchall()]
        near = difflib.get_close_matches(address, known, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}?" if near else "build/dictionary.md lists the kinds of things."
        return self.refused("name", quoted(address), "the address of a thing, such as threat/grooming", hint)

    def refused(self, rule: str, found: str, expected: str, hint: str = "") -> ProblemsFound:
        """Return the exception for arguments that cannot be followed."""
        return ProblemsFound.at(Location(self.say), rule=rule, found=found, expected=expected, hint=hint)

    def references(self, thing: Thing) -> Iterator[Reference]:
        """Yield the cells that name a thing; the addresses in the table of address changes are no references."""
        for table in self.schema.tables:
            for column in table.columns:
                keys = self._keys(thing, column)
                if not keys or (table == self.changes.table and not column.target):
                    continue
                cell = name(column.name)
                held = f"string_split({cell}, {literal(column.separator)})" if column.separator else f"[{cell}]"
                rows = f"SELECT _file, _line FROM {name(table.stem)} WHERE list_has_any({held}, ?)"
                within = "" if column.is_iri or not thing.source else f" AND _source = {literal(thing.source)}"
                for file, line in self.connection.execute(f"{rows}{within} ORDER BY 1, 2", [keys]).fetchall():
                    yield Reference(file, line, table, column)

    def _keys(self, thing: Thing, column: Column) -> list[str]:
        """Return how cells of a column may name a thing; nothing if they cannot."""
        if column.is_iri:
            prefixes = f"SELECT DISTINCT prefix FROM {PREFIXES} WHERE namespace = {literal(BASE)}"
            names = [prefix for (prefix,) in self.connection.execute(prefixes).fetchall()]
            return [*(f"{prefix}:{thing.address}" for prefix in names), BASE + thing.address]
        if column.target and thing.kind in self.schema.targets[column.target].kinds:
            return [thing.key(column, self.schema)]
        return []

    # ---------------------------------------------------------------- edits

    def table(self, file: str) -> EditedTable:
        """Return a table to be edited."""
        if file not in self.edited:
            self.edited[file] = edited_table(self.files[file])
        return self.edited[file]

    def set(self, file: str, line: int, column: str, value: str) -> None:
        """Replace a cell, and list the edit."""
        before = self.table(file).cell(line, column)
        if before != value:
            self.listed.append((file, line, column, before, value))
            self.table(file).set(line, column, value)

    def refer(self, old: Thing, new: Thing) -> None:
        """Let every cell that names a thing name another one; the other one is not made to name itself."""
        for reference in [*self.references(old)]:
            table, column = reference.table, reference.column
            cell = self.table(reference.file).cell(reference.line, column.name)
            row = self.table(reference.file).row(reference.line)
            for key in self._keys(old, column):
                itself = table == new.table and row.get("id") == new.id and not column.is_iri
                by = self._key_of(new, column, key, old)
                cell = replaced(cell, column.separator, key, "" if itself else by)
            self.set(reference.file, reference.line, column.name, cell)

    def _key_of(self, new: Thing, column: Column, key: str, old: Thing) -> str:
        """Return how a cell of a column names a thing, in the form of the name that it replaces."""
        return key.removesuffix(old.address) + new.address if column.is_iri else new.key(column, self.schema)

    def remove(self, place: Location) -> None:
        """Remove a row, and list the edit with the cells that go."""
        row = {column: value for column, value in self.table(place.file).row(place.line).items() if value}
        cells = "; ".join(f"{column}={value}" for column, value in row.items())
        self.listed.append((place.file, place.line, "", cells, None))
        self.table(place.file).remove(place.line)

    def add(self, table: Table, source: str, row: Mapping[str, str]) -> None:
        """Add a row to a table of a folder, in the last of its files; a table without a file is created."""
        place = f"data/{table.place(source)}"
        names = sorted(each for each, file in self.files.items() if (file.table, file.source) == (table, source))
        file = names[0] if names else f"{place}{table.ending}"
        if not names:
            path = self.root / file
            form = format_of(path.name)
            assert form is not None  # noqa: S101  (shapes name tables of known formats)
            self.files[file] = TableFile(path, file, source, table, form)
            self.edited[file] = new_table(self.files[file])
        self.table(file).add(row)
        cells = "; ".join(f"{column}={value}" for column, value in row.items() if value)
        self.listed.append((file, None, "", None, cells))

    def record(self, thing: Thing, kind: str, by: Sequence[str], because: str, day: datetime.date) -> None:
        """Write what becomes of an address; a former record of the address, of a deprecation, is replaced."""
        changes = self.changes
        if former := self.records.get(thing.address):
            self.remove(former.location)
        row = {
            "id": row_id(thing.address),
            changes.address: thing.address,
            changes.kind: kind,
            changes.by: ";".join(by),
            self._column(changes.table, str(DCTERMS.issued)): day.isoformat(),
            self._column(changes.table, str(KG.because)): because,
        }
        self.add(changes.table, SHARED, row)

    def _column(self, table: Table, path: str) -> str:
        """Return the name of the column of a property."""
        column = table.column_of(path)
        if column is None:
            raise self.refused("shape-part", f"a table {table.stem} without {path}", "a column for it")
        return column.name

    # ---------------------------------------------------------------- the end

    def also_named(self, thing: Thing) -> None:
        """Note the files that name a thing but are not edited: queries and the ontology."""
        patterns = [thing.address, f"{thing.kind}/{thing.id}", f"{thing.kind}:{thing.id}"]
        pattern = re.compile("|".join(rf"(?<![\w/-]){re.escape(each)}(?![\w/-])" for each in {*patterns}))
        found = []
        for folder in ("queries", "ontology", "examples"):
            for path in sorted((self.root / folder).rglob("*.*")):
                if path.suffix in {".rq", ".ttl", ".py", ".ipynb"} and path.is_file():
                    lines = path.read_text("utf-8", errors="replace").splitlines()
                    at = next((number for number, line in enumerate(lines, 1) if pattern.search(line)), 0)
                    found += [f"{path.relative_to(self.root).as_posix()}:{at}"] if at else []
        if found:
            self.notes.append(f"Also named, and not edited: {', '.join(found)}.")

    def maps(self, old: Thing, new: Thing) -> dict[Path, bytes]:
        """Return the import maps that name a thing, edited, and list the edits."""
        named = {
            column.name: (old.key(column, self.schema), new.key(column, self.schema))
            for table in self.schema.tables
            for column in table.columns
            if column.target and {old.kind, new.kind} <= {*self.schema.targets[column.target].kinds}
        }
        folders = [old.source] if old.source else [""]
        paths = sorted(path for each in folders for path in (self.root / "data").glob(f"{each or '*'}/imports/*.toml"))
        contents, listed = edited_maps(self.root, paths, named)
        self.listed += listed
        return contents


@contextlib.contextmanager
def _tables(root: Path, say: str) -> Iterator[tuple[Tables, list[Edits]]]:
    """Give the tables of a project and a list for the edits; the edits must not bring problems that were not there.

    Raise `ProblemsFound` for tables that cannot be read, and for problems that the edits would bring.
    """
    schema = read_schema(root / "ontology")
    files = table_files(root / "data", schema)
    with tempfile.TemporaryDirectory(prefix="kg-builder-") as folder:
        work = Path(folder)
        (work / "before").mkdir()
        with engine(work / "before", MEMORY, size_of(files)) as connection:
            load(connection, schema, files, work / "before")
            list_addresses(connection, schema)
            done: list[Edits] = []
            yield Tables(root, schema, connection, say), done
            (edits,) = done
            if after := _problems_after(root, schema, edits, work / "after"):
                known = Counter(map(_without_line, row_problems(connection, schema, root, BASE)))
                if new := [each for each in after if not _counted(known, _without_line(each))]:
                    raise ProblemsFound(new)


def _without_line(problem: Problem) -> tuple[str, ...]:
    """Return what tells a problem from others, except the line, which edits move."""
    return problem.rule, problem.location.file, problem.location.field, problem.found


def _counted(known: Counter[tuple[str, ...]], key: tuple[str, ...]) -> bool:
    """Return whether a problem was there before, and count it off."""
    known[key] -= 1
    return known[key] >= 0


def _problems_after(root: Path, schema: Schema, edits: Edits, work: Path) -> list[Problem]:
    """Return the problems that the tables would have with the edits, which are made in a copy of `data/`."""
    copy = work / "project"
    for path in (root / "data").rglob("*"):
        place = copy / path.relative_to(root)
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        elif path not in edits.contents:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(path.absolute())
    for path, content in edits.contents.items():
        place = copy / path.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    try:
        files = table_files(copy / "data", schema)
        with engine(work, MEMORY, size_of(files)) as connection:
            load(connection, schema, files, work)
            return row_problems(connection, schema, copy, BASE)
    except ProblemsFound as found:
        return [each for each in found.problems if each.severity == "error"]


def _made(tables: Tables, contents: Mapping[Path, bytes] | None = None) -> Edits:
    """Return the edits of tables, with those of other files."""
    edited = {table.file.path: table.content() for table in tables.edited.values()}
    changed = {path: content for path, content in edited.items() if not path.exists() or path.read_bytes() != content}
    return Edits(tuple(tables.listed), tuple(tables.notes), {**changed, **(contents or {})})


def write(root: Path, edits: Edits) -> None:
    """Write the edits of a command, all or none; raise `ProblemsFound` if a file cannot be written."""
    data = root / "data"
    with writable(data, "All tables are as they were."), locked(data):
        replace_together(edits.contents)


def row_id(address: str) -> str:
    """Return the id of the row about an address.

    >>> row_id("netclean-2018/finding/seen-yes")
    'netclean-2018-finding-seen-yes'
    """
    made = re.sub("[^a-z0-9]+", "-", address.lower()).strip("-")
    if len(made) <= LONGEST_ID:
        return made
    checksum = hashlib.sha256(address.encode()).hexdigest()[:SHARED_ID]
    return f"{made[: LONGEST_ID - SHARED_ID - 1].rstrip('-')}-{checksum}"


def _on_one_line(text: str) -> str:
    """Return a reason as a cell can hold it."""
    return " ".join(text.split())


# -------------------------------------------------------------------- commands


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
    with _tables(root, "rename") as (tables, done):
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
        done.append(_made(tables, tables.maps(before, after)))
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
    with _tables(root, "merge") as (tables, done):
        before, after = tables.existing(old), tables.used(into)
        if before.address == after.address:
            raise tables.refused("successor", f"{quoted(before.address)} twice", "two things")
        _remove(tables, before)
        tables.refer(before, after)
        _record(tables, before, "merged", [after.address], because, day)
        tables.also_named(before)
        done.append(_made(tables, tables.maps(before, after)))
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
    with _tables(root, "retract") as (tables, done):
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
        done.append(_made(tables))
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
    with _tables(root, "deprecate") as (tables, done):
        before = tables.used(old)
        after = [tables.used(by).address] if by else []
        if before.address in after:
            raise tables.refused("successor", f"{quoted(before.address)} twice", "two things")
        if former := tables.records.get(before.address):
            where = f"{former.location.file}:{former.location.line}"
            found, hint = f"{quoted(before.address)}, which is {former.kind} already", f"Edit {where}."
            raise tables.refused("retired", found, "a thing that is not deprecated yet", hint)
        tables.record(before, "deprecated", after, _on_one_line(because), day or datetime.date.today())  # noqa: DTZ011
        done.append(_made(tables))
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
    with _tables(root, "correct") as (tables, done):
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
        done.append(_made(tables))
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
        _of(records, str(DCTERMS.issued)): (day or datetime.date.today()).isoformat(),  # noqa: DTZ011
        _of(records, str(KG.because)): because,
        _of(records, str(KG.was)): "; ".join(former),
    }


def _of(table: Table, path: str) -> str:
    """Return the name of the column of a property."""
    return next(column.name for column in table.columns if column.path == path)


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
