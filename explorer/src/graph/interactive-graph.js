// The explorer: one state, changed by controls, drawing and address, and shown by drawing, panel and address.

import { combobox } from "../lib/combobox.js";
import { finder } from "../lib/name-search.js";
import { onThemeChange, stylesOf } from "./type-colours.js";
import { graphOf, shortestPath, visible } from "./view-graph.js";
import { canDraw, draw } from "./drawing.js";
import { boxes } from "./filters.js";
import { panelOf } from "./details-panel.js";

// The hues of relations, in views with few enough relations.
const LINES = [1, 0, 7, 3, 2];

// Fills the page's `.explorer`, whose controls the template holds, from the data that graph_views.py writes.
export function explore(place, data) {
  const part = (name) => place.querySelector(`.explorer-${name}`);
  const controls = Object.fromEntries([...place.querySelectorAll("[name]")].map((control) => [control.name, control]));
  const state = { data, styles: stylesOf(data), focus: null, from: null, to: null, path: [], measure: "links" };
  const panel = panelOf(state, (path) => {
    focus(path);
    part("panel").querySelector("h2").focus();
  });
  let drawing = null;
  let find = () => [];

  const measures = {
    links: (path) => state.shown.degree(path),
    between: (path) => state.graph.getNodeAttribute(path, "between"),
  };
  measures.groups = measures.links;

  function openView(name) {
    state.view = data.views.find((view) => view.name === name) ?? data.views[0];
    state.graph = graphOf(data, state.view);
    state.hiddenTypes = new Set(state.view.hidden);
    state.hiddenRelations = new Set();
    Object.assign(state, { focus: null, from: null, to: null });
    find = finder(
      state.graph.mapNodes((id, { name: called, kind }) => ({ id, name: called, kind: data.types[kind], others: [] })),
    );
    part("about").textContent = state.view.description;
    redraw();
  }

  function fillFilters() {
    const count = (values) =>
      values.reduce((counts, value) => counts.set(value, (counts.get(value) ?? 0) + 1), new Map());
    const kinds = count(state.graph.mapNodes((_, { kind }) => kind));
    const relations = count(state.graph.mapEdges((_, { relation }) => relation));
    const items = (counts, name) =>
      [...counts]
        .map(([key, number]) => ({ key, text: `${name(key)} (${number.toLocaleString("en")})` }))
        .sort((one, other) => (one.text < other.text ? -1 : 1));
    const types = items(kinds, (kind) => data.types[kind]).map((item) => ({ ...item, style: state.styles[item.key] }));
    boxes(part("types"), types, state.hiddenTypes, changed);
    const named = items(relations, (relation) => data.relations[relation]);
    const told = named.length <= LINES.length;
    state.lines = new Map(told ? named.map(({ key }, place) => [key, LINES[place]]) : []);
    const lines = named.map((item) =>
      told ? { ...item, style: { place: state.lines.get(item.key), mark: "line" } } : item,
    );
    boxes(part("relations"), lines, state.hiddenRelations, changed);
    part("relations").parentElement.open = told;
  }

  function redraw() {
    drawing?.kill();
    drawing = null;
    fillFilters();
    measure();
    if (canDraw()) drawing = draw(part("canvas"), state.graph, state, { choose: focus });
    part("undrawn").hidden = Boolean(drawing);
    part("frame").hidden = !drawing;
    part("stage").classList.toggle("alone", !drawing);
    changed();
  }

  function measure() {
    state.shown = visible(state.graph, state.hiddenTypes, state.hiddenRelations);
    state.value = measures[state.measure];
    state.grouped = state.measure === "groups";
    const most = Math.max(1, ...state.shown.mapNodes(state.value));
    const [least, room] = state.shown.order > 400 ? [2.5, 9] : [5, 11];
    state.size = (path) => least + (state.shown.hasNode(path) ? room * Math.sqrt(state.value(path) / most) : 0);
    state.meaning = controls.measure.selectedOptions[0].dataset.meaning;
  }

  // Brings everything up to date with the state.
  function changed() {
    measure();
    if (!state.shown.hasNode(state.focus)) state.focus = null;
    const ends = [state.from, state.to];
    state.path = ends.every((end) => end && state.shown.hasNode(end)) ? (shortestPath(state.shown, ...ends) ?? []) : [];
    const name = (path) => (path && state.graph.hasNode(path) ? state.graph.getNodeAttribute(path, "name") : "");
    controls.view.value = state.view.name;
    controls.measure.value = state.measure;
    controls.thing.value = name(state.focus);
    controls.from.value = name(state.from);
    controls.to.value = name(state.to);
    panel(part("panel"));
    drawing?.refresh();
    part("canvas").setAttribute(
      "aria-label",
      `Drawing of ${state.shown.order} things; the lists next to it show the same information.`,
    );
    const { focus: thing, from, to } = state;
    const told = { view: state.view.name, thing, from, to, measure: state.measure === "links" ? null : state.measure };
    const address = new URLSearchParams(Object.entries(told).filter(([, value]) => value));
    if (location.hash !== `#${address}`) history.replaceState(null, "", `#${address}`);
  }

  // Moves the camera so that these things fill the drawing; none means all of them.
  function reveal(paths) {
    drawing?.showAll(paths.filter((path) => state.shown.hasNode(path)));
  }

  // Shows the type of a thing if it was hidden.
  function show(path) {
    state.hiddenTypes.delete(state.graph.getNodeAttribute(path, "kind"));
    fillFilters();
  }

  function focus(path) {
    Object.assign(state, { focus: path, from: null, to: null });
    if (path && !state.shown.hasNode(path)) show(path);
    changed();
    reveal(path ? [path, ...state.shown.neighbors(path)] : []);
    part("status").textContent = part("panel").querySelector("h2").textContent;
  }

  // Makes a thing one end of a path; the other end is the thing in focus if there is none yet.
  function end(which, other, path) {
    state[which] = path;
    state[other] ??= state.focus;
    state.focus = null;
    show(path);
    changed();
    if (state.from && state.to) {
      reveal(state.path);
      part("status").textContent = state.path.length ? `A path of ${state.path.length - 1} steps.` : "No path.";
    }
  }

  // The first view that holds a thing.
  const viewWith = (path) =>
    data.views.find((view) => view.things.some(([thing]) => data.things[thing][0] === path))?.name;

  // Takes the state from the address, as a link or a bookmark has it.
  function fromAddress() {
    const told = new URLSearchParams(location.hash.slice(1));
    state.measure = told.get("measure") in measures ? told.get("measure") : "links";
    controls.measure.value = state.measure;
    const [thing, from, to] = ["thing", "from", "to"].map((key) => told.get(key));
    openView(told.get("view") ?? viewWith(thing));
    const known = (path) => path && state.graph.hasNode(path);
    if (known(from) && known(to)) {
      end("from", "to", from);
      end("to", "from", to);
    } else if (known(thing)) focus(thing);
  }

  controls.view.addEventListener("change", () => openView(controls.view.value));
  controls.measure.addEventListener("change", () => {
    state.measure = controls.measure.value;
    changed();
  });
  combobox(
    controls.thing,
    (words) => find(words),
    ({ id }) => focus(id),
  );
  combobox(
    controls.from,
    (words) => find(words),
    ({ id }) => end("from", "to", id),
  );
  combobox(
    controls.to,
    (words) => find(words),
    ({ id }) => end("to", "from", id),
  );
  place.querySelectorAll("form").forEach((form) => form.addEventListener("submit", (event) => event.preventDefault()));
  const zooms = { in: () => drawing?.zoom(1 / 1.5), out: () => drawing?.zoom(1.5), all: () => drawing?.showAll([]) };
  for (const button of place.querySelectorAll("[data-zoom]"))
    button.addEventListener("click", zooms[button.dataset.zoom]);
  window.addEventListener("hashchange", fromAddress);
  onThemeChange(redraw);

  part("body").hidden = false;
  fromAddress();
}
