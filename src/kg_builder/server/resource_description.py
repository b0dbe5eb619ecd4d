"""The data about one thing in a graph: the statements in which it is subject or object."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph

from kg_builder.answers.graph_reader import GraphReader
from kg_builder.core.media_types import SHORT, TRIPLES
from kg_builder.server.sparql_protocol import triples_form

ENDINGS = {
    ending: next(media for media in TRIPLES if media in SHORT[ending]) for ending in ("ttl", "nt", "jsonld", "rdf")
}
"""The extensions of data addresses, and their media types."""


def described(graph: GraphReader, thing: pyoxigraph.NamedNode, media: str, prefixes: Mapping[str, str]) -> bytes:
    """Return the distinct statements about a thing, those with the thing as subject first."""
    about = sorted({quad.triple for quad in graph.store.quads_for_pattern(thing, None, None)}, key=str)
    beside = sorted({quad.triple for quad in graph.store.quads_for_pattern(None, None, thing)}, key=str)
    return pyoxigraph.serialize([*about, *beside], format=triples_form(media), prefixes=dict(prefixes)) or b""


def prefixes_of(graph: GraphReader) -> dict[str, str]:
    """Return the prefixes of the project's ontology, for writing data; empty if it has none."""
    file = graph.root / "ontology" / "kg.ttl"
    if not file.is_file():
        return {}
    stated = pyoxigraph.parse(path=file)
    next(stated, None)
    return dict(stated.prefixes)
