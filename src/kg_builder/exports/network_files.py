"""Writes the graph for network tools: things as nodes, links between things as edges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from rdflib import RDF, RDFS

from kg_builder.core.iris import last_part
from kg_builder.exports.statements import Statement, iri, literal, statements, union, write_statements
from kg_builder.graph.built_graph import BuiltGraph

FORMS = ("kg.graphml", "kg.gexf")
"""The files. Each has a template of the same name, in which one `<node …>` and one `<edge …>` line repeat."""

PATTERN = re.compile(r"^(<(?:node|edge) .*\n)", re.MULTILINE)
TYPE = f"<{RDF.type}>"
LABEL = f"<{RDFS.label}>"

CACHED = 1 << 14
"""Cache size for IRIs escaped for XML: most are written many times."""


def write_network(graph: BuiltGraph, folder: Path) -> None:
    """Write `kg.graphml` and `kg.gexf`; keep in memory only the IRIs of things and their numbers of links.

    Nodes and edges are in the order of the lines; edges are numbered.
    """
    kinds = {f"<{table.classes[0]}>": table.label for table in graph.schema.tables}
    work = graph.lines.with_name("network")
    work.mkdir(exist_ok=True)
    things, linking = work / "things.nt", work / "links.nt"
    write_statements(_named_things(graph.lines, kinds), things)
    links = {thing: 0 for thing, _, _ in statements(things)}
    write_statements(_counted(union(graph.lines), links), linking)
    for name in FORMS:
        template = (files("kg_builder") / "templates" / name).read_text("utf-8")
        head, node, between, edge, foot = PATTERN.split(template)
        with (folder / name).open("w", encoding="utf-8") as stream:
            stream.write(head)
            stream.writelines(node.format_map(about) for about in nodes(things, kinds, links))
            stream.write(between)
            stream.writelines(edge.format_map(about) for about in edges(linking))
            stream.write(foot)


def _named_things(lines: Path, kinds: dict[str, str]) -> Iterator[Statement]:
    """Yield things that have a table, each with its class and its first label, or the last part of its IRI."""
    for thing, about in groupby(union(lines), key=itemgetter(0)):
        labels, types = [], set()
        for _, predicate, value in about:
            if predicate == LABEL:
                labels.append(value)
            elif predicate == TYPE:
                types.add(value)
        found = [kind for kind in kinds if kind in types]
        if found:
            name = min(labels, key=literal, default=f'"{last_part(iri(thing))}"')
            yield thing, found[-1], name


def _counted(found: Iterable[Statement], links: dict[str, int]) -> Iterator[Statement]:
    """Yield the statements that link two things, and count them for both things."""
    for source, predicate, target in found:
        if target in links and source in links:
            links[source] += 1
            links[target] += 1
            yield source, predicate, target


def nodes(things: Path, kinds: dict[str, str], links: dict[str, int]) -> Iterator[dict[str, str]]:
    """Yield the fields of each node."""
    for thing, kind, label in statements(things):
        name = literal(label)[0]
        yield {"iri": address(thing), "label": escape(name), "type": escape(kinds[kind]), "links": str(links[thing])}


def edges(linking: Path) -> Iterator[dict[str, str]]:
    """Yield the fields of each edge."""
    for number, (source, predicate, target) in enumerate(statements(linking)):
        yield {
            "number": str(number),
            "source": address(source),
            "target": address(target),
            "predicate": address(predicate),
            "relation": word(predicate),
        }


@lru_cache(CACHED)
def address(term: str) -> str:
    """Return the IRI of a term of N-Triples as XML."""
    return escape(iri(term))


@lru_cache(CACHED)
def word(term: str) -> str:
    """Return the last part of the IRI of a term of N-Triples as XML."""
    return escape(last_part(iri(term)))
