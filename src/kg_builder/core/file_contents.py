"""Keeps values that a process has read from files, as long as the contents of the files stay the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

KEPT = 8
"""How many values are kept of each kind (the latest ones); a schema takes about ten megabytes."""

Value = TypeVar("Value")


class KeptByContents(Generic[Value]):
    """Values by the checksum of the files from which they were read."""

    def __init__(self) -> None:
        self._kept: dict[str, Value] = {}

    def value(self, root: Path, folders: Iterable[str], read: Callable[[], Value]) -> Value:
        """Return the value for the files in some folders of `root`, which are read only if their contents are new.

        The value must depend on nothing else. Nothing is kept if one of them is not a readable file.
        """
        digest = _digest(root, folders)
        if digest in self._kept:
            return self._kept[digest]
        found = read()
        if digest:
            self._kept[digest] = found
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
        return found


def _digest(root: Path, folders: Iterable[str]) -> str:
    """Return a checksum of all names and contents of folders; empty if one of them is not a readable file."""
    digest = hashlib.sha256()
    try:
        for path in sorted(path for folder in folders for path in (root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_dir():
                digest.update(f"{name}/\0".encode())
                continue
            if not path.is_file():
                return ""
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    except OSError:
        return ""
    return digest.hexdigest()
