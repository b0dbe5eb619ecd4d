"""Charts: what is drawn together, where the pieces lie, and what is told to those who do not see them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kg_builder.answers import Answer
from kg_builder.charts import drawn, placed, png, svg

COLUMNS = (
    "question",
    "population",
    "response_type",
    "unit",
    "answer",
    "value",
    "item",
    "choice",
    "scale",
    "second_print",
)


def answer(*rows: tuple[Any, ...]) -> Answer:
    return Answer("", COLUMNS, rows, (), "")


def row(choice: str, value: str, scale: int | None = None, item: str | None = None, **other: Any) -> tuple[Any, ...]:
    given = {"question": "How often?", "population": "Officers", "unit": "percent", "second_print": None} | other
    named = f"{item}: {choice}" if item else choice
    start = (given["question"], given["population"], "single choice", given["unit"], named, Decimal(value))
    return (*start, item, choice, scale, given["second_print"])


def test_an_answer_without_a_base_is_not_drawn() -> None:
    assert drawn(Answer("", ("answer", "value"), (("Yes", Decimal(1)),), (), "")) == []


@pytest.mark.parametrize("other", [{"population": "Employers"}, {"question": "How seldom?"}, {"unit": "people"}])
def test_shares_of_different_groups_are_never_drawn_as_one(other: dict[str, Any]) -> None:
    assert [
        len(each.answer) for each in drawn(answer(row("Yes", "17"), row("No", "83"), row("Yes", "5", **other)))
    ] == [2, 1]


def test_the_pieces_of_a_scale_lie_around_its_middle() -> None:
    rows = list(answer(row("Rare", "20", -1), row("Neither", "10", 0), row("Often", "70", 1)))
    assert [(piece["choice"], piece["from"], piece["to"]) for piece in placed(rows)] == [
        ("Rare", -25, -5),
        ("Neither", -5, 5),
        ("Often", 5, 75),
    ]


def test_a_scale_without_a_middle_is_parted_at_zero() -> None:
    rows = list(answer(row("Fell", "30", -1), row("Rose", "70", 1)))
    assert [(piece["from"], piece["to"]) for piece in placed(rows)] == [(-30, 0), (0, 70)]


def test_a_chart_is_a_scale_only_if_all_answers_stand_on_it() -> None:
    one, other = (drawn(answer(row("Rose", "70", 1), row("Not known", "30", scale)))[0].chart for scale in (-1, None))
    assert (one.is_scale, other.is_scale) == (True, False)


def test_a_chart_is_told_in_a_sentence() -> None:
    (found,) = drawn(answer(row("Yes", "17.0"), row("No", "83")))
    assert found.chart.told == "Bar chart. How often? Of: Officers, in percent: Yes 17.0; No 83."


def test_a_second_print_is_no_bar() -> None:
    (found,) = drawn(answer(row("Yes", "17"), row("Yes", "20", second_print=True)))
    assert [len(found.chart.first), len(found.chart.again)] == [1, 1]
    assert found.chart.told.endswith("Yes 17.")


@pytest.mark.parametrize("scale", [1, None])
def test_a_chart_inside_a_page_takes_the_colour_of_the_text(scale: int | None) -> None:
    (found,) = drawn(answer(row("Yes", "17", scale)))
    image = svg(found.chart)
    assert 'fill="currentColor"' in image
    assert ">17</text>" in image
    assert not [each for each in ("#000", "black") if f'fill="{each}"' in image and ">Yes" in image.split(each)[1][:80]]


def test_a_chart_as_a_picture_is_a_png() -> None:
    (found,) = drawn(answer(row("Yes", "17")))
    assert png(found.chart).startswith(b"\x89PNG")
