// The graph of a view, and everything computed from it without a drawing.

import { MultiDirectedGraph, UndirectedGraph } from "graphology";
import { bidirectional } from "graphology-shortest-path/unweighted.js";

// The format of the data is described in graph_views.py.
export function graphOf(data, view) {
  const graph = new MultiDirectedGraph();
  for (const [thing, x, y, between, group] of view.things) {
    const [path, name, kind, address = `${path}.html`] = data.things[thing];
    graph.addNode(path, { x, y, name, kind, between, group, address });
  }
  for (const [start, end, relation, reservation] of view.links) {
    graph.addEdge(data.things[start][0], data.things[end][0], { relation, reservation });
  }
  return graph;
}

// The visible part of a view when types and relations are hidden: undirected, for paths and counts.
export function visible(graph, hiddenTypes, hiddenRelations) {
  const shown = new UndirectedGraph();
  graph.forEachNode((path, { kind }) => hiddenTypes.has(kind) || shown.addNode(path));
  graph.forEachEdge((_, { relation }, start, end) => {
    if (!hiddenRelations.has(relation) && shown.hasNode(start) && shown.hasNode(end)) shown.mergeEdge(start, end);
  });
  return shown;
}

// The links between two things of a view, in either direction, as [start, relation, end, reservation].
export function linksBetween(graph, one, other, hiddenRelations) {
  return graph
    .mapEdges(one, other, (_, { relation, reservation }, start, end) => [start, relation, end, reservation])
    .filter(
      ([start, relation, , reservation], place, all) =>
        !hiddenRelations.has(relation) &&
        all.findIndex((each) => each[0] === start && each[1] === relation && each[3] === reservation) === place,
    );
}

// The things on a shortest path between two, both included; null if there is no path.
export const shortestPath = (shown, from, to) => bidirectional(shown, from, to);

// The things of a view by a measure, highest first.
export function ranked(shown, value, limit) {
  const found = shown.nodes().map((path) => [path, value(path)]);
  return found
    .filter(([, size]) => size > 0)
    .sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1))
    .slice(0, limit);
}
