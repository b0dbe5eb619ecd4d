"""Draws charts as SVG and PNG, each once: existing drawings come from the cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from importlib.metadata import version
from queue import SimpleQueue
from typing import Any

from kg_builder.charts.charts import ON_PAPER, Chart
from kg_builder.core.cache import Cache, content_key

ON_PAGES = "var(--text)"
"""The text colour of a chart inside a page: that of the surrounding text, in light and dark mode."""

SCALE = 2
"""The scale factor of a PNG over its screen size, so that it is sharp in print."""

FEW = 4
"""Up to this many charts, drawing takes less time than starting another process."""


class Drawings:
    """The charts of a build as SVG; those not in the cache are drawn by other processes."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self.drawn: dict[str, str] = {}

    def prepare(self, charts: Iterable[Chart]) -> Iterator[tuple[int, int]]:
        """Draw the missing charts on all cores; after each chart, yield how many are done, and the total.

        Each process has its own engine, because one engine draws one chart at a time.
        """
        wanted = {text: _key_of(text) for text in map(_specification, charts) if text not in self.drawn}
        known = {text: self.cache.get(key) for text, key in wanted.items()}
        self.drawn |= {text: image.decode() for text, image in known.items() if image is not None}
        missing = [text for text, image in known.items() if image is None]
        for done, (text, image) in enumerate(drawn(missing), 1):
            self.drawn[text] = image
            self.cache.put(wanted[text], image.encode())
            yield done, len(missing)

    def svg(self, chart: Chart) -> str:
        """Return a standalone chart without a background."""
        for _ in self.prepare([chart]):
            pass
        return self.drawn[_specification(chart)]

    def inline(self, chart: Chart) -> str:
        """Return a chart for use inside a page, in the text colour of the page."""
        return self.svg(chart).replace(ON_PAPER, ON_PAGES)


def drawn(specifications: list[str]) -> Iterator[tuple[str, str]]:
    """Yield specifications with their drawings, in the order in which processes on all cores finish them."""
    if len(specifications) <= FEW:
        from kg_builder.charts.renderer import as_svg  # noqa: PLC0415  (heavy)

        yield from ((each, as_svg(json.loads(each))) for each in specifications)
        return
    shares = min(os.cpu_count() or 1, len(specifications) // FEW)
    results: SimpleQueue[list[str] | None] = SimpleQueue()
    running: list[subprocess.Popen[str]] = []

    def draw(share: list[str]) -> None:
        with tempfile.TemporaryFile("w+", encoding="utf-8") as given:
            given.writelines(f"{each}\n" for each in share)
            given.seek(0)
            command = [sys.executable, "-m", "kg_builder.charts.renderer"]
            options: dict[str, Any] = {"stdin": given, "stdout": subprocess.PIPE, "start_new_session": True}
            with subprocess.Popen(command, **options, text=True, encoding="utf-8") as process:  # noqa: S603
                running.append(process)
                for line in process.stdout or ():
                    results.put(json.loads(line))

    def share_drawn(share: list[str]) -> None:
        try:
            draw(share)
        finally:
            results.put(None)

    with ThreadPoolExecutor(shares) as pool:
        ends = [pool.submit(share_drawn, specifications[start::shares]) for start in range(shares)]
        open_ends = shares
        try:
            while open_ends:
                if found := results.get():
                    yield found[0], found[1]
                else:
                    open_ends -= 1
        finally:
            for process in running:
                process.kill()
        for end in ends:
            end.result()


@lru_cache(1000)
def _specification(chart: Chart) -> str:
    """Return a chart in Vega-Lite, on one line; equal charts have equal specifications."""
    return json.dumps(chart.specification(), ensure_ascii=False, sort_keys=True)


def _key_of(text: str) -> str:
    """Return the cache key of a chart."""
    return content_key("svg", _renderer(), text)


@cache
def _renderer() -> str:
    """Return the version of the renderer, which is read from a file."""
    return version("vl-convert-python")


def png(chart: Chart) -> bytes:
    """Return a chart as PNG on white, at twice the size."""
    from kg_builder.charts.renderer import as_png  # noqa: PLC0415  (heavy)

    return as_png(chart.specification(background="#ffffff"), SCALE)
