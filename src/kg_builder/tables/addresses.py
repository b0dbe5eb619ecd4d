"""The addresses of all rows and codes, and what the table of address changes says became of former ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import duckdb
from rdflib import DCTERMS

from kg_builder.core.iris import BASE
from kg_builder.core.problems import Location
from kg_builder.core.terms import KG
from kg_builder.schema.model import Schema, Table
from kg_builder.tables.engine import address, literal, name

ADDRESSES = "_addresses"
"""The engine table of the addresses in use, without the base, with the file and line of their rows."""


@dataclasses.dataclass(frozen=True)
class AddressChange:
    """A row of the table of address changes: what became of an address, and what takes its place."""

    location: Location
    address: str
    kind: str
    by: tuple[str, ...]
    retires: bool


@dataclasses.dataclass(frozen=True)
class ChangeTable:
    """The table of address changes: the one with a column for addresses, whatever its name."""

    schema: Schema
    table: Table

    @cached_property
    def retiring(self) -> frozenset[str]:
        """The kinds of changes after which nothing may have the address."""
        kinds = self.schema.targets[self.table.column(self.kind).target or ""]
        return frozenset(code.key for code in kinds.codes if self.schema.code_value(code, str(KG.retires)) == "true")

    @cached_property
    def kind(self) -> str:
        """The name of the column with the kind of the change."""
        return self._named(str(DCTERMS.type))

    @cached_property
    def address(self) -> str:
        """The name of the column with the address that changed."""
        return self._named(str(KG.address))

    @cached_property
    def by(self) -> str:
        """The name of the column with the addresses that take its place."""
        return self._named(str(KG.newAddress))

    def _named(self, path: str) -> str:
        column = self.table.column_of(path)
        assert column is not None  # noqa: S101  (a table of address changes has these columns)
        return column.name

    def rows(self, connection: duckdb.DuckDBPyConnection) -> list[AddressChange]:
        """Return the rows, by address."""
        columns = ", ".join(name(each) for each in (self.address, self.kind, self.by))
        rows = f"SELECT _file, _line, {columns} FROM {name(self.table.stem)} ORDER BY 3, 1, 2"
        parted = self.table.column(self.by).separator
        return [
            AddressChange(
                Location(file, line, field=self.address),
                address,
                kind,
                tuple(by.split(parted)) if by else (),
                kind in self.retiring,
            )
            for file, line, address, kind, by in connection.execute(rows).fetchall()
        ]


def change_table(schema: Schema) -> ChangeTable | None:
    """Return the table of address changes, None if no shape describes one."""
    found = (table for table in schema.tables if table.column_of(str(KG.address)))
    return next((ChangeTable(schema, table) for table in found), None)


def list_addresses(connection: duckdb.DuckDBPyConnection, schema: Schema) -> None:
    """Collect the addresses of all rows and codes in one engine table, except those of address changes.

    Terms with # are left out: no server is asked for what stands behind it.
    """
    own = change_table(schema)
    rows = [
        f"SELECT {address('', table)} AS address, _file AS file, _line AS line FROM {name(table.stem)}"
        for table in schema.tables
        if own is None or table != own.table
    ]
    codes = [each for code in schema.codes if "/" in (each := code.iri.removeprefix(BASE)) and "#" not in each]
    rows += [f"SELECT unnest([{', '.join(map(literal, codes))}]), NULL, NULL"] if codes else []
    connection.execute(f"CREATE OR REPLACE TABLE {ADDRESSES} AS {' UNION ALL '.join(rows)}")


def used_at(connection: duckdb.DuckDBPyConnection, addresses: list[str]) -> Mapping[str, Location]:
    """Return those of some addresses that are in use, with the location of the row; of a code, it has no file."""
    found = (
        f"SELECT address, coalesce(file, ''), coalesce(line, 0) FROM {ADDRESSES} WHERE address IN (SELECT unnest(?))"
    )
    rows = connection.execute(found, [addresses]).fetchall() if addresses else []
    return {address: Location(file, line, field="id" if line else "") for address, file, line in rows}


def lines_of(released: Path) -> str:
    """Return the SQL for the list of released addresses as a table with the columns `number` and `address`."""
    whole = "header = false, auto_detect = false, delim = '\x01', quote = '', escape = ''"
    columns = "columns = {'address': 'VARCHAR'}"
    return (
        f"(SELECT row_number() OVER () AS number, address FROM read_csv({literal(str(released))}, {whole}, {columns}))"
    )
