// Completes prefixes, classes and properties of the graph, variables of the query, and SPARQL's keywords.

const KEYWORDS = ["SELECT", "DISTINCT", "WHERE", "OPTIONAL", "FILTER", "FILTER NOT EXISTS", "BIND", "VALUES", "UNION", "MINUS", "GRAPH", "ORDER BY", "GROUP BY", "HAVING", "LIMIT", "OFFSET", "COUNT", "CONSTRUCT", "DESCRIBE", "ASK", "PREFIX", "STRSTARTS", "CONTAINS", "LCASE", "REGEX", "LANG", "BOUND", "COALESCE", "CONCAT"];

// The source of completions for CodeMirror, from the data of the page.
export function completions({ prefixes, terms }) {
  const known = terms.map(([name, isClass, label, definition]) => ({
    label: name,
    detail: label ?? "",
    info: definition ?? undefined,
    type: isClass ? "class" : "property",
    apply: withPrefix(name, prefixes),
  }));
  const declarations = Object.entries(prefixes).map(([name, iri]) => ({ label: `${name}:`, detail: iri, type: "namespace", apply: `${name}: <${iri}>` }));
  const starts = Object.keys(prefixes).map((name) => ({ label: `${name}:`, detail: prefixes[name], type: "namespace", boost: -20, apply: withPrefix(`${name}:`, prefixes) }));
  const keywords = KEYWORDS.map((label) => ({ label, type: "keyword", boost: -10 }));

  return (context) => {
    const word = context.matchBefore(/[?$]?[\w-]*:?[\w-]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const before = context.state.sliceDoc(Math.max(0, word.from - 200), word.from);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    if (line.includes("#") || (line.match(/(?<!\\)"/g)?.length ?? 0) % 2 || /<[^>\s]*$/.test(line)) return null; // comments, texts, IRIs
    const colon = word.text.includes(":");
    const found = (options) => ({ from: word.from, options, validFor: colon ? /^[\w-]*:[\w-]*$/ : /^[?$]?[\w-]*$/ });
    if (/^[?$]/.test(word.text)) return found(variables(context.state.doc.toString(), word.text));
    if (/prefix\s+$/i.test(before)) return found(declarations);
    const wanted = /(^|[\s;{])a\s+$/.test(before) ? "class" : "property";
    const named = known.map((term) => ({ ...term, boost: term.type === wanted ? 10 : 0 }));
    return found(colon ? named : [...named, ...starts, ...keywords]);
  };
}

// The variables of a query, except the word being typed.
function variables(text, word) {
  const counts = new Map();
  for (const [name] of text.matchAll(/[?$]\w+/g)) counts.set(name, (counts.get(name) ?? 0) + 1);
  if (counts.get(word) === 1) counts.delete(word);
  return [...counts.keys()].map((label) => ({ label, type: "variable" }));
}

// Inserts a prefixed name, and its PREFIX line if the query does not have it.
const withPrefix = (name, prefixes) => (view, _, from, to) => {
  const prefix = name.slice(0, name.indexOf(":"));
  const changes = [{ from, to, insert: name }];
  const text = view.state.doc.toString();
  const declared = new RegExp(`prefix\\s+${prefix}:`, "i").test(text);
  const above = declared || !prefixes[prefix] ? "" : `PREFIX ${prefix}: <${prefixes[prefix]}>\n`;
  const place = text.search(/^(?!#|\s*$)/m);
  if (above) changes.unshift({ from: Math.min(Math.max(place, 0), from), insert: above });
  view.dispatch({ changes, selection: { anchor: from + above.length + name.length }, userEvent: "input.complete" });
};
