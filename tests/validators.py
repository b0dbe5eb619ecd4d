"""Runs what others validate with, from an environment of its own: it would bring some eighty packages into ours."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.bench import ROOT

BIN = ROOT / ".venv-validators" / "bin"
READY = (BIN.parent / "ready").is_file()
MUST_RUN = "KG_BUILDER_VALIDATORS" in os.environ
"""Set by `.ci/run`, which installs what these tests need: then they fail rather than skip."""

WHY = "the validators are not installed: install them with: make validators"
NEEDED = pytest.mark.skipif(not READY and not MUST_RUN, reason=WHY)
"""The mark of a test that runs a validator."""

JAVA_NEEDED = pytest.mark.skipif(
    not (READY and shutil.which("java")) and not MUST_RUN,
    reason="the reasoner cannot run: install it and Java with: make validators; apt-get install default-jre-headless",
)
"""The mark of a test that runs the reasoner HermiT."""


def validated(command: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command of the validators' environment, which fails if it has not ended after two minutes."""
    return subprocess.run(
        [BIN / command, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False
    )
