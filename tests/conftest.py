"""Fixtures that several modules share."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg_builder import open_graph
from kg_builder.answers.graph_reader import GraphReader
from kg_builder.core.cache import VARIABLE
from kg_builder.core.problems import ProblemsFound
from kg_builder.graph.built_graph import Project
from kg_builder.pipeline import build
from kg_builder.site.sections import Sections
from tests.bench import ROOT, Bench, project_at
from tests.draft import FILES, Draft


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
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a test run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def cache(shared: Path) -> Path:
    """The cache of the test run, which begins empty; and how wide its terminal is."""
    os.environ[VARIABLE] = str(shared / "cache")
    os.environ["COLUMNS"] = "100"  # what is printed is as wide in every process
    return shared / "cache"


def once(folder: Path, make: Callable[[], object]) -> Path:
    """Return a folder that one of the processes has made, while the others waited."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            make()
    return folder


@pytest.fixture(scope="session")
def example_build(shared: Path, cache: Path) -> Path:  # noqa: ARG001  (it is to be there before)
    """The example, built once; not to be changed."""
    root, out = shared / "example-project", shared / "example-build"
    return once(out, lambda: build(Project(project_at(root)), out))


@pytest.fixture(scope="session")
def example_files(shared: Path, cache: Path) -> Path:  # noqa: ARG001  (it is to be there before)
    """The example built without its site, once; not to be changed."""
    root, out = shared / "example-of-files", shared / "example-files"
    return once(out, lambda: build(Project(project_at(root), formats=FILES), out))


@pytest.fixture(scope="session")
def real_build(shared: Path, cache: Path) -> Path:  # noqa: ARG001  (it is to be there before)
    """The real data, built once; not to be changed."""
    out = shared / "real-build"
    return once(out, lambda: build(Project(ROOT), out))


@pytest.fixture(scope="session")
def graph(real_build: Path) -> GraphReader:
    """The built graph of the real data, opened once."""
    return open_graph(ROOT, real_build)


@pytest.fixture(scope="session")
def sections(graph: GraphReader) -> Sections:
    """The sections of all pages of the real data."""
    return Sections(graph)


@pytest.fixture
def draft(tmp_path: Path, example_files: Path) -> Draft:
    """The example's project with its last good build, to be broken by a test."""
    shutil.copytree(example_files, tmp_path / "build")
    return Draft(project_at(tmp_path / "project"), tmp_path / "build")
