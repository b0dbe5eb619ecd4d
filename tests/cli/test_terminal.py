"""What a run shows of itself: bars on a terminal, times where they are asked for, nothing in a pipe."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pytest

from kg_builder.__main__ import run
from kg_builder.cli.terminal import Times
from tests.bench import project_at
from tests.draft import Draft
from tests.processes import COMMAND


def test_verbose_prints_each_step_with_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    with Times() as progress:
        progress.step("reading")
        progress.count(1, 2)
        progress.step("writing")
    assert re.fullmatch(r" +[0-9.]+ s  reading\n +[0-9.]+ s  writing\n", capsys.readouterr().err)


def on_terminal(*arguments: str) -> str:
    """What a command shows on a terminal."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=theirs, env=environment):
        os.close(theirs)
        read = b""
        while True:
            try:
                read += os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
    os.close(ours)
    return read.decode()


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a build shows on a terminal."""
    folder = tmp_path_factory.mktemp("terminal")
    root = project_at(folder / "project")
    return on_terminal("build", "--root", str(root), "--out", str(folder / "build"))


@pytest.mark.parametrize("step", ["reading tables", "deriving", "validating", "drawing charts", "writing pages"])
def test_a_terminal_sees_each_step(step: str, seen: str) -> None:
    assert step in seen


def test_a_terminal_sees_how_many_pages_are_written(seen: str) -> None:
    assert re.search(r"writing pages.* [0-9]+ of [0-9]+", seen)


def test_a_terminal_is_left_empty(seen: str) -> None:
    """The lines that were drawn are erased at the end."""
    assert "\x1b[2K" in seen.rsplit("writing pages", 1)[1]


def test_a_terminal_is_told_where_a_rule_is_explained(draft: Draft) -> None:
    draft.change("data/shared/units.csv", "people,people,", "people,,")
    shown = on_terminal("validate", "--root", str(draft.root))
    assert "`kg-builder explain minCount` tells more about the rule." in shown


def test_another_system_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert run() == 1
    assert capsys.readouterr().err.startswith("kg-builder runs on Linux and macOS.")
