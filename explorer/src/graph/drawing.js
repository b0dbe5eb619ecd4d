// Draws the graph of a view with Sigma; everything in it is also available outside the drawing.

import Sigma from "sigma";
import { EdgeArrowProgram, EdgeLineProgram } from "sigma/rendering";
import { hue, pageColour } from "./type-colours.js";
import { marksIn } from "./node-marks.js";

const LONGEST = 38;
const FEW = 14; // up to this many links of the thing in focus, their relations are written next to them
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

export const canDraw = () => Boolean(document.createElement("canvas").getContext("webgl2"));

// `state` is read at each refresh: focus, path, styles, lines, data, shown, hiddenRelations, size(path), grouped.
export function draw(container, graph, state, events) {
  const colours = Object.fromEntries(
    ["text", "surface", "line", "muted", "accent"].map((name) => [name, pageColour(name)]),
  );
  let lit = null; // the things that stand out, or null
  let labels = []; // those that Sigma would draw in this frame; only labels that do not overlap are drawn
  const large = graph.order > 400;

  const lines = {
    plain: mixed(colours.muted, colours.surface, large ? 0.3 : 0.55),
    faint: mixed(colours.line, colours.surface, 0.5),
  };

  // What the report itself states is a full line; what somebody reports, thinks possible, plans or denies is thin and pale.
  const lineColour = (relation, bright, firm) => {
    const place = state.lines.get(relation);
    const share = (bright ? 1 : 0.65) * (firm ? 1 : 0.7);
    if (place === undefined && !bright) return firm ? lines.plain : lines.faint;
    return mixed(place === undefined ? colours.accent : hue(place), colours.surface, share);
  };

  const sigma = new Sigma(graph, container, {
    nodeProgramClasses: marksIn(colours),
    edgeProgramClasses: { arrow: EdgeArrowProgram, line: EdgeLineProgram },
    defaultNodeType: "disc",
    defaultEdgeType: "arrow",
    labelFont: getComputedStyle(document.body).fontFamily,
    labelSize: 13,
    labelColor: { color: colours.text },
    labelDensity: large ? 0.8 : 3,
    labelGridCellSize: large ? 120 : 90,
    labelRenderedSizeThreshold: large ? 7 : 3,
    edgeLabelFont: getComputedStyle(document.body).fontFamily,
    edgeLabelSize: 11,
    edgeLabelColor: { color: colours.muted },
    renderEdgeLabels: true,
    stagePadding: 40,
    minCameraRatio: 0.02,
    maxCameraRatio: 2,
    zIndex: true,
    hideEdgesOnMove: graph.size > 3000,
    defaultDrawNodeLabel: (context, node, settings) => labels.push([context, node, settings]),
    defaultDrawNodeHover: (context, node, settings) => {
      const label = shortened(node.name, 2 * LONGEST);
      write(context, label, boxOf(context, node, label, settings), settings, colours, true);
    },
    nodeReducer: (path, { x, y, name, kind, group }) => {
      const { place, mark } = state.styles[kind];
      const out = lit && !lit.has(path);
      const chosen = path === state.focus || state.path.includes(path);
      return {
        x,
        y,
        name,
        type: chosen ? "chosen" : mark,
        label: out ? "" : shortened(name),
        hidden: !state.shown.hasNode(path),
        color: out ? colours.line : state.grouped ? (group < 10 ? hue(group) : colours.muted) : hue(place),
        size: state.size(path) * (chosen ? 1.3 : 1),
        forceLabel: chosen || Boolean(lit?.has(path) && lit.size <= 60),
        zIndex: out ? 0 : chosen ? 2 : 1,
      };
    },
    edgeReducer: (edge, { relation, reservation }) => {
      const firm = reservation === undefined;
      const [from, to] = graph.extremities(edge);
      const bright =
        onPath(state, from, to) || (lit && !state.path.length && (from === state.focus || to === state.focus));
      return {
        hidden:
          state.hiddenRelations.has(relation) ||
          !state.shown.hasNode(from) ||
          !state.shown.hasNode(to) ||
          (lit && !bright && large),
        type: large && !bright ? "line" : "arrow",
        color: lit && !bright ? lines.faint : lineColour(relation, bright, firm),
        size: (bright ? 2 : large ? 0.6 : 1.5) * (firm ? 1 : 0.5),
        label: bright && lit.size <= FEW ? state.data.relations[relation] : null,
        forceLabel: false,
        zIndex: bright ? 1 : 0,
      };
    },
  });
  sigma.on("clickNode", ({ node }) => events.choose(node));
  sigma.on("clickStage", () => events.choose(null));
  sigma.on("enterNode", () => (container.style.cursor = "pointer"));
  sigma.on("leaveNode", () => (container.style.cursor = ""));

  sigma.on("beforeRender", () => (labels = []));
  sigma.on("afterRender", () => {
    const free = [];
    for (const [context, node, settings] of labels.sort(
      ([, one], [, other]) => other.zIndex - one.zIndex || other.size - one.size,
    )) {
      const box = boxOf(context, node, node.label, settings);
      if (free.some((other) => overlap(box, other))) continue;
      free.push(box);
      write(context, node.label, box, settings, colours);
    }
  });

  const camera = sigma.getCamera();
  const move = (to) => camera.animate(to, { duration: still.matches ? 0 : 400 });

  return {
    refresh() {
      const near =
        state.focus && state.shown.hasNode(state.focus) ? [state.focus, ...state.shown.neighbors(state.focus)] : null;
      lit = state.path.length ? new Set(state.path) : near && new Set(near);
      sigma.refresh();
    },
    // Shows these things as large as they fit.
    showAll(paths) {
      const places = paths.map((path) => sigma.getNodeDisplayData(path)).filter(Boolean);
      if (!places.length) return move({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
      const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
      const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
      const ratio = Math.min(1, Math.max(0.12, 1.5 * Math.max(right - left, high - low)));
      return move({ x: (left + right) / 2, y: (low + high) / 2, ratio });
    },
    zoom: (factor) => move({ ratio: camera.ratio * factor }),
    kill: () => sigma.kill(),
  };
}

const shortened = (name, most = LONGEST) => (name.length > most ? `${name.slice(0, most - 1).trimEnd()}…` : name);

const onPath = ({ path }, from, to) => {
  const place = path.indexOf(from);
  return place >= 0 && (path[place + 1] === to || (place > 0 && path[place - 1] === to));
};

// The position of a label: next to its node, on the other side if it would leave the drawing.
function boxOf(context, { x, y, size }, label, { labelSize, labelFont }) {
  context.font = `${labelSize}px ${labelFont}`;
  const width = context.measureText(label).width;
  const fits = x + size + width + 10 < context.canvas.clientWidth || x < width;
  return {
    left: fits ? x + size + 4 : x - size - 4 - width,
    top: y - labelSize * 0.85,
    width,
    height: labelSize * 1.7,
  };
}

const overlap = (one, other) =>
  one.left < other.left + other.width &&
  other.left < one.left + one.width &&
  one.top < other.top + other.height &&
  other.top < one.top + one.height;

// Writes a label into its box, on a plate if it is the one under the pointer.
function write(context, label, { left, top, width, height }, { labelSize, labelFont }, colours, plate = false) {
  const line = top + labelSize * 1.18;
  context.font = `${labelSize}px ${labelFont}`;
  context.fillStyle = context.strokeStyle = colours.surface;
  if (plate) {
    context.strokeStyle = colours.muted;
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(left - 4, top, width + 8, height, 4);
    context.fill();
    context.stroke();
  } else {
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeText(label, left, line);
  }
  context.fillStyle = colours.text;
  context.fillText(label, left, line);
}

// Mixes a share of one colour into another, both as #rrggbb; opaque, because many crossing transparent lines glare.
function mixed(one, other, share) {
  const parts = [1, 3, 5].map((place) => [one, other].map((colour) => parseInt(colour.slice(place, place + 2), 16)));
  return `#${parts
    .map(([a, b]) =>
      Math.round(a * share + b * (1 - share))
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}
