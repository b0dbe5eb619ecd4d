// The views of an answer in addition to its table: chart and graph. Their code is loaded on first use.

import { element, loadScript, root } from "../lib/elements.js";
import { pageOf, shortened } from "./answer.js";
import { chartOf, choices } from "./answer-chart.js";
import { linksOf } from "./answer-graph.js";

const dark = window.matchMedia("(prefers-color-scheme: dark)");

// `part` gives the page's elements by id. Returns { offer(table), svg() }.
export function viewsOf(part, data) {
  let table = null;
  let toSvg = null;
  let drawing = null;
  const radios = Object.fromEntries([...document.querySelectorAll("input[name=shown]")].map((radio) => [radio.value, radio]));
  const chosen = () => Object.keys(radios).find((name) => radios[name].checked);

  async function show() {
    part("chart").hidden = chosen() !== "chart";
    part("links").hidden = chosen() !== "graph";
    drawing?.kill();
    drawing = null;
    if (!table) return;
    if (chosen() === "chart") await showChart();
    if (chosen() === "graph") await showGraph();
  }

  async function showChart() {
    try {
      if (!window.kgDrawChart) await loadScript("assets/sparql-chart.js");
      const style = getComputedStyle(document.documentElement);
      const colours = Object.fromEntries(["text", "muted", "line", "accent"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
      const look = { ...colours, font: getComputedStyle(document.body).fontFamily, width: part("drawing").clientWidth };
      const { spec, notes, told } = chartOf(table, part("named").value, part("bars").value, data, look);
      part("chart-notes").replaceChildren(...notes.map((note) => element("p", { className: "caution" }, note)));
      part("drawing").setAttribute("aria-label", told);
      const frame = element("div", { "aria-hidden": "true" }); // the label tells it, and the table
      part("drawing").replaceChildren(frame);
      toSvg = await window.kgDrawChart(frame, spec);
    } catch (error) {
      part("drawing").replaceChildren(element("p", {}, `The chart cannot be drawn: ${error.message}`));
    }
  }

  async function showGraph() {
    const found = linksOf(table, data);
    const left = found.left ? ` ${found.left.toLocaleString("en")} more links are left out; the table has them.` : "";
    const drawable = Boolean(document.createElement("canvas").getContext("webgl2"));
    part("links-about").textContent = drawable
      ? `${found.things.size.toLocaleString("en")} things and ${found.links.length.toLocaleString("en")} links.${left} The table below shows the same information.`
      : "This browser cannot draw the graph, because it has no WebGL. The table below shows the same information.";
    part("canvas").hidden = !drawable;
    choose(null);
    if (!drawable) return;
    try {
      if (!window.kgDrawAnswer) await loadScript("assets/sparql-graph.js");
      drawing = window.kgDrawAnswer(part("canvas"), found, (iri) => choose(iri, found));
    } catch (error) {
      part("links-about").textContent = `The graph cannot be drawn: ${error.message}`;
    }
  }

  // Shows which thing was clicked, with a link to its page.
  function choose(iri, found) {
    const page = iri && pageOf(iri, data);
    const name = iri && `${found.things.get(iri)} (${shortened(iri, data)})`;
    part("chosen").replaceChildren(...(iri ? [page ? element("a", { href: root + page }, name) : name] : []));
  }

  const fill = (select, names) => select.replaceChildren(...names.map((name) => element("option", { value: name }, name)));

  for (const radio of Object.values(radios)) radio.addEventListener("change", show);
  for (const select of ["bars", "named"]) part(select).addEventListener("change", showChart);
  dark.addEventListener("change", show);
  part("closer").addEventListener("click", () => drawing?.zoom(0.6));
  part("farther").addEventListener("click", () => drawing?.zoom(1.6));
  part("all").addEventListener("click", () => drawing?.showAll());

  return {
    // Offers the possible views of an answer, and shows the chosen one, else only the table.
    offer(answer) {
      table = answer;
      const { numeric, named } = choices(table);
      fill(part("bars"), numeric);
      fill(part("named"), named);
      radios.chart.disabled = !(numeric.length && named.length);
      radios.graph.disabled = !linksOf(table, data).links.length;
      if (radios[chosen()].disabled) radios.table.checked = true;
      show();
    },
    svg: () => toSvg(),
  };
}
