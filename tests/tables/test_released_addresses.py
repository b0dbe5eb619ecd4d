"""No released address disappears, and what became of a former one leads to a thing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kg_builder.cli.main import main
from kg_builder.curation.release import release
from kg_builder.graph.sources import read_sources
from kg_builder.tables.data_folder import RELEASED, table_files
from kg_builder.tables.engine import load
from kg_builder.tables.loading import engine, row_problems
from tests.bench import ROOT
from tests.draft import Draft

CHANGES = "data/shared/address_changes.csv"
BASE = "https://w3id.org/child-protection-kg/"


@pytest.fixture
def draft(tmp_path: Path, project: Path) -> Draft:
    """The example, all of whose addresses are released."""
    release(project)
    return Draft(project, tmp_path / "build")


def found(draft: Draft, tmp_path: Path) -> list[str]:
    """The problems of cells and addresses, as sentences; a graph is not built."""
    schema = read_sources(ROOT).schema
    files = table_files(draft.root / "data", schema)
    with engine(tmp_path, "500MB", 0) as connection:
        load(connection, schema, files, tmp_path)
        return [str(each) for each in row_problems(connection, schema, draft.root, BASE)]


def test_the_example_has_no_problems_once_it_is_released(draft: Draft, tmp_path: Path) -> None:
    assert found(draft, tmp_path) == []


def test_an_address_that_disappears_is_reported_with_the_command_that_records_it(draft: Draft, tmp_path: Path) -> None:
    draft.change("data/example-2020/mentions.csv", "example-chat,platform/", "chat-named,platform/")
    address = "example-2020/mention/example-chat"
    assert found(draft, tmp_path) == [
        (
            f'{RELEASED}:{line(draft, address)}: found "{address}", which no row has any more, expected each released '
            "address in a table, or a record of what became of it. If it has a new name, run `kg-builder rename "
            f"{address} example-2020/mention/chat-named`; if it is gone, "
            f'`kg-builder retract {address} --because "…"`.'
        )
    ]


def test_the_command_of_the_message_records_it(draft: Draft, tmp_path: Path) -> None:
    draft.change("data/example-2020/mentions.csv", "example-chat,platform/", "chat-named,platform/")
    (sentence,) = found(draft, tmp_path)
    assert draft.run(*sentence.split("`")[1].split()[1:]).code == 0
    assert found(draft, tmp_path) == []


def test_without_a_similar_new_address_the_command_is_retract(draft: Draft, tmp_path: Path) -> None:
    path = draft.path("data/example-2020/mentions.csv")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(each for each in lines if not each.startswith("example-chat,")), encoding="utf-8")
    address = "example-2020/mention/example-chat"
    assert found(draft, tmp_path)[0].endswith(
        f'Write the row again, or run `kg-builder retract {address} --because "…"`; if another thing takes its place, '
        f"`kg-builder merge {address} INTO`."
    )


def line(draft: Draft, address: str) -> int:
    return (draft.root / RELEASED).read_text(encoding="utf-8").splitlines().index(address) + 1


def test_of_many_that_disappear_twenty_are_listed(draft: Draft, tmp_path: Path) -> None:
    former = "".join(f"zone/place-{number:02}\n" for number in range(25))
    draft.write(RELEASED, (draft.root / RELEASED).read_text(encoding="utf-8") + former)
    sentences = found(draft, tmp_path)
    assert (len(sentences), sentences[-1].endswith("(5 more of this kind.)")) == (20, True)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"threat/b\nthreat/a\n",
            (
                f'{RELEASED}:2: found "threat/a" behind "threat/b", expected addresses in the order of their '
                "characters. "
                f"Sort it: `LC_ALL=C sort -u -o {RELEASED} {RELEASED}`."
            ),
        ),
        (
            b"<<<<<<< HEAD\nthreat/a\n",
            (
                f'{RELEASED}:1: found "<<<<<<< HEAD", expected an address without its beginning, such as '
                "threat/grooming. "
                f"Sort it: `LC_ALL=C sort -u -o {RELEASED} {RELEASED}`."
            ),
        ),
        (
            b"threat/\xe4\n",
            (
                f"{RELEASED}:1: found the byte 0xE4 at offset 7, which is not UTF-8, expected UTF-8 text. "
                "Save the file as UTF-8."
            ),
        ),
    ],
    ids=["not sorted", "a conflict", "not UTF-8"],
)
def test_a_list_that_cannot_be_used_is_refused(content: bytes, sentence: str, draft: Draft, tmp_path: Path) -> None:
    draft.write(RELEASED, content)
    assert found(draft, tmp_path) == [sentence]


def test_an_empty_list_means_that_nothing_is_released(draft: Draft, tmp_path: Path) -> None:
    draft.write(RELEASED, b"")
    assert found(draft, tmp_path) == []


ROWS = {
    "a former address used again": (
        "merged-again,threat/extortion,merged,threat/grooming,2020-06-05,\n",
        (
            'data/shared/threats.csv:2: id: found the address "threat/extortion", which is merged, expected an address '
            "that was never used before. Give it another id. If the former thing has come back, remove "
            f"{CHANGES}:7."
        ),
    ),
    "a former address used again by a code": (
        "origin-legend,origin/legend,retracted,,2020-06-05,It was a mistake.\n",
        (
            f'{CHANGES}:7: thing: found the address "origin/legend", which is retracted, expected an address that was '
            f"never used before. Give it another id. If the former thing has come back, remove {CHANGES}:7."
        ),
    ),
    "a deprecated thing that is gone": (
        "threat-x,threat/x,deprecated,,2020-06-05,\n",
        (
            f'{CHANGES}:7: thing: found "threat/x", which no row has, expected the address of a thing, '
            "because it stays. "
            'If it is gone, run `kg-builder retract threat/x --because "…"`.'
        ),
    ),
    "a way that ends nowhere": (
        "threat-x,threat/x,renamed,threat/groming,2020-06-05,\n",
        (
            f'{CHANGES}:7: by: found "threat/groming", which no row has, expected the address of a thing, or '
            "of one with "
            "a row here. Did you mean threat/grooming?"
        ),
    ),
    "a way of an unknown kind that ends nowhere": (
        "threat-x,threat/x,renamed,menace/x,2020-06-05,\n",
        (
            f'{CHANGES}:7: by: found "menace/x", which no row has, expected the address of a thing, or of one with '
            "a row here. Write the address of the thing that takes its place."
        ),
    ),
    "a circle": (
        "threat-x,threat/x,renamed,threat/y,2020-06-05,\nthreat-y,threat/y,renamed,threat/x,2020-06-05,\n",
        (
            f"{CHANGES}:7: by: found the circle threat/x → threat/y → threat/x, expected addresses that lead "
            "to a thing. "
            "Correct one of these rows."
        ),
    ),
    "a circle of one": (
        "threat-x,threat/x,renamed,threat/x,2020-06-05,\n",
        (
            f"{CHANGES}:7: by: found the circle threat/x → threat/x, expected addresses that lead to a thing. "
            "Correct one of these rows."
        ),
    ),
    "two rows for one address": (
        "threat-luring-again,threat/luring,merged,threat/grooming,2020-06-05,\n",
        (
            f'{CHANGES}:7: thing: found "threat/luring" again, after {CHANGES}:6, expected one row for each address. '
            "Remove one of them."
        ),
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_record_that_does_not_fit_is_reported(name: str, draft: Draft, tmp_path: Path) -> None:
    rows, sentence = ROWS[name]
    draft.write(CHANGES, (draft.root / CHANGES).read_text(encoding="utf-8") + rows)
    assert found(draft, tmp_path) == [sentence]


def test_records_with_faulty_cells_are_corrected_first(draft: Draft, tmp_path: Path) -> None:
    draft.change(CHANGES, ",renamed,", ",rename,")
    (sentence,) = found(draft, tmp_path)
    assert 'kind: found a reference to nothing, "rename"' in sentence


# ---------------------------------------------------------------- release


def test_a_release_adds_new_addresses_and_removes_none(draft: Draft) -> None:
    draft.write(RELEASED, "agent/project\nthreat/luring\n")
    assert release(draft.root, dry_run=True).released == release(draft.root).released
    lines = (draft.root / RELEASED).read_text(encoding="utf-8").splitlines()
    assert lines == sorted({*lines})
    assert {"threat/luring", "threat/grooming", "example-2020/finding/seen-yes", "origin/legend"} <= {*lines}
    assert release(draft.root).new == []


def test_terms_and_records_are_not_listed(draft: Draft) -> None:
    lines = (draft.root / RELEASED).read_text(encoding="utf-8").splitlines()
    assert [each for each in lines if "#" in each or each.startswith("address-change/")] == []


def test_a_project_with_errors_is_not_released(draft: Draft) -> None:
    draft.change("data/shared/threats.csv", "\ngrooming,", "\nGrooming,")
    before = (draft.root / RELEASED).read_bytes()
    run = draft.run("release")
    assert (run.code, run.printed) == (1, "")
    assert (draft.root / RELEASED).read_bytes() == before


def test_the_command_says_what_is_new(draft: Draft, capsys: pytest.CaptureFixture[str]) -> None:
    (draft.root / RELEASED).unlink()
    assert main(["release", "--root", str(draft.root), "--dry-run", "--format", "csv"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert (printed[0], "threat/grooming" in printed) == ("new", True)
    assert not (draft.root / RELEASED).exists()


# ---------------------------------------------------------------- the real data


def test_the_real_list_is_small_text_in_order() -> None:
    content = (ROOT / RELEASED).read_bytes()
    assert len(content) < 1_000_000
    lines = content.decode().splitlines()
    assert lines == sorted({*lines})


def test_the_real_list_is_committed() -> None:
    run = subprocess.run(["git", "ls-files", RELEASED], cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S607  (git, wherever it is)
    if run.returncode:
        pytest.skip("this copy of the project is no git repository")
    assert run.stdout == f"{RELEASED}\n"
