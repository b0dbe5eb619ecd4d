"""Writes the graph in the words of other ontologies, as the stored queries in `queries/bridges/` say it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import pyoxigraph

from kg_builder import jsonld
from kg_builder.graph import Graph
from kg_builder.queries import derived_triples, stored_queries

FOLDER: Final = "bridges"
PREFIX = re.compile(r"^PREFIX ([\w-]+): <(.*)>$", re.MULTILINE)


def write(graph: Graph, folder: Path) -> None:
    """Write `bridges/NAME.jsonld` for each query: its prefixes are the context, one subject stands on a line."""
    (folder / FOLDER).mkdir()
    for query in stored_queries(graph.project.root, FOLDER):
        place = folder / FOLDER / f"{query.name}.jsonld"
        made = derived_triples(graph.store, query, graph.lines.parent / f"{query.name}.nt")
        lines = b"".join(sorted(set(made.read_bytes().splitlines(keepends=True))))
        context = {"id": "@id", "type": "@type", **dict(PREFIX.findall(query.text))}
        nodes = jsonld.nodes(pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_QUADS), context, {})
        with place.open("w", encoding="utf-8") as stream:
            stream.write('{"@context": ' + json.dumps(context) + ',\n"@graph": [\n')
            stream.write(",\n".join(json.dumps(node, ensure_ascii=False) for node in nodes))
            stream.write("\n]}\n")
