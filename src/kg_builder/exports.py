"""Writes a built graph in every published form; most are streams over the canonical N-Quads, none is edited."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from kg_builder import bridges, croissant, csvw, dictionary, jsonld, network, site, turtle
from kg_builder.beside import beside
from kg_builder.graph import Graph
from kg_builder.progress import Progress
from kg_builder.shapes import MEANING, STRUCTURE

Writer = Callable[[Graph, Path], None]


def export(graph: Graph, folder: Path, progress: Progress) -> None:
    """Write all outputs, or those that the project names, into a folder; the site beside the others."""
    wanted = graph.project.formats or (*WRITERS, SITE)
    files = [name for name in wanted if name != SITE]
    if SITE not in wanted:
        for name in files:
            progress.step(f"writing {name}")
            WRITERS[name](graph, folder)
        return
    pages = site.Site(graph, folder, progress)
    with beside(lambda: write_files(graph, folder, files)):
        pages.write_pages()
    pages.write_downloads()


def write_files(graph: Graph, folder: Path, names: Iterable[str]) -> None:
    """Write outputs one after the other."""
    for name in names:
        WRITERS[name](graph, folder)


def write_nquads(graph: Graph, folder: Path) -> None:
    """Write `kg.nq`: canonical order, one named graph for each source."""
    shutil.copyfile(graph.lines, folder / "kg.nq")


def write_turtle(graph: Graph, folder: Path) -> None:
    """Write `kg.ttl`: the triples of all named graphs together, each once."""
    turtle.write_turtle(graph.lines, graph.schema.prefixes, folder / "kg.ttl")


def write_trig(graph: Graph, folder: Path) -> None:
    """Write `kg.trig`: the named graphs one after the other."""
    turtle.write_trig(graph.lines, graph.schema.prefixes, folder / "kg.trig")


def write_jsonld(graph: Graph, folder: Path) -> None:
    """Write `kg.jsonld` and the context that its keys come from."""
    jsonld.write(graph.schema, graph.lines, folder)


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
}
"""The outputs by the names that `--format` takes, but for the site, which lists all others."""

SITE = site.FOLDER

NAMES = (
    "bridges", "context.jsonld", "croissant.json", "dictionary.md", "kg.gexf", "kg.graphml", "kg.jsonld", "kg.nq",
    "kg.trig", "kg.ttl", "ontology", "site", "tables"
)  # fmt: skip
"""What the writers leave in a folder."""
