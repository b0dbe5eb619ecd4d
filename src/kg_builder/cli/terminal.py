"""Shows a run on a terminal: its steps with their time, and a bar where something is counted."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from kg_builder.core.progress import Progress

if TYPE_CHECKING:
    from rich.progress import TaskID


class Times(Progress):
    """Prints each step and the seconds that it took to standard error."""

    def __init__(self) -> None:
        self.name = ""
        self.began = 0.0

    def step(self, name: str) -> None:
        """Begin a step, and print the one before."""
        self.end()
        self.name, self.began = name, time.perf_counter()

    def end(self) -> None:
        """Print the last step."""
        if self.name:
            print(f"{time.perf_counter() - self.began:7.2f} s  {self.name}", file=sys.stderr, flush=True)
        self.name = ""


class Bars(Progress):
    """Draws the steps on a terminal, with their time and a bar; nothing of it stays when the run is over."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415  (heavy, and of use on a terminal alone)
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
        from rich.progress import Progress as Drawing  # noqa: PLC0415

        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[counted]}"))
        self.shown = Drawing(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True)
        self.task: TaskID | None = None

    def step(self, name: str) -> None:
        """Draw a further line."""
        self.end_step()
        self.shown.start()
        self.task = self.shown.add_task(name, total=None, counted="")

    def count(self, done: int, total: int) -> None:
        """Move the bar of the present step."""
        if self.task is not None:
            self.shown.update(self.task, completed=done, total=total, counted=f"{done:,} of {total:,}")

    def end_step(self) -> None:
        """End the present step, whose line stays until the run is over."""
        if self.task is not None:
            self.shown.update(self.task, total=1, completed=1)
            self.shown.stop_task(self.task)
        self.task = None

    def end(self) -> None:
        """Take the drawing away."""
        self.end_step()
        self.shown.stop()


def shown_progress(*, verbose: bool = False) -> Progress:
    """Return what shows the steps: the times of all of them, or bars on a terminal, or nothing in a pipe."""
    if verbose:
        return Times()
    return Bars() if sys.stderr.isatty() else Progress()
