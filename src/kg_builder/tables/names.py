"""The names by which people know the things of the tables: ids, labels in any language, codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import duckdb
from rdflib import RDFS, SKOS, Graph, URIRef

from kg_builder.schema.model import Column, Schema, Table
from kg_builder.tables.engine import name

LABELS = frozenset(map(str, (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)))

PARTED = ", "
"""What separates several names in one label, such as that of a quantifier."""


def naming_columns(schema: Schema, table: Table) -> list[Column]:
    """Return the columns whose values name a row: its id, its labels in any language, and its codes."""
    codes = set(map(str, schema.ontology.transitive_subjects(RDFS.subPropertyOf, SKOS.notation)))
    return [column for column in table.columns if column.name == "id" or column.path in LABELS | codes]


def names_in(columns: Iterable[Column], cells: Iterable[str | None]) -> Iterator[str]:
    """Yield the names in the cells of some columns."""
    for column, cell in zip(columns, cells, strict=True):
        yield from (cell or "").split(column.separator) if column.separator else [cell or ""]


def ids_by_name(
    connection: duckdb.DuckDBPyConnection, schema: Schema, target: str, *, parted: bool = False
) -> dict[str, str]:
    """Return the ids of the things of a class by their case-folded names; the first thing with a name has it.

    `parted` says that a label may hold several names, separated by a comma.
    """
    found: dict[str, str] = {}
    for table in schema.targets[target].tables:
        columns = naming_columns(schema, table)
        listed = ", ".join(name(column.name) for column in columns)
        for id_, *cells in connection.execute(f"SELECT id, {listed} FROM {name(table.stem)} ORDER BY id").fetchall():
            for whole in names_in(columns, cells):
                for each in (whole, *(whole.split(PARTED) if parted else ())):
                    if each and id_:
                        found.setdefault(each.casefold(), id_)
    return found


def marks(schema: Schema, target: str, predicate: URIRef, condition: tuple[URIRef, str]) -> dict[str, str]:
    """Return the keys of the codes of a class by the values of a property, if another property has a value."""
    graph: Graph = schema.ontology
    wanted, value = condition
    return {
        str(mark): code.key
        for code in schema.targets[target].codes
        if schema.code_value(code, str(wanted)) == value
        for mark in graph.objects(URIRef(code.iri), predicate)
    }
