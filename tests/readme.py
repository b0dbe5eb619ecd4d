"""Keeps README.md and docs/ true: runs each command that they show, and compares, or writes, what follows.

A block that shows an output stands under `<!-- $ command -->`, one that shows a file under `<!-- file: path -->`.
Commands run in a copy of the project with a finished build, so that they may change it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
"""The pages in the order in which their commands run; some change the project."""

BLOCK = re.compile(r"<!-- (?P<kind>\$|file:) (?P<what>.*?) -->\n```\w*\n(?P<shown>.*?)```", re.DOTALL)


def expected(match: re.Match[str], project: Path) -> str:
    """Return what a checked block should show."""
    if match["kind"] == "file:":
        return (project / match["what"]).read_text(encoding="utf-8")
    return output_of(match["what"], project)


def output_of(command: str, project: Path) -> str:
    """Return what a command prints, errors included, in a shell that finds the project's programs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(  # noqa: S602  (the commands are our own documentation)
        command, shell=True, check=False, cwd=project, env=os.environ | {"PATH": path}, text=True, capture_output=True
    )
    return run.stdout + run.stderr


def copy_of_project(folder: Path, build: Path) -> Path:
    """Return a copy of what the commands need, with a finished build."""
    project = folder / "project"
    for name in ("ontology", "data", "queries", "examples"):
        shutil.copytree(ROOT / name, project / name)
    shutil.copytree(ROOT / "tests/example", project / "tests/example")
    shutil.copytree(build, project / "build")
    return project


def main() -> None:
    """Write the outputs into README.md and docs/; `build/` must be fresh."""
    with tempfile.TemporaryDirectory() as folder:
        project = copy_of_project(Path(folder), ROOT / "build")

        def shown(match: re.Match[str]) -> str:
            return match[0][: match.start("shown") - match.start()] + expected(match, project) + "```"

        for page in PAGES:
            page.write_text(BLOCK.sub(shown, page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
