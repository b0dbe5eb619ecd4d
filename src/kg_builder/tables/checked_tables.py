"""Remembers tables whose cells have no problems, so that a build checks only those that have changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import duckdb

from kg_builder.core.cache import content_key, user_cache
from kg_builder.core.output_folder import checksum
from kg_builder.core.problems import Problem
from kg_builder.schema.model import Schema, Table
from kg_builder.tables.cell_checks import cell_problems, queries_of
from kg_builder.tables.defaults import constant_cells
from kg_builder.tables.engine import PREFIXES, THINGS
from kg_builder.tables.table_files import TableFile


def changed_cell_problems(
    connection: duckdb.DuckDBPyConnection, schema: Schema, files: Iterable[TableFile]
) -> list[Problem]:
    """Return the problems of the cells of all loaded tables, without checking again what had none.

    Planning the checks of a table takes the engine longer than reading some thousand rows.
    """
    cache = user_cache()
    keys = dict(_keys(connection, schema, files))
    changed = [table for table, key in keys.items() if cache.get(key) is None]
    problems = [*cell_problems(connection, schema, changed)]
    if not problems:
        for table in changed:
            cache.put(keys[table], b"")
    return problems


def _keys(
    connection: duckdb.DuckDBPyConnection, schema: Schema, files: Iterable[TableFile]
) -> Iterator[tuple[Table, str]]:
    """Yield each table with a key of all that its check depends on.

    This is its files, the constants in their empty cells, the queries of the check, and what these read of all tables:
    the things that a reference may name, and the prefixes.
    """
    own: dict[str, list[str]] = defaultdict(list)
    for file in files:
        own[file.table.stem] += [file.name, checksum(file.path)]
    things = f"SELECT count(*), sum(hash(source, kind, id, iri)::HUGEINT) FROM {THINGS}"
    prefixes = f"SELECT prefix, namespace FROM {PREFIXES} ORDER BY ALL"
    shared = repr([connection.execute(query).fetchall() for query in (things, prefixes)])
    for table in schema.tables:
        constants = repr(sorted(constant_cells(schema, table).items()))
        queries = "\n".join(queries_of(schema, table))
        yield table, content_key("cells", duckdb.__version__, shared, constants, queries, *own[table.stem])
