"""One type for all problems in tables, shapes, queries and the graph built from them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, TypeVar

Element = TypeVar("Element")

Severity = Literal["error", "warning", "note"]

LISTED = 20
"""How many problems of one kind are listed; the rest are counted."""

KEYS = ("file", "line", "column", "field", "rule", "found", "expected", "hint", "severity", "more", "focus", "shape")
"""The keys of a problem in JSON, in their order."""

SHOWN = 60
"""Characters of an invalid value that a message quotes."""


@dataclasses.dataclass(frozen=True, order=True)
class Location:
    """The place of a problem.

    Parameters
    ----------
    file
        The path within the project, or what a user wrote, such as `--memory`.
    line
        The line, counted from 1; 0 for the file as a whole.
    field
        The name of the column of a table.
    column
        The character of the line at which the cell or the problem begins, counted from 1; 0 if it is not known.
        It does not count in comparisons.

    Examples
    --------
    >>> print(Location("data/shared/units.csv", 3, field="label"))
    data/shared/units.csv:3: label

    """

    file: str
    line: int = 0
    _: dataclasses.KW_ONLY
    field: str = ""
    column: int = dataclasses.field(default=0, compare=False)

    def __str__(self) -> str:
        """Return the place as messages begin: file, line and field, as far as they are known."""
        return ":".join(filter(None, (self.file, str(self.line or ""), f" {self.field}" if self.field else "")))


@dataclasses.dataclass(frozen=True, order=True)
class Problem:
    """One problem, reported to the person who can fix it. Problems are ordered by their location.

    Parameters
    ----------
    location
        Where it is.
    rule
        The name of the rule that is broken; `kg-builder explain RULE` explains it.
    found, expected, hint
        What is there, what should be there, and how to fix it, as parts of a sentence.
    severity
        Only an `error` prevents publishing.
    more
        The number of further problems of the same kind that are not listed.
    focus
        The IRI of the thing concerned, if the graph already has one.
    shape
        The IRI of the SHACL shape that states the rule, if one does.

    Examples
    --------
    >>> print(Problem(Location("a.csv", 2, field="id"), rule="unique", found='"x" again', expected="each id once"))
    a.csv:2: id: found "x" again, expected each id once.

    """

    location: Location
    _: dataclasses.KW_ONLY
    rule: str
    found: str
    expected: str
    hint: str = ""
    severity: Severity = "error"
    more: int = 0
    focus: str = ""
    shape: str = ""

    def __str__(self) -> str:
        """Return one sentence: location, found, expected, how to fix."""
        sentence = f"{self.location}: found {self.found}, expected {self.expected}."
        if self.hint:
            sentence += f" {self.hint}"
        if self.more:
            sentence += f" ({self.more:,} more of this kind.)"
        return sentence if self.severity == "error" else f"{self.severity}: {sentence}"


class ProblemsFound(Exception):  # noqa: N818  (it holds the problems of a whole run, not one error)
    """Raised when a step cannot continue.

    Attributes
    ----------
    problems
        All problems that the step has found, sorted.

    Examples
    --------
    >>> from kg_builder import ProblemsFound, open_graph
    >>> try:
    ...     open_graph().ask("how-comon")
    ... except ProblemsFound as found:
    ...     print(found.problems[0].rule, "-", found.problems[0].found)
    name - no question of that name

    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))

    @classmethod
    def at(cls, location: Location, *, rule: str, found: str, expected: str, hint: str = "") -> ProblemsFound:
        """Return the exception for a single problem."""
        return cls([Problem(location, rule=rule, found=found, expected=expected, hint=hint)])


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that prevent publishing."""
    return [problem for problem in problems if problem.severity == "error"]


def quoted(value: str) -> str:
    """Return a value as messages show it: quoted, cut to `SHOWN` characters, non-printable characters escaped."""
    shown = json.dumps(value if len(value) <= SHOWN else f"{value[:SHOWN]}…", ensure_ascii=False)
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in shown)


def as_data(problems: Sequence[Problem]) -> dict[str, Any]:
    """Return the problems as JSON values, with the number of errors."""
    values = ({**vars(problem), **vars(problem.location)} for problem in problems)
    listed = [{key: each[key] for key in KEYS} for each in values]
    return {"problems": listed, "errors": len(errors(problems))}


def to_json(problems: Sequence[Problem]) -> str:
    """Return the problems as a JSON document, with the number of errors."""
    return json.dumps(as_data(problems), ensure_ascii=False, indent=2)


def gathered(problems: list[Problem], step: Callable[[], Iterable[Element]]) -> list[Element]:
    """Return the results of a step; if it raises `ProblemsFound`, add these to `problems` and return an empty list."""
    try:
        return [*step()]
    except ProblemsFound as found:
        problems += found.problems
        return []
