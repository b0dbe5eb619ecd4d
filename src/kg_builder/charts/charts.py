"""Draws numbers as charts: bars, diverging stacked bars for answers on a scale, lines over periods, ranges of words."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from kg_builder.answers.answer import Answer, Row
from kg_builder.charts.kinds import KINDS, ChartKind, Rows
from kg_builder.charts.trends import WIDTH, Break, Line, breaks, lines, named

NEEDED = ("question", "population", "response_type", "unit", "answer")
"""The columns that an answer must have to be drawn, apart from those of its numbers."""

NUMBERS = (("value",), ("low", "high"))
"""The columns of numbers, one set of which an answer must have: a printed value, or else the range that words mean."""

WITH_GAPS = NUMBERS[0]
"""Printed values, some of which may be missing in the source: these are drawn as gaps."""

NO_VALUE = "no value in the source"
"""Stands for the reason of a gap, where the answer does not tell it."""

TREND = "trend"
"""A column that names what to draw as one chart over time, although question and group may change over time."""

PICTURED = {*NEEDED[:4], "item", "choice", "scale", "period_start", TREND, "series"}
"""The columns that a chart already shows, so that the table next to it leaves them out."""

ON_PAPER = "#1c2430"
"""The text colour of a standalone chart; nothing else has exactly this colour, so that a page can replace it."""

USED = (
    *(*NEEDED, "value", "question_iri", "item", "choice", "scale", "second_print", "caution"),
    *("place", "age_bracket", "breakdown", "period", "period_start", TREND, "series", "break", "break_because"),
)
"""The columns that a chart uses; the others are only in the table next to it."""


@dataclasses.dataclass(frozen=True)
class Chart:
    """The answers of one group of people to one question: cells of the used columns, row by row.

    Rows may have `item`, `choice`, `scale` (the position on a scale around 0) and `second_print` (of a number that is
    printed twice). A trend may hold several similar questions; their rows have `trend`, `series`, `break`
    and `break_because`. Equal charts are drawn once.
    """

    columns: tuple[str, ...]
    cells: tuple[Row, ...]

    @cached_property
    def every(self) -> Rows:
        """All rows as mappings from column to value, each with the `name` of its bar."""
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.cells]
        return [row | {"name": name} for row, name in zip(rows, named(rows), strict=True)]

    @cached_property
    def rows(self) -> Rows:
        """The rows with numbers."""
        return [row for row in self.every if _are_numbers(row[name] for name in self.numbers)]

    @cached_property
    def gaps(self) -> Rows:
        """The rows whose value is missing in the source, each with its reason as `written`."""
        missing = [row for row in self.every if not _are_numbers(row[name] for name in self.numbers)]
        return [row | {"written": str(row.get("caution") or NO_VALUE)} for row in missing]

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns of its numbers."""
        return next(names for names in NUMBERS if set(names) <= set(self.columns))

    @property
    def question(self) -> str:
        """The question; in a trend, the question that the chart is drawn for."""
        return self.trend or str(self.rows[0]["question"])

    @property
    def trend(self) -> str:
        """The subject of a chart over time, if it may hold several questions; else empty."""
        return str(self.rows[0].get(TREND) or "") if self.lines else ""

    @property
    def asked(self) -> str:
        """The IRI of the question, empty if the answer does not name it, or for a trend."""
        return "" if self.trend else str(self.rows[0].get("question_iri") or "")

    @property
    def population(self) -> str:
        """The base: the people that the numbers are shares of, with the group if all numbers are of the same one."""
        people = "; ".join(dict.fromkeys(str(row["population"]) for row in self.rows))
        groups = {str(row.get("breakdown") or "") for row in self.every}
        return ": ".join(filter(None, (people, *groups))) if len(groups) == 1 else people

    @property
    def response_type(self) -> str:
        """Whether a respondent could give several answers."""
        return str(self.rows[0]["response_type"])

    @property
    def unit(self) -> str:
        """The unit of the numbers."""
        return str(self.rows[0]["unit"])

    @cached_property
    def kind(self) -> ChartKind:
        """How it is drawn."""
        return next(kind for kind in KINDS if kind.fits(self))

    @cached_property
    def lines(self) -> list[Line]:
        """The lines over time, the highest first; empty if all numbers are of one period."""
        return lines(self.first) if len({row.get("period") for row in self.first}) > 1 else []

    @cached_property
    def breaks(self) -> list[Break]:
        """The breaks in the lines, where wording or base change."""
        return breaks(self.first) if self.trend else []

    @property
    def pictured(self) -> set[str]:
        """The columns that the table next to it leaves out; a trend does not show which question a number answers."""
        return PICTURED - {"question", "population"} if self.trend else PICTURED

    @property
    def left_out(self) -> str:
        """What is not drawn, in a sentence; empty if all is."""
        return self.kind.left_out(self)

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
        """The contradictions that affect one of the numbers."""
        cautions = (part for row in self.rows for part in str(row.get("caution") or "").split("; "))
        return sorted(set(cautions) - {""})

    @property
    def told(self) -> str:
        """The chart in one sentence, as a text alternative."""
        about = f"{self.question} Of: {self.population}, in {self.unit}"
        described = f"{self.kind.name}. {about}: {self.kind.describe(self)}"
        return " ".join(filter(None, (described, self.missing, self.left_out)))

    @property
    def missing(self) -> str:
        """The values that are missing in the source, in a sentence with their reasons; empty if there are none."""
        told = "; ".join(f"{row['name']}{_when(row, self.gaps)}: {row['written']}" for row in self.gaps)
        return f"Without a value: {told}." if told else ""

    def specification(self, ink: str = ON_PAPER, background: str = "transparent") -> dict[str, Any]:
        """Return the chart in Vega-Lite."""
        return _framed(self.kind.specification(self, ink), ink, background)


def _are_numbers(cells: Iterable[object]) -> bool:
    """Return whether no cell is empty or text."""
    return all(isinstance(cell, (int, Decimal)) for cell in cells)


def _when(row: Mapping[str, Any], rows: Rows) -> str:
    """Return the period of a row in brackets, if it differs between rows."""
    return f" ({row['period']})" if len({each.get("period") for each in rows}) > 1 else ""


def _framed(layers: dict[str, Any], ink: str, background: str) -> dict[str, Any]:
    """Return layers as Vega-Lite with the common style of all charts."""
    words = {"labelFontSize": 12, "labelColor": ink}
    titles = {"titleFontSize": 12, "titleFontWeight": "normal", "titleColor": ink}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": WIDTH,
        "background": background,
        "padding": 4,
        "config": {
            "font": "Liberation Sans, Arial, sans-serif",
            "axis": {**words, **titles, "domainColor": ink, "tickColor": ink, "gridColor": ink, "gridOpacity": 0.15},
            "axisY": {"labelLimit": 240, "labelPadding": 8, "ticks": False, "domain": False},
            "legend": {**words, "labelLimit": 240, "symbolStrokeColor": ink},
            "view": {"continuousWidth": 300, "continuousHeight": 300, "stroke": None},
        },
        **layers,
    }


@dataclasses.dataclass(frozen=True)
class Drawn:
    """A chart with all columns of its answer."""

    chart: Chart
    answer: Answer


def charts_of(answer: Answer) -> list[Drawn]:
    """Return the charts of an answer, one for each question, group and unit; empty if there are no numbers to draw.

    Shares of different groups are in one chart only in a trend, whose lines break. Several periods are lines;
    several places, ages or groups are part of the names.
    """
    numbers = next((names for names in NUMBERS if {*NEEDED, *names} <= set(answer.columns)), None)
    if not numbers:
        return []
    used = tuple(name for name in dict.fromkeys((*USED, *numbers)) if name in answer.columns)
    place = {name: answer.columns.index(name) for name in used}
    rows = [row for row in answer.rows if row[place["answer"]]]
    over_time = {TREND, "period"} <= set(used)
    periods = defaultdict(set)
    for row in rows if over_time else ():
        periods[row[place[TREND]], row[place["unit"]]].add(row[place["period"]])

    def together(row: Row) -> tuple[object, ...]:
        named = (row[place[TREND]], row[place["unit"]]) if over_time else ("", "")
        return named if len(periods[named]) > 1 else tuple(row[place[name]] for name in NEEDED[:4])

    groups: defaultdict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[together(row)].append(row)
    found = []
    for group in groups.values():
        with_numbers = [row for row in group if _are_numbers(row[place[name]] for name in numbers)]
        if with_numbers:
            listed = group if numbers == WITH_GAPS else with_numbers
            chart = Chart(used, tuple(tuple(row[place[name]] for name in used) for row in listed))
            found.append(Drawn(chart, dataclasses.replace(answer, rows=tuple(listed))))
    return found
