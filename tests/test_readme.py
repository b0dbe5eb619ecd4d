"""The README shows what its commands print."""

from __future__ import annotations

from pathlib import Path

from tests.readme import BLOCK, ROOT, copy_of_project, expected


def test_every_block_of_the_readme_shows_what_its_command_prints(real_build: Path, tmp_path: Path) -> None:
    project = copy_of_project(tmp_path, real_build)
    blocks = list(BLOCK.finditer((ROOT / "README.md").read_text(encoding="utf-8")))
    assert len(blocks) == 6
    assert [match["shown"] for match in blocks] == [expected(match, project) for match in blocks]


def test_every_command_of_the_program_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
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
