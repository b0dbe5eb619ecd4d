"""Writes the graph mapped to other ontologies, with the stored queries in `queries/bridges/`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from kg_builder.exports.jsonld import write_nodes
from kg_builder.exports.statements import statements
from kg_builder.graph.built_graph import BuiltGraph
from kg_builder.graph.rendering import sort_lines
from kg_builder.queries.stored_queries import derived_triples, stored_queries
from kg_builder.tables.engine import connect

BRIDGES_FOLDER: Final = "bridges"
PREFIX = re.compile(r"^PREFIX ([\w-]+): <(.*)>$", re.MULTILINE)


def write_bridges(graph: BuiltGraph, folder: Path) -> None:
    """Write `bridges/NAME.jsonld` for each query: its prefixes are the context, with one subject per line."""
    (folder / BRIDGES_FOLDER).mkdir()
    work = graph.lines.parent
    for query in stored_queries(graph.project.root, BRIDGES_FOLDER):
        made = derived_triples(graph.store, query, work / f"{query.name}.nt")
        with connect(work, graph.project.memory) as connection:
            sort_lines(connection, made, work / f"{query.name}.sorted.nt")
        context = {"id": "@id", "type": "@type", **dict(PREFIX.findall(query.text))}
        with (folder / BRIDGES_FOLDER / f"{query.name}.jsonld").open("w", encoding="utf-8") as stream:
            stream.write('{"@context": ' + json.dumps(context) + ',\n"@graph": [\n')
            write_nodes(statements(work / f"{query.name}.sorted.nt"), context, stream)
            stream.write("\n]}\n")
