// Draws the graph of an answer with Sigma, loaded on first use.

import { MultiDirectedGraph } from "graphology";
import forceAtlas2 from "graphology-layout-forceatlas2";
import Sigma from "sigma";
import { EdgeArrowProgram } from "sigma/rendering";
import { hue, pageColour } from "./graph/type-colours.js";

// Draws { things, links } in an element; `choose` is called with the IRI of a thing that is clicked, or null.
// Returns { zoom(factor), showAll(), kill() }. The same graph always looks the same.
window.kgDrawAnswer = (place, { things, links }, choose) => {
  const graph = new MultiDirectedGraph();
  const many = things.size > 60;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  [...things].forEach(([iri, name], index) => {
    const angle = (2 * Math.PI * index) / things.size;
    graph.addNode(iri, { x: Math.cos(angle), y: Math.sin(angle), label: name.length > 40 ? `${name.slice(0, 39)}…` : name, color: hue(0) });
  });
  for (const [from, to, label] of links) graph.addEdge(from, to, { label, size: 1.2, color: pageColour("muted"), type: "arrow" });
  graph.forEachNode((iri) => graph.setNodeAttribute(iri, "size", 4 + 2 * Math.sqrt(graph.degree(iri))));
  if (things.size > 2) forceAtlas2.assign(graph, { iterations: 300, settings: { ...forceAtlas2.inferSettings(graph), scalingRatio: 20, gravity: 0.6, barnesHutOptimize: many } });
  const sigma = new Sigma(graph, place, {
    edgeProgramClasses: { arrow: EdgeArrowProgram },
    labelColor: { color: pageColour("text") },
    labelFont: getComputedStyle(document.body).fontFamily,
    edgeLabelColor: { color: pageColour("muted") },
    edgeLabelSize: 11,
    renderEdgeLabels: links.length <= 80,
    labelDensity: many ? 0.6 : 2,
    labelGridCellSize: many ? 130 : 90,
    labelRenderedSizeThreshold: 3,
    stagePadding: 50,
    defaultDrawNodeHover: () => {},
  });
  sigma.on("clickNode", ({ node }) => choose(node));
  sigma.on("clickStage", () => choose(null));
  const move = (to) => sigma.getCamera().animate(to, { duration: still.matches ? 0 : 300 });
  return {
    zoom: (factor) => move({ ratio: sigma.getCamera().ratio * factor }),
    showAll: () => move({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }),
    kill: () => sigma.kill(),
  };
};
