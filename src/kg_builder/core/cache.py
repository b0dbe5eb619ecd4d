"""Caches results that are slow to compute, under a key of all their inputs.

The folder is `$KG_BUILDER_CACHE`, or else `kg-builder` in the user's cache folder; `KG_BUILDER_CACHE=off` turns the
cache off. The folder may be deleted at any time: outputs are byte-identical with and without it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path

VARIABLE = "KG_BUILDER_CACHE"

LIMIT = 200_000_000
"""Maximum size of a cache in bytes after a build; the least recently used entries are deleted first."""


class Cache:
    """A folder with contents by key; without a folder, the cache is always empty.

    Several processes may share it. A file that is unreadable or has a wrong checksum counts as missing, and a
    failed write is ignored: no error of the cache stops a build.

    >>> Cache(None).get(content_key("chart", "…")) is None
    True
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def get(self, key: str) -> bytes | None:
        """Return the content of a key, or None."""
        if not self.folder:
            return None
        try:
            whole = self._path(key).read_bytes()
            os.utime(self._path(key))
        except OSError:
            return None
        checksum, content = whole[:32], whole[32:]
        return content if hashlib.sha256(content).digest() == checksum else None

    def put(self, key: str, content: bytes) -> None:
        """Store the content of a key."""
        if not self.folder:
            return
        with contextlib.suppress(OSError):
            path = self._path(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as draft:
                draft.write(hashlib.sha256(content).digest() + content)
            Path(draft.name).replace(path)

    def prune(self, limit: int = LIMIT) -> None:
        """Delete the least recently used entries until at most `limit` bytes are left."""
        if not self.folder:
            return
        with contextlib.suppress(OSError):
            found = [(path, path.stat()) for path in self.folder.glob("??/*")]
            found.sort(key=lambda each: -each[1].st_mtime_ns)
            held = 0
            for path, about in found:
                held += about.st_size
                if held > limit:
                    path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        assert self.folder  # noqa: S101  (callers have checked it)
        return self.folder / key[:2] / key


def user_cache() -> Cache:
    """Return the cache that the environment variables set."""
    named = os.environ.get(VARIABLE)
    if named == "off":
        return Cache(None)
    if named:
        return Cache(Path(named))
    with contextlib.suppress(RuntimeError):  # no home
        shared = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        return Cache(Path(shared) / "kg-builder")
    return Cache(None)


def content_key(*parts: str | bytes) -> str:
    """Return the key of a result that the code of this package makes from these parts.

    The borders between parts count: `("ab", "c")` and `("a", "bc")` have different keys.

    >>> content_key("ab", "c") == content_key("a", "bc")
    False
    """
    digest = hashlib.sha256(_code())
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8) + content)
    return digest.hexdigest()


@cache
def _code() -> bytes:
    """Return the checksum of the package's modules, because another version may give other results."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()
