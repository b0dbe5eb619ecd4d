// The chart of an answer: bars of one numeric column, with shares of different groups in separate panels.

import { isNumeric, numberOf, textOf } from "./answer.js";

const BARS = 60;
const PANELS = 12;
const INTERVAL = ["low", "high"];
const APART = ["question", "population"]; // columns whose values split a chart into panels

// The possible columns for bars and for their names, each with the default first.
export function choices({ columns, rows }) {
  const numeric = columns.filter((_, place) => isNumeric(rows, place));
  const named = columns.filter((name) => !numeric.includes(name));
  const variety = (name) => new Set(rows.map((row) => row[columns.indexOf(name)]?.value)).size;
  const literal = (name) => rows.some((row) => row[columns.indexOf(name)]?.type === "literal");
  named.sort((one, other) => literal(other) - literal(one) || (variety(one) > 1 && variety(other) > 1 ? 0 : variety(other) - variety(one)));
  numeric.sort((one, other) => (other === "value") - (one === "value"));
  return { numeric, named };
}

// { spec, notes, told } for Vega-Lite; `told` is the chart in a sentence.
export function chartOf({ columns, rows }, label, number, data, colours) {
  const at = (name) => columns.indexOf(name);
  const drawn = rows.filter((row) => row[at(number)]).slice(0, BARS);
  const share = columns.includes("unit") && drawn.some((row) => /percent/i.test(row[at("unit")]?.value ?? ""));
  const parting = APART.filter((name) => columns.includes(name) && name !== label);
  const seen = new Map();
  const values = drawn.map((row) => {
    const panel = parting.map((name) => textOf(row[at(name)], data)).filter(Boolean).join(" – of: ");
    const name = textOf(row[at(label)], data) || "(none)";
    const times = (seen.get(panel + "\n" + name) ?? 0) + 1;
    seen.set(panel + "\n" + name, times);
    const [low, high] = INTERVAL.map((end) => (number === "value" && columns.includes(end) ? numberOf(row[at(end)]) : null));
    return { panel, name: times > 1 ? `${name} (${times})` : name, number: numberOf(row[at(number)]), low, high };
  });
  const panels = new Set(values.map(({ panel }) => panel));
  const notes = [];
  const shown = rows.filter((row) => row[at(number)]).length;
  if (shown > BARS) notes.push(`The first ${BARS} of ${shown.toLocaleString("en")} rows are drawn; the table has all.`);
  if (share) {
    const base = columns.includes("population") ? "Their base is shown above each panel." : "The query does not select their base: add the population.";
    notes.push(`Percentages of different groups, or of a question with several answers, must not be added up. ${base}`);
  }
  const several = panels.size > 1 && panels.size <= PANELS;
  if (panels.size > PANELS) notes.push(`The bars belong to ${panels.size} different groups or questions; the table shows which.`);
  const told = `Bars of ${number} by ${label}: ${values.length} bars, from ${Math.min(...values.map((each) => each.number))} to ${Math.max(...values.map((each) => each.number))}. The table below has the same numbers.`;
  return { spec: specOf(values, label, number, several, panels.size === 1 ? [...panels][0] : "", share, colours), notes, told };
}

function specOf(values, label, number, several, title, share, { text, muted, line, accent, font, width }) {
  const names = Math.max(90, width * 0.4); // pixels at most for the names of bars
  const room = Math.max(120, width - names - 60);
  const y = { field: "name", type: "nominal", sort: null, title: label, axis: { labelLimit: names } };
  const scale = share && values.every((each) => each.number <= 100) ? { domain: [0, 100] } : { zero: true };
  const bars = {
    width: room,
    height: { step: 22 },
    layer: [
      { mark: { type: "bar", color: accent }, encoding: { y, x: { field: "number", type: "quantitative", title: number, scale } } },
      { transform: [{ filter: "isValid(datum.low) && isValid(datum.high)" }], mark: { type: "rule", color: text, strokeWidth: 1.5 }, encoding: { y, x: { field: "low", type: "quantitative" }, x2: { field: "high" } } },
    ],
  };
  const wrapped = (words) => (words.match(new RegExp(`.{1,${Math.max(20, Math.floor(room / 7))}}(?:\\s|$)`, "g")) ?? [words]).map((each) => each.trim());
  const heads = new Map(values.map(({ panel }) => [panel, wrapped(panel).join("\n")]));
  const data = { values: values.map((value) => ({ ...value, panel: heads.get(value.panel) })) };
  const header = { title: null, labelAnchor: "start", labelFontWeight: "bold", labelLimit: 0, labelExpr: "split(datum.label, '\\n')" };
  const config = {
    font,
    background: "transparent",
    view: { stroke: null },
    lineBreak: "\n",
    title: { anchor: "start", color: text, fontSize: 13 },
    axis: { labelColor: text, titleColor: muted, gridColor: line, domainColor: muted, tickColor: muted, labelFontSize: 12 },
    header: { labelColor: text, labelFontSize: 13 },
  };
  const facet = { facet: { field: "panel", type: "nominal", sort: [...heads.values()], header }, columns: 1, spec: bars, resolve: { scale: { y: "independent" }, axis: { x: "independent" } } };
  return { data, config, ...(title && { title: wrapped(title) }), ...(several ? facet : bars) };
}
