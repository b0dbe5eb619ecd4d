"""Takes the pictures in docs/ from the built site, in a real browser: `make pictures`."""

from __future__ import annotations

from pathlib import Path

from tests.bench import ROOT
from tests.browsing import chromium

PICTURES = {"question": "netclean-2018/question/deepfakes-encountered.html"}
"""The pictures by their names, and the pages that they show."""

SIZE = {"width": 1000, "height": 760}


def main(site: Path = ROOT / "build" / "site", folder: Path = ROOT / "docs") -> None:
    """Write the pictures as PNG."""
    for browser in chromium():
        for name, path in PICTURES.items():
            page = browser.new_page(viewport=SIZE, color_scheme="light")  # type: ignore[arg-type]
            page.goto(f"{site.as_uri()}/{path}")
            page.wait_for_timeout(500)
            page.screenshot(path=folder / f"{name}.png")
            page.close()


if __name__ == "__main__":
    main()
