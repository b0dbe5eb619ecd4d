"""Matches a client's records with entities by the Reconciliation Service API 0.2, in a worker.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import pyoxigraph
from rdflib import XSD

from kg_builder.answers.graph_reader import GraphReader
from kg_builder.answers.labels import folded
from kg_builder.core.media_types import JSON
from kg_builder.linking.label_normalisation import LONGEST, code_of
from kg_builder.linking.matching import Candidate, Index, Record, Subject, Word, best, found
from kg_builder.server.reconciliation_requests import MOST, VALUES, Asking
from kg_builder.server.sparql_protocol import Reply, whole

PAGE = 20
"""Number of suggestions in a response."""

LIKELY = 0.7
"""Minimum similarity of a candidate. A person chooses among candidates, so it may be lower than for `link`."""

CERTAIN = 0.9
"""Minimum score of an automatic match, if only one candidate reaches it."""

UNTYPED = 0.85
"""The score of a text that is a code, where no type is given: short words may look like codes."""

WEIGHT = 0.2
"""The weight of the properties in a query in the score."""

NUMBERS = {str(XSD.integer): "int", str(XSD.decimal): "float", str(XSD.double): "float"}

Json = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class ReconciliationIndex:
    """The service's data about a graph: its entities, and the properties of each type, the most common first."""

    index: Index
    types: Mapping[str, str]
    properties: Mapping[str, Mapping[str, str]]

    @property
    def names(self) -> dict[str, str]:
        """The names of all properties."""
        return {iri: name for each in self.properties.values() for iri, name in each.items()}


@lru_cache(2)
def known(graph: GraphReader) -> ReconciliationIndex:
    """Return the service's data about a graph; the first call reads files, which workers cannot do."""
    index = Index(graph)
    types = {each: subject.kind for subject in index.subjects.values() for each in subject.classes[:1]}
    properties: dict[str, dict[str, str]] = {}
    for row in found(graph, "properties"):
        properties.setdefault(row["class"], {})[row["property"]] = row["name"]
    list(index.matched([Record("", (Word("", "what imports its modules when it is first asked"),))]))
    return ReconciliationIndex(index, dict(sorted(types.items(), key=lambda item: item[1])), properties)


def reconciled(graph: GraphReader, batch: Mapping[str, Asking]) -> Reply:
    """Return the candidates for each query of a batch."""
    return _reply({name: {"result": results(graph, each)} for name, each in batch.items()})


def results(graph: GraphReader, asked: Asking) -> list[Json]:
    """Return the candidates for one query, best first."""
    index = known(graph).index
    scored = sorted(
        ((_fitted(graph, each, asked.values), each) for each in candidates(graph, asked)),
        key=lambda item: (-item[0], item[1].subject.iri),
    )[: asked.limit]
    certain = [score for score, _ in scored if score >= CERTAIN]
    return [
        {
            **entity(graph, each.subject),
            "type": types(index.subjects[each.subject.iri]),
            "score": round(100 * score, 1),
            "match": len(certain) == 1 and score == certain[0],
            "features": [
                {"id": "same_identifier", "value": each.way in {"address", "code"}},
                {"id": "label_likeness", "value": each.likeness},
            ],
        }
        for score, each in scored
    ]


def candidates(graph: GraphReader, asked: Asking) -> list[Candidate]:
    """Return the possible matches of one query, of the types in the query."""
    index = known(graph).index
    words: tuple[Word, ...] = (Word("", asked.text), Word("", graph.base + asked.text)) if asked.text else ()
    codes = tuple(Word(pid, value) for pid, value in asked.values)
    record = Record("", words[:1], codes, words)
    said = next(index.matched([record], MOST, LIKELY))
    fitting = [each for each in said if _of_type(each.subject, asked.types)]
    if not fitting and asked.text:
        fitting = coded(index, asked)
    if not fitting and asked.text:
        like = next(index.like([(words[0], folded(asked.text[:LONGEST]))], MOST, LIKELY))
        fitting = [each for each in best(like) if _of_type(each.subject, asked.types)]
    if not fitting and not asked.text:
        for pid, value in asked.values[:1]:
            holders = {
                subject.iri: subject for subject in index.subjects.values() if _holds(graph, subject, pid, value)
            }
            return [
                Candidate(each, CERTAIN - 0.1, "code", "", "", pid, 1, "")
                for each in holders.values()
                if _of_type(each, asked.types)
            ]
    return fitting


def coded(index: Index, asked: Asking) -> list[Candidate]:
    """Return the things of which the text of a query is a code, of the types in the query; less certain without."""
    codes = tuple(Word(scheme, asked.text) for scheme in index.names)
    found = [each for each in best(index.same(Record("", codes=codes))) if _of_type(each.subject, asked.types)]
    return [each if asked.types else dataclasses.replace(each, score=UNTYPED) for each in found]


def _of_type(subject: Subject, wanted: Sequence[str]) -> bool:
    """Return whether a thing has one of some types; True if no type is given."""
    return not wanted or bool({*subject.classes, subject.kind} & {*wanted})


def _fitted(graph: GraphReader, candidate: Candidate, values: Sequence[tuple[str, str]]) -> float:
    """Return the score of a candidate, reduced if properties in the query do not match."""
    by_property: dict[str, list[bool]] = {}
    for pid, value in values:
        by_property.setdefault(pid, []).append(_holds(graph, candidate.subject, pid, value))
    if not by_property or candidate.way in {"address", "code"}:
        return candidate.score
    share = sum(any(each) for each in by_property.values()) / len(by_property)
    return candidate.score * (1 - WEIGHT + WEIGHT * share)


def _holds(graph: GraphReader, subject: Subject, pid: str, value: str) -> bool:
    """Return whether a thing has a value of a property, also in another spelling or as the name of a thing."""
    wanted = {folded(value), folded(graph.base + value)} - {""}
    return any(
        folded(text) in wanted
        for term in property_values(graph, subject.iri, pid)
        for text in (term.value, _name_of(graph, term))
        if text
    )


def extended(graph: GraphReader, ids: Sequence[str], wanted: Mapping[str, int]) -> Reply:
    """Return the values of some properties of some things; an empty list for unknown ones."""
    names = known(graph).names
    meta = [{"id": pid, "name": names.get(pid, pid)} for pid in wanted]
    rows = {
        each: {
            pid: [
                cell(graph, term) for term in property_values(graph, graph.base + each.removeprefix(graph.base), pid)
            ][:limit]
            for pid, limit in wanted.items()
        }
        for each in ids
    }
    return _reply({"meta": meta, "rows": rows})


def property_values(graph: GraphReader, iri: str, pid: str) -> list[pyoxigraph.NamedNode | pyoxigraph.Literal]:
    """Return the distinct values of a property that may be shown, sorted."""
    service = known(graph)
    if iri not in service.index.subjects or pid not in service.names:
        return []
    stated = graph.store.quads_for_pattern(pyoxigraph.NamedNode(iri), pyoxigraph.NamedNode(pid), None)
    values = {quad.object for quad in stated if isinstance(quad.object, pyoxigraph.NamedNode | pyoxigraph.Literal)}
    return sorted(values, key=str)[:VALUES]


def cell(graph: GraphReader, term: pyoxigraph.NamedNode | pyoxigraph.Literal) -> Json:
    """Return a value in the format of the API."""
    if isinstance(term, pyoxigraph.NamedNode):
        name = _name_of(graph, term)
        return {"id": term.value.removeprefix(graph.base), "name": name} if name else {"str": term.value}
    datatype = term.datatype.value
    if datatype in NUMBERS:
        return {NUMBERS[datatype]: (int if NUMBERS[datatype] == "int" else float)(term.value)}
    if datatype == str(XSD.date):
        return {"date": f"{term.value[:10]}T00:00:00Z"}
    return {"str": term.value}


def _name_of(graph: GraphReader, term: pyoxigraph.NamedNode | pyoxigraph.Literal) -> str:
    """Return the name of an entity, empty for anything else."""
    subject = known(graph).index.subjects.get(term.value)
    return subject.name if subject and isinstance(term, pyoxigraph.NamedNode) else ""


def suggested(graph: GraphReader, what: str, prefix: str, cursor: int) -> Reply:
    """Return the entities, properties or types with a name, or a word in it, that begins with some letters.

    Entities with a code are suggested too, if the letters are the whole code.
    """
    service = known(graph)
    if what == "entity":
        index = service.index
        labels = [own for owns in index.labels.values() for own in owns]
        codes = [own for (_, code), owns in index.codes.items() if code == code_of(prefix) for own in owns]
        offers = [
            (own.text, {**entity(graph, subject), "notable": types(subject)})
            for own in (*labels, *codes)
            for subject in [index.subjects[own.iri]]
        ]
    else:
        listed = service.names if what == "property" else service.types
        offers = [(name, {"id": iri, "name": name}) for iri, name in listed.items()]
    wanted = folded(prefix[:200])
    ranks: dict[str, tuple[int, str, Json]] = {}
    for label, offer in offers:
        key = folded(label)
        rank = 0 if prefix in {offer["id"], graph.base + offer["id"]} else 1 if key == wanted else 2
        rank = rank if rank < 2 or key.startswith(wanted) else 3 if f" {wanted}" in key else 4  # noqa: PLR2004
        entry = (rank, offer["name"], offer)
        ranks[offer["id"]] = min(ranks.get(offer["id"], entry), entry, key=lambda each: each[:2])
    chosen = sorted((each for each in ranks.values() if each[0] < 4), key=lambda each: (*each[:2], each[2]["id"]))  # noqa: PLR2004
    return _reply({"result": [offer for _, _, offer in chosen[cursor : cursor + PAGE]]})


def proposed(graph: GraphReader, type_: str, limit: int) -> Reply:
    """Return the properties of a type, or of all types, available for data extension, the most common first."""
    service = known(graph)
    properties = service.properties.get(type_, {}) if type_ else service.names
    listed = [{"id": iri, "name": name} for iri, name in properties.items()][:limit]
    return _reply({"type": type_, "limit": limit, "properties": listed})


def entity(graph: GraphReader, subject: Subject) -> Json:
    """Return a thing in the format of the API, with its name, never with a hidden label."""
    about = {"description": subject.definition} if subject.definition else {}
    return {"id": subject.iri.removeprefix(graph.base), "name": subject.name, **about}


def types(subject: Subject) -> list[Json]:
    """Return the types of a thing."""
    return [{"id": each, "name": subject.kind} for each in subject.classes[:1]]


def _reply(value: Json) -> Reply:
    """Return a JSON value as a reply."""
    return whole(json.dumps(value, ensure_ascii=False).encode(), JSON)
