"""Builds a made-up report of a million findings and reports the cost.

Seconds depend on the machine, so they are compared with two tasks that anyone can repeat:
a plain copy of the same bytes, and a plain rdflib loop that only makes the triples of the findings.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from rdflib import RDF, Graph, Literal, URIRef

from kg_builder.core.iris import BASE
from kg_builder.core.progress import Progress
from kg_builder.graph.built_graph import Project
from kg_builder.pipeline import build
from kg_builder.schema.model import SOURCE, Column, Schema, Table
from made_up import OF_A_QUESTION, REPORT, write_project

COPIES = 3
MEGABYTE = 1_000_000
MAXRSS = 1 if sys.platform == "darwin" else 1024
"""The unit, in bytes, in which the system reports peak memory."""

STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
"""The files in which Linux reports the peak memory of a process, and resets it."""


@dataclasses.dataclass(frozen=True)
class Run:
    """The cost of a process: seconds of wall time and of processor time; and its output."""

    wall: float
    cpu: float
    output: str


@dataclasses.dataclass(frozen=True)
class Stage:
    """A stage of the build: its seconds and its peak memory in bytes, outside Linux the peak until then."""

    name: str
    seconds: float
    peak: int


@dataclasses.dataclass(frozen=True)
class Figures:
    """The size of the build and its cost; `loop` is extrapolated from a part of the findings."""

    findings: int
    rows: int
    quads: int
    size: int
    processors: int
    wall: float
    cpu: float
    peak: int
    copy: float
    loop: float
    stages: list[Stage]


def main() -> int:
    """Run the benchmark and print its figures."""
    options = parser().parse_args()
    if options.stages:
        print(json.dumps(built_by_stages(options.stages, options.memory)))
        return 0
    if options.keep:
        figures = measured(options.keep, options)
    else:
        with tempfile.TemporaryDirectory(prefix="million-") as folder:
            figures = measured(Path(folder) / "project", options)
    print(json.dumps(dataclasses.asdict(figures), indent=2) if options.json else told(figures))
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    whole = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    whole.add_argument("--findings", type=int, default=1_000_000, metavar="N", help="how many (default: a million)")
    whole.add_argument("--part", type=int, default=10_000, metavar="M", help="how many the rdflib loop reads")
    whole.add_argument("--memory", default="1GB", help="memory limit of the engine (default: 1GB)")
    whole.add_argument("--keep", type=Path, metavar="DIR", help="make the project in this new folder and leave it")
    whole.add_argument("--json", action="store_true", help="print the figures as JSON")
    whole.add_argument("--stages", type=Path, help=argparse.SUPPRESS)
    return whole


def measured(root: Path, options: argparse.Namespace) -> Figures:
    """Return all figures, made in the new folder `root`."""
    questions = -(-options.findings // OF_A_QUESTION)
    findings = questions * OF_A_QUESTION
    say(f"writing the tables of {findings:,} findings")
    schema = write_project(root, questions)
    say("building")
    built = run(__file__, "--stages", str(root), "--memory", options.memory)
    result = json.loads(built.output)
    say("checking and copying the result")
    lines = root / "build" / "kg.nq"
    if (result["findings"], result["quads"]) != (findings, sorted_lines(lines)):
        raise SystemExit("The build has lost or added findings or quads.")
    copy = statistics.median(seconds_of_copy(lines, root / "copy.nq") for _ in range(COPIES))
    size = lines.stat().st_size
    parts = [Stage(**part) for part in result["stages"]]
    say("making a part with rdflib")
    part = min(options.part, findings)
    loop = seconds_of_loop(schema, root / "data" / REPORT, part) / part * findings
    return Figures(
        findings=findings,
        rows=result["rows"],
        quads=result["quads"],
        size=size,
        processors=os.cpu_count() or 1,
        wall=built.wall,
        cpu=built.cpu,
        peak=max(part.peak for part in parts),
        copy=copy,
        loop=loop,
        stages=parts,
    )


def say(step: str) -> None:
    """Print the current step to standard error."""
    print(f"{step} …", file=sys.stderr)


def run(*arguments: str) -> Run:
    """Run this Python and return the cost; end the benchmark if it fails."""
    start = time.perf_counter()
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}: {output[:1000]}")
    return Run(wall, usage.ru_utime + usage.ru_stime, output)


def sorted_lines(path: Path) -> int:
    """Return the number of lines; end the benchmark if one does not come after the line before it."""
    count, former = 0, b""
    with path.open("rb") as stream:
        for count, line in enumerate(stream, 1):
            if line <= former:
                raise SystemExit(f"{path}:{count}: this line is not in order, or comes twice.")
            former = line
    return count


def seconds_of_copy(path: Path, copy: Path) -> float:
    """Return the time of a plain copy of a file, until it is on the disk."""
    start = time.perf_counter()
    with path.open("rb") as source, copy.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
        target.flush()
        os.fsync(target.fileno())
    seconds = time.perf_counter() - start
    copy.unlink()
    return seconds


def seconds_of_loop(schema: Schema, folder: Path, part: int) -> float:
    """Return how long rdflib takes to make and sort what the first findings state: no check, no derivation."""
    table = next(table for table in schema.tables if table.classes[0].endswith("#Finding"))
    start = time.perf_counter()
    graph = Graph()
    with (folder / f"{table.stem}.csv").open(encoding="utf-8", newline="") as stream:
        for row in islice(csv.DictReader(stream), part):
            subject = address(table, row["id"])
            for name in table.classes:
                graph.add((subject, RDF.type, URIRef(name)))
            for column in table.columns:
                graph.add((subject, URIRef(column.path), term(schema, column, row[column.name])))
    lines = sorted(graph.serialize(format="nt").splitlines())
    seconds = time.perf_counter() - start
    if len(lines) != part * (len(table.classes) + len(table.columns)):
        raise SystemExit("The rdflib loop has lost or added triples.")
    return seconds


def address(table: Table, id_: str) -> URIRef:
    """Return the IRI of a row."""
    return URIRef(BASE + table.about.replace(SOURCE, REPORT).replace("{id}", id_))


def term(schema: Schema, column: Column, value: str) -> URIRef | Literal:
    """Return the RDF term of a cell."""
    if not column.target:
        return Literal(value, datatype=URIRef(column.datatype or ""))
    target = schema.targets[column.target]
    code = next((code.iri for code in target.codes if code.key == value), None)
    return URIRef(code) if code else address(target.tables[0], value)


class Stages(Progress):
    """Records the cost of each step of a build."""

    def __init__(self) -> None:
        self.found: list[Stage] = []
        self.name = ""
        self.start = time.perf_counter()

    def step(self, name: str) -> None:
        """Begin a step, and record the previous one."""
        self.end()
        self.name, self.start = name, time.perf_counter()

    def end(self) -> None:
        """Record the last step."""
        if self.name:
            self.found.append(Stage(self.name, time.perf_counter() - self.start, peak_since()))
        self.name = ""


def built_by_stages(root: Path, memory: str) -> dict[str, object]:
    """Build the N-Quads of a project in this process; return how many there are, and what each stage cost."""
    with Stages() as stages:
        graph = build(Project(root, memory=memory, formats=("nq",)), root / "build", stages)
    table = next(table for table in graph.schema.tables if table.classes[0].endswith("#Finding"))
    return {
        "quads": graph.quads,
        "rows": sum(graph.rows.values()),
        "findings": graph.rows[table.classes[0]],
        "stages": [dataclasses.asdict(stage) for stage in stages.found],
    }


def peak_since() -> int:
    """Return the peak memory of this process in bytes, since the last call where the system can forget it."""
    if not FORGET.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS
    peak = next(line for line in STATUS.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM:"))
    FORGET.write_text("5", encoding="ascii")
    return int(peak.split()[1]) * 1024


def told(figures: Figures) -> str:
    """Return the figures as text."""
    whole = sum(stage.seconds for stage in figures.stages)
    table = "\n".join(
        f"{stage.name:30}{stage.seconds:10,.1f}{stage.seconds / whole:8.0%}{stage.peak / MEGABYTE:10,.0f}"
        for stage in figures.stages
    )
    return f"""\
{figures.findings:,} findings are {figures.quads:,} quads ({figures.size / MEGABYTE:,.0f} MB), valid and sorted.
{figures.wall:12,.1f} s, or {figures.cpu:,.1f} s of {figures.processors} processors
{figures.peak / MEGABYTE:12,.0f} MB of memory at its peak
{figures.wall / figures.copy:12,.1f} times a plain copy of the result ({figures.copy:,.2f} s)
{figures.wall / figures.loop:12,.2f} times a plain rdflib loop without checks and derivations ({figures.loop:,.1f} s)

{"stage":30}{"seconds":>10}{"share":>8}{"peak MB":>10}
{table}"""


if __name__ == "__main__":
    raise SystemExit(main())
