"""Writes the list of released addresses: what stands in it is never used for another thing, and never disappears."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

from kg_builder.core.output_folder import locked, replace_together, writable
from kg_builder.core.text_files import text_of
from kg_builder.schema.ontology_folder import read_schema
from kg_builder.tables.addresses import ADDRESSES, list_addresses
from kg_builder.tables.data_folder import RELEASED, table_files
from kg_builder.tables.engine import load
from kg_builder.tables.loading import engine
from kg_builder.tables.table_files import size_of

MEMORY = "2GB"


@dataclasses.dataclass(frozen=True)
class Release:
    """The number of all released addresses, and those that were not in the list before, sorted."""

    released: int
    new: list[str]


def release(root: Path, *, dry_run: bool = False) -> Release:
    """Add the addresses of all rows and codes to the list of released ones; an address is never removed from it.

    Parameters
    ----------
    root
        The project, which must be valid.
    dry_run
        Whether the list stays as it is.

    Returns
    -------
    Release
        What is new.

    Raises
    ------
    ProblemsFound
        If tables or list cannot be read, or the list cannot be written.

    """
    schema = read_schema(root / "ontology")
    files = table_files(root / "data", schema)
    with tempfile.TemporaryDirectory(prefix="kg-builder-") as work, engine(Path(work), MEMORY, size_of(files)) as own:
        load(own, schema, files, Path(work))
        list_addresses(own, schema)
        used = {address for (address,) in own.execute(f"SELECT address FROM {ADDRESSES}").fetchall()}
    path = root / RELEASED
    before = {*text_of(path, RELEASED, "text").splitlines()} if path.exists() else set()
    listed = sorted(before | used)
    if not dry_run and used - before:
        with writable(path, "The list is as it was."), locked(path.parent):
            replace_together({path: "".join(f"{address}\n" for address in listed).encode()})
    return Release(len(listed), sorted(used - before))
