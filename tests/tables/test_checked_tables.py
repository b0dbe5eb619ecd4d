"""Tables that had no problems are not checked again, unless something that their check depends on has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

from kg_builder.core.cache import VARIABLE
from kg_builder.core.problems import Problem
from kg_builder.schema.model import Schema, Table
from kg_builder.tables.cell_checks import cell_problems
from tests.bench import Edit, made, problems_of, project_at

OTHER_TABLE = Edit("data/shared/threats.csv", replace="\ngrooming,", by="\ngrooming-of-children,")
CELL = Edit("data/shared/threats.csv", replace="\ngrooming,", by="\ngrooming ,")
PREFIX = Edit("data/links/subjects.sssom.tsv", replace="#  example: http://", by="#  example: not-an-address ")
SHAPE = Edit("ontology/shapes/common.ttl", replace="sh:maxLength 120", by="sh:maxLength 1")


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the tables that are checked."""
    names: list[str] = []

    def noted(connection: duckdb.DuckDBPyConnection, schema: Schema, tables: Sequence[Table]) -> Iterator[Problem]:
        names.extend(table.stem for table in tables)
        return cell_problems(connection, schema, tables)

    monkeypatch.setattr("kg_builder.tables.checked_tables.cell_problems", noted)
    return names


def found(folder: Path, *edits: Edit) -> tuple[Problem, ...]:
    return problems_of(project_at(folder / "project", edits), made(folder / "work"))


def test_a_table_is_checked_again_only_if_its_file_has_changed(tmp_path: Path, checked: list[str]) -> None:
    found(tmp_path / "before")
    checked.clear()
    found(tmp_path / "again")
    assert checked == []
    found(tmp_path / "changed", Edit("data/shared/threats.csv", replace="Winning a child", by="To win a child"))
    assert checked == ["threats"]


@pytest.mark.parametrize("edit", [OTHER_TABLE, CELL, PREFIX, SHAPE], ids=lambda edit: edit.file + edit.by)
def test_what_was_checked_before_hides_no_problem(
    edit: Edit, tmp_path: Path, example_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cell, the id that a reference names, a prefix and a shape are changed after a build without problems."""
    assert example_files.is_dir()
    after_a_build = found(tmp_path / "first", edit)
    monkeypatch.setenv(VARIABLE, "off")
    assert after_a_build == found(tmp_path / "second", edit) != ()
