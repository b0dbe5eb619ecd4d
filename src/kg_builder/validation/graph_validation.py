"""Validates a graph: stored checks, constraints and facets set-wise, and pySHACL on request."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pyoxigraph

from kg_builder.queries.stored_queries import StoredQuery
from kg_builder.schema.model import Schema
from kg_builder.validation.constraint_checks import Result, bounded, check_results, constraint_results
from kg_builder.validation.facet_checks import breakable_shapes, property_results


def results(
    store: pyoxigraph.Store,
    schema: Schema,
    checks: Iterable[StoredQuery],
    lines: Path,
    added: Iterable[Path] = (),
    *,
    reference: bool = False,
) -> dict[Result, int]:
    """Return the results of stored checks and shapes, limited in number; with `reference`, pySHACL runs the shapes too.

    Cells must already be checked; `added` holds the triples from other sources, whose facets are checked here.
    The queries run in parallel, because the store releases the GIL.
    """
    tasks = [partial(check_results, store, check) for check in checks]
    tasks += [partial(constraint_results, store, schema, table) for table in schema.tables if table.constraints]
    tasks += [partial(property_results, store, schema, shape) for shape in breakable_shapes(schema, added)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda task: bounded(task()), tasks))
    if reference:
        from kg_builder.validation.pyshacl_reference import shape_results, union_of  # noqa: PLC0415  (heavy)

        found.append(bounded(shape_results(union_of(lines), schema)))
    return {result: more for each in found for result, more in each.items()}
