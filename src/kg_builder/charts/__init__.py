"""Charts of answers: Vega-Lite specifications, drawn as SVG and PNG."""
