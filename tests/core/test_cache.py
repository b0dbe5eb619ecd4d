"""What is kept by content: found again, never trusted when damaged, bounded, and without a trace in the outputs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kg_builder.core.cache import VARIABLE, Cache, content_key, user_cache
from kg_builder.graph.built_graph import Project
from kg_builder.pipeline import build
from tests.bench import project_at
from tests.draft import contents

KEY = content_key("kind", "content")


def test_a_content_is_found_by_its_key(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put(KEY, b"made")
    assert (cache.get(KEY), cache.get(content_key("other"))) == (b"made", None)


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 100])
def test_a_damaged_file_counts_as_missing(damage: bytes, tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put(KEY, b"made")
    (path,) = tmp_path.glob("??/*")
    path.write_bytes(damage)
    assert cache.get(KEY) is None


def test_a_cache_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    cache = Cache(tmp_path / "file")
    cache.put(KEY, b"made")
    assert cache.get(KEY) is None


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    keys = [content_key(str(number)) for number in range(3)]
    for age, key in enumerate(keys):
        cache.put(key, b"x" * 100)
        os.utime(tmp_path / key[:2] / key, (1000 - age, 1000 - age))
    cache.prune(300)
    assert [cache.get(key) is not None for key in keys] == [True, True, False]


@pytest.mark.parametrize(
    ("named", "folder"), [("off", None), ("/somewhere", Path("/somewhere")), ("", Path("/home-of/kg-builder"))]
)
def test_the_environment_names_the_cache(named: str, folder: Path | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, named)
    monkeypatch.setenv("XDG_CACHE_HOME", "/home-of")
    assert user_cache().folder == folder


def test_a_build_without_a_cache_is_the_same_bytes(
    tmp_path: Path, example_build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    build(Project(project_at(tmp_path / "project")), tmp_path / "build")
    assert contents(tmp_path / "build") == contents(example_build)


def test_a_build_with_a_full_cache_is_the_same_bytes(tmp_path: Path, example_build: Path) -> None:
    build(Project(project_at(tmp_path / "project")), tmp_path / "build")
    assert contents(tmp_path / "build") == contents(example_build)
