"""Stored questions that join the graph with other endpoints, and the parts of their texts."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from kg_builder.core.problems import Location, Problem, ProblemsFound, quoted
from kg_builder.queries.stored_queries import (
    SERVICE,
    StoredQuery,
    code_of,
    place,
    query_problems,
    read_query,
)
from kg_builder.queries.stored_questions import StoredQuestion, header_problems, question_of

LIST = "services.csv"
"""The list of endpoints in the project folder; only the user writes it."""

FEDERATED_FOLDER = "federated"
CALL = re.compile(r"service\s+<service:([a-z0-9-]+)>\s*\{", re.IGNORECASE)
SLICE = re.compile(r"\b(limit|offset)\b", re.IGNORECASE)
VARIABLE = re.compile(r"[?$](\w+)")


@dataclasses.dataclass(frozen=True)
class Call:
    """A call of an endpoint, and the parts of the query around it; together, the parts are the whole text.

    `prologue` stands before SELECT, `select` goes up to the outermost brace, `pattern` is what that group has before
    SERVICE, `opening` goes up to the brace of the call, `group` is between its braces, and `rest` follows it.
    """

    name: str
    prologue: str
    select: str
    pattern: str
    opening: str
    group: str
    rest: str

    def replaced(self, rows: str) -> str:
        """Return the query with other text in the place of the call."""
        return self.prologue + self.select + self.pattern + rows + self.rest

    @property
    def before(self) -> str:
        """A query for what the pattern before the call binds."""
        return f"{self.prologue} SELECT DISTINCT * WHERE {{{self.pattern} }}"

    @property
    def alone(self) -> str:
        """The part for the endpoint as a separate query, at the same lines and columns."""
        start = "SELECT *"
        between = re.sub(r"[^\n]", " ", (self.select + self.pattern + self.opening)[len(start) : -1])
        return f"{self.prologue}{start}{between}{{{self.group}}}"


@dataclasses.dataclass(frozen=True)
class FederatedQuestion:
    """A question whose `text` queries endpoints; as a stored question it queries only the graph, and binds less."""

    question: StoredQuestion
    text: str
    services: tuple[str, ...]


def federated_questions(root: Path) -> dict[str, FederatedQuestion]:
    """Return the federated questions of a project by name; raise `ProblemsFound` for those with errors."""
    problems: list[Problem] = []
    found = {}
    for path in sorted((root / "queries" / FEDERATED_FOLDER).rglob("*.rq")):
        try:
            query, faults = read_query(path, FEDERATED_FOLDER)
            problems += faults
            question = _federated(query)
            problems += [*query_problems(query.file, question.question.query.text, "answers")] or [
                *header_problems(question.question),
                *_own_problems(root, question),
            ]
            found[query.name] = question
        except ProblemsFound as caught:
            problems += caught.problems
    if problems:
        raise ProblemsFound(problems)
    return found


def _federated(query: StoredQuery) -> FederatedQuestion:
    """Return a stored query as a federated question; raise `ProblemsFound` for other uses of SERVICE."""
    text, names = query.text, []
    while call := call_in(query.file, text):
        names.append(call.name)
        if problems := [*query_problems(query.file, call.alone, FEDERATED_FOLDER)]:
            raise ProblemsFound(problems)
        own = variables_of(call.group)
        lines = (call.opening + call.group).count("\n")
        text = call.replaced(f"VALUES ({' '.join(own)}) {{ ({'UNDEF ' * len(own)}) }}" + "\n" * lines)
    return FederatedQuestion(question_of(dataclasses.replace(query, text=text)), query.text, tuple(names))


def call_in(file: str, text: str) -> Call | None:
    """Return the first call of an endpoint, None if there is none; raise `ProblemsFound` for another form."""
    code = code_of(text)
    seen = SERVICE.search(code)
    if not seen:
        return None
    opened: list[int] = []
    for brace in re.finditer(r"[{}]", code[: seen.start()]):
        opened = [*opened, brace.start()] if brace[0] == "{" else opened[:-1]
    call = CALL.match(text, seen.start())
    select = re.search(r"\bselect\b", code, re.IGNORECASE)
    if not (call and select and len(opened) == 1):
        line, column = place(code, seen.start())
        raise ProblemsFound.at(
            Location(file, line),
            rule="service",
            found=f"SERVICE at column {column}",
            expected="SERVICE <service:NAME> { … } in the outermost group of a SELECT",
            hint=f"The name is one of those in {LIST}, which each user writes.",
        )
    end, depth = call.end(), 1
    while depth and end < len(code):
        depth += {"{": 1, "}": -1}.get(code[end], 0)
        end += 1
    places = (0, select.start(), opened[0] + 1, call.start(), call.end())
    prologue, head, pattern, opening = (text[start:stop] for start, stop in pairwise(places))
    return Call(call[1], prologue, head, pattern, opening, text[call.end() : end - 1], text[end:])


def variables_of(group: str) -> list[str]:
    """Return the variables of a part of a query, sorted."""
    return sorted({f"?{name}" for name in VARIABLE.findall(code_of(group))})


def _own_problems(root: Path, question: FederatedQuestion) -> Iterator[Problem]:
    """Yield the problems that only federated questions can have, such as things not allowed in them."""
    query = question.question.query
    if any((root / "queries" / "answers").rglob(f"{query.name}.rq")):
        yield Problem(
            Location(query.file),
            rule="name",
            found=f"the name {query.name}",
            expected="another than that of a stored answer",
        )
    if query.header.services != question.services:
        found = f"services {quoted(', '.join(query.header.services))}"
        expected = f"the services that it asks: [{', '.join(question.services)}]"
        line = query.header.line("services")
        yield Problem(
            Location(query.file, line),
            rule="header",
            found=found,
            expected=expected,
            hint="Name the services that the question asks.",
        )
    if cut := SLICE.search(code_of(question.text)):
        line, _ = place(question.text, cut.start())
        yield Problem(
            Location(query.file, line),
            rule="slice",
            found=cut[0].upper(),
            expected="a question about all rows",
            hint="An endpoint is asked in pieces, of each of which it would be a part.",
        )
