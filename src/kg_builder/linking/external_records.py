"""The records of external data for matching: from files in any format, folders of files, and endpoints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path

import pyoxigraph
from rdflib import OWL, RDF, RDFS

from kg_builder.core.iris import last_part
from kg_builder.core.problems import Location, ProblemsFound
from kg_builder.linking.matching import Record, Word
from kg_builder.linking.remote_labels import is_endpoint, labels_of
from kg_builder.linking.untrusted_rdf import read_foreign
from kg_builder.linking.untrusted_tables import DELIMITERS, Columns, table_records
from kg_builder.queries.stored_queries import stored_query

NAMES = re.compile("(pref|alt|hidden|alternative)?(label|name|title)", re.IGNORECASE)
SAME = frozenset({"sameAs", "exactMatch"})
"""The last parts of properties that hold names, or the same thing elsewhere, in any vocabulary."""

CLASSES = frozenset(map(str, (OWL.Class, RDFS.Class)))

RUN = 10_000
"""Maximum number of statements about one thing that are read together."""

FILES = 10_000
"""Maximum number of files in a folder."""

SOURCES = frozenset({".ttl", ".nt", ".nq", ".trig", ".rdf", ".owl", ".xml", ".jsonld", ".json", *DELIMITERS})
"""The extensions of files that are read in a folder."""


def records_of(source: str, root: Path, columns: Columns, scheme_of: Callable[[str], str]) -> Iterator[Record]:
    """Yield the records of a file, folder or endpoint while reading; raise `ProblemsFound` at the first error.

    `root` is the project, whose stored query is sent to endpoints; `scheme_of` finds the schemes of codes.
    """
    if is_endpoint(source):
        query = stored_query(root / "queries" / "find" / "elsewhere.rq", "find")
        yield from _described(labels_of(source, query.text), columns, scheme_of)
        return
    for path in _paths_of(Path(source)):
        if path.suffix.lower() in DELIMITERS:
            yield from table_records(path, columns, scheme_of)
        else:
            yield from _described(read_foreign(path), columns, scheme_of)


def _paths_of(source: Path) -> list[Path]:
    """Return the files of a folder, or the file itself; raise `ProblemsFound` if there is nothing to read."""
    if not source.is_dir():
        return [source]
    found = (path for path in source.rglob("*") if path.suffix.lower() in SOURCES and path.is_file())
    paths = sorted(islice(found, FILES + 1))
    if 0 < len(paths) <= FILES:
        return paths
    number, expected = f"{len(paths):,} files", f"1 to {FILES:,} files that end in {', '.join(sorted(SOURCES))}"
    raise ProblemsFound.at(Location(str(source)), rule="folder", found=number, expected=expected)


def _described(quads: Iterable[pyoxigraph.Quad], columns: Columns, scheme_of: Callable[[str], str]) -> Iterator[Record]:
    """Yield a record for each run of statements about one thing, so that only one run is in memory."""
    for subject, run in groupby(quads, lambda quad: quad.subject):
        if not isinstance(subject, pyoxigraph.NamedNode):
            continue
        while part := list(islice(run, RUN)):
            record = _record_of(subject.value, part, columns, scheme_of)
            if record.labels or record.codes or record.same:
                yield record


def _record_of(iri: str, quads: Iterable[pyoxigraph.Quad], columns: Columns, scheme_of: Callable[[str], str]) -> Record:
    """Return the parts of some statements that can be matched, as a record."""
    labels, codes, same, is_class = [], [], [], False
    for quad in quads:
        field = quad.predicate.value
        last = last_part(field)
        if isinstance(quad.object, pyoxigraph.Literal):
            word = Word(field, quad.object.value)
            if field in columns.labels or NAMES.fullmatch(last):
                labels.append(word)
            elif scheme_of(last):
                codes.append(word)
        elif isinstance(quad.object, pyoxigraph.NamedNode):
            if last in SAME:
                same.append(Word(field, quad.object.value))
            is_class = is_class or (field == str(RDF.type) and quad.object.value in CLASSES)
    return Record(iri, tuple(labels), tuple(codes), tuple(same), is_class)
