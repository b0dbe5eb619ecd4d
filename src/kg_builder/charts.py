"""Draws numbers as charts: bars, diverging stacked bars where answers stand on a scale, lines over several periods."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache, cached_property
from itertools import groupby
from typing import Any

import altair
import vl_convert

from kg_builder.answers import Answer, Row
from kg_builder.trends import MOST, WIDTH, Line, lines, named, set_apart, trend

NEEDED = ("question", "population", "response_type", "unit", "answer", "value")
"""The columns of an answer that can be drawn."""

PICTURED = {*NEEDED[:4], "item", "choice", "scale", "period_start"}
"""The columns that a picture shows already, so that a table beside it leaves them out."""

ON_PAGES = "currentColor"
"""The ink of a chart inside a page: it takes the colour of the text around it, in light and in dark."""

ON_PAPER = "#1c2430"
"""The ink of a chart that stands alone."""

VERSION = altair.SCHEMA_VERSION.removeprefix("v").rpartition(".")[0]
"""The version of Vega-Lite that charts are written for."""

BAR = "#3f88ab"
SCALE = {-2: "#a6611a", -1: "#dfc27d", 0: "#b8bfc6", 1: "#80cdc1", 2: "#018571"}
"""Colours from one end of a scale to the other, told apart by colour-blind people too (ColorBrewer's BrBG)."""

DARK = {-2, 2}
"""The places on a scale whose colour carries white text."""

BARS = 60
"""Bars that are drawn at most."""

FOOT = 8
"""Percent from which on a piece of a bar has room for its number."""

USED = (
    *(*NEEDED, "question_iri", "item", "choice", "scale", "second_print", "caution"),
    *("place", "age_bracket", "period", "period_start"),
)
"""The columns that a chart is made of; the others are left to the table beside it."""

Rows = Sequence[dict[str, Any]]
Layers = altair.LayerChart | altair.FacetChart


@dataclasses.dataclass(frozen=True)
class Chart:
    """What one group of people answered to one question: cells of the columns that are used, row by row.

    Rows may say `item`, `choice`, `scale` (the place on a scale around 0) and `second_print` (of a number that is
    printed twice). Equal charts are drawn once.
    """

    columns: tuple[str, ...]
    cells: tuple[Row, ...]

    @cached_property
    def rows(self) -> Rows:
        """The rows as mappings from column to value, each with the `name` of its bar."""
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.cells]
        return [row | {"name": name} for row, name in zip(rows, named(rows), strict=True)]

    @property
    def question(self) -> str:
        """What was asked."""
        return str(self.rows[0]["question"])

    @property
    def asked(self) -> str:
        """The IRI of what was asked, empty if the answer does not name it."""
        return str(self.rows[0].get("question_iri") or "")

    @property
    def population(self) -> str:
        """Of whom the numbers are shares."""
        return str(self.rows[0]["population"])

    @property
    def response_type(self) -> str:
        """Whether several answers could be given."""
        return str(self.rows[0]["response_type"])

    @property
    def unit(self) -> str:
        """What the numbers count."""
        return str(self.rows[0]["unit"])

    @property
    def is_scale(self) -> bool:
        """Whether all answers stand on a scale, so that what lies on each side of its middle can be compared."""
        return all(row.get("scale") is not None for row in self.rows)

    @cached_property
    def lines(self) -> list[Line]:
        """The lines over time, the highest first; none if all numbers are of one period."""
        return lines(self.first) if len({row.get("period") for row in self.first}) > 1 else []

    @cached_property
    def barred(self) -> Rows:
        """The rows that are drawn as bars: all of them, or the highest if they are too many."""
        if len(self.first) <= BARS:
            return self.first
        return sorted(self.first, key=lambda row: -row["value"])[:BARS]

    @property
    def left_out(self) -> str:
        """What is not drawn, in a sentence; empty if all is."""
        whole, kept, what = (len(self.first), BARS, "bars")
        if self.lines:
            whole, kept, what = (len(self.lines), MOST, "lines")
        elif self.is_scale:
            return ""
        return f"{kept} of {whole:,} {what} are drawn, the highest ones; the table holds all." if whole > kept else ""

    @cached_property
    def first(self) -> Rows:
        """The rows without second prints."""
        return [row for row in self.rows if not row.get("second_print")]

    @cached_property
    def again(self) -> Rows:
        """The second prints, whose values differ."""
        return [row for row in self.rows if row.get("second_print")]

    @property
    def cautions(self) -> list[str]:
        """The contradictions that touch one of the numbers."""
        cautions = (part for row in self.rows for part in str(row.get("caution") or "").split("; "))
        return sorted(set(cautions) - {""})

    @property
    def told(self) -> str:
        """The chart in one sentence, for those who do not see it."""
        about = f"{self.question} Of: {self.population}, in {self.unit}"
        if self.lines:
            told = "; ".join(line.told for line in self.lines[:MOST])
            return " ".join(filter(None, (f"Line chart over periods. {about}: {told}.", self.left_out)))
        kind = "Diverging stacked bar chart" if self.is_scale else "Bar chart"
        rows = self.first if self.is_scale else self.barred
        parts = "; ".join(f"{row['name']} {row['value']:,f}" for row in rows)
        return " ".join(filter(None, (f"{kind}. {about}: {parts}.", self.left_out)))

    def drawn(self, ink: str, background: str = "transparent") -> dict[str, Any]:
        """Return the chart as Vega-Lite."""
        if self.lines:
            return framed(trend(self.lines[:MOST], self.unit, ink), ink, background)
        if self.is_scale:
            return framed(self.diverging(ink), ink, background)
        numbers = {"first": values(self.barred), "again": values(self.again)}
        return {**bars(self.unit, ink, background, again=bool(self.again)), "datasets": numbers}

    def diverging(self, ink: str) -> Layers:
        """Return one bar an item, its pieces left and right of the middle of the scale."""
        stacks = defaultdict(list)
        for row, apart in zip(self.first, set_apart(self.first), strict=True):
            stacks[", ".join(filter(None, (row.get("item"), apart)))].append(row)
        pieces = [{"item": name} | piece for name, rows in stacks.items() for piece in placed(rows)]
        places = {int(row["scale"]): str(row.get("choice") or row["answer"]) for row in self.first}
        order = sorted(places)
        colours = altair.Scale(domain=[places[place] for place in order], range=[SCALE[place] for place in order])
        reach = max(abs(edge) for piece in pieces for edge in (piece["from"], piece["to"]))
        extent = min(100, 10 * (int(reach / 10) + 1))
        labels = "abs(datum.value)"
        base = altair.Chart(altair.InlineData(pieces)).encode(
            y=altair.Y("item:N", sort=None, title=None),
            x=altair.X(
                "from:Q",
                title=self.unit,
                scale=altair.Scale(domain=[-extent, extent]),
                axis=altair.Axis(labelExpr=labels),
            ),
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
                color=altair.when("datum.dark").then(altair.value("#ffffff")).otherwise(altair.value(ON_PAPER)),
            )
        )
        middle = altair.Chart(altair.InlineData([{"at": 0}])).mark_rule(color=ink, strokeDash=[3, 3]).encode(x="at:Q")
        return altair.layer(middle, bars, numbers).properties(height=altair.Step(34))


@cache
def bars(unit: str, ink: str, background: str, *, again: bool) -> dict[str, Any]:
    """Return one bar an answer, in the order of the rows, with its number; a tick marks a second print.

    The numbers themselves are two datasets: Altair takes longer to write the same again than Vega to draw it.
    """
    percent = altair.Scale(domain=[0, 100]) if unit == "percent" else altair.Undefined
    y = altair.Y("answer:N", sort=None, title=None)
    x = altair.X("value:Q", title=unit, scale=percent)
    first = altair.Chart(altair.NamedData("first")).encode(y=y, x=x)
    layers: list[Any] = [
        first.mark_bar(color=BAR, height={"band": 0.72}),
        first.mark_text(align="left", dx=5, color=ink, fontSize=12).encode(text="written:N"),
    ]
    if again:
        second = altair.Chart(altair.NamedData("again")).encode(y=y, x=x)
        layers.append(second.mark_tick(color=ink, thickness=2, size=22))
    return framed(altair.layer(*layers).properties(height=altair.Step(26)), ink, background)


def framed(layers: Layers, ink: str, background: str) -> dict[str, Any]:
    """Return layers as Vega-Lite with the look that all charts share."""
    words = {"labelFontSize": 12, "labelColor": ink}
    axis = {**words, "titleFontSize": 12, "titleFontWeight": "normal", "titleColor": ink}
    made: dict[str, Any] = (
        layers.properties(width=WIDTH, background=background, padding=4)
        .configure(font="Liberation Sans, Arial, sans-serif")
        .configure_axis(**axis, domainColor=ink, tickColor=ink, gridColor=ink, gridOpacity=0.15)
        .configure_axisY(labelLimit=240, labelPadding=8, ticks=False, domain=False)
        .configure_legend(**words, labelLimit=240, symbolStrokeColor=ink)
        .configure_view(stroke=None)
        .to_dict(validate=False)
    )
    return made


@dataclasses.dataclass(frozen=True)
class Drawn:
    """A chart with all columns of the answer that it was made of."""

    chart: Chart
    answer: Answer


def drawn(answer: Answer) -> list[Drawn]:
    """Return the charts of an answer: one a question, group and unit; none if it has no numbers that can be drawn.

    Shares of different groups are never drawn as one. Several periods are lines, several places or ages are named.
    """
    if not set(NEEDED) <= set(answer.columns):
        return []
    used = tuple(name for name in USED if name in answer.columns)
    place = {name: answer.columns.index(name) for name in used}
    rows = [row for row in answer.rows if isinstance(row[place["value"]], (int, Decimal)) and row[place["answer"]]]
    groups = [tuple(group) for _, group in groupby(rows, key=lambda row: [row[place[name]] for name in NEEDED[:4]])]
    return [
        Drawn(
            Chart(used, tuple(tuple(row[place[name]] for name in used) for row in group)),
            dataclasses.replace(answer, rows=group),
        )
        for group in groups
    ]


@cache
def svg(chart: Chart, ink: str = ON_PAGES) -> str:
    """Return a chart as SVG without a background."""
    return str(vl_convert.vegalite_to_svg(chart.drawn(ink), vl_version=VERSION))


def png(chart: Chart) -> bytes:
    """Return a chart as PNG on white, at twice the size."""
    return bytes(vl_convert.vegalite_to_png(chart.drawn(ON_PAPER, "#ffffff"), vl_version=VERSION, scale=2))


def values(rows: Rows) -> list[dict[str, Any]]:
    """Return rows as data of a chart."""
    return [{"answer": row["name"], "value": float(row["value"]), "written": f"{row['value']:,f}"} for row in rows]


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
