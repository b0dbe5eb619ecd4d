"""Shows the progress of a run on a terminal: its steps with their times, and a bar where items are counted."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from kg_builder.core.progress import Progress

if TYPE_CHECKING:
    from rich.progress import TaskID


class Times(Progress):
    """Prints each step and its time in seconds to standard error."""

    def __init__(self) -> None:
        self.name = ""
        self.began = 0.0

    def step(self, name: str) -> None:
        """Begin a step, and print the previous one."""
        self.end()
        self.name, self.began = name, time.perf_counter()

    def end(self) -> None:
        """Print the last step."""
        if self.name:
            print(f"{time.perf_counter() - self.began:7.2f} s  {self.name}", file=sys.stderr, flush=True)
        self.name = ""


class Bars(Progress):
    """Draws the steps on a terminal, with their times and a bar; the drawing disappears when the run is over."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415  (heavy, and only useful on a terminal)
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
        from rich.progress import Progress as Drawing  # noqa: PLC0415

        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[counted]}"))
        self.shown = Drawing(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True)
        self.task: TaskID | None = None

    def step(self, name: str) -> None:
        """Draw another line."""
        self.end_step()
        self.shown.start()
        self.task = self.shown.add_task(name, total=None, counted="")

    def count(self, done: int, total: int) -> None:
        """Move the bar of the current step."""
        if self.task is not None:
            self.shown.update(self.task, completed=done, total=total, counted=f"{done:,} of {total:,}")

    def end_step(self) -> None:
        """End the current step; its line stays until the run is over."""
        if self.task is not None:
            self.shown.update(self.task, total=1, completed=1)
            self.shown.stop_task(self.task)
        self.task = None

    def end(self) -> None:
        """Remove the drawing."""
        self.end_step()
        self.shown.stop()


def shown_progress(*, verbose: bool = False) -> Progress:
    """Return the progress display: times of all steps if verbose, bars on a terminal, nothing in a pipe."""
    if verbose:
        return Times()
    return Bars() if sys.stderr.isatty() else Progress()
