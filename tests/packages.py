"""Draws the packages of the builder, from their imports, in CONTRIBUTING.md: `python -m tests.packages` writes it."""

from __future__ import annotations

import re
from pathlib import Path

import grimp
import networkx

CONTRIBUTING = Path(__file__).resolve().parent.parent / "CONTRIBUTING.md"
BLOCK = re.compile(r"```mermaid\n.*?```\n", re.DOTALL)


def diagram() -> str:
    """Return the packages as a Mermaid diagram: an arrow leads to what a package imports and nothing between does."""
    modules = grimp.build_graph("kg_builder", cache_dir=None)
    packages = modules.find_children("kg_builder") - {"kg_builder.__main__"}
    for package in packages:
        modules.squash_module(package)
    imports: networkx.DiGraph[str] = networkx.DiGraph(
        (package, other)
        for package in packages
        for other in modules.find_modules_directly_imported_by(package) & packages
    )
    arrows = sorted(networkx.transitive_reduction(imports).edges)
    lines = (f"    {start.split('.')[-1]} --> {end.split('.')[-1]}" for start, end in arrows)
    return "\n".join(["```mermaid", "graph TD", *lines, "```", ""])


if __name__ == "__main__":
    CONTRIBUTING.write_text(BLOCK.sub(lambda _: diagram(), CONTRIBUTING.read_text("utf-8")), encoding="utf-8")
