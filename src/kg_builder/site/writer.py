"""Writes all pages of a graph as a site that opens from a file and needs no server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from kg_builder.answers.default_parameters import answered, usual
from kg_builder.answers.graph_reader import GraphReader
from kg_builder.core.cache import user_cache
from kg_builder.core.processes import Turns, beside
from kg_builder.core.progress import SILENT, Progress
from kg_builder.exports.downloads import SITE, downloads
from kg_builder.graph.built_graph import BuiltGraph
from kg_builder.queries.stored_questions import StoredQuestion
from kg_builder.schema.ontology_folder import read_schema
from kg_builder.site.page_index import Thing
from kg_builder.site.pages import Pages
from kg_builder.site.sparql_editor import editor_data

LIMIT = 20_000
"""Maximum number of thing pages on a site; for larger graphs, use a triple store or `kg-builder serve`."""

PIECE = 1 << 20
"""Characters that are read in one step."""

Content = str | bytes | Iterator[bytes]
"""The content of a file: text, bytes, or chunks of bytes."""

File = tuple[str, Content]
"""A file of the site: its path and its content."""

Task = Callable[[], Iterable[File]]
"""A function that makes files of the site."""

BUNDLES = files("kg_builder") / "assets"
"""The folder that `make explorer` writes the scripts to; missing if they were not built."""


class Site:
    """Writes `site/`; nothing for a graph in which more than `LIMIT` things would have a page."""

    def __init__(self, graph: BuiltGraph, folder: Path, progress: Progress = SILENT) -> None:
        self.graph = graph
        self.folder = folder
        self.progress = progress
        opened = GraphReader(graph.project.root, folder, graph.store, graph.project.base)
        self.pages = Pages(opened, graph.schema, [each.name for each in bundled()], user_cache())

    @property
    def is_wanted(self) -> bool:
        """Whether the graph is small enough."""
        return len(self.pages.directory.with_page) <= LIMIT

    def write_pages(self) -> None:
        """Write all pages except the page of downloads."""
        if not self.is_wanted:
            return
        self.progress.step("answering the stored questions")
        self.pages.answer_all()
        self.progress.step("drawing charts")
        for done, wanted in self.pages.drawings.prepare(self.pages.charts()):
            self.progress.count(done, wanted)
        self.progress.step("writing pages")
        tasks = [*_contents(self.pages, self.graph), *things(self.pages)]
        turns = Turns(len(tasks))
        with beside(lambda: self.write_in_turn(tasks, turns, SILENT)):
            self.write_in_turn(tasks, turns, self.progress)

    def write_in_turn(self, tasks: Sequence[Task], turns: Turns, progress: Progress) -> None:
        """Write the files of tasks that no other process has taken, until none is left."""
        for number in turns:
            self.write_all(tasks[number]())
            progress.count(number + 1, len(tasks))

    def write_downloads(self) -> None:
        """Write the page of downloads, which lists all other outputs; they must already be written."""
        if self.is_wanted:
            self.write_all([("data.html", self.pages.data([*downloads(self.folder)]))])

    def write_all(self, files: Iterable[File]) -> None:
        """Write files at their paths."""
        for path, content in files:
            place = self.folder / SITE / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as stream:
                pieces = [content.encode()] if isinstance(content, str) else content
                stream.writelines([pieces] if isinstance(pieces, bytes) else pieces)


def live_pages(graph: GraphReader) -> Pages:
    """Return the pages of a served graph, which are made one by one on request."""
    pages = Pages(graph, read_schema(graph.root / "ontology"), [each.name for each in bundled()], user_cache())
    _ = pages.directory.things  # computed now, so that the first page does not wait for it
    return pages


def bundled() -> list[Traversable]:
    """Return the bundled scripts and their licences; empty if they were not built."""
    return list(BUNDLES.iterdir()) if BUNDLES.is_dir() else []


def _contents(pages: Pages, graph: BuiltGraph) -> Iterator[Task]:
    """Yield the tasks for the files of the site, except those of things and the page of downloads; longest first."""

    def at(path: str, make: Callable[[], Content]) -> Task:
        return lambda: [(path, make())]

    yield at("assets/graph-data.js", lambda: script("kgGraphData", pages.pictures.graph_data()))
    for question in pages.graph.questions.values():
        yield partial(_question_files, pages, question)
    for record in pages.records.retired.values():
        yield at(f"{record.address}.html", partial(pages.former, record))
    yield at("index.html", pages.home)
    yield at("questions.html", pages.list_of_questions)
    yield at("things.html", pages.list_of_things)
    yield at("graph.html", lambda: pages.page("graph.html", "graph.html", views=pages.pictures.views))
    yield at("ontology.html", pages.ontology)
    yield at("dictionary.html", lambda: pages.page("dictionary.html", "dictionary.html", schema=graph.schema))
    yield at("sparql.html", lambda: _sparql_page(pages, graph))
    yield at("assets/style.css", (files("kg_builder") / "templates" / "style.css").read_bytes)
    for bundle in bundled():
        yield at(f"assets/{bundle.name}", bundle.read_bytes)
    yield at("assets/names.js", lambda: script("kgNames", pages.names()))
    yield at("assets/pages.js", lambda: script("kgPages", pages.shown_elsewhere()))
    yield at("assets/graph.nq.js", lambda: _quads_script(graph.lines))


def things(pages: Pages) -> Iterator[Task]:
    """Yield the tasks for the files of each thing with a page."""
    return (partial(_thing_files, pages, thing) for thing in pages.directory.with_page)


def _sparql_page(pages: Pages, graph: BuiltGraph) -> str:
    """Return the page of the SPARQL editor."""
    paths = [thing.path for thing in pages.directory.with_page]
    return pages.page("sparql.html", "sparql.html", editor=editor_data(pages.graph, graph.schema.prefixes, paths))


def _question_files(pages: Pages, question: StoredQuestion) -> Iterator[File]:
    """Yield the page of a stored question, and its answer as files."""
    given = usual(pages.graph, question)
    answer = answered(pages.graph, question, given)
    yield f"questions/{question.name}.html", pages.stored(question, given, answer)
    yield f"questions/{question.name}.csv", answer.to_csv()
    yield f"questions/{question.name}.json", answer.to_json()


def _thing_files(pages: Pages, thing: Thing) -> Iterator[File]:
    """Yield the page of a thing, and the charts and data of its own numbers, as files."""
    yield thing.address, pages.thing(thing)
    for place, chart, answer in pages.own_charts(thing.path):
        yield f"{place}.svg", pages.drawings.svg(chart)
        yield f"{place}.csv", answer.to_csv()
        yield f"{place}.json", answer.to_json()


def _quads_script(lines: Path) -> Iterator[bytes]:
    """Yield the script with all quads as one text, in chunks, because the whole would take much memory."""
    yield b'window.kgQuads = "'
    with lines.open(encoding="utf-8") as stream:
        while piece := stream.read(PIECE):
            yield json.dumps(piece, ensure_ascii=False)[1:-1].encode()
    yield b'";\n'


def script(name: str, value: Any) -> str:
    """Return a script that sets a global variable: pages opened from a local file can only load scripts."""
    return f"window.{name} = {json.dumps(value, ensure_ascii=False, separators=(',', ':'))};\n"
