// The contents of the panel next to the drawing: the chosen thing, the path, or the whole view.

import { element, root } from "../lib/elements.js";
import { linksBetween, ranked } from "./view-graph.js";
import { swatch } from "./filters.js";

const HIGHEST = 15; // things of a ranking
const NAMED = 4; // things that describe a group

// `go(path)` brings a thing into focus.
export function panelOf(state, go) {
  const name = (path) => state.graph.getNodeAttribute(path, "name");
  const kind = (path) => state.data.types[state.graph.getNodeAttribute(path, "kind")];
  const button = (path) =>
    element("button", { type: "button", className: "thing", onclick: () => go(path) }, name(path));
  const plural = (count, one) => `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;

  const said = (reservation) =>
    reservation === undefined ? [] : [element("small", {}, ` (${state.data.reservations[reservation]})`)];

  function sentence([start, relation, end, reservation]) {
    return element("li", {}, button(start), ` ${state.data.relations[relation]} `, button(end), ...said(reservation));
  }

  function path() {
    const steps = state.path
      .slice(1)
      .map((end, place) => linksBetween(state.graph, state.path[place], end, state.hiddenRelations));
    const found = state.path.length
      ? [
          element(
            "p",
            {},
            `${plural(steps.length, "step")}. A path says that links lead from one to the other, not that one brings about the other.`,
          ),
          element(
            "ol",
            {},
            ...steps.map((links) => element("li", {}, element("ul", { className: "plain" }, ...links.map(sentence)))),
          ),
        ]
      : [
          element(
            "p",
            {},
            "There is no path between these two in this drawing. Show more types or relations, or the whole graph.",
          ),
        ];
    return ["Shortest path", ...found];
  }

  function thing() {
    const here = state.focus;
    const { between, group, address } = state.graph.getNodeAttributes(here);
    const others = state.shown.neighbors(here);
    const groups = new Map();
    for (const other of others) {
      for (const [start, relation, , reservation] of linksBetween(state.graph, here, other, state.hiddenRelations)) {
        const words = state.data.relations[relation];
        const heading = start === here ? `${words} …` : `… ${words} this`;
        groups.set(heading, [...(groups.get(heading) ?? []), [other, reservation]]);
      }
    }
    const page = element("p", {}, element("a", { href: `${root}${address}` }, "Open its page"));
    const lists = [...groups].flatMap(([heading, found]) => [
      element("h3", {}, heading),
      element(
        "ul",
        { className: "plain" },
        ...found.map(([other, reservation]) =>
          element("li", {}, button(other), element("small", {}, ` ${kind(other)}`), ...said(reservation)),
        ),
      ),
    ]);
    const measures = `${plural(others.length, "linked thing")} drawn here; betweenness ${between} of 1000; group ${group + 1}.`;
    return [
      name(here),
      element("p", { className: "kind" }, swatch(state.styles[state.graph.getNodeAttribute(here, "kind")]), kind(here)),
      page,
      element("p", { className: "note" }, measures),
      ...lists,
    ];
  }

  function groups() {
    const found = new Map();
    state.shown.forEachNode((path) => {
      const group = state.graph.getNodeAttribute(path, "group");
      found.set(group, [...(found.get(group) ?? []), path]);
    });
    const told = [...found].sort(([one], [other]) => one - other).slice(0, HIGHEST);
    return element(
      "ul",
      { className: "plain" },
      ...told.map(([group, paths]) => {
        const first = paths.sort((one, other) => state.shown.degree(other) - state.shown.degree(one)).slice(0, NAMED);
        const named = first.flatMap((path, place) => [place ? ", " : "", button(path)]);
        return element(
          "li",
          {},
          swatch({ place: group, mark: "disc", none: group >= 10 }),
          `Group ${group + 1}, ${plural(paths.length, "thing")}: `,
          ...named,
        );
      }),
    );
  }

  function view() {
    const counts = `${plural(state.shown.order, "thing")}; ${plural(state.shown.size, "pair")} of them linked.`;
    const value = state.value;
    const found = ranked(state.shown, value, HIGHEST);
    const list = element(
      "ol",
      {},
      ...found.map(([path]) =>
        element("li", {}, button(path), element("small", {}, ` ${value(path)} · ${kind(path)}`)),
      ),
    );
    return [
      state.view.title,
      element("p", {}, counts),
      element("h3", {}, state.grouped ? "The groups" : "The highest by this measure"),
      element("p", { className: "note" }, state.meaning),
      state.grouped ? groups() : list,
    ];
  }

  return (place) => {
    const [heading, ...content] = state.from && state.to ? path() : state.focus ? thing() : view();
    const clear = element("button", { type: "button", onclick: () => go(null) }, "Back to the whole view");
    place.replaceChildren(
      element("h2", { tabIndex: -1 }, heading),
      ...content,
      ...(state.focus || state.from ? [clear] : []),
    );
  };
}
