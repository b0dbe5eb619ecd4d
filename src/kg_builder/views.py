"""The graph as pictures: stored views of links between things, with positions and measures."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, TypeVar

import networkx

from kg_builder.directory import Directory
from kg_builder.positions import positions
from kg_builder.queries import stored_queries

GRID = 100
"""Positions are whole numbers, so many to the length of a link."""

SAMPLE = 200
"""Nodes from which shortest paths are followed to tell what lies between others; all of them in smaller views."""

Item = TypeVar("Item")

Link = tuple[str, str, str]
"""Whence, by which relation in words, whither."""


@dataclasses.dataclass(frozen=True)
class View:
    """A stored view: what it shows, the types that are left out at first, and its links in the order of the query."""

    name: str
    title: str
    description: str
    hidden: tuple[str, ...]
    whole: bool
    links: tuple[Link, ...]

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """The things that are linked, in the order of the alphabet."""
        return tuple(sorted({node for start, _, end in self.links for node in (start, end)}))

    @cached_property
    def graph(self) -> networkx.Graph[int]:
        """The numbers of the nodes and what is linked, without directions and relations."""
        numbers = ordered(self.nodes)
        graph: networkx.Graph[int] = networkx.Graph()
        graph.add_nodes_from(numbers.values())
        graph.add_edges_from(sorted((numbers[start], numbers[end]) for start, _, end in self.links))
        return graph


class Pictures:
    """What can be drawn of a graph; each part is made when it is first asked for."""

    def __init__(self, directory: Directory) -> None:
        """Take the things of a graph, with their names."""
        self.graph = directory.graph
        self.named = directory.things

    @cached_property
    def views(self) -> list[View]:
        """The stored views in the order that they give themselves; raise `ProblemsFound` for faulty ones."""
        stored = sorted(stored_queries(self.graph.root, "views"), key=lambda query: query.about.get("order", 0))
        return [
            View(
                query.name,
                str(query.about["summary"]),
                str(query.about.get("description", "")).strip(),
                tuple(query.about.get("hidden", ())),
                bool(query.about.get("whole")),
                tuple(self.links(query.text)),
            )
            for query in stored
        ]

    def links(self, text: str) -> Iterator[Link]:
        """Yield the links that a query selects between things; rows with anything else are left out."""
        for start, relation, end in self.graph.answer(text, {}, "").rows:
            if start in self.named and end in self.named:
                yield str(start), str(relation), str(end)

    def graph_data(self) -> dict[str, Any]:
        """Return all views as JSON; things, types and relations are told once and named by their place in a list.

        `types` and `relations` are names, `things` [path, name, type], a view's `things` [thing, x, y, betweenness in
        thousandths, number of its group], its `links` [thing, thing, relation].
        """
        drawn = ordered(node for view in self.views for node in view.nodes)
        relations = ordered(relation for view in self.views for _, relation, _ in view.links)
        found = [self.named[iri] for iri in drawn]
        types = ordered(thing.kind for thing in found)
        return {
            "types": list(types),
            "relations": list(relations),
            "things": [[thing.path, thing.name, types[thing.kind]] for thing in found],
            "views": [
                {
                    "name": view.name,
                    "title": view.title,
                    "description": view.description,
                    "hidden": [types[name] for name in view.hidden if name in types],
                    "things": [
                        [drawn[node], *values] for node, values in zip(view.nodes, placed(view.graph), strict=True)
                    ],
                    "links": [[drawn[start], drawn[end], relations[relation]] for start, relation, end in view.links],
                }
                for view in self.views
            ],
        }


def placed(graph: networkx.Graph[int]) -> Iterator[tuple[int, int, int, int]]:
    """Yield for each node its x and y, its betweenness in thousandths, and its community, numbered by size from 0."""
    places = positions(graph)
    between = networkx.betweenness_centrality(graph, k=min(SAMPLE, len(graph)), seed=1)
    found = sorted(networkx.community.louvain_communities(graph, seed=1), key=lambda group: (-len(group), min(group)))
    groups = {node: number for number, group in enumerate(found) for node in group}
    for node in graph:
        x, y = places[node]
        yield round(x * GRID), round(y * GRID), round(between[node] * 1000), groups[node]


def ordered(items: Iterable[Item]) -> dict[Item, int]:
    """Return items, each once, with their place in the order in which they came first."""
    return {item: place for place, item in enumerate(dict.fromkeys(items))}
