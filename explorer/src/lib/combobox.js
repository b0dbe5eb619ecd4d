// An input with a list of matches, by the combobox pattern of the ARIA Authoring Practices.

import { element } from "./elements.js";
import { addStyles } from "./styles.js";
import styles from "./combobox.css" with { type: "text" };

let number = 0;

// `find` gives the matches { id, name, kind } of some words, or a promise of them; `choose` is called with one of them.
export function combobox(input, find, choose) {
  if (!number) addStyles(styles);
  const id = `matches-${(number += 1)}`;
  const list = element("ul", { id, role: "listbox", className: "matches", hidden: true, "aria-label": "Matches" });
  const status = element("span", { role: "status", className: "unseen" });
  let matches = [];
  let active = -1;

  const attributes = { role: "combobox", autocomplete: "off", spellcheck: "false" };
  const aria = { "aria-autocomplete": "list", "aria-controls": id, "aria-expanded": "false" };
  for (const [name, value] of Object.entries({ ...attributes, ...aria })) input.setAttribute(name, value);
  input.parentElement.classList.add("with-matches");
  input.after(list, status);

  function show(found) {
    matches = found;
    list.replaceChildren(
      ...found.map(({ name, kind }, place) =>
        element(
          "li",
          { id: `${id}-${place}`, role: "option", "aria-selected": "false", onclick: () => take(place) },
          element("span", {}, name),
          element("small", {}, kind),
        ),
      ),
    );
    open(found.length > 0);
    mark(-1);
    const count = found.length === 1 ? "1 match" : `${found.length} matches`;
    status.textContent = input.value.trim() ? (found.length ? `${count}; arrow keys choose.` : "No match.") : "";
  }

  function open(shown) {
    list.hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
  }

  function mark(place) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = place;
    const option = list.children[place];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function take(place) {
    const match = matches[place];
    open(false);
    status.textContent = "";
    if (match) choose(match);
  }

  const search = async () => {
    const words = input.value.trim();
    try {
      const found = words ? await find(words) : [];
      if (words === input.value.trim()) show(found);
    } catch (error) {
      status.textContent = error.message;
    }
  };

  const keys = {
    ArrowDown: () => (list.hidden ? search() : mark((active + 1) % matches.length)),
    ArrowUp: () => (list.hidden ? search() : mark((active <= 0 ? matches.length : active) - 1)),
    Enter: () => take(Math.max(active, 0)),
    Escape: () => (list.hidden ? ((input.value = ""), show([])) : open(false)),
  };
  input.addEventListener("input", search);
  input.addEventListener("blur", () => open(false));
  input.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.isComposing || (event.key === "Enter" && list.hidden)) return;
    event.preventDefault();
    keys[event.key]();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the input keeps the focus
}
