"""The set-wise engine and pySHACL find the same in hundreds of mutations of the real data.

A fault is a focus node, a property and a constraint component. Mutations of one row each are compared at all things
whose validity they may change; then most of them together, and every faulty derivation, over the whole graph.
"""

from __future__ import annotations

import dataclasses
import logging
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

import pytest
from rdflib import SH, URIRef

from kg_builder.core.iris import BASE
from kg_builder.core.problems import LISTED
from kg_builder.schema.model import Column, Table
from kg_builder.validation.facet_checks import FACETS, breakable_shapes, property_results
from tests.validation.mutations import (
    CIRCLE,
    FACETS_OF_TABLES,
    NOT_COMPARED,
    ONE_VALUE,
    SHAPES,
    UNREAD,
    Fault,
    Mutable,
    Mutation,
    Row,
    circles,
    constraint_mutations,
    faulty_triples,
    first_of,
    mutation_of,
    mutations,
)

CIRCLES = 8

CONSTRAINTS = (
    "AddressChange-reason",
    "AddressChange-successors",
    "Discrepancy-prefers-a-fact",
    "Finding-change",
    "Finding-interval",
    "Finding-one-category",
    "Finding-range",
    "Finding-rate",
    "Finding-value-or-reason",
    "Mapping-reason",
    "Passage-place",
    "Question-dimensions",
    "Question-follow-up",
    "Question-parts",
    "Question-sum",
    "Survey-once",
)

ELSEWHERE = ("Base-once", "Finding-scale", "Option-net", "Question-some")
"""Constraints that one changed row of the real tables cannot break; cases of the example break them."""

ORDERED = {"maxInclusive", "lessThanOrEquals"}
"""Facets that pySHACL does not always see broken where a literal has a wrong datatype, and so no order; its SPARQL
compares such literals as text."""

NOT_OF_TABLES = {"nodeKind", "languageIn"}
"""Facets that no cell can break: a column has one node kind and one language."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mutable]:
    """The real data, loaded once; rdflib warns of every literal that is ill-typed."""
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    bench = Mutable(tmp_path_factory.mktemp("mutable"))
    yield bench
    bench.connection.close()


@pytest.fixture(scope="module")
def taken(bench: Mutable) -> list[Mutation]:
    return list(mutations(bench))


@pytest.fixture(scope="module")
def faulty(bench: Mutable) -> dict[Column, set[str]]:
    """For each property shape the triples of a faulty derivation that break it."""
    return {column: faulty_triples(bench, column, tables) for column, tables in bench.columns.items()}


# ---------------------------------------------------------------- one mutated row


@pytest.mark.parametrize("facet", FACETS_OF_TABLES)
@pytest.mark.filterwarnings("ignore:Parsing weird boolean")
def test_pyshacl_finds_what_the_engine_finds_in_a_mutated_row(
    facet: str, bench: Mutable, taken: list[Mutation]
) -> None:
    broken = [mutation for mutation in taken if mutation.facet == facet]
    assert broken
    assert {mutation.id: difference for mutation in broken if (difference := differences(mutation, bench))} == {}


@pytest.mark.parametrize("facet", ["maxLength", "minInclusive", "maxInclusive", "lessThanOrEquals"])
def test_a_cell_on_its_bound_breaks_it_for_nobody(facet: str, bench: Mutable, taken: list[Mutation]) -> None:
    for broken in (mutation for mutation in taken if mutation.facet == facet):
        (mutation,) = mutation_of(bench, broken.table, broken.column, facet, beyond=0)
        assert facet not in rules(bench.by_engine(mutation)), mutation.id
        with bench.mutated(mutation) as things:
            assert facet not in rules(bench.by_property(mutation.column)), mutation.id
            assert facet not in rules(bench.by_pyshacl(things, shape=mutation.column.shape)), mutation.id


def test_every_facet_of_every_column_is_broken_that_a_table_can_break(bench: Mutable, taken: list[Mutation]) -> None:
    broken = {(mutation.column.shape, mutation.facet) for mutation in taken}
    assert stated(bench) - broken == left_out(bench)


@pytest.mark.parametrize("datatype", UNREAD)
def test_pyshacl_takes_for_valid_what_the_engine_refuses(datatype: str, bench: Mutable) -> None:
    columns = [(column, tables) for column, tables in bench.columns.items() if ends(column, datatype)]
    for column, tables in columns:
        (mutation,) = mutation_of(bench, tables[0], column, "datatype")
        with bench.mutated(mutation) as things:
            assert (rules(bench.by_engine(mutation)), bench.by_pyshacl(things)) == ({"datatype"}, set())


# ---------------------------------------------------------------- constraints


@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_pyshacl_finds_the_same_as_a_constraint_run_once_over_the_real_data(constraint: str, bench: Mutable) -> None:
    mutations = [*islice(constraint_mutations(bench, constraint), 2)]
    assert mutations
    for mutation in mutations:
        before = bench.neighbours(mutation.things)
        with bench.mutated(mutation) as things:
            by_engine = bench.by_constraints()
            concerned = before | bench.neighbours(things) | focuses(by_engine)
            assert by_engine
            assert bench.by_pyshacl(concerned, constraints=True) == by_engine


def test_pyshacl_finds_the_circles_that_the_engine_finds_in_the_real_data(bench: Mutable) -> None:
    mutations = list(circles(bench))
    assert len(mutations) == CIRCLES
    for mutation in mutations:
        members = bench.by_cycles(mutation)
        with bench.mutated(mutation) as things:
            found = focuses(bench.by_pyshacl(bench.neighbours(things), constraints=True))
        assert {thing.rsplit("/", 1)[-1] for thing in found} == members


def test_every_constraint_is_broken(bench: Mutable) -> None:
    named = {str(name).removeprefix(SHAPES) for name in bench.schema.shapes.objects(None, SH.sparql)}
    assert named == {*CONSTRAINTS, *ELSEWHERE, CIRCLE.removeprefix(SHAPES)}


# ---------------------------------------------------------------- faulty derivations


def test_pyshacl_finds_what_the_engine_finds_of_a_faulty_derivation(
    bench: Mutable, faulty: dict[Column, set[str]]
) -> None:
    unlike = {}
    for column, triples in faulty.items():
        with bench.changed((), triples) as things:
            by_engine = bench.by_property(column)
            by_pyshacl = bench.by_pyshacl(things, shape=column.shape)
        missed = facets(bench, column) - rules(by_engine)
        if by_engine != by_pyshacl or missed:
            unlike[column.shape] = (by_engine ^ by_pyshacl, missed)
    assert unlike == {}


def test_a_property_shape_is_run_over_the_store_where_a_derivation_breaks_it(
    bench: Mutable, faulty: dict[Column, set[str]], tmp_path: Path
) -> None:
    derived = tmp_path / "derived.nt"
    passed_over = []
    for column, triples in faulty.items():
        for triple in triples:
            derived.write_text(triple, encoding="utf-8")
            if URIRef(column.shape) not in breakable_shapes(bench.schema, [derived]):
                passed_over.append((column.shape, triple))
    assert passed_over == []


def test_a_property_shape_is_not_run_over_the_store_where_nothing_is_derived(bench: Mutable) -> None:
    assert breakable_shapes(bench.schema, []) == []


def test_the_ontology_and_the_derivations_break_no_property_shape(bench: Mutable) -> None:
    shapes = breakable_shapes(bench.schema, bench.derived)
    assert [each for shape in shapes for each in property_results(bench.store, bench.schema, shape)] == []


# ---------------------------------------------------------------- all together, over the whole graph


@dataclasses.dataclass(frozen=True)
class Merged:
    """What is found in one graph of most mutations and of all faulty derivations."""

    by_cells: set[Fault]
    by_store: set[Fault]
    by_pyshacl: set[Fault]
    derived: set[str]
    mutations: int


@pytest.fixture(scope="module")
def merged(bench: Mutable, taken: list[Mutation], faulty: dict[Column, set[str]]) -> Merged:
    """One mutation of each row, some rows taken away, and all faulty derivations."""
    constraints = [next(constraint_mutations(bench, constraint)) for constraint in CONSTRAINTS]
    rows = {(each.table.stem, each.source, each.replaced): each for each in [*named_one_by_one(taken), *constraints]}
    with (
        bench.merged(rows.values(), removed_rows(bench, rows)) as by_cells,
        bench.changed((), set().union(*faulty.values())) as derived,
    ):
        by_pyshacl = bench.by_pyshacl() | bench.by_pyshacl(constraints=True)
        return Merged(by_cells, bench.over_the_store(), by_pyshacl, derived, len(rows))


def test_the_engine_finds_in_the_store_all_that_pyshacl_finds_in_the_whole_graph(merged: Merged) -> None:
    alone = merged.by_pyshacl - merged.by_store
    assert {fault for fault in alone if not (fault[2] == "sPARQL" and fault[0] in mistyped(merged))} == set()


def test_pyshacl_passes_over_nothing_but_literals_of_a_wrong_datatype(bench: Mutable, merged: Merged) -> None:
    unread = {column.path for column in bench.columns if ends(column, "anyURI") or ends(column, "gYear")}
    assert [
        (focus, path, rule)
        for focus, path, rule in merged.by_store - merged.by_pyshacl
        if not (rule in ORDERED and focus in mistyped(merged)) and not (rule == "datatype" and path in unread)
    ] == []


def test_pyshacl_finds_in_the_whole_graph_what_the_engine_finds_in_the_cells(merged: Merged) -> None:
    of_cells = {fault for fault in merged.by_pyshacl - passed_on(merged) if fault[2] in FACETS_OF_TABLES}
    elsewhere = {fault for fault in first_of(of_cells) if fault[0] not in merged.derived}
    assert {fault for fault in merged.by_cells if fault[0] not in merged.derived} == elsewhere


def test_most_mutations_are_in_the_merged_graph(merged: Merged, taken: list[Mutation]) -> None:
    assert merged.mutations > len(taken) / 2


# ----------------------------------------------------------------


def passed_on(merged: Merged) -> set[Fault]:
    """Return the faults of bases that are derived: a finding without one has that of its population, right or wrong."""
    return {fault for fault in merged.by_pyshacl - merged.by_cells if fault[1] == f"{BASE}ontology#n"}


def mistyped(merged: Merged) -> set[str]:
    """Return the things with a literal of a wrong datatype."""
    return {focus for focus, _, rule in merged.by_store if rule == "datatype"}


def differences(mutation: Mutation, bench: Mutable) -> set[Fault]:
    """Return what the engine or pySHACL alone finds at the things concerned, or all where neither finds the facet."""
    by_engine = bench.by_engine(mutation)
    with bench.mutated(mutation) as things:
        by_pyshacl = first_of(bench.by_pyshacl(things | focuses(by_engine)))
    assert mutation.facet in rules(by_engine), mutation.id
    return by_engine ^ by_pyshacl


def stated(bench: Mutable) -> set[tuple[str, str]]:
    """Return every property shape with every facet that it states."""
    return {(column.shape, facet) for column in bench.columns for facet in facets(bench, column)}


def left_out(bench: Mutable) -> set[tuple[str, str]]:
    """Return the shapes and facets that a table cannot break, or that rdflib does not see; faulty derivations do."""
    return {
        (column.shape, facet)
        for column in bench.columns
        for facet in facets(bench, column)
        if facet in NOT_OF_TABLES
        or (facet == "datatype" and (column.datatype or "").rsplit("#", 1)[-1] in {"string", "langString", *UNREAD})
        or (facet == "maxCount" and column.shape in ONE_VALUE)
        or (facet == "lessThanOrEquals" and column.shape in NOT_COMPARED)
        or (facet == "minCount" and not column.must_be_typed)
        or (facet in {"minCount", "maxCount"} and column.name == "id")
    }


def facets(bench: Mutable, column: Column) -> set[str]:
    """Return the names of the facets of a column's shape."""
    terms = FACETS.keys() & set(bench.schema.shapes.predicates(URIRef(column.shape)))
    return {str(term).removeprefix(str(SH)) for term in terms}


def ends(column: Column, datatype: str) -> bool:
    return (column.datatype or "").endswith(f"#{datatype}")


def rules(faults: set[Fault]) -> set[str]:
    return {rule for _, _, rule in faults}


def focuses(faults: set[Fault]) -> set[str]:
    return {focus for focus, _, _ in faults}


def named_one_by_one(taken: list[Mutation]) -> Iterator[Mutation]:
    """Yield the mutations but for those that the engine only counts, after a number of the same kind in one table."""
    kinds: Counter[tuple[str, str]] = Counter()
    for mutation in taken:
        kind = (mutation.table.stem, mutation.facet)
        kinds[kind] += 1
        if kinds[kind] <= LISTED:
            yield mutation


def removed_rows(bench: Mutable, mutated: Collection[tuple[str, str, str]]) -> list[tuple[Table, Row]]:
    """Return of each table of subjects the first row that is referred to, if no mutation has it."""
    removed = []
    for table in bench.schema.tables:
        if table.stem not in {"challenges", "services", "techniques", "technologies", "threats"}:
            continue
        for row in bench.rows(table):
            thing = URIRef(BASE + table.about.format(source="", id=row["id"]))
            referring = len(list(bench.data.subject_predicates(thing)))
            if (table.stem, "shared", row["id"]) not in mutated and 0 < referring < LISTED:
                removed.append((table, row))
                break
    return removed
