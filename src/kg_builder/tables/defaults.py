"""Fills empty cells with the defaults of their columns: constants, and values of the things that a row names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import duckdb

from kg_builder.core.iris import last_part
from kg_builder.core.problems import LISTED, Location, Problem
from kg_builder.schema.default_paths import defaults_by_path
from kg_builder.schema.model import Column, Schema, Table
from kg_builder.tables.engine import EVERYWHERE, literal, name
from kg_builder.tables.table_files import TableFile


def fill_constants(connection: duckdb.DuckDBPyConnection, schema: Schema) -> None:
    """Fill empty cells with constants."""
    for table in schema.tables:
        cells = constant_cells(schema, table)
        if cells:
            _fill(connection, table, {column: literal(cell) for column, cell in cells.items()})


def constant_cells(schema: Schema, table: Table) -> dict[str, str]:
    """Return what stands for an empty cell of each column of a table whose default is a constant."""
    return {
        column.name: _as_cell(schema, column, column.default.constant)
        for column in table.columns
        if column.default and not column.default.path
    }


def fill_paths(connection: duckdb.DuckDBPyConnection, schema: Schema) -> list[Problem]:
    """Fill empty cells with the values at the end of their paths; return problems of required cells that stay empty.

    References must already be checked.
    """
    for table, column, default in defaults_by_path(schema):
        _fill(connection, table, {column.name: _value_at(schema, table, "r", default.path)})
    return [
        each
        for table, column, _ in defaults_by_path(schema)
        if column.required
        for each in _unfilled(connection, table, column)
    ]


def filled_tables(connection: duckdb.DuckDBPyConnection, files: Iterable[TableFile], work: Path) -> dict[str, Path]:
    """Write the files of tables with defaults or made ids again, as CSV with all columns; return paths by name."""
    written = {}
    for number, file in enumerate(files):
        if any(column.default or column.is_made for column in file.table.columns):
            written[file.name] = work / f"filled-{number}.csv"
            columns = ", ".join(name(column.name) for column in file.table.columns)
            rows = f"SELECT {columns} FROM {name(file.table.stem)} WHERE _file = {literal(file.name)} ORDER BY _line"
            connection.execute(f"COPY ({rows}) TO {literal(str(written[file.name]))} (FORMAT csv, HEADER)")
    return written


def _fill(connection: duckdb.DuckDBPyConnection, table: Table, values: Mapping[str, str]) -> None:
    """Set the empty cells of columns to the values of SQL expressions over the row `r`, by the names of the columns."""
    filled = ", ".join(f"{name(column)} = coalesce(r.{name(column)}, {value})" for column, value in values.items())
    empty = " OR ".join(f"r.{name(column)} IS NULL" for column in values)
    connection.execute(f"UPDATE {name(table.stem)} AS r SET {filled} WHERE {empty}")


def _value_at(schema: Schema, table: Table, row: str, path: tuple[str, ...]) -> str:
    """Return the SQL expression for the value at the end of a path from a row of a table, NULL if there is none."""
    step, *rest = path
    column = table.column_of(step)
    if column is None:
        return "NULL"
    cell = f"{row}.{name(column.name)}"
    if not rest:
        return filled_cell(schema, table, row, column)
    target = schema.targets[column.target or ""]
    values = [
        f"(SELECT {_value_at(schema, each, inner, tuple(rest))} FROM {name(each.stem)} AS {inner} "
        f"WHERE {inner}.id = {cell} AND {inner}._source IN ({row}._source, {literal(EVERYWHERE)}))"
        for each in target.tables
        for inner in [f"{row}_{len(rest)}"]
    ]
    described = [
        f"WHEN {literal(code.key)} THEN {literal(last_part(value))}"
        for code in target.codes
        if len(rest) == 1 and (value := schema.code_value(code, rest[0]))
    ]
    values += [f"CASE {cell} {' '.join(described)} END"] if described else []
    return f"coalesce({', '.join(values)}, NULL)"


def filled_cell(schema: Schema, table: Table, row: str, column: Column) -> str:
    """Return the SQL expression for a cell of a row, or for its default by a path where it is empty."""
    cell = f"{row}.{name(column.name)}"
    if column.default is None or not column.default.path:
        return cell
    return f"coalesce({cell}, {_value_at(schema, table, row, column.default.path)})"


def default_value(schema: Schema, table: Table, row: str, column: Column) -> str:
    """Return the SQL expression for the default of a column in a row, NULL if there is none."""
    if column.default is None:
        return "NULL"
    if column.default.path:
        return _value_at(schema, table, row, column.default.path)
    return literal(_as_cell(schema, column, column.default.constant))


def _as_cell(schema: Schema, column: Column, constant: str) -> str:
    """Return a constant as the text of a cell; a thing is named by its id, or by type/id where several types may be."""
    if column.target is None:
        return constant
    return "/".join(constant.rsplit("/", 2)[-2:]) if schema.targets[column.target].qualified else last_part(constant)


def _unfilled(connection: duckdb.DuckDBPyConnection, table: Table, column: Column) -> Iterator[Problem]:
    """Yield the required cells of a column that no default fills, at most `LISTED`."""
    empty = f"SELECT _file, _line, count(*) OVER () FROM {name(table.stem)} WHERE {name(column.name)} IS NULL"
    rows = connection.execute(f"{empty} ORDER BY 1, 2 LIMIT {LISTED}").fetchall()
    for number, (file, line, total) in enumerate(rows, 1):
        yield Problem(
            Location(file, line, field=column.name),
            rule="minCount",
            found="an empty cell, and no default",
            expected="a value here or where its default comes from",
            hint=column.description,
            more=max(total - LISTED, 0) if number == LISTED else 0,
            shape=column.shape,
        )
