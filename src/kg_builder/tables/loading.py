"""Opens the engine, loads the tables of a project and checks their cells."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import duckdb

from kg_builder.core.problems import Location, Problem, ProblemsFound, gathered
from kg_builder.schema.model import Schema
from kg_builder.tables.checked_tables import changed_cell_problems
from kg_builder.tables.defaults import fill_constants, fill_paths
from kg_builder.tables.engine import connect, list_things, literal, load, name, plan_without_optimizer
from kg_builder.tables.made_ids import make_ids
from kg_builder.tables.printed_cells import fill_from_printed
from kg_builder.tables.released_addresses import address_problems
from kg_builder.tables.table_files import Row, TableFile

MEMORY = "2GB"
"""The memory of the engine where rows are only filled."""

FEW = 20_000
"""Below this many rows, the optimizer of the engine takes longer than it saves."""


@contextlib.contextmanager
def engine(work: Path, memory: str, size: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """Provide the engine for tables of `size` bytes during a `with` block.

    Raise `ProblemsFound` if its memory is not enough.
    """
    try:
        with connect(work, memory, size) as connection:
            yield connection
    except (duckdb.InterruptException, RuntimeError) as error:
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from error  # the engine catches the signal while it works
        raise
    except duckdb.OutOfMemoryException as error:
        raise ProblemsFound.at(
            Location("--memory"),
            rule="memory",
            found=f"too little memory for the engine, {memory}",
            expected="more, such as 2GB",
        ) from error


def read_tables(
    connection: duckdb.DuckDBPyConnection,
    schema: Schema,
    files: Collection[TableFile],
    root: Path,
    work: Path,
    *,
    base: str,
    faults: Iterable[Problem] = (),
) -> list[Problem]:
    """Load the tables and check cells and addresses; return notes, or raise `ProblemsFound` with notes and problems.

    Cells are checked only if all files could be read; otherwise valid references would seem to have no target.
    `root` is the project, `work` a folder for temporary files.
    """
    faults = [*faults]
    unread: list[Problem] = []
    notes = gathered(unread, lambda: load(connection, schema, files, work))
    if sum(count_rows(connection, schema).values()) < FEW:
        plan_without_optimizer(connection)
    if not unread:
        notes += _empty_reports(connection, files)
        faults += row_problems(connection, schema, root, base, faults)
    if faults or unread:
        raise ProblemsFound([*notes, *faults, *unread])
    return notes


def _empty_reports(connection: duckdb.DuckDBPyConnection, files: Iterable[TableFile]) -> Iterator[Problem]:
    """Yield a warning for each folder of a report whose tables have no rows."""
    tables: dict[str, set[str]] = {}
    for file in files:
        if file.table.per_source:
            tables.setdefault(file.source, set()).add(file.table.stem)
    for source, stems in sorted(tables.items()):
        rows = " UNION ALL ".join(f"SELECT 1 FROM {name(stem)} WHERE _source = $source" for stem in sorted(stems))
        if connection.execute(f"{rows} LIMIT 1", {"source": source}).fetchone() is None:
            yield Problem(
                Location(f"data/{source}"),
                rule="empty-report",
                found="a report without rows",
                expected="the row of report.csv at least",
                hint="Fill its tables, report.csv first.",
                severity="warning",
            )


def row_problems(
    connection: duckdb.DuckDBPyConnection,
    schema: Schema,
    root: Path,
    base: str,
    faults: Iterable[Problem] = (),
) -> list[Problem]:
    """Return the problems of the cells and addresses of loaded tables, and fill their empty cells with defaults."""
    tokens = fill_before_checks(connection, schema)
    list_things(connection, schema, base)
    problems = [*checked_cells(changed_cell_problems(connection, schema), tokens)]
    problems += address_problems(connection, schema, root, {problem.location.file for problem in problems})
    return problems if problems or [*faults] else fill_paths(connection, schema)


def fill_before_checks(connection: duckdb.DuckDBPyConnection, schema: Schema) -> list[Problem]:
    """Fill the empty cells that need no checked reference: parts of what is printed, constants, ids that are made.

    Return the printed tokens that cannot be read.
    """
    problems = fill_from_printed(connection, schema)
    fill_constants(connection, schema)
    make_ids(connection, schema)
    return problems


def checked_cells(problems: Iterable[Problem], unread: Iterable[Problem]) -> Iterator[Problem]:
    """Yield printed tokens that could not be read, and problems of cells, without the empty cells that those leave."""
    unread = [*unread]
    rows = {(each.location.file, each.location.line) for each in unread}
    yield from unread
    for problem in problems:
        if problem.rule != "minCount" or (problem.location.file, problem.location.line) not in rows:
            yield problem


def filled_rows(schema: Schema, files: Iterable[TableFile]) -> list[tuple[TableFile, int, Row]]:
    """Return each row of some tables with its file and line, and with its empty cells filled; cells are not checked.

    Raise `ProblemsFound` for files that are no clean tables.
    """
    files = [*files]
    with tempfile.TemporaryDirectory(prefix="kg-builder-") as folder, engine(Path(folder), MEMORY, 0) as connection:
        load(connection, schema, files, Path(folder))
        plan_without_optimizer(connection)
        fill_before_checks(connection, schema)
        fill_paths(connection, schema)
        return [(file, line, row) for file in files for line, row in _rows_in(connection, file)]


def _rows_in(connection: duckdb.DuckDBPyConnection, file: TableFile) -> Iterator[tuple[int, Row]]:
    """Yield the line and the cells of each row of a file, as the engine holds them; empty cells are empty texts."""
    names = [column.name for column in file.table.columns]
    listed = ", ".join(f"coalesce({name(each)}, '')" for each in names)
    rows = f"SELECT _line, {listed} FROM {name(file.table.stem)} WHERE _file = {literal(file.name)} ORDER BY _line"
    for line, *cells in connection.execute(rows).fetchall():
        yield line, dict(zip(names, cells, strict=True))


def count_rows(connection: duckdb.DuckDBPyConnection, schema: Schema) -> dict[str, int]:
    """Return the number of rows of each table, by the class of its things."""
    counts = (f"(SELECT count(*) FROM {name(table.stem)})" for table in schema.tables)
    found = connection.execute(f"SELECT {', '.join(counts)}").fetchone() or ()
    return {table.classes[0]: int(number) for table, number in zip(schema.tables, found, strict=True)}
