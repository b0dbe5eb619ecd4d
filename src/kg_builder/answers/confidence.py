"""The uncertainty of a share: Wilson's interval, if the report prints the number of people in the base."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from decimal import Decimal

LEVEL = 0.95
WHOLE = 100


@dataclasses.dataclass(frozen=True)
class Share:
    """A printed share: the interval in percent that it represents, without its upper end unless that is 100."""

    low: Decimal
    high: Decimal

    def counts(self, size: int) -> range:
        """Return the counts of people, out of a sample of a given size, that would be printed as this share."""
        first = math.ceil(self.low * size / 100)
        return range(first, size + 1 if self.high >= WHOLE else math.ceil(self.high * size / 100))


@dataclasses.dataclass(frozen=True)
class Confidence:
    """The uncertainty of a share of a sample: Wilson's interval in percent, or the reason why there is none.

    Attributes
    ----------
    share
        The interval that the printed share represents.
    size
        The number of people in the sample; 0 if there is no interval.
    reason
        Why there is no interval; empty if there is one.

    """

    share: Share
    size: int = 0
    reason: str = ""

    def interval(self, level: float = LEVEL) -> tuple[Decimal | None, Decimal | None]:
        """Return Wilson's interval, over every count that rounds to the share.

        Parameters
        ----------
        level
            The confidence level, from 0 to 1.

        Returns
        -------
        tuple of Decimal or None
            The ends of the interval in percent, with one decimal; None twice if there is no interval.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> open_graph().confidence("example-2020/finding/change-grooming-increased").interval()
        (Decimal('44.6'), Decimal('73.7'))

        """
        if self.reason:
            return None, None
        from scipy.stats import binomtest  # noqa: PLC0415  (slower to import than everything else)

        counts = self.share.counts(self.size)
        first, last = (binomtest(count, self.size).proportion_ci(level, "wilson") for count in (counts[0], counts[-1]))
        return percent(first.low), percent(last.high)


def confidence(share: Share, answers: Sequence[Share], size: int | None) -> Confidence:
    """Return the uncertainty of a share of a sample of that size; `answers` are all shares printed for the same people.

    If a share printed for these people is impossible in a sample of that size, the sample was a different one, and
    there is no interval.
    """
    if size is None:
        return Confidence(share, reason="the report does not print how many people this is a share of")
    if not all(each.counts(size) for each in (*answers, share)):
        return Confidence(share, reason=f"the shares printed beside it cannot all be shares of {size} people")
    return Confidence(share, size)


def percent(share: float) -> Decimal:
    """Return a share as percent with one decimal."""
    return Decimal(f"{100 * share:.1f}")
