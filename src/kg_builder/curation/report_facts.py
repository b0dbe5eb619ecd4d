"""What the tables of a report say that it prints: passages in their order, and the facts that stand in each."""

from __future__ import annotations

import calendar
import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kg_builder.core.problems import Location, ProblemsFound, quoted
from kg_builder.curation.text_normalisation import NUMBER, normalise, phrase_of
from kg_builder.schema.model import SHARED
from kg_builder.schema.ontology_folder import read_schema
from kg_builder.tables.data_folder import table_files
from kg_builder.tables.loading import filled_rows
from kg_builder.tables.table_files import Row, TableFile

FilledRow = tuple[TableFile, int, Row]
"""A row with its file and its line."""

NARRATIVE = frozenset({"narrative", "comment", "heading", "quote", "note"})
"""Origins of numbers that stand in sentences; all others have a label next to them."""

NAMES = ("label", "alt_labels", "hidden_labels", "iso_alpha2", "iso_alpha3")
"""Columns with the names by which a report may print a thing."""

TITLES = ("title", "headline", "name")
DATES = ("start", "end")

NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|cannot|without)\b|n[\u2019']t\b", re.IGNORECASE
)
"""Words of a sentence that negate it."""
NEGATED = re.compile(r"\b(?:not|no|never|none|nobody|nothing|neither)\b", re.IGNORECASE)
"""Words by which our own wording says that a sentence is negated."""


@dataclasses.dataclass(frozen=True)
class Passage:
    """A passage of a report: words that stand in it, and its lines, from 1, in the text that was consulted."""

    name: str
    part: str
    kind: str
    anchor: str
    first_line: int
    last_line: int


@dataclasses.dataclass(frozen=True)
class Fact:
    """A row that says what is printed at a passage. `name` is `kind/id`; `file` and `line` are its place in the tables.

    `is_negated` says whether our words for it contain a negation, so that the sentence must contain one too.
    """

    kind: str
    name: str
    address: str
    file: str
    line: int
    passage: str
    printed: str
    is_negated: bool = False

    @property
    def phrase(self) -> str:
        """The printed words, normalised."""
        return phrase_of(self.printed)


@dataclasses.dataclass(frozen=True)
class Label:
    """The names by which a report may print a row or a column of a table, and its place in their order."""

    key: str
    order: int
    names: tuple[str, ...]

    @property
    def phrases(self) -> tuple[str, ...]:
        """The names, normalised."""
        return tuple(filter(None, dict.fromkeys(map(phrase_of, self.names))))


@dataclasses.dataclass(frozen=True)
class LabelledFact:
    """A number in a table or a chart, with the labels that give it its meaning."""

    fact: Fact
    question: Label
    item: Label | None
    option: Label
    place: Label
    period: Label
    origins: frozenset[str]

    @property
    def value(self) -> str:
        """The printed number, normalised; empty if nothing printed is a number."""
        found = NUMBER.findall(normalise(self.fact.printed).characters)
        return found[-1] if found else ""


@dataclasses.dataclass(frozen=True)
class ReportFacts:
    """All that can be verified. `unchecked` counts rows by kind that print nothing or whose passage has no lines.

    `names` are normalised titles, labels and dates of the report that hold a number.
    """

    source: str
    passages: tuple[Passage, ...]
    parts: Mapping[str, str]
    facts: tuple[Fact, ...]
    labelled: Mapping[str, Sequence[LabelledFact]]
    consulted: frozenset[str]
    unchecked: Mapping[str, int]
    names: frozenset[str]


def read_report_facts(root: Path, source: str) -> ReportFacts:
    """Return the facts of a report; raise `ProblemsFound` if the project has no such report."""
    schema = read_schema(root / "ontology")
    files = [file for file in table_files(root / "data", schema) if file.source in {source, SHARED}]
    if not any((file.source, file.table.stem) == (source, "passages") for file in files):
        raise ProblemsFound.at(
            Location(f"data/{source}"),
            rule="source",
            found=f"no table passages.csv for {quoted(source)}",
            expected="the folder of a report",
        )
    tables: defaultdict[str, list[FilledRow]] = defaultdict(list)
    for file, line, row in filled_rows(schema, files):
        tables[file.table.stem].append((file, line, row))
    return _Reading(source, tables).facts()


class _Reading:
    """The tables of one report and those that are shared, by the name of the table."""

    def __init__(self, source: str, tables: Mapping[str, Sequence[FilledRow]]) -> None:
        self.source = source
        self.tables = tables
        self.ids = {stem: {row["id"]: row for _, _, row in self.rows(stem)} for stem in tables}
        self.passages = {key: row for key, row in self.ids["passages"].items() if row.get("line_from")}

    def rows(self, stem: str) -> Sequence[FilledRow]:
        return self.tables.get(stem, [])

    def facts(self) -> ReportFacts:
        passages = sorted(map(_passage_of, self.passages.values()), key=_place_in_report)
        facts: list[Fact] = []
        labelled: defaultdict[str, list[LabelledFact]] = defaultdict(list)
        unchecked: Counter[str] = Counter()
        for stem in sorted(self.tables):
            for file, line, row in self.rows(stem):
                if file.source != self.source:
                    continue
                fact = self._fact_of(file, line, row)
                if fact:
                    facts.append(fact)
                    if row.get("option") in self.ids.get("options", {}):
                        labelled[fact.passage].append(self._labelled(fact, row))
                elif "passage" in row or "printed" in row:
                    unchecked[file.table.label] += 1
        return ReportFacts(
            source=self.source,
            passages=tuple(passages),
            parts={row["id"]: row["label"] for _, _, row in self.rows("parts")},
            facts=tuple(facts),
            labelled=labelled,
            consulted=frozenset(row["text_sha256"] for _, _, row in self.rows("report")),
            unchecked=dict(unchecked),
            names=frozenset(self._names_with_numbers()),
        )

    def _names_with_numbers(self) -> Iterator[str]:
        """Yield titles, names and dates that a report may print, normalised, if they have both words and numbers."""
        for stem in sorted(self.tables):
            for _, _, row in self.rows(stem):
                cells = [name for column in (*NAMES, *TITLES) for name in row.get(column, "").split(";")]
                cells += [day for column in DATES for day in _days(row.get(column, ""))]
                for phrase in map(phrase_of, filter(None, cells)):
                    if NUMBER.search(phrase) and not NUMBER.fullmatch(phrase):
                        yield phrase

    def _fact_of(self, file: TableFile, line: int, row: Row) -> Fact | None:
        is_passage = "anchor" in row
        passage = row["id"] if is_passage else row.get("passage", "")
        printed = row.get("anchor" if is_passage else "printed", "")
        if not printed or passage not in self.passages:
            return None
        address = file.table.about.format(source=self.source, id=row["id"])
        is_negated = "restates" in row and bool(NEGATED.search(row["label"]))
        name = f"{file.table.kind}/{row['id']}"
        return Fact(file.table.label, name, address, file.name, line, passage, printed, is_negated)

    def _labelled(self, fact: Fact, row: Row) -> LabelledFact:
        return LabelledFact(
            fact,
            self._label("questions", row["question"]),
            self._label("items", row["item"]) if row["item"] in self.ids.get("items", {}) else None,
            self._label("options", row["option"]),
            self._label("places", row["place"]),
            self._label("periods", row["period"]),
            frozenset(row["origin"].split(";")),
        )

    def _label(self, stem: str, key: str) -> Label:
        row = self.ids.get(stem, {}).get(key, {})
        names = [name for column in NAMES for name in row.get(column, "").split(";")]
        if stem == "questions":  # its wording is ours; a table names what it is about
            names = [self._name_of(subject) for subject in row.get("about", "").split(";")]
        return Label(key, int(row.get("order") or 0), tuple(filter(None, names)))

    def _name_of(self, subject: str) -> str:
        """Return the label of a thing that a cell names as `kind/id`; empty if no table of these has it."""
        kind, _, key = subject.partition("/")
        stem = next((stem for stem, ((file, _, _), *_) in self.tables.items() if file.table.kind == kind), "")
        return self.ids.get(stem, {}).get(key, {}).get("label", "")


def _days(date: str) -> Iterator[str]:
    """Yield a date as reports print it, with and without year."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", date):
        year, month, day = map(int, date.split("-"))
        for name in (calendar.month_name[month], calendar.month_abbr[month]):
            yield from (f"{day} {name}", f"{name} {day}", f"{day} {name} {year}", f"{name} {day}, {year}")


def _passage_of(row: Row) -> Passage:
    return Passage(row["id"], row["part"], row["kind"], row["anchor"], int(row["line_from"]), int(row["line_to"]))


def _place_in_report(passage: Passage) -> tuple[int, int, str]:
    return passage.first_line, passage.last_line, passage.name
