"""Rows are laid out for a terminal: what repeats above, what is rare and long below, and nothing is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg_builder.answers.terminal_tables import laid_out


def test_rows_become_a_table_with_numbers_to_the_right() -> None:
    assert laid_out(["answer", "value"], [["Yes", "17"], ["No", "8.5"]], 40) == [
        "  answer      value",
        "  --------  -------",
        "  Yes            17",
        "  No            8.5",
    ]


def test_what_stays_the_same_stands_above_its_rows() -> None:
    rows = [["A", "x", "1"], ["A", "y", "2"], ["B", "x", "3"], ["B", "y", "4"]]
    assert [line for line in laid_out(["of", "answer", "value"], rows, 40) if ":" in line] == ["of: A", "of: B"]


def test_a_long_cell_that_few_rows_have_is_told_below() -> None:
    note = "A caution that is rather long and wide"
    lines = laid_out(["answer", "caution"], [["Yes", note], ["No", ""], ["Perhaps", ""]], 60)
    assert lines[2:] == ["  Yes       [1]", "  No", "  Perhaps", f"  [1] {note}"]


def test_a_single_row_is_a_list() -> None:
    assert laid_out(["answer", "value"], [["Yes", "17"]], 40) == ["", "answer: Yes", "value: 17"]


def test_rows_that_do_not_fit_are_lists() -> None:
    rows = [[f"{place}{'x' * 20}" for place in "abcd"], [f"{place}{'y' * 20}" for place in "abcd"]]
    lines = laid_out(["one", "two", "three", "four"], rows, 40)
    assert lines[:3] == ["", f"  one: a{'x' * 20}", f"  two: b{'x' * 20}"]


words = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=12)
cells = st.lists(words, max_size=12).map(" ".join)


@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), min_size=1, max_size=8)))
def test_no_word_is_lost_and_no_line_is_too_long(rows: list[list[str]]) -> None:
    lines = laid_out([f"column{place}" for place in range(len(rows[0]))], rows, 100)
    shown = " ".join(lines)
    assert all(word in shown for row in rows for cell in row for word in cell.split())
    assert max(map(len, lines), default=0) <= 100
