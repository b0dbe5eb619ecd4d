"""Receives the progress of a run: its steps, and how much of a step is done."""

from __future__ import annotations

from typing import Self


class Progress:
    """Receives the steps of a run and shows nothing; as a context manager, it ends the last step."""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the last step."""
        self.end()

    def step(self, name: str) -> None:
        """Begin a step; the previous one is over."""

    def count(self, done: int, total: int) -> None:
        """Report how much of the current step is done."""

    def end(self) -> None:
        """End the last step."""


SILENT = Progress()
