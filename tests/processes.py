"""The command line in a process of its own, as a person runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

COMMAND = (sys.executable, "-m", "kg_builder")


def in_own_process(*arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """Run a command; raise `TimeoutExpired`, with the process killed, if it takes longer than that."""
    return subprocess.run([*COMMAND, *arguments], check=False, capture_output=True, text=True, timeout=seconds)


def as_anybody(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command without the right of root to read and write everything."""
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root may read and write everything, and there is no setpriv to take that right away")
        before = (setpriv, "--bounding-set=-dac_override,-dac_read_search")
    return subprocess.run([*before, *COMMAND, *arguments], check=False, capture_output=True, text=True)
