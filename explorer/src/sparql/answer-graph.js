// The graph of an answer: its triples, or the things in one row.

import { shortened } from "./answer.js";

const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const LABEL = /(?:label|prefLabel|name|title)$/;
const THINGS = 400;

// { things: Map from IRI to name, links: [[from, to, relation]], left: links beyond what can be drawn }.
export function linksOf({ shape, columns, rows }, data) {
  const found = shape === "triples" ? fromTriples(rows, data) : fromRows(columns, rows);
  const things = new Map();
  const links = [];
  for (const [from, to, relation] of found.links) {
    const more = [from, to].filter((iri) => !things.has(iri));
    if (things.size + more.length > THINGS) continue;
    more.forEach((iri) => things.set(iri, found.names.get(iri) ?? shortened(iri, data).split("/").at(-1)));
    links.push([from, to, relation]);
  }
  return { things, links, left: found.links.length - links.length };
}

const isThing = (term) => term?.type === "uri" || term?.type === "bnode";

function fromTriples(rows, data) {
  const names = new Map(rows.filter(([, { value }, object]) => LABEL.test(value) && object.type === "literal").map(([subject, , { value }]) => [subject.value, value]));
  const linking = rows.filter(([, , object]) => isThing(object));
  const told = linking.filter(([, { value }]) => value !== TYPE);
  const links = (told.length ? told : linking).map(([from, relation, to]) => [from.value, to.value, shortened(relation.value, data)]);
  return { names, links };
}

// In each row the first thing is linked to the others, by the names of their columns.
function fromRows(columns, rows) {
  const links = new Map();
  for (const row of rows) {
    const [first, ...others] = row.map((term, place) => [term, columns[place]]).filter(([term]) => isThing(term));
    for (const [term, column] of others) {
      const link = [first[0].value, term.value, column.replace(/^_|_iri$/g, "").replaceAll("_", " ")];
      if (link[0] !== link[1]) links.set(link.join("\n"), link);
    }
  }
  return { names: new Map(), links: [...links.values()] };
}
