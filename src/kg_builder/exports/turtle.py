"""Writes sorted statements as Turtle and TriG, term by term as text."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import pyoxigraph
from rdflib import RDF, XSD

from kg_builder.exports.statements import Statement, named_graphs, statements, union

SPECIAL = re.compile(r"[~!$&'()*+,;=/?#@%]|^[.-]|\.$")
"""Characters escaped with a backslash in a local name (https://www.w3.org/TR/turtle/#grammar-production-PN_LOCAL_ESC)."""

LOCAL = re.compile(r"(?:[A-Za-z0-9_:.-]|\\.)*")
"""Local names, with these escapes; IRIs that end otherwise are written in full, although Turtle allows more names."""

BARE = {
    f"<{XSD.boolean}>": re.compile(r"true|false"),
    f"<{XSD.integer}>": re.compile(r"[+-]?[0-9]+"),
    f"<{XSD.decimal}>": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"<{XSD.double}>": re.compile(r"[+-]?([0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
}
"""The literals that Turtle writes without quotes and datatype."""

CACHED = 1 << 16
"""Cache size for written terms: most are used many times."""

TYPE = f"<{RDF.type}>"

Spelling = Callable[[str], str]


def write_turtle(lines: Path, prefixes: dict[str, str], path: Path) -> None:
    """Write the union of the triples of all named graphs of sorted N-Quads."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write(_declarations(prefixes))
        stream.writelines(body(union(lines), _spelling(prefixes)))


def write_trig(lines: Path, prefixes: dict[str, str], path: Path) -> None:
    """Write the named graphs of sorted N-Quads one by one."""
    spelled = _spelling(prefixes)
    with path.open("w", encoding="utf-8") as stream:
        stream.write(_declarations(prefixes))
        for name, part in named_graphs(lines):
            stream.write(f"{spelled(f'<{name}>')} {{\n")
            stream.writelines(body(statements(part), spelled, "\t"))
            stream.write("}\n")


def _declarations(prefixes: dict[str, str]) -> str:
    """Return the prefix declarations of a document."""
    # the writer of pyoxigraph declares nothing for an empty graph
    any_ = pyoxigraph.NamedNode(RDF.type)
    head = io.BytesIO()
    pyoxigraph.serialize(
        [pyoxigraph.Triple(any_, any_, any_)], head, format=pyoxigraph.RdfFormat.TURTLE, prefixes=prefixes
    )
    return "".join(line for line in head.getvalue().decode().splitlines(keepends=True) if line.startswith("@prefix"))


def body(found: Iterable[Statement], spelled: Spelling, margin: str = "") -> Iterator[str]:
    """Yield Turtle piece by piece: each subject once, and each predicate once for all its objects."""
    former_subject = former_predicate = end = ""
    for subject, predicate, value in found:
        if subject == former_subject and predicate == former_predicate:
            yield f" , {spelled(value)}"
            continue
        start = f" ;\n{margin}\t" if subject == former_subject else f"{end}{margin}{spelled(subject)} "
        yield f"{start}{'a' if predicate == TYPE else spelled(predicate)} {spelled(value)}"
        former_subject, former_predicate, end = subject, predicate, " .\n"
    yield end


def _spelling(prefixes: dict[str, str]) -> Spelling:
    """Return a function that writes a term of N-Triples in Turtle syntax, with a prefix if one fits."""
    names = {namespace: prefix for prefix, namespace in prefixes.items()}
    longest_first = sorted(names, key=len, reverse=True)
    within = re.compile(f"<({'|'.join(map(re.escape, longest_first))})([^>]*)>")

    @lru_cache(CACHED)
    def spelled(term: str) -> str:
        if found := within.fullmatch(term):
            local = SPECIAL.sub(r"\\\g<0>", found[2])
            return f"{names[found[1]]}:{local}" if LOCAL.fullmatch(local) else term
        quoted, mark, datatype = term.rpartition("^^")
        if not mark or not datatype.endswith(">"):
            return term
        bare = BARE.get(datatype)
        return quoted[1:-1] if bare and bare.fullmatch(quoted[1:-1]) else f"{quoted}^^{spelled(datatype)}"

    return spelled
