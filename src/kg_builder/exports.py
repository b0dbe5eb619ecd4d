"""Writes a built graph in every published form; all are streams over the canonical N-Quads, none is edited."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph
from pyoxigraph import Quad, RdfFormat, Triple

from kg_builder import bridges, croissant, csvw, dictionary, jsonld, network, site
from kg_builder.graph import Graph
from kg_builder.progress import Progress
from kg_builder.shapes import MEANING, STRUCTURE

Writer = Callable[[Graph, Path], None]


def export(graph: Graph, folder: Path, progress: Progress) -> None:
    """Write all outputs, or those that the project names, into a folder."""
    wanted = graph.project.formats or tuple(WRITERS)
    for name in wanted:
        progress.step(f"writing {name}")
        if name == "site":
            site.write(graph, folder, progress)
        else:
            WRITERS[name](graph, folder)


def quads(lines: Path) -> Iterator[Quad]:
    """Yield the quads of a file of N-Quads in its order."""
    yield from pyoxigraph.parse(path=lines, format=RdfFormat.N_QUADS)


def write_nquads(graph: Graph, folder: Path) -> None:
    """Write `kg.nq`: canonical order, one named graph for each source."""
    shutil.copyfile(graph.lines, folder / "kg.nq")


def write_turtle(graph: Graph, folder: Path) -> None:
    """Write `kg.ttl`: the triples of all named graphs together, each once."""
    pyoxigraph.serialize(
        triples(graph.lines), folder / "kg.ttl", format=RdfFormat.TURTLE, prefixes=graph.schema.prefixes
    )


def triples(lines: Path) -> Iterator[Triple]:
    """Yield the triples of sorted N-Quads; one that stands in several named graphs comes once."""
    former = None
    for quad in quads(lines):
        if quad.triple != former:
            yield quad.triple
        former = quad.triple


def write_trig(graph: Graph, folder: Path) -> None:
    """Write `kg.trig`: the named graphs one after the other."""
    names = sorted({quad.graph_name.value for quad in quads(graph.lines)})
    ordered = (quad for name in names for quad in quads(graph.lines) if quad.graph_name.value == name)
    pyoxigraph.serialize(ordered, folder / "kg.trig", format=RdfFormat.TRIG, prefixes=graph.schema.prefixes)


def write_jsonld(graph: Graph, folder: Path) -> None:
    """Write `kg.jsonld` and the context that its keys come from."""
    jsonld.write(graph.schema, lambda: quads(graph.lines), folder)


def write_ontology(graph: Graph, folder: Path) -> None:
    """Write `ontology/`: meaning, code lists and shapes, as they were read."""
    (folder / "ontology").mkdir()
    for name in (*MEANING, STRUCTURE):
        shutil.copyfile(graph.project.root / "ontology" / name, folder / "ontology" / name)


WRITERS: dict[str, Writer] = {
    "nq": write_nquads,
    "ttl": write_turtle,
    "trig": write_trig,
    "jsonld": write_jsonld,
    "bridges": bridges.write,
    "csvw": csvw.write,
    "dictionary": dictionary.write,
    "network": network.write,
    "ontology": write_ontology,
    "croissant": croissant.write,
    "site": site.write,
}
"""The outputs by the names that `--format` takes."""

NAMES = (
    "bridges", "context.jsonld", "croissant.json", "dictionary.md", "kg.gexf", "kg.graphml", "kg.jsonld", "kg.nq",
    "kg.trig", "kg.ttl", "ontology", "site", "tables"
)  # fmt: skip
"""What the writers leave in a folder."""
