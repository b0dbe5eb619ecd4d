"""Outputs are put in place whole or not at all, and are the same bytes wherever, whenever and however they are made."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kg_builder.graph.built_graph import Project
from kg_builder.pipeline import build
from tests.bench import project_at, sheet, tables_of
from tests.draft import FILES, WITHOUT_SITE, Draft, contents
from tests.processes import COMMAND

# ---------------------------------------------------------------- killed and interrupted

MOMENTS = ("work/kg.nq", "files/kg.ttl", "files/SHA256SUMS")
"""What a build makes on its way, in this order; it is killed when the thing has come."""


def command(draft: Draft) -> list[str]:
    return [*COMMAND, "build", "--root", str(draft.root), "--out", str(draft.out), *WITHOUT_SITE]


def started(draft: Draft) -> subprocess.Popen[str]:
    return subprocess.Popen(command(draft), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    while not path.exists() and process.poll() is None:
        time.sleep(0.001)


def stopped(process: subprocess.Popen[str], by: signal.Signals) -> tuple[int, str]:
    """Stop a process with a signal; return its code and what it said."""
    process.send_signal(by)
    _, said = process.communicate()
    return process.returncode, said


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_build_killed_at_any_step_leaves_the_last_one_and_the_next_one_works(
    moment: str, draft: Draft, example_files: Path
) -> None:
    process = started(draft)
    wait_for(draft.out.parent / ".build.staging" / moment, process)
    assert stopped(process, signal.SIGKILL)[0] in {-signal.SIGKILL, 0}  # after the last step it may just have ended
    assert contents(draft.out) == contents(example_files)
    assert draft.build().code == 0
    assert contents(draft.out) == contents(example_files)
    assert sorted(path.name for path in draft.out.parent.iterdir()) == ["build", "project"]


@pytest.mark.parametrize("seed", range(3))
def test_a_build_killed_at_a_random_moment_leaves_the_last_one(seed: int, draft: Draft, example_files: Path) -> None:
    process = started(draft)
    time.sleep(random.Random(seed).uniform(0.1, 2.0))  # noqa: S311  (a moment, not a secret)
    stopped(process, signal.SIGKILL)
    assert contents(draft.out) == contents(example_files)


def test_a_first_build_that_is_killed_leaves_no_output(draft: Draft) -> None:
    shutil.rmtree(draft.out)
    process = started(draft)
    wait_for(draft.out.parent / ".build.staging/files/kg.nq", process)
    stopped(process, signal.SIGKILL)
    assert not draft.out.exists()


def test_an_interrupted_build_says_so_and_cleans_up(draft: Draft, example_files: Path) -> None:
    process = started(draft)
    wait_for(draft.out.parent / ".build.staging/work/kg.nq", process)
    assert stopped(process, signal.SIGINT) == (130, "kg-builder: interrupted; the last build is as it was.\n")
    assert contents(draft.out) == contents(example_files)
    assert sorted(path.name for path in draft.out.parent.iterdir()) == ["build", "project"]


EARLY = """
import os, signal, sys, threading
from kg_builder.__main__ import run
threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
sys.exit(run())
"""
"""Runs the command line and interrupts it while it imports what it needs."""


def test_a_build_that_is_interrupted_before_it_has_begun_says_so(draft: Draft) -> None:
    _, _, *arguments = command(draft)
    run = subprocess.run([sys.executable, "-c", EARLY, *arguments[1:]], check=False, capture_output=True, text=True)
    assert "Traceback" not in run.stderr
    assert run.returncode == 130


# ---------------------------------------------------------------- several builds


def test_two_builds_at_once_into_one_folder_both_succeed(draft: Draft, example_files: Path) -> None:
    processes = [started(draft), started(draft)]
    said = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert contents(draft.out) == contents(example_files)
    assert sorted(path.name for path in draft.out.parent.iterdir()) == ["build", "project"]


def test_two_builds_at_once_into_neighbours_both_succeed(draft: Draft, example_files: Path, tmp_path: Path) -> None:
    processes = [started(draft), started(Draft(draft.root, tmp_path / "other"))]
    said = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert contents(tmp_path / "other") == contents(example_files)


def test_what_a_killed_build_left_is_taken_away(draft: Draft) -> None:
    staging = draft.out.parent / ".build.staging"
    (staging / "files/tables").mkdir(parents=True)
    (staging / "files/kg.nq").write_text("half", encoding="utf-8")
    draft.build()
    assert not staging.exists()


def test_an_output_that_is_no_longer_made_goes_with_the_next_build(draft: Draft) -> None:
    draft.build("--format", "nq")
    assert sorted(contents(draft.out)) == ["SHA256SUMS", "kg.nq"]


# ---------------------------------------------------------------- checksums


def test_every_output_is_listed_with_its_sum(example_files: Path) -> None:
    lines = (example_files / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    files = contents(example_files)
    del files["SHA256SUMS"]
    assert lines == [f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in sorted(files.items())]


def test_sha256sum_agrees(example_files: Path) -> None:
    program = shutil.which("sha256sum")
    if program is None:
        pytest.skip("there is no sha256sum here")
    run = subprocess.run([program, "--check", "--quiet", "SHA256SUMS"], check=False, cwd=example_files)
    assert run.returncode == 0


# ---------------------------------------------------------------- the same bytes everywhere

SURROUNDINGS: dict[str, tuple[dict[str, str], int, str]] = {
    "hash-seed-1-time-zone-umask": ({"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"}, 0o077, "."),
    "hash-seed-2-locale-working-folder": ({"PYTHONHASHSEED": "2", "LC_ALL": "tr_TR.UTF-8"}, 0o022, "project/data"),
    "hash-seed-3-plain-locale": (
        {"PYTHONHASHSEED": "3", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        0o022,
        ".",
    ),
}
"""What a build should not heed: variables, the mask of file modes, the folder in which it is started."""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The outputs of builds in other surroundings."""
    folder = tmp_path_factory.mktemp("surroundings")
    project_at(folder / "project")

    def built(name: str) -> tuple[str, Path]:
        variables, mask, start = SURROUNDINGS[name]
        root, out = os.path.relpath(folder / "project", folder / start), folder / name / "build"
        subprocess.run(
            [*COMMAND, "build", "--root", root, "--out", str(out)],
            check=True,
            capture_output=True,
            cwd=folder / start,
            env=os.environ | variables,
            umask=mask,
        )
        return name, out

    with ThreadPoolExecutor(2) as workers:
        return dict(workers.map(built, SURROUNDINGS))


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_surroundings_do_not_change_the_bytes(name: str, elsewhere: dict[str, Path], example_build: Path) -> None:
    assert contents(elsewhere[name]) == contents(example_build)


def test_another_day_does_not_change_the_bytes(
    draft: Draft, example_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is moved for Python; the network writers are the ones that would print a date."""
    monkeypatch.setattr(time, "time", lambda: 4e9)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(4e9))
    monkeypatch.setattr(time, "strftime", lambda *_: "2096-10-02")
    draft.build()
    assert contents(draft.out) == contents(example_files)


GRAPHS = ("context.jsonld", "dictionary.md", "kg.gexf", "kg.graphml", "kg.jsonld", "kg.nq", "kg.trig", "kg.ttl")


def shuffled(rows: list[list[str]]) -> list[list[str]]:
    """The rows in some order, under the same header."""
    return [rows[0], *random.Random(7).sample(rows[1:], len(rows) - 1)]  # noqa: S311  (an order, not a secret)


def mirrored(rows: list[list[str]]) -> list[list[str]]:
    """The columns in reverse order."""
    return [row[::-1] for row in rows]


def rewritten(project: Path, change: Callable[[list[list[str]]], list[list[str]]]) -> None:
    """Write each table of a project anew, its rows or columns in another order."""
    tables = tables_of(project / "data")
    assert len(tables) == 59
    for path in tables:
        given = sheet(path)
        header, *cells = change([given.header, *given.cells])
        path.write_text(dataclasses.replace(given, header=header, cells=cells).text, encoding="utf-8")


def test_another_order_of_rows_gives_the_same_graph(draft: Draft, example_files: Path) -> None:
    rewritten(draft.root, shuffled)
    draft.build()
    assert {name: (draft.out / name).read_bytes() for name in GRAPHS} == {
        name: (example_files / name).read_bytes() for name in GRAPHS
    }


def test_another_order_of_columns_gives_the_same_bytes(draft: Draft, example_files: Path) -> None:
    rewritten(draft.root, mirrored)
    draft.build()
    assert contents(draft.out) == contents(example_files)


def test_a_table_cut_in_two_gives_the_same_graph(draft: Draft, example_files: Path) -> None:
    header, *rows = (
        (draft.root / "data/example-2020/findings.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    )
    draft.write("data/example-2020/findings.csv", header + "".join(rows[:4]))
    draft.write("data/example-2020/findings.2.csv", header + "".join(rows[4:]))
    draft.build()
    assert {name: (draft.out / name).read_bytes() for name in GRAPHS} == {
        name: (example_files / name).read_bytes() for name in GRAPHS
    }


def test_formats_asked_for_alone_are_the_same_bytes(draft: Draft, example_files: Path) -> None:
    draft.build("--format", "ttl", "--format", "jsonld")
    for name in ("kg.ttl", "kg.jsonld", "context.jsonld"):
        assert (draft.out / name).read_bytes() == (example_files / name).read_bytes()


def test_the_reference_processor_gives_the_same_bytes(draft: Draft, example_files: Path) -> None:
    build(Project(draft.root, formats=FILES, reference=True), draft.out)
    assert contents(draft.out) == contents(example_files)


def test_less_memory_gives_the_same_bytes(draft: Draft, example_files: Path) -> None:
    assert draft.build("--memory", "100MB").code == 0
    assert contents(draft.out) == contents(example_files)
