"""The files that a build has written, listed for download."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from kg_builder.core.output_folder import checksum

SITE = "site"
"""The folder of the pages, which lists all other files."""


@dataclasses.dataclass(frozen=True)
class Download:
    """A file outside the site folder: its path within the build, its size in bytes, and its SHA-256."""

    path: str
    size: int
    sha256: str


def downloads(folder: Path) -> Iterator[Download]:
    """Yield the built files outside the site folder, tables last."""
    found = [path for path in folder.rglob("*") if path.is_file() and SITE not in path.relative_to(folder).parts]
    for path in sorted(found, key=lambda path: (path.parent != folder, path)):
        yield Download(path.relative_to(folder).as_posix(), path.stat().st_size, checksum(path))
