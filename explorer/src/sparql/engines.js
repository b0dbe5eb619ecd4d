// The engines for queries: the server of these pages, or Oxigraph in the page on its copy of the graph.

import { loadScript, root } from "../lib/elements.js";
import { namesGraphs, shapeOf } from "./query-checks.js";

const FORMS = { table: "application/sparql-results+json", triples: "application/n-triples" };

// An answer is { shape, text }: SPARQL's JSON for a table, N-Triples for triples.

// Raised if an engine refuses a query, with its own message, or with `problem`: { sentence, line?, column? }.
export class Refused extends Error {}

const refused = (problem) => Object.assign(new Refused(problem.sentence), { problem });

// The copy in the page; its data is loaded on first use, and again after a query was stopped.
export class Copy {
  #worker = null;

  async ask(query, code, signal, progress) {
    if (!this.#worker) await this.#start(signal, progress);
    progress("Asking the copy in this page …");
    const shape = shapeOf(code) ?? "table";
    const answer = await this.#send({ query, union: !namesGraphs(code), form: FORMS[shape] }, signal);
    if (answer.broken) this.#end();
    if (answer.broken) throw refused({ sentence: "The query needs more memory than a page may have: make it simpler, or add a LIMIT." });
    if (answer.error !== undefined) throw new Refused(answer.error);
    return { shape, text: answer.text };
  }

  async #start(signal, progress) {
    progress("Loading the engine and the graph, once …");
    await Promise.all([window.kgEngine ?? loadScript("assets/sparql-engine.js"), window.kgQuads ?? loadScript("assets/graph.nq.js")]);
    const address = URL.createObjectURL(new Blob([window.kgEngine], { type: "text/javascript" }));
    this.#worker = new Worker(address);
    const { error } = await this.#send({ quads: window.kgQuads }, signal);
    URL.revokeObjectURL(address);
    if (error === undefined) return;
    this.#end();
    throw new Refused(error);
  }

  #send(message, signal) {
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#end();
        reject(signal.reason);
      };
      if (signal.aborted) return stop();
      signal.addEventListener("abort", stop, { once: true });
      const done = (answer) => {
        signal.removeEventListener("abort", stop);
        resolve(answer);
      };
      this.#worker.onmessage = ({ data }) => done(data);
      this.#worker.onerror = (event) => done({ error: event.message || "the engine could not be started" });
      this.#worker.postMessage(message);
    });
  }

  #end() {
    this.#worker?.terminate();
    this.#worker = null;
  }
}

// The SPARQL endpoint of the server of these pages.
export class Server {
  address = new URL(`${root}sparql`, document.baseURI).href;

  // Whether there is one; pages that are opened from a file have none.
  async isThere() {
    if (!location.protocol.startsWith("http")) return false;
    try {
      const health = await fetch(new URL(`${root}health`, document.baseURI));
      return health.ok && !(health.headers.get("content-type") ?? "").includes("html");
    } catch {
      return false;
    }
  }

  async ask(query, code, signal, progress) {
    progress("Asking the server …");
    const headers = { "Content-Type": "application/sparql-query", Accept: `${FORMS.table}, ${FORMS.triples};q=0.9, application/json;q=0.5` };
    const reply = await fetch(this.address, { method: "POST", headers, body: query, signal });
    const [text, media] = [await reply.text(), reply.headers.get("content-type") ?? ""];
    if (reply.ok) return { shape: media.startsWith(FORMS.triples) ? "triples" : "table", text };
    const problems = media.includes("json") ? JSON.parse(text).problems : null;
    if (!problems?.length) throw new Refused(text.trim().slice(0, 500) || `the server answered ${reply.status}`);
    throw refused(told(problems));
  }
}

// The server's problems as one { sentence, line, column }.
function told(problems) {
  const sentences = problems.map(({ found, expected, hint }) => `Found ${found.replace(/ at column \d+$/, "")}, expected ${expected}. ${hint}`.trim());
  const column = problems[0].found.match(/at column (\d+)/)?.[1];
  return { sentence: sentences.join(" "), ...(problems[0].line && { line: problems[0].line, column: Number(column ?? 1) }) };
}
