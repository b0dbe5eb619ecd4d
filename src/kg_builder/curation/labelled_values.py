"""Reads the tables and charts of a copy: each value together with the labels that give it its meaning."""

from __future__ import annotations

import bisect
import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from rapidfuzz.distance import Levenshtein

from kg_builder.curation.report_facts import Fact, Label, LabelledFact
from kg_builder.curation.text_normalisation import NormalisedText, PrintedNumber, Span, normalise
from kg_builder.curation.verification_outcomes import FactOutcome, Outcome

LONGEST_LABEL = 200
"""Characters that may stand between the beginning of a legend's label, as the tables have it, and its value."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """A label in a copy with the numbers that follow it, up to the next label."""

    label: Span
    numbers: tuple[PrintedNumber, ...]

    @property
    def values(self) -> list[str]:
        """The numbers as normalised."""
        return [number.value for number in self.numbers]

    @property
    def span(self) -> Span:
        """The label with its numbers."""
        return Span(self.label.start, self.numbers[-1].span.end if self.numbers else self.label.end)


def verify_labelled(facts: Sequence[LabelledFact], area: Span, text: NormalisedText) -> Iterator[FactOutcome]:
    """Yield the outcome of each number that a table or chart prints, in the part of a copy where it stands."""
    if _is_chart(facts):
        yield from _Chart(facts, area, text).outcomes()
    elif _is_grid(facts):
        yield from _grid_outcomes(facts, area, text)
    else:
        yield from _record_outcomes(facts, area, text)


def _is_chart(facts: Sequence[LabelledFact]) -> bool:
    return any("table" not in each.origins for each in facts)


def _is_grid(facts: Sequence[LabelledFact]) -> bool:
    """Whether a table has one row for each item or option, and one column for each option or question."""
    one_each = len({each.period.key for each in facts}) == len({each.place.key for each in facts}) == 1
    return one_each and (all(each.item for each in facts) or len({each.question.key for each in facts}) > 1)


def _label_spans(labels: Mapping[str, Sequence[str]], area: Span, text: NormalisedText) -> Sequence[tuple[Span, str]]:
    """Return where labels stand, with their keys, in order; within a longer label, such as "Very common", none does."""
    found = [
        (span, key) for key, phrases in labels.items() for phrase in phrases for span in text.occurrences(phrase, area)
    ]
    found.sort(key=lambda each: (each[0].start, -each[0].end))
    kept: list[tuple[Span, str]] = []
    for span, key in found:
        if not kept or span.start >= kept[-1][0].end:
            kept.append((span, key))
        elif span.end - span.start > kept[-1][0].end - kept[-1][0].start:
            kept[-1] = (span, key)
    return kept


def _entries(labels: Mapping[str, Sequence[str]], area: Span, text: NormalisedText) -> Mapping[str, list[Entry]]:
    """Return the entries of each label, by its key."""
    spans = _label_spans(labels, area, text)
    entries: defaultdict[str, list[Entry]] = defaultdict(list)
    for index, (span, key) in enumerate(spans):
        end = spans[index + 1][0].start if index + 1 < len(spans) else area.end
        entries[key].append(Entry(span, tuple(text.numbers_in(Span(span.end, end)))))
    return entries


def _found(each: LabelledFact, *spans: Span) -> FactOutcome:
    return FactOutcome(each.fact, Outcome.FOUND, spans)


def _other(each: LabelledFact, number: PrintedNumber, label: str) -> FactOutcome:
    reason = f"at “{label}”" if label else ""
    return FactOutcome(each.fact, Outcome.OTHER_VALUE, (number.span,), number.shown, reason)


def _missing(fact: Fact, reason: str, *spans: Span) -> FactOutcome:
    return FactOutcome(fact, Outcome.NOT_FOUND, spans, "", reason)


# ---------------------------------------------------------------- tables of rows and columns


def _grid_outcomes(facts: Sequence[LabelledFact], area: Span, text: NormalisedText) -> Iterator[FactOutcome]:
    """Yield the outcomes of a table, for which the header gives the order of columns, and labels the rows."""
    rows: dict[str, Label] = {}
    columns: dict[str, Label] = {}
    cells: dict[tuple[str, str], LabelledFact] = {}
    for each in facts:
        row = each.item or Label(each.option.names[0], each.option.order, each.option.names)
        column = each.option if each.item else each.question
        rows[row.key], columns[column.key] = row, column
        cells[row.key, column.key] = each
    row_order = sorted(rows, key=lambda key: (rows[key].order, key))
    column_order = sorted(columns, key=lambda key: (columns[key].order, key))
    entries = _entries({key: label.phrases for key, label in rows.items()}, area, text)
    chosen: dict[str, Entry] = {}
    for key in row_order:
        expected = [cells[key, column].value for column in column_order if (key, column) in cells]
        candidates = [entry for entry in entries.get(key, []) if entry.numbers]
        if candidates:
            chosen[key] = max(candidates, key=lambda entry: _likeness(expected, entry.values[: len(expected)]))
    first = min((entry.label.start for entry in chosen.values()), default=area.end)
    header = _Header([columns[key] for key in column_order], Span(area.start, first), text)
    displaced = _displaced([(key, chosen[key].label.start) for key in row_order if key in chosen])
    for key in row_order:
        printed = [name for name in header.order(column_order) if (key, name) in cells]
        outcomes = _row_outcomes([cells[key, name] for name in printed], chosen.get(key), rows[key])
        for name, outcome in zip(printed, outcomes, strict=True):
            if outcome.outcome is Outcome.FOUND and name in header.missing:
                yield _missing(outcome.fact, f"no column “{columns[name].names[0]}”", *outcome.spans)
            elif outcome.outcome is Outcome.FOUND and key in displaced:
                reason = f"the row “{rows[key].names[0]}” stands in another order"
                yield dataclasses.replace(outcome, outcome=Outcome.ELSEWHERE, reason=reason)
            elif outcome.outcome is Outcome.FOUND and header.is_reordered:
                yield dataclasses.replace(
                    outcome, outcome=Outcome.ELSEWHERE, reason="the columns stand in another order"
                )
            else:
                yield outcome


def _row_outcomes(facts: Sequence[LabelledFact], entry: Entry | None, label: Label) -> Iterator[FactOutcome]:
    """Yield the outcomes of a row, whose facts are in the order of the columns."""
    if entry is None:
        for each in facts:
            yield _missing(each.fact, f"no row “{label.names[0]}”")
        return
    numbers = entry.numbers[: len(facts)]
    expected = [each.value for each in facts]
    if len(numbers) == len(facts):
        pairs: list[PrintedNumber | None] = list(numbers)
    else:
        pairs = [None] * len(facts)
        for block in SequenceMatcher(None, expected, [number.value for number in numbers]).get_matching_blocks():
            for offset in range(block.size):
                pairs[block.a + offset] = numbers[block.b + offset]
    for each, number in zip(facts, pairs, strict=True):
        if number is None:
            yield _missing(each.fact, f"missing in the row “{label.names[0]}”", entry.label)
        elif number.value == each.value:
            yield _found(each, number.span, entry.label)
        else:
            yield _other(each, number, label.names[0])


class _Header:
    """The labels of columns as a copy prints them, above the first row."""

    def __init__(self, columns: Sequence[Label], area: Span, text: NormalisedText) -> None:
        groups: list[list[Label]] = []
        for column in columns:
            if groups and groups[-1][0].phrases == column.phrases:
                groups[-1].append(column)
            else:
                groups.append([column])
        labels = {group[0].key: group[0].phrases for group in groups}
        found = [key for _, key in _label_spans(labels, area, text)][-len(groups) :]
        self.groups = {group[0].key: [column.key for column in group] for group in groups}
        self.found = found if sorted(found) == sorted(labels) else list(labels)
        lacking = Counter(word for group in groups for word in _words(group[0]))
        lacking -= Counter(text.of(token) for token in text.tokens(area))
        self.missing = {
            column.key
            for group in groups
            for column in group
            if group[0].key not in found and any(word in lacking for word in _words(group[0]))
        }

    @property
    def is_reordered(self) -> bool:
        """Whether the columns stand in another order than in the tables."""
        return self.found != list(self.groups)

    def order(self, columns: Sequence[str]) -> Sequence[str]:
        """Return the columns in the order of the copy."""
        order = [key for group in self.found for key in self.groups[group]]
        return sorted(columns, key=order.index)


def _words(label: Label) -> list[str]:
    """Return the normalised words of a label; none if a copy need not print it."""
    words = normalise(label.names[0] if label.names else "")
    return [words.of(token) for token in words.tokens(words.whole)]


def _likeness(expected: Sequence[str], values: Sequence[str]) -> tuple[int, int]:
    """Return how well a row agrees: equal cells, then the number of cells."""
    return sum(one == other for one, other in zip(expected, values, strict=False)), len(values)


def _displaced(places: Sequence[tuple[str, int]]) -> set[str]:
    """Return the fewest keys without which the places of the others ascend."""
    tails: list[int] = []
    chains: list[list[str]] = []
    for key, place in places:
        at = bisect.bisect_left(tails, place)
        chain = [*(chains[at - 1] if at else []), key]
        tails[at : at + 1] = [place]
        chains[at : at + 1] = [chain]
    kept = set(chains[-1]) if chains else set()
    return {key for key, _ in places} - kept


# ---------------------------------------------------------------- charts with legends and labels


class _Chart:
    """A chart: a legend of labels with values, and values alone at bars and slices."""

    def __init__(self, facts: Sequence[LabelledFact], area: Span, text: NormalisedText) -> None:
        self.facts = facts
        self.text = text
        self.by_label: defaultdict[str, list[LabelledFact]] = defaultdict(list)
        for each in facts:
            self.by_label[each.option.key].append(each)
        labels = {key: group[0].option.phrases for key, group in self.by_label.items()}
        self.entries: dict[str, list[Entry]] = {}
        printed = _entries(labels, area, text)
        self.printed = frozenset(printed)
        self.labels = [entry.label for entries in printed.values() for entry in entries]
        for key, entries in printed.items():
            wants_percent = any("%" in each.fact.printed for each in self.by_label[key])
            self.entries[key] = [
                Entry(entry.label, (number,))
                for entry in entries
                for number in [number for number in entry.numbers if number.is_percent or not wants_percent][:1]
                if number.span.start - entry.label.end < LONGEST_LABEL
            ]
        used = {entry.numbers[0].span for entries in self.entries.values() for entry in entries}
        self.bare = [
            number
            for number in text.numbers_in(area)
            if number.span not in used and not any(label.holds(number.span) for label in self.labels)
        ]

    def outcomes(self) -> Iterator[FactOutcome]:
        """Yield one outcome for each fact."""
        at_label = {each.fact.name: self._at_label(each) for each in self.facts}
        alone = self._alone(at_label)
        for each in self.facts:
            legend, label = at_label[each.fact.name], alone.get(each.fact.name)
            if legend is None:
                yield label or _missing(each.fact, "")
            elif label is None or legend.is_wrong:
                yield legend
            elif label.is_wrong:
                yield label
            else:
                yield dataclasses.replace(legend, spans=(*legend.spans, *label.spans))

    def _at_label(self, each: LabelledFact) -> FactOutcome | None:
        """Return the outcome at the label; None if the value stands alone."""
        name = each.option.names[0] if each.option.names else ""
        entries = self.entries.get(each.option.key, [])
        right = [entry for entry in entries if entry.numbers[0].value == each.value]
        if right:
            wrong = self._wrong_entry(each)
            if wrong:
                return _other(each, wrong.numbers[0], name)
            return _found(each, *(entry.span for entry in right))
        wrong_values = [entry for entry in entries if entry.numbers[0].value not in self._values(each.option.key)]
        if each.origins == {"chart-label"} and each.option.key in self.printed:
            is_alone = any(number.value == each.value for number in self.bare)
            return None if is_alone or not wrong_values else _other(each, wrong_values[0].numbers[0], name)
        if entries:
            return _other(each, [*wrong_values, *entries][0].numbers[0], name)
        if each.option.key not in self.printed:
            return _missing(each.fact, f"no label “{name}”")
        return _missing(each.fact, f"not at the label “{name}”")

    def _wrong_entry(self, each: LabelledFact) -> Entry | None:
        """Return a further print of the label, next to which another value stands, unless another fact lacks its own.

        The first fact of the label has it.
        """
        values = self._values(each.option.key)
        printed = {entry.numbers[0].value for entry in self.entries[each.option.key]}
        if self.by_label[each.option.key][0] is not each or values - printed - {number.value for number in self.bare}:
            return None
        return next(
            (
                entry
                for entry in self.entries[each.option.key]
                if entry.numbers[0].value not in values and entry.numbers[0].span.start == entry.label.end
            ),
            None,
        )

    def _values(self, key: str) -> set[str]:
        return {each.value for each in self.by_label[key]}

    def _alone(self, at_label: Mapping[str, FactOutcome | None]) -> Mapping[str, FactOutcome]:
        """Return the outcomes of values that stand without a label."""
        known = {each.value for each in self.facts}
        free: defaultdict[str, list[PrintedNumber]] = defaultdict(list)
        for number in self.bare:
            free[number.value].append(number)
        needed = Counter(each.value for each in self.facts if "chart-label" in each.origins)
        counts = Counter(needed)
        outcomes: dict[str, FactOutcome] = {}
        wanting: list[LabelledFact] = []
        for each in self.facts:
            legend = at_label[each.fact.name]
            if "chart-label" not in each.origins:
                continue
            if len(free[each.value]) >= counts[each.value]:
                outcomes[each.fact.name] = _found(each, *(number.span for number in free[each.value]))
            elif each.origins == {"chart-label"} and legend:
                outcomes[each.fact.name] = legend
            elif not self._is_printed_twice(each):
                counts[each.value] -= 1
                wanting.append(each)
        strange = [number for number in self.bare if number.is_percent and number.value not in known]
        strange = [number for number in strange if not self._is_on_axis(number)]
        surplus = [each for value, numbers in free.items() if value in known for each in numbers[needed[value] :]]
        for each in wanting:
            others = strange or surplus
            if others:
                closest = min(others, key=lambda number: _distance(number, each))
                others.remove(closest)
                outcomes[each.fact.name] = _other(each, closest, "")
            else:
                outcomes[each.fact.name] = _missing(each.fact, "missing in the chart itself")
        return {**outcomes, **self._further_prints(strange, known)}

    def _is_printed_twice(self, each: LabelledFact) -> bool:
        """Whether the label stands twice with its value: in the legend and in the chart."""
        return sum(each.value in entry.values for entry in self.entries.get(each.option.key, [])) > 1

    def _further_prints(self, strange: Sequence[PrintedNumber], known: set[str]) -> Mapping[str, FactOutcome]:
        """Return the outcomes for numbers among those of a chart that none of its facts has, the closest one each."""
        limit = max((number.span.end for number in self.bare if number.value in known), default=0)
        outcomes: dict[str, FactOutcome] = {}
        for number in strange:
            if number.span.end < limit or not self._is_after_words(number):
                closest = min(self.facts, key=lambda each: _distance(number, each))
                outcomes[closest.fact.name] = _other(closest, number, "")
        return outcomes

    def _is_after_words(self, number: PrintedNumber) -> bool:
        """Whether a number does not follow another one directly."""
        before = [each.span.end for each in self.bare if each.span.end < number.span.start]
        return not before or any(map(str.isalpha, self.text.of(Span(before[-1], number.span.start))))

    def _is_on_axis(self, number: PrintedNumber) -> bool:
        """Whether a number continues the steps of an axis, such as 60, 80, 100."""
        at = self.bare.index(number)
        values = [float(each.value) for each in self.bare[max(at - 2, 0) : at + 1] if each.value.count(".") <= 1]
        return len(values) == 3 and values[2] - values[1] == values[1] - values[0] > 0  # noqa: PLR2004


def _distance(number: PrintedNumber, each: LabelledFact) -> tuple[int, str]:
    """Return how many digits must be edited, digits in another order counting least."""
    same_digits = sorted(number.value) == sorted(each.value)
    return (0 if same_digits else Levenshtein.distance(number.value, each.value)), each.fact.name


# ---------------------------------------------------------------- tables of records


def _record_outcomes(facts: Sequence[LabelledFact], area: Span, text: NormalisedText) -> Iterator[FactOutcome]:
    """Yield the outcomes of counts by place or option, and by period.

    A table has a row for each label with the counts of all periods, or a line for each count, with label and period.
    Where no line has a label, its wording is ours, and any line may hold the count.
    """
    several_places = len({each.place.key for each in facts}) > 1
    by_row: defaultdict[tuple[str, str, str], list[LabelledFact]] = defaultdict(list)
    labels: dict[str, Label] = {}
    for each in facts:
        by_row[each.place.key, each.item.key if each.item else "", each.option.key].append(each)
        label = each.place if several_places else each.option
        labels[label.key] = label
    entries = _entries({key: label.phrases for key, label in labels.items()}, area, text)
    by_line: defaultdict[int, list[PrintedNumber]] = defaultdict(list)
    for number in text.numbers_in(area):
        by_line[text.line_at(number.span.start)].append(number)
    for group in by_row.values():
        group.sort(key=lambda each: each.period.key)
        label = group[0].place if several_places else group[0].option
        named = entries.get(label.key, [])
        rows: list[Sequence[PrintedNumber]] = [by_line[text.line_at(entry.label.start)] for entry in named]
        rows += [entry.numbers for entry in named]
        is_printed = any(rows)
        yield from _row_of_periods(
            group, label.names[0] if is_printed else "", rows if is_printed else by_line.values()
        )


def _row_of_periods(
    facts: Sequence[LabelledFact], label: str, rows: Iterable[Sequence[PrintedNumber]]
) -> Iterator[FactOutcome]:
    """Yield the outcomes of the counts of one label in all periods, which are printed in one of these rows."""
    rows = list(rows)
    expected = [each.value for each in facts]
    whole = [numbers[: len(facts)] for numbers in rows if len(numbers) >= len(facts)]
    best = max(whole, key=lambda numbers: _likeness(expected, [number.value for number in numbers]), default=())
    for index, each in enumerate(facts):
        of_period = [numbers for numbers in rows if any(number.value in each.period.phrases for number in numbers)]
        if best and best[index].value == each.value:
            yield _found(each, best[index].span)
            continue
        is_by_position = label and best and len(facts) > 1 and not of_period
        right = [row for row in of_period or rows if each.value in [number.value for number in row]]
        if is_by_position:
            right = []
        elif not label and not right:
            right = [row for row in rows if each.value in [number.value for number in row]]
        if right:
            yield _found(each, *(number.span for number in right[0] if _is_of(number, each)))
            continue
        others = [number for row in of_period for number in row if number.value not in each.period.phrases]
        if label and others:
            yield _other(each, others[-1], label)
        elif is_by_position:
            yield _other(each, best[index], label)
        else:
            yield _missing(each.fact, f"not at “{label}”" if label else "")


def _is_of(number: PrintedNumber, each: LabelledFact) -> bool:
    """Whether a number is the value of a count or its period."""
    return number.value == each.value or number.value in each.period.phrases
