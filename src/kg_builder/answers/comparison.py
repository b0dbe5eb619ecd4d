"""Comparison of numbers: whether they may be compared and added, and their sum and mean if so."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Literal

from kg_builder.answers.answer import Answer
from kg_builder.core.problems import Location, Problem, ProblemsFound


@dataclasses.dataclass(frozen=True)
class Total:
    """A sum or mean of printed numbers, and the interval in which it lies despite rounding."""

    value: Decimal
    low: Decimal
    high: Decimal


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The answers of stored questions about numbers: each row of `against` or `adding` is a reason not to do it.

    `compared` holds the numbers of each pair that may be compared, and whether each is higher than the other.
    """

    against: Answer
    adding: Answer
    compared: Answer

    def total(self, how: Literal["sum", "mean"]) -> Total:
        """Return the sum or mean; raise `ProblemsFound` with every reason against adding the numbers."""
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
