// Gives each type a colour and a mark, the same in all views; types are also named, so colour is never the only sign.

// Each at least 3:1 against the surface it is drawn on (WCAG 1.4.11), and distinguishable for colour-blind people.
const HUES = [
  ["#1d6a9e", "#72b7e6"],
  ["#b4531c", "#f29a62"],
  ["#2f7d5b", "#74cda4"],
  ["#84478f", "#cf9bd8"],
  ["#8a6c00", "#e2c562"],
  ["#b23a66", "#f29ab8"],
  ["#2d8290", "#7fd1dc"],
  ["#6e5a48", "#c4b19b"],
  ["#4a55ad", "#a3aef2"],
  ["#5f7420", "#bccb70"],
];
const MARKS = ["disc", "ring", "target"];

const dark = window.matchMedia("(prefers-color-scheme: dark)");

export const onThemeChange = (act) => dark.addEventListener("change", act);

export const hue = (place) => HUES[place % HUES.length][dark.matches ? 1 : 0];

// A colour of the page's style sheet.
export const pageColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// For each type { hue, mark }: views with few types choose first, so that theirs differ as far as hues reach.
export function stylesOf(data) {
  const styles = [];
  const kinds = (view) => [...new Set(view.things.map(([thing]) => data.things[thing][2]))];
  for (const used of data.views.map(kinds).sort((one, other) => one.length - other.length)) {
    const times = HUES.map((_, place) => used.filter((kind) => styles[kind]?.place === place).length);
    for (const kind of used.filter((each) => !styles[each])) {
      const place = times.indexOf(Math.min(...times));
      const taken = styles.filter((style) => style?.place === place).length;
      styles[kind] = { place, mark: MARKS[taken % MARKS.length] };
      times[place] += 1;
    }
  }
  return styles;
}
