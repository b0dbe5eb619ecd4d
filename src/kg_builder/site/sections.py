"""The results of stored queries about each thing: every query runs once, and its rows are assigned to their things."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from itertools import chain

from kg_builder.answers.answer import Answer
from kg_builder.answers.graph_reader import GraphReader
from kg_builder.queries import headers
from kg_builder.queries.stored_queries import StoredQuery, stored_queries


@dataclasses.dataclass(frozen=True)
class Section:
    """A section on the page of a thing: the rows of a stored query about it; `query` is empty for page queries."""

    heading: str
    about: str
    answer: Answer
    drawn: bool
    query: str
    order: int


class Sections:
    """The sections of all pages: those that headers define, and the answers to questions about a single thing."""

    def __init__(self, graph: GraphReader) -> None:
        self.graph = graph

    def of(self, iri: str) -> list[Section]:
        """Return the sections of a thing's page that headers define, in order."""
        return sorted(self.placed.get(iri, []), key=lambda section: section.order)

    def asked(self, iri: str) -> list[Section]:
        """Return the answers of the stored questions about a thing, those with shares first."""
        shown = {section.query for section in self.placed.get(iri, [])}
        rest = [section for section in self.dealt_questions.get(iri, []) if section.query not in shown]
        return sorted(rest, key=lambda section: ("value" not in section.answer.columns, section.query))

    @cached_property
    def placed(self) -> dict[str, list[Section]]:
        """The sections that headers define, by thing."""
        asked = ((each.query, each.name, self.graph.whole(each)) for each in self.graph.questions.values())
        own = ((each, "", self.graph.answer(each.text, {}, each.header.summary)) for each in self.queries)
        return _together(
            _dealt(whole, query, place, name)
            for query, name, whole in chain(asked, own)
            for place in query.header.section
        )

    @cached_property
    def queries(self) -> list[StoredQuery]:
        """The stored queries that are not questions for people."""
        return stored_queries(self.graph.root, "pages")

    @cached_property
    def dealt_questions(self) -> dict[str, list[Section]]:
        """The answers of the stored questions that take one thing, by thing."""
        single = [
            (each, each.parameters[0])
            for each in self.graph.questions.values()
            if len(each.parameters) == 1 and each.parameters[0].form == "iri"
        ]
        return _together(
            _dealt(self.graph.whole(each), each.query, headers.Section(parameter.column, each.summary), each.name)
            for each, parameter in single
        )


def _dealt(whole: Answer, query: StoredQuery, place: headers.Section, name: str) -> dict[str, Section]:
    """Return the answer of a stored query split into sections, by the thing in a column."""
    kept = whole.with_columns(*(name for name in place.columns or whole.columns if name in whole.columns))
    rows = defaultdict(list)
    for thing, row in zip(whole.column(place.column), kept.rows, strict=True):
        if thing is not None:
            rows[str(thing)].append(row)
    about = query.header.description
    return {
        thing: Section(
            place.heading,
            about,
            dataclasses.replace(kept, rows=tuple(found)),
            place.shown == "charts",
            name,
            place.order,
        )
        for thing, found in rows.items()
    }


def _together(found: Iterable[dict[str, Section]]) -> dict[str, list[Section]]:
    """Return all sections by thing."""
    listed = defaultdict(list)
    for sections in found:
        for thing, section in sections.items():
            listed[thing].append(section)
    return listed
