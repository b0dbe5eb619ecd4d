"""Build, validate, publish and query knowledge graphs of child-protection surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from kg_builder.answers.graph_reader import GraphReader
    from kg_builder.core.problems import Location, Problem, ProblemsFound

__all__ = ["Location", "Problem", "ProblemsFound", "__version__", "open_graph"]
__version__ = "0.1.0"


def open_graph(root: str | Path = ".", build: str | Path | None = None) -> GraphReader:
    """Open a built graph for queries.

    Parameters
    ----------
    root
        The project: the folder that holds `ontology/`, `data/` and `queries/`.
    build
        The folder of the build (default: `ROOT/build`).

    Returns
    -------
    GraphReader
        A reader of the graph. The graph is in memory, and threads may share it.

    Raises
    ------
    ProblemsFound
        If there is no build. A stored question with errors raises this when it is asked.

    Examples
    --------
    >>> from kg_builder import open_graph
    >>> graph = open_graph()
    >>> graph.ask("how-common", topic="grooming").column("value")[0]
    Decimal('62.5')

    """
    from pathlib import Path  # noqa: PLC0415

    from kg_builder.answers.graph_reader import GraphReader  # noqa: PLC0415  (so that importing the package stays light)

    return GraphReader(Path(root), Path(root) / "build" if build is None else Path(build))


def __getattr__(name: str) -> object:
    """Return a class of problems, imported on first use, so that a command can be interrupted from its start."""
    if name not in {"Location", "Problem", "ProblemsFound"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from kg_builder.core import problems  # noqa: PLC0415  (see above)

    return getattr(problems, name)
