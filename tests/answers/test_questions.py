"""Every stored question has its answer: the literal table, the same in another engine, and for each allowed value."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pyoxigraph
import pytest
import rdflib

from kg_builder import open_graph
from kg_builder.answers.answer import text, value_of
from kg_builder.answers.graph_reader import GraphReader
from kg_builder.graph.built_graph import Project
from kg_builder.pipeline import build_graph
from kg_builder.queries.stored_questions import stored_questions
from kg_builder.validation.pyshacl_reference import union_of
from tests.bench import ROOT
from tests.expected import ANSWERS, as_table

NAMES = sorted(path.stem for path in (ROOT / "queries" / "answers").rglob("*.rq"))


MANY = 1_000
"""Findings of one report from which on rdflib, which takes minutes for them, is given every fortieth."""


@pytest.fixture(scope="module")
def thinned_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("thinned")
    root = folder / "project"
    shutil.copytree(ROOT / "data", root / "data", ignore=shutil.ignore_patterns("released.txt"))
    for name in ("ontology", "queries"):
        (root / name).symlink_to(ROOT / name)
    for path in root.glob("data/*/findings.csv"):
        header, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        if len(lines) > MANY:
            path.write_text("".join([header, *lines[::40]]), encoding="utf-8")
            path.with_name("discrepancies.csv").unlink()
    (folder / "work").mkdir()
    build_graph(Project(root), folder / "work").lines.rename(folder / "kg.nq")
    return folder


@pytest.fixture(scope="module")
def thinned(thinned_build: Path) -> GraphReader:
    return open_graph(ROOT, thinned_build)


@pytest.fixture(scope="module")
def union(thinned_build: Path) -> rdflib.Graph:
    return union_of(thinned_build / "kg.nq")


def test_there_are_at_least_forty_stored_questions() -> None:
    assert len(NAMES) >= 40
    assert sorted(path.stem for path in ANSWERS.glob("*.csv")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_question_has_its_literal_answer(graph: GraphReader, name: str) -> None:
    answer = graph.ask(name)
    assert as_table(answer) == (ANSWERS / f"{name}.csv").read_text(encoding="utf-8")
    assert len(set(answer.columns)) == len(answer.columns)


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_fits_into_a_terminal_and_loses_no_row(graph: GraphReader, name: str) -> None:
    answer = graph.ask(name)
    lines = answer.to_text(100).splitlines()
    assert [line for line in lines if len(line) > 100] == []
    assert len(lines) >= len(answer)


@pytest.mark.parametrize("name", NAMES)
def test_a_question_has_rows(name: str) -> None:
    assert (ANSWERS / f"{name}.csv").read_text(encoding="utf-8").count("\n") > 1


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_rdflib_gives_the_same_answer(graph: GraphReader, thinned: GraphReader, union: rdflib.Graph, name: str) -> None:
    question = graph.questions[name]
    values = graph.bound(question, {})
    terms = {variable: str(term) for variable, term in values.items()}
    bound = {variable: cast("rdflib.term.Identifier", rdflib.util.from_n3(term)) for variable, term in terms.items()}
    found = union.query(question.query.text, initBindings=bound)
    assert [[plain(term) for term in row] for row in found] == [  # type: ignore[union-attr]
        [text(value) for value in row] for row in thinned.answer(question.query.text, values, "").rows
    ]


def plain(term: object) -> str:
    if isinstance(term, rdflib.Literal) and term.datatype == rdflib.XSD.decimal:
        return text(term.toPython()).rstrip("0").rstrip(".") if "." in str(term) else str(term)
    return "" if term is None else str(term)


def with_parameters() -> Iterator[tuple[str, str]]:
    for question in stored_questions(ROOT).values():
        for parameter in question.parameters:
            if parameter.form == "iri":
                yield question.name, parameter.name


@pytest.mark.parametrize(("name", "parameter"), list(with_parameters()))
def test_the_default_is_an_allowed_value_and_each_of_these_has_an_answer(
    graph: GraphReader, name: str, parameter: str
) -> None:
    question = graph.questions[name]
    given = next(each for each in question.parameters if each.name == parameter)
    allowed = graph.allowed(question, given)
    assert graph.base + given.default in allowed
    for iri in allowed[:: max(1, len(allowed) // 5)]:
        assert len(graph.ask(name, **{parameter: iri})) > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_question_is_short_enough_to_be_listed_and_ends_its_order_with_a_thing(name: str) -> None:
    (path,) = (ROOT / "queries" / "answers").rglob(f"{name}.rq")
    text = path.read_text(encoding="utf-8")
    summary = re.search(r"^#\+ summary: (.*)$", text, re.MULTILINE)
    assert summary
    assert len(summary[1]) <= 110
    assert "ORDER BY" in text
    assert "GROUP_CONCAT" not in text
    assert "netclean" not in re.sub(r"^#.*$", "", text, flags=re.MULTILINE)


def test_values_keep_their_types() -> None:
    decimal = pyoxigraph.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    assert text(value_of(pyoxigraph.Literal("28.60", datatype=decimal))) == "28.60"
