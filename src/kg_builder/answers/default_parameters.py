"""The initial parameters of a stored question: its defaults, or else values that the graph holds."""

from __future__ import annotations

from collections.abc import Mapping

from kg_builder.answers.answer import Answer
from kg_builder.answers.graph_reader import GraphReader, chosen
from kg_builder.queries.stored_questions import StoredQuestion


def usual(graph: GraphReader, question: StoredQuestion) -> dict[str, str]:
    """Return a value for each parameter of a question; empty if the graph holds no possible value."""
    given = {}
    for each in question.parameters:
        held = each.form != "iri" or graph.thing(each.default)
        given[each.name] = each.default if held else next(iter(graph.allowed(question, each)), "")
    return given


def answered(graph: GraphReader, question: StoredQuestion, given: Mapping[str, str]) -> Answer:
    """Return the answer to a question for the values of `usual`, taken from the answer about everything.

    It has no rows if a value is empty.
    """
    if "" in given.values():
        columns = tuple(name.removeprefix("_") for name in question.columns)
        return Answer(question.summary, columns, (), (), graph.base)
    return chosen(graph.whole(question), question, {name: graph.held(value) for name, value in given.items()})
