"""Times the daily commands: build, build again, validate, ask, find; and with --clone a first `make build`.

Each command is a separate process and runs several times; the best run counts. Times are given in seconds and as
ratios to a fixed loop in Python, timed before and after each command, because machines differ and may be busy.

    python benchmarks/main_job.py [--runs N] [--clone] [--format text|json]
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tabulate import tabulate

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-m", "kg_builder")
LOOP = 10_000_000
"""Additions of the fixed loop."""


@dataclasses.dataclass(frozen=True)
class Job:
    """A command, its target time in seconds on two idle cores, and the preparation before each run."""

    name: str
    target: float
    command: tuple[str, ...]
    prepare: Callable[[], object] = lambda: None


@dataclasses.dataclass(frozen=True)
class Measured:
    """The best run of a job: seconds, the ratio to the fixed loop, its peak memory in MB, and its target."""

    job: str
    seconds: float
    loops: float
    peak_mb: float
    target_seconds: float


def main() -> None:
    """Measure all jobs and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="runs of each job (default: 3)")
    parser.add_argument("--clone", action="store_true", help="time `make build` in a fresh clone too, set-up included")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = [measured(job, options.runs) for job in jobs(Path(folder))]
        if options.clone:
            found.append(measured(clone(Path(folder)), 1))
    rows = [dataclasses.asdict(each) for each in found]
    print(json.dumps(rows, indent=2) if options.format == "json" else tabulate(rows, headers="keys", floatfmt=".2f"))


def jobs(folder: Path) -> list[Job]:
    """Return the jobs, on a copy of the project whose cache is in the folder too."""
    for name in ("data", "ontology", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    os.environ["KG_BUILDER_CACHE"] = str(folder / "cache")
    os.environ["PYTHONDONTWRITEBYTECODE"] = ""  # else each start compiles the package again
    root = ("--root", str(folder))

    def forget() -> None:
        shutil.rmtree(folder / "cache", ignore_errors=True)

    return [
        Job("build, the first time", 12, ("build", *root), forget),
        Job("build, one row changed", 5, ("build", *root), lambda: change(folder)),
        Job("build --format nq", 4, ("build", *root, "--format", "nq", "--out", str(folder / "nq"))),
        Job("validate", 4, ("validate", *root)),
        Job("ask", 0.7, ("ask", "how-common", "--topic", "deepfakes", *root)),
        Job("find", 0.7, ("find", "deepfake", *root)),
    ]


def change(folder: Path) -> None:
    """Give the first figure of a table a new definition, different each time."""
    table = folder / "data" / "shared" / "platforms.csv"
    header, first, *rest = table.read_text(encoding="utf-8").splitlines()
    ending = f" Changed {time.time_ns()}."
    place = header.split(",").index("definition")
    cells = first.split(",")
    cells[place] = cells[place].split(" Changed")[0] + ending
    table.write_text("\n".join([header, ",".join(cells), *rest, ""]), encoding="utf-8")


def clone(folder: Path) -> Job:
    """Return the job of a first `make build` in a clone of the last commit, without anything from before."""
    made = folder / "clone"
    os.environ |= {"UV_CACHE_DIR": str(folder / "uv"), "npm_config_cache": str(folder / "npm")}
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(made)], check=True)
    forget = lambda: shutil.rmtree(folder / "cache", ignore_errors=True)  # noqa: E731  (shorter than a function)
    return Job("make build in a fresh clone", 75, ("make", "-C", str(made), "build"), forget)


def measured(job: Job, runs: int) -> Measured:
    """Return the best of some runs of a job."""
    found = []
    for _ in range(runs):
        job.prepare()
        before = loop()
        start = time.perf_counter()
        command = job.command if job.command[0] == "make" else (*COMMAND, *job.command)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if status:
            raise SystemExit(f"{job.name} failed: {process.stderr.read().decode() if process.stderr else ''}")
        ratio = seconds / ((before + loop()) / 2)
        found.append(Measured(job.name, seconds, ratio, usage.ru_maxrss / 1000, job.target))
    return min(found, key=lambda each: each.loops)


def loop() -> float:
    """Return the time of the fixed loop in seconds."""
    start, total = time.perf_counter(), 0
    for number in range(LOOP):
        total += number
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
