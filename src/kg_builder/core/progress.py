"""Hears what a run is doing: its steps, and how much of a step is done."""

from __future__ import annotations

from typing import Self


class Progress:
    """Hears of the steps of a run and shows nothing; a context, at whose end the last step is over."""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the last step."""
        self.end()

    def step(self, name: str) -> None:
        """Begin a step; the one before is over."""

    def count(self, done: int, total: int) -> None:
        """Say how much of the present step is done."""

    def end(self) -> None:
        """End the last step."""


SILENT = Progress()
