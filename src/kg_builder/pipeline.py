"""Builds a project: reads sources, loads tables, renders, derives, validates, exports."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from kg_builder.core.cache import user_cache
from kg_builder.core.output_folder import staged
from kg_builder.core.problems import Location, ProblemsFound, errors, gathered, quoted
from kg_builder.core.processes import beside
from kg_builder.core.progress import SILENT, Progress
from kg_builder.exports.downloads import SITE
from kg_builder.exports.outputs import OUTPUTS, Output
from kg_builder.graph.built_graph import BuiltGraph, Project
from kg_builder.graph.rendering import add_lines, graph_of, write_quads
from kg_builder.graph.sources import read_sources
from kg_builder.graph.triple_store import derive, fill, stated_triples, store_for
from kg_builder.site.writer import Site
from kg_builder.tables.data_folder import table_files
from kg_builder.tables.defaults import filled_tables
from kg_builder.tables.engine import resting
from kg_builder.tables.loading import count_rows, engine, read_tables
from kg_builder.tables.table_files import size_of
from kg_builder.validation.constraint_checks import located
from kg_builder.validation.graph_validation import results

FORMATS = (*(output.name for output in OUTPUTS), SITE)
"""The names that `--format` takes."""


def build(project: Project, out: Path, progress: Progress = SILENT) -> BuiltGraph:
    """Build and publish into the folder `out`; on errors, raise `ProblemsFound` and leave `out` unchanged."""
    with staged(out, {SITE, *(file for output in OUTPUTS for file in output.files)}) as (files, work):
        graph = build_graph(project, work, progress)
        if errors(graph.problems):
            raise ProblemsFound(graph.problems)
        _export(graph, files, progress)
        user_cache().prune()
        return graph


def build_graph(project: Project, work: Path, progress: Progress = SILENT) -> BuiltGraph:
    """Return the graph of a project, built and validated in the folder `work`.

    Raise `ProblemsFound` for errors in tables, shapes or queries; errors in the graph are in its `problems`.
    """
    _refuse_base(project.base)
    progress.step("reading shapes and queries")
    sources = read_sources(project.root)
    schema = sources.schema
    faults = [*sources.problems]
    files = gathered(faults, lambda: table_files(project.root / "data", schema))
    with engine(work, project.memory, size_of(files)) as connection:
        progress.step("reading tables")
        notes = read_tables(connection, schema, files, project.root, work, base=project.base, faults=faults)
        progress.step("rendering N-Quads")
        rows = count_rows(connection, schema)
        wanted = any(output.reads_cells and output.name in (project.formats or FORMATS) for output in OUTPUTS)
        filled = filled_tables(connection, files, work) if wanted else {}
        stated = stated_triples(connection, project, schema, work)
        progress.step("deriving")
        store = store_for(sum(rows.values()), work)
        with resting(connection, project.memory):
            fill(store, stated)
            derived = derive(store, sources.derivations, work)
        progress.step("sorting")
        for source, path in derived:
            add_lines(connection, path, graph_of(project.base, source))
        quads = write_quads(connection, work / "kg.nq")
        progress.step("validating")
        with resting(connection, project.memory):
            added = [work / "ontology.nt", *(path for _, path in derived)]
            found = results(store, schema, sources.checks, work / "kg.nq", added, reference=project.reference)
        problems = tuple(sorted([*notes, *located(found, connection, schema, project.base)]))
    return BuiltGraph(project, schema, tuple(files), work / "kg.nq", store, quads, rows, problems, filled)


def _refuse_base(base: str) -> None:
    """Raise `ProblemsFound` unless the addresses of things can begin with `base`."""
    if not re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+[/#]", base):
        expected = "an absolute IRI that ends in / or #"
        raise ProblemsFound.at(Location("--base"), rule="base", found=quoted(base), expected=expected)


def _export(graph: BuiltGraph, folder: Path, progress: Progress) -> None:
    """Write all outputs, or those that the project names, into a folder; write the site in parallel with the others."""
    formats = graph.project.formats or FORMATS
    wanted = [output for output in OUTPUTS if output.name in formats]
    if SITE not in formats:
        _write(wanted, graph, folder, progress)
        return
    site = Site(graph, folder, progress)
    with beside(lambda: _write(wanted, graph, folder, SILENT)):
        site.write_pages()
    site.write_downloads()


def _write(outputs: Iterable[Output], graph: BuiltGraph, folder: Path, progress: Progress) -> None:
    """Write outputs one by one."""
    for output in outputs:
        progress.step(f"writing {output.name}")
        output.write(graph, folder)
