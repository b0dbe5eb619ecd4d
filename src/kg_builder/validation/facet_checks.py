"""Checks the facets of property shapes over the whole store, set-wise: one query for each facet of a shape.

Cells are checked before they become triples. Triples from derivations and the ontology are not, so the shapes that
they could break are checked here, over all things of their classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pyoxigraph
from rdflib import RDF, RDFS, SH, Graph, Node, URIRef
from rdflib.collection import Collection

from kg_builder.queries.stored_queries import rows
from kg_builder.schema.limits import LIMITS, Limit
from kg_builder.schema.model import Column, Schema, Table
from kg_builder.tables.cell_checks import FORMS, expectation
from kg_builder.validation.constraint_checks import Result

Facet = Callable[[Graph, URIRef, Node], str]
"""Returns the pattern that binds `?value` to values of `?this` that break a facet, from shapes, path and parameter."""


def breakable_shapes(schema: Schema, added: Iterable[Path]) -> list[URIRef]:
    """Return the property shapes that triples other than those of the tables could break, sorted.

    `added` are files of N-Triples: the output of derivations, and the ontology. They can break a shape if they write
    its property or the property that bounds it, or make a thing a member of the class of its table.
    """
    predicates: set[str] = set()
    classes: set[str] = set()
    for path in added:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                _, predicate, value = line.split(" ", 2)
                predicates.add(predicate[1:-1])
                if predicate in _MEMBERSHIP:
                    classes.add(value.removesuffix(" .\n")[1:-1])
    reached = {str(above) for name in classes for above in schema.ontology.transitive_objects(URIRef(name), _BELOW)}
    return sorted(
        URIRef(column.shape)
        for column, tables in tables_by_column(schema).items()
        if predicates.intersection((column.path, *column.compared_with))
        or reached.intersection(table.classes[0] for table in tables)
    )


def property_results(store: pyoxigraph.Store, schema: Schema, shape: URIRef) -> Iterator[Result]:
    """Yield what breaks a property shape in a store, in the words of `pyshacl_reference.shape_results`.

    The `store` holds all triples of the graph in its default graph; `shape` is any property shape of the schema.
    """
    ((column, tables),) = (
        (column, tables) for column, tables in tables_by_column(schema).items() if column.shape == str(shape)
    )
    classes = " ".join(f"<{table.classes[0]}>" for table in tables)
    things = f"{{ SELECT DISTINCT ?this {{ VALUES ?class {{ {classes} }} ?kind <{_BELOW}>* ?class . ?this a ?kind }} }}"
    for term, parameter in sorted(schema.shapes.predicate_objects(shape)):
        facet = FACETS.get(URIRef(str(term)))
        if not facet:
            continue
        rule = str(term).removeprefix(str(SH))
        broken = facet(schema.shapes, URIRef(column.path), parameter)
        with closing(rows(store, f"SELECT DISTINCT ?this ?value {{ {things} {broken} }}")) as found:
            for row in found:
                yield Result(
                    focus=row["this"],
                    value=row.get("value", row["this"]),
                    column=column.path,
                    rule=rule,
                    expected=expectation(schema, tables[-1], column, rule),
                    hint=column.message or column.description,
                    shape=column.shape,
                )


def tables_by_column(schema: Schema) -> dict[Column, list[Table]]:
    """Return a column for each property shape, with the tables that share it."""
    shared: dict[str, tuple[Column, list[Table]]] = {}
    for table in schema.tables:
        for column in table.columns:
            shared.setdefault(column.shape, (column, []))[1].append(table)
    return dict(shared.values())


def _fewer(_: Graph, path: URIRef, least: Node) -> str:
    counted = f"SELECT ?this (COUNT(DISTINCT ?any) AS ?number) {{ ?this <{path}> ?any }} GROUP BY ?this"
    return f"OPTIONAL {{ {counted} }} FILTER (COALESCE(?number, 0) < {least})"


def _more(_: Graph, path: URIRef, most: Node) -> str:
    return f"{{ SELECT ?this {{ ?this <{path}> ?any }} GROUP BY ?this HAVING (COUNT(DISTINCT ?any) > {most}) }}"


def _unless(condition: Callable[[Graph, Node], str], shapes: Graph, path: URIRef, parameter: Node) -> str:
    """Return the pattern for values for which a condition is false, or cannot be evaluated."""
    return f"?this <{path}> ?value . FILTER (!COALESCE({condition(shapes, parameter)}, false))"


def _datatype(_: Graph, datatype: Node) -> str:
    form = FORMS.get(str(datatype).rsplit("#", 1)[-1], ("", ""))[0]
    formed = f"REGEX(STR(?value), {pyoxigraph.Literal(f'^({form})$')})" if form else "true"
    exists = f" && {datatype.n3()}(STR(?value)) = ?value" if str(datatype).endswith("#date") else ""
    return f"DATATYPE(?value) = {datatype.n3()} && {formed}{exists}"


def _language(shapes: Graph, listed: Node) -> str:
    return " || ".join(f'LANGMATCHES(LANG(?value), "{language}")' for language in Collection(shapes, listed))


def _within(limit: Limit, shapes: Graph, value: Node) -> str:
    return " || ".join(limit.holds.format(limit=each.n3()) for each in limit.parameters(shapes, value))


def _no_member(_: Graph, path: URIRef, name: Node) -> str:
    return f"?this <{path}> ?value . FILTER NOT EXISTS {{ ?value a/<{_BELOW}>* <{name}> }}"


_BELOW = RDFS.subClassOf
_MEMBERSHIP = {f"<{RDF.type}>", f"<{_BELOW}>"}

FACETS: dict[URIRef, Facet] = {
    SH.minCount: _fewer,
    SH.maxCount: _more,
    SH.datatype: partial(_unless, _datatype),
    SH.nodeKind: partial(_unless, lambda _, kind: f"is{str(kind).removeprefix(str(SH))}(?value)"),
    SH["class"]: _no_member,
    SH.languageIn: partial(_unless, _language),
    **{limit.term: partial(_unless, partial(_within, limit)) for limit in LIMITS},
}
"""What each facet that shapes may have asks of the store; `shape_rules.ON_COLUMNS` refuses any other."""
