// The search box of every page: names are loaded on first use.

import { combobox } from "./lib/combobox.js";
import { finder } from "./lib/name-search.js";
import { loadScript, root } from "./lib/elements.js";

const form = document.getElementById("search");
const input = form?.querySelector("input");
let names;

// kgNames: [address, kind, name, [other labels …]]; the address leads to a page or to a place on one.
const read = async () => {
  await loadScript("assets/names.js");
  return finder(window.kgNames.map(([id, kind, name, others = []]) => ({ id, kind, name, others })));
};

if (form) {
  form.hidden = false;
  input.addEventListener("focus", () => (names ??= read()), { once: true });
  const find = async (words) => (await (names ??= read()))(words);
  combobox(input, find, ({ id }) => location.assign(`${root}${id}`));
  if (document.activeElement === input) names ??= read();
}

// A link into closed details opens them; not every browser does this by itself.
const unfold = () => {
  const target = document.getElementById(location.hash.slice(1));
  for (let each = target?.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
  target?.scrollIntoView();
};
addEventListener("hashchange", unfold);
if (location.hash) unfold();

// On a page opened from a local file, no server answers a form; a note below it says what to do.
if (location.protocol === "file:") document.querySelectorAll("form.live").forEach((each) => (each.hidden = true));
