"""Keeps what takes long to make under a key that says all that it was made of, so that it is made once.

The folder is `$KG_BUILDER_CACHE`, else `kg-builder` in the user's folder for caches; `KG_BUILDER_CACHE=off` keeps
nothing. It may be deleted at any time: outputs are the same bytes with and without it.
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
"""Bytes that a cache may hold after a build; what was used longest ago goes first."""


class Cache:
    """A folder of contents by key; without a folder it is always empty.

    Several processes may share it. A file that cannot be read, or is not what was written, counts as missing, and
    what cannot be written is not kept: no fault of a cache stops a build.

    >>> Cache(None).get(content_key("chart", "…")) is None
    True
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def get(self, key: str) -> bytes | None:
        """Return the content of a key, None if there is none."""
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
        """Keep the content of a key."""
        if not self.folder:
            return
        with contextlib.suppress(OSError):
            path = self._path(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as draft:
                draft.write(hashlib.sha256(content).digest() + content)
            Path(draft.name).replace(path)

    def prune(self, limit: int = LIMIT) -> None:
        """Delete what was used longest ago until at most `limit` bytes are left."""
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
        assert self.folder  # noqa: S101  (its callers have looked)
        return self.folder / key[:2] / key


def user_cache() -> Cache:
    """Return the cache that the environment names."""
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
    """Return the key of what is made of these parts by the code of this package.

    Parts that are joined otherwise have another key: `("ab", "c")` is not `("a", "bc")`.

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
    """Return the checksum of the package's modules: another version makes other things."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()
