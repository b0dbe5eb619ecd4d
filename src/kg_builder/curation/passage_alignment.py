"""Finds where each passage of a report stands in a copy, by the order of its passages."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from kg_builder.curation.report_facts import NARRATIVE, Passage, ReportFacts
from kg_builder.curation.text_normalisation import NormalisedText, Span, phrase_of

LETTERS_PER_LINE = 80
"""More letters than a line of a report has, for the distance at which its words may stand from its anchor."""

NUMBERS = re.compile(r" ?\d[\d. %]*")
PERCENT_OR_DIGIT = "%0123456789"
REPEATED = 0.25
"""What a number that a passage prints once more weighs, compared with a phrase that it prints once."""

ANCHOR = 0.1
"""What an anchor weighs by itself, compared with all phrases of its passage."""

SOME = 0.3
"""The share of the phrases of a passage that show it in place though its anchor is not found."""

MOST = 0.75
"""The share of the phrases of a passage that show that it has moved to another place."""


MANY = 5
"""Phrases that a passage must have to be found in another place without its neighbours."""


@dataclasses.dataclass(frozen=True)
class Stretch:
    """The characters of a copy in which a passage stands; `is_moved` if its neighbours stand elsewhere."""

    passage: Passage
    span: Span
    is_moved: bool = False


@dataclasses.dataclass(frozen=True)
class Alignment:
    """The stretches of the passages that were found, in the order of the copy, and the passages that are missing."""

    stretches: tuple[Stretch, ...]
    missing: tuple[Passage, ...]


def align(facts: ReportFacts, text: NormalisedText, *, is_consulted: bool) -> Alignment:
    """Return where the passages of a report stand in a copy.

    In the very text that was consulted, the lines of a passage are known. In any other copy, the anchors of most
    passages follow each other as in the report: the heaviest such chain is in place. What is not in the chain stands
    between its neighbours, has moved as a whole, or is missing, as the words of its facts show.
    """
    if is_consulted:
        return Alignment(
            tuple(
                Stretch(passage, text.lines(passage.first_line - 1, passage.last_line - 1))
                for passage in facts.passages
            ),
            (),
        )
    return _Aligning(facts, text).alignment()


class _Aligning:
    """The places of the phrases of each passage in one copy."""

    def __init__(self, facts: ReportFacts, text: NormalisedText) -> None:
        self.text = text
        self.passages = facts.passages
        self.marks = _marks_of(facts, text)
        self.labels: defaultdict[str, set[str]] = defaultdict(set)
        for passage, listed in facts.labelled.items():
            for each in listed:
                if not each.origins <= NARRATIVE:
                    self.labels[passage].update(() if "table" in each.origins else each.option.phrases)
        self.anchors = [list(text.occurrences(phrase_of(passage.anchor))) for passage in facts.passages]

    def alignment(self) -> Alignment:
        chain = self._heaviest_chain(range(len(self.passages)))
        found = [(span, index, False) for index, span in chain.items()]
        rest: list[int] = []
        for index in range(len(self.passages)):
            if index not in chain:
                area = self._between_neighbours(index, chain)
                if self._evidence(index, area) >= SOME:
                    found.append((self._centre(index, area), index, False))
                else:
                    rest.append(index)
        while rest:
            chain = self._heaviest_chain(rest)
            chain = {index: at for index, at in chain.items() if self._evidence(index, self._around(index, at)) >= MOST}
            chain = {index: at for index, at in chain.items() if self._is_sure(index, chain)}
            if not chain:
                break
            found += [(span, index, True) for index, span in chain.items()]
            rest = [index for index in rest if index not in chain]
        found.sort(key=lambda each: (each[0].start, each[1]))
        return Alignment(tuple(self._bounded(found)), tuple(self.passages[index] for index in rest))

    def _heaviest_chain(self, indexes: Iterable[int]) -> dict[int, Span]:
        """Return one anchor for each passage of a chain in which anchors follow each other as passages do.

        The weight of an anchor is the share of its passage's phrases that stand near it. The heaviest increasing
        subsequence is found with a tree of maxima over positions (P. M. Fenwick, 1994).
        """
        positions = sorted({span.start for index in indexes for span in self.anchors[index]})
        rank = {position: number for number, position in enumerate(positions, 1)}
        best: list[tuple[float, tuple[int, Span] | None]] = [(0.0, None)] * (len(positions) + 1)
        before: dict[tuple[int, Span], tuple[int, Span] | None] = {}
        for index in indexes:
            for span in reversed(self.anchors[index]):  # so that no anchor follows another one of the same passage
                number = rank[span.start] - 1
                weight, last = 0.0, None
                while number:
                    if best[number][0] > weight:
                        weight, last = best[number]
                    number &= number - 1
                before[index, span] = last
                weight += ANCHOR + self._evidence(index, self._around(index, span))
                number = rank[span.start]
                while number < len(best):
                    if weight > best[number][0]:
                        best[number] = (weight, (index, span))
                    number += number & -number
        at = max(best, key=lambda each: each[0])[1]
        chain: dict[int, Span] = {}
        while at is not None:
            chain[at[0]] = at[1]
            at = before[at]
        return chain

    def _is_sure(self, index: int, chain: Mapping[int, Span]) -> bool:
        """Whether a passage has moved with a neighbour, or has enough phrases; a title alone may stand in a list."""
        return index - 1 in chain or index + 1 in chain or len(self.marks[self.passages[index].name]) >= MANY

    def _around(self, index: int, anchor: Span) -> Span:
        """Return the characters near an anchor within which its passage must stand."""
        passage = self.passages[index]
        reach = (passage.last_line - passage.first_line + 2) * LETTERS_PER_LINE
        return Span(max(anchor.start - reach, 0), min(anchor.end + reach, len(self.text)))

    def _evidence(self, index: int, area: Span) -> float:
        """Return the share of the phrases of a passage that stand in an area; 1 if it has none."""
        marks = self.marks[self.passages[index].name]
        return sum(any(area.holds(span) for span in mark) for mark in marks) / len(marks) if marks else 1.0

    def _between_neighbours(self, index: int, chain: Mapping[int, Span]) -> Span:
        """Return the characters between the anchors of the passages of a chain before and after a passage."""
        earlier = max((each for each in chain if each < index), default=None)
        later = min((each for each in chain if each > index), default=None)
        start = 0 if earlier is None else chain[earlier].end
        return Span(start, max(len(self.text) if later is None else chain[later].start, start))

    def _centre(self, index: int, area: Span) -> Span:
        """Return the place of the first phrase of a passage in an area; the beginning of the area if there is none."""
        marks = self.marks[self.passages[index].name]
        starts = sorted(span.start for mark in marks for span in mark if area.holds(span))
        middle = starts[len(starts) // 2] if starts else area.start
        return Span(middle, middle)

    def _bounded(self, found: Sequence[tuple[Span, int, bool]]) -> Iterator[Stretch]:
        """Yield the stretches of passages, in the order of the copy: each ends where the next one begins.

        Passages that share lines, such as a text and a box within it, share a stretch.
        """
        groups: list[_Group] = []
        for place, index, is_moved in found:
            passage = self.passages[index]
            if groups and groups[-1].shares_lines(passage) and groups[-1].is_moved == is_moved:
                groups[-1].add(passage, place)
            else:
                groups.append(_Group([passage], place, is_moved))
        if not groups:
            return
        ends = [0]
        for number, (group, following) in enumerate(pairwise(groups)):
            latest = groups[number + 2].place.start if number + 2 < len(groups) else len(self.text)
            start = max(group.place.end, ends[-1])
            gap = Span(start, max(following.place.start, start))
            ends.append(self._boundary(gap, (group, ends[-1]), (following, latest)))
        ends.append(len(self.text))
        for group, (start, end) in zip(groups, pairwise(ends), strict=True):
            for passage in group.passages:
                yield Stretch(passage, Span(start, end), group.is_moved)

    def _boundary(self, gap: Span, first: tuple[_Group, int], second: tuple[_Group, int]) -> int:
        """Return where in a gap one passage ends and the next begins, so that most phrases stand in their passage.

        `first` is the one and where it begins at the earliest, `second` the next and where it ends at the latest.
        A phrase that a passage also has outside the gap says little: a number may be printed again.
        """
        gains: defaultdict[int, float] = defaultdict(float)
        for in_gap, is_only in self._in_gap(first[0], gap, Span(first[1], gap.start)):
            gains[in_gap[0].end] += is_only
            if self._is_number(in_gap[-1]):
                gains[in_gap[-1].end] += REPEATED
        for in_gap, is_only in self._in_gap(second[0], gap, Span(gap.end, second[1])):
            gains[in_gap[-1].start + 1] -= is_only
            if self._is_number(in_gap[0]):
                gains[in_gap[0].start + 1] -= REPEATED
        best, boundary, total = 0.0, gap.start, 0.0
        for position in sorted(gains):
            total += gains[position]
            if total > best:
                best, boundary = total, position
        limit = min((each - 1 for each in gains if each > boundary and gains[each] < 0), default=gap.end)
        return self._end_of_entries(boundary, limit, first[0])

    def _end_of_entries(self, position: int, limit: int, group: _Group) -> int:
        """Return the end of the labels and numbers that follow directly, which may be other ones than in the tables."""
        labels = [label for passage in group.passages for label in self.labels.get(passage.name, ())]
        while position < limit and any(passage.name in self.labels for passage in group.passages):
            entry = NUMBERS.match(self.text.characters, position, limit)
            if not entry:
                ends = [position + len(label) for label in labels if self.text.characters.startswith(label, position)]
                entry = NUMBERS.match(self.text.characters, max(ends), limit) if ends else None
            if not entry:
                break
            position = entry.end()
        return position

    def _in_gap(self, group: _Group, gap: Span, outside: Span) -> Iterator[tuple[Sequence[Span], bool]]:
        """Yield where each phrase of a group stands in a gap, and whether it does not stand outside."""
        for passage in group.passages:
            for mark in self.marks[passage.name]:
                in_gap = [span for span in mark if gap.holds(span)]
                if in_gap:
                    yield in_gap, not any(outside.holds(span) for span in mark)

    def _is_number(self, span: Span) -> bool:
        """Whether a phrase ends with a number."""
        return self.text.characters[span.end - 1] in PERCENT_OR_DIGIT


@dataclasses.dataclass
class _Group:
    """Passages that share lines, and the characters between their anchors."""

    passages: list[Passage]
    place: Span
    is_moved: bool

    def shares_lines(self, passage: Passage) -> bool:
        """Whether a passage begins before all of these end, or the other way round."""
        return any(
            passage.first_line <= each.last_line and each.first_line <= passage.last_line for each in self.passages
        )

    def add(self, passage: Passage, place: Span) -> None:
        """Add a passage that stands later in the copy."""
        self.passages.append(passage)
        self.place = Span(self.place.start, max(self.place.end, place.end))


def _marks_of(facts: ReportFacts, text: NormalisedText) -> Mapping[str, Sequence[Sequence[Span]]]:
    """Return for each passage where each of its phrases stands in a copy: printed words, and labels with values."""
    cache: dict[str, Sequence[Span]] = {}

    def places(phrase: str) -> Sequence[Span]:
        if phrase not in cache:
            cache[phrase] = list(text.occurrences(phrase))
        return cache[phrase]

    marks: defaultdict[str, list[Sequence[Span]]] = defaultdict(list)
    for fact in facts.facts:
        marks[fact.passage].append(places(fact.phrase))
    for passage, labelled in facts.labelled.items():
        for each in labelled:
            for label in (each.item or each.option).phrases[:1]:
                number = [found for found in places(label) if _value_after(text, found) == each.value]
                if number:
                    marks[passage].append(number)
    return marks


def _value_after(text: NormalisedText, label: Span) -> str | None:
    """Return the value of the next number after a label."""
    number = text.number_after(label.end)
    return number.value if number else None
