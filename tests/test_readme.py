"""The README and the documentation show what their commands print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.readme import BLOCK, PAGES, ROOT, copy_of_project, expected


def test_every_block_shows_what_its_command_prints(real_build: Path, tmp_path: Path) -> None:
    project = copy_of_project(tmp_path, real_build)
    blocks = [match for page in PAGES for match in BLOCK.finditer(page.read_text(encoding="utf-8"))]
    assert len(blocks) == 12
    assert [match["shown"] for match in blocks] == [expected(match, project) for match in blocks]


def test_every_command_of_the_program_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for command in (
        "build",
        "validate",
        "verify",
        "explain",
        "new-report",
        "queries",
        "ask",
        "query",
        "find",
        "compare",
        "discrepancies",
        "serve",
    ):
        assert f"    kg-builder {command} " in text


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 250


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
