"""Fills empty cells with the parts of what is printed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

import duckdb

from kg_builder.core.problems import LISTED, Location, Problem, quoted
from kg_builder.core.spreadsheets import damage
from kg_builder.core.terms import KG
from kg_builder.schema.model import Column, Schema, Table
from kg_builder.tables.engine import literal, name
from kg_builder.tables.names import ids_by_name, marks
from kg_builder.tables.printed_values import PrintedValue, Vocabulary

READINGS = "_readings"
PARTS = tuple(field.name for field in dataclasses.fields(PrintedValue))
NEEDED = ("value", "decimals", "unit")
"""What is printed is read where one of these is empty."""

HINT = "Fill value, decimals and unit, or correct what is printed."


def fill_from_printed(connection: duckdb.DuckDBPyConnection, schema: Schema) -> list[Problem]:
    """Fill the empty cells of columns that take a part of what is printed; return the tokens that cannot be read.

    A cell that is filled counts, and a status that says why there is no value needs no token. Each token is read once.
    """
    problems: list[Problem] = []
    for table in schema.tables:
        columns = {column.printed_part: column for column in table.columns if column.printed_part}
        printed = table.column_of(str(KG.printed))
        if printed and set(NEEDED) <= set(columns):
            problems += _filled(connection, schema, table, printed, columns)
    return problems


def vocabulary_of(connection: duckdb.DuckDBPyConnection, schema: Schema, columns: Mapping[str, Column]) -> Vocabulary:
    """Return the ids of printed words, for columns by the part that they take."""
    targets = {part: column.target or "" for part, column in columns.items()}
    return Vocabulary(
        units=ids_by_name(connection, schema, targets["unit"]),
        quantifiers=ids_by_name(connection, schema, targets["quantifier"], parted=True),
        gaps=marks(schema, targets["status"], KG.mark, (KG.hasValue, "false")),
        flags=marks(schema, targets["status"], KG.mark, (KG.hasValue, "true")),
    )


def _filled(
    connection: duckdb.DuckDBPyConnection, schema: Schema, table: Table, printed: Column, columns: Mapping[str, Column]
) -> list[Problem]:
    """Fill the cells of one table; return its tokens that cannot be read."""
    own, token = name(table.stem), f"r.{name(printed.name)}"
    cells = {part: f"r.{name(column.name)}" for part, column in columns.items()}
    incomplete = " OR ".join(f"{cells[part]} IS NULL" for part in NEEDED)
    tokens = connection.execute(f"SELECT DISTINCT {token} FROM {own} AS r WHERE {token} IS NOT NULL AND ({incomplete})")
    listed = sorted(token for (token,) in tokens.fetchall())
    if not listed:
        return []
    _write_readings(connection, vocabulary_of(connection, schema, columns), listed)
    joined = f"{READINGS} AS p WHERE {token} = p.token AND ({incomplete})"
    codes = schema.targets[columns["status"].target or ""].codes
    gaps = [literal(code.key) for code in codes if schema.code_value(code, str(KG.hasValue)) == "false"]
    has_value = f"({cells['status']} IS NULL OR {cells['status']} NOT IN ({', '.join(gaps)}))"
    problems = list(_unread(connection, printed, f"{own} AS r, {joined}", cells))
    taken = []
    for part, column in columns.items():
        read = f"if({has_value}, p.{part}, NULL)" if part in {"value", "decimals"} else f"p.{part}"
        taken.append(f"{name(column.name)} = coalesce({cells[part]}, {read})")
    connection.execute(f"UPDATE {own} AS r SET {', '.join(taken)} FROM {joined}")
    return problems


def _write_readings(connection: duckdb.DuckDBPyConnection, vocabulary: Vocabulary, tokens: list[str]) -> None:
    """Fill an engine table with what each token says: its parts, and why it says too little."""
    rows = []
    for token in tokens:
        parts, unknown = vocabulary.read(token)
        known = dataclasses.astuple(parts) if parts else ("",) * len(PARTS)
        rows.append((token, "" if parts else "a token", unknown.get("unit", ""), unknown.get("quantifier", ""), *known))
    names = ("token", "unread", "unknown_unit", "unknown_quantifier", *PARTS)
    columns = ", ".join(f"nullif(unnest(?), '') AS {each}" for each in names)
    lists = [list(each) for each in zip(*rows, strict=True)]
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {READINGS} AS SELECT {columns}", lists)


def _unread(
    connection: duckdb.DuckDBPyConnection, printed: Column, joined: str, cells: Mapping[str, str]
) -> Iterator[Problem]:
    """Yield the tokens of rows without a value that cannot be read, or hold a word that names nothing."""
    unit = f"if({cells['unit']} IS NULL, p.unknown_unit, NULL)"
    quantifier = f"if({cells['quantifier']} IS NULL, p.unknown_quantifier, NULL)"
    found = f"SELECT r._file, r._line, p.token, {unit} AS unit, {quantifier} AS quantifier, p.unread FROM {joined}"
    empty = f"{found} AND {cells['value']} IS NULL AND {cells['status']} IS NULL"
    faulty = f"SELECT *, count(*) OVER () FROM ({empty}) WHERE coalesce(unread, unit, quantifier) IS NOT NULL"
    rows = connection.execute(f"{faulty} ORDER BY 1, 2 LIMIT {LISTED}").fetchall()
    for number, (file, line, token, unknown_unit, unknown_quantifier, _, total) in enumerate(rows, 1):
        words = [
            f"{quoted(word)}, which is no {kind} of the tables"
            for kind, word in (("unit", unknown_unit), ("quantifier", unknown_quantifier))
            if word
        ]
        yield Problem(
            Location(file, line, field=printed.name),
            rule="printed-value",
            found=quoted(token) + (f" with {' and '.join(words)}" if words else ""),
            expected="a value that can be read, such as 8%, 7.5, < 1 or -",
            hint=damage(token) or HINT,
            more=max(total - LISTED, 0) if number == LISTED else 0,
            shape=printed.shape,
        )
