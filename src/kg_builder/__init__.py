"""Build, validate, publish and ask knowledge graphs of child-protection surveys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg_builder.core.problems import Problem, ProblemsFound

if TYPE_CHECKING:
    from kg_builder.answers.graph_reader import GraphReader

__all__ = ["Problem", "ProblemsFound", "__version__", "open_graph"]
__version__ = "0.1.0"


def open_graph(root: str | Path = ".", build: str | Path | None = None) -> GraphReader:
    """Open a built graph, to query it.

    Parameters
    ----------
    root
        The project: the folder that holds `ontology/`, `data/` and `queries/`.
    build
        The folder of the build, `ROOT/build` unless it is given.

    Returns
    -------
    A reader of the graph, which is in memory. Threads may share it.

    Raises
    ------
    ProblemsFound
        If there is no build. A stored question that cannot be asked is refused when it is asked.

    Examples
    --------
    >>> graph = open_graph()  # doctest: +SKIP
    >>> graph.ask("how-common", topic="deepfakes").column("value")[0]  # doctest: +SKIP
    Decimal('17')

    """
    from kg_builder.answers.graph_reader import GraphReader  # noqa: PLC0415  (so that importing the package stays light)

    return GraphReader(Path(root), Path(root) / "build" if build is None else Path(build))
