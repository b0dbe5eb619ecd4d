"""Loads the tables into the embedded analytical engine, one engine table per kind, without changing a value."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import TypeVar

import duckdb

from kg_builder.core.iris import ABSOLUTE, BASE
from kg_builder.core.problems import Location, Problem, ProblemsFound, quoted
from kg_builder.schema.model import SHARED, Column, Schema, Table, Target
from kg_builder.tables.preamble import Prefixes, declared
from kg_builder.tables.table_files import Scan, TableFile

Element = TypeVar("Element")
Result = TypeVar("Result")

THINGS = "_things"
PREFIXES = "_prefixes"
AT_REST = "200MB"

SMALL = 20_000_000
"""Below this size in bytes, the engine holds tables in memory, not in a file."""

EVERYWHERE = ""
"""The source of shared tables and codes for references, which every folder may name."""


def connect(work: Path, memory: str, size: int = 0) -> duckdb.DuckDBPyConnection:
    """Return an engine with its data and temporary files in the folder `work` and a memory limit such as `2GB`.

    Tables with a `size` below `SMALL` bytes are held in memory: there is nothing to recover.
    """
    if not re.fullmatch(r"[0-9]+([.][0-9]+)?[KMGT]i?B", memory):
        expected = "a size such as 500MB or 2GB"
        raise ProblemsFound.at(Location("--memory"), rule="memory", found=quoted(memory), expected=expected)
    connection = duckdb.connect(":memory:" if size < SMALL else work / "tables.duckdb")
    connection.execute("SET memory_limit = ?", [memory])
    connection.execute("SET temp_directory = ?", [str(work)])
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    return connection


def side_by_side(
    connection: duckdb.DuckDBPyConnection,
    task: Callable[[duckdb.DuckDBPyConnection, Element], Result],
    items: Iterable[Element],
) -> list[Result]:
    """Return the results of a task for each item, in order; each thread has its own connection.

    For small tables, most of the time of a query is planning, for which the engine uses one thread.
    An engine with one thread runs everything on the given connection, and so in its transaction.
    """
    (threads,) = connection.execute("SELECT current_setting('threads')").fetchone() or (1,)
    if threads == 1:
        return [task(connection, item) for item in items]
    local = threading.local()
    connections: list[duckdb.DuckDBPyConnection] = []

    def connect_thread() -> None:
        local.connection = connection.cursor()
        connections.append(local.connection)

    with ThreadPoolExecutor(threads, initializer=connect_thread) as pool:
        try:
            return list(pool.map(lambda item: task(local.connection, item), items))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for each in connections:
                each.interrupt()
            raise


def plan_without_optimizer(connection: duckdb.DuckDBPyConnection) -> None:
    """Turn the optimizer off for all connections: for small tables, it takes longer than it saves.

    The pragma for this applies to only one connection.
    """
    names = ",".join(name for (name,) in connection.execute("SELECT name FROM duckdb_optimizers()").fetchall())
    connection.execute("SET GLOBAL disabled_optimizers = ?", [names])


@contextlib.contextmanager
def resting(connection: duckdb.DuckDBPyConnection, memory: str) -> Iterator[None]:
    """Lower the engine's memory limit during a `with` block, when other steps need memory; then restore `memory`."""
    connection.execute("SET memory_limit = ?", [AT_REST])
    yield
    connection.execute("SET memory_limit = ?", [memory])


def load(
    connection: duckdb.DuckDBPyConnection, schema: Schema, files: Iterable[TableFile], work: Path
) -> list[Problem]:
    """Fill one engine table per table of the schema; return notes, raise `ProblemsFound` for unreadable files.

    Each has the columns `_file`, `_line` (as in the file) and `_source` (the folder, empty for shared tables),
    then its own columns, all of them text, with empty cells as NULL. Declared prefixes go to a separate table.
    """
    problems: list[Problem] = []
    notes: list[Problem] = []
    prefixes: Prefixes = {}
    for table in schema.tables:
        own = ", ".join(f"{name(column.name)} VARCHAR" for column in table.columns)
        connection.execute(f"CREATE TABLE {name(table.stem)} (_file VARCHAR, _line BIGINT, _source VARCHAR, {own})")
    readable: list[tuple[TableFile, Scan, Path]] = []
    for number, file in enumerate(files):
        try:
            found = file.format.scan(file)
            if found.oddities:
                notes.append(_noted(file, found))
            readable.append((file, found, work / f"table-{number}"))
            if file.table.comment:
                prefixes = declared(file, found.preamble, prefixes)
        except ProblemsFound as refused:
            problems += refused.problems
    problems += chain.from_iterable(side_by_side(connection, lambda own, each: [*_rows_loaded(own, *each)], readable))
    if problems:
        raise ProblemsFound(problems)
    connection.execute(f"CREATE TABLE {PREFIXES} (prefix VARCHAR, namespace VARCHAR)")
    connection.executemany(f"INSERT INTO {PREFIXES} VALUES (?, ?)", [*prefixes.items(), (None, None)])
    return notes


def _noted(file: TableFile, found: Scan) -> Problem:
    """Return the note that a file was normalised while reading."""
    kept = ", ".join(found.oddities)
    return dataclasses.replace(
        file.problem(
            1, rule="normal", found=kept, expected="UTF-8 with LF, in Unicode form C", hint="It was read as that."
        ),
        severity="note",
    )


def _rows_loaded(connection: duckdb.DuckDBPyConnection, file: TableFile, found: Scan, copy: Path) -> Iterator[Problem]:
    """Append the rows of one file to its engine table; yield the problems if this fails."""
    target = name(file.table.stem)
    listed = ", ".join(name(column) for column in found.header)
    rows, parameters = file.format.select(file, found, copy)
    insert = f"INSERT INTO {target} (_file, _line, _source, {listed}) SELECT ?, _line, ?, {listed} FROM ({rows})"
    try:
        connection.execute(insert, [file.name, _source_of(file), *parameters])
        loaded = connection.execute(f"SELECT count(*) FROM {target} WHERE _file = ?", [file.name]).fetchone()
        if loaded == (found.rows,):
            return
        reason = "rows that cannot be told apart"
    except duckdb.InvalidInputException as error:
        reason = str(error).splitlines()[0]
    problems = file.format.row_problems(file, found)
    yield from problems
    if not problems:
        expected = f"a table in {file.format.name}"
        yield file.problem(rule="row", found=quoted(reason), expected=expected, hint=file.format.hint)


def _source_of(file: TableFile) -> str:
    """Return the source of a file's rows for references."""
    return EVERYWHERE if file.source == SHARED else file.source


def name(word: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + word.replace('"', '""') + '"'


def literal(value: str) -> str:
    """Return a value as a quoted SQL string."""
    return "'" + value.replace("'", "''") + "'"


def address(base: str, table: Table) -> str:
    """Return the SQL expression for the IRI of a row, from `csvw:aboutUrl`."""
    before, after = table.about.split("{id}")
    head, found, tail = before.partition("{source}")
    parts = [literal(base + head), "_source", literal(tail)] if found else [literal(base + head)]
    return " || ".join([*parts, "id", *([literal(after)] if after else [])])


def define_expansion(connection: duckdb.DuckDBPyConnection, base: str) -> None:
    """Define the macro `expanded`, which turns a value with a prefix into an IRI; NULL for an unknown prefix.

    The declared prefixes are a constant of the macro: a subquery would be planned once for each use of it, and one
    query on a table of mappings uses it some fifty times.
    """
    found = connection.execute(f"SELECT prefix, namespace FROM {PREFIXES} WHERE prefix IS NOT NULL").fetchall()
    prefixes = ", ".join(literal(prefix) for prefix, _ in found)
    namespaces = ", ".join(literal(base if namespace == BASE else namespace) for _, namespace in found)
    stands_for = f"MAP([{prefixes}]::VARCHAR[], [{namespaces}]::VARCHAR[])"
    expanded = f"{stands_for}[split_part(v, ':', 1)] || substr(v, strpos(v, ':') + 1)"
    macro = f"expanded(v) AS if(regexp_matches(v, {literal(ABSOLUTE)}), v, {expanded})"
    connection.execute(f"CREATE OR REPLACE MACRO {macro}")


def list_things(connection: duckdb.DuckDBPyConnection, schema: Schema, base: str) -> None:
    """Collect all targets of references in one engine table: `source`, `kind`, `id` and `iri`."""
    define_expansion(connection, base)
    connection.execute(f"CREATE TABLE {THINGS} (source VARCHAR, kind VARCHAR, id VARCHAR, iri VARCHAR)")
    referred = {table.stem: table for target in schema.targets.values() for table in target.tables}
    for table in referred.values():
        row = f"SELECT _source, {literal(table.kind)}, id, {address(base, table)} FROM {name(table.stem)}"
        connection.execute(f"INSERT INTO {THINGS} {row}")
    named = {code for target in schema.targets.values() for code in target.codes}
    codes = [(EVERYWHERE, code.kind, code.key, code.iri) for code in named]
    connection.executemany(f"INSERT INTO {THINGS} VALUES (?, ?, ?, ?)", codes)


def members(target: Target) -> str:
    """Return the SQL for all targets of a reference to a class: `source`, `key` (the value in the cell), `iri`."""
    key = "kind || '/' || id" if target.qualified else "id"
    kinds = ", ".join(literal(kind) for kind in target.kinds)
    return f"SELECT source, {key} AS key, iri FROM {THINGS} WHERE kind IN ({kinds or 'NULL'})"


def values(table: Table, column: Column) -> str:
    """Return the SQL for the rows of a table with the single values of a column as `v`, NULL for an empty cell."""
    cell = name(column.name)
    if not column.separator:
        return f"SELECT *, {cell} AS v FROM {name(table.stem)}"
    parts = f"string_split({cell}, {literal(column.separator)})"
    return f"SELECT *, unnest(coalesce({parts}, [NULL])) AS v FROM {name(table.stem)}"
