"""Fills empty cells with the defaults of their columns: constants, and values of the things that a row names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter

import duckdb

from kg_builder.core.iris import last_part
from kg_builder.core.problems import LISTED, Problem
from kg_builder.schema.model import Column, Schema, Table
from kg_builder.tables.engine import EVERYWHERE, literal, name

Cell = tuple[Table, Column]
"""A column of a table."""


def fill_constants(connection: duckdb.DuckDBPyConnection, schema: Schema) -> None:
    """Fill empty cells with constants."""
    for table, column in _defaulted(schema):
        if column.default and not column.default.path:
            _fill(connection, table, column, literal(_as_cell(schema, column, column.default.constant)))


def fill_paths(connection: duckdb.DuckDBPyConnection, schema: Schema) -> list[Problem]:
    """Fill empty cells with the values at the end of their paths; return problems of required cells that stay empty.

    References must already be checked.
    """
    for table, column in _in_order(schema):
        assert column.default  # noqa: S101  (only such columns are listed)
        _fill(connection, table, column, _value_at(schema, table, "r", column.default.path))
    return [each for table, column in _in_order(schema) if column.required for each in _unfilled(connection, table, column)]


def path_columns(schema: Schema, table: Table, path: tuple[str, ...]) -> list[list[Cell]]:
    """Return for each step of a path the columns that it may take; an empty list where no column has the property."""
    steps: list[list[Cell]] = []
    tables: Iterable[Table] = (table,)
    for step in path:
        found = [(each, column) for each in tables if (column := each.column_of(step))]
        steps.append(found)
        targets = {column.target for _, column in found if column.target}
        tables = [each for target in sorted(targets) for each in schema.targets[target].tables]
    return steps


def _defaulted(schema: Schema) -> Iterator[Cell]:
    """Yield the columns with a default."""
    return ((table, column) for table in schema.tables for column in table.columns if column.default)


def _in_order(schema: Schema) -> list[Cell]:
    """Return the columns whose default is a path, each after those that its path goes through."""
    sorter: TopologicalSorter[Cell] = TopologicalSorter()
    for table, column in _defaulted(schema):
        if column.default and column.default.path:
            later = path_columns(schema, table, column.default.path)[1:]
            sorter.add((table, column), *(each for step in later for each in step if each[1].default))
    return [(table, column) for table, column in sorter.static_order() if column.default and column.default.path]


def _fill(connection: duckdb.DuckDBPyConnection, table: Table, column: Column, value: str) -> None:
    """Set the empty cells of a column to the value of an SQL expression over the row `r`."""
    own = name(column.name)
    connection.execute(f"UPDATE {name(table.stem)} AS r SET {own} = {value} WHERE r.{own} IS NULL")


def _value_at(schema: Schema, table: Table, row: str, path: tuple[str, ...]) -> str:
    """Return the SQL expression for the value at the end of a path from a row of a table, NULL if there is none."""
    step, *rest = path
    column = table.column_of(step)
    if column is None:
        return "NULL"
    cell = f"{row}.{name(column.name)}"
    if not rest:
        return cell
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
        if (value := schema.code_value(code, rest[0]))
    ]
    values += [f"CASE {cell} {' '.join(described)} END"] if described else []
    return f"coalesce({', '.join(values)}, NULL)"


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
        more = total - LISTED if number == LISTED else 0
        found, expected = "an empty cell, and no default", "a value here or where its default comes from"
        yield Problem(
            file, line, column.name, "minCount", found, expected, column.description, more=max(more, 0), shape=column.shape
        )
