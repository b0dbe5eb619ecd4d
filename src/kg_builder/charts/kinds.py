"""The kinds of charts. To add one, add a class and put it into `KINDS`: the first kind that fits a chart draws it."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Protocol

from kg_builder.charts.scales import diverging
from kg_builder.charts.trends import MOST, trend

if TYPE_CHECKING:
    from kg_builder.charts.charts import Chart

BAR = "#3f88ab"

BARS = 60
"""Bars that are drawn at most."""

NAME = 40
"""Characters in a line of the name of a range, which is a sentence."""

ROOM = 32
"""Pixels on both sides of ranges, where names and limits need more in a wider font."""

Rows = Sequence[dict[str, Any]]


class ChartKind(Protocol):
    """A way of drawing the numbers of a chart."""

    name: str
    """What it is called, such as "Bar chart"."""

    def fits(self, chart: Chart) -> bool:
        """Return whether the numbers can be drawn so."""

    def describe(self, chart: Chart) -> str:
        """Return the numbers that are drawn, in words, for those who do not see them."""

    def specification(self, chart: Chart, ink: str) -> dict[str, Any]:
        """Return the marks in Vega-Lite: layers with their data, in the colour `ink` of texts and axes."""

    def left_out(self, chart: Chart) -> str:
        """Return in a sentence what is not drawn; empty if all is."""


class LineChart:
    """Lines over several periods, which break where wording or base change."""

    name = "Line chart over periods"

    def fits(self, chart: Chart) -> bool:
        """Return whether there are numbers of several periods."""
        return bool(chart.lines)

    def describe(self, chart: Chart) -> str:
        """Return each line in words, and where lines break."""
        described = "; ".join(line.told for line in chart.lines[:MOST])
        return " ".join([f"{described}.", *(each.told for each in chart.breaks)])

    def specification(self, chart: Chart, ink: str) -> dict[str, Any]:
        """Return the highest lines."""
        return trend(chart.lines[:MOST], chart.unit, ink, chart.breaks, chart.gaps)

    def left_out(self, chart: Chart) -> str:
        """Return how many lines are not drawn."""
        return _highest(len(chart.lines), MOST, "lines")


class DivergingBarChart:
    """Bars of answers on a scale, stacked on both sides of its middle."""

    name = "Diverging stacked bar chart"

    def fits(self, chart: Chart) -> bool:
        """Return whether all answers stand on a scale."""
        return all(row.get("scale") is not None for row in chart.rows)

    def describe(self, chart: Chart) -> str:
        """Return each answer with its number."""
        return _numbers(chart.first)

    def specification(self, chart: Chart, ink: str) -> dict[str, Any]:
        """Return one bar an item."""
        return diverging(chart.first, chart.unit, ink)

    def left_out(self, _: Chart) -> str:
        """Return nothing: all answers are drawn."""
        return ""


class RangeChart:
    """One bar from low to high for each proportion in words, on the whole scale of percent."""

    name = "Range chart"

    def fits(self, chart: Chart) -> bool:
        """Return whether there are ranges and no values."""
        return "value" not in chart.columns

    def describe(self, chart: Chart) -> str:
        """Return each proportion with its range."""
        return "; ".join(f"{row['name'].removesuffix('.')}: {_range(row)}" for row in chart.rows) + "."

    def specification(self, chart: Chart, ink: str) -> dict[str, Any]:
        """Return the ranges with their limits."""
        names = [wrap(row["name"], NAME) for row in chart.rows]
        rows = [
            {
                "answer": "\n".join(name),
                "low": float(row["low"]),
                "high": float(row["high"]),
                "written": _range(row),
            }
            for name, row in zip(names, chart.rows, strict=True)
        ]
        y = {
            "field": "answer",
            "type": "nominal",
            "sort": None,
            "title": None,
            "axis": {"labelExpr": "split(datum.label, '\\n')", "labelLimit": 0},
        }
        x = {"field": "low", "type": "quantitative", "title": chart.unit, "scale": {"domain": [0, 100]}}
        layers = [
            {
                "mark": {"type": "bar", "color": BAR, "stroke": BAR, "height": {"band": 0.5}},
                "encoding": {"y": y, "x": x, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "color": ink, "fontSize": 12},
                "encoding": {"y": y, "x": {**x, "field": "high"}, "text": {"field": "written", "type": "nominal"}},
            },
        ]
        return {
            "data": {"name": "ranges"},
            "layer": layers,
            "padding": {"left": ROOM, "right": ROOM, "top": 4, "bottom": 4},
            "height": {"step": max(26, 10 + 14 * max(map(len, names)))},
            "datasets": {"ranges": rows},
        }

    def left_out(self, _: Chart) -> str:
        """Return nothing: all ranges are drawn."""
        return ""


class BarChart:
    """One bar an answer, in the order of the rows, with its number; a tick marks a second print.

    A value that is missing in the source has its reason in the place of a bar.
    """

    name = "Bar chart"

    def fits(self, _: Chart) -> bool:
        """Return that any numbers can be drawn so."""
        return True

    def describe(self, chart: Chart) -> str:
        """Return each answer that is drawn with its number."""
        return _numbers(self._drawn(chart))

    def specification(self, chart: Chart, ink: str) -> dict[str, Any]:
        """Return the bars, their numbers and the ticks."""
        y: dict[str, Any] = {"field": "answer", "type": "nominal", "sort": None, "title": None}
        x: dict[str, Any] = {"field": "value", "type": "quantitative", "title": chart.unit}
        if chart.unit == "percent":
            x["scale"] = {"domain": [0, 100]}
        text = {"field": "written", "type": "nominal"}
        label = {"type": "text", "align": "left", "dx": 5, "color": ink, "fontSize": 12}
        layers: list[dict[str, Any]] = [
            {
                "data": {"name": "first"},
                "mark": {"type": "bar", "color": BAR, "height": {"band": 0.72}},
                "encoding": {"y": y, "x": x},
            },
            {
                "data": {"name": "first"},
                "mark": label,
                "encoding": {"y": y, "x": x, "text": text},
            },
        ]
        if chart.again:
            tick = {"type": "tick", "color": ink, "thickness": 2, "size": 22}
            layers.append({"data": {"name": "again"}, "mark": tick, "encoding": {"y": y, "x": x}})
        data = {"first": _values(self._drawn(chart)), "again": _values(chart.again)}
        if chart.gaps and len(chart.first) <= BARS:
            y["scale"] = {"domain": list(dict.fromkeys(row["name"] for row in chart.every))}
            reason = label | {"fontStyle": "italic"}
            layers.append(
                {"data": {"name": "gaps"}, "mark": reason, "encoding": {"y": y, "x": {"datum": 0}, "text": text}}
            )
            data["gaps"] = [{"answer": row["name"], "written": row["written"]} for row in chart.gaps]
        return {"layer": layers, "height": {"step": 26}, "datasets": data}

    def left_out(self, chart: Chart) -> str:
        """Return how many bars are not drawn."""
        return _highest(len(chart.first), BARS, "bars")

    def _drawn(self, chart: Chart) -> Rows:
        """Return the rows that are drawn: all of them, or the highest if they are too many."""
        return chart.first if len(chart.first) <= BARS else sorted(chart.first, key=lambda row: -row["value"])[:BARS]


KINDS: tuple[ChartKind, ...] = (RangeChart(), LineChart(), DivergingBarChart(), BarChart())
"""All kinds; the last one fits every chart."""


def _range(row: dict[str, Any]) -> str:
    """Return the range of a row in words."""
    return f"{row['low']:f}" if row["low"] == row["high"] else f"{row['low']:f} to {row['high']:f}"


def _numbers(rows: Rows) -> str:
    """Return rows in words: their names with their numbers."""
    return "; ".join(f"{row['name']} {row['value']:,f}" for row in rows) + "."


def _values(rows: Rows) -> list[dict[str, Any]]:
    """Return rows as data of a chart."""
    return [{"answer": row["name"], "value": float(row["value"]), "written": f"{row['value']:,f}"} for row in rows]


def _highest(number: int, most: int, what: str) -> str:
    """Return in a sentence how many are drawn; empty if all are."""
    return f"{most} of {number:,} {what} are drawn, the highest ones; the table holds all." if number > most else ""
