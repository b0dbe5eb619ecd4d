"""Measures proposed links: precision and recall against known pairs, given only the external labels.

The known pairs are mappings in SSSOM, such as the project's own in `data/links/`, or a table with the columns
entity, kind, identifier_iri, label_at_target and mapping_predicate.
A proposal is right if the pair is known to be the same or close.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg_builder import open_graph
from kg_builder.answers.labels import folded
from kg_builder.linking.mapping_decisions import NOT, read_table
from kg_builder.linking.matching import ALIKE, Candidate, Index, Record, Word

SAME = ("sameAs", "exactMatch", "notation")
CLOSE = ("closeMatch",)
ALL = "all"

KINDS = {
    "country": ("place",),
    "continent": ("place",),
    "region": ("place",),
    "cryptocurrency": ("cryptocurrency",),
    "organisation": ("organisation",),
    "platform": ("platform", "service", "technology"),
    "technology": ("technology", "product", "database", "project"),
    "threat": ("threat",),
    "concept": ("threat", "material type", "technology", "crime", "technique", "challenge", "organisation"),
}
"""The names in the graph of the kinds in a table of pairs, the most likely first."""

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Pair:
    """A thing of ours, an external thing, its label, and whether they are the same, close, or neither."""

    kind: str
    thing: str
    other: str
    label: str
    relation: str

    @property
    def key(self) -> Key:
        """The key that identifies the pair."""
        return self.other, self.label, self.thing


def pairs(path: Path, index: Index) -> Iterator[Pair]:
    """Yield the pairs of a file."""
    if path.suffix == ".tsv":
        for row in read_table(path)[1]:
            if row["subject_id"] in index.subjects:
                relation = "no" if row.get("predicate_modifier") == NOT else relation_of(row["predicate_id"])
                kind = index.subjects[row["subject_id"]].kind
                yield Pair(kind, row["subject_id"], row["object_id"], row["object_label"], relation)
        return
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            owns = {index.subjects[own.iri] for own in index.labels.get(folded(row["entity"]), ())}
            fitting = [own for kind in KINDS.get(row["kind"], ()) for own in owns if own.kind == kind]
            if fitting:
                relation = relation_of(row["mapping_predicate"])
                yield Pair(row["kind"], fitting[0].iri, row["identifier_iri"], row["label_at_target"], relation)


def relation_of(predicate: str) -> str:
    """Return the closeness of two things according to a predicate."""
    last = predicate.replace("#", ":").rpartition(":")[2]
    return "exact" if last in SAME else "close" if last in CLOSE else "no"


def proposals(index: Index, labels: list[str], alike: float) -> list[list[Candidate]]:
    """Return the proposals for each label."""
    return list(index.matched([Record("", (Word("", label),)) for label in labels], alike=alike))


def measured(known: dict[Key, str], offered: list[Key]) -> str:
    """Return a row of counts, precision, recall and F1."""
    total, right = Counter(known.values()), Counter(known.get(key, "no") for key in offered)
    good, wanted = right["exact"] + right["close"], total["exact"] + total["close"]
    precision, recall = good / max(len(offered), 1), good / max(wanted, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    counts = (total["exact"], right["exact"], total["close"], right["close"], total["no"], len(offered))
    return " | ".join([*map(str, counts), f"{precision:.3f}", f"{recall:.3f}", f"{f1:.3f}"])


def main() -> None:
    """Print the measures for each kind and for all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pairs", type=Path, nargs="+", help="files of known pairs")
    parser.add_argument("--root", type=Path, default=Path(), help="the project (default: here)")
    parser.add_argument("--out", type=Path, help="the folder of the build (default: ROOT/build)")
    parser.add_argument("--alike", type=float, default=ALIKE, help=f"minimum similarity (default: {ALIKE})")
    parser.add_argument("--others", type=Path, help="a file of labels, one per line, few of which name our things")
    parser.add_argument("--show", action="store_true", help="list missed pairs, and proposals that are not known pairs")
    options = parser.parse_args()
    index = Index(open_graph(options.root, options.out))
    known = {pair.key: pair for path in options.pairs for pair in pairs(path, index) if pair.label}
    others = {key[:2]: pair.kind for key, pair in known.items()}
    found = proposals(index, [label for _, label in others], options.alike)
    proposed = {(*other, each.subject.iri): each for other, few in zip(others, found, strict=True) for each in few}
    kinds = {key: known[key].kind if key in known else others[key[:2]] for key in (*known, *proposed)}
    print("| kind | exact | found | close | found | neither | proposed | precision | recall | F1 |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for kind in [*sorted(set(others.values())), ALL]:
        of_kind = {key: pair.relation for key, pair in known.items() if kind in (pair.kind, ALL)}
        print(f"| {kind} | {measured(of_kind, [key for key in proposed if kind in (kinds[key], ALL)])} |")
    if options.show:
        right = {key for key, pair in known.items() if pair.relation != "no"}
        for other, label, thing in sorted(right - set(proposed)):
            print(f"missed: {label!r} ({other}) is {thing}")
        for other, label, thing in sorted(set(proposed) - right):
            print(f"not known: {label!r} ({other}) is {thing}: {proposed[other, label, thing].reason}")
    if options.others:
        labels = options.others.read_text("utf-8").splitlines()
        found = proposals(index, labels, options.alike)
        offered = [(label, each) for label, few in zip(labels, found, strict=True) for each in few]
        print(f"{len(labels):,} other labels, {len(offered)} proposals:")
        for label, each in offered:
            print(f"  {label}: {each.subject.name}, {each.subject.kind} ({each.reason})")


if __name__ == "__main__":
    main()
