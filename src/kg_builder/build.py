"""Builds a project: makes its graph and publishes it, or leaves the last good build as it is."""

from __future__ import annotations

from pathlib import Path

from kg_builder.cache import user_cache
from kg_builder.exports import NAMES, export
from kg_builder.graph import Graph, Project, graph_in
from kg_builder.problems import ProblemsFound, errors
from kg_builder.progress import SILENT, Progress
from kg_builder.publication import staged


def build(project: Project, out: Path, progress: Progress = SILENT) -> Graph:
    """Build and publish into the folder `out`; raise `ProblemsFound` and leave `out` alone if anything forbids it."""
    with staged(out, NAMES) as (files, work):
        graph = graph_in(project, work, progress)
        if errors(graph.problems):
            raise ProblemsFound(graph.problems)
        export(graph, files, progress)
        user_cache().prune()
        return graph
