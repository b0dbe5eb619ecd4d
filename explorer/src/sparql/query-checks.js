// Checks of a query before an engine reads it.

const NOT_CODE = /"""(?:[^"\\]|\\.|"(?!""))*"""|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<[^<>"{}|^`\\\s]*>|#[^\n]*/gs;
const DEPTH = 100; // as on the server: deeper nesting exhausts the engine's stack
const SIZE = 100_000;

// The query with spaces instead of strings, IRIs and comments, so that positions do not change.
export const codeOf = (text) => text.replace(NOT_CODE, (part) => part.replace(/[^\n]/g, " "));

// The result of a query: "triples" for CONSTRUCT and DESCRIBE, else "table"; null if it has none of the four forms.
export function shapeOf(code) {
  const keyword = code.replace(/prefix\s+[^\s:]*:/gi, " ").match(/(?<![\w?$:-])(select|ask|construct|describe)(?![\w:-])/i);
  return keyword && (/^[cd]/i.test(keyword[1]) ? "triples" : "table");
}

// Whether the query names its graphs; the union of all graphs would ignore them.
export const namesGraphs = (code) => /(?:^|[\s)}*])from(?=\s)/i.test(code);

// The reason why the query is not sent to an engine, as { sentence, at }, or nothing.
export function refusal(text, code) {
  if (!code.trim()) return { sentence: "There is no query yet: write one, or choose an example.", at: 0 };
  if (text.length > SIZE || depthOf(code) > DEPTH) {
    return { sentence: `The query is too long or too deep: at most ${SIZE.toLocaleString("en")} characters, and ${DEPTH} brackets within each other.`, at: 0 };
  }
  const update = code.match(/^\s*(?:(?:prefix\s+\S*|base)\s+)*(insert|delete|load|clear|create|drop|copy|move|add|with)\b/i);
  if (update) return { sentence: `${update[1].toUpperCase()} would change the graph, and here it can only be read. Use SELECT, ASK, CONSTRUCT or DESCRIBE.`, at: update[0].length - update[1].length };
  const service = code.search(/(?<![\w?$:-])service(?![\w:-])/i);
  return service < 0 ? null : { sentence: "SERVICE would ask another host, and no other host is asked. Ask this graph alone.", at: service };
}

function depthOf(code) {
  let [deepest, now] = [0, 0];
  for (const [bracket] of code.matchAll(/[{}()[\]]/g)) {
    now += "{([".includes(bracket) ? 1 : -1;
    deepest = Math.max(deepest, now);
  }
  return deepest;
}

// Whether the query sums or averages where it reads one of the properties given by prefixed name.
export const addsUp = (code, numbers) => /\b(?:sum|avg)\s*\(/i.test(code) && numbers.some((number) => code.includes(number));

// The line and column, from 1, of a position in a text.
export function lineAndColumn(text, at) {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: before.at(-1).length + 1 };
}

// An engine's error for a query, as { sentence, line, column } or, without a position, { sentence }.
export function explained(message, code, prefixes) {
  const [, line, column, rest = message] = message.match(/(?:error at )?(\d+):(\d+): (?:expected (?:one of )?)?(.*)/s) ?? [];
  const place = line ? { line: Number(line), column: Number(column) } : {};
  if (/prefix not found/i.test(message)) {
    const declared = new Set([...code.matchAll(/prefix\s+([\w.-]*):/gi)].map(([, name]) => name));
    const missing = [...code.matchAll(/(?<![\w?$:.-])([A-Za-z][\w-]*):/g)].find(([, name]) => !declared.has(name));
    if (!missing) return { ...place, sentence: "A prefix is not declared." };
    const known = prefixes[missing[1]];
    const hint = known ? ` Add the line PREFIX ${missing[0]} <${known}>` : "";
    return { ...lineAndColumn(code, missing.index), sentence: `The prefix ${missing[0]} is not declared.${hint}` };
  }
  if (!line) return { sentence: `The engine says: ${message}.`.replace(/\.\.$/, ".") };
  if (shapeOf(code) === null) {
    return { ...place, sentence: "A query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, behind its PREFIX lines." };
  }
  const wanted = rest.split("\n")[0].split(", ").filter((each) => /^("[^"]+"|\w[\w ]+)$/.test(each) && each !== "[_]");
  const single = wanted.find((each) => / /.test(each) && !each.startsWith('"'));
  if (single) return { ...place, sentence: `${single}.` };
  const hint = wanted.length ? `Expected ${wanted.slice(0, 8).join(" or ")}.` : "Look at what stands just before.";
  return { ...place, sentence: `This is not SPARQL from here on. ${hint}` };
}
