"""Writes the graph for graph tools: things as nodes, links between things as edges, through networkx."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import networkx
from pyoxigraph import NamedNode, Quad, Store
from rdflib import RDF, RDFS

from kg_builder.graph import Graph
from kg_builder.schema import Schema, last_part


def write(graph: Graph, folder: Path) -> None:
    """Write `kg.graphml` and `kg.gexf`, the same bytes for the same graph on any day."""
    net = network(graph.store, graph.schema)
    networkx.write_graphml(net, folder / "kg.graphml", named_key_ids=True)
    text = "\n".join(networkx.generate_gexf(net, version="1.2draft")) + "\n"
    (folder / "kg.gexf").write_text(re.sub(r' lastmodifieddate="[^"]*"', "", text), encoding="utf-8")


def network(store: Store, schema: Schema) -> networkx.MultiDiGraph[str]:
    """Return the things that have a table, with `label`, `type` and `links`, and their links, with `relation`.

    Nodes and edges are sorted by IRI; an edge's key is the IRI of its property.
    """
    types: dict[str, str] = {}
    for table in schema.tables:
        members = store.quads_for_pattern(None, NamedNode(str(RDF.type)), NamedNode(table.classes[0]))
        types |= {quad.subject.value: table.label for quad in members}
    net: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for iri, label in sorted(types.items()):
        net.add_node(iri, label=name_of(store, iri), type=label, links=0)
    links: Counter[str] = Counter()
    for start, predicate, end in sorted({link(quad) for quad in store} - {()}):
        if start in types and end in types:
            net.add_edge(start, end, key=predicate, relation=last_part(predicate))
            links.update((start, end))
    networkx.set_node_attributes(net, links, "links")
    return net


def link(quad: Quad) -> tuple[str, ...]:
    """Return subject, predicate and object of a quad that links two things, else nothing."""
    if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
        return quad.subject.value, quad.predicate.value, quad.object.value
    return ()


def name_of(store: Store, iri: str) -> str:
    """Return the first label of a thing, or the last part of its IRI."""
    labels = store.quads_for_pattern(NamedNode(iri), NamedNode(str(RDFS.label)), None)
    return min((quad.object.value for quad in labels), default=last_part(iri))
