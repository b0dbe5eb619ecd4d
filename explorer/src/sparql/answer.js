// An answer as columns and rows of RDF terms { type, value, datatype, lang }, and how to show them.

const TRIPLE = /^(\S+) (\S+) (.+) \.$/;
const LITERAL = /^("(?:[^"\\]|\\.)*")(?:@([\w-]+)|\^\^<([^>]*)>)?$/;
const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMERIC = new Set(["integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger", "gYear"].map((name) => XSD + name));

// { shape, columns, rows } of an engine's answer; a row is a list of terms, null where nothing is bound.
export function tableOf({ shape, text }) {
  if (shape === "triples") {
    const lines = text.split("\n").filter(Boolean);
    return { shape, columns: ["subject", "predicate", "object"], rows: lines.map((line) => line.match(TRIPLE).slice(1).map(termOf)) };
  }
  const { head, results, boolean } = JSON.parse(text);
  if (boolean !== undefined) return { shape: "truth", columns: ["answer"], rows: [[{ type: "literal", value: String(boolean) }]] };
  const rows = results.bindings.map((binding) => head.vars.map((name) => termFrom(binding[name])));
  return { shape, columns: head.vars, rows };
}

const termFrom = (term) => (term ? { type: term.type, value: term.value, datatype: term.datatype, lang: term["xml:lang"] } : null);

// The term of a piece of N-Triples.
function termOf(written) {
  if (written.startsWith("<")) return { type: "uri", value: unescaped(written.slice(1, -1)) };
  if (written.startsWith("_:")) return { type: "bnode", value: written.slice(2) };
  const [, quoted, lang, datatype] = written.match(LITERAL);
  return { type: "literal", value: unescaped(quoted.slice(1, -1)), lang, datatype };
}

const ESCAPES = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f" };
const unescaped = (text) =>
  text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, four, eight, one) => (one ? (ESCAPES[one] ?? one) : String.fromCodePoint(parseInt(four ?? eight, 16))));

// The number that a term is, or null.
export const numberOf = (term) => (term && NUMERIC.has(term.datatype) && term.value.trim() !== "" && !isNaN(term.value) ? Number(term.value) : null);

// Whether a column holds only numbers, and at least one.
export function isNumeric(rows, place) {
  const bound = rows.map((row) => row[place]).filter(Boolean);
  return bound.length > 0 && bound.every((term) => numberOf(term) !== null);
}

// An IRI for people to read: without our base, else with a prefix if one fits.
export function shortened(iri, { base, prefixes }) {
  const fitting = Object.entries(prefixes).filter(([, name]) => iri.startsWith(name) && /^[\w-]+$/.test(iri.slice(name.length)));
  const [best] = fitting.sort(([, one], [, other]) => other.length - one.length);
  if (best && !isThing(iri, base)) return `${best[0]}:${iri.slice(best[1].length)}`;
  return iri.startsWith(base) ? iri.slice(base.length) : iri;
}

const isThing = (iri, base) => iri.startsWith(base) && !iri.includes("#");

// The address of a thing from the site's root: its page, or a place on the page of what it belongs to; else nothing.
// `pages` has for each page the paths of the things on it that have no page of their own.
export function pageOf(iri, { base, folders, pages }) {
  const path = iri.startsWith(base) ? iri.slice(base.length) : "";
  if (!path || path.includes("#")) return null;
  if (folders.includes(path.slice(0, path.lastIndexOf("/")))) return `${path}.html`;
  const page = pageOfPart(path, pages ?? {});
  return page ? `${page}#${path}` : null;
}

const parts = new WeakMap();

function pageOfPart(path, pages) {
  if (!parts.has(pages)) {
    const found = Object.entries(pages).flatMap(([page, paths]) => paths.map((each) => [each, page]));
    parts.set(pages, new Map(found));
  }
  return parts.get(pages).get(path);
}

export const textOf = (term, data) => (!term ? "" : term.type === "uri" ? shortened(term.value, data) : term.type === "bnode" ? `_:${term.value}` : term.value);

// The table as CSV (https://www.w3.org/TR/sparql11-results-csv-tsv/): whole IRIs, plain texts.
export function csvOf({ columns, rows }) {
  const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [columns, ...rows.map((row) => row.map((term) => (term?.type === "bnode" ? `_:${term.value}` : (term?.value ?? ""))))];
  return lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}
