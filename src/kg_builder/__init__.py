"""Build, validate, publish and ask knowledge graphs of child-protection surveys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg_builder.answers.graph_reader import GraphReader

__all__ = ["__version__", "open_graph"]
__version__ = "0.1.0"


def open_graph(root: str | Path = ".", build: str | Path | None = None) -> GraphReader:
    """Return the built graph of the project at `root`, to be asked; `build` is the folder of the build, ROOT/build.

    Raise `ProblemsFound` if there is no build, or if the project's stored questions cannot be asked.
    """
    from kg_builder.answers.graph_reader import GraphReader  # noqa: PLC0415  (so that importing the package stays light)

    return GraphReader(Path(root), Path(root) / "build" if build is None else Path(build))
