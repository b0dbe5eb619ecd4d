"""The engine and pySHACL, the reference processor, find the same faults in the same places.

pySHACL runs the published shapes, as anybody would; the builder spares it what the cells have told already.

A case is put into RDF without the checks of cells, which would have stopped it: what a cell holds becomes a triple,
right or wrong. Cases of one rule that break different cells share one graph, as pySHACL takes its time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from collections.abc import Set as AbstractSet
from pathlib import Path

import pyoxigraph
import pyshacl
import pytest
from rdflib import RDF, SH, Graph, Node

from kg_builder.core.iris import BASE
from kg_builder.core.problems import Problem
from kg_builder.graph.built_graph import Project
from kg_builder.pipeline import build_graph
from kg_builder.schema.model import Schema, text
from kg_builder.tables.defaults import fill_paths
from kg_builder.validation.graph_validation import results
from kg_builder.validation.pyshacl_reference import executable, union_of
from tests.bench import EXAMPLE, ROOT, SOURCE, Bench, Case, Edit, Sheet, cases, made, sheet_of

ALL = cases()
TABLES = [case for case in ALL if case.subject.startswith("table-")]
CONSTRAINTS = [case for case in ALL if case.subject.startswith("constraint-")]
CIRCLES = [case for case in CONSTRAINTS if case.subject == "constraint-broader-acyclic"]
OTHERS = [case for case in CONSTRAINTS if case not in CIRCLES]

RULES = (
    "class", "datatype", "in", "lessThanOrEquals", "maxInclusive", "maxLength", "minCount", "minInclusive", "pattern",
)  # fmt: skip
"""The rules of cells that RDF can break.

It cannot break the others: rows with one id are one thing, a value twice is one triple, a circle is a constraint.
"""

UNREAD = {
    "table-documents: issued written as 20",
    "table-findings: value written as 6e1",
    "table-memberships: until written as MMXX",
    "table-report: issued written as 20",
    "table-vocabularies: uri_space with a blank",
}
"""Cases that rdflib takes for valid: it looks into no xsd:gYear or xsd:anyURI, and reads an exponent in a decimal."""

UNRULY = {
    "table-focus_areas: no id",
    "table-age_brackets: age_from written as 2.5",
    "table-findings: ci_low written as 15%",
    "table-passages: line_from written as 2.5",
    "table-passages: line_to written as 1,000",
    "table-periods: end written as December 2019",
    "table-periods: start written as 2019-02-30",
    "table-quantifiers: high written as 62,5",
    "table-quantifiers: low written as NaN",
    "table-surveys: end written as 1 May 2020",
    "table-surveys: places named by another label, misspelt",
    "table-surveys: start written as 2020-02-30",
}
"""Cases at which pySHACL fails: its sh:lessThanOrEquals compares any two values; a row without id is no thing;
an id with a space makes no IRI."""

Place = tuple[str, str]
"""A focus node and a property."""


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_pyshacl_finds_the_same_cells_as_the_engine(rule: str, bench: Bench, tmp_path: Path) -> None:
    taken = cases_of(rule, bench)
    assert taken
    for number, together in enumerate(rounds(taken, bench)):
        by_engine = {place for case in together for place in places(case, bench)}
        lines = graph_of(together, bench, made(tmp_path / str(number)))
        by_pyshacl = cells_by_pyshacl(lines, bench)
        assert by_engine - by_pyshacl == set()
        assert {place for place in by_pyshacl - by_engine if place[1] not in passed_on(bench)} == set()


@pytest.mark.slow
def test_the_shapes_handed_to_pyshacl_say_what_the_published_ones_say(bench: Bench, tmp_path: Path) -> None:
    together, *_ = rounds(cases_of("minCount", bench), bench)
    data = union_of(graph_of(together, bench, tmp_path))
    by_published, by_handed = (
        {
            tuple(text(report, result, term) for term in (SH.focusNode, SH.resultPath, SH.sourceConstraintComponent))
            for _, report, _ in [pyshacl.validate(data, shacl_graph=shapes, inplace=True)]
            for result in report.subjects(RDF.type, SH.ValidationResult)
        }
        for shapes in (bench.schema.shapes, executable(bench.schema.shapes))
    )
    assert by_handed == by_published != set()


def test_the_cases_that_pyshacl_cannot_judge_are_cases() -> None:
    assert sorted(UNREAD | UNRULY) == sorted(case.id for case in TABLES if case.id in UNREAD | UNRULY)


def original(file: str) -> str:
    return (EXAMPLE / file).read_text(encoding="utf-8")


def apart(taken: list[Case], touched: Callable[[Case], AbstractSet[Hashable]]) -> list[list[Case]]:
    """The cases in groups of which no two touch the same row or cell, so that one graph holds them all."""
    groups: list[tuple[list[Case], set[Hashable]]] = []
    for case in taken:
        own = touched(case)
        for together, elsewhere in groups:
            if not own & elsewhere:
                together.append(case)
                elsewhere.update(own)
                break
        else:
            groups.append(([case], {*own}))
    return [together for together, _ in groups]


def rows_of_case(case: Case) -> set[tuple[str, str]]:
    """The file and the id of each row that a case changes or adds."""
    return {row for edit in case.edits for row in changed_rows(edit)}


def changed_rows(edit: Edit) -> set[tuple[str, str]]:
    """The file and the id of each row that an edit changes or adds."""
    before, after = (sheet_of(edit.file, text) for text in (original(edit.file), edit.apply(original(edit.file))))
    assert [cells[0] for cells in after.cells[: len(before.cells)]] == [cells[0] for cells in before.cells], edit
    return {(edit.file, cells[0]) for cells in after.cells if cells not in before.cells}


@pytest.mark.parametrize(
    "together", apart(OTHERS, rows_of_case), ids=lambda together: f"{len(together)}-from-{together[0].name}"
)
def test_pyshacl_finds_the_same_things_as_constraints_run_once_over_all(
    together: list[Case], bench: Bench, tmp_path: Path
) -> None:
    """It finds them in graphs that hold several cases each, and it leads to the same sentences."""
    with bench.edited(merged(together), tmp_path) as tables:
        fill_paths(bench.connection, bench.schema)
        store, lines = bench.graph(tables, tmp_path)
        by_engine = bench.problems(store, lines, [])
        by_pyshacl = bench.problems(store, lines, [], reference=True)
    found = things_by_engine(store, lines, bench)
    assert things_by_pyshacl(lines, bench) == found
    assert [str(problem) for problem in by_pyshacl] == [str(problem) for problem in by_engine]
    for case in together:
        outcome = bench.outcome(case)
        assert outcome.store is not None
        assert outcome.lines is not None
        assert set() < things_by_engine(outcome.store, outcome.lines, bench) <= found


def things_by_engine(store: pyoxigraph.Store, lines: Path, bench: Bench) -> set[str]:
    """The focus nodes of the constraints that the engine finds broken."""
    return {result.focus for result in results(store, bench.schema, [], lines)}


def test_pyshacl_finds_every_member_of_the_circles_that_the_engine_names(bench: Bench, tmp_path: Path) -> None:
    problems = [problem for case in CIRCLES for problem in bench.outcome(case).problems]
    members = {id_ for problem in problems for id_ in problem.found.removeprefix("the circle ").split(" → ")}
    with bench.edited(merged(CIRCLES), tmp_path) as tables:
        fill_paths(bench.connection, bench.schema)
        _, lines = bench.graph(tables, tmp_path)
    assert {thing.rsplit("/", 1)[-1] for thing in things_by_pyshacl(lines, bench)} == members


def test_pyshacl_finds_no_problems_in_the_real_data(tmp_path: Path) -> None:
    assert build_graph(Project(ROOT, reference=True), tmp_path).problems == ()


# ---------------------------------------------------------------- several cases in one graph


def cases_of(rule: str, bench: Bench) -> list[Case]:
    """The cases that break a rule, those left out that pySHACL cannot judge."""
    return [case for case in TABLES if rule_of(case, bench) == rule and case.id not in UNREAD | UNRULY]


def rule_of(case: Case, bench: Bench) -> str:
    """The rule that a case breaks: that of its last cell, as a bound out of order shows at the lower one too."""
    return bench.outcome(case).problems[-1].rule


def rounds(taken: list[Case], bench: Bench) -> list[list[Case]]:
    """The cases in groups of which no two cases break the same cell."""
    return apart(taken, lambda case: places(case, bench))


def passed_on(bench: Bench) -> set[str]:
    """Return the properties that fill empty cells from other rows: a fault there is the engine's only at its cause."""
    columns = [column for table in bench.schema.tables for column in table.columns]
    filled = {column.path for column in columns if column.default and column.default.path}
    return filled | {f"{BASE}ontology#n", f"{BASE}ontology#weightedN"}


def places(case: Case, bench: Bench) -> set[Place]:
    """Where the engine finds the faults of a case."""
    return {place(problem, case, bench.schema) for problem in bench.outcome(case).problems}


def place(problem: Problem, case: Case, schema: Schema) -> Place:
    folder, file = problem.location.file.split("/")[-2:]
    table = schema.table_at(folder, file)
    assert table is not None
    (edit,) = case.edits
    edited = sheet_of(file, edit.apply(original(problem.location.file)))
    row = edited.cells[problem.location.line - edited.first_line]
    return BASE + table.about.format(source=folder, id=row[0]), table.column(problem.location.field).path


def graph_of(together: list[Case], bench: Bench, folder: Path) -> Path:
    """The graph into which all the cases are put, as N-Quads."""
    with bench.edited(merged(together), folder) as tables:
        fill_paths(bench.connection, bench.schema)
        _, lines = bench.graph(tables, folder)
    with lines.open("a", encoding="utf-8") as stream:
        stream.writelines(lost_references(together, bench))
    return lines


def cells_by_pyshacl(lines: Path, bench: Bench) -> set[Place]:
    """Where pySHACL finds faults of cells."""
    report = report_by_pyshacl(lines, bench)
    results = set(report.subjects(RDF.type, SH.ValidationResult)) - of_constraints(report)
    return {(text(report, result, SH.focusNode), text(report, result, SH.resultPath)) for result in results}


def things_by_pyshacl(lines: Path, bench: Bench) -> set[str]:
    """The focus nodes of the constraints that pySHACL finds broken."""
    report = report_by_pyshacl(lines, bench)
    return {text(report, result, SH.focusNode) for result in of_constraints(report)}


def of_constraints(report: Graph) -> set[Node]:
    return set(report.subjects(SH.sourceConstraintComponent, SH.SPARQLConstraintComponent))


def report_by_pyshacl(lines: Path, bench: Bench) -> Graph:
    _, report, _ = pyshacl.validate(union_of(lines), shacl_graph=bench.schema.shapes, inplace=True)
    assert isinstance(report, Graph)
    return report


def merged(together: list[Case]) -> tuple[Edit, ...]:
    """The edits of several cases as one edit of each file, cell by cell."""
    changed: dict[str, Sheet] = {}
    for edit in (edit for case in together for edit in case.edits):
        text = original(edit.file)
        before, after = sheet_of(edit.file, text).cells, sheet_of(edit.file, edit.apply(text)).cells
        rows = changed.setdefault(edit.file, sheet_of(edit.file, text)).cells
        for row, old, new in zip(rows, before, after, strict=False):
            row[:] = [there if was == now else now for there, was, now in zip(row, old, new, strict=True)]
        rows += after[len(before) :]
    return tuple(Edit(file, replace=original(file), by=sheet.text) for file, sheet in changed.items())


def lost_references(together: list[Case], bench: Bench) -> list[str]:
    """The references to nothing and to things of another kind as N-Quads; the builder makes no triples of them."""
    found = [
        (case, problem) for case in together for problem in bench.outcome(case).problems if problem.rule == "class"
    ]
    statements = [(*place(problem, case, bench.schema), problem.found.split('"')[1]) for case, problem in found]
    return [f"<{thing}> <{path}> <{meant(bench.schema, value)}> <{BASE}graph> .\n" for thing, path, value in statements]


def meant(schema: Schema, value: str) -> str:
    """The thing that a cell names, or would name if there were such a thing."""
    kind = value.split("/", maxsplit=1)[0]
    of_reports = {table.kind for table in schema.tables if table.per_source}
    return f"{BASE}{SOURCE}/{value}" if kind in of_reports else f"{BASE}{value}"
