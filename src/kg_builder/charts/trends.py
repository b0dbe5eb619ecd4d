"""What distinguishes the numbers of one chart, and numbers of several periods as lines over time, which may break."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

COLOURS = ("#3f88ab", "#b5651d", "#5a9367", "#a05195", "#8a7a2f", "#c0504d")
"""Used in rotation; a name at its end, joined by a thinner line, identifies each line."""

MOST = 12
"""Maximum number of lines."""

HEIGHT, WIDTH, GAP = 260, 400, 16
"""Pixels of the chart, and between two names."""

DASHES = [5, 4]
"""Pixels of the line that marks a break, and of its gaps."""

EVERYONE = "everyone"
"""The group of a number that is limited to none."""

Rows = Sequence[dict[str, Any]]


def set_apart(rows: Rows) -> list[str]:
    """Return what distinguishes each row from the others in place, ages and group; empty texts if nothing does."""
    unlike = [name for name in ("place", "age_bracket", "breakdown") if len({row.get(name) for row in rows}) > 1]
    return [", ".join(str(row[name] or EVERYONE) for name in unlike) for row in rows]


def named(rows: Rows) -> list[str]:
    """Return the answer of each row, with place, ages or group if these differ."""
    return [f"{row['answer']} ({apart})" if apart else str(row["answer"]) for row, apart in _apart_of(rows)]


def _apart_of(rows: Rows) -> list[tuple[dict[str, Any], str]]:
    """Return each row with what distinguishes it."""
    return list(zip(rows, set_apart(rows), strict=True))


@dataclasses.dataclass(frozen=True)
class Line:
    """One answer, at one place, one age and one group: its rows, from period to period."""

    name: str
    rows: Rows

    @property
    def highest(self) -> float:
        """The highest value; if there are too many lines, it decides which are drawn."""
        return max(float(row["value"]) for row in self.rows)

    @property
    def told(self) -> str:
        """The line in words."""
        return f"{self.name}: " + ", ".join(f"{row['period']} {row['value']:,f}" for row in self.rows)


def lines(rows: Rows) -> list[Line]:
    """Return the lines of all rows, the highest first; if there is only one answer, the difference is the name."""
    whole = len({row["answer"] for row in rows}) > 1
    found = defaultdict(list)
    for (row, apart), name in zip(_apart_of(rows), named(rows), strict=True):
        found[name if whole or not apart else apart].append(row)
    made = [Line(name, sorted(each, key=_began)) for name, each in found.items()]
    return sorted(made, key=lambda line: -line.highest)


def _began(row: dict[str, Any]) -> str:
    """Return the start of the period of a row, or its name if the start is not known."""
    return str(row.get("period_start") or row["period"])


@dataclasses.dataclass(frozen=True)
class Break:
    """A change of wording or base, where lines must not be joined: between two periods, given by their start.

    `former` is empty if there is no earlier period; `word` names the change, `why` explains it in sentences.
    """

    former: str
    start: str
    period: str
    word: str
    why: str

    @property
    def told(self) -> str:
        """The break in words."""
        return f"The lines break before {self.period} ({self.word}). {self.why}"


def breaks(rows: Rows) -> list[Break]:
    """Return the starts of series that must not be joined with the previous one, in order of time.

    `series` of a row names its series; `break` and `break_because` say how it differs from the question of the chart.
    """
    starts = sorted({_began(row) for row in rows})
    first: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=_began):
        first.setdefault(series(row), row)
    found = []
    for before, row in pairwise(first.values()):
        sides = [each for each in (before, row) if each.get("break")]
        if sides:
            former = max((start for start in starts if start < _began(row)), default="")
            word = " / ".join(dict.fromkeys(str(each["break"]) for each in sides))
            why = " ".join(dict.fromkeys(str(each["break_because"]) for each in sides))
            found.append(Break(former, _began(row), str(row["period"]), word, why))
    return found


def series(row: dict[str, Any]) -> str:
    """Return the series of a row, empty if nothing breaks."""
    return str(row.get("series") or "")


def trend(drawn: Sequence[Line], unit: str, ink: str, broken: Sequence[Break] = (), gaps: Rows = ()) -> dict[str, Any]:
    """Return lines with a point for each number and their names at the right, in Vega-Lite.

    A line breaks where a period is missing or its value (`gaps`), and where wording or base change, at a dashed line
    with a word above it.
    """
    periods = {_began(row): str(row["period"]) for row in (*(row for line in drawn for row in line.rows), *gaps)}
    at = dict(zip(sorted(periods), positions(sorted(periods)), strict=True))
    top = (100.0 if unit == "percent" else max(line.highest for line in drawn)) or 1
    points = [
        {"line": line.name, "piece": piece, "at": at[_began(row)], "value": float(row["value"])}
        for line in drawn
        for piece, row in pieces(line, sorted(periods))
    ]
    names = [line.name for line in drawn]
    colours = [COLOURS[place % len(COLOURS)] for place in range(len(drawn))]
    scale = {"domain": names, "range": colours}
    colour = {"field": "line", "type": "nominal", "legend": None, "scale": scale}
    labels = json.dumps({str(at[start]): name for start, name in periods.items()})
    axis = {"values": [*at.values()], "labelExpr": f"{labels}[datum.value]", "labelOverlap": True, "grid": False}
    domain = {"domain": [min(at.values()), max(at.values())]}
    x = {"field": "at", "type": "quantitative", "title": None, "axis": axis, "scale": domain}
    y = {"field": "value", "type": "quantitative", "title": unit, "scale": {"domain": [0, top], "nice": False}}
    value, label = ({"field": name, "type": "quantitative"} for name in ("value", "label"))

    def layer(data: str, mark: dict[str, Any], **encoding: Any) -> dict[str, Any]:
        return {"data": {"name": data}, "mark": mark, "encoding": encoding}

    line = {"x": x, "y": y, "color": colour}
    above = {"field": "above", "type": "quantitative", "scale": None}
    leader = {"x": {"field": "at", "type": "quantitative"}, "x2": {"value": WIDTH + 14}}
    layers = [
        layer("changes", {"type": "rule", "color": ink, "strokeDash": DASHES}, x=x),
        layer("changes", {"type": "text", "color": ink, "fontSize": 12}, x=x, y=above, text=_nominal("word")),
        layer("points", {"type": "line", "strokeWidth": 2}, **line, detail=_nominal("piece")),
        layer("points", {"type": "point", "filled": True, "size": 36, "opacity": 1}, **line),
        layer(
            "ends",
            {"type": "rule", "strokeWidth": 0.8, "strokeDash": [2, 3]},
            **leader,
            y=value,
            y2={"field": "label"},
            color=colour,
        ),
        layer(
            "ends",
            {"type": "text", "align": "left", "dx": 18, "fontSize": 12, "color": ink},
            x={"value": WIDTH},
            y=label,
            text=_nominal("written"),
        ),
    ]
    datasets = {"points": points, "ends": ends(drawn, at, top), "changes": rules(broken, at)}
    return {"layer": layers, "height": HEIGHT, "datasets": datasets}


def _nominal(field: str) -> dict[str, str]:
    """Return the encoding of a text."""
    return {"field": field, "type": "nominal"}


def positions(starts: Sequence[str]) -> list[int]:
    """Return the positions of periods from left to right: by date, or one after the other if dates are not known."""
    try:
        return [date.fromisoformat(start).toordinal() for start in starts]
    except ValueError:
        return list(range(len(starts)))


def rules(broken: Sequence[Break], at: dict[str, int]) -> list[dict[str, Any]]:
    """Return the positions of breaks, between two periods, with their words stacked above each other."""
    between = [each for each in broken if each.former]
    return [
        {"at": (at[each.former] + at[each.start]) / 2, "word": each.word, "above": -8 - GAP * place}
        for place, each in enumerate(between)
    ]


def pieces(line: Line, periods: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows of a line, each with the name of its unbroken piece."""
    turns: Counter[str] = Counter()
    for row in line.rows:
        number = periods.index(_began(row)) - turns[series(row)]
        turns[series(row)] += 1
        yield " ".join(filter(None, (line.name, series(row), str(number)))), row


def ends(drawn: Sequence[Line], at: dict[str, int], top: float) -> list[dict[str, Any]]:
    """Return the ends of lines and the positions of their names, far enough apart; a line that ends early says when."""
    last = sorted(((line, line.rows[-1]) for line in drawn), key=lambda end: -float(end[1]["value"]))
    step = GAP * top / HEIGHT
    heights: list[float] = []
    for _, row in last:
        heights.append(min([float(row["value"]), *(height - step for height in heights[-1:])]))
    floor = 0.0
    for place in reversed(range(len(heights))):
        heights[place] = max(heights[place], floor)
        floor = heights[place] + step
    newest = max(at.values())
    return [
        {
            "line": line.name,
            "at": at[_began(row)],
            "value": float(row["value"]),
            "label": height,
            "written": f"{line.name} {row['value']:,f}" + (f" ({row['period']})" if at[_began(row)] < newest else ""),
        }
        for (line, row), height in zip(last, heights, strict=True)
    ]
