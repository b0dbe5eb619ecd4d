// Draws charts with Vega-Lite, loaded on first use.

import { Error as ErrorsOnly, logger, parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile } from "vega-lite";

// Draws a chart in an element; resolves to a function that gives it as SVG. Expressions are interpreted, never evaluated.
window.kgDrawChart = async (place, spec) => {
  const view = new View(parse(compile(spec, { logger: logger(ErrorsOnly) }).spec, null, { ast: true }), { container: place, expr: expressionInterpreter, renderer: "svg", hover: false, logLevel: ErrorsOnly });
  await view.runAsync();
  return () => view.toSVG();
};
