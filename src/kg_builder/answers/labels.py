"""Finds things by what people call them: preferred, alternative and hidden labels, whatever the spelling."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process, utils

LEAST = 70
"""Of 100: below this, two labels have little to do with each other."""

LONGEST = 200
"""Characters of what is looked for; no name is longer, and the time to look is theirs times those of all labels."""

PART = 0.95
"""What a match of some words of a label is worth beside a match of all."""


@dataclasses.dataclass(frozen=True)
class Label:
    """A label of a thing: the IRI of the thing, what kind of thing it is, its name, and the label itself.

    The label is to be found and not to be shown: it may be a hidden one, such as an outdated term.
    """

    thing: str
    kind: str
    name: str
    label: str


@dataclasses.dataclass(frozen=True)
class Match:
    """A thing that was found, and how well a label of it fits, from 0 to 100."""

    thing: str
    kind: str
    name: str
    score: int


def matches(words: str, labels: Sequence[Label]) -> list[Match]:
    """Return the things that are called so, best first, each once; of equals the one with the shorter name first."""
    best: dict[str, Match] = {}
    names = [label.label for label in labels]
    for _, score, place in process.extract(
        words[:LONGEST], names, scorer=_likeness, processor=folded, limit=None, score_cutoff=LEAST
    ):
        label = labels[place]
        best.setdefault(label.thing, Match(label.thing, label.kind, label.name, round(score)))
    return sorted(best.values(), key=lambda match: (-match.score, len(match.name), match.thing))


def folded(text: str) -> str:
    """Return a text as it is compared: in small letters without accents, words separated by single blanks."""
    letters = (each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(utils.default_process("".join(letters)).split())


def _likeness(one: str, other: str, **_: object) -> float:
    """Return how alike two texts are: as a whole, or the words of one among those of the other."""
    return max(fuzz.ratio(one, other), PART * fuzz.token_set_ratio(one, other))


def nearest(words: str, names: Iterable[str], limit: int = 5) -> list[str]:
    """Return the names that are most like some words, best first, whatever their likeness."""
    found = process.extract(words[:LONGEST], list(names), scorer=fuzz.WRatio, processor=folded, limit=limit)
    return [name for name, *_ in found]
