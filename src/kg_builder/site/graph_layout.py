"""Places the nodes of a graph on a plane, deterministically: part by part, side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import count

import networkx
import threadpoolctl
from scipy.spatial import cKDTree

Point = tuple[float, float]

GRID = 100
"""Positions are whole numbers; the length of a link is this many units."""

SAMPLE = 200
"""The number of source nodes for estimating betweenness; smaller views use all nodes."""

LARGE = 150
"""From this many nodes, a connected graph is laid out by communities: distances of all pairs would take too long."""

ROOM = 0.55
"""The minimum radius of a part, in links, per square root of its number of nodes, so that dots do not overlap."""

GAP = 1.5
"""The minimum distance between nodes of different parts, in links."""

WIDER = 1.3
"""The ratio of width to height of the whole, for typical screens."""


def measured(nodes: int, edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return for each node its x and y, its betweenness in thousandths, and its community.

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
    """Return the position of each node, in mean link lengths; parts are side by side, the largest in the middle.

    Nodes are numbers, because sets of texts have a different order in each run; all randomness is seeded.
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
    """Return the nodes of each part, large parts first: connected components, or communities if these are large."""
    found = list(networkx.connected_components(graph))
    if len(found) == 1 and len(graph) > LARGE:
        found = networkx.community.louvain_communities(graph, seed=1)
    return sorted(map(sorted, found), key=lambda part: (-len(part), part[0]))


def _drawn(graph: networkx.Graph[int]) -> dict[int, Point]:
    """Return a centred Kamada-Kawai layout of a connected graph, with a mean link length of one or more."""
    if len(graph) == 1:
        return dict.fromkeys(graph, (0.0, 0.0))
    with threadpoolctl.threadpool_limits(1):  # for such small computations, threads cost more than they save
        found = networkx.kamada_kawai_layout(graph)
    length = sum(math.dist(found[start], found[end]) for start, end in graph.edges) / graph.number_of_edges()
    middle = [sum(place[axis] for place in found.values()) / len(found) for axis in (0, 1)]
    centred = {node: (float(x - middle[0]), float(y - middle[1])) for node, (x, y) in found.items()}
    scale = max(1 / length, ROOM * math.sqrt(len(graph)) / _radius(centred))
    return {node: (x * scale, y * scale) for node, (x, y) in centred.items()}


def _radius(places: dict[int, Point]) -> float:
    """Return the distance of the farthest point from the origin."""
    return max(math.hypot(*place) for place in places.values())


def _free_place(points: Sequence[Point], taken: Sequence[Point]) -> Point:
    """Return the offset that moves points close to the origin, but not close to the taken points."""
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
