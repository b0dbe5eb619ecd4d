"""Each rule that a problem may name is explained, and a problem in JSON says at which character its cell begins."""

from __future__ import annotations

import ast
import doctest
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg_builder.cli.main import main
from kg_builder.core.problems import Location, Problem
from kg_builder.core.rules import RULES
from kg_builder.schema.limits import LIMITS
from kg_builder.tables import delimited_text
from kg_builder.tables.cell_positions import with_columns
from kg_builder.validation.shacl_report import COMPONENTS
from tests.bench import ROOT
from tests.draft import Draft


def named_rules() -> Iterator[str]:
    """The rules that the modules name as the keyword `rule`."""
    for path in (ROOT / "src" / "kg_builder").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "rule":
                given = [node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value]
                yield from (str(each.value) for each in given if isinstance(each, ast.Constant))


def test_every_rule_is_explained() -> None:
    assert set(named_rules()) - {*RULES, *(limit.rule for limit in LIMITS)} == set()


def test_every_constraint_component_of_shacl_is_explained() -> None:
    assert COMPONENTS | {"sPARQL"} <= {*RULES, *(limit.rule for limit in LIMITS)}


def explained(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["explain", "--root", str(ROOT), *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_a_rule_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, _ = explained("exists", capsys=capsys)
    assert (code, printed.splitlines()) == (
        0,
        [
            "A new report needs a folder that does not exist yet, because nothing of yours is overwritten. Edit",
            "the tables that are there, or choose another id.",
        ],
    )


def test_a_stored_check_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, _ = explained("unmentioned-subjects", capsys=capsys)
    assert code == 0
    assert "queries/checks/unmentioned-subjects.rq" in " ".join(printed.split())


def test_all_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    _, printed, _ = explained(capsys=capsys)
    assert set(RULES) < set(printed.splitlines())


def test_an_unknown_rule_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = explained("datatyp", capsys=capsys)
    assert (code, "datatype" in said) == (1, True)


def problem_at(location: Location) -> Problem:
    return Problem(location, rule="datatype", found="x", expected="y")


@pytest.mark.parametrize(
    ("name", "text", "line", "field", "column"),
    [
        ("a.csv", "id,label,unit\nx,y,z\n", 2, "unit", 5),
        ("a.csv", 'id,label,unit\nx,"a, ""b""",z\n', 2, "unit", 14),
        ("a.csv", "\ufeffid,label\r\nx,y\r\n", 2, "label", 3),
        ("a.tsv", "#curie_map:\nid\tlabel\nx\ty\n", 3, "label", 3),
        ("a.csv", "id,label\nx\n", 2, "label", 0),
        ("a.csv", "id,label\nx,y\n", 9, "label", 0),
        ("a.csv", "id,label\nx,y\n", 2, "none", 0),
    ],
)
def test_a_cell_begins_at_its_character(
    name: str, text: str, line: int, field: str, column: int, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    (problem,) = with_columns([problem_at(Location(name, line, field=field))], tmp_path)
    assert problem.location.column == column


def test_a_file_that_is_gone_gives_no_character(tmp_path: Path) -> None:
    (problem,) = with_columns([problem_at(Location("gone.csv", 2, field="id"))], tmp_path)
    assert problem.location.column == 0


def test_the_examples_of_positions_are_true() -> None:
    found = doctest.testmod(delimited_text)
    assert (found.attempted > 0, found.failed) == (True, 0)


def test_a_fault_of_a_query_has_its_character(draft: Draft) -> None:
    draft.write("queries/checks/typo.rq", "#+ summary: x\nSELECT ?this WHERE { ?this a kg:Unit }\n")
    (problem,) = json.loads(draft.run("validate", "--format", "json").printed)["problems"]
    assert (problem["line"], problem["column"], problem["field"]) == (2, 37, "")
