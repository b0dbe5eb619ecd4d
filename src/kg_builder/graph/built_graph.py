"""A project, and the graph that is built from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph

from kg_builder.core.iris import BASE
from kg_builder.core.problems import Problem
from kg_builder.schema.model import Schema
from kg_builder.tables.table_files import TableFile


@dataclasses.dataclass(frozen=True)
class Project:
    """The location of a project and its build options.

    `memory` limits the engine, e.g. `2GB`; no `formats` means all; with `reference`, pySHACL validates the graph too.
    """

    root: Path
    base: str = BASE
    memory: str = "2GB"
    formats: tuple[str, ...] = ()
    reference: bool = False


@dataclasses.dataclass(frozen=True)
class BuiltGraph:
    """A built graph: `lines` is canonical N-Quads, `store` holds its triples, `rows` counts the rows of each kind.

    `filled` are the tables that may have defaults, with them, as CSV, by the names of their files; empty if no output
    reads them.
    """

    project: Project
    schema: Schema
    files: tuple[TableFile, ...]
    lines: Path
    store: pyoxigraph.Store
    quads: int
    rows: dict[str, int]
    problems: tuple[Problem, ...]
    filled: Mapping[str, Path]
