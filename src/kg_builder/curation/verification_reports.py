"""A verification as text for people, as JSON, as a table in CSV, and as triples of PROV-O and DQV."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterator
from itertools import groupby

from rdflib import PROV, RDF, RDFS, XSD, Graph, Literal, URIRef
from tabulate import tabulate

from kg_builder.core.problems import quoted
from kg_builder.core.terms import DQV, KG, OA
from kg_builder.curation.verification import Verification
from kg_builder.curation.verification_outcomes import FactOutcome, Outcome

COLUMNS = ("fact", "kind", "outcome", "printed", "value", "place", "reason", "passage", "file", "line")

SHOWN_DIGITS = 16
"""Digits of the checksum of a copy that name its verification."""


def verification_text(
    verification: Verification, form: str, base: str, *, coverage: bool = False, width: int = 100
) -> str:
    """Return a verification as `text`, `json`, `csv` or `ttl`; `coverage` adds the numbers that no fact covers.

    `base` is the beginning of the addresses of triples; `width` is that of the terminal.
    """
    if form == "json":
        return _as_json(verification, coverage=coverage)
    if form == "csv":
        return _as_csv(verification)
    if form == "ttl":
        return _as_turtle(verification, base)
    return _as_text(verification, width, coverage=coverage)


def sentence(verification: Verification, each: FactOutcome) -> str:
    """Return where a copy differs, and how, for its reader."""
    place = verification.place(each)
    reason = f" {each.reason}" if each.reason else ""
    if each.outcome is Outcome.OTHER_VALUE and not each.value:
        found = f"found {quoted(each.fact.printed)}{reason}"
    elif each.outcome is Outcome.OTHER_VALUE:
        found = f"found {quoted(each.value)}{reason}, expected {quoted(each.fact.printed)}"
    elif each.outcome is Outcome.ELSEWHERE:
        found = f"found {quoted(each.fact.printed)} elsewhere:{reason}"
    else:
        found = f"{quoted(each.fact.printed)} not found" + (f":{reason}" if reason else "")
    return f"{place}: {found} ({each.fact.name})."


def _as_text(verification: Verification, width: int, *, coverage: bool) -> str:
    lines = [*verification.movements(), *_listed(verification)]
    counts = verification.count
    total = len(verification.outcomes)
    rest = ", ".join(
        f"{count:,} {outcome.value}" for outcome, count in counts.items() if count and outcome != Outcome.FOUND
    )
    way = "on the lines of the text that was consulted" if verification.is_consulted else "in their passages"
    summary = f"{counts[Outcome.FOUND]:,} of {total:,} facts found {way}" + (f"; {rest}" if rest else "") + "."
    if lines:
        lines.append("")
    lines += [summary, ""]
    outcomes = [outcome for outcome in Outcome if counts[outcome] or outcome is Outcome.FOUND]
    rows = [
        [kind, *(f"{of_kind[outcome]:,}" for outcome in outcomes)]
        for kind, of_kind in verification.count_by_kind.items()
    ]
    names = ["kind of fact", *(outcome.value for outcome in outcomes)]
    alignment = ("left", *("right" for _ in outcomes))
    lines += [
        line.rstrip() for line in tabulate(rows, names, "simple", disable_numparse=True, colalign=alignment).split("\n")
    ]
    lines += ["", *textwrap.wrap(_not_checked(verification), width)]
    if not verification.is_clean:
        lines += ["", *textwrap.wrap(ADVICE, width)]
    if coverage:
        lines += ["", *textwrap.wrap(_coverage(verification), width)]
    return "\n".join(lines) + "\n"


ADVICE = (
    "Your copy may be another edition of the report, or its text may have been extracted differently: compare the "
    "places above with what you see on the page. If the page shows what the tables have, please report it."
)


def _listed(verification: Verification) -> Iterator[str]:
    """Yield a sentence for each fact, but one for all those that stand elsewhere in a passage for the same reason."""
    listed = list(verification.listed())
    for (outcome, _, reason), group in groupby(
        sorted(listed, key=lambda each: each.outcome is not Outcome.ELSEWHERE),
        key=lambda each: (each.outcome, each.fact.passage, each.reason),
    ):
        members = list(group)
        if outcome is Outcome.ELSEWHERE and reason and len(members) > 1:
            yield f"{verification.place(members[0])}: {len(members)} facts found elsewhere: {reason}."
        else:
            for each in members:
                yield sentence(verification, each)


def _not_checked(verification: Verification) -> str:
    """Return a sentence on what a verification leaves out."""
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(verification.facts.unchecked.items()))
    listed = f"rows without printed words of their own ({kinds}), and " if kinds else ""
    return (
        f"Not checked: {listed}what is in our own words: paraphrases, definitions, what a relation or an amount means."
    )


def _coverage(verification: Verification) -> str:
    """Return the numbers of a copy that no fact covers, as one sentence."""
    uncovered = verification.uncovered_numbers()
    total = len(verification.text.numbers)
    if not uncovered:
        return f"Each of the {total:,} numbers of the copy belongs to a fact."
    listed = ", ".join(f"{number.shown} ({place})" for number, place in uncovered)
    return f"{total - len(uncovered):,} of the {total:,} numbers of the copy belong to a fact, these do not: {listed}."


def _row(verification: Verification, each: FactOutcome) -> dict[str, str | int]:
    fact = each.fact
    place = verification.place(each)
    values = (
        *(fact.name, fact.kind, each.outcome.value, fact.printed, each.value, place, each.reason, fact.passage),
        *(fact.file, fact.line),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _as_json(verification: Verification, *, coverage: bool) -> str:
    whole = {
        "report": verification.facts.source,
        "copy": verification.document.name,
        "sha256": verification.document.sha256,
        "consulted": verification.is_consulted,
        "facts": len(verification.outcomes),
        "outcomes": {outcome.value: count for outcome, count in verification.count.items()},
        "kinds": {
            kind: {outcome.value: count for outcome, count in counts.items()}
            for kind, counts in verification.count_by_kind.items()
        },
        "moved_or_missing": list(verification.movements()),
        "differences": [
            _row(verification, each) for each in verification.outcomes if each.outcome is not Outcome.FOUND
        ],
        "not_checked": dict(sorted(verification.facts.unchecked.items())),
    }
    if coverage:
        whole["uncovered_numbers"] = [
            {"number": number.shown, "place": place} for number, place in verification.uncovered_numbers()
        ]
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _as_csv(verification: Verification) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(verification, each) for each in verification.outcomes)
    return stream.getvalue()


def _as_turtle(verification: Verification, base: str) -> str:
    """Return the run as an activity, how many facts have each outcome as measurements, differences as annotations.

    Its addresses come from the checksum of the copy, so that the same copy gives the same triples.
    """
    graph = Graph()
    for prefix, namespace in (("dqv", DQV), ("kg", KG), ("oa", OA), ("prov", PROV)):
        graph.bind(prefix, namespace._NS)  # noqa: SLF001  (rdflib keeps a defined namespace's IRI there)
    source = verification.facts.source
    report = URIRef(f"{base}{source}/report/{source}")
    run = URIRef(f"{base}{source}/verification/{verification.document.sha256[:SHOWN_DIGITS]}")
    copy = URIRef(f"{run}/copy")
    graph.add((run, RDF.type, PROV.Activity))
    graph.add((run, RDFS.label, Literal(f"Verification of {source} against a copy", lang="en")))
    graph.add((run, PROV.used, copy))
    graph.add((run, PROV.used, report))
    graph.add((copy, RDF.type, PROV.Entity))
    graph.add((copy, PROV.specializationOf, report))
    graph.add((copy, KG.textSha256, Literal(verification.document.sha256)))
    for outcome in Outcome:
        metric = URIRef(f"{base}verification/{_key(outcome.value)}")
        graph.add((metric, RDF.type, DQV.Metric))
        graph.add((metric, RDFS.label, Literal(f"Facts {outcome.value}", lang="en")))
        graph.add((metric, DQV.expectedDataType, XSD.integer))
        for kind, counts in verification.count_by_kind.items():
            measurement = URIRef(f"{run}/{_key(outcome.value)}/{_key(kind)}")
            graph.add((measurement, RDF.type, DQV.QualityMeasurement))
            graph.add((measurement, RDFS.label, Literal(f"{kind}: {outcome.value}", lang="en")))
            graph.add((measurement, DQV.isMeasurementOf, metric))
            graph.add((measurement, DQV.computedOn, report))
            graph.add((measurement, DQV.value, Literal(counts[outcome])))
            graph.add((measurement, PROV.wasGeneratedBy, run))
            graph.add((measurement, PROV.wasDerivedFrom, copy))
    for each in verification.outcomes:
        if each.outcome is not Outcome.FOUND:
            annotation = URIRef(f"{run}/difference/{each.fact.name}")
            graph.add((annotation, RDF.type, DQV.QualityAnnotation))
            graph.add((annotation, OA.motivatedBy, DQV.qualityAssessment))
            graph.add((annotation, OA.hasTarget, URIRef(base + each.fact.address)))
            graph.add((annotation, OA.bodyValue, Literal(sentence(verification, each), lang="en")))
            graph.add((annotation, PROV.wasGeneratedBy, run))
            graph.add((annotation, PROV.wasDerivedFrom, copy))
    return graph.serialize(format="turtle")


def _key(words: str) -> str:
    """Return words as the end of an address."""
    return words.replace(" ", "-")
