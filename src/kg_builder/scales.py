"""Answers that stand on a scale, as bars whose pieces lie left and right of its middle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import altair

from kg_builder.trends import set_apart

SCALE = {-2: "#a6611a", -1: "#dfc27d", 0: "#b8bfc6", 1: "#80cdc1", 2: "#018571"}
"""Colours from one end of a scale to the other, told apart by colour-blind people too (ColorBrewer's BrBG)."""

DARK = {-2, 2}
"""The places on a scale whose colour carries white text."""

LIGHT = "#1c2430"
"""The ink on the other colours."""

FOOT = 8
"""Percent from which on a piece of a bar has room for its number."""

Rows = Sequence[dict[str, Any]]


def diverging(first: Rows, unit: str, ink: str) -> altair.LayerChart | altair.FacetChart:
    """Return one bar an item, its pieces left and right of the middle of the scale."""
    stacks = defaultdict(list)
    for row, apart in zip(first, set_apart(first), strict=True):
        stacks[", ".join(filter(None, (row.get("item"), apart)))].append(row)
    pieces = [{"item": name} | piece for name, rows in stacks.items() for piece in placed(rows)]
    places = {int(row["scale"]): str(row.get("choice") or row["answer"]) for row in first}
    order = sorted(places)
    colours = altair.Scale(domain=[places[place] for place in order], range=[SCALE[place] for place in order])
    reach = max(abs(edge) for piece in pieces for edge in (piece["from"], piece["to"]))
    extent = min(100, 10 * (int(reach / 10) + 1))
    axis = altair.Axis(labelExpr="abs(datum.value)")
    base = altair.Chart(altair.InlineData(pieces)).encode(
        y=altair.Y("item:N", sort=None, title=None),
        x=altair.X("from:Q", title=unit, scale=altair.Scale(domain=[-extent, extent]), axis=axis),
    )
    legend = altair.Legend(orient="top", title=None, columns=3)
    bars = base.mark_bar(stroke=ink, strokeWidth=0.5, height={"band": 0.72}).encode(
        x2="to:Q", color=altair.Color("choice:N", scale=colours, legend=legend)
    )
    numbers = (
        base.transform_filter(f"datum.to - datum.from >= {FOOT}")
        .mark_text(fontSize=11)
        .encode(
            x="middle:Q",
            text="written:N",
            color=altair.when("datum.dark").then(altair.value("#ffffff")).otherwise(altair.value(LIGHT)),
        )
    )
    middle = altair.Chart(altair.InlineData([{"at": 0}])).mark_rule(color=ink, strokeDash=[3, 3]).encode(x="at:Q")
    return altair.layer(middle, bars, numbers).properties(height=altair.Step(34))


def placed(rows: Rows) -> Iterator[dict[str, Any]]:
    """Yield the pieces of a diverging bar from left to right: half of the middle piece lies on each side of 0."""
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
