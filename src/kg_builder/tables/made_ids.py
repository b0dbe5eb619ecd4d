"""Makes the ids of rows that have none, from the values by which they differ from other rows."""

from __future__ import annotations

import duckdb

from kg_builder.schema.model import Column, Schema, Table
from kg_builder.tables.defaults import default_value
from kg_builder.tables.engine import literal, name

LONGEST = 120
"""Characters of the longest id; a longer one is cut and ends in a part of its checksum."""

CHECKSUM = 8
"""How many digits of a checksum stand for what is cut, or for text without a letter that an id may have."""


def make_ids(connection: duckdb.DuckDBPyConnection, schema: Schema) -> None:
    """Fill the empty ids of all tables whose shapes say from what they are made (`kg:idFrom`).

    Constants must already be filled. A value that is the default of its column is left out, typed or not; so is the
    beginning of a value that repeats the first one, as in the option `seen-yes` of the question `seen`.
    """
    for table in schema.tables:
        empty = f"SELECT 1 FROM {name(table.stem)} WHERE id IS NULL LIMIT 1"
        if table.id_from and connection.execute(empty).fetchone():  # planning the update takes longer than this
            connection.execute(
                f"UPDATE {name(table.stem)} AS r SET id = made, _made = true "
                f"FROM ({_made_ids(schema, table)}) AS m WHERE r.id IS NULL AND r.rowid = m.rowid AND made <> ''"
            )


def _made_ids(schema: Schema, table: Table) -> str:
    """Return the SQL for the ids that rows without one get: `rowid` and `made`."""
    columns = [column for path in table.id_from if (column := table.column_of(path))]
    parts = ", ".join(_part(schema, table, column) for column in columns)
    empty = f"SELECT rowid, [{parts}] AS given FROM {name(table.stem)} AS r WHERE r.id IS NULL"
    kept = f"SELECT rowid, list_filter(given, lambda x: x IS NOT NULL) AS parts FROM ({empty})"
    unlike = "if(starts_with(x, parts[1] || '-'), substr(x, length(parts[1]) + 2), x)"
    whole = f"array_to_string(list_transform(parts, lambda x: {unlike}), '-')"
    cut = LONGEST - CHECKSUM - 1
    short = f"rtrim(left(made, {cut}), '-') || '-' || left(sha256(made), {CHECKSUM})"
    limited = f"if(length(made) > {LONGEST}, {short}, made)"
    return f"SELECT rowid, {limited} AS made FROM (SELECT rowid, {whole} AS made FROM ({kept}))"


def _part(schema: Schema, table: Table, column: Column) -> str:
    """Return the SQL for what a cell of the row `r` gives to its id, NULL if it is empty or the default."""
    cell = f"r.{name(column.name)}"
    if column.default:
        cell = f"nullif({cell}, {default_value(schema, table, 'r', column)})"
    if column.separator:
        separator = literal(column.separator)
        cell = f"array_to_string(list_sort(string_split({cell}, {separator})), '-')"
    return hyphenated(cell)


def hyphenated(text: str) -> str:
    """Return the SQL for a text as words of an id: lower-case ASCII letters and digits, joined by hyphens."""
    plain = f"lower(strip_accents(replace({text}, 'ß', 'ss')))"
    words = f"trim(regexp_replace({plain}, '[^a-z0-9]+', '-', 'g'), '-')"
    return f"coalesce(nullif({words}, ''), left(sha256({text}), {CHECKSUM}))"
