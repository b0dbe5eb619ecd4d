"""The examples in the docstrings of what `kg_builder` exports, and of what it returns, run on the example."""

from __future__ import annotations

import doctest
import importlib
import shutil
from pathlib import Path

import pytest

MODULES = (
    "kg_builder",
    "kg_builder.answers.answer",
    "kg_builder.answers.comparison",
    "kg_builder.answers.confidence",
    "kg_builder.answers.graph_reader",
    "kg_builder.answers.question_calls",
    "kg_builder.core.problems",
    "kg_builder.queries.stored_questions",
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_are_true(name: str, project: Path, example_files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(example_files, project / "build")
    monkeypatch.chdir(project)
    found = doctest.testmod(importlib.import_module(name))
    assert (found.attempted > 0, found.failed) == (True, 0)
