// The SPARQL page: an editor, an engine that answers, and the answer as table, chart or graph.

import { element } from "./lib/elements.js";
import { addStyles } from "./lib/styles.js";
import { csvOf, tableOf } from "./sparql/answer.js";
import { editorIn } from "./sparql/query-editor.js";
import { Copy, Refused, Server } from "./sparql/engines.js";
import { addsUp, codeOf, explained, lineAndColumn, refusal } from "./sparql/query-checks.js";
import styles from "./sparql/sparql.css" with { type: "text" };
import { counted, showTable } from "./sparql/answer-table.js";
import { viewsOf } from "./sparql/answer-views.js";

const part = (id) => document.getElementById(id);
const data = { ...JSON.parse(part("editor-data").textContent), pages: window.kgPages };
const examples = new Map(data.questions.map((question) => [question.name, question]));
const engines = { copy: new Copy(), server: new Server() };
const views = viewsOf(part, data);
const HASH = "#query=";

let running = null; // the AbortController of the query that runs
let shown = null; // { table, text } of the answer that is shown

addStyles(styles);
part("sparql-missing").hidden = true;
part("sparql").hidden = false;
const editor = editorIn(part("editor"), data, "Query in SPARQL", run);

// ---------------------------------------------------------------- example queries

function describeExample() {
  part("example-about").textContent = examples.get(part("example").value).description;
}

function openLink() {
  if (!location.hash.startsWith(HASH)) return false;
  try {
    editor.put(decodeURIComponent(location.hash.slice(HASH.length).replaceAll("+", " ")));
  } catch {
    tell({ sentence: "The query in the address of this page is damaged." });
  }
  return true;
}

part("example").addEventListener("change", describeExample);
part("examples").addEventListener("submit", (event) => {
  event.preventDefault();
  editor.put(examples.get(part("example").value).query);
  tell(null);
  part("status").textContent = "The question is in the editor.";
});
part("link").addEventListener("focus", () => (part("link").href = HASH + encodeURIComponent(editor.text())));
part("link").addEventListener("pointerenter", () => (part("link").href = HASH + encodeURIComponent(editor.text())));
window.addEventListener("hashchange", openLink);
describeExample();
if (!openLink()) editor.put(part("first").textContent.trim());

// ---------------------------------------------------------------- engines

const engineOf = () => document.querySelector("input[name=engine]:checked").value;

part("engines").hidden = true;
engines.server.isThere().then((there) => {
  const [server, copy] = document.querySelectorAll("input[name=engine]");
  server.checked = there;
  copy.checked = !there;
  server.parentElement.hidden = !there;
  part("engines").hidden = false;
});

// ---------------------------------------------------------------- running

async function run() {
  if (running) return;
  const text = editor.text();
  const code = codeOf(text);
  tell(null);
  const refused = refusal(text, code);
  if (refused) return tell({ sentence: refused.sentence, ...lineAndColumn(text, refused.at) });
  running = new AbortController();
  part("stop").setAttribute("aria-disabled", "false");
  part("run").setAttribute("aria-disabled", "true");
  const who = engineOf();
  const start = performance.now();
  try {
    const progress = (words) => (part("status").textContent = words);
    const answer = await engines[who].ask(text, code, running.signal, progress);
    show(answer, addsUp(code, data.numbers));
    const seconds = ((performance.now() - start) / 1000).toFixed(2);
    const by = who === "server" ? "this machine’s server" : "the copy in this page";
    part("status").textContent = `${counted(shown.table.rows.length)}, from ${by}, in ${seconds} seconds.`;
  } catch (error) {
    part("status").textContent = "";
    part("answer").hidden = true;
    if (running.signal.aborted) part("status").textContent = "Stopped.";
    else if (error instanceof Refused) tell(error.problem ?? explained(error.message, code, data.prefixes));
    else tell({ sentence: `The query could not be run: ${error.message}` });
  } finally {
    running = null;
    part("stop").setAttribute("aria-disabled", "true");
    part("run").setAttribute("aria-disabled", "false");
  }
}

// Shows an error { sentence, line, column }, or none.
function tell(fault) {
  editor.mark(fault);
  const go = () => element("button", { type: "button", onclick: () => editor.goTo(fault) }, "Go there");
  const where = fault?.line ? `Line ${fault.line}, column ${fault.column}: ` : "";
  part("fault").replaceChildren(...(fault ? [element("p", {}, where + fault.sentence)] : []), ...(where ? [go()] : []));
  if (fault) part("status").textContent = "";
}

part("run").addEventListener("click", run);
part("stop").addEventListener("click", () => running?.abort());

// ---------------------------------------------------------------- the answer

function show(answer, adding) {
  shown = { ...answer, table: tableOf(answer) };
  const { shape, rows } = shown.table;
  const sums = "The query adds up or averages numbers. A sum or mean of shares of different groups, or of overlapping answers, has no meaning: check what was added up.";
  part("notes").replaceChildren(...(adding ? [element("p", { className: "caution" }, sums)] : []));
  part("triples").hidden = shape !== "triples";
  part("json").hidden = shape === "triples";
  part("answer").hidden = false;
  showTable(part("table"), shown.table, data);
  views.offer(shown.table);
  if (!rows.length) part("notes").append(element("p", {}, "Nothing in the graph matches the query."));
}

function download(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

part("csv").addEventListener("click", () => download("answer.csv", csvOf(shown.table), "text/csv"));
part("json").addEventListener("click", () => download("answer.srj", shown.text, "application/sparql-results+json"));
part("triples").addEventListener("click", () => download("answer.nt", shown.text, "application/n-triples"));
part("svg").addEventListener("click", async () => download("chart.svg", await views.svg(), "image/svg+xml"));
