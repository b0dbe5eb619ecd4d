// The in-browser engine as the text of a worker, loaded when the first query runs on the copy in the page.

import code from "./sparql/engine-worker.js?bundled";

window.kgEngine = code;
