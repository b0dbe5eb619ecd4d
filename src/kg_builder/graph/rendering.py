"""Renders the loaded tables as N-Quads, column by column in the engine, not triple by triple in Python."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
from rdflib import RDF

from kg_builder.schema.model import SHARED, Column, Schema, Table
from kg_builder.tables.engine import EVERYWHERE, address, literal, members, name, side_by_side, values

XSD = "http://www.w3.org/2001/XMLSchema#"
ESCAPED = r"""replace(replace({v}, '\', '\\'), '"', '\"')"""
CANONICAL_DECIMAL = r"regexp_replace(regexp_replace({v}, '([.][0-9]*?)0+$', '\1'), '[.]$', '')"

LINES = "_lines"
"""The engine table that collects the N-Quads, one line per row."""


def render(connection: duckdb.DuckDBPyConnection, schema: Schema, base: str) -> None:
    """Fill the engine table of N-Quads from all tables, whose cells must already be checked."""
    connection.execute(f"CREATE TABLE {LINES} (line VARCHAR)")

    def render_table(own: duckdb.DuckDBPyConnection, table: Table) -> None:
        own.execute(f"INSERT INTO {LINES} {' UNION ALL '.join(_selects(schema, table, base))}")

    side_by_side(connection, render_table, schema.tables)


def add_lines(connection: duckdb.DuckDBPyConnection, path: Path, graph: str) -> None:
    """Add a file of N-Triples to the engine table, as quads of a named graph."""
    if path.stat().st_size:
        quad = f"regexp_replace(line, ' [.]$', {literal(f' <{graph}> .')})"
        connection.execute(f"INSERT INTO {LINES} SELECT {quad} FROM {_lines_of(path)}")


def sort_lines(connection: duckdb.DuckDBPyConnection, path: Path, into: Path) -> None:
    """Write the lines of a file in canonical order (by code point), without duplicates."""
    _copied(connection, f"SELECT DISTINCT line FROM {_lines_of(path)} ORDER BY line", into)


def _lines_of(path: Path) -> str:
    """Return the SQL for a file as a table with a column `line`."""
    whole = "header = false, auto_detect = false, delim = '\x01', quote = '', escape = ''"
    return f"read_csv({literal(str(path))}, {whole}, columns = {{'line': 'VARCHAR'}}, max_line_size = 20000000)"


def write_triples(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write the triples of all named graphs to one file, in any order, as N-Triples."""
    _copied(connection, f"SELECT regexp_replace(line, ' <[^ ]*> [.]$', ' .') FROM {LINES}", path)


def write_quads(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write the N-Quads in canonical order (by code point), without duplicates; return how many."""
    return _copied(connection, f"SELECT DISTINCT line FROM {LINES} ORDER BY line", path)


def _copied(connection: duckdb.DuckDBPyConnection, select: str, path: Path) -> int:
    """Write the rows of a query to a file, one per line and unchanged; return how many."""
    form = "FORMAT csv, HEADER false, DELIMITER '\x01', QUOTE '', ESCAPE ''"
    copy = f"COPY ({select}) TO {literal(str(path))} ({form})"
    return int((connection.execute(copy).fetchone() or (0,))[0])


def graph_of(base: str, source: str) -> str:
    """Return the IRI of the named graph of a source folder."""
    return f"{base}graph/{source}"


def _selects(schema: Schema, table: Table, base: str) -> Iterator[str]:
    """Yield the SQL for the lines of a table: one query for classes and plain columns, one for each other column.

    For small tables, planning a query takes longer than running it.
    """
    subject = f"'<' || {address(base, table)} || '> '"
    source = f"CASE _source WHEN {literal(EVERYWHERE)} THEN {literal(SHARED)} ELSE _source END"
    graph = f"' <' || {literal(graph_of(base, ''))} || {source} || '> .'"
    rests = [literal(f"<{RDF.type}> <{iri}>") for iri in table.classes]
    rests += [
        f"{literal(f'<{column.path}> ')} || {_object_of(column, name(column.name))}"
        for column in table.columns
        if column.is_plain
    ]
    row = f"SELECT {subject} AS s, {graph} AS g, unnest([{', '.join(rests)}]) AS rest FROM {name(table.stem)}"
    yield f"SELECT s || rest || g FROM ({row}) WHERE rest IS NOT NULL"
    for column in table.columns:
        predicate = literal(f"<{column.path}> ")
        if column.target:
            found = members(schema.targets[column.target])
            within = f"t.source IN ({literal(EVERYWHERE)}, r._source)"
            joined = f"({values(table, column)}) AS r JOIN ({found}) AS t ON r.v = t.key AND {within}"
            yield f"SELECT {subject} || {predicate} || '<' || t.iri || '>' || {graph} FROM {joined}"
        elif not column.is_plain:
            given = f"({values(table, column)}) WHERE v IS NOT NULL"
            yield f"SELECT {subject} || {predicate} || {_object_of(column, 'v')} || {graph} FROM {given}"


def _object_of(column: Column, v: str) -> str:
    """Return the SQL for the RDF term of a value `v` that is not a reference, with numbers in canonical form."""
    if column.is_iri:
        return f"'<' || expanded({v}) || '>'"
    datatype = (column.datatype or XSD + "string").removeprefix(XSD)
    value = (CANONICAL_DECIMAL if datatype == "decimal" else ESCAPED).format(v=v)
    if column.lang:
        return f"'\"' || {value} || '\"@{column.lang}'"
    return f"'\"' || {value} || '\"'" if datatype == "string" else f"'\"' || {value} || '\"^^<{XSD}{datatype}>'"
