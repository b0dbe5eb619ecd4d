"""Remembers tables whose cells have no problems, so that a build checks only those that have changed."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from kg_builder.core.cache import content_key, user_cache
from kg_builder.core.problems import Problem
from kg_builder.schema.model import Schema, Table
from kg_builder.tables.cell_checks import cell_problems, queries_of
from kg_builder.tables.engine import PREFIXES, THINGS, name


def changed_cell_problems(connection: duckdb.DuckDBPyConnection, schema: Schema) -> list[Problem]:
    """Return the problems of the cells of all loaded tables, without checking again what had none.

    Planning the checks of a table takes the engine longer than reading some thousand rows.
    """
    cache = user_cache()
    keys = dict(_keys(connection, schema))
    changed = [table for table, key in keys.items() if cache.get(key) is None]
    problems = [*cell_problems(connection, schema, changed)]
    if not problems:
        for table in changed:
            cache.put(keys[table], b"")
    return problems


def _keys(connection: duckdb.DuckDBPyConnection, schema: Schema) -> Iterator[tuple[Table, str]]:
    """Yield each table with a key of all that its check depends on.

    This is its rows with all that was filled in, the queries of the check, and what these read of all tables: the
    things that a reference may name, and the prefixes.
    """
    things = f"SELECT count(*), sum(hash(source, kind, id, iri)::HUGEINT) FROM {THINGS}"
    prefixes = f"SELECT prefix, namespace FROM {PREFIXES} ORDER BY ALL"
    shared = repr([connection.execute(query).fetchall() for query in (things, prefixes)])
    for table in schema.tables:
        rows = f"SELECT count(*), sum(hash(row)::HUGEINT) FROM {name(table.stem)} AS row"
        own = repr(connection.execute(rows).fetchall())
        yield table, content_key("cells", duckdb.__version__, shared, own, *queries_of(schema, table))
