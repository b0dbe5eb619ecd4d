"""Outputs are written next to their folder, then replace it in one step, so that the last good build stays complete."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import duckdb

from kg_builder.core.problems import Location, ProblemsFound

CHECKSUMS = "SHA256SUMS"
"""The list of files and their SHA-256; a folder with this file was made by a build and may be replaced."""

AT_FDCWD = -100
RENAME_EXCHANGE = 2


@contextlib.contextmanager
def staged(out: Path, names: Collection[str]) -> Iterator[tuple[Path, Path]]:
    """Give a folder for outputs and one for work; replace `out` with the outputs if the block succeeds.

    `names` are the files and folders that a build may leave in `out`. One build at a time may write next to a folder;
    others wait. Leftovers of a killed build are deleted first.
    Raise `ProblemsFound` if `out` holds something that no build has made, or cannot be written.
    """
    out = out.absolute()
    with writable(out, "The last build is as it was."):
        _refuse_foreign(out, {*names, CHECKSUMS})
        if out.parent.exists() and not out.parent.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        out.parent.mkdir(parents=True, exist_ok=True)
        with locked(out.parent):
            staging = out.parent / f".{out.name}.staging"
            shutil.rmtree(staging, ignore_errors=True)
            try:
                files, work = staging / "files", staging / "work"
                files.mkdir(parents=True)
                work.mkdir()
                yield files, work
                _write_checksums(files)
                _exchange(files, out)
            finally:
                shutil.rmtree(staging, ignore_errors=True)


@contextlib.contextmanager
def writable(place: Path, hint: str) -> Iterator[None]:
    """Turn a failed write, such as on a full disk, into `ProblemsFound`."""
    try:
        yield
    except (OSError, duckdb.IOException, duckdb.TransactionException) as error:
        known = [os.strerror(code) for code in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EACCES)]
        said = getattr(error, "strerror", None) or str(error).splitlines()[0].rsplit(": ", 1)[-1]
        reason = next((each for each in known if each in str(error)), said)
        raise ProblemsFound.at(
            Location(str(place)),
            rule="output",
            found=f"a place that cannot be written ({reason})",
            expected="a writable folder with room",
            hint=hint,
        ) from error


def _refuse_foreign(out: Path, names: set[str]) -> None:
    """Raise `ProblemsFound` if a folder holds anything but the files of a previous build."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        found = "something that is not a folder"
    else:
        sums = out / CHECKSUMS
        listed = {line.split("  ", 1)[-1] for line in sums.read_text("utf-8").splitlines()} if sums.is_file() else set()
        present = {path.relative_to(out).as_posix() for path in out.rglob("*") if not path.is_dir()}
        unnamed = {path for path in present if path.split("/")[0] not in names}
        foreign = sorted(unnamed | (present - listed - {CHECKSUMS}))
        if not foreign:
            return
        found = f"{foreign[0]}, which no build has made"
    raise ProblemsFound.at(
        Location(str(out)),
        rule="output",
        found=found,
        expected="a new or empty folder, or a former build",
        hint="Choose another --out.",
    )


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; no file is left behind."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def replace_together(contents: Mapping[Path, bytes]) -> None:
    """Replace or create several files, all or none: each is written beside its place, then all are renamed.

    If one cannot be renamed, those before it get their former content again.
    """
    beside = {path: path.with_name(f".{path.name}.new") for path in contents}
    former = {path: path.read_bytes() if path.exists() else None for path in contents}
    done: list[Path] = []
    try:
        for path, content in contents.items():
            beside[path].write_bytes(content)
            if path.exists():
                shutil.copymode(path, beside[path])
        for path, new in beside.items():
            done.append(path)
            new.replace(path)
    except BaseException:
        for path in done:
            before = former[path]
            if before is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(before)
        raise
    finally:
        for new in beside.values():
            new.unlink(missing_ok=True)


def _exchange(new: Path, out: Path) -> None:
    """Replace `out` with `new`; `out` is complete at every moment if the system can exchange two names."""
    if not out.exists():
        new.rename(out)
    elif not _exchanged(new, out):
        former = new.with_name("former")
        out.rename(former)
        new.rename(out)


def _exchanged(one: Path, other: Path) -> bool:
    """Swap two names in one step with renameat2(2) of Linux; return False if it is not available."""
    if not sys.platform.startswith("linux"):
        return False
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return swap is not None and swap(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0


def _write_checksums(folder: Path) -> None:
    """Write `SHA256SUMS` for all files of a folder, in the form that `sha256sum --check` reads."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    lines = [f"{checksum(path)}  {name}\n" for name, path in sorted(found.items())]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
