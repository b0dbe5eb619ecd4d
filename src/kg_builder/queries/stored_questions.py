"""Stored questions: queries with an answer for people, and their parameters."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import pyoxigraph

from kg_builder.core.iris import XSD
from kg_builder.core.problems import Location, Problem, ProblemsFound, quoted
from kg_builder.queries.stored_queries import NOT_CODE, StoredQuery, selected_columns, stored_queries, stored_query

if TYPE_CHECKING:
    from kg_builder.queries.percentage_rules import Rules

ANSWERS_FOLDER: Final = "answers"

Form = Literal["iri", "string", "integer", "decimal"]

PARAMETER = re.compile(r"[?$](_([a-z][a-z0-9_]*?)_(iri|string|integer|decimal))\b")
"""A parameter is a variable with a name and a form, such as `?_topic_iri` (https://grlc.readthedocs.io)."""


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A parameter of a question.

    Attributes
    ----------
    name
        The name that callers use, such as `topic`.
    variable
        The variable of the query, such as `_topic_iri`.
    form
        The form of its value: `iri` takes a thing, the others a text or a number.
    default
        The value if the caller gives none, in the notation of tables.

    """

    name: str
    variable: str
    form: Form
    default: str

    @property
    def column(self) -> str:
        """The column of an answer that holds its value."""
        return self.variable.removeprefix("_")

    def literal(self, text: str) -> pyoxigraph.Literal | None:
        """Return a value as an RDF literal; None if it does not have the form. IRIs are not literals."""
        if self.form == "iri":
            return None
        if self.form == "string":
            return pyoxigraph.Literal(text)
        number = r"[+-]?[0-9]+" if self.form == "integer" else r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)"
        if not re.fullmatch(number, text):
            return None
        return pyoxigraph.Literal(text, datatype=pyoxigraph.NamedNode(XSD + self.form))


@dataclasses.dataclass(frozen=True)
class StoredQuestion:
    """A stored query for people: its question, what an answer shows and how to read it, and its topics.

    Examples
    --------
    >>> from kg_builder import open_graph
    >>> question = open_graph().question("how-common")
    >>> question.topics, [parameter.name for parameter in question.parameters]
    (('findings',), ['topic'])

    """

    query: StoredQuery
    parameters: tuple[Parameter, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The variables after SELECT."""
        return selected_columns(self.query.text)

    @property
    def name(self) -> str:
        """The name of the question, which is the name of its file."""
        return self.query.name

    @property
    def summary(self) -> str:
        """The question in plain words."""
        return self.query.header.summary

    @property
    def description(self) -> str:
        """What a row means and how to read it."""
        return self.query.header.description

    @property
    def drawn(self) -> bool:
        """Whether a chart helps to read the answer."""
        return self.query.header.chart

    @property
    def topics(self) -> tuple[str, ...]:
        """Its topics, the main topic first."""
        return self.query.header.tags


def read_question(path: Path) -> StoredQuestion:
    """Return the question of a file; raise `ProblemsFound` if it has errors."""
    question = question_of(stored_query(path, ANSWERS_FOLDER))
    if problems := [*header_problems(question)]:
        raise ProblemsFound(problems)
    return question


def stored_questions(root: Path) -> dict[str, StoredQuestion]:
    """Return the stored questions of a project by name; raise `ProblemsFound` for those with errors."""
    questions = {query.name: question_of(query) for query in stored_queries(root, ANSWERS_FOLDER)}
    problems = [problem for question in questions.values() for problem in header_problems(question)]
    if problems:
        raise ProblemsFound(problems)
    return questions


def question_of(query: StoredQuery) -> StoredQuestion:
    """Return a stored query as a question."""
    defaults = dict(query.header.defaults)
    code = NOT_CODE.sub(" ", query.text)
    found: dict[str, Parameter] = {}
    for variable, name, form in PARAMETER.findall(code):
        found.setdefault(name, Parameter(name, variable, form, defaults.get(name, "")))
    return StoredQuestion(query, tuple(found.values()))


def header_problems(question: StoredQuestion) -> Iterator[Problem]:
    """Yield what is missing in the header of a question."""
    file, header = question.query.file, question.query.header
    if not question.summary.endswith("?"):
        yield Problem(
            Location(file, header.line("summary")),
            rule="header",
            found=f"the summary {quoted(question.summary)}",
            expected="a question that ends with ?",
            hint="Ask as a person would.",
        )
    names = {parameter.name for parameter in question.parameters}
    for name in sorted(dict(header.defaults).keys() - names):
        found = f"a default of {quoted(name)}"
        expected = f"one of the parameters: {', '.join(sorted(names)) or 'there are none'}"
        hint = "A parameter is a variable such as ?_topic_iri."
        yield Problem(Location(file, header.line("defaults")), rule="header", found=found, expected=expected, hint=hint)
    for parameter in question.parameters:
        if not parameter.default:
            yield Problem(
                Location(file, 1),
                rule="header",
                found=f"no default of {quoted(parameter.name)}",
                expected=f"a list `#+ defaults:` with `#+   - {parameter.name}: …`",
                hint="With it the question has an answer as it is.",
            )
        if parameter.variable not in question.columns:
            yield Problem(
                Location(file),
                rule="parameter",
                found=f"the parameter ?{parameter.variable} not selected",
                expected="parameters among the variables behind SELECT",
                hint="What is not selected cannot be bound, nor listed.",
            )


def misleading(questions: Iterable[StoredQuestion], rules: Rules, checks: Iterable[StoredQuery]) -> Iterator[Problem]:
    """Yield where stored questions would mislead about percentages.

    A question may add numbers if `guarded_by` in its header names a stored check that refuses data in which
    these numbers must not be added. If the checks themselves have errors, this is not checked.
    """
    from kg_builder.queries.percentage_rules import percentage_problems  # noqa: PLC0415  (rdflib's algebra is heavy)

    guards = {check.name for check in checks}
    for question in questions:
        header = question.query.header
        guard = header.guarded_by
        if guard and guards and guard not in guards:
            found, expected = f"the guard {quoted(guard)}", "the name of a stored check"
            line = header.line("guarded_by")
            yield Problem(
                Location(question.query.file, line),
                rule="header",
                found=found,
                expected=expected,
                hint="Which one is it?",
            )
        for problem in percentage_problems(question.query.file, question.query.text, rules, shown=True):
            if not (guard and problem.rule in {"unlike", "overlap"}):
                yield problem
