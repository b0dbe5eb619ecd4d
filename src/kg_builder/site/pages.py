"""The pages of a graph, made from templates; they open from a local file, and no template names an entity type."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache, partial
from itertools import groupby
from typing import Any

import jinja2
import pyoxigraph

from kg_builder import __version__
from kg_builder.answers.answer import Answer, spaced
from kg_builder.answers.default_parameters import answered, usual
from kg_builder.answers.graph_reader import GraphReader
from kg_builder.charts.charts import Chart, charts_of
from kg_builder.charts.drawings import Drawings, png
from kg_builder.core.cache import Cache
from kg_builder.core.curies import compact
from kg_builder.core.iris import last_part
from kg_builder.exports.data_dictionary import form
from kg_builder.queries.federated_questions import federated_questions
from kg_builder.queries.stored_questions import StoredQuestion
from kg_builder.schema.model import Schema
from kg_builder.site.graph_views import Pictures
from kg_builder.site.html_tables import Anchors, Table, items_html, link_html, table
from kg_builder.site.page_index import REST, Directory, Thing
from kg_builder.site.related_items import Neighbourhoods
from kg_builder.site.sections import Section, Sections
from kg_builder.site.sparql_editor import filled_in

NAVIGATION = {
    "index.html": "Home",
    "questions.html": "Questions",
    "graph.html": "Map",
    "things.html": "Topics",
    "sparql.html": "SPARQL",
    "data.html": "Data",
}
"""The pages that every page links to, and their names."""

FORMS = (pyoxigraph.RdfFormat.TURTLE, pyoxigraph.RdfFormat.JSON_LD)
"""The RDF formats that a page shows."""


@dataclasses.dataclass(frozen=True)
class Picture:
    """A chart, with the same data as a table."""

    chart: Chart
    table: Table


class Pages:
    """All pages of a graph, each as HTML text. `assets` are the names of the bundled scripts."""

    def __init__(self, graph: GraphReader, schema: Schema, assets: Collection[str], cache: Cache) -> None:
        self.graph = graph
        self.drawings = Drawings(cache)
        self.schema = schema
        self.assets = assets
        self.directory = Directory(graph)
        self.cell = lru_cache(100_000)(self.directory.cell)  # many cells of tables are equal
        self.sections = Sections(graph)
        self.pictures = Pictures(self.directory, cache)
        self.neighbourhoods = Neighbourhoods(self.pictures)

    def answer_all(self) -> None:
        """Find all answers that pages show, on all cores: the store releases the GIL."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self.graph.whole, self.graph.questions.values()))

    @cached_property
    def templates(self) -> jinja2.Environment:
        """The templates; a missing variable is an error."""
        found = jinja2.Environment(
            loader=jinja2.PackageLoader("kg_builder", "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        found.globals |= {"navigation": NAVIGATION.items(), "assets": self.assets}
        found.filters |= {
            "compact": partial(compact, self.schema.prefixes),
            "items": items_html,
            "linked": link_html,
            "form": partial(form, self.schema),
            "link": self.directory.link,
            "page_of": self.directory.things.get,
            "spaced": spaced,
            "svg": self.drawings.inline,
            "term": last_part,
        }
        return found

    def page(self, template: str, path: str, root: str | None = None, **given: object) -> str:
        """Return a template as the page at `path` of the site; `root` is the path to its root, by default relative."""
        up = "../" * path.count("/") if root is None else root
        return self.templates.get_template(template).render(root=up, here=path, **given)

    def missing(self) -> str:
        """Return the page for an address that does not exist; its links start at the root of the server."""
        return self.page("missing.html", "", root="/")

    def home(self) -> str:
        """Return the start page, with the rows of the stored question whose header puts it there."""
        first = [each for each in self.graph.questions.values() if each.query.header.home]
        results = [row for each in first for row in self.graph.ask(each.name)]
        return self.page("home.html", "index.html", results=results, asked=self.by_topic())

    def thing(self, thing: Thing) -> str:
        """Return the page of a thing: the results of stored queries about it, its statements, and its neighbourhood."""
        sections, asked = self.sections.of(thing.iri), self.sections.asked(thing.iri)
        hidden = _columns_naming_only(thing, [*sections, *asked])
        anchors = Anchors(thing.address)
        shown = [(section, *self.shown(section, hidden, anchors)) for section in sections]
        answers = [(section, anchors.on(self.table(section.answer, hidden))) for section in asked]
        rest = (each for each in self.directory.belonging.get(thing.address, ()) if each.path not in anchors.given)
        return self.page(
            "thing.html",
            thing.address,
            thing=thing,
            definition=self.directory.definition(thing.iri),
            sections=shown,
            downloads={chart: place for place, chart, _ in self.own_charts(thing.path)},
            asked=answers,
            rest=_by_kind(rest),
            sentences=self.directory.sentences(thing.iri),
            around=self.neighbourhoods.of(thing.iri),
            rdf={form.name: self.rdf(thing.iri, form) for form in FORMS},
        )

    def charts(self) -> Iterator[Chart]:
        """Yield all charts of the pages of a site."""
        answers = [
            section.answer
            for thing in self.directory.with_page
            for section in self.sections.of(thing.iri)
            if section.drawn
        ]
        asked = (each for each in self.graph.questions.values() if each.drawn)
        answers += [answered(self.graph, each, usual(self.graph, each)) for each in asked]
        return (each.chart for answer in answers for each in charts_of(answer))

    def shown(self, section: Section, hidden: Collection[str], anchors: Anchors) -> tuple[list[Picture], Table | None]:
        """Return a section as charts, or else as a table."""
        pictures = list(self.pictures_of(section.answer, hidden, anchors)) if section.drawn else []
        return pictures, None if pictures else anchors.on(self.table(section.answer, hidden))

    def pictures_of(self, answer: Answer, hidden: Collection[str], anchors: Anchors) -> Iterator[Picture]:
        """Yield the charts of an answer, each with its table."""
        for each in charts_of(answer):
            yield Picture(each.chart, anchors.on(self.table(each.answer, {*hidden, *each.chart.pictured})))

    def table(self, answer: Answer, hidden: Collection[str] = ()) -> Table:
        """Return an answer as a table with things as links."""
        return table(answer, self.cell, hidden)

    def rdf(self, iri: str, form: pyoxigraph.RdfFormat) -> str:
        """Return the statements about a thing as RDF."""
        quads = self.graph.store.quads_for_pattern(pyoxigraph.NamedNode(iri), None, None)
        triples = sorted({quad.triple for quad in quads}, key=str)
        return (pyoxigraph.serialize(triples, format=form, prefixes=self.schema.prefixes) or b"").decode()

    def stored(self, question: StoredQuestion, given: Mapping[str, str], answer: Answer, *, live: bool = False) -> str:
        """Return the page of a stored question, answered with the given parameters.

        A `live` page, made by a server, links to the answer in other formats on that server.
        """
        allowed = {
            each.name: [
                (iri.removeprefix(self.graph.base), self.directory.link(iri))
                for iri in self.graph.allowed(question, each)
            ]
            for each in question.parameters
            if each.form == "iri"
        }
        return self.page(
            "stored.html",
            f"questions/{question.name}.html",
            question=question,
            given={name: value.removeprefix(self.graph.base) for name, value in given.items()},
            allowed=allowed,
            pictures=list(self.pictures_of(answer, (), Anchors(""))) if question.drawn else [],
            table=self.table(answer),
            answer=answer,
            live=live,
            query=filled_in(question, self.graph.bound(question, given)) if "" not in given.values() else "",
        )

    def live(self, name: str, given: Mapping[str, str], answer: Answer) -> str:
        """Return the page of a stored question that a server has answered with the given parameters."""
        question = self.graph.question(name)
        return self.stored(question, {**usual(self.graph, question), **given}, answer, live=True)

    def png(self, path: str) -> bytes | None:
        """Return a chart of a thing's own numbers as PNG; None if there is no chart at this path."""
        own = self.own_charts(path.partition(".")[0])
        return next((png(chart) for place, chart, _ in own if place == path), None)

    def own_charts(self, path: str) -> Iterator[tuple[str, Chart, Answer]]:
        """Yield the charts of a thing's own numbers, with these numbers, and where their files are, without ending.

        The first chart has the path of the thing. Further ones, of other groups, have a number behind it: `PATH.2`.
        """
        iri = self.graph.base + path
        drawn_sections = (
            each for section in self.sections.of(iri) if section.drawn for each in charts_of(section.answer)
        )
        own = (each for each in drawn_sections if each.chart.asked == iri)
        for number, each in enumerate(own, 1):
            place = path if number == 1 else f"{path}.{number}"
            yield place, each.chart, dataclasses.replace(each.answer, asked=each.chart.question)

    def by_topic(self) -> list[tuple[str, list[StoredQuestion]]]:
        """Return the stored questions by their main topic."""
        stored = sorted(self.graph.questions.values(), key=lambda each: (each.topics[0], each.name))
        return [(topic, list(found)) for topic, found in groupby(stored, key=lambda each: each.topics[0])]

    def list_of_questions(self) -> str:
        """Return the page that lists the stored questions."""
        joins = federated_questions(self.graph.root).values()
        return self.page("questions.html", "questions.html", topics=self.by_topic(), joins=joins)

    def list_of_things(self) -> str:
        """Return the page that lists all things by kind."""
        belonging = self.directory.belonging
        elsewhere = _by_kind(thing for page, things in belonging.items() if page != REST for thing in things)
        return self.page(
            REST,
            REST,
            kinds=_by_kind(self.directory.with_page),
            rest=_by_kind(belonging.get(REST, ())),
            elsewhere={kind: len(things) for kind, things in elsewhere.items()},
        )

    def ontology(self) -> str:
        """Return the page that defines every class and property."""
        terms = groupby(self.directory.found("terms"), key=lambda row: (row["kind"], row["term"]))
        kinds = groupby(((kind, list(rows)) for (kind, _), rows in terms), key=lambda each: each[0])
        told = [(kind, [rows for _, rows in found]) for kind, found in kinds]
        return self.page("ontology.html", "ontology.html", kinds=told)

    def data(self, downloads: Sequence[object]) -> str:
        """Return the page of downloads, which have `path`, `size` and `sha256`, and of how to cite."""
        citations = list(self.directory.found("citations"))
        return self.page("data.html", "data.html", downloads=downloads, citations=citations, version=__version__)

    def names(self) -> list[list[Any]]:
        """Return the data for search by name: address, kind, name, and further labels."""
        found: dict[str, list[str]] = {}
        for label in self.graph.labels:
            found.setdefault(label.thing, []).append(label.label)
        named = [(self.directory.things[iri], labels) for iri, labels in found.items() if iri in self.directory.things]
        return [[thing.address, thing.kind, thing.name, sorted(set(labels) - {thing.name})] for thing, labels in named]

    def shown_elsewhere(self) -> dict[str, list[str]]:
        """Return the paths of the things without their own page, by the page that shows them."""
        belonging = self.directory.belonging
        return {page: sorted(thing.path for thing in belonging[page]) for page in sorted(belonging)}


def _by_kind(things: Iterable[Thing]) -> dict[str, list[Thing]]:
    """Return things by their kind, each kind sorted by name."""
    found: dict[str, list[Thing]] = {}
    for thing in sorted(things, key=lambda each: (each.kind, each.name.lower(), each.iri)):
        found.setdefault(thing.kind, []).append(thing)
    return found


def _columns_naming_only(thing: Thing, sections: Iterable[Section]) -> set[str]:
    """Return the columns of sections that hold only one thing."""
    return {
        name
        for section in sections
        for place, name in enumerate(section.answer.columns)
        if all(row[place] == thing.iri for row in section.answer.rows)
    }
