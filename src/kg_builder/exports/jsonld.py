"""Writes JSON-LD with column names as keys, and the context that defines them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO

from rdflib import RDF, XSD

from kg_builder.core.curies import compact, compactor
from kg_builder.exports.statements import Statement, iri, literal, named_graphs, statements
from kg_builder.schema.model import Column, Schema

CONTEXT = "context.jsonld"
TYPE = f"<{RDF.type}>"

CACHED = 1 << 12
"""Cache size for compact IRIs: properties, classes and datatypes."""

NATIVE: dict[str, Callable[[str], int | bool]] = {str(XSD.integer): int, str(XSD.boolean): "true".__eq__}
"""Datatypes that JSON can represent without loss; decimals stay strings, because JSON numbers are doubles."""


def write_jsonld(schema: Schema, lines: Path, folder: Path) -> None:
    """Write `kg.jsonld` from sorted N-Quads, one object per line, and `context.jsonld`; keep one object in memory."""
    context = _context_of(schema)
    (folder / CONTEXT).write_text(
        json.dumps({"@context": context}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    with (folder / "kg.jsonld").open("w", encoding="utf-8") as stream:
        stream.write('{"@context": ' + json.dumps(context, ensure_ascii=False) + ',\n"@graph": [\n')
        for number, (name, part) in enumerate(named_graphs(lines)):
            stream.write((",\n" if number else "") + json.dumps({"@id": name})[:-1] + ', "@graph": [\n')
            write_nodes(statements(part), context, stream)
            stream.write("\n]}")
        stream.write("\n]}\n")


def _context_of(schema: Schema) -> dict[str, Any]:
    """Return the context: prefixes, and a term for each column name.

    A name of columns with several properties is the term of the property that has the same name, such as `unit` of
    `kg:unit`; without such a property, and for a property with several names, there is no term.
    """
    columns = {(column.name, column.path): column for table in schema.tables for column in table.columns}
    names = Counter(name for name, _ in columns)
    paths = Counter(path for _, path in columns)
    terms = {
        name: _term_of(schema, column)
        for (name, path), column in sorted(columns.items())
        if paths[path] == 1 and (names[name] == 1 or re.split("[#/]", path)[-1] == name)
    }
    return {
        "id": "@id",
        "type": "@type",
        **schema.prefixes,
        **{name: term for name, term in terms.items() if name != "id"},
    }


def _term_of(schema: Schema, column: Column) -> dict[str, str]:
    """Return the definition of a term: its property, and the type or language of its values."""
    term = {"@id": compact(schema.prefixes, column.path)}
    if column.is_reference:
        term["@type"] = "@id"
    elif column.lang:
        term["@language"] = column.lang
    elif column.datatype and column.datatype not in {str(XSD.string), *NATIVE}:
        term["@type"] = compact(schema.prefixes, column.datatype)
    return term


def write_nodes(found: Iterable[Statement], context: dict[str, Any], stream: TextIO) -> None:
    """Write one object per line for each subject of sorted statements, separated by commas."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    between = ""
    for node in nodes(found, context):
        stream.write(between + encode(node))
        between = ",\n"


def nodes(found: Iterable[Statement], context: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield one object for each subject of sorted statements."""
    prefixes = {key: value for key, value in context.items() if isinstance(value, str) and not value.startswith("@")}
    terms = {term["@id"]: (name, term) for name, term in context.items() if isinstance(term, dict)}
    short = lru_cache(CACHED)(compactor(prefixes))
    former = ""
    node: dict[str, Any] = {}
    for subject, predicate, text in found:
        if subject != former:
            if node:
                yield node
            former, node = subject, {"id": iri(subject)}
        if predicate == TYPE:
            node.setdefault("type", []).append(short(iri(text)))
            continue
        property_ = short(predicate[1:-1])
        key, term = terms.get(property_) or (property_, {})
        value = _value_of(text, term, short)
        if key not in node:
            node[key] = value
        elif isinstance(node[key], list):
            node[key].append(value)
        else:
            node[key] = [node[key], value]
    if node:
        yield node


def _value_of(text: str, term: dict[str, str], short: Callable[[str], str]) -> Any:
    """Return a term of N-Triples as JSON, as a plain value if the context or JSON itself implies the rest."""
    if not text.startswith('"'):
        return iri(text) if term.get("@type") == "@id" else {"id": iri(text)}
    value, kind = literal(text)
    if not kind:
        return {"@value": value} if "@type" in term or "@language" in term else value
    if kind.startswith("@"):
        language = kind[1:]
        return value if term.get("@language") == language else {"@value": value, "@language": language}
    datatype = kind[3:-1]
    if datatype in NATIVE and json.dumps(native := NATIVE[datatype](value)) == value:
        return {"@value": native} if "@type" in term else native
    compacted = short(datatype)
    return value if term.get("@type") == compacted else {"@value": value, "@type": compacted}
