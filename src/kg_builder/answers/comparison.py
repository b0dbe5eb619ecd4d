"""Comparison of numbers: whether they may be compared and added, and their sum and mean if so."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Literal

from kg_builder.answers.answer import Answer
from kg_builder.core.problems import Location, Problem, ProblemsFound


@dataclasses.dataclass(frozen=True)
class Total:
    """A sum or mean of printed numbers, in their unit, and the interval in which it lies despite rounding.

    Attributes
    ----------
    value
        The sum or mean of the numbers as printed.
    low, high
        The sums or means of the lowest and the highest numbers that are printed like that.

    """

    value: Decimal
    low: Decimal
    high: Decimal


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The answers of stored questions about numbers: whether they may be compared and added.

    Attributes
    ----------
    against
        A row for each reason against comparing two of the numbers; none if they may be compared.
    adding
        A row for each reason against adding them.
    compared
        The numbers of each pair that may be compared, and whether each is higher than the other.

    Examples
    --------
    >>> from kg_builder import open_graph
    >>> comparison = open_graph().compare("example-2020/finding/seen-yes", "example-2020/finding/contact-chat")
    >>> comparison.against.column("reason")
    ['another population', 'another question or wording']

    """

    against: Answer
    adding: Answer
    compared: Answer

    def total(self, how: Literal["sum", "mean"]) -> Total:
        """Return the sum or mean of the numbers.

        Raises
        ------
        ProblemsFound
            With every reason against adding the numbers.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> comparison = open_graph().compare("example-2020/finding/seen-yes", "example-2020/finding/seen-no")
        >>> mean = comparison.total("mean")
        >>> float(mean.value), float(mean.low), float(mean.high)
        (50.0, 49.95, 50.05)

        """
        reasons = dict.fromkeys(str(reason) for reason in self.adding.column("reason"))
        if reasons:
            expected = "numbers of the same people, whose answers exclude each other"
            raise ProblemsFound(
                Problem(Location(f"--{how}"), rule="adding", found=reason, expected=expected) for reason in reasons
            )
        numbers = {row[-1]: each for row, each in zip(self.compared.rows, self.compared, strict=True)}
        parts = 1 if how == "sum" else len(numbers)
        whole = {name: sum(Decimal(each[name]) for each in numbers.values()) for name in ("value", "low", "high")}
        return Total(**{name: (total / Decimal(parts)).normalize() for name, total in whole.items()})
