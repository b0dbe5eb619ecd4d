"""The example has no problems; each case breaks it, and yields exactly the sentences that the case states."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from rdflib import RDF, SH
from rdflib.term import Node

from kg_builder.core.problems import Problem
from kg_builder.graph.built_graph import Project
from kg_builder.pipeline import build_graph
from kg_builder.schema.model import Column, Schema, Table
from kg_builder.validation.constraint_checks import wanted
from tests.bench import EXAMPLE, SOURCE, Bench, Case, cases, made, problems_of, project_at, sheet

ALL = cases()
TABLES = [case for case in ALL if case.subject.startswith("table-")]
CHECKS = [case for case in ALL if case.subject.startswith("check-")]
CONSTRAINTS = [case for case in ALL if case.subject.startswith("constraint-")]

WHOLE_RUNS = (
    "table-findings: value written as 6e1",
    "constraint-Question-sum: the discrepancy made one of another kind",
)
"""Cases that a whole run answers too, the second with pySHACL, to show that the bench answers alike."""


# ---------------------------------------------------------------- the example


def test_the_example_has_no_problems(bench: Bench) -> None:
    assert bench.example.problems == ()


def test_pyshacl_finds_no_problems_in_the_example(tmp_path: Path) -> None:
    project = Project(project_at(tmp_path / "project"), reference=True)
    assert build_graph(project, made(tmp_path / "work")).problems == ()


def test_the_example_has_a_row_in_every_table(bench: Bench) -> None:
    assert [name for name, rows in bench.example.rows.items() if rows == 0] == []


def test_the_example_fills_every_column(bench: Bench) -> None:
    empty = {
        (table.stem, column.name)
        for table in bench.schema.tables
        for column in table.columns
        if not any(row.get(column.name) for row in rows_of(table))
    }
    assert empty == set()


# ---------------------------------------------------------------- the cases


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_a_case_yields_exactly_its_sentences(case: Case, bench: Bench) -> None:
    problems = bench.outcome(case).problems
    assert [str(problem) for problem in problems] == list(case.expected)
    assert [str(problem) for problem in problems if case.only_tables and not is_cell(bench.schema, problem)] == []
    if case in CHECKS:
        assert case.subject.removeprefix("check-") in {problem.rule for problem in problems}
    if case in CONSTRAINTS:
        found = [problem.expected if problem.rule == "sPARQL" else problem.rule for problem in problems]
        assert any(text.startswith(beginning(bench.schema, case)) for text in found)


def test_there_are_as_many_cases_as_were_written() -> None:
    assert Counter(case.subject.split("-")[0] for case in ALL) == {"table": 601, "check": 110, "constraint": 58}


def test_every_case_has_a_name_of_its_own() -> None:
    assert [name for name, times in Counter(case.id for case in ALL).items() if times > 1] == []


@pytest.mark.parametrize("name", WHOLE_RUNS)
def test_a_whole_run_yields_the_same_sentences(name: str, tmp_path: Path) -> None:
    (case,) = (case for case in ALL if case.id == name)
    found = problems_of(project_at(tmp_path / "project", case.edits), tmp_path / "work")
    assert [str(problem) for problem in found] == list(case.expected)


# ---------------------------------------------------------------- nothing goes without a case


def test_every_table_check_and_constraint_has_its_file_of_cases(bench: Bench) -> None:
    tables = {f"table-{table.stem}" for table in bench.schema.tables}
    checks = {f"check-{check.name}" for check in bench.checks}
    constraints = {
        f"constraint-{short(shape)}" for shape in bench.schema.shapes.subjects(RDF.type, SH.SPARQLConstraint)
    }
    assert {case.subject for case in ALL} == tables | checks | constraints


def test_every_column_has_a_case_that_names_it(bench: Bench) -> None:
    columns = {(table.stem, column.name) for table in bench.schema.tables for column in table.columns}
    assert columns - {(stem, problem.location.field) for stem, problem in faults(bench)} == set()


def test_every_table_has_a_case_for_every_kind_of_fault_that_it_can_have(bench: Bench) -> None:
    possible = {
        (table.stem, kind)
        for table in bench.schema.tables
        for column in table.columns
        for kind in kinds(bench.schema, column)
    }
    assert possible - {(stem, kind_of(problem)) for stem, problem in faults(bench)} == set()


# ---------------------------------------------------------------- what the assertions read


def rows_of(table: Table) -> list[dict[str, str]]:
    """The rows of a table in the example, of all its files."""
    pattern = table.url.replace("{source}", SOURCE)
    places = {pattern, pattern.replace(".csv", ".*.csv")}
    return [row for place in places for path in (EXAMPLE / "data").glob(place) for row in sheet(path).rows]


def short(iri: str | Node) -> str:
    return str(iri).rsplit("#", 1)[-1]


def faults(bench: Bench) -> list[tuple[str, Problem]]:
    """The problems of all cases about tables, each with the table that its case is about."""
    found = [
        (case.subject.removeprefix("table-"), problem) for case in TABLES for problem in bench.outcome(case).problems
    ]
    return [(stem, problem) for stem, problem in found if table_of(bench.schema, problem).stem == stem]


def table_of(schema: Schema, problem: Problem) -> Table:
    folder, file = problem.location.file.split("/")[-2:]
    table = schema.table_at(folder, file)
    assert table is not None
    return table


def kinds(schema: Schema, column: Column) -> set[str]:
    """The kinds of fault that a cell of the column can have, as far as its shape tells."""
    return {
        kind
        for kind, possible in {
            "unique": column.name == "id",
            "an empty cell": column.must_be_typed,
            "minCount": column.required > 1,
            "distinct": column.separator,
            "datatype": short(column.datatype or "") not in ("", "string", "langString"),
            **{limit.rule: True for limit, _ in column.limits},
            "prefix": column.is_iri,
            "iri": column.is_iri,
            "class": column.target,
            "another kind": column.target and schema.targets[column.target].qualified,
            "acyclic": column.acyclic,
        }.items()
        if possible
    }


def kind_of(problem: Problem) -> str:
    if problem.found == "an empty cell":
        return problem.found
    return "another kind" if "another kind" in problem.found else problem.rule


def beginning(schema: Schema, case: Case) -> str:
    """How the problems of a constraint begin to say what is expected; of a circle already the cells tell."""
    name = case.subject.removeprefix("constraint-")
    if name == "broader-acyclic":
        return "acyclic"
    constraints = (constraint for table in schema.tables for constraint in table.constraints)
    return next(wanted(found.message).split("{")[0] for found in constraints if short(found.name) == name)


def is_cell(schema: Schema, problem: Problem) -> bool:
    """Whether a problem names a row and a column that its table has."""
    first = sheet(EXAMPLE / problem.location.file).first_line
    return problem.location.line >= first and problem.location.field in {
        column.name for column in table_of(schema, problem).columns
    }
