"""The outputs of a build, except the site: to add an output, add one entry here."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

from kg_builder.exports import bridges, croissant, csvw, data_dictionary, jsonld, network_files, turtle
from kg_builder.graph.built_graph import BuiltGraph
from kg_builder.schema.ontology_folder import MEANING, shape_files


@dataclasses.dataclass(frozen=True)
class Output:
    """An output: its name for `--format`, its files and folders, and the function that writes them.

    The function takes the built graph and the folder to write into. An output that `reads_cells` gets the tables with
    their defaults filled in.
    """

    name: str
    files: tuple[str, ...]
    write: Callable[[BuiltGraph, Path], None]
    reads_cells: bool = False


def _write_nquads(graph: BuiltGraph, folder: Path) -> None:
    """Write `kg.nq`: canonical order, one named graph for each source."""
    shutil.copyfile(graph.lines, folder / "kg.nq")


def _write_turtle(graph: BuiltGraph, folder: Path) -> None:
    """Write `kg.ttl`: the union of the triples of all named graphs."""
    turtle.write_turtle(graph.lines, graph.schema.prefixes, folder / "kg.ttl")


def _write_trig(graph: BuiltGraph, folder: Path) -> None:
    """Write `kg.trig`: the named graphs one by one."""
    turtle.write_trig(graph.lines, graph.schema.prefixes, folder / "kg.trig")


def _write_jsonld(graph: BuiltGraph, folder: Path) -> None:
    """Write `kg.jsonld` and the context that defines its keys."""
    jsonld.write_jsonld(graph.schema, graph.lines, folder)


def _write_ontology(graph: BuiltGraph, folder: Path) -> None:
    """Write `ontology/`: terms and code lists unchanged, and the shapes as one file, as validators expect."""
    read, written = graph.project.root / "ontology", folder / "ontology"
    written.mkdir()
    for name in MEANING:
        shutil.copyfile(read / name, written / name)
    (written / "shapes.ttl").write_bytes(b"\n".join((read / name).read_bytes() for name in shape_files(read)))


OUTPUTS = (
    Output("nq", ("kg.nq",), _write_nquads),
    Output("ttl", ("kg.ttl",), _write_turtle),
    Output("trig", ("kg.trig",), _write_trig),
    Output("jsonld", ("kg.jsonld", "context.jsonld"), _write_jsonld),
    Output("bridges", ("bridges",), bridges.write_bridges),
    Output("csvw", ("tables",), csvw.write_tables, reads_cells=True),
    Output("dictionary", ("dictionary.md",), data_dictionary.write_dictionary),
    Output("network", ("kg.graphml", "kg.gexf"), network_files.write_network),
    Output("ontology", ("ontology",), _write_ontology),
    Output("croissant", ("croissant.json",), croissant.write_croissant),
)
"""All outputs in the order of writing; the last one describes the others."""
