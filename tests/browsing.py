"""Pages in a real browser, which notes what goes wrong in them and what they ask of other machines."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from kg_builder.site.writer import BUNDLES

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
WHY = (
    "no Chromium on this machine: install it, on Debian with: apt install chromium"
    if not CHROMIUM
    else "the scripts of the site are not there: make them with: make explorer"
)
READY = CHROMIUM is not None and BUNDLES.is_dir()
MUST_RUN = "KG_BUILDER_BROWSER" in os.environ
"""Set by `.ci/run`, which installs what these tests need: then they fail rather than skip."""

MARKS = [pytest.mark.browser, pytest.mark.skipif(not READY and not MUST_RUN, reason=WHY)]
"""The marks of a module whose tests need a browser."""


def chromium() -> Iterator[Browser]:
    """Yield a browser, which is closed afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Watched:
    """A page of a site that notes what went wrong and what was asked of other machines.

    `origin` is where the site is: pages opened from files ask for files alone, served ones for what is beside them.
    """

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.faults: list[str] = []
        self.asked: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: self.note(asked.url))

    def note(self, url: str) -> None:
        self.asked.append(url)
        if not url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.faults.append(url)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.origin}/{path}")
        return self.page


def watched_at(browser: Browser, origin: str) -> Iterator[Watched]:
    """Yield a page of its own; fail if something went wrong in it, or it asked another machine."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    watched = Watched(context.new_page(), origin)
    yield watched
    context.close()
    assert watched.faults == []
