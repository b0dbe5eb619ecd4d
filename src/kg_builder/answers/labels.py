"""Finds things by name: preferred, alternative and hidden labels, with fuzzy matching; and by code."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process, utils

LEAST = 70
"""The lowest score out of 100 for a match; labels below it have little in common."""

LONGEST = 200
"""Maximum characters of a search text: no name is longer, and search time grows with this length times all labels."""

PART = 0.95
"""The weight of a match of some words of a label, compared with a match of all."""


@dataclasses.dataclass(frozen=True)
class Label:
    """A label or code of a thing: the IRI of the thing, its kind, its name, and the label itself.

    The label is for search and must not be shown: it may be hidden, such as an outdated term.
    A code, such as IT for Italy, is found only as the whole text: words of a text may look like codes.
    """

    thing: str
    kind: str
    name: str
    label: str
    is_code: bool = False


@dataclasses.dataclass(frozen=True)
class Match:
    """A thing that was found.

    Attributes
    ----------
    thing
        Its IRI; of a stored question, its name.
    kind
        What it is, such as `threat`.
    name
        Its preferred label.
    score
        How well one of its labels matches, from 0 to 100.

    """

    thing: str
    kind: str
    name: str
    score: int


def matches(words: str, labels: Sequence[Label]) -> list[Match]:
    """Return the things with matching labels, best first, each once; at equal scores, the shorter name is first.

    Examples
    --------
    >>> from kg_builder.answers.labels import Label, matches
    >>> italy = [Label("place/italy", "place", "Italy", text, code) for text, code in [("Italy", False), ("IT", True)]]
    >>> [matches(words, italy)[0].score for words in ("it", "Itly")], matches("it is", italy)
    ([100, 89], [])

    """
    best: dict[str, Match] = {}
    code = words.strip().casefold()
    for label in labels:
        if label.is_code and label.label.casefold() == code:
            best[label.thing] = Match(label.thing, label.kind, label.name, 100)
    named = [label for label in labels if not label.is_code]
    names = [label.label for label in named]
    for _, score, place in process.extract(
        words[:LONGEST], names, scorer=_likeness, processor=folded, limit=None, score_cutoff=LEAST
    ):
        label = named[place]
        best.setdefault(label.thing, Match(label.thing, label.kind, label.name, round(score)))
    return sorted(best.values(), key=lambda match: (-match.score, len(match.name), match.thing))


def folded(text: str) -> str:
    """Return a text in the form used for comparison: lower case, without accents, words separated by single spaces."""
    letters = (each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(utils.default_process("".join(letters)).split())


def _likeness(one: str, other: str, **_: object) -> float:
    """Return the similarity of two texts: as a whole, or the words of one among those of the other."""
    return max(fuzz.ratio(one, other), PART * fuzz.token_set_ratio(one, other))


def nearest(words: str, names: Iterable[str], limit: int = 5) -> list[str]:
    """Return the names that are most similar to some words, best first, without a minimum score."""
    found = process.extract(words[:LONGEST], list(names), scorer=fuzz.WRatio, processor=folded, limit=limit)
    return [name for name, *_ in found]


def nearest_things(words: str, labels: Sequence[Label], limit: int = 5) -> list[str]:
    """Return the things whose labels are most similar to some words, best first, each once."""
    named = [label for label in labels if not label.is_code]
    found = process.extract(
        words[:LONGEST], [label.label for label in named], scorer=fuzz.WRatio, processor=folded, limit=3 * limit
    )
    return [*dict.fromkeys(named[place].thing for *_, place in found)][:limit]
