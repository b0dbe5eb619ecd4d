"""The graph that the workers of a server share: their parent process loads it once, on import."""

from __future__ import annotations

import os
from pathlib import Path

from kg_builder.answers.graph_reader import GraphReader
from kg_builder.core.problems import ProblemsFound
from kg_builder.server.http_application import ready_graph

VARIABLE = "KG_BUILDER_SERVED"
"""The environment variable that names the project and the build to load, for the parent process of workers."""


def shared_graph(root: Path, build: Path) -> GraphReader:
    """Return the graph of a build; load it now if the parent process has not."""
    if _LOADED and _LOADED[0] == named(root, build):
        return _LOADED[1]
    return ready_graph(root, build)


def named(root: Path, build: Path) -> str:
    """Return the value of the variable for a project and a build."""
    return f"{root.absolute()}{os.pathsep}{build.absolute()}"


def _load() -> tuple[str, GraphReader] | None:
    wanted = os.environ.get(VARIABLE, "")
    root, _, build = wanted.partition(os.pathsep)
    try:
        return (wanted, ready_graph(Path(root), Path(build))) if build else None
    except ProblemsFound:
        return None  # a worker has the same error, and reports it


_LOADED = _load()
