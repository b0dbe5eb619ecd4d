"""Work in a second process: waited for, its faults raised here, and gone when this one stops."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import pytest

from kg_builder.core.processes import beside


def test_a_task_is_done_when_the_block_has_ended(tmp_path: Path) -> None:
    def task() -> None:
        (tmp_path / "made").write_text(str(os.getpid()), encoding="utf-8")

    with beside(task):
        pass
    assert (tmp_path / "made").read_text(encoding="utf-8") != str(os.getpid())


def raises(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("no")])
def test_what_a_task_raises_is_raised_here(error: Exception) -> None:
    with pytest.raises(type(error), match=str(error.args[-1])), beside(lambda: raises(error)):
        pass


def test_a_task_that_is_killed_is_a_fault() -> None:
    with pytest.raises(RuntimeError, match="ended early"), beside(lambda: os.kill(os.getpid(), 9)):
        pass


def test_a_block_that_fails_kills_the_task() -> None:
    start = time.perf_counter()
    with pytest.raises(KeyError), beside(lambda: time.sleep(60)):
        raise KeyError
    assert multiprocessing.active_children() == []
    assert time.perf_counter() - start < 30
