"""What everything in a graph is called, where its page is, and what is said of it in both directions."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from functools import cached_property

import pyoxigraph
from rdflib import RDF, RDFS, SDO, SKOS

from kg_builder.answers import Answer
from kg_builder.opened import OpenGraph
from kg_builder.queries import stored_query
from kg_builder.schema import last_part

NAMES = frozenset(str(name) for name in (RDFS.label, SKOS.prefLabel, SKOS.hiddenLabel, SKOS.definition, SDO.text))
"""Properties that pages leave out: name and definition stand above, and outdated terms are there to be found only."""

LONG = 60
"""Characters from which on a name is too long to stand as a link in a table."""


@dataclasses.dataclass(frozen=True)
class Link:
    """A text, and where it leads: an address within the site, or one outside, or none."""

    text: str
    path: str = ""
    outside: bool = False


@dataclasses.dataclass(frozen=True)
class Thing:
    """A thing that has a page at `path` and `.html`: its IRI, what kind of thing it is, and what it is called."""

    iri: str
    path: str
    kind: str
    name: str


@dataclasses.dataclass(frozen=True)
class Sentences:
    """The statements of one property about a thing; `inverse` if the thing is what they end with."""

    says: str
    inverse: bool
    others: tuple[Link, ...]


class Directory:
    """All things of a graph."""

    def __init__(self, graph: OpenGraph) -> None:
        self.graph = graph

    @cached_property
    def things(self) -> dict[str, Thing]:
        """The things that have a page, by IRI: what lives below the base, but for terms of the ontology."""
        base = self.graph.base
        return {
            iri: Thing(iri, iri.removeprefix(base), kind, name)
            for iri, (kind, name) in self.names.items()
            if iri.startswith(base) and "#" not in iri
        }

    @cached_property
    def names(self) -> dict[str, tuple[str, str]]:
        """Kind and name of everything in the graph, terms of the ontology included, by IRI."""
        return {row["thing"]: (row["kind"], row["name"]) for row in self.found("things")}

    @cached_property
    def terms(self) -> set[str]:
        """The classes and properties that the page of the ontology explains."""
        return {row["term"] for row in self.found("terms")}

    def found(self, name: str) -> Answer:
        """Return what a stored query finds that pages rely on."""
        query = stored_query(self.graph.root / "queries" / "find" / f"{name}.rq")
        return self.graph.answer(query.text, {}, "")

    def link(self, iri: str, text: str = "") -> Link:
        """Return a link to what an IRI stands for, under its name unless it is called otherwise."""
        if thing := self.things.get(iri):
            return Link(text or thing.name, f"{thing.path}.html")
        name = text or self.names.get(iri, ("", iri))[1]
        if iri.startswith(self.graph.base):
            return Link(name, f"ontology.html#{last_part(iri)}" if iri in self.terms else "")
        return Link(name, iri, outside=True) if re.match("https?:", iri) else Link(name)

    def cell(self, iri: str, text: str) -> Link:
        """Return a link for a table: without a text under its name, or under its kind where the name is long."""
        kind, name = self.names.get(iri, ("", ""))
        return self.link(iri, text or (kind if len(name) > LONG else name))

    def definition(self, iri: str) -> str:
        """Return what a thing is, in a sentence, or nothing."""
        node, definition = pyoxigraph.NamedNode(iri), pyoxigraph.NamedNode(str(SKOS.definition))
        found = self.graph.store.quads_for_pattern(node, definition, None)
        return min((written(quad.object) for quad in found), default="")

    def sentences(self, iri: str) -> list[Sentences]:
        """Return what is said of a thing, sorted: first what it is the subject of, then what leads to it."""
        node = pyoxigraph.NamedNode(iri)
        store = self.graph.store
        out = [(quad.predicate.value, quad.object) for quad in store.quads_for_pattern(node, None, None)]
        into = [(quad.predicate.value, quad.subject) for quad in store.quads_for_pattern(None, None, node)]
        return [*self.grouped(out, inverse=False), *self.grouped(into, inverse=True)]

    def grouped(self, found: Sequence[tuple[str, object]], *, inverse: bool) -> list[Sentences]:
        """Return statements by property, each once."""
        by_property: dict[str, set[Link]] = {}
        for predicate, other in found:
            if predicate in NAMES:
                continue
            link = self.link(other.value) if isinstance(other, pyoxigraph.NamedNode) else Link(written(other))
            if predicate != str(RDF.type) or not link.outside:
                by_property.setdefault(predicate, set()).add(link)
        sentences = [
            Sentences(
                self.names.get(predicate, ("", last_part(predicate)))[1],
                inverse,
                tuple(sorted(links, key=lambda link: (link.text, link.path))),
            )
            for predicate, links in by_property.items()
        ]
        return sorted(sentences, key=lambda each: each.says)


def written(term: object) -> str:
    """Return a literal as people read it."""
    return str(getattr(term, "value", term))
