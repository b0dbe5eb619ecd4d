// The interactive graph: views, filters, focus and paths; lists next to the drawing show the same information.

import { explore } from "./graph/interactive-graph.js";
import styles from "./graph/interactive-graph.css" with { type: "text" };
import { loadScript } from "./lib/elements.js";
import { addStyles } from "./lib/styles.js";

async function start(place) {
  const missing = place.querySelector(".explorer-missing");
  try {
    if (!window.kgGraphData) await loadScript(place.dataset.source);
    explore(place, window.kgGraphData);
    missing.hidden = true;
  } catch (error) {
    missing.textContent = `The graph cannot be shown: ${error.message}`;
    throw error;
  }
}

addStyles(styles);
document.querySelectorAll(".explorer").forEach(start);
