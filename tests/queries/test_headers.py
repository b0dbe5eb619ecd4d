"""Headers of stored queries and heads of tables are read strictly: text stays text, and nothing is guessed."""

from __future__ import annotations

import doctest

import pytest

from kg_builder.core import strict_yaml
from kg_builder.core.strict_yaml import Field, as_text, read_record
from kg_builder.queries.headers import KINDS, read_header
from tests.bench import ROOT

TEXT = {"value": Field(as_text, "a text")}


@pytest.mark.parametrize("text", ["NO", "007", "1.10", "12:30:45", "2018-01-01", "1e3", "null", "~x", "0x1F", "1_000"])
def test_text_stays_text(text: str) -> None:
    assert read_record(f"value: {text}", TEXT) == ({"value": text}, {"value": 1}, [])


def test_the_examples_of_the_reader_are_true() -> None:
    found = doctest.testmod(strict_yaml)
    assert (found.attempted > 0, found.failed) == (True, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_every_header_of_a_kind_is_read(kind: str) -> None:
    for path in (ROOT / "queries" / kind).rglob("*.rq"):
        header, problems = read_header(path.name, path.read_text(encoding="utf-8"), kind)
        assert (problems, header.summary != "") == ([], True)


def test_every_folder_of_queries_is_a_kind() -> None:
    assert sorted(path.name for path in (ROOT / "queries").iterdir()) == sorted(KINDS)


def test_a_key_knows_its_line() -> None:
    header, _ = read_header("x.rq", "# a comment\n#+ summary: x\n\n#+ hint: y\nSELECT", "checks")
    assert (header.line("summary"), header.line("hint"), header.line("severity")) == (2, 4, 1)


@pytest.mark.parametrize("character", ["\u2028", "\x85", "\r"])
def test_a_line_break_that_editors_do_not_count_cuts_no_header(character: str) -> None:
    _, (problem,) = read_header("x.rq", f"#+ hint: y\r\n#+ summary: a{character}b\r\nSELECT", "checks")
    assert (problem.location.line, problem.location.column) == (2, 14)
    assert problem.found == f"the control character U+{ord(character):04X} at column 14"


BOMB = "a: &a [x, x]\n" + "".join(f"a{number}: &b{number} [*a, *a]\n" for number in range(9))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (BOMB, "the anchor &a"),
        ("value: &a [*a]", "the anchor &a"),
        (f"value: {'[' * 50_000}", "more than 10 lists and mappings within each other"),
        (f"value: {'{a: ' * 50_000}", "more than 10 lists and mappings within each other"),
        ("value: a\u2028b", "the control character U+2028"),
        ("value: a\x85b", "the control character U+0085"),
        ("value: a\rother: b", "the control character U+000D"),
    ],
    ids=["aliases-that-grow", "alias-of-itself", "deep-lists", "deep-mappings", "separator", "next-line", "return"],
)
def test_a_hostile_text_is_refused_before_it_is_walked(text: str, found: str) -> None:
    _, _, (fault,) = read_record(text, TEXT)
    assert fault.found == found
