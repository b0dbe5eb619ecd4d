"""Charts: what is drawn together, where the pieces lie, and what is told to those who do not see them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kg_builder.answers.answer import Answer
from kg_builder.charts.charts import Chart, charts_of
from kg_builder.charts.drawings import Drawings, png
from kg_builder.charts.scales import placed
from kg_builder.charts.trends import GAP, HEIGHT, ends, lines, pieces, positions, rules
from kg_builder.core.cache import Cache

DRAWINGS = Drawings(Cache(None))
svg = DRAWINGS.svg

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
    "place",
    "age_bracket",
    "breakdown",
    "period",
)


def answer(*rows: tuple[Any, ...]) -> Answer:
    return Answer("", COLUMNS, rows, (), "")


def row(choice: str, value: str, scale: int | None = None, item: str | None = None, **other: Any) -> tuple[Any, ...]:
    given: dict[str, Any] = {"question": "How often?", "population": "Officers", "unit": "percent"} | other
    named = f"{item}: {choice}" if item else choice
    start = (given["question"], given["population"], "single choice", given["unit"], named, Decimal(value))
    where = (
        *(given.get("place", "all places"), given.get("ages", "all ages")),
        *(given.get("breakdown"), given.get("period", "2018")),
    )
    return (*start, item, choice, scale, given.get("second_print"), *where)


def test_an_answer_without_a_base_is_not_drawn() -> None:
    assert charts_of(Answer("", ("answer", "value"), (("Yes", Decimal(1)),), (), "")) == []


@pytest.mark.parametrize("other", [{"population": "Employers"}, {"question": "How seldom?"}, {"unit": "people"}])
def test_shares_of_different_groups_are_never_drawn_as_one(other: dict[str, Any]) -> None:
    assert [
        len(each.answer) for each in charts_of(answer(row("Yes", "17"), row("No", "83"), row("Yes", "5", **other)))
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
    one, other = (
        charts_of(answer(row("Rose", "70", 1), row("Not known", "30", scale)))[0].chart for scale in (-1, None)
    )
    assert (one.kind.name, other.kind.name) == ("Diverging stacked bar chart", "Bar chart")


def test_a_chart_is_told_in_a_sentence() -> None:
    (found,) = charts_of(answer(row("Yes", "17.0"), row("No", "83")))
    assert found.chart.told == "Bar chart. How often? Of: Officers, in percent: Yes 17.0; No 83."


def test_a_second_print_is_no_bar() -> None:
    (found,) = charts_of(answer(row("Yes", "17"), row("Yes", "20", second_print=True)))
    assert [len(found.chart.first), len(found.chart.again)] == [1, 1]
    assert found.chart.told.endswith("Yes 17.")


@pytest.mark.parametrize("scale", [1, None])
def test_a_chart_inside_a_page_takes_the_colour_of_the_text(scale: int | None) -> None:
    (found,) = charts_of(answer(row("Yes", "17", scale)))
    image = DRAWINGS.inline(found.chart)
    assert 'fill="var(--text)"' in image
    assert ">17</text>" in image
    assert not [each for each in ("#000", "black") if f'fill="{each}"' in image and ">Yes" in image.split(each)[1][:80]]


def test_a_chart_as_a_picture_is_a_png() -> None:
    (found,) = charts_of(answer(row("Yes", "17")))
    assert png(found.chart).startswith(b"\x89PNG")


def test_a_page_leaves_numbers_on_light_pieces_dark() -> None:
    (found,) = charts_of(answer(row("Rare", "60", -1), row("Often", "40", 1)))
    assert DRAWINGS.inline(found.chart).count('fill="#1d2430"') == 2


def test_charts_from_the_cache_are_the_same_bytes_as_drawn_ones(tmp_path: Path) -> None:
    charts = [chart(row("Yes", str(number))) for number in range(10)]
    first, again, without = (Drawings(cache) for cache in (Cache(tmp_path), Cache(tmp_path), Cache(None)))
    assert list(first.prepare(charts)) == [(done, 10) for done in range(1, 11)]
    assert list(again.prepare(charts)) == []
    assert [first.svg(each) for each in charts] == [again.svg(each) for each in charts]
    assert [first.svg(each) for each in charts] == [without.svg(each) for each in charts]


def test_equal_pictures_are_drawn_once() -> None:
    one, other = (chart(row("Yes", "17", place=place)) for place in ("Firstland", "Secondland"))
    assert list(Drawings(Cache(None)).prepare([one, other])) == [(1, 1)]


# ---------------------------------------------------------------- ranges of words


def in_words(*ranges: tuple[str, str, str | None, str | None]) -> list[Chart]:
    """The charts of proportions in words: population, answer, low and high."""
    columns = ("question", "population", "response_type", "unit", "answer", "low", "high")
    rows = tuple(
        ("How often?", group, "open-ended", "percent", said, *(each and Decimal(each) for each in limits))
        for group, said, *limits in ranges
    )
    return [each.chart for each in charts_of(Answer("", columns, rows, (), ""))]


def test_proportions_in_words_are_drawn_as_ranges() -> None:
    (found,) = in_words(("Alerts", "Most come at night.", "50", "100"), ("Alerts", "All do.", "100", "100"))
    assert found.told == ("Range chart. How often? Of: Alerts, in percent: Most come at night: 50 to 100; All do: 100.")
    assert all(f">{text}<" in svg(found) for text in ("Most come at night.", "50 to 100", "100"))


def test_words_that_name_no_proportion_are_not_drawn() -> None:
    assert in_words(("Alerts", "Nights lead.", None, None)) == []


def test_ranges_of_different_groups_are_never_drawn_as_one() -> None:
    found = in_words(("Alerts", "Most come at night.", "50", "100"), ("Employers", "Some see none.", "0", "50"))
    assert [chart.population for chart in found] == ["Alerts", "Employers"]


# ---------------------------------------------------------------- places, ages and periods


def chart(*rows: tuple[Any, ...]) -> Chart:
    (found,) = charts_of(answer(*rows))
    return found.chart


def test_bars_of_several_places_and_ages_are_named_after_them() -> None:
    found = chart(row("Yes", "17"), row("Yes", "20", place="Firstland"), row("Yes", "5", ages="under 5 years"))
    assert found.told.endswith(
        "Yes (all places, all ages) 17; Yes (Firstland, all ages) 20; Yes (all places, under 5 years) 5."
    )


def test_shares_of_several_breakdowns_are_bars_of_their_own() -> None:
    """Bars of one name would be stacked, as if shares of girls and boys could be added."""
    found = chart(row("Yes", "20"), row("Yes", "30", breakdown="female"), row("Yes", "10", breakdown="male"))
    assert found.told.endswith("Yes (everyone) 20; Yes (female) 30; Yes (male) 10.")


def test_lines_of_several_breakdowns_are_not_joined() -> None:
    found = chart(*(row("Yes", "5", breakdown=sex, period=year) for sex in (None, "male") for year in ("1", "2")))
    assert [line.name for line in found.lines] == ["everyone", "male"]


def test_numbers_of_one_unit_are_one_chart_whatever_stands_between_them() -> None:
    found = charts_of(answer(row("Yes", "17"), row("Yes", "900", unit="people"), row("No", "83")))
    assert [(each.chart.unit, len(each.answer)) for each in found] == [("percent", 2), ("people", 1)]


def test_what_all_bars_have_in_common_is_not_in_their_names() -> None:
    assert chart(row("Yes", "17", place="Firstland"), row("No", "83", place="Firstland")).told.endswith(
        "Yes 17; No 83."
    )


def test_the_stacks_of_a_scale_are_told_apart_by_place() -> None:
    found = chart(row("Often", "70", 1, "Games"), row("Often", "40", 1, "Games", place="Firstland"))
    assert all(f">{name}<" in svg(found) for name in ("Games, all places", "Games, Firstland"))


def test_numbers_of_several_periods_are_lines_in_the_order_of_time() -> None:
    found = chart(row("Yes", "20", period="2019"), row("Yes", "17", period="2018"), row("No", "80", period="2019"))
    assert found.told == (
        "Line chart over periods. How often? Of: Officers, in percent: No: 2019 80; Yes: 2018 17, 2019 20."
    )
    assert all(f">{text}<" in svg(found) for text in ("2018", "2019", "Yes 20", "No 80"))


def test_lines_of_one_answer_are_named_after_their_places() -> None:
    found = chart(*(row("Reports", "5", place=place, period=year) for place in ("A", "B") for year in ("1", "2")))
    assert [line.name for line in found.lines] == ["A", "B"]


def test_the_dozen_highest_lines_are_drawn_and_the_others_told_in_number() -> None:
    found = chart(*(row(f"A{n}", str(n), period=year) for n in range(20) for year in ("2018", "2019")))
    assert found.left_out == "12 of 20 lines are drawn, the highest ones; the table holds all."
    assert ">A8 8<" in svg(found)
    assert ">A7 7<" not in svg(found)
    assert "A7:" not in found.told


def test_the_sixty_highest_bars_are_drawn_and_the_others_told_in_number() -> None:
    found = chart(*(row(f"A{n}", str(n)) for n in range(61)))
    assert found.left_out == "60 of 61 bars are drawn, the highest ones; the table holds all."
    assert "A0 0" not in found.told


def test_a_line_breaks_where_a_period_is_missing() -> None:
    (line,) = lines([{"answer": "Yes", "value": 1, "period": year} for year in ("2018", "2020", "2021")])
    assert [piece for piece, _ in pieces(line, ["2018", "2019", "2020", "2021"])] == ["Yes 0", "Yes 1", "Yes 1"]


def test_the_names_at_the_ends_of_lines_keep_their_distance() -> None:
    made = lines([{"answer": name, "value": Decimal(1), "period": "2018"} for name in "ABC"])
    heights = [end["label"] for end in ends(made, {"2018": 0}, 100)]
    assert heights[0] > heights[1] > heights[2] >= 0
    assert heights[0] - heights[1] == pytest.approx(100 * GAP / HEIGHT)


def test_periods_stand_at_their_days() -> None:
    assert positions(["2018-01-01", "2019-01-01", "2021-01-01"]) == [736695, 737060, 737791]
    assert positions(["first wave", "second wave"]) == [0, 1]


# ---------------------------------------------------------------- trends that break

OF_TREND = (*COLUMNS, "trend", "series", "break", "break_because")


def over_time(*rows: tuple[str, str, str, str, str]) -> list[Chart]:
    """The charts of a trend, given by period, value, question, series and the word of its break."""
    cells = [
        (
            *row("Yes", value, period=period, question=question),
            "How often, by year?",
            series,
            word or None,
            word and "So.",
        )
        for period, value, question, series, word in rows
    ]
    return [each.chart for each in charts_of(Answer("", OF_TREND, tuple(cells), (), ""))]


def test_questions_of_one_trend_are_drawn_as_one_chart_that_is_named_after_it() -> None:
    (found,) = over_time(("2018", "17", "Old?", "a", ""), ("2019", "20", "New?", "b", "other wording"))
    assert (found.question, found.asked) == ("How often, by year?", "")
    assert found.told.endswith("Yes: 2018 17, 2019 20. The lines break before 2019 (other wording). So.")


def test_a_trend_of_a_single_period_is_drawn_question_by_question() -> None:
    found = over_time(("2018", "17", "Old?", "a", ""), ("2018", "20", "New?", "b", "other wording"))
    assert [(each.question, each.breaks) for each in found] == [("Old?", []), ("New?", [])]


def test_equivalent_questions_are_joined_without_a_break() -> None:
    (found,) = over_time(("2018", "17", "Old?", "a", ""), ("2019", "20", "New?", "a", ""))
    assert found.breaks == []
    assert [piece for piece, _ in pieces(found.lines[0], ["2018", "2019"])] == ["Yes a 0", "Yes a 0"]


def test_a_break_stands_between_its_periods_whichever_side_is_asked_about() -> None:
    (found,) = over_time(("2018", "17", "Old?", "a", "other base"), ("2019", "20", "New?", "b", ""))
    assert rules(found.breaks, {"2018": 0, "2019": 10}) == [{"at": 5, "word": "other base", "above": -8}]


def test_two_series_of_the_same_periods_are_drawn_side_by_side() -> None:
    (found,) = over_time(
        ("2018", "17", "Old?", "a", ""),
        ("2018", "30", "New?", "b", "other base"),
        ("2019", "18", "Old?", "a", ""),
        ("2019", "31", "New?", "b", "other base"),
    )
    assert [piece for piece, _ in pieces(found.lines[0], ["2018", "2019"])] == [
        "Yes a 0",
        "Yes b 0",
        "Yes a 0",
        "Yes b 0",
    ]
    assert (rules(found.breaks, {"2018": 0, "2019": 10}), len(found.breaks)) == ([], 1)


def test_two_changes_of_wording_and_base_are_told_one_after_the_other() -> None:
    (found,) = over_time(
        ("2018", "17", "Old?", "a", ""),
        ("2019", "20", "New?", "b", "other wording"),
        ("2020", "9", "Last?", "c", "other base"),
    )
    assert [(each.period, each.word) for each in found.breaks] == [
        ("2019", "other wording"),
        ("2020", "other wording / other base"),
    ]


def missing(choice: str, caution: str | None, **other: Any) -> tuple[Any, ...]:
    """A row without a value, and with the reason as its last cell."""
    without = list(row(choice, "0", **other))
    without[COLUMNS.index("value")] = None
    return (*without, caution)


def with_gaps(*rows: tuple[Any, ...]) -> Chart:
    (drawn,) = charts_of(Answer("", (*COLUMNS, "caution"), rows, (), ""))
    assert drawn.answer.rows == rows
    return drawn.chart


def test_a_missing_value_is_a_gap_with_its_reason_in_the_place_of_a_bar() -> None:
    chart = with_gaps((*row("Yes", "40"), None), missing("No", "suppressed"), (*row("Maybe", "5"), None))
    drawn = chart.specification()
    assert drawn["datasets"]["gaps"] == [{"answer": "No", "written": "suppressed"}]
    assert [each["answer"] for each in drawn["datasets"]["first"]] == ["Yes", "Maybe"]
    assert drawn["layer"][-1]["encoding"]["y"]["scale"]["domain"] == ["Yes", "No", "Maybe"]
    assert chart.told.endswith("Yes 40; Maybe 5. Without a value: No: suppressed.")
    assert "suppressed" in svg(chart)


def test_a_gap_without_a_reason_says_that_the_source_has_no_value() -> None:
    assert with_gaps((*row("Yes", "40"), None), missing("No", None)).gaps[0]["written"] == "no value in the source"


def test_a_line_breaks_where_the_value_of_a_period_is_missing() -> None:
    chart = with_gaps(
        (*row("Yes", "40", period="2018"), None),
        missing("Yes", "suppressed", period="2019"),
        (*row("Yes", "50", period="2020"), None),
    )
    points = chart.specification()["datasets"]["points"]
    assert len({each["piece"] for each in points}) == len(points) == 2
    assert chart.told.endswith("Without a value: Yes: suppressed.")


def test_the_base_names_the_group_that_all_numbers_are_limited_to() -> None:
    (women,) = charts_of(answer(row("Yes", "40", breakdown="female"), row("No", "60", breakdown="female")))
    (both,) = charts_of(answer(row("Yes", "40", breakdown="female"), row("Yes", "30", breakdown="male")))
    assert (women.chart.population, both.chart.population) == ("Officers: female", "Officers")


def test_values_that_are_all_missing_are_not_drawn() -> None:
    assert charts_of(Answer("", (*COLUMNS, "caution"), (missing("Yes", "suppressed"),), (), "")) == []
