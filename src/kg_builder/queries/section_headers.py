"""Checks the page sections that the headers of stored queries define."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg_builder.core.problems import Location, Problem, quoted
from kg_builder.queries.stored_queries import StoredQuery
from kg_builder.queries.stored_questions import question_of


def section_problems(queries: Iterable[StoredQuery]) -> Iterator[Problem]:
    """Yield a problem for each section with a column that is not selected."""
    for query in queries:
        selected = {name.removeprefix("_") for name in question_of(query).columns}
        for section in query.header.section:
            for name in (section.column, *section.columns):
                if name not in selected:
                    yield Problem(
                        Location(query.file, query.header.line("section")),
                        rule="header",
                        found=f"a section of the column {quoted(name)}",
                        expected=f"one of {', '.join(sorted(selected))}",
                        hint="The header says where and how it is shown.",
                    )
