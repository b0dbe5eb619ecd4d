// Answers queries with Oxigraph, in a worker so that a query can be stopped by ending it.

import { initSync, Store } from "oxigraph/web.js";
import module from "oxigraph/web_bg.wasm";

let store;

// Messages are { quads } once, then { query, union, form }; answers are {} or { text }, or { error, broken }.
self.onmessage = ({ data: { quads, query, union, form } }) => {
  try {
    if (quads === undefined) {
      self.postMessage({ text: store.query(query, { use_default_graph_as_union: union, results_format: form }) });
    } else {
      initSync({ module });
      store = new Store();
      store.load(quads, { format: "application/n-quads", no_transaction: true });
      self.postMessage({});
    }
  } catch (error) {
    self.postMessage({ error: error.message ?? String(error), broken: error instanceof WebAssembly.RuntimeError || error instanceof RangeError });
  }
};
