"""Where stored queries are shown, as their headers say: on the pages of which things, and among which views."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from kg_builder.core.problems import Problem, quoted
from kg_builder.queries.stored_queries import StoredQuery
from kg_builder.queries.stored_questions import entries, question_of

LAST = 99
"""The place of a section whose header names none."""

SHOWN = ("table", "charts")


@dataclasses.dataclass(frozen=True)
class Place:
    """A section on the pages of the things in one column, with some of the other columns or all.

    A header holds a list `section` of these, such as `{column: topic_iri, heading: How common it is}`.
    """

    column: str
    heading: str
    order: int = LAST
    shown: str = "table"
    columns: tuple[str, ...] = ()


def places(query: StoredQuery) -> Iterator[Place]:
    """Yield where a stored query is shown, as its header says it."""
    for each in entries(query, "section"):
        given = {name: each[name] for name in ("column", "heading", "order", "shown") if name in each}
        columns = each.get("columns", ())
        yield Place(**given, columns=tuple(columns) if isinstance(columns, list) else ())  # type: ignore[arg-type]


def place_problems(queries: Iterable[StoredQuery]) -> Iterator[Problem]:
    """Yield what is wrong with the sections that headers name."""
    for query in queries:
        if query.file.split("/")[-2] == "pages" and not query.about.get("section"):
            yield problem(query, "no section", "a list `#+ section:` with a column and a heading")
        selected = {name.removeprefix("_") for name in question_of(query).columns}
        for each in entries(query, "section"):
            columns = each.get("columns")
            for name in [each.get("column"), *(columns if isinstance(columns, list) else ())]:
                if name not in selected:
                    found = f"a section of the column {quoted(str(name))}"
                    yield problem(query, found, f"one of {', '.join(sorted(selected))}")
            if not each.get("heading"):
                yield problem(query, "a section without a heading", "a heading: what the section tells of the thing")
            if each.get("shown", SHOWN[0]) not in SHOWN:
                yield problem(query, f"a section shown as {quoted(str(each['shown']))}", " or ".join(SHOWN))
            if not isinstance(each.get("order", LAST), int):
                yield problem(query, f"the order {quoted(str(each['order']))}", "a whole number")


def view_problems(queries: Iterable[StoredQuery]) -> Iterator[Problem]:
    """Yield what is wrong with the headers of views."""
    for query in queries:
        if not isinstance(query.about.get("order", 0), int):
            yield problem(query, f"the order {quoted(str(query.about['order']))}", "a whole number")
        if not isinstance(query.about.get("hidden", []), list):
            yield problem(query, f"hidden as {quoted(str(query.about['hidden']))}", "a list of kinds of things")


def problem(query: StoredQuery, found: str, expected: str) -> Problem:
    """Return a problem of a header."""
    return Problem(query.file, 1, "", "header", found, expected, "The header says where and how it is shown.")
