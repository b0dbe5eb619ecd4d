"""The name, the page address and the statements (in both directions) of everything in a graph."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import pyoxigraph
from rdflib import RDF, RDFS, SDO, SKOS, XSD

from kg_builder.answers.answer import Answer
from kg_builder.answers.graph_reader import GraphReader
from kg_builder.core.iris import last_part
from kg_builder.queries.stored_queries import stored_query

NAMES = frozenset(str(name) for name in (RDFS.label, SKOS.prefLabel, SKOS.hiddenLabel, SKOS.definition, SDO.text))
"""Properties that pages leave out: name and definition are at the top, and outdated terms are only for search."""

REST = "things.html"
"""The page for things that neither have a page nor belong to a thing with a page, such as units."""

LONG = 60
"""From this many characters, a name is too long for a link in a table."""


class Link(NamedTuple):
    """A text and its target: an address within the site, an external address, or none."""

    text: str
    path: str = ""
    outside: bool = False


@dataclasses.dataclass(frozen=True)
class Thing:
    """A thing of the graph: its IRI, its IRI without the base, its kind, and its name.

    `address` is its place on the site: its own page, or a fragment of the page of the thing that it belongs to.
    """

    iri: str
    path: str
    kind: str
    name: str
    address: str

    @property
    def has_page(self) -> bool:
        """Whether it has a page of its own."""
        return "#" not in self.address


@dataclasses.dataclass(frozen=True)
class Sentences:
    """The statements of one property about a thing; `inverse` if they read from the other thing to it."""

    says: str
    inverse: bool
    others: tuple[Link, ...]


class Directory:
    """All things of a graph."""

    def __init__(self, graph: GraphReader) -> None:
        self.graph = graph

    @cached_property
    def things(self) -> dict[str, Thing]:
        """The things of the graph by IRI: everything below the base, except terms of the ontology."""
        base = self.graph.base
        return {
            iri: Thing(iri, iri.removeprefix(base), kind, name, self.address(iri))
            for iri, (kind, name) in self.names.items()
            if iri.startswith(base) and "#" not in iri
        }

    @cached_property
    def with_page(self) -> list[Thing]:
        """The things that have a page of their own."""
        return [thing for thing in self.things.values() if thing.has_page]

    @cached_property
    def belonging(self) -> dict[str, list[Thing]]:
        """The things without a page of their own, by the path of the page that shows them."""
        found: dict[str, list[Thing]] = defaultdict(list)
        for thing in self.things.values():
            page, _, fragment = thing.address.partition("#")
            if fragment:
                found[page].append(thing)
        return found

    def address(self, iri: str) -> str:
        """Return the address of a thing; on the list of all things if it belongs to no thing with a page."""
        path, page = iri.removeprefix(self.graph.base), self.page_of(iri)
        shown = f"{page.removeprefix(self.graph.base)}.html" if page else REST
        return shown if page == iri else f"{shown}#{path}"

    def page_of(self, iri: str, steps: int = 5) -> str:
        """Return the thing on whose page a thing is shown: itself, or one that links reach in a few steps, or None."""
        if iri in self.pages:
            return iri
        ways = self.ways.get(iri, ()) if steps else ()
        return next(filter(None, (self.page_of(other, steps - 1) for other in ways)), "")

    @cached_property
    def pages(self) -> set[str]:
        """The things that have a page of their own, below the base."""
        return {row["thing"] for row in self.found("pages") if row["thing"].startswith(self.graph.base)}

    @cached_property
    def ways(self) -> dict[str, list[str]]:
        """For each thing, the linked things that may lead to the page on which it is shown, best first."""
        found: dict[str, list[str]] = defaultdict(list)
        for row in self.found("leads-to-page"):
            found[row["thing"]].append(row["to"])
        return found

    @cached_property
    def names(self) -> dict[str, tuple[str, str]]:
        """Kind and name of everything in the graph, terms of the ontology included, by IRI."""
        return {row["thing"]: (row["kind"], row["name"]) for row in self.found("things")}

    @cached_property
    def terms(self) -> set[str]:
        """The classes and properties that the page of the ontology explains."""
        return {row["term"] for row in self.found("terms")}

    def found(self, name: str) -> Answer:
        """Return the results of a stored query that pages need."""
        query = stored_query(self.graph.root / "queries" / "find" / f"{name}.rq", "find")
        return self.graph.answer(query.text, {}, "")

    def link(self, iri: str, text: str = "") -> Link:
        """Return a link to the thing of an IRI, with its name unless another text is given."""
        if thing := self.things.get(iri):
            return Link(text or thing.name, thing.address)
        name = text or self.names.get(iri, ("", iri))[1]
        if iri.startswith(self.graph.base):
            return Link(name, f"ontology.html#{last_part(iri)}" if iri in self.terms else "")
        return Link(name, iri, outside=True) if re.match("https?:", iri) else Link(name)

    def cell(self, iri: str, text: str) -> Link:
        """Return a link for a table; without a text, use the name, or the kind if the name is long."""
        kind, name = self.names.get(iri, ("", ""))
        return self.link(iri, text or (kind if len(name) > LONG else name))

    @cached_property
    def inverse_labels(self) -> dict[str, str]:
        """The names of relation types as they are read from the object, by IRI."""
        return {str(relation): str(label) for relation, label in self.found("inverse-labels").rows}

    def definition(self, iri: str) -> str:
        """Return the definition of a thing, or an empty text."""
        node, definition = pyoxigraph.NamedNode(iri), pyoxigraph.NamedNode(str(SKOS.definition))
        found = self.graph.store.quads_for_pattern(node, definition, None)
        return min((written(quad.object) for quad in found), default="")

    def sentences(self, iri: str) -> list[Sentences]:
        """Return the statements about a thing, sorted: first those with it as subject, then those with it as object."""
        node = pyoxigraph.NamedNode(iri)
        store = self.graph.store
        out = [(quad.predicate.value, quad.object) for quad in store.quads_for_pattern(node, None, None)]
        into = [(quad.predicate.value, quad.subject) for quad in store.quads_for_pattern(None, None, node)]
        into = [(predicate, subject) for predicate, subject in into if predicate not in self.two_way]
        return [*self.grouped(out, inverse=False), *self.grouped(into, inverse=True)]

    @cached_property
    def two_way(self) -> set[str]:
        """The properties whose statements are in the graph in both directions: symmetric ones and inverses."""
        return {row["property"] for row in self.found("two-way-properties")}

    def grouped(self, found: Sequence[tuple[str, object]], *, inverse: bool) -> list[Sentences]:
        """Return the distinct statements by property."""
        by_property: dict[str, set[Link]] = {}
        for predicate, other in found:
            if predicate in NAMES:
                continue
            link = self.link(written(other)) if _is_address(other) else Link(written(other))
            if predicate != str(RDF.type) or not link.outside:
                by_property.setdefault(predicate, set()).add(link)
        sentences = [
            Sentences(
                (inverse and self.inverse_labels.get(predicate))
                or self.names.get(predicate, ("", last_part(predicate)))[1],
                inverse and predicate not in self.inverse_labels,
                tuple(sorted(links, key=lambda link: (link.text, link.path))),
            )
            for predicate, links in by_property.items()
        ]
        return sorted(sentences, key=lambda each: each.says)


def _is_address(term: object) -> bool:
    """Return whether a term is an IRI, or a literal that holds one."""
    if isinstance(term, pyoxigraph.Literal):
        return term.datatype.value == str(XSD.anyURI)
    return isinstance(term, pyoxigraph.NamedNode)


def written(term: object) -> str:
    """Return a literal for people to read."""
    return str(getattr(term, "value", term))
