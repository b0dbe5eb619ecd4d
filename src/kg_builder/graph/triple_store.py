"""The embedded store of a graph: triples from tables and ontology, and derived triples."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyoxigraph
from rdflib import RDF

from kg_builder.graph.built_graph import Project
from kg_builder.graph.rendering import add_lines, graph_of, render, write_triples
from kg_builder.queries.stored_queries import StoredQuery, derived_triples
from kg_builder.schema.model import Code, Schema
from kg_builder.schema.ontology_folder import MEANING

IN_MEMORY = 150_000
"""Up to this many rows the store is in memory; with about 23 triples a row and 400 bytes a triple, that is 1.4 GB."""

PIECE = 32 << 20
"""Bytes of N-Triples that the store loads in one step."""


def stated_triples(connection: duckdb.DuckDBPyConnection, project: Project, schema: Schema, work: Path) -> Path:
    """Render tables and ontology as N-Quads in the engine and as N-Triples in a file; return the path of the file.

    Cells must already be checked.
    """
    render(connection, schema, project.base)
    ontology = ontology_triples(project, schema.codes, work / "ontology.nt")
    add_lines(connection, ontology, graph_of(project.base, "ontology"))
    write_triples(connection, work / "stated.nt")
    return work / "stated.nt"


def derive(store: pyoxigraph.Store, derivations: Iterable[StoredQuery], work: Path) -> list[tuple[str, Path]]:
    """Add the triples of derivations to the store, one by one; return the graph and the N-Triples of each."""
    derived = []
    for derivation in derivations:
        made = derived_triples(store, derivation, work / f"{derivation.name}.nt")
        fill(store, made)
        derived.append((derivation.header.graph, made))
    return derived


def store_for(rows: int, work: Path) -> pyoxigraph.Store:
    """Return an empty store, on disk in the folder `work` if that many rows would take too much memory."""
    return pyoxigraph.Store() if rows <= IN_MEMORY else pyoxigraph.Store(str(work / "store"))


def fill(store: pyoxigraph.Store, path: Path) -> None:
    """Load N-Triples into a store piece by piece, because loading takes several times the memory of its input."""
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
