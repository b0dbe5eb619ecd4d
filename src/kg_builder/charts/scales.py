"""Answers on a scale, as bars with segments to the left and right of its middle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from kg_builder.charts.trends import set_apart

SCALE = {-2: "#a6611a", -1: "#dfc27d", 0: "#b8bfc6", 1: "#80cdc1", 2: "#018571"}
"""Colours from one end of a scale to the other, safe for colour-blind readers (ColorBrewer's BrBG)."""

DARK = {-2, 2}
"""The positions on a scale whose colour needs white text."""

LIGHT = "#1d2430"
"""The text colour on the other colours; it differs slightly from `ON_PAPER`, which pages replace."""

FOOT = 8
"""From this percentage, a segment of a bar has room for its number."""

Rows = Sequence[dict[str, Any]]


def diverging(first: Rows, unit: str, ink: str) -> dict[str, Any]:
    """Return one bar for each item in Vega-Lite, with segments to the left and right of the middle of the scale."""
    stacks = defaultdict(list)
    for row, apart in zip(first, set_apart(first), strict=True):
        stacks[", ".join(filter(None, (row.get("item"), apart)))].append(row)
    pieces = [{"item": name} | piece for name, rows in stacks.items() for piece in placed(rows)]
    places = {int(row["scale"]): str(row.get("choice") or row["answer"]) for row in first}
    order = sorted(places)
    colours = {"domain": [places[place] for place in order], "range": [SCALE[place] for place in order]}
    reach = max(abs(edge) for piece in pieces for edge in (piece["from"], piece["to"]))
    extent = min(100, 10 * (int(reach / 10) + 1))
    y = {"field": "item", "type": "nominal", "sort": None, "title": None}
    x = {
        "field": "from",
        "type": "quantitative",
        "title": unit,
        "scale": {"domain": [-extent, extent]},
        "axis": {"labelExpr": "abs(datum.value)"},
    }
    legend = {"orient": "top", "title": None, "columns": 3}
    middle = {
        "data": {"name": "middle"},
        "mark": {"type": "rule", "color": ink, "strokeDash": [3, 3]},
        "encoding": {"x": {"field": "at", "type": "quantitative"}},
    }
    bars = {
        "data": {"name": "pieces"},
        "mark": {"type": "bar", "stroke": ink, "strokeWidth": 0.5, "height": {"band": 0.72}},
        "encoding": {
            "y": y,
            "x": x,
            "x2": {"field": "to"},
            "color": {"field": "choice", "type": "nominal", "scale": colours, "legend": legend},
        },
    }
    numbers = {
        "data": {"name": "pieces"},
        "transform": [{"filter": f"datum.to - datum.from >= {FOOT}"}],
        "mark": {"type": "text", "fontSize": 11},
        "encoding": {
            "y": y,
            "x": {"field": "middle", "type": "quantitative"},
            "text": {"field": "written", "type": "nominal"},
            "color": {"condition": {"test": "datum.dark", "value": "#ffffff"}, "value": LIGHT},
        },
    }
    return {
        "layer": [middle, bars, numbers],
        "height": {"step": 34},
        "datasets": {"middle": [{"at": 0}], "pieces": pieces},
    }


def placed(rows: Rows) -> Iterator[dict[str, Any]]:
    """Yield the segments of a diverging bar from left to right; the middle segment is centred on 0."""
    ordered = sorted(rows, key=lambda row: row["scale"])
    left = sum((row["value"] if row["scale"] < 0 else row["value"] / 2) for row in ordered if row["scale"] <= 0)
    at = -float(left)
    for row in ordered:
        end = at + float(row["value"])
        yield {
            "choice": row.get("choice") or row["answer"],
            "written": f"{row['value']:f}",
            "from": round(at, 4),
            "to": round(end, 4),
            "middle": round((at + end) / 2, 4),
            "dark": int(row["scale"]) in DARK,
        }
        at = end
