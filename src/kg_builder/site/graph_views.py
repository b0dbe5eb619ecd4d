"""The graph as drawings: stored views of links between things, with positions and measures."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from functools import cached_property
from importlib.metadata import version
from typing import Any, NamedTuple, TypeVar

from kg_builder.core.cache import Cache, content_key
from kg_builder.queries.stored_queries import stored_queries
from kg_builder.site.page_index import Directory, Thing

LIBRARIES = ("networkx", "numpy", "scipy")
"""The libraries for layouts and measures."""

Element = TypeVar("Element")


class Link(NamedTuple):
    """A line of a view; `reservation` says how firmly it is said, and who says it, or is empty if nothing limits it."""

    start: str
    relation: str
    end: str
    reservation: str


@dataclasses.dataclass(frozen=True)
class View:
    """A stored view: its title, the types hidden at first, and its links in query order."""

    name: str
    title: str
    description: str
    hidden: tuple[str, ...]
    whole: bool
    links: tuple[Link, ...]

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """The linked things, in alphabetical order."""
        return tuple(sorted({node for link in self.links for node in (link.start, link.end)}))

    @property
    def edges(self) -> list[tuple[int, int]]:
        """The links without directions and relations: sorted pairs of positions in the list of nodes."""
        numbers = ordered(self.nodes)
        return sorted({(numbers[link.start], numbers[link.end]) for link in self.links})


class Pictures:
    """The drawable data of a graph; each part is made on first use."""

    def __init__(self, directory: Directory, cache: Cache) -> None:
        """Take the things of a graph with their names, and the cache for layouts."""
        self.cache = cache
        self.graph = directory.graph
        self.named = directory.things

    @cached_property
    def views(self) -> list[View]:
        """The stored views in the order of their headers; raise `ProblemsFound` for views with errors."""
        stored = sorted(stored_queries(self.graph.root, "views"), key=lambda query: query.header.order)
        return [
            View(
                query.name,
                query.header.summary,
                query.header.description,
                query.header.hidden,
                query.header.whole,
                tuple(self.links(query.text)),
            )
            for query in stored
        ]

    def links(self, text: str) -> Iterator[Link]:
        """Yield the links between things that a query selects; skip rows with anything else."""
        for start, relation, end, reservation in self.graph.answer(text, {}, "").rows:
            if start in self.named and end in self.named:
                yield Link(str(start), str(relation), str(end), str(reservation or ""))

    def placed(self, view: View) -> list[list[int]]:
        """Return for each node of a view its x and y, its betweenness in thousandths, and its group, numbered by size.

        This takes seconds for large views; if nothing has changed, the result comes from the cache.
        """
        key = content_key("layout", *map(version, LIBRARIES), json.dumps([len(view.nodes), view.edges]))
        if known := self.cache.get(key):
            return list(json.loads(known))
        from kg_builder.site.graph_layout import measured  # noqa: PLC0415  (heavy)

        made = measured(len(view.nodes), view.edges)
        self.cache.put(key, json.dumps(made).encode())
        return made

    def graph_data(self) -> dict[str, Any]:
        """Return all views as JSON; things, types and relations are listed once and referred to by list position.

        `types`, `relations` and `reservations` are names, `things` [path, name, type, address if it has no page of its
        own], a view's `things` [thing, x, y, betweenness in thousandths, number of its group], its `links` [thing,
        thing, relation, reservation if there is one].
        """
        drawn = ordered(node for view in self.views for node in view.nodes)
        links = [link for view in self.views for link in view.links]
        relations = ordered(link.relation for link in links)
        reservations = ordered(link.reservation for link in links if link.reservation)
        found = [self.named[iri] for iri in drawn]
        types = ordered(thing.kind for thing in found)
        return {
            "types": list(types),
            "relations": list(relations),
            "reservations": list(reservations),
            "things": [thing_as_json(thing, types[thing.kind]) for thing in found],
            "views": [
                {
                    "name": view.name,
                    "title": view.title,
                    "description": view.description,
                    "hidden": [types[name] for name in view.hidden if name in types],
                    "things": [
                        [drawn[node], *values] for node, values in zip(view.nodes, self.placed(view), strict=True)
                    ],
                    "links": [
                        [
                            drawn[link.start],
                            drawn[link.end],
                            relations[link.relation],
                            *([reservations[link.reservation]] if link.reservation else []),
                        ]
                        for link in view.links
                    ],
                }
                for view in self.views
            ],
        }


def thing_as_json(thing: Thing, kind: int) -> list[Any]:
    """Return a thing in the format of the view data; `kind` is the position of its type in the list of types."""
    return [thing.path, thing.name, kind, *([] if thing.has_page else [thing.address])]


def ordered(items: Iterable[Element]) -> dict[Element, int]:
    """Return the distinct items with their position, in order of first occurrence."""
    return {item: place for place, item in enumerate(dict.fromkeys(items))}
