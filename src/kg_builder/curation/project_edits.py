"""Edits all tables of a project together: what cells name a thing, what a command changes, and all of it or nothing."""

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
from kg_builder.core.problems import Location, Problem, ProblemsFound, quoted
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
            self.column(changes.table, str(DCTERMS.issued)): day.isoformat(),
            self.column(changes.table, str(KG.because)): because,
        }
        self.add(changes.table, SHARED, row)

    def column(self, table: Table, path: str) -> str:
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
def tables_of(root: Path, say: str) -> Iterator[tuple[Tables, list[Edits]]]:
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


def edits_of(tables: Tables, contents: Mapping[Path, bytes] | None = None) -> Edits:
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
