// Finds things by any of their names, with fuzzy matching.

import MiniSearch from "minisearch";

const LIMIT = 12;

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// Takes things { id, name, kind, others }; returns a function from words to the matching things, best first.
// `others` are further labels: they are searched, but never shown.
export function finder(things) {
  const index = new MiniSearch({
    fields: ["name", "others"],
    extractField: (thing, field) => [thing[field]].flat().join(" "),
    processTerm: folded,
    searchOptions: { boost: { name: 2 }, combineWith: "AND", fuzzy: (term) => term.length > 3 && 0.25, prefix: true },
  });
  index.addAll(things);
  const byId = new Map(things.map((thing) => [thing.id, thing]));
  return (words) =>
    index
      .search(words)
      .slice(0, LIMIT)
      .map(({ id }) => byId.get(id));
}
