"""Verifies the facts of a report against a reader's own copy: each where it stands, with the words it stands with."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from kg_builder.core.problems import Location, ProblemsFound
from kg_builder.core.progress import SILENT, Progress
from kg_builder.curation.labelled_values import verify_labelled
from kg_builder.curation.passage_alignment import Alignment, Stretch, align
from kg_builder.curation.report_documents import ReportDocument, read_document
from kg_builder.curation.report_facts import NARRATIVE, NEGATION, Fact, Passage, ReportFacts, read_report_facts
from kg_builder.curation.text_normalisation import NUMBER, NormalisedText, PrintedNumber, Span, normalise, phrase_of
from kg_builder.curation.verification_outcomes import FactOutcome, Outcome

FEWEST = 0.1
"""The share of facts that a copy must print to be taken for the report at all."""

NEGATING = frozenset({"not", "no", "never"})

SHORTEST_VARIED = 3
"""Words that a phrase must have, so that a phrase with one other word is taken for the same one."""

ONLY_A_NUMBER = re.compile(r"[\d. %<>]+")

SENTENCE_END = re.compile(r"(?<=[.!?])[\u201d\"\u2019)]*\s+|(?<=[A-Z]{2})\s*\n(?=[A-Z][a-z])")
"""Where a sentence ends, or a heading in capitals."""
LONGEST_SENTENCE = 400
"""Characters before and after a place in which its sentence is looked for."""


@dataclasses.dataclass(frozen=True)
class Verification:
    """The outcome of every fact in a copy, and what of the report has moved or is missing.

    `is_consulted` says whether the copy is the very text that was consulted, whose lines the passages name.
    """

    facts: ReportFacts
    document: ReportDocument
    text: NormalisedText
    alignment: Alignment
    outcomes: tuple[FactOutcome, ...]
    is_consulted: bool

    @property
    def count(self) -> Mapping[Outcome, int]:
        """How many facts have each outcome."""
        counts = Counter(each.outcome for each in self.outcomes)
        return {outcome: counts[outcome] for outcome in Outcome}

    @property
    def count_by_kind(self) -> Mapping[str, Mapping[Outcome, int]]:
        """How many facts of each kind have each outcome."""
        counts = {kind: Counter[Outcome]() for kind in sorted({each.fact.kind for each in self.outcomes})}
        for each in self.outcomes:
            counts[each.fact.kind][each.outcome] += 1
        return {kind: {outcome: count[outcome] for outcome in Outcome} for kind, count in counts.items()}

    @property
    def is_clean(self) -> bool:
        """Whether the copy prints every fact."""
        return not any(each.is_wrong for each in self.outcomes)

    @cached_property
    def stretches(self) -> Mapping[str, Stretch]:
        """The stretch of each passage that was found, by its id."""
        return {stretch.passage.name: stretch for stretch in self.alignment.stretches}

    def place(self, outcome: FactOutcome) -> str:
        """Return where a fact stands in the copy, or where its passage begins; empty if that is missing."""
        if outcome.spans:
            return self._place_at(outcome.spans[0].start)
        stretch = self.stretches.get(outcome.fact.passage)
        return f"from {self._place_at(stretch.span.start)}" if stretch else ""

    def _place_at(self, position: int) -> str:
        return self.document.places[self.text.line_at(position)]

    def movements(self) -> Iterator[str]:
        """Yield a sentence for each run of passages that is missing, or that stands elsewhere."""
        for passages in self._runs({passage.name for passage in self.alignment.missing}):
            yield f"Missing: {self._name_of(passages)}."
        for passages in self._runs({stretch.passage.name for stretch in self.alignment.stretches if stretch.is_moved}):
            start = min(self.stretches[passage.name].span.start for passage in passages)
            yield f"Moved to {self._place_at(start)}: {self._name_of(passages)}."

    def _runs(self, names: set[str]) -> Iterator[Sequence[Passage]]:
        """Yield the passages with these ids in runs that follow each other in the report."""
        run: list[Passage] = []
        for passage in self.facts.passages:
            if passage.name in names:
                run.append(passage)
            elif run:
                yield run
                run = []
        if run:
            yield run

    def _name_of(self, passages: Sequence[Passage]) -> str:
        """Return the names of the parts of the report that a run of passages covers, and how much of them it is."""
        whole = Counter(passage.part for passage in self.facts.passages)
        here = Counter(passage.part for passage in passages)
        names = ", ".join(
            f"{'' if here[part] == whole[part] else 'some of '}“{self.facts.parts.get(part, part)}”" for part in here
        )
        facts = sum(each.fact.passage in {passage.name for passage in passages} for each in self.outcomes)
        ids = passages[0].name if len(passages) == 1 else f"{passages[0].name} to {passages[-1].name}"
        of_passages = "1 passage" if len(passages) == 1 else f"{len(passages):,} passages"
        return f"{names}, {of_passages} with {facts:,} facts ({ids})"

    def listed(self) -> Iterator[FactOutcome]:
        """Yield the outcomes other than found that no sentence about a moved or missing passage covers."""
        for each in self.outcomes:
            stretch = self.stretches.get(each.fact.passage)
            is_covered = stretch is None or (stretch.is_moved and each.outcome is Outcome.ELSEWHERE)
            if each.outcome is not Outcome.FOUND and not is_covered:
                yield each

    def uncovered_numbers(self) -> Sequence[tuple[PrintedNumber, str]]:
        """Return the numbers of the copy that no fact and no title, name or date covers, each with its place.

        Printed words with a number cover it wherever the copy repeats them.
        """
        covered = bytearray(len(self.text))
        spans = [span for each in self.outcomes for span in each.spans]
        phrases = {each.fact.phrase for each in self.outcomes} | self.facts.names
        for phrase in sorted(phrases):
            if NUMBER.search(phrase) and not ONLY_A_NUMBER.fullmatch(phrase):
                spans += self.text.occurrences(phrase)
        for span in spans:
            covered[span.start : span.end] = b"\1" * (span.end - span.start)
        return [
            (number, self._place_at(number.span.start))
            for number in self.text.numbers
            if not all(covered[number.span.start : number.span.end])
        ]


def verify(root: Path, source: str, *copies: Path, progress: Progress = SILENT) -> Verification:
    """Verify the facts of a report against a copy of it, text or PDF; several files are read as one.

    Raise `ProblemsFound` if the project has no such report, or if the copy cannot be read or is not the report.
    """
    with progress:
        progress.step("Read tables")
        return verify_facts(read_report_facts(root, source), *copies, progress=progress)


def verify_facts(facts: ReportFacts, *copies: Path, progress: Progress = SILENT) -> Verification:
    """Verify the facts of a report that are already read, as `verify` does."""
    progress.step("Read copy")
    document = read_document(*copies)
    text = normalise(document.text)
    progress.step("Find passages")
    is_consulted = document.sha256 in facts.consulted
    alignment = align(facts, text, is_consulted=is_consulted)
    progress.step("Find facts")
    outcomes = tuple(_Search(facts, document, text, alignment).outcomes())
    verification = Verification(facts, document, text, alignment, outcomes, is_consulted)
    missing = verification.count[Outcome.NOT_FOUND]
    if len(outcomes) - missing < FEWEST * len(outcomes):
        raise ProblemsFound.at(
            Location(document.name),
            rule="file",
            found=f"a text that prints {len(outcomes) - missing:,} of the {len(outcomes):,} facts",
            expected=f"a copy of {facts.source}",
            hint="Is it another document, or in another language?",
        )
    return verification


class _Search:
    """The facts of a report in one copy."""

    def __init__(
        self, facts: ReportFacts, document: ReportDocument, text: NormalisedText, alignment: Alignment
    ) -> None:
        self.facts = facts
        self.document = document
        self.text = text
        self.in_order = alignment.stretches
        self.stretches = {stretch.passage.name: stretch for stretch in alignment.stretches}
        self.phrases_at: defaultdict[str, set[str]] = defaultdict(set)
        for fact in facts.facts:
            self.phrases_at[fact.phrase].add(fact.passage)

    def outcomes(self) -> Iterator[FactOutcome]:
        """Yield one outcome for each fact, in the order of the tables."""
        labelled: dict[str, FactOutcome] = {}
        for passage, listed in self.facts.labelled.items():
            stretch = self.stretches.get(passage)
            printed = [each for each in listed if each.origins - NARRATIVE]
            if stretch and printed:
                for outcome in verify_labelled(printed, stretch.span, self.text):
                    labelled[outcome.fact.name] = outcome
        for fact in self.facts.facts:
            outcome = labelled.get(fact.name) or self._in_words(fact)
            stretch = self.stretches.get(fact.passage)
            if stretch and stretch.is_moved and outcome.outcome is Outcome.FOUND:
                outcome = dataclasses.replace(outcome, outcome=Outcome.ELSEWHERE, reason="its passage has moved")
            yield outcome

    def _in_words(self, fact: Fact) -> FactOutcome:
        """Return the outcome of a fact that is printed in words, or as a number among words."""
        stretch = self.stretches.get(fact.passage)
        if stretch is None:
            return FactOutcome(fact, Outcome.NOT_FOUND, reason="its passage is missing")
        is_open = fact.printed.endswith("-")
        spans = tuple(self.text.occurrences(fact.phrase, stretch.span, is_open=is_open))
        if spans:
            reason = self._changed_negation(fact, spans)
            if reason:
                return FactOutcome(fact, Outcome.OTHER_VALUE, spans, reason=reason)
            return FactOutcome(fact, Outcome.FOUND, spans)
        other = self._with_another_word(fact, stretch)
        if other:
            return FactOutcome(fact, Outcome.OTHER_VALUE, (other,), self._shown(other))
        elsewhere = self._elsewhere(fact)
        if elsewhere:
            return FactOutcome(fact, Outcome.ELSEWHERE, (elsewhere,), reason="outside its passage")
        return FactOutcome(fact, Outcome.NOT_FOUND)

    def _shown(self, span: Span) -> str:
        """Return some characters of the copy with spaces between words."""
        return " ".join(self.text.of(token) for token in self.text.tokens(span)).replace(" %", "%")

    def _changed_negation(self, fact: Fact, spans: Sequence[Span]) -> str:
        """Return how the sentence of a claim negates otherwise than the claim; empty if it does not."""
        if fact.kind not in self._negatable_kinds:
            return ""
        sentences = [sentence for span in spans for sentence in self._sentences(span, fact)]
        if fact.is_negated:
            is_changed = sentences and not any(map(NEGATION.search, sentences))
            return "in a sentence without “not”" if is_changed else ""
        for sentence in map(normalise, sentences):
            for span in sentence.occurrences(fact.phrase):
                before = sentence.tokens(Span(0, span.start))
                if before and sentence.of(before[-1]) in NEGATING:
                    return f"behind “{sentence.of(before[-1])}”"
        return ""

    @cached_property
    def _negatable_kinds(self) -> frozenset[str]:
        """The kinds of facts whose words may be negated: those of which some are."""
        return frozenset(fact.kind for fact in self.facts.facts if fact.is_negated)

    def _sentences(self, span: Span, fact: Fact) -> Iterator[str]:
        """Yield the sentences around a place that hold the printed words of a fact."""
        first = self.text.line_at(max(span.start - LONGEST_SENTENCE, 0))
        last = self.text.line_at(min(span.end + LONGEST_SENTENCE, len(self.text) - 1))
        around = "\n".join(self.document.lines[first : last + 1])
        for sentence in SENTENCE_END.split(around):
            if fact.phrase in phrase_of(sentence):
                yield sentence

    def _with_another_word(self, fact: Fact, stretch: Stretch) -> Span | None:
        """Return where a passage has the printed words with one of them, or a number, changed."""
        own = normalise(fact.printed)
        wanted = [own.of(token) for token in own.tokens(own.whole)]
        if len(wanted) < SHORTEST_VARIED and not any(word[0].isdigit() for word in wanted):
            return None
        for area in (stretch.span, self._around(stretch)):
            tokens = self.text.tokens(area)
            words = [self.text.of(token) for token in tokens]
            for at in range(len(words) - len(wanted) + 1):
                pairs = zip(wanted, words[at : at + len(wanted)], strict=True)
                differing = [(one, other) for one, other in pairs if one != other]
                if len(differing) == 1 and _may_replace(*differing[0], alone=len(wanted) == 1):
                    return Span(tokens[at].start, tokens[at + len(wanted) - 1].end)
        return None

    def _around(self, stretch: Stretch) -> Span:
        """Return a stretch with its neighbours, because a changed phrase may stand at the end of its passage."""
        at = self.in_order.index(stretch)
        first, last = self.in_order[max(at - 1, 0)], self.in_order[min(at + 1, len(self.in_order) - 1)]
        return Span(min(first.span.start, stretch.span.start), max(last.span.end, stretch.span.end))

    def _elsewhere(self, fact: Fact) -> Span | None:
        """Return where else printed words of several letters stand, if no other passage is known to print them."""
        own = normalise(fact.printed)
        if len(own.token_starts) < SHORTEST_VARIED or self.phrases_at[fact.phrase] != {fact.passage}:
            return None
        return next(self.text.occurrences(fact.phrase), None)


def _may_replace(one: str, other: str, *, alone: bool) -> bool:
    """Whether a word may be a changed form of another: a number of a number, and a word of a word among others."""
    return one[0].isdigit() == other[0].isdigit() and (one[0].isdigit() or not alone)
