"""What became of a fact in a copy of a report."""

from __future__ import annotations

import dataclasses
import enum

from kg_builder.curation.report_facts import Fact
from kg_builder.curation.text_normalisation import Span


class Outcome(enum.Enum):
    """The four outcomes, from best to worst."""

    FOUND = "found"
    ELSEWHERE = "found elsewhere"
    OTHER_VALUE = "found with another value"
    NOT_FOUND = "not found"


@dataclasses.dataclass(frozen=True)
class FactOutcome:
    """The outcome of a fact, and where the copy shows it: `spans`, the first one being the place for messages.

    `value` is the other value that the copy prints; `reason` is a clause that says what differs.
    """

    fact: Fact
    outcome: Outcome
    spans: tuple[Span, ...] = ()
    value: str = ""
    reason: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether the copy does not print the fact."""
        return self.outcome in {Outcome.OTHER_VALUE, Outcome.NOT_FOUND}
