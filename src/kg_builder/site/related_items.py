"""What is around one thing: its links both ways, few enough to be drawn on the page of the thing."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from functools import cached_property
from itertools import zip_longest

from kg_builder.site.graph_views import Pictures
from kg_builder.site.page_index import Thing

Groups = dict[str, list[str]]
"""The things at the other end, by relation in words."""


@dataclasses.dataclass(frozen=True)
class Group:
    """A relation in words, and the things at its other end."""

    relation: str
    things: list[Thing]


@dataclasses.dataclass(frozen=True)
class Neighbourhood:
    """A thing, what leads to it, whither it leads, and how many things are left out."""

    thing: Thing
    before: list[Group]
    after: list[Group]
    more: int


class Neighbourhoods:
    """The neighbourhood of each thing; links are gathered when the first is asked for."""

    def __init__(self, pictures: Pictures) -> None:
        """Take what can be drawn of a graph."""
        self.pictures = pictures

    @cached_property
    def links(self) -> tuple[dict[str, Groups], dict[str, Groups]]:
        """The links that lead to each thing, and those that lead away from it: those of the views that are the whole.

        Rows that merely link two things are lines there, and are around nothing themselves.
        """
        inward: dict[str, Groups] = defaultdict(lambda: defaultdict(list))
        outward: dict[str, Groups] = defaultdict(lambda: defaultdict(list))
        wholes = [view for view in self.pictures.views if view.whole]
        for start, relation, end in (link for view in wholes for link in view.links):
            inward[end][relation].append(start)
            outward[start][relation].append(end)
        return dict(inward), dict(outward)

    def of(self, iri: str, limit: int = 24) -> Neighbourhood | None:
        """Return what is around a thing, at most that many things and some of every relation; None if nothing is."""
        before, after = (side.get(iri, {}) for side in self.links)
        if not before and not after:
            return None
        first = min(size(before), max(limit // 2, limit - size(after)))
        few = shortened(before, first), shortened(after, limit - first)
        more = size(before) + size(after) - size(few[0]) - size(few[1])
        return Neighbourhood(self.pictures.named[iri], self.told(few[0]), self.told(few[1]), more)

    def told(self, groups: Groups) -> list[Group]:
        """Return groups with the things themselves."""
        return [Group(relation, [self.pictures.named[iri] for iri in others]) for relation, others in groups.items()]


def size(groups: Groups) -> int:
    """Return how many things there are in all groups."""
    return sum(map(len, groups.values()))


def shortened(groups: Groups, limit: int) -> Groups:
    """Return the first things of each group, so many in all, shared out evenly as far as the groups reach."""
    turns = zip_longest(*([(relation, other) for other in others] for relation, others in sorted(groups.items())))
    kept = [each for turn in turns for each in turn if each][:limit]
    return {relation: [other for each, other in kept if each == relation] for relation in sorted(dict(kept))}
