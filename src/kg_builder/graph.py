"""Makes the graph of a project: tables to N-Quads, N-Quads to a store, both validated."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import duckdb
import pyoxigraph
from rdflib import RDF

from kg_builder.cells import cell_problems
from kg_builder.engine import connect, list_things, load, name, resting
from kg_builder.facets import breakable_shapes, property_results
from kg_builder.files import TableFile, table_files
from kg_builder.iris import BASE
from kg_builder.problems import Problem, ProblemsFound, quoted
from kg_builder.progress import SILENT, Progress
from kg_builder.queries import StoredQuery, derived_triples
from kg_builder.schema import Code, Schema
from kg_builder.shapes import MEANING
from kg_builder.sources import gathered, read_sources
from kg_builder.triples import add_lines, graph_of, render, write_quads, write_triples
from kg_builder.validate import Result, bounded, check_results, constraint_results, located

IN_MEMORY = 150_000
"""Rows up to which the store stays in memory; at some 23 triples a row and 400 bytes a triple that is 1.4 GB."""

FEW = 20_000
"""Rows below which the engine's optimizer takes longer than it saves."""

PIECE = 32 << 20
"""Bytes of N-Triples that the store loads at once."""


@dataclasses.dataclass(frozen=True)
class Project:
    """Where a project is and how it is built.

    `memory` bounds the engine, e.g. `2GB`; no `formats` means all; with `reference`, pySHACL validates the graph too.
    """

    root: Path
    base: str = BASE
    memory: str = "2GB"
    formats: tuple[str, ...] = ()
    reference: bool = False


@dataclasses.dataclass(frozen=True)
class Graph:
    """A built graph: `lines` is canonical N-Quads, `store` holds its triples, `rows` counts the rows of each kind."""

    project: Project
    schema: Schema
    files: tuple[TableFile, ...]
    lines: Path
    store: pyoxigraph.Store
    quads: int
    rows: dict[str, int]
    problems: tuple[Problem, ...]


def graph_in(project: Project, work: Path, progress: Progress = SILENT) -> Graph:
    """Return the graph of a project, made and validated in the folder `work`.

    Raise `ProblemsFound` where tables, shapes or queries are at fault; faults of the graph are in its `problems`.
    """
    refuse_base(project.base)
    progress.step("reading shapes and queries")
    sources = read_sources(project.root)
    schema = sources.schema
    faults = [*sources.problems]
    files = gathered(faults, lambda: table_files(project.root / "data", schema))
    with engine(work, project.memory) as connection:
        progress.step("reading tables")
        notes = read_tables(connection, schema, files, work, project.base, faults)
        progress.step("rendering N-Quads")
        rows = count_rows(connection, schema)
        stated = stated_triples(connection, project, schema, work)
        progress.step("deriving")
        store = store_for(sum(rows.values()), work)
        with resting(connection, project.memory):
            fill(store, stated)
            derived = derive(store, sources.derivations, work)
        progress.step("sorting")
        for source, path in derived:
            add_lines(connection, path, graph_of(project.base, source))
        quads = write_quads(connection, work / "kg.nq")
        progress.step("validating")
        with resting(connection, project.memory):
            added = [work / "ontology.nt", *(path for _, path in derived)]
            found = results(store, schema, sources.checks, work / "kg.nq", added, reference=project.reference)
        problems = tuple(sorted([*notes, *located(found, connection, schema, project.base)]))
    return Graph(project, schema, tuple(files), work / "kg.nq", store, quads, rows, problems)


def read_tables(
    connection: duckdb.DuckDBPyConnection,
    schema: Schema,
    files: Iterable[TableFile],
    work: Path,
    base: str,
    faults: Iterable[Problem],
) -> list[Problem]:
    """Load the tables and check their cells; return notes, or raise `ProblemsFound` with these and all faults.

    Cells are checked only where all files could be read: else references would seem to lead nowhere.
    """
    faults = [*faults]
    unread: list[Problem] = []
    notes = gathered(unread, lambda: load(connection, schema, files, work))
    if sum(count_rows(connection, schema).values()) < FEW:
        connection.execute("PRAGMA disable_optimizer")
    if not unread:
        list_things(connection, schema, base)
        faults += cell_problems(connection, schema)
    if faults or unread:
        raise ProblemsFound([*notes, *faults, *unread])
    return notes


def stated_triples(connection: duckdb.DuckDBPyConnection, project: Project, schema: Schema, work: Path) -> Path:
    """Render all that tables and ontology state as N-Quads in the engine, and as N-Triples in a file; return its path.

    Cells have been checked before.
    """
    render(connection, schema, project.base)
    ontology = ontology_triples(project, schema.codes, work / "ontology.nt")
    add_lines(connection, ontology, graph_of(project.base, "ontology"))
    write_triples(connection, work / "stated.nt")
    return work / "stated.nt"


def derive(store: pyoxigraph.Store, derivations: Iterable[StoredQuery], work: Path) -> list[tuple[str, Path]]:
    """Add what derivations make to the store, one after the other; return the graph and the N-Triples of each."""
    derived = []
    for derivation in derivations:
        made = derived_triples(store, derivation, work / f"{derivation.name}.nt")
        fill(store, made)
        derived.append((str(derivation.about.get("graph", "derived")), made))
    return derived


@contextlib.contextmanager
def engine(work: Path, memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give the engine for the time of a `with` block; raise `ProblemsFound` where its memory does not suffice."""
    try:
        with connect(work, memory) as connection:
            yield connection
    except (duckdb.InterruptException, RuntimeError) as error:
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from error  # the engine catches the signal while it works
        raise
    except duckdb.OutOfMemoryException as error:
        found = f"too little memory for the engine, {memory}"
        raise ProblemsFound([Problem("--memory", 0, "", "memory", found, "more, such as 2GB")]) from error


def refuse_base(base: str) -> None:
    """Raise `ProblemsFound` unless things can live at addresses that begin so."""
    if not re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+[/#]", base):
        expected = "an absolute IRI that ends in / or #"
        raise ProblemsFound([Problem("--base", 0, "", "base", quoted(base), expected)])


def count_rows(connection: duckdb.DuckDBPyConnection, schema: Schema) -> dict[str, int]:
    """Return the number of rows of each table, by the class of its things."""
    counts = (f"(SELECT count(*) FROM {name(table.stem)})" for table in schema.tables)
    found = connection.execute(f"SELECT {', '.join(counts)}").fetchone() or ()
    return {table.classes[0]: int(number) for table, number in zip(schema.tables, found, strict=True)}


def store_for(rows: int, work: Path) -> pyoxigraph.Store:
    """Return an empty store, on disk in the folder `work` where that many rows would take too much memory."""
    return pyoxigraph.Store() if rows <= IN_MEMORY else pyoxigraph.Store(str(work / "store"))


def fill(store: pyoxigraph.Store, path: Path) -> None:
    """Load a file of N-Triples into a store, piece by piece: it holds what it loads in memory several times."""
    with path.open("rb") as lines:
        while piece := lines.read(PIECE):
            store.bulk_load(piece + lines.readline(), format=pyoxigraph.RdfFormat.N_TRIPLES)


def ontology_triples(project: Project, codes: Iterable[Code], path: Path) -> Path:
    """Write the ontology and its code lists, with all their classes, as N-Triples; return the path."""
    with path.open("wb") as stream:
        for file in MEANING:
            triples = pyoxigraph.parse(path=project.root / "ontology" / file, format=pyoxigraph.RdfFormat.TURTLE)
            found = (quad.triple for quad in triples)
            pyoxigraph.serialize(found, stream, format=pyoxigraph.RdfFormat.N_TRIPLES)
        for code in codes:
            stream.writelines(f"<{code.iri}> <{RDF.type}> <{name}> .\n".encode() for name in code.classes)
    return path


def results(
    store: pyoxigraph.Store,
    schema: Schema,
    checks: Iterable[StoredQuery],
    lines: Path,
    added: Iterable[Path] = (),
    *,
    reference: bool = False,
) -> dict[Result, int]:
    """Return what stored checks and shapes find, bounded; as `reference`, pySHACL runs the shapes too.

    Cells have been checked before; `added` are the triples beside those of the tables, whose facets are checked here.
    The store's queries run beside each other: it lets go of the interpreter's lock.
    """
    tasks = [partial(check_results, store, check) for check in checks]
    tasks += [partial(constraint_results, store, schema, table) for table in schema.tables if table.constraints]
    tasks += [partial(property_results, store, schema, shape) for shape in breakable_shapes(schema, added)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda task: bounded(task()), tasks))
    if reference:
        from kg_builder.reference import shape_results, union_of  # noqa: PLC0415  (heavy)

        found.append(bounded(shape_results(union_of(lines), schema)))
    return {result: more for each in found for result, more in each.items()}
