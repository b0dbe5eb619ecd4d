// The check boxes for types, which are also the legend, and for relations.

import { element } from "../lib/elements.js";
import { hue, pageColour } from "./type-colours.js";

// The mark of a type as it is drawn; its name is always next to it.
export function swatch({ place, mark, none }) {
  const colour = none ? pageColour("muted") : hue(place);
  const made = element("span", { className: `swatch ${mark}`, "aria-hidden": "true" });
  made.style.color = colour;
  return made;
}

// Fills a field set with a box for each of the items { key, text, style }; `hidden` is the set of those not ticked.
export function boxes(fields, items, hidden, changed) {
  const inputs = items.map(({ key, text, style }) => {
    const box = element("input", { type: "checkbox", checked: !hidden.has(key) });
    box.addEventListener("change", () => {
      if (box.checked) hidden.delete(key);
      else hidden.add(key);
      changed();
    });
    return { key, box, label: element("label", {}, box, ...(style ? [swatch(style)] : []), text) };
  });
  const all = (ticked) => () => {
    for (const { key, box } of inputs) {
      box.checked = ticked;
      if (ticked) hidden.delete(key);
      else hidden.add(key);
    }
    changed();
  };
  const buttons = [
    element("button", { type: "button", onclick: all(true) }, "All"),
    element("button", { type: "button", onclick: all(false) }, "None"),
  ];
  fields.replaceChildren(fields.querySelector("legend"), ...inputs.map(({ label }) => label), ...buttons);
}
