"""Writes JSON-LD whose keys are the names of the columns, with the context that gives them their meaning."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, Quad
from rdflib import RDF, XSD

from kg_builder.schema import Column, Schema

CONTEXT = "context.jsonld"
NATIVE: dict[str, Callable[[str], int | bool]] = {str(XSD.integer): int, str(XSD.boolean): "true".__eq__}
"""Datatypes that JSON itself can carry without loss; decimals stay strings, because JSON numbers are doubles."""


def write(schema: Schema, quads: Callable[[], Iterable[Quad]], folder: Path) -> None:
    """Write `kg.jsonld`, one object a line, and `context.jsonld`; one object at a time is in memory."""
    context = context_of(schema)
    (folder / CONTEXT).write_text(
        json.dumps({"@context": context}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    keys = keys_of(context)
    names = sorted({quad.graph_name.value for quad in quads()})
    with (folder / "kg.jsonld").open("w", encoding="utf-8") as stream:
        stream.write('{"@context": ' + json.dumps(context, ensure_ascii=False) + ',\n"@graph": [\n')
        for number, name in enumerate(names):
            stream.write((",\n" if number else "") + json.dumps({"@id": name})[:-1] + ', "@graph": [\n')
            of_graph = (quad for quad in quads() if quad.graph_name.value == name)
            stream.write(",\n".join(json.dumps(node, ensure_ascii=False) for node in nodes(of_graph, context, keys)))
            stream.write("\n]}")
        stream.write("\n]}\n")


def context_of(schema: Schema) -> dict[str, Any]:
    """Return the context: prefixes, and one term for each column name that means the same property in every table."""
    columns = {(column.name, column.path): column for table in schema.tables for column in table.columns}
    names = Counter(name for name, _ in columns)
    paths = Counter(path for _, path in columns)
    terms = {
        name: term_of(schema, column)
        for (name, path), column in sorted(columns.items())
        if names[name] == 1 and paths[path] == 1
    }
    return {
        "id": "@id",
        "type": "@type",
        **schema.prefixes,
        **{name: term for name, term in terms.items() if name != "id"},
    }


def term_of(schema: Schema, column: Column) -> dict[str, str]:
    """Return the definition of a term: its property, and the type or language of its values."""
    term = {"@id": compact(schema.prefixes, column.path)}
    if column.is_reference:
        term["@type"] = "@id"
    elif column.lang:
        term["@language"] = column.lang
    elif column.datatype and column.datatype not in {str(XSD.string), *NATIVE}:
        term["@type"] = compact(schema.prefixes, column.datatype)
    return term


def compact(prefixes: dict[str, str], iri: str) -> str:
    """Return an IRI as prefix and local name where a prefix fits, else as it is."""
    fitting = [
        (name, prefix) for prefix, name in prefixes.items() if iri.startswith(name) and "/" not in iri[len(name) :]
    ]
    if not fitting:
        return iri
    name, prefix = max(fitting)
    return f"{prefix}:{iri[len(name) :]}"


def keys_of(context: dict[str, Any]) -> dict[str, str]:
    """Return the term for each compact property that has one."""
    return {term["@id"]: name for name, term in context.items() if isinstance(term, dict)}


def nodes(quads: Iterable[Quad], context: dict[str, Any], keys: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield one object for each subject of sorted quads."""
    prefixes = {key: value for key, value in context.items() if isinstance(value, str) and not value.startswith("@")}
    for subject, of_subject in groupby(quads, key=lambda quad: quad.subject.value):
        node: dict[str, Any] = {"id": subject}
        for predicate, group in groupby(of_subject, key=lambda quad: quad.predicate.value):
            objects = [quad.object for quad in group]
            if predicate == str(RDF.type):
                node["type"] = [compact(prefixes, each.value) for each in objects]
                continue
            short = compact(prefixes, predicate)
            key = keys.get(short, short)
            values = [value_of(each, context.get(key, {}), prefixes) for each in objects]
            node[key] = values[0] if len(values) == 1 else values
        yield node


def value_of(value: Any, term: dict[str, str], prefixes: dict[str, str]) -> Any:
    """Return an RDF term as JSON, plain where the term's definition or JSON itself carries the rest."""
    if not isinstance(value, Literal):
        return value.value if term.get("@type") == "@id" else {"id": value.value}
    if value.language:
        plain = term.get("@language") == value.language
        return value.value if plain else {"@value": value.value, "@language": value.language}
    datatype = value.datatype.value
    if datatype in NATIVE:
        return NATIVE[datatype](value.value)
    if datatype == str(XSD.string):
        return value.value
    short = compact(prefixes, datatype)
    return value.value if term.get("@type") == short else {"@value": value.value, "@type": short}
