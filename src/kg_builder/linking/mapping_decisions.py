"""Proposed mappings and mapping decisions: four tables in SSSOM (https://mapping-commons.github.io/sssom/)."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import difflib
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from rdflib import DCTERMS, OWL, RDFS, SKOS

from kg_builder.core.curies import Curies
from kg_builder.core.output_folder import locked, writable
from kg_builder.core.problems import Location, Problem, ProblemsFound, quoted
from kg_builder.core.spreadsheets import neutral
from kg_builder.core.terms import ONTOLOGY, SEMAPV
from kg_builder.core.text_files import text_of
from kg_builder.tables.preamble import CURIE_MAP, parted, read_metadata

CANDIDATES, ACCEPTED, REJECTED, UNSURE = STATES = ("candidates", "accepted", "rejected", "unsure")
ENDING = ".sssom.tsv"
MARK = "#"
NOT = "Not"
PERSON, PROGRAM = "person", "program"

COLUMNS = (
    "id", "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "object_source", "mapping_justification", "confidence", "author_kind", "evidence", "comment", "object_type",
    "subject_match_field", "object_match_field", "match_string", "similarity_score", "similarity_measure",
)  # fmt: skip
"""The columns of the tables in `data/links/`, then those that only programs fill."""

EXTENSIONS = {
    "id": str(DCTERMS.identifier),
    "author_kind": f"{ONTOLOGY}#authorKind",
    "evidence": f"{ONTOLOGY}#evidence",
}
"""The columns that are not part of SSSOM, and the properties that they represent."""

ADDRESSES = ("subject_id", "object_id", "predicate_id", "object_source", "subject_match_field", "object_match_field")
IRI = re.compile("https?:/|urn:", re.IGNORECASE)
OVERRIDING = re.compile("[\u202a-\u202e\u2066-\u2069]")

Row = dict[str, str]
"""The cells of one mapping by column, with full IRIs."""

Pair = tuple[str, str]
"""The IRI of our thing, and the IRI of theirs, or its label if it has no IRI."""


@dataclasses.dataclass
class Decisions:
    """The rows of each table of a folder, and the contents of its header."""

    folder: Path
    tables: dict[str, list[Row]]
    header: dict[str, Any]

    def decided(self) -> set[Pair]:
        """Return the pairs with a decision, including the decision `unsure`."""
        return {pair_of(row) for state in (ACCEPTED, REJECTED, UNSURE) for row in self.tables[state]}

    def propose(self, rows: Iterable[Row], decided: set[Pair]) -> None:
        """Add candidates, replacing those for the same pairs; skip pairs with a decision."""
        kept = {pair_of(row): row for row in (*self.tables[CANDIDATES], *rows)}
        self.tables[CANDIDATES] = [row for pair, row in kept.items() if pair not in decided]

    def move(self, ids: Iterable[str], state: str) -> list[Row]:
        """Move rows to the table of a decision, as reviewed by a person; return them.

        Raise `ProblemsFound` with the nearest ids for unknown ones.
        """
        where = {row["id"]: (table, row) for table, rows in self.tables.items() for row in rows}
        wanted = dict.fromkeys(ids)
        if unknown := [each for each in wanted if each not in where]:
            raise ProblemsFound(_unknown_id(each, where) for each in unknown)
        moved = []
        for each in wanted:
            table, row = where[each]
            self.tables[table].remove(row)
            row |= {"author_kind": PERSON, "predicate_modifier": ""}
            self.tables[state].append(row)
            moved.append(row)
        return moved


def _unknown_id(text: str, known: Iterable[str]) -> Problem:
    """Return the problem for an unknown id."""
    close = difflib.get_close_matches(text, known, n=1)
    return Problem(
        Location("link", field="id"),
        rule="id",
        found=quoted(text),
        expected="the id of a proposed mapping",
        hint=f"Did you mean {close[0]}?" if close else "They are in the first column of the tables.",
    )


@contextlib.contextmanager
def deciding(folder: Path, base: str, license_: str) -> Iterator[Decisions]:
    """Give the tables of a folder, and write them if the block succeeds; other processes wait for a lock.

    Raise `ProblemsFound` for tables that cannot be read or written; then all stay unchanged.
    """
    with writable(folder, "The tables are as they were."):
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            decisions = _read_decisions(folder)
            yield decisions
            _write(decisions, base, license_)


def _read_decisions(folder: Path) -> Decisions:
    """Return the contents of a folder; a candidate that is also in another table is dropped from the candidates."""
    tables: dict[str, list[Row]] = {}
    header: dict[str, Any] = {CURIE_MAP: {}}
    for state in STATES:
        path = folder / f"{state}{ENDING}"
        tables[state] = []
        if path.exists():
            told, tables[state] = read_table(path)
            header = {**told, CURIE_MAP: {**header[CURIE_MAP], **told[CURIE_MAP]}}
    decisions = Decisions(folder, tables, header)
    decisions.propose((), decisions.decided())
    return decisions


def read_table(path: Path) -> tuple[dict[str, Any], list[Row]]:
    """Return header and rows of a table; raise `ProblemsFound` if it is not valid."""
    preamble, lines = parted(text_of(path, str(path), "SSSOM"), MARK)
    header, problems = read_metadata(str(path), preamble, MARK, {})
    if problems:
        raise ProblemsFound(problems)
    try:
        rows = [*csv.DictReader(io.StringIO("\n".join(lines)), delimiter="\t", strict=True)]
    except csv.Error as error:
        raise _unreadable(path, 0, str(error)) from error
    curies = Curies({**header[CURIE_MAP], "skos": str(SKOS), "owl": str(OWL), "rdfs": str(RDFS)})
    for number, row in enumerate(rows, len(preamble) + 2):
        if None in row or None in row.values() or not row.get("subject_id"):
            raise _unreadable(path, number, "a row with other columns than the header, or without subject_id")
        for column in ADDRESSES:
            if row.get(column):
                row[column] = _iri_of(row[column], curies, path, number)
    return header, rows


def _iri_of(text: str, curies: Curies, path: Path, number: int) -> str:
    """Return the IRI of a cell; raise `ProblemsFound` if the header does not declare its prefix."""
    iri = curies.whole(text)
    if iri == text and not IRI.match(text):
        raise _unreadable(path, number, f"{quoted(text)}, whose prefix the header does not explain")
    return iri


def _unreadable(path: Path, line: int, found: str) -> ProblemsFound:
    """Return the exception for a table that cannot be read."""
    expected, hint = "a table of mappings in SSSOM", "Correct it, or move it away."
    return ProblemsFound.at(Location(str(path), line), rule="mappings", found=found, expected=expected, hint=hint)


def pair_of(row: Mapping[str, str]) -> Pair:
    """Return the subject and object of a row."""
    return row["subject_id"], row.get("object_id") or row.get("object_label", "")


def id_of(subject: str, other: str, base: str) -> str:
    """Return a stable id for a mapping."""
    place = re.sub("[^a-z0-9]+", "-", subject.removeprefix(base).lower()).strip("-")
    return f"{place}-{hashlib.sha256(other.encode()).hexdigest()[:8]}"


def plain(text: str) -> str:
    """Return an untrusted text made safe for a cell: on one line, without hidden characters, not a formula."""
    seen = (
        " " if unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} else each for each in OVERRIDING.sub("", text)
    )
    return neutral(" ".join("".join(seen).split())[:1000])


def _write(decisions: Decisions, base: str, license_: str) -> None:
    """Write all tables to temporary files, then move them into place: candidates last, so that nothing gets lost."""
    known = {"skos": str(SKOS), "rdfs": str(RDFS), "semapv": str(SEMAPV._NS), "cpkg": base}  # noqa: SLF001
    curies = Curies({**decisions.header[CURIE_MAP], **known})
    for row in decisions.tables[REJECTED]:
        row["predicate_modifier"] = NOT
    short = {
        state: [{**row, **{key: curies.short(row[key]) for key in ADDRESSES if row.get(key)}} for row in rows]
        for state, rows in decisions.tables.items()
    }
    made = []
    for state in reversed(STATES):
        path = decisions.folder / f"{state}{ENDING}"
        beside = path.with_name(f".{path.name}.new")
        header = {
            **decisions.header,
            CURIE_MAP: dict(sorted(curies.prefixes.items())),
            "extension_definitions": [{"slot_name": name, "property": iri} for name, iri in EXTENSIONS.items()],
            "license": license_,
            "mapping_set_id": f"{base}mapping-set/{state}",
        }
        beside.write_text(written(header, short[state]), encoding="utf-8", newline="")
        made.append((beside, path))
    for beside, path in made:
        beside.replace(path)


def written(header: Mapping[str, Any], rows: list[Row]) -> str:
    """Return a table as text, sorted by id."""
    told = yaml.safe_dump(dict(header), sort_keys=True, allow_unicode=True, width=1000)
    stream = io.StringIO()
    columns = [*COLUMNS, *sorted({key for row in rows for key in row} - set(COLUMNS))]
    table = csv.DictWriter(stream, columns, restval="", delimiter="\t", lineterminator="\n")
    table.writeheader()
    table.writerows(sorted(rows, key=lambda row: row.get("id", "")))
    return "".join(f"{MARK}{line}\n" for line in told.splitlines()) + stream.getvalue()
