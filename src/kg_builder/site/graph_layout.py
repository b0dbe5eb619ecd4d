"""Places the nodes of a graph on a plane, the same way on every day: part by part, side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import count

import networkx
import threadpoolctl
from scipy.spatial import cKDTree

Point = tuple[float, float]

GRID = 100
"""Positions are whole numbers, so many to the length of a link."""

SAMPLE = 200
"""Nodes from which shortest paths are followed to tell what lies between others; all of them in smaller views."""

LARGE = 150
"""Nodes from which on a connected graph is laid out by its communities: distances between all pairs take too long."""

ROOM = 0.55
"""The least radius of a part, in links, times the root of its number of nodes: dots should not cover each other."""

GAP = 1.5
"""How far nodes of different parts stay from each other, in links."""

WIDER = 1.3
"""How much wider than high the whole becomes; most screens are."""


def measured(nodes: int, edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return for each of so many nodes its x and y, its betweenness in thousandths, and its community.

    `edges` are pairs of nodes, which are numbers from 0. Communities are numbered by size, from 0 for the largest.
    """
    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from(edges)
    places = positions(graph)
    between = networkx.betweenness_centrality(graph, k=min(SAMPLE, len(graph)), seed=1)
    found = sorted(networkx.community.louvain_communities(graph, seed=1), key=lambda group: (-len(group), min(group)))
    groups = {node: number for number, group in enumerate(found) for node in group}
    return [
        [round(places[node][0] * GRID), round(places[node][1] * GRID), round(between[node] * 1000), groups[node]]
        for node in graph
    ]


def positions(graph: networkx.Graph[int]) -> dict[int, Point]:
    """Return where each node lies, in mean lengths of a link; parts lie beside each other, the largest in the middle.

    Nodes are numbers, as sets of texts have another order in each run; there is no chance in it but a seeded one.
    """
    parts = _parted(graph)
    if len(parts) == 1:
        return _drawn(graph)
    placed: dict[int, Point] = {}
    for part in parts:
        inner = positions(networkx.Graph(graph.subgraph(part)))
        dx, dy = _free_place(list(inner.values()), list(placed.values()))
        placed |= {node: (x + dx, y + dy) for node, (x, y) in inner.items()}
    return placed


def _parted(graph: networkx.Graph[int]) -> list[list[int]]:
    """Return the nodes of each part, large parts first: what is connected, or the communities where that is large."""
    found = list(networkx.connected_components(graph))
    if len(found) == 1 and len(graph) > LARGE:
        found = networkx.community.louvain_communities(graph, seed=1)
    return sorted(map(sorted, found), key=lambda part: (-len(part), part[0]))


def _drawn(graph: networkx.Graph[int]) -> dict[int, Point]:
    """Return a connected graph by Kamada and Kawai, around its middle, with links of mean length one or longer."""
    if len(graph) == 1:
        return dict.fromkeys(graph, (0.0, 0.0))
    with threadpoolctl.threadpool_limits(1):  # threads for so small a sum cost more than they save
        found = networkx.kamada_kawai_layout(graph)
    length = sum(math.dist(found[start], found[end]) for start, end in graph.edges) / graph.number_of_edges()
    middle = [sum(place[axis] for place in found.values()) / len(found) for axis in (0, 1)]
    centred = {node: (float(x - middle[0]), float(y - middle[1])) for node, (x, y) in found.items()}
    scale = max(1 / length, ROOM * math.sqrt(len(graph)) / _radius(centred))
    return {node: (x * scale, y * scale) for node, (x, y) in centred.items()}


def _radius(places: dict[int, Point]) -> float:
    """Return how far the farthest place is from the origin."""
    return max(math.hypot(*place) for place in places.values())


def _free_place(points: Sequence[Point], taken: Sequence[Point]) -> Point:
    """Return by how much to move points so that they come near to the origin, but not near to the taken ones."""
    if not taken:
        return (0.0, 0.0)
    tree = cKDTree(taken)
    stride = max(GAP / 2, max(math.hypot(*point) for point in points) / 4)
    for step in count():
        far, turn = stride * math.sqrt(step), step * math.pi * (3 - math.sqrt(5))
        dx, dy = WIDER * far * math.cos(turn), far * math.sin(turn)
        if min(tree.query([(x + dx, y + dy) for x, y in points], distance_upper_bound=GAP)[0]) >= GAP:
            return dx, dy
    raise AssertionError  # pragma: no cover  (the plane has no end)
