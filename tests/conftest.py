"""Fixtures that several modules share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg_builder.build import build
from kg_builder.graph import Project
from kg_builder.problems import ProblemsFound
from tests.bench import ROOT, Bench, project_at
from tests.draft import Draft


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The example, loaded once."""
    try:
        bench = Bench(tmp_path_factory.mktemp("bench"))
    except ProblemsFound as found:
        pytest.fail("\n".join(map(str, found.problems)))
    yield bench
    bench.connection.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example's project, to be changed by a test."""
    return project_at(tmp_path / "project")


@pytest.fixture(scope="session")
def example_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, built once; not to be changed."""
    folder = tmp_path_factory.mktemp("example")
    build(Project(project_at(folder / "project")), folder / "build")
    return folder / "build"


@pytest.fixture(scope="session")
def real_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real data, built once; not to be changed."""
    out = tmp_path_factory.mktemp("real") / "build"
    build(Project(ROOT), out)
    return out


@pytest.fixture
def draft(tmp_path: Path, example_build: Path) -> Draft:
    """The example's project with its last good build, to be broken by a test."""
    shutil.copytree(example_build, tmp_path / "build")
    return Draft(project_at(tmp_path / "project"), tmp_path / "build")
