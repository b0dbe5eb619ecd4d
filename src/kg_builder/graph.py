"""Makes the graph of a project: tables to N-Quads, N-Quads to a store, both validated."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import duckdb
import pyoxigraph
from rdflib import RDF

from kg_builder.cells import cell_problems
from kg_builder.engine import connect, list_things, load, name, resting
from kg_builder.federated import federated_questions
from kg_builder.files import TableFile, table_files
from kg_builder.percentages import rules_of
from kg_builder.places import place_problems, view_problems
from kg_builder.problems import Problem, ProblemsFound, quoted
from kg_builder.queries import StoredQuery, derived_triples, stored_queries
from kg_builder.questions import misleading, question_of, stored_questions
from kg_builder.reference import shape_results, union_of
from kg_builder.schema import Code, Schema
from kg_builder.shapes import MEANING, read_schema
from kg_builder.terms import BASE
from kg_builder.triples import add_lines, graph_of, render, write_quads, write_triples
from kg_builder.validate import Result, bounded, check_results, constraint_results, located

REFERENCE_LIMIT = 8_000
"""Rows up to which pySHACL validates the graph; above it the engine checks the same shapes, set-wise."""

IN_MEMORY = 150_000
"""Rows up to which the store stays in memory; at some 23 triples a row and 400 bytes a triple that is 1.4 GB."""

PIECE = 32 << 20
"""Bytes of N-Triples that the store loads at once."""

Progress = Callable[[str], None]
Item = TypeVar("Item")


@dataclasses.dataclass(frozen=True)
class Project:
    """Where a project is and how it is built: `memory` bounds the engine, e.g. `2GB`; no `formats` means all."""

    root: Path
    base: str = BASE
    memory: str = "2GB"
    formats: tuple[str, ...] = ()
    reference_limit: int = REFERENCE_LIMIT


@dataclasses.dataclass(frozen=True)
class Graph:
    """A built graph: `lines` is canonical N-Quads, `store` holds the same, `rows` counts the rows of each kind."""

    project: Project
    schema: Schema
    files: tuple[TableFile, ...]
    lines: Path
    store: pyoxigraph.Store
    quads: int
    rows: dict[str, int]
    problems: tuple[Problem, ...]
    reference: bool


def silent(_: str) -> None:
    """Show no progress."""


def graph_in(project: Project, work: Path, progress: Progress = silent) -> Graph:
    """Return the graph of a project, made and validated in the folder `work`.

    Raise `ProblemsFound` where tables, shapes or queries are at fault; faults of the graph are in its `problems`.
    """
    refuse_base(project.base)
    progress("reading shapes and queries")
    schema = read_schema(project.root / "ontology")
    faults: list[Problem] = []
    derivations = gathered(faults, lambda: stored_queries(project.root, "derive"))
    checks = gathered(faults, lambda: stored_queries(project.root, "checks"))
    questions = gathered(faults, lambda: [*stored_questions(project.root).values()])
    joins = gathered(faults, lambda: [each.question for each in federated_questions(project.root).values()])
    gathered(faults, lambda: stored_queries(project.root, "bridges"))
    shown = gathered(faults, lambda: stored_queries(project.root, "pages"))
    faults += view_problems(gathered(faults, lambda: stored_queries(project.root, "views")))
    faults += place_problems([*shown, *(question.query for question in questions)])
    faults += misleading([*questions, *joins, *map(question_of, shown)], rules_of(schema.ontology), checks)
    files = gathered(faults, lambda: table_files(project.root / "data", schema))
    with engine(work, project.memory) as connection:
        progress("reading tables")
        read = len(faults)
        notes = gathered(faults, lambda: load(connection, schema, files, work))
        progress("checking cells")
        if len(faults) == read:
            list_things(connection, schema, project.base)
            faults += cell_problems(connection, schema)
        if faults:
            raise ProblemsFound([*notes, *faults])
        progress("rendering N-Quads")
        render(connection, schema, project.base)
        ontology = ontology_triples(project, schema.codes, work / "ontology.nt")
        add_lines(connection, ontology, graph_of(project.base, "ontology"))
        write_triples(connection, work / "stated.nt")
        progress("loading the store")
        rows = {table.classes[0]: count(connection, table.stem) for table in schema.tables}
        store = store_for(sum(rows.values()), work)
        with resting(connection, project.memory):
            fill(store, work / "stated.nt")
            progress("deriving")
            derived: list[tuple[Path, str]] = []
            for derivation in derivations:
                made = derived_triples(store, derivation, work / f"{derivation.name}.nt")
                derived.append((made, str(derivation.about.get("graph", "derived"))))
                fill(store, made)
        progress("sorting")
        for path, source in derived:
            add_lines(connection, path, graph_of(project.base, source))
        quads = write_quads(connection, work / "kg.nq")
        progress("validating")
        small = sum(rows.values()) <= project.reference_limit
        with resting(connection, project.memory):
            found = results(store, schema, checks, work / "kg.nq", reference=small)
        problems = tuple(sorted([*notes, *located(found, connection, schema, project.base)]))
    return Graph(project, schema, tuple(files), work / "kg.nq", store, quads, rows, problems, small)


def gathered(faults: list[Problem], step: Callable[[], list[Item]]) -> list[Item]:
    """Return what a step returns; where it finds problems, add them to the faults of the run and return nothing."""
    try:
        return step()
    except ProblemsFound as found:
        faults += found.problems
        return []


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


def count(connection: duckdb.DuckDBPyConnection, stem: str) -> int:
    """Return the number of rows of a table."""
    return int((connection.execute(f"SELECT count(*) FROM {name(stem)}").fetchone() or (0,))[0])


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
    store: pyoxigraph.Store, schema: Schema, checks: list[StoredQuery], lines: Path, *, reference: bool
) -> dict[Result, int]:
    """Return what stored checks and shapes find, bounded; the shapes are run by pySHACL where it is the `reference`.

    The store's queries run beside each other: it lets go of the interpreter's lock.
    """
    tasks = [partial(check_results, store, check) for check in checks]
    if not reference:
        tasks += [partial(constraint_results, store, schema, table) for table in schema.tables if table.constraints]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda task: bounded(task()), tasks))
    if reference:
        found.append(bounded(shape_results(union_of(lines), schema)))
    return {result: more for each in found for result, more in each.items()}
