"""A place that cannot take the outputs is refused in one sentence, and what stands there stays as it was."""

from __future__ import annotations

import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.draft import Draft, contents
from tests.processes import COMMAND, as_anybody

FORMER = "expected a new or empty folder, or a former build. Choose another --out."
ROOM = "expected a writable folder with room. The last build is as it was."


def test_a_folder_with_foreign_files_is_left_alone(draft: Draft, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("Mine.", encoding="utf-8")
    assert Draft(draft.root, tmp_path / "mine").refusal() == [
        f"{tmp_path}/mine: found notes.txt, which no build has made, {FORMER}"
    ]


def test_a_former_build_with_a_foreign_file_in_it_is_left_alone(draft: Draft) -> None:
    (draft.out / "tables/notes.txt").write_text("Mine.", encoding="utf-8")
    assert draft.refusal() == [f"{draft.out}: found tables/notes.txt, which no build has made, {FORMER}"]


def test_a_foreign_list_of_checksums_makes_no_folder_a_build(draft: Draft, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/SHA256SUMS").write_text(f"{sha256(b'Mine.').hexdigest()}  notes.txt\n", encoding="utf-8")
    (tmp_path / "mine/notes.txt").write_text("Mine.", encoding="utf-8")
    assert Draft(draft.root, tmp_path / "mine").refusal() == [
        f"{tmp_path}/mine: found notes.txt, which no build has made, {FORMER}"
    ]


def test_an_output_that_is_a_file_is_left_alone(draft: Draft, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("Mine.", encoding="utf-8")
    assert Draft(draft.root, tmp_path / "file").refusal() == [
        f"{tmp_path}/file: found something that is not a folder, {FORMER}"
    ]


def test_an_output_that_is_a_link_is_left_alone(draft: Draft, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(draft.out)
    assert Draft(draft.root, tmp_path / "link").refusal() == [
        f"{tmp_path}/link: found something that is not a folder, {FORMER}"
    ]


def test_an_output_below_a_file_is_refused(draft: Draft, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("Mine.", encoding="utf-8")
    assert draft.build("--out", str(tmp_path / "file/build")).sentences == (
        f"{tmp_path}/file/build: found a place that cannot be written (Not a directory), {ROOM}",
        "1 error; nothing was written.",
    )


def test_an_output_in_the_project_itself_is_refused(draft: Draft) -> None:
    before = contents(draft.root)
    run = draft.build("--out", str(draft.root))
    assert run.code == 1
    assert contents(draft.root) == before


def test_a_read_only_folder_is_refused(draft: Draft, tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir()
    (tmp_path / "shut").chmod(0o555)
    out = tmp_path / "shut/build"
    assert as_anybody("build", "--root", str(draft.root), "--out", str(out)).stderr.splitlines() == [
        f"{out}: found a place that cannot be written (Permission denied), {ROOM}",
        "1 error; nothing was written.",
    ]


def test_a_read_only_folder_keeps_the_last_build(draft: Draft) -> None:
    before = contents(draft.out)
    draft.out.parent.chmod(0o555)
    assert as_anybody("build", "--root", str(draft.root), "--out", str(draft.out)).returncode == 1
    assert contents(draft.out) == before


def test_a_limit_of_file_size_keeps_the_last_build(draft: Draft) -> None:
    before = contents(draft.out)
    limited = ["/bin/sh", "-c", 'ulimit -f 200; exec "$@"', "sh", *COMMAND]
    run = subprocess.run(
        [*limited, "build", "--root", str(draft.root), "--out", str(draft.out)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.stderr.splitlines() == [
        f"{draft.out}: found a place that cannot be written (File too large), {ROOM}",
        "1 error; nothing was written.",
    ]
    assert sorted(path.name for path in draft.out.parent.iterdir()) == ["build", "project"]
    assert contents(draft.out) == before


@pytest.fixture
def small_disk() -> list[str]:
    """The words that run a command where SIZE and PLACE make a small disk, in name spaces of its own."""
    unshare = shutil.which("unshare")
    words = [
        str(unshare),
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        'mount -t tmpfs -o size="$0" none "$1" && shift && "$@"',
    ]
    probe = [*words[:-1], "mount -t tmpfs -o size=1m none /mnt"]
    if unshare is None or subprocess.run(probe, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here; the limit of file size stands for a full one")
    return words


@pytest.mark.parametrize("size", ["100k", "500k", "1500k", "3m"])
def test_a_full_disk_gives_one_sentence_and_leaves_nothing(
    size: str, small_disk: list[str], draft: Draft, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    command = [*small_disk, size, str(disk), "sh", "-c", '"$@"; echo "$?"; ls -A "$0"', str(disk)]
    run = subprocess.run(
        [*command, *COMMAND, "build", "--root", str(draft.root), "--out", str(disk / "build")],
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.stderr.splitlines() == [
        f"{disk}/build: found a place that cannot be written (No space left on device), {ROOM}",
        "1 error; nothing was written.",
    ]
    assert run.stdout == "1\n"


def test_a_full_disk_for_temporary_files_gives_one_sentence(
    small_disk: list[str], draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    monkeypatch.setenv("TMPDIR", str(disk))
    run = subprocess.run(
        [*small_disk, "500k", str(disk), *COMMAND, "validate", "--root", str(draft.root)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    (sentence, _) = run.stderr.splitlines()
    assert sentence == (
        f"{disk}: found a place that cannot be written (No space left on device), "
        "expected a writable folder with room. Set TMPDIR to another folder."
    )


def test_an_unknown_format_is_refused(draft: Draft) -> None:
    (sentence,) = draft.refusal("--format", "xml")
    assert sentence == (
        "--format: found the output 'xml', expected one of nq, ttl, trig, jsonld, bridges, csvw, dictionary, "
        "network, ontology, croissant, site."
    )


@pytest.mark.parametrize("base", ["not a base", "example", "http://example.org", "https://example.org/a b/", ""])
def test_a_base_that_is_no_address_is_refused(base: str, draft: Draft) -> None:
    (sentence,) = draft.refusal(f"--base={base}")
    assert sentence.startswith(f'--base: found "{base}", expected ')


@pytest.mark.parametrize("memory", ["lots", "-1GB", "", "2", "2 apples"])
def test_a_memory_that_is_no_amount_is_refused(memory: str, draft: Draft) -> None:
    (sentence,) = draft.refusal(f"--memory={memory}")
    assert sentence.startswith(f'--memory: found "{memory}", expected ')


def test_too_little_memory_is_told_in_one_sentence(draft: Draft) -> None:
    assert draft.refusal("--memory", "1MB") == [
        "--memory: found too little memory for the engine, 1MB, expected more, such as 2GB."
    ]
