"""How sure a share is: Wilson's interval, where the report prints of how many people it is a share."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from decimal import Decimal

LEVEL = 0.95
WHOLE = 100


@dataclasses.dataclass(frozen=True)
class Share:
    """A printed share in percent: the interval that it stands for, without its upper end unless that is 100."""

    low: Decimal
    high: Decimal

    def counts(self, size: int) -> range:
        """Return the numbers of people, out of so many, that would be printed as this share."""
        first = math.ceil(self.low * size / 100)
        return range(first, size + 1 if self.high >= WHOLE else math.ceil(self.high * size / 100))


@dataclasses.dataclass(frozen=True)
class Confidence:
    """Wilson's interval in percent, or the reason why none can be given."""

    low: Decimal | None = None
    high: Decimal | None = None
    reason: str = ""


def confidence(share: Share, answers: Sequence[Share], size: int | None, level: float = LEVEL) -> Confidence:
    """Return how sure a share of a sample of that size is; `answers` are all shares printed of the same people.

    Every count that rounds to the share is taken into account. If some share printed of these people is none of
    a sample of that size, the sample was another, and nothing can be said.
    """
    if size is None:
        return Confidence(reason="the report does not print how many people this is a share of")
    if not all(each.counts(size) for each in (*answers, share)):
        return Confidence(reason=f"the shares printed beside it cannot all be shares of {size} people")
    from scipy.stats import binomtest  # noqa: PLC0415  (heavy)

    bounds = [
        binomtest(count, size).proportion_ci(level, method="wilson")
        for count in (share.counts(size)[0], share.counts(size)[-1])
    ]
    return Confidence(percent(bounds[0].low), percent(bounds[1].high))


def percent(share: float) -> Decimal:
    """Return a share as percent with one decimal."""
    return Decimal(f"{100 * share:.1f}")
