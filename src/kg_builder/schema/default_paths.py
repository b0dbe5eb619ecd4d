"""Which columns have defaults, and through which columns the paths of defaults lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from graphlib import TopologicalSorter

from kg_builder.schema.model import Column, Default, Schema, Table


def defaults(schema: Schema) -> Iterator[tuple[Table, Column, Default]]:
    """Yield the columns with a default."""
    return ((table, column, column.default) for table in schema.tables for column in table.columns if column.default)


def defaults_by_path(schema: Schema) -> list[tuple[Table, Column, Default]]:
    """Return the columns whose default is a path, each after those that its path goes through.

    Raise `graphlib.CycleError` if a path leads back to its own column.
    """
    by_shape = {(table.shape, column.shape): (table, column, each) for table, column, each in defaults(schema)}
    sorter: TopologicalSorter[tuple[str, str]] = TopologicalSorter()
    for table, column, default in by_shape.values():
        before = ((each.shape, other.shape) for each, other in _columns_on(schema, table, default.path))
        sorter.add((table.shape, column.shape), *before)
    found = (by_shape[each] for each in sorter.static_order() if each in by_shape)
    return [each for each in found if each[2].path]


def leads(schema: Schema, table: Table, path: Sequence[str]) -> bool:
    """Return whether columns follow a path of properties, one reference each; a code may have the last property."""
    column = table.column_of(path[0]) if path else None
    if column is None or len(path) == 1:
        return column is not None
    if column.target is None or column.separator:
        return False
    target, rest = schema.targets[column.target], path[1:]
    described = len(rest) == 1 and any(schema.code_value(code, rest[0]) for code in target.codes)
    return described or any(leads(schema, each, rest) for each in target.tables)


def _columns_on(schema: Schema, table: Table, path: Sequence[str]) -> Iterator[tuple[Table, Column]]:
    """Yield the columns that a path may go through."""
    tables: Iterable[Table] = (table,)
    for step in path:
        found = [(each, column) for each in tables if (column := each.column_of(step))]
        yield from found
        targets = {column.target for _, column in found if column.target}
        tables = [each for target in sorted(targets) for each in schema.targets[target].tables]
