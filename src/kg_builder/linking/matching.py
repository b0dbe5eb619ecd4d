"""Matches external records with the things of a graph: by identifiers, else by labels, else by similar labels."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import numpy
from rapidfuzz import fuzz, process
from rdflib import SKOS

from kg_builder.answers.graph_reader import GraphReader
from kg_builder.answers.labels import folded
from kg_builder.core.iris import last_part
from kg_builder.core.problems import Location, ProblemsFound, quoted
from kg_builder.linking.label_normalisation import LONGEST, code_of, cores, squeezed
from kg_builder.queries.stored_queries import stored_query

Way = Literal["address", "code", "label", "other", "hidden", "bare", "alike"]
"""How a match was found."""

SURE: dict[Way, float] = {
    "address": 1,
    "code": 1,
    "label": 0.95,
    "other": 0.92,
    "bare": 0.85,
    "hidden": 0.8,
    "alike": 0.9,
}
"""The confidence of each match type; it is multiplied by the similarity."""

SAME: dict[str, tuple[Way, str]] = {
    str(SKOS.prefLabel): ("label", "same label"),
    str(SKOS.hiddenLabel): ("hidden", "same hidden label"),
    "": ("other", "same other label"),
}
"""The match type of an equal label, and its explanation, by the property that holds the label."""

SHARED = 0.15
"""The reduction in confidence if several of our things match equally well."""

ALIKE = 0.9
"""The minimum similarity of two labels that may mean the same; measured by benchmarks/gold.py."""

SHORT = 5
"""Labels shorter than this, such as TOR, KIK or USB, must be equal: similar ones mean something else."""

FITTING = 6
"""From this many characters, the end of a scheme's name, such as alpha3, identifies the scheme."""

LABELS = 20
"""Maximum number of labels of one record that are compared."""


@dataclasses.dataclass(frozen=True)
class Word:
    """A text of a record, and its field: an IRI or the header of a column."""

    field: str
    text: str


@dataclasses.dataclass(frozen=True)
class Record:
    """An external thing: its IRI or other identifier, its labels, its codes, and the IRIs stated to be the same."""

    iri: str
    labels: tuple[Word, ...] = ()
    codes: tuple[Word, ...] = ()
    same: tuple[Word, ...] = ()
    is_class: bool = False


@dataclasses.dataclass(frozen=True)
class Subject:
    """A thing of our graph that can be linked; `definition` may be empty."""

    iri: str
    classes: tuple[str, ...]
    kind: str
    name: str
    definition: str


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A thing of our graph that a record may mean: its score from 0 to 1, the reason, and the fields that matched.

    `likeness` is the similarity of the two labels, 1 if they are equal; `shared` is their common text, empty for
    hidden labels, which are never shown.
    """

    subject: Subject
    score: float
    way: Way
    reason: str
    field: str
    other_field: str
    likeness: float
    shared: str


@dataclasses.dataclass(frozen=True)
class GraphLabel:
    """A label or code of our graph."""

    iri: str
    field: str
    text: str


class Index:
    """All names and identifiers of the things of a graph that can be linked, optionally only of some kinds.

    `schemes` are the names of code schemes, such as isoalpha3, and the properties that hold their codes.
    """

    def __init__(self, graph: GraphReader, kinds: Sequence[str] = ()) -> None:
        self.subjects: dict[str, Subject] = {}
        self.schemes: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.codes: dict[tuple[str, str], list[GraphLabel]] = {}
        self.addresses: dict[str, list[GraphLabel]] = {}
        self.labels: dict[str, list[GraphLabel]] = {}
        for row in found(graph, "linkable"):
            if kinds and row["kind"] not in kinds:
                continue
            iri = row["thing"]
            known = self.subjects.get(iri)
            classes = dict.fromkeys((*(known.classes if known else ()), row["class"]))
            self.subjects[iri] = Subject(iri, tuple(classes), row["kind"], row["name"], row["definition"] or "")
            own = GraphLabel(iri, row["property"], str(row["label"]))
            held = self.labels.setdefault(folded(own.text), [])
            if own not in held:
                held.append(own)
        self.labels.pop("", None)
        for row in found(graph, "identifiers"):
            if row["thing"] in self.subjects:
                self.add_identifier(GraphLabel(row["thing"], row["property"], str(row["identifier"])), row["scheme"])
        for iri in self.subjects:
            self.addresses.setdefault(iri, []).append(GraphLabel(iri, "", iri))
        self.joined = {key.replace(" ", ""): key for key in self.labels if len(key) >= SHORT}
        self.choices = [key for key in self.labels if len(key) >= SHORT]

    def add_identifier(self, own: GraphLabel, scheme: str) -> None:
        """Add a code, or an address if there is no scheme."""
        if not scheme:
            self.addresses.setdefault(own.text, []).append(own)
            return
        self.codes.setdefault((own.field, code_of(own.text)), []).append(own)
        self.schemes |= {squeezed(name): own.field for name in (scheme, last_part(own.field))}
        self.names[own.field] = scheme

    def scheme_of(self, name: str) -> str:
        """Return our property for the codes of a scheme with that external name, empty if there is none."""
        wanted = squeezed(name)
        if wanted in self.schemes:
            return self.schemes[wanted]
        ends = {field for key, field in self.schemes.items() if len(wanted) >= FITTING and key.endswith(wanted)}
        return ends.pop() if len(ends) == 1 else ""

    def know(self, name: str, scheme: str) -> None:
        """Add an external name of a scheme; raise `ProblemsFound` if there is no such scheme."""
        field = self.scheme_of(scheme)
        if not field:
            expected = f"one of {', '.join(sorted(set(self.names.values())))}"
            raise ProblemsFound.at(Location("--code"), rule="scheme", found=quoted(scheme), expected=expected)
        self.schemes[squeezed(name)] = field

    def matched(self, records: Sequence[Record], limit: int = 3, alike: float = ALIKE) -> Iterator[list[Candidate]]:
        """Yield for each record the things that it may mean, best first, at most `limit` of them.

        Time and memory grow with the records times our labels: pass a few thousand records at a time.
        """
        sure = [self.same(record) for record in records]
        open_words = [
            (place, word, key)
            for place, record in enumerate(records)
            if not sure[place]
            for word in record.labels[:LABELS]
            if len(key := folded(word.text[:LONGEST])) >= SHORT
        ]
        like = self.like([(word, key) for _, word, key in open_words], limit, alike)
        by_place: dict[int, list[Candidate]] = {}
        for (place, _, _), candidates in zip(open_words, like, strict=True):
            by_place.setdefault(place, []).extend(candidates)
        for place, candidates in enumerate(sure):
            yield best(candidates or by_place.get(place, []))[:limit]

    def same(self, record: Record) -> list[Candidate]:
        """Return the things with the same identifier, else those with the same label."""
        found: list[Candidate] = []
        for word in (Word("", record.iri), *record.same):
            for own in self.addresses.get(word.text, ()):
                found.append(self.candidate(own, word, "address", f"same identifier {word.text}"))
        for word in record.codes:
            field = self.scheme_of(last_part(word.field))
            for own in self.codes.get((field, code_of(word.text)), ()):
                scheme = self.names[field].removesuffix(" code")
                found.append(self.candidate(own, word, "code", f"same identifier {scheme} {own.text}"))
        return found or self.same_label([(word, folded(word.text[:LONGEST])) for word in record.labels[:LABELS]])

    def same_label(self, keys: Sequence[tuple[Word, str]]) -> list[Candidate]:
        """Return the things with the same label, else those with the same core of a label."""
        found: list[Candidate] = []
        for word, key in keys:
            for own in self.labels.get(key, ()):
                way, reason = SAME.get(own.field, SAME[""])
                found.append(self.candidate(own, word, way, reason))
        if found:
            return _shared_less(found)
        for word, key in keys:
            for bare in {self.joined.get(key.replace(" ", ""), ""), *cores(word.text)}:
                for own in self.labels.get(bare, ()):
                    reason = "same label but for blanks, brackets or legal form"
                    found.append(self.candidate(own, word, "bare", reason))
        return _shared_less(best(found))

    def like(self, words: Sequence[tuple[Word, str]], limit: int, alike: float) -> Iterator[list[Candidate]]:
        """Yield for each text the things with similar labels."""
        if not words or not self.choices:
            yield from ([] for _ in words)
            return
        keys = [key for _, key in words]
        table = process.cdist(keys, self.choices, scorer=fuzz.ratio, score_cutoff=100 * alike, dtype=numpy.float32)
        for (word, _), row in zip(words, table, strict=True):
            places = numpy.flatnonzero(row)
            nearest = sorted(places, key=lambda place: (-row[place], self.choices[place]))[:limit]
            yield _shared_less(
                [
                    self.candidate(own, word, "alike", f"label alike {row[place] / 100:.2f}", float(row[place]) / 100)
                    for place in nearest
                    for own in self.labels[self.choices[place]]
                ]
            )

    def candidate(self, own: GraphLabel, word: Word, way: Way, reason: str, likeness: float = 1) -> Candidate:
        """Return a candidate."""
        hidden = own.field == str(SKOS.hiddenLabel)
        shared = "" if hidden or way in {"alike", "bare"} else own.text
        score = round(SURE[way] * likeness, 3)
        if hidden and way != "hidden":
            reason = f"{reason}, of a hidden label"
        return Candidate(self.subjects[own.iri], score, way, reason, own.field, word.field, round(likeness, 3), shared)


def found(graph: GraphReader, name: str) -> Iterator[dict[str, str]]:
    """Return the rows of a stored lookup query."""
    return iter(graph.answer(stored_query(graph.root / "queries" / "find" / f"{name}.rq", "find").text, {}, ""))


def best(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates, each thing once, best first."""
    kept: dict[str, Candidate] = {}
    for each in sorted(candidates, key=lambda each: -each.score):
        kept.setdefault(each.subject.iri, each)
    return sorted(kept.values(), key=lambda each: (-each.score, each.subject.iri))


def _shared_less(candidates: list[Candidate]) -> list[Candidate]:
    """Return candidates, with less confidence if one label means several things."""
    things = {
        word: {each.subject.iri for each in candidates if each.reason == word}
        for word in {each.reason for each in candidates}
    }
    return [
        each
        if len(things[each.reason]) == 1
        else dataclasses.replace(
            each,
            score=round(each.score - SHARED, 3),
            reason=f"{each.reason}, which {len(things[each.reason])} things have",
        )
        for each in candidates
    ]
