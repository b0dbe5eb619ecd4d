"""The neighbourhood of a thing: its links in both directions, few enough to draw on its page."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from functools import cached_property
from itertools import zip_longest

from kg_builder.site.graph_views import Pictures
from kg_builder.site.page_index import Thing

RESERVED = "*"
"""Stands behind a relation that the report itself does not state."""

Groups = dict[str, list[str]]
"""The things at the other end, by name of the relation."""


@dataclasses.dataclass(frozen=True)
class Group:
    """The name of a relation, and the things at its other end."""

    relation: str
    things: list[Thing]


@dataclasses.dataclass(frozen=True)
class Neighbourhood:
    """A thing, its incoming and outgoing links, and the number of things left out."""

    thing: Thing
    before: list[Group]
    after: list[Group]
    more: int


class Neighbourhoods:
    """The neighbourhood of each thing; links are collected on first use."""

    def __init__(self, pictures: Pictures) -> None:
        """Take the drawable data of a graph."""
        self.pictures = pictures

    @cached_property
    def links(self) -> tuple[dict[str, Groups], dict[str, Groups]]:
        """The incoming and outgoing links of each thing, from the views that show the whole graph.

        Rows that only link two things are lines there, and have no neighbourhood themselves.
        """
        inward: dict[str, Groups] = defaultdict(lambda: defaultdict(list))
        outward: dict[str, Groups] = defaultdict(lambda: defaultdict(list))
        wholes = [view for view in self.pictures.views if view.whole]
        for start, relation, end, reservation in (link for view in wholes for link in view.links):
            says = relation + RESERVED if reservation else relation
            for side, one, other in ((inward, end, start), (outward, start, end)):
                if other not in side[one][says]:  # several voices may say the same
                    side[one][says].append(other)
        return dict(inward), dict(outward)

    def of(self, iri: str, limit: int = 24) -> Neighbourhood | None:
        """Return the neighbourhood of a thing, limited to that many things but with every relation; None if empty."""
        before, after = (side.get(iri, {}) for side in self.links)
        if not before and not after:
            return None
        first = min(size(before), max(limit // 2, limit - size(after)))
        few = shortened(before, first), shortened(after, limit - first)
        more = size(before) + size(after) - size(few[0]) - size(few[1])
        return Neighbourhood(self.pictures.named[iri], self.told(few[0]), self.told(few[1]), more)

    def told(self, groups: Groups) -> list[Group]:
        """Return groups with things instead of IRIs."""
        return [Group(relation, [self.pictures.named[iri] for iri in others]) for relation, others in groups.items()]


def size(groups: Groups) -> int:
    """Return the number of things in all groups."""
    return sum(map(len, groups.values()))


def shortened(groups: Groups, limit: int) -> Groups:
    """Return the first things of each group up to a total, distributed as evenly as the group sizes allow."""
    turns = zip_longest(*([(relation, other) for other in others] for relation, others in sorted(groups.items())))
    kept = [each for turn in turns for each in turn if each][:limit]
    return {relation: [other for each, other in kept if each == relation] for relation in sorted(dict(kept))}
