"""Proposes mappings between the things of a graph and external data; mappings with a decision are left out."""

from __future__ import annotations

import dataclasses
import heapq
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pyoxigraph
from rdflib import DCTERMS, SKOS

from kg_builder.answers.graph_reader import ONTOLOGY_GRAPH, GraphReader
from kg_builder.core.terms import SEMAPV
from kg_builder.linking.external_records import records_of
from kg_builder.linking.mapping_decisions import ENDING, PROGRAM, Pair, Row, deciding, id_of, pair_of, plain, read_table
from kg_builder.linking.matching import ALIKE, Candidate, Index, Record, Way
from kg_builder.linking.untrusted_tables import Columns

BATCH = 2_000
"""Records that are matched together."""

MOST = 10_000
"""Maximum number of mappings proposed at a time, best first; the rest follows after decisions on these."""

JUSTIFICATION: dict[Way, str] = {
    "address": SEMAPV.MappingChaining,
    "code": SEMAPV.LexicalMatching,
    "label": SEMAPV.LexicalMatching,
    "other": SEMAPV.LexicalMatching,
    "hidden": SEMAPV.LexicalMatching,
    "bare": SEMAPV.LexicalMatching,
    "alike": SEMAPV.LexicalSimilarityThresholdMatching,
}

EXACT = frozenset({"address", "code", "label", "other"})
"""The match types that count as exact; the others are close matches."""

MEASURE = "normalised Indel similarity"
LITERAL = "rdfs literal"


@dataclasses.dataclass(frozen=True)
class LinkRequest:
    """What to link, and how: `decided` is the folder of decisions, `source` a file, a folder or an endpoint."""

    source: str
    decided: Path
    columns: Columns
    codes: tuple[tuple[str, str], ...] = ()
    kinds: tuple[str, ...] = ()
    alike: float = ALIKE


@dataclasses.dataclass(frozen=True)
class Proposed:
    """The numbers of records read, of pairs decided before, and of pairs left out for now; the rows, best first."""

    records: int
    before: int
    beyond: int
    rows: tuple[tuple[Candidate, Record, Row], ...]


def propose(graph: GraphReader, wanted: LinkRequest, said: Callable[[str], object]) -> Proposed:
    """Match external data, write new mappings to the candidates, and return them; report progress to `said`.

    Raise `ProblemsFound` for data that cannot be read, or tables that cannot be written; then nothing changes.
    """
    index = Index(graph, wanted.kinds)
    for name, scheme in wanted.codes:
        index.know(name, scheme)
    linked = _linked_before(graph.root)
    with deciding(wanted.decided, graph.base, license_of(graph)) as decisions:
        decided = decisions.decided() | linked
        known: set[Pair] = set()
        best: dict[Pair, tuple[Candidate, Record, Row]] = {}
        dropped = 0
        records = records_of(wanted.source, graph.root, wanted.columns, index.scheme_of)
        number = 0
        while batch := [*islice(records, BATCH)]:
            number += len(batch)
            said(f"{number:,} records, {len(best):,} proposals")
            for record, candidates in zip(batch, index.matched(batch, alike=wanted.alike), strict=True):
                for candidate in candidates if record.iri not in index.subjects else ():
                    row = _row_of(candidate, record, graph.base)
                    pair = pair_of(row)
                    if pair in decided:
                        known.add(pair)
                    elif pair not in best or best[pair][0].score < candidate.score:
                        best[pair] = (candidate, record, row)
            if len(best) > 2 * MOST:
                dropped += len(best) - MOST
                best = dict(heapq.nsmallest(MOST, best.items(), key=lambda item: rank(item[1])))
        ranked = sorted(best.values(), key=rank)
        rows = tuple(ranked[:MOST])
        decisions.propose((row for _, _, row in rows), decided)
    return Proposed(number, len(known), dropped + len(ranked) - len(rows), rows)


def rank(proposed: tuple[Candidate, Record, Row]) -> tuple[float, str, str]:
    """Return the sort key that puts the best proposals first, in a stable order."""
    candidate, _, row = proposed
    return -candidate.score, *pair_of(row)


def _row_of(candidate: Candidate, record: Record, base: str) -> Row:
    """Return a mapping as a row; a record without an IRI is represented by its label."""
    label = plain(record.labels[0].text) if record.labels else ""
    exact = candidate.way in EXACT and not record.is_class
    other = record.iri or label
    alike = candidate.way == "alike"
    return {
        "id": id_of(candidate.subject.iri, other, base),
        "subject_id": candidate.subject.iri,
        "subject_label": candidate.subject.name,
        "predicate_id": str(SKOS.exactMatch if exact else SKOS.closeMatch),
        "object_id": record.iri,
        "object_label": label,
        "mapping_justification": f"semapv:{JUSTIFICATION[candidate.way].rpartition('/')[2]}",
        "confidence": f"{candidate.score:.2f}",
        "author_kind": PROGRAM,
        "evidence": plain(candidate.reason),
        "comment": "A class of the other data is close to a concept, not the same." if record.is_class else "",
        "object_type": "" if record.iri else LITERAL,
        "subject_match_field": candidate.field,
        "object_match_field": candidate.other_field if ":" in candidate.other_field else "",
        "match_string": plain(candidate.shared).replace("|", " "),
        "similarity_score": f"{candidate.likeness:.2f}" if alike else "",
        "similarity_measure": MEASURE if alike else "",
    }


def _linked_before(root: Path) -> set[Pair]:
    """Return the pairs of the project's own links, including those recorded as not the same."""
    paths = sorted((root / "data" / "links").glob(f"*{ENDING}"))
    return {pair_of(row) for path in paths for row in read_table(path)[1]}


def license_of(graph: GraphReader) -> str:
    """Return the licence of the graph's ontology, which also applies to its links; empty if there is none."""
    ontology = pyoxigraph.NamedNode(graph.base + ONTOLOGY_GRAPH)
    found = graph.store.quads_for_pattern(None, pyoxigraph.NamedNode(str(DCTERMS.license)), None, ontology)
    return min((str(getattr(quad.object, "value", "")) for quad in found), default="")


def rows_for_people(proposed: Proposed) -> Iterator[tuple[str, str, str, str, str, str, str]]:
    """Yield the printed fields of each mapping: our thing, theirs, score, reason, id, kind of our thing, predicate."""
    for candidate, record, row in proposed.rows:
        other = row["object_label"] or record.iri
        predicate = row["predicate_id"].rpartition("#")[2]
        subject = candidate.subject
        yield subject.name, other, row["confidence"], row["evidence"], row["id"], subject.kind, predicate
