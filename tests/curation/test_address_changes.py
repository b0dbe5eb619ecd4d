"""Things are renamed, merged, retracted, deprecated and corrected in all tables at once, or nothing is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg_builder.core import output_folder
from kg_builder.curation.import_maps import edited_maps
from kg_builder.curation.release import release
from tests.draft import Draft, Run, contents

CHANGES = "data/shared/address_changes.csv"
QUESTIONS = "data/example-2020/questions.csv"
SEEN = "example-2020/finding/seen-yes"
MAPPINGS = "data/links/subjects.sssom.tsv"


@pytest.fixture
def draft(tmp_path: Path, project: Path) -> Draft:
    """The example, all of whose addresses are released."""
    release(project)
    return Draft(project, tmp_path / "build")


def changed(draft: Draft, *arguments: str, day: str = "2021-02-03") -> dict[str, tuple[list[str], list[str]]]:
    """Run a command that must succeed; return the lines that each file has lost and gained."""
    before = contents(draft.root / "data")
    run = draft.run(*arguments, "--date", day)
    assert (run.code, run.sentences) == (0, ()), run.sentences
    after = contents(draft.root / "data")
    return {
        f"data/{name}": difference(before.get(name, b""), after.get(name, b""))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    }


def difference(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    old, new = before.decode().splitlines(), after.decode().splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def refused(draft: Draft, *arguments: str) -> list[str]:
    """Run a command that must fail and leave all tables as they were; return its sentences."""
    before = contents(draft.root / "data")
    run = draft.run(*arguments)
    assert (run.code, run.printed) == (1, "")
    assert contents(draft.root / "data") == before
    return [*run.sentences[:-1]]


def valid(draft: Draft) -> Run:
    return draft.run("validate")


# ---------------------------------------------------------------- rename


def test_a_renamed_question_is_renamed_wherever_tables_and_mappings_name_it(draft: Draft) -> None:
    edits = changed(draft, "rename", "example-2020/question/seen", "example-2020/question/cases-seen")
    files = ("findings.csv", "options.csv", "questions.csv")
    assert [*edits] == [*(f"data/example-2020/{name}" for name in files), MAPPINGS, CHANGES]
    assert edits["data/example-2020/options.csv"] == (
        ["seen-no,seen,No,false,,2,", "seen-yes,seen,Yes,false,,1,"],
        ["seen-no,cases-seen,No,false,,2,", "seen-yes,cases-seen,Yes,false,,1,"],
    )
    assert edits[CHANGES] == (
        [],
        [
            "example-2020-question-seen,example-2020/question/seen,renamed,example-2020/question/cases-seen,2021-02-03,",
        ],
    )
    assert "cpkg:example-2020/question/cases-seen" in edits[MAPPINGS][1][0]
    assert valid(draft).code == 0


def test_a_renamed_row_moves_to_its_sorted_place(draft: Draft) -> None:
    changed(draft, "rename", "example-2020/question/seen", "example-2020/question/a-first-one")
    lines = (draft.root / QUESTIONS).read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines[:3]] == ["id", "a-first-one", "change"]


def test_a_reason_is_written_on_one_line(draft: Draft) -> None:
    edits = changed(draft, "rename", "threat/grooming", "threat/approach", "--because", "A plainer\n word, one says.")
    assert edits[CHANGES][1] == [
        'threat-grooming,threat/grooming,renamed,threat/approach,2021-02-03,"A plainer word, one says."',
    ]


def test_other_cells_and_line_ends_stay_byte_for_byte(draft: Draft) -> None:
    path = draft.root / "data/shared/threats.csv"
    text = (
        path.read_text(encoding="utf-8").replace("grooming,grooming,", '"grooming","grooming",').replace("\n", "\r\n")
    )
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    changed(draft, "rename", "threat/grooming", "threat/approach")
    old_rows = text.split("\r\n")
    expected = [
        old_rows[0],
        next(row for row in old_rows if row.startswith('"grooming"')).replace('"grooming"', '"approach"', 1),
        *(
            row.replace(",grooming,crime", ",approach,crime")
            for row in old_rows[1:]
            if not row.startswith('"grooming"')
        ),
    ]
    assert path.read_bytes() == b"\xef\xbb\xbf" + "\r\n".join(expected).encode()


def test_an_address_that_was_never_released_needs_no_record(draft: Draft) -> None:
    draft.change("data/shared/threats.csv", "grooming,grooming,", "blackmail,blackmail,,,,,\ngrooming,grooming,")
    draft.run("rename", "threat/blackmail", "threat/pressure")
    assert b"blackmail" not in (draft.root / CHANGES).read_bytes()
    assert b"\npressure,blackmail," in (draft.root / "data/shared/threats.csv").read_bytes()


def test_an_id_that_was_changed_by_hand_is_recorded_and_followed(draft: Draft) -> None:
    draft.change(QUESTIONS, "\nseen,", "\ncases-seen,")
    assert any("reference to nothing" in each for each in valid(draft).sentences)
    edits = changed(draft, "rename", "example-2020/question/seen", "example-2020/question/cases-seen")
    assert QUESTIONS in edits  # the follow-up names it
    assert valid(draft).code == 0


def test_two_ids_that_were_changed_by_hand_are_recorded_one_by_one(draft: Draft) -> None:
    draft.change(QUESTIONS, "\nseen,", "\ncases-seen,")
    draft.change("data/shared/threats.csv", "\ngrooming,", "\napproach,")
    changed(draft, "rename", "threat/grooming", "threat/approach")
    changed(draft, "rename", "example-2020/question/seen", "example-2020/question/cases-seen")
    assert not [each for each in valid(draft).sentences if "released" in each or "reference" in each]


def test_a_deprecated_thing_stays_deprecated_under_its_new_name(draft: Draft) -> None:
    edits = changed(draft, "rename", "technology/encryption", "technology/encrypting")
    because = "The narrower one is named in the report."
    assert edits[CHANGES][1] == [
        f"technology-encrypting,technology/encrypting,deprecated,technology/end-to-end-encryption,2020-06-05,{because}",
        "technology-encryption,technology/encryption,renamed,technology/encrypting,2021-02-03,",
    ]


def test_import_maps_follow(draft: Draft) -> None:
    before = '# a\n[columns]\n"A" = { to = "question", values = { "ja" = "seen" } }\n[set]\nquestion = "seen"  # b\n'
    draft.write("data/example-2020/imports/old.toml", before)
    path = draft.root / "data/example-2020/imports/old.toml"
    found, edits = edited_maps(draft.root, [path], {"question": ("seen", "met")})
    assert found[path].decode() == before.replace('"seen"', '"met"')
    assert [edit[1:] for edit in edits] == [(3, "question", "seen", "met"), (5, "question", "seen", "met")]


def test_what_is_not_edited_is_named(draft: Draft) -> None:
    run = draft.run("rename", "threat/grooming", "threat/approach", "--dry-run", "--format", "json")
    assert "Also named, and not edited: queries/" in " ".join(json.loads(run.printed)["notes"])


# ---------------------------------------------------------------- dry runs and failures


@pytest.mark.parametrize(
    "arguments",
    [
        ("rename", "threat/grooming", "threat/approach"),
        ("merge", "threat/extortion", "threat/grooming"),
        ("deprecate", "threat/grooming"),
        ("correct", "example-2020/finding/seen-no", "printed=37.6%", "--because", "Misread."),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_dry_run_lists_the_edits_and_writes_nothing(arguments: tuple[str, ...], draft: Draft) -> None:
    before = contents(draft.root)
    run = draft.run(*arguments, "--dry-run", "--format", "csv")
    assert (run.code, run.printed.splitlines()[0]) == (0, "file,line,column,was,becomes")
    assert contents(draft.root) == before


def test_if_one_file_cannot_be_replaced_none_is(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(draft.root / "data")
    replace, calls = Path.replace, []

    def failing(path: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", failing)
    run = draft.run("rename", "example-2020/question/seen", "example-2020/question/cases-seen")
    assert run.code == 1
    assert run.sentences[0].endswith("All tables are as they were.")
    assert contents(draft.root / "data") == before


def test_files_are_replaced_together(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    output_folder.replace_together({tmp_path / "a": b"2", tmp_path / "b": b"3"})
    assert contents(tmp_path) == {"a": b"2", "b": b"3"}


# ---------------------------------------------------------------- merge, retract, deprecate, correct


def test_what_named_a_merged_thing_names_the_other_one_once(draft: Draft) -> None:
    edits = changed(draft, "merge", "threat/extortion", "threat/grooming", "--because", "One threat, two rows.")
    (gone,) = edits["data/shared/threats.csv"][0]
    assert gone.startswith("extortion,")
    assert edits[QUESTIONS][1][0].split(",")[7] == "threat/grooming"
    assert edits[CHANGES][1] == [
        'threat-extortion,threat/extortion,merged,threat/grooming,2021-02-03,"One threat, two rows."',
    ]


def test_a_thing_that_nothing_names_is_retracted(draft: Draft) -> None:
    edits = changed(draft, "retract", "example-2020/mention/example-chat", "--because", "Not named.")
    assert edits[CHANGES] == (
        [],
        [
            "example-2020-mention-example-chat,example-2020/mention/example-chat,retracted,,2021-02-03,Not named.",
        ],
    )


def test_a_deprecated_thing_that_is_retracted_has_one_record(draft: Draft) -> None:
    draft.change("data/shared/threats.csv", "grooming,grooming,", "blackmail,blackmail,,,,,\ngrooming,grooming,")
    release(draft.root)
    changed(draft, "deprecate", "threat/blackmail")
    edits = changed(draft, "retract", "threat/blackmail", "--because", "Nobody names it.")
    assert edits[CHANGES] == (
        ["threat-blackmail,threat/blackmail,deprecated,,2021-02-03,"],
        ["threat-blackmail,threat/blackmail,retracted,,2021-02-03,Nobody names it."],
    )


def test_a_deprecated_thing_stays(draft: Draft) -> None:
    edits = changed(draft, "deprecate", "threat/extortion", "--by", "threat/grooming")
    assert edits == {CHANGES: ([], ["threat-extortion,threat/extortion,deprecated,threat/grooming,2021-02-03,"])}
    assert valid(draft).code == 0


def test_a_corrected_finding_keeps_its_address_and_what_it_was(draft: Draft) -> None:
    edits = changed(
        draft, "correct", "example-2020/finding/seen-yes", "printed=62.6%", "value=62.6", "--because", "Misread."
    )
    assert edits["data/example-2020/changes.csv"] == (
        [],
        ["seen-yes,finding/seen-yes,corrected,2021-02-03,Misread.,printed=62.5%; value=62.5"],
    )
    ((before,), (after,)) = edits[next(name for name in edits if "findings" in name)]
    assert before.replace("62.5", "62.6") == after
    assert len(edits) == 2


def test_a_second_correction_has_a_row_of_its_own(draft: Draft) -> None:
    edits = changed(draft, "correct", "example-2020/finding/seen-no", "printed=37.6%", "--because", "Misread.")
    (row,) = edits["data/example-2020/changes.csv"][1]
    assert row.startswith("seen-no-2,finding/seen-no,")


# ---------------------------------------------------------------- what is refused

THING = "the address of a thing, such as threat/grooming"
REFUSED = {
    "an unknown thing": (
        ("rename", "threat/groming", "threat/x"),
        f'rename: found "threat/groming", expected {THING}. Did you mean threat/grooming?',
    ),
    "no address": (
        ("retract", "grooming", "--because", "x"),
        f'retract: found "grooming", expected {THING}. Did you mean threat/grooming?',
    ),
    "a former address": (
        ("rename", "technique/groming", "technique/x"),
        'rename: found "technique/groming", which is renamed, expected a thing. See data/shared/address_changes.csv:4.',
    ),
    "a new name that is taken": (
        ("rename", "threat/extortion", "threat/grooming"),
        (
            'rename: found "threat/grooming", which was used before, expected a new address. '
            "To make one thing of two: `kg-builder merge threat/extortion threat/grooming`."
        ),
    ),
    "a new name that was retired": (
        ("rename", "threat/extortion", "threat/luring"),
        'rename: found "threat/luring", which was used before, expected a new address.',
    ),
    "a malformed new name": (
        ("rename", "threat/extortion", "threat/Black Mail"),
        (
            'rename: found "Black Mail", expected an id. An id is lower-case ASCII letters and digits, '
            "joined by single "
            'hyphens, such as "trace-an-object".'
        ),
    ),
    "a new name of another kind": (
        ("rename", "threat/extortion", "technique/extortion"),
        (
            'rename: found "technique/extortion", expected an address that begins with threat/. Move the '
            "row to its other "
            "table by hand first; the command then changes what refers to it."
        ),
    ),
    "a code": (
        ("rename", "origin/legend", "origin/key"),
        (
            'rename: found "origin/legend", a code of the ontology, expected a thing with a row. '
            "Rename it in ontology/codes.ttl first."
        ),
    ),
    "merged into itself": (
        ("merge", "threat/grooming", "threat/grooming"),
        'merge: found "threat/grooming" twice, expected two things.',
    ),
    "merged into nothing": (
        ("merge", "threat/grooming", "threat/extorsion"),
        f'merge: found "threat/extorsion", expected {THING}. Did you mean threat/extortion?',
    ),
    "retracted without a reason": (
        ("retract", "threat/grooming", "--because", " "),
        'retract: found no reason, expected --because "…", one sentence for readers.',
    ),
    "deprecated by itself": (
        ("deprecate", "threat/grooming", "--by", "threat/grooming"),
        'deprecate: found "threat/grooming" twice, expected two things.',
    ),
    "deprecated again": (
        ("deprecate", "technology/encryption"),
        (
            'deprecate: found "technology/encryption", which is deprecated already, expected a thing that is not '
            "deprecated yet. Edit data/shared/address_changes.csv:5."
        ),
    ),
    "deprecated in a circle": (
        ("deprecate", "technology/end-to-end-encryption", "--by", "technology/encryption"),
        (
            "data/shared/address_changes.csv:5: by: found the circle technology/encryption → "
            "technology/end-to-end-encryption → technology/encryption, expected addresses that lead to a thing. "
            "Correct one of these rows."
        ),
    ),
    "corrected, but no fact": (
        ("correct", "threat/grooming", "label=x", "--because", "x"),
        (
            'correct: found "threat/grooming", expected a fact, of type claim, comment, figure, finding, '
            "insight, list, "
            "mention, option, passage, question, relation, statement. Correct the cell of anything else by hand; its "
            "address stays."
        ),
    ),
    "an unknown column": (
        ("correct", "example-2020/finding/seen-no", "printd=1", "--because", "x"),
        (
            'correct: found the column "printd", expected a column of data/example-2020/findings.csv. '
            "Did you mean printed?"
        ),
    ),
    "the id": (
        ("correct", "example-2020/finding/seen-no", "id=x", "--because", "x"),
        (
            "correct: found the column id, expected a column with what the thing says. "
            "Run `kg-builder rename` to change it."
        ),
    ),
    "no new value": (
        ("correct", "example-2020/finding/seen-no", "value=37.5", "--because", "x"),
        "correct: found value=37.5, which it is already, expected a new value.",
    ),
    "a column without a value": (
        ("correct", "example-2020/finding/seen-no", "value", "--because", "x"),
        'correct: found "value", expected COLUMN=VALUE, such as printed=7.2%.',
    ),
    "an invalid value": (
        ("correct", "example-2020/finding/seen-no", "value=37,5%", "--because", "x"),
        (
            'data/example-2020/findings.csv:8: value: found "37,5%", expected a decimal number with a '
            "point, such as 28.6. "
            "Leave the percent sign out; the unit has its own column."
        ),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses(name: str, draft: Draft) -> None:
    arguments, sentence = REFUSED[name]
    assert refused(draft, *arguments) == [sentence]


def test_a_thing_that_is_named_is_not_retracted(draft: Draft) -> None:
    sentences = refused(draft, "retract", "example-2020/finding/seen-no", "--because", "It is not printed.")
    assert sentences[0] == (
        'data/example-2020/changes.csv:2: thing: found a reference to "example-2020/finding/seen-no", expected no '
        "references to what is retracted. Change or remove this row first, or merge the thing into another one."
    )
    assert [each.split(":")[0] for each in sentences] == sorted(each.split(":")[0] for each in sentences)


def test_a_date_that_does_not_exist_is_no_date(draft: Draft, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        draft.run("deprecate", "threat/grooming", "--date", "2021-02-30")
    assert stopped.value.code == 2
    capsys.readouterr()


def test_tables_that_cannot_be_read_are_not_edited(draft: Draft) -> None:
    draft.write("data/shared/units.csv", "")
    (sentence,) = refused(draft, "deprecate", "threat/grooming")
    assert sentence.startswith("data/shared/units.csv: found an empty file")
