"""Writes all pages of a graph as a site that opens from a file and needs no server."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from kg_builder.cache import user_cache
from kg_builder.defaults import answered, usual
from kg_builder.editor import editor_data
from kg_builder.graph import Graph
from kg_builder.opened import OpenGraph
from kg_builder.pages import Pages
from kg_builder.progress import SILENT, Progress
from kg_builder.publication import checksum
from kg_builder.shapes import read_schema

FOLDER = "site"

LIMIT = 20_000
"""Pages of things that a site has at most; a larger graph is for triple stores and `kg-builder serve`."""

BUNDLES = files("kg_builder") / "assets"
"""Where `make explorer` puts the scripts; absent if that was not possible."""


def write(graph: Graph, folder: Path, progress: Progress = SILENT) -> None:
    """Write `site/`; nothing for a graph of which more than `LIMIT` things would have a page.

    Other outputs must have been written before.
    """
    progress.step("answering the stored questions")
    opened = OpenGraph(graph.project.root, folder, graph.store, graph.project.base)
    pages = Pages(opened, graph.schema, [each.name for each in bundled()], user_cache())
    total = len(pages.directory.with_page) + len(opened.questions)
    if total > LIMIT:
        return
    pages.answer_all()
    progress.step("drawing charts")
    for done, wanted in pages.drawings.prepare(pages.charts()):
        progress.count(done, wanted)
    progress.step("writing pages")
    for done, (path, content) in enumerate(contents(pages, graph, folder)):
        progress.count(min(done, total), total)
        place = folder / FOLDER / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)


def live_pages(graph: OpenGraph) -> Pages:
    """Return the pages of a graph that is served, ready to be made one by one."""
    pages = Pages(graph, read_schema(graph.root / "ontology"), [each.name for each in bundled()], user_cache())
    _ = pages.directory.things  # which else the first page would wait for
    return pages


def bundled() -> list[Traversable]:
    """Return the bundled scripts and their licences; nothing if they were not made."""
    return list(BUNDLES.iterdir()) if BUNDLES.is_dir() else []


def contents(pages: Pages, graph: Graph, folder: Path) -> Iterator[tuple[str, str | bytes]]:
    """Yield the path and content of every file of the site."""
    paths = [thing.path for thing in pages.directory.with_page]
    editor = editor_data(pages.graph, graph.schema.prefixes, paths)
    special = {
        "index.html": pages.home(),
        "questions.html": pages.list_of_questions(),
        "things.html": pages.list_of_things(),
        "graph.html": pages.page("graph.html", "graph.html", views=pages.pictures.views),
        "ontology.html": pages.ontology(),
        "dictionary.html": pages.page("dictionary.html", "dictionary.html", schema=graph.schema),
        "sparql.html": pages.page("sparql.html", "sparql.html", editor=editor),
        "data.html": pages.data([*downloads(folder)]),
    }
    yield from special.items()
    for thing in pages.directory.with_page:
        yield thing.address, pages.thing(thing)
        yield from chart_files(pages, thing.iri, thing.path)
    for question in pages.graph.questions.values():
        given = usual(pages.graph, question)
        answer = answered(pages.graph, question, given)
        yield f"questions/{question.name}.html", pages.stored(question, given, answer)
        yield f"questions/{question.name}.csv", answer.to_csv()
        yield f"questions/{question.name}.json", answer.to_json()
    yield "assets/style.css", (files("kg_builder") / "templates" / "style.css").read_bytes()
    for bundle in bundled():
        yield f"assets/{bundle.name}", bundle.read_bytes()
    yield "assets/names.js", script("kgNames", pages.names())
    yield "assets/pages.js", script("kgPages", pages.shown_elsewhere())
    yield "assets/graph-data.js", script("kgGraphData", pages.pictures.graph_data())
    yield "assets/graph.nq.js", script("kgQuads", graph.lines.read_text(encoding="utf-8"))


def chart_files(pages: Pages, iri: str, path: str) -> Iterator[tuple[str, str | bytes]]:
    """Yield the charts of a thing's own numbers, and these numbers, as files."""
    for chart, answer in pages.own_charts(iri):
        yield f"{path}.svg", pages.drawings.svg(chart)
        yield f"{path}.csv", answer.to_csv()
        yield f"{path}.json", answer.to_json()


@dataclasses.dataclass(frozen=True)
class Download:
    """A file beside the site: its path from the folder of the build, its bytes, and their SHA-256."""

    path: str
    size: int
    sha256: str


def downloads(folder: Path) -> Iterator[Download]:
    """Yield the files that were built beside the site, tables last."""
    found = [path for path in folder.rglob("*") if path.is_file() and FOLDER not in path.relative_to(folder).parts]
    for path in sorted(found, key=lambda path: (path.parent != folder, path)):
        yield Download(path.relative_to(folder).as_posix(), path.stat().st_size, checksum(path))


def script(name: str, value: Any) -> str:
    """Return a script that sets a global variable: pages that were opened from a file may read scripts only."""
    return f"window.{name} = {json.dumps(value, ensure_ascii=False, separators=(',', ':'))};\n"
