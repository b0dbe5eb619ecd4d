// Shows an answer as a table: sorted by any column, a page at a time.

import { element, root } from "../lib/elements.js";
import { isNumeric, numberOf, pageOf, textOf } from "./answer.js";

const ROWS = 100;
const words = new Intl.Collator("en", { numeric: true });

// Fills `place` with the table of an answer; `data` is what the page knows of the graph.
export function showTable(place, answer, data) {
  const numeric = answer.columns.map((_, column) => isNumeric(answer.rows, column));
  const order = { column: null, down: false };
  let rows = answer.rows;
  let page = 0;

  const body = element("tbody");
  const heads = answer.columns.map((name, column) => {
    const button = element("button", { type: "button", onclick: () => sort(column) }, name);
    return element("th", { scope: "col", className: numeric[column] ? "number" : "" }, button);
  });
  const caption = element("caption", { "aria-live": "polite" });
  const table = element("table", { className: "answer" }, caption, element("thead", {}, element("tr", {}, ...heads)), body);
  const turn = (text, step) => element("button", { type: "button", onclick: () => show(page + step) }, text);
  const [back, on] = [turn("Rows before", -1), turn("Rows after", 1)];
  const pages = element("div", { className: "row" }, back, on);
  const scroll = element("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Table of the answer" }, table);
  place.replaceChildren(scroll, pages);
  show(0);

  function sort(column) {
    order.down = order.column === column && !order.down;
    order.column = column;
    const sign = order.down ? -1 : 1;
    const compare = numeric[column] ? (one, other) => numberOf(one) - numberOf(other) : (one, other) => words.compare(textOf(one, data), textOf(other, data));
    rows = [...answer.rows].sort(({ [column]: one }, { [column]: other }) => (one && other ? sign * compare(one, other) : !one - !other));
    heads.forEach((head, each) => (each === column ? head.setAttribute("aria-sort", order.down ? "descending" : "ascending") : head.removeAttribute("aria-sort")));
    show(0);
  }

  function show(wanted) {
    const last = Math.max(0, Math.ceil(rows.length / ROWS) - 1);
    page = Math.min(Math.max(wanted, 0), last);
    const first = page * ROWS;
    const shown = rows.slice(first, first + ROWS);
    body.replaceChildren(...shown.map((row) => element("tr", {}, ...row.map((term, column) => element("td", { className: numeric[column] ? "number" : "" }, cell(term, data))))));
    caption.textContent = last ? `Rows ${(first + 1).toLocaleString("en")} to ${(first + shown.length).toLocaleString("en")} of ${rows.length.toLocaleString("en")}` : counted(rows.length);
    pages.hidden = !last;
    back.setAttribute("aria-disabled", String(page === 0));
    on.setAttribute("aria-disabled", String(page === last));
  }
}

export const counted = (number) => (number === 1 ? "1 row" : `${number.toLocaleString("en")} rows`);

// A term as a link to its page, where it has one, else as text.
export function cell(term, data) {
  const text = textOf(term, data);
  if (term?.type !== "uri") return text;
  const page = pageOf(term.value, data);
  return page ? element("a", { href: root + page, title: term.value }, text) : element("span", { title: term.value }, text);
}
