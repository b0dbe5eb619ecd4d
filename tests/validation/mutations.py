"""Mutations of the real tables, and a bench that answers each of them by the engine and by pySHACL.

The real graph is made once. A mutation changes one row: the engine checks the row's cells, and the triples that the
row gains and loses are applied to the graph in memory, where pySHACL looks at the things that they concern.
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph
from pyshacl.graph_abstraction import DataGraph
from pyshacl.validator import Validator
from rdflib import RDF, SH, SKOS, XSD, Literal, Node, URIRef

from kg_builder.core.curies import compact
from kg_builder.core.iris import BASE
from kg_builder.core.problems import Problem
from kg_builder.graph.built_graph import Project
from kg_builder.graph.rendering import LINES, render
from kg_builder.graph.triple_store import ontology_triples
from kg_builder.queries.stored_queries import derived_triples, stored_query
from kg_builder.schema.model import Column, Schema, Table, ordered
from kg_builder.schema.ontology_folder import read_schema
from kg_builder.tables.cell_checks import FORMS, cell_problems, cycles
from kg_builder.tables.data_folder import table_files
from kg_builder.tables.defaults import fill_paths
from kg_builder.tables.engine import THINGS, connect, list_things, literal, load, members, name, plan_without_optimizer
from kg_builder.tables.loading import fill_before_checks
from kg_builder.validation.constraint_checks import constraint_results
from kg_builder.validation.facet_checks import property_results, tables_by_column
from kg_builder.validation.pyshacl_reference import FOR_PEOPLE, PreparedGraph, executable, rule_of, term
from tests.bench import ROOT, lines_of, made, triple_of

SHAPES = "https://w3id.org/child-protection-kg/shapes#"

Fault = tuple[str, str, str]
"""A focus node, a property and the constraint component that it breaks, such as `minCount`."""

Row = dict[str, Any]

CIRCLE = URIRef(f"{SHAPES}broader-acyclic")

ONE_VALUE = tuple(
    SHAPES + name
    for name in (
        "Category-characteristic",
        "Category-part-of",
        "Change-kind",
        "Part-report",
        "Mapping-predicate-modifier",
    )
)
"""Columns with one value only: the only characteristic, another category, kind of change, report of the folder, Not."""

NOT_COMPARED = (f"{SHAPES}Finding-ci-low", f"{SHAPES}Question-scale-low")
"""Columns with an upper bound in another column, which no row of the real tables has."""

BOUNDS = "bounds-of-values"
"""The derivation whose triples the constraint on sums reads."""

REPORT = "netclean-2018"
"""The source whose rows break constraints; pySHACL takes seconds for a question with 1,500 findings of another."""

FACETS_OF_TABLES = (
    "minCount",
    "maxCount",
    "datatype",
    "maxLength",
    "pattern",
    "minInclusive",
    "maxInclusive",
    "lessThanOrEquals",
    "in",
    "class",
)
"""The facets that a table can break, in the order in which the engine looks at a cell: it names the first."""

SPOILED = {
    "Finding-change": "2018",
    "Finding-interval": "0",
    "Finding-one-category": "female;male",
    "Finding-range": "-1",
    "Finding-rate": "rate",
    "Finding-value-or-reason": "Q",
    "Passage-place": None,
    "Survey-once": "1",
}
"""For constraints that any row can break: what does in the cell that the constraint is about."""

SPLIT = {"kind": "split", "by": "threat/one;threat/two"}
"""Cells of a change of an address that needs a reason."""

HALF = 0.5
"""The share of references to things of another kind among those that are broken; the rest refer to nothing."""

AFTER = 1_000_000
"""Lines from which mutated rows stand in their files."""

UNREAD = ("gYear", "anyURI")
"""Datatypes into whose literals rdflib does not look; those of the cells are checked by the engine alone."""

WRONG = {
    "integer": "three",
    "decimal": "62,5",
    "boolean": "yes",
    "date": "2019-02-30",
    "gYear": "20",
    "anyURI": "https://no address",
}
"""For each datatype that has a form: what a cell may not hold."""


MADE_UP = (
    "17",
    "19",
    "2017",
    "2019",
    "2017-01-01",
    "2019-01-01",
    "https://a.example/",
    "https://b.example/",
    "90",
    "95",
    "P1M",
    "P1Y",
    "en",
    "sv",
    "AA",
    "BB",
    "AAA",
    "BBB",
    "111",
    "222",
    "0" * 64,
    "1" * 64,
)
"""What stands in a cell of which no row has another value."""


@dataclasses.dataclass(frozen=True)
class Mutation:
    """One row of the real tables with a cell that breaks a facet; `lost` is what a dangling reference means.

    A row is replaced by `rows`: by one that is broken, or by two with the same id.
    """

    table: Table
    column: Column
    facet: str
    source: str
    replaced: str
    rows: tuple[tuple[tuple[str, Any], ...], ...]
    lost: str = ""

    @property
    def id(self) -> str:
        return f"{self.table.stem}.{self.column.name} {self.facet} {self.replaced}"

    @property
    def things(self) -> list[str]:
        """The addresses of the rows."""
        return [BASE + self.table.about.format(source=self.source, id=dict(row)["id"]) for row in self.rows]


class Mutable:
    """The real tables in the engine, and their graph in both stores."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.schema: Schema = read_schema(ROOT / "ontology")
        self.files = table_files(ROOT / "data", self.schema)
        self.connection = connect(work, "500MB")
        self.connection.execute("SET threads = 1")
        plan_without_optimizer(self.connection)
        load(self.connection, self.schema, self.files, work)
        fill_before_checks(self.connection, self.schema)
        list_things(self.connection, self.schema, BASE)
        fill_paths(self.connection, self.schema)
        self.read: dict[str, list[Row]] = {}
        self.lines = self.rendered(self.schema.tables)
        self.stated: dict[tuple[str, str], list[str]] = {}
        for line in map(triple_of, self.lines):
            subject, predicate, _ = line.split(" ", 2)
            self.stated.setdefault((subject[1:-1], predicate[1:-1]), []).append(line)
        self.ontology = ontology_triples(Project(ROOT), self.schema.codes, work / "ontology.nt")
        self.store = pyoxigraph.Store()
        self.derived = self.fill(self.store, self.lines, work)
        self.data = PreparedGraph()
        self.named: dict[pyoxigraph.NamedNode, URIRef] = {}
        for quad in self.store:
            self.data.add(self.terms(quad))
        shapes = executable(self.schema.shapes, FOR_PEOPLE)
        for each in self.schema.shapes.triples((None, SH.sparql, None)):
            shapes.add(each)  # with the constraint on circles, which a build leaves to the tables
        self.validator = Validator(DataGraph.from_rdflib(self.data), shacl_graph=shapes, options={"inplace": True})
        self.executor = self.validator.make_executor()
        self.shapes = self.validator.shacl_graph.shapes
        self.targets = {shape: set(shapes.objects(shape.node, SH.targetClass)) for shape in self.shapes}

    def fill(self, store: pyoxigraph.Store, lines: Iterable[str], work: Path) -> list[Path]:
        """Load stated triples and the ontology into a store, and derive; return the files of what is added."""
        store.bulk_load("".join(map(triple_of, lines)).encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
        store.bulk_load(path=self.ontology, format=pyoxigraph.RdfFormat.N_TRIPLES)
        made = []
        for path in sorted((ROOT / "queries" / "derive").glob("*.rq")):
            made.append(derived_triples(store, stored_query(path, "derive"), work / f"{path.stem}.nt"))
            store.bulk_load(path=made[-1], format=pyoxigraph.RdfFormat.N_TRIPLES)
        return [self.ontology, *made]

    # ------------------------------------------------------------ the engine

    def part(self, tables: Iterable[Table]) -> Schema:
        """Return the schema of some tables, whose references still reach all of them."""
        part = dataclasses.replace(self.schema, tables=tuple(tables))
        vars(part)["targets"] = self.schema.targets
        return part

    def rendered(self, tables: Iterable[Table]) -> set[str]:
        """Return the N-Quads of some tables."""
        self.connection.execute(f"DROP TABLE IF EXISTS {LINES}")
        render(self.connection, self.part(tables), BASE)
        return {f"{line}\n" for (line,) in self.connection.execute(f"SELECT line FROM {LINES}").fetchall()}

    @cached_property
    def columns(self) -> dict[Column, list[Table]]:
        """The columns with the tables that have rows, which one at least must have."""
        found = tables_by_column(self.schema).items()
        filled = {column: [table for table in tables if self.rows(table)] for column, tables in found}
        return {column: tables for column, tables in filled.items() if tables}

    def rows(self, table: Table) -> list[Row]:
        """Return the rows of a table as they are in the files, in their order."""
        if table.stem not in self.read:
            self.read[table.stem] = self.read_rows(table)
        return self.read[table.stem]

    def read_rows(self, table: Table) -> list[Row]:
        found = self.connection.execute(f"SELECT * FROM {name(table.stem)} ORDER BY _file, _line")
        names = [each[0] for each in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    @contextmanager
    def alone(self, table: Table, rows: Iterable[Row]) -> Iterator[None]:
        """Let some rows stand for the whole of their table, on the lines 1, 2, …, for the time of a `with` block."""
        self.connection.execute(f"CREATE TEMP TABLE {name(table.stem)} AS FROM main.{name(table.stem)} LIMIT 0")
        try:
            for number, row in enumerate(rows, 1):
                insert(self.connection, f"temp.{name(table.stem)}", row | {"_line": number})
            yield
        finally:
            self.connection.execute(f"DROP TABLE temp.{name(table.stem)}")

    def original(self, mutation: Mutation) -> Row:
        """Return the row that a mutation replaces."""
        place = {"id": mutation.replaced, "_source": dict(mutation.rows[0])["_source"]}.items()
        return next(row for row in self.rows(mutation.table) if place <= row.items())

    def changes(self, mutation: Mutation) -> set[str]:
        """Return the names of the cells that a mutation changes."""
        before = self.original(mutation)
        return {cell for row in mutation.rows for cell, value in row if value != before[cell]}

    def by_engine(self, mutation: Mutation) -> set[Fault]:
        """Return what the engine finds in the cells that were changed, and in the id: of each the first facet."""
        table = narrowed(mutation.table, {"id", mutation.column.name} | self.changes(mutation))
        with self.alone(table, map(dict, mutation.rows)):
            problems = list(cell_problems(self.connection, self.schema, [table]))
        return {
            (mutation.things[problem.location.line - 1], *broken(mutation.table, mutation.column, problem))
            for problem in problems
        }

    def by_cycles(self, mutation: Mutation) -> set[str]:
        """Return the ids of the things that stand in a circle, as the engine finds them in the whole table."""
        rows = [row for row in self.rows(mutation.table) if row["id"] != mutation.replaced]
        with self.alone(mutation.table, [*rows, *map(dict, mutation.rows)]):
            problems = list(cycles(self.connection, mutation.table, mutation.column))
        return {word for problem in problems for word in problem.found.removeprefix("the circle ").split(" → ")}

    def delta(self, mutation: Mutation) -> tuple[set[str], set[str]]:
        """Return the N-Triples that the mutation takes from the graph, and those that it adds."""
        names = self.changes(mutation)
        table = mutation.table
        if "id" not in names:  # else all lines of the row are others
            table = dataclasses.replace(narrowed(table, names), classes=())
        with self.alone(table, map(dict, mutation.rows)):
            new = set(map(triple_of, self.rendered([table])))
        if mutation.lost:
            new.add(f"<{mutation.things[0]}> <{mutation.column.path}> <{mutation.lost}> .\n")
        old = {line for column in table.columns for line in self.stated.get((mutation.things[0], column.path), ())}
        return old - new, new - old

    # ------------------------------------------------------------ pySHACL

    def terms(self, quad: Any) -> tuple[Any, Any, Any]:
        """Return a triple of Oxigraph as rdflib has it."""
        return term(quad.subject, self.named), term(quad.predicate, self.named), term(quad.object, self.named)

    @contextmanager
    def changed(self, taken: Iterable[str], added: Iterable[str]) -> Iterator[set[str]]:
        """Change both graphs for the time of a `with` block; yield the things whose validity may have changed.

        They are the subjects, and where a thing gains or loses a class, all that refer to it.
        """
        less = [quad for quad in parsed(taken) if quad in self.store]
        more = [quad for quad in parsed(added) if quad not in self.store]
        both = [*less, *more]
        self.move(less, more)
        of_class = {quad.subject for quad in both if quad.predicate.value == str(RDF.type)}
        referring = (self.store.quads_for_pattern(None, None, thing) for thing in of_class)
        try:
            yield {str(self.terms(quad)[0]) for quad in chain(both, *referring)}
        finally:
            self.move(more, less)

    def move(self, less: Iterable[pyoxigraph.Quad], more: Iterable[pyoxigraph.Quad]) -> None:
        for quad in less:
            self.store.remove(quad)
            self.data.remove(self.terms(quad))
        for quad in more:
            self.store.add(quad)
            self.data.add(self.terms(quad))

    @contextmanager
    def mutated(self, mutation: Mutation) -> Iterator[set[str]]:
        """Put a mutated row into both graphs, with the bounds of its value as the derivation makes them anew.

        The other derived triples stay as they are; constraints read none of them.
        """
        with self.changed(*self.delta(mutation)) as things:
            if mutation.column.name != "value":
                yield things
                return
            (before,) = (path for path in self.derived if path.stem == BOUNDS)
            query = stored_query(ROOT / "queries" / "derive" / f"{BOUNDS}.rq", "derive")
            after = derived_triples(self.store, query, self.work / "again.nt")
            old, new = set(lines_of(before)), set(lines_of(after))
            with self.changed(old - new, new - old) as more:
                yield things | more

    def neighbours(self, things: Iterable[str]) -> set[str]:
        """Return things and all that they refer to."""
        found = (self.data.objects(URIRef(thing)) for thing in things)
        return set(things) | {str(value) for values in found for value in values if isinstance(value, URIRef)}

    def over_the_store(self) -> set[Fault]:
        """Return what the engine finds in the store, by every property shape and constraint."""
        return self.by_constraints().union(*map(self.by_property, self.columns))

    def by_property(self, column: Column) -> set[Fault]:
        """Return what the engine finds in the store by one property shape."""
        found = property_results(self.store, self.schema, URIRef(column.shape))
        return {(each.focus, each.column, each.rule) for each in found}

    def by_constraints(self) -> set[Fault]:
        """Return what the constraints of all tables find, each run once over the store."""
        found = chain.from_iterable(constraint_results(self.store, self.schema, table) for table in self.schema.tables)
        return {(each.focus, each.column, each.rule) for each in found}

    def by_pyshacl(
        self, things: Iterable[str] | None = None, *, shape: str = "", constraints: bool = False
    ) -> set[Fault]:
        """Return what pySHACL finds at some things, or in the whole graph.

        It runs one property shape, or all, or the node shapes with their SHACL-SPARQL constraints.
        """
        kinds = {URIRef(thing): set(self.data.objects(URIRef(thing), RDF.type)) for thing in things or ()}
        found: set[Fault] = set()
        for each, targets in self.targets.items():
            if not targets or each.is_property_shape == constraints or shape not in {"", str(each.node)}:
                continue
            focus = [thing for thing, classes in kinds.items() if classes & targets]
            if things is None or focus:
                _, reports = each.validate(self.executor, self.validator.data_graph, focus or None)
                found |= {fault_of(triples) for _, _, triples in reports}
        return found

    # ------------------------------------------------------------ many mutations in one graph

    def remove(self, table: Table, row: Row) -> None:
        self.connection.execute(
            f"DELETE FROM {name(table.stem)} WHERE id = ? AND _source = ?", [row["id"], row["_source"]]
        )

    @contextmanager
    def merged(self, taken: Iterable[Mutation], removed: Iterable[tuple[Table, Row]]) -> Iterator[set[Fault]]:
        """Put many mutated rows into the tables, take some rows away, and make the whole graph anew.

        Yield what the engine finds in the cells of all tables. References to rows that are gone stay in the graph.
        """
        mutated: dict[str, Column] = {}
        lines: dict[tuple[str, int], str] = {
            (row["_file"], row["_line"]): BASE + table.about.format(source=folder_of(row), id=row["id"])
            for table in self.schema.tables
            for row in self.rows(table)
        }
        lost = set()
        self.connection.execute("BEGIN")
        try:
            for mutation in taken:
                original = self.original(mutation)
                if "id" not in self.changes(mutation):
                    self.remove(mutation.table, original)
                for thing, changed in zip(mutation.things, mutation.rows, strict=True):
                    place = {"_line": len(lines) + AFTER}
                    insert(self.connection, name(mutation.table.stem), dict(changed) | place)
                    lines[original["_file"], place["_line"]] = thing
                    mutated[thing] = mutation.column
                if mutation.lost:
                    lost.add(
                        f"<{mutation.things[0]}> <{mutation.column.path}> <{mutation.lost}> <{BASE}graph/lost> .\n"
                    )
            for table, row in removed:
                self.remove(table, row)
            quads = self.rendered(self.schema.tables) | lost
            self.connection.execute(f"DROP TABLE {THINGS}")
            self.connection.execute("DROP MACRO expanded")
            list_things(self.connection, self.schema, BASE)
            problems = list(cell_problems(self.connection, self.schema, self.schema.tables))
        finally:
            self.connection.execute("ROLLBACK")
        assert all(not problem.more for problem in problems)
        found = set()
        for problem in problems:
            thing = lines[problem.location.file, problem.location.line]
            at_fault = self.schema.table_at(*problem.location.file.split("/")[-2:])
            assert at_fault is not None
            found.add((thing, *broken(at_fault, mutated.get(thing, at_fault.columns[0]), problem)))
        other = pyoxigraph.Store()
        self.fill(other, quads, made(self.work / "merged"))
        before, after = set(self.store), set(other)
        self.move(before - after, after - before)
        try:
            yield found
        finally:
            self.move(after - before, before - after)


def narrowed(table: Table, names: set[str]) -> Table:
    """Return a table with some of its columns, and those with which they are compared."""
    paths = {path for each in table.columns if each.name in names for path in (each.path, *each.compared_with)}
    columns = (each for each in table.columns if each.name in names or each.path in paths)
    return dataclasses.replace(table, columns=tuple(columns))


def insert(connection: duckdb.DuckDBPyConnection, table: str, row: Row) -> None:
    marks = ", ".join("?" for _ in row)
    connection.execute(f"INSERT INTO {table} ({', '.join(map(name, row))}) VALUES ({marks})", list(row.values()))


def parsed(lines: Iterable[str]) -> Iterable[pyoxigraph.Quad]:
    return pyoxigraph.parse("".join(sorted(lines)), format=pyoxigraph.RdfFormat.N_TRIPLES)


def fault_of(triples: Iterable[tuple[Any, Any, Any]]) -> Fault:
    """Return what one result of pySHACL names."""
    said = {predicate: value[1] if isinstance(value, tuple) else value for _, predicate, value in triples}
    rule = rule_of(str(said[SH.sourceConstraintComponent]))
    return str(said[SH.focusNode]), str(said.get(SH.resultPath, "")), rule


def broken(table: Table, mutated: Column, problem: Problem) -> tuple[str, str]:
    """Return property and facet of a problem; in RDF a second row with the same id is a second value of a property."""
    if problem.rule == "unique":
        return mutated.path, "maxCount"
    return table.column(problem.location.field).path, problem.rule


def first_of(faults: Iterable[Fault]) -> set[Fault]:
    """Return of the faults of each cell the one that the engine names, which looks no further."""
    first: dict[tuple[str, str], str] = {}
    for thing, path, rule in sorted(faults, key=lambda fault: FACETS_OF_TABLES.index(fault[2])):
        first.setdefault((thing, path), rule)
    return {(*cell, rule) for cell, rule in first.items()}


# ---------------------------------------------------------------- making mutations


def mutations(bench: Mutable) -> Iterator[Mutation]:
    """Yield a mutation for every facet of every property shape that a table can break; the seed is the facet's name."""
    for column, tables in bench.columns.items():
        for facet in facets_of(column):
            table = seeded(column.shape).choice(tables)
            yield from mutation_of(bench, table, column, facet)


def facets_of(column: Column) -> list[str]:
    """Return the facets of a column that a table can break.

    A table cannot break the others: cells of a column have one node kind and one language. Without an id there is no
    thing, and what has another id is another thing.
    """
    datatype = (column.datatype or "").rsplit("#", 1)[-1]
    given = {
        "minCount": column.must_be_typed and column.name != "id",
        "maxCount": column.separator is None and column.name != "id" and column.shape not in ONE_VALUE,
        "datatype": datatype in WRONG and datatype not in UNREAD,
        **{limit.rule: True for limit, _ in column.limits},
        "lessThanOrEquals": column.compared_with and column.shape not in NOT_COMPARED,
        "class": column.target,
    }
    return [facet for facet, stated in given.items() if stated]


def mutation_of(bench: Mutable, table: Table, column: Column, facet: str, *, beyond: int = 1) -> Iterator[Mutation]:
    """Yield the mutation of a row that breaks a facet of a column; one on its bound where `beyond` is 0."""
    rows = seeded(f"{column.shape} {facet}").sample(bench.rows(table), len(bench.rows(table)))
    row = dict(next((row for row in rows if row[column.name] is not None), rows[0]))
    replaced, lost = row["id"], ""
    added: list[Row] = []
    if facet == "lessThanOrEquals":
        (other,) = (each.name for each in table.columns if each.path in column.compared_with)
        both = (each for each in rows if each[column.name] is not None and each[other] is not None)
        row = dict(next(each for each in both if each[column.name] != each[other]))
        replaced, row[column.name], row[other] = row["id"], row[other], row[column.name if beyond else other]
    elif facet == "class":
        value, lost = dangling(bench, column, elsewhere=seeded(column.shape).random() < HALF)
        kept = [row[column.name]] if column.separator and row[column.name] else []
        row[column.name] = (column.separator or "").join([*kept, value])
    elif facet == "maxCount":
        fitting = ((dict(each), [*others(bench, rows, each, column)]) for each in rows)
        row, (value, *_, second) = next((each, values) for each, values in fitting if len(values) > 1)
        row |= dict.fromkeys(compared(table, column)) | {column.name: value}
        replaced, added = row["id"], [row | {column.name: second}]
    else:
        if facet != "minCount":  # pySHACL fails where sh:lessThanOrEquals meets what is no number
            row |= dict.fromkeys(compared(table, column))
        row[column.name] = unfit(column, facet, row[column.name], beyond)
    changed = tuple(tuple(each.items()) for each in (row, *added))
    yield Mutation(table, column, facet, folder_of(row), replaced, changed, lost)


def compared(table: Table, column: Column) -> set[str]:
    """Return the names of the columns with which one is compared."""
    paths = {column.path, *column.compared_with}
    return {each.name for each in table.columns if paths.intersection((each.path, *each.compared_with))} - {column.name}


def unfit(column: Column, facet: str, held: str | None, beyond: int) -> str | None:
    """Return what breaks a facet of a column, for a cell that holds a value now."""
    unlike = ("ftp:no",) if (column.datatype or "").endswith("#anyURI") else ("Not-One", "12 x")
    values = {
        "minCount": None if column.required == 1 else (held or "").split(column.separator or ";")[0],
        "datatype": WRONG.get((column.datatype or "").rsplit("#", 1)[-1]),
        "pattern": next((each for each in unlike if not re.search(parameter_of(column, "pattern"), each)), None),
        "maxLength": "a" * (int(parameter_of(column, "maxLength") or 0) + beyond),
        "minInclusive": str(Decimal(parameter_of(column, "minInclusive") or 0) - beyond),
        "maxInclusive": str(Decimal(parameter_of(column, "maxInclusive") or 0) + beyond),
        "in": "skos:note" if column.is_iri else "no-such",
    }
    return values[facet]


def parameter_of(column: Column, rule: str) -> str:
    """Return the one parameter of a limit of a column, empty if it has no such limit."""
    return "".join(column.limit(rule))


def seeded(text: str) -> random.Random:
    """Return a source of chance that is the same in every run."""
    return random.Random(text)  # noqa: S311  (nothing secret)


def folder_of(row: Row) -> str:
    return str(row["_source"] or "shared")


def dangling(bench: Mutable, column: Column, *, elsewhere: bool) -> tuple[str, str]:
    """Return what a cell may not refer to, nothing or a thing of another kind, and its address."""
    target = bench.schema.targets[column.target or ""]
    if not elsewhere:
        return ("threat/no-such" if "threat" in target.kinds and target.qualified else "no-such"), f"{BASE}no-such"
    keys = {key for (key,) in bench.connection.execute(f"SELECT key FROM ({members(target)})").fetchall()}
    key = "kind || '/' || id" if target.qualified else "id"
    things = bench.connection.execute(f"SELECT {key}, iri FROM {THINGS} WHERE source = '' ORDER BY ALL").fetchall()
    return next((found, iri) for found, iri in things if found not in keys)


def others(bench: Mutable, rows: list[Row], row: Row, column: Column) -> Iterator[str]:
    """Yield values for the cell of a row that break nothing: other things, values allowed, those of other rows."""
    own = {row["id"], f"document/{row['id']}"}
    found = sorted(each[column.name] for each in rows if each["_source"] == row["_source"] and each[column.name])
    if column.target:
        within = f"source IN ('', {literal(row['_source'])})"
        keys = f"SELECT key FROM ({members(bench.schema.targets[column.target])}) WHERE {within} ORDER BY 1"
        found = [key for (key,) in bench.connection.execute(keys).fetchall()]
    elif terms := column.limit("in"):
        found = [compact(bench.schema.prefixes, each) for each in terms]
    elif (column.datatype or "").endswith("#boolean"):
        found = ["true", "false"]
    elif not column.is_iri:
        found += [each for each in MADE_UP if re.search(parameter_of(column, "pattern"), each)]
        form = FORMS.get((column.datatype or "").rsplit("#", 1)[-1], (".*", ""))[0]
        found = [each for each in found if re.fullmatch(form, each) and within_bounds(column, each)]
    yield from (each for each in dict.fromkeys(found) if each not in own)


def within_bounds(column: Column, value: str) -> bool:
    """Return whether a value is neither below the minimum of a column nor above its maximum, nor too long."""
    low, high = parameter_of(column, "minInclusive"), parameter_of(column, "maxInclusive")
    longest = parameter_of(column, "maxLength")
    return (
        (not longest or len(value) <= int(longest))
        and (not low or float(value) >= float(low))
        and (not high or float(value) <= float(high))
    )


# ---------------------------------------------------------------- faulty derivations


def faulty_triples(bench: Mutable, column: Column, tables: list[Table]) -> set[str]:
    """Return triples that a faulty derivation could make: each breaks a facet of a property shape at another thing."""
    path = URIRef(column.path)
    chance = seeded(f"derived {column.shape}")
    things = ordered({thing for table in tables for thing in bench.data.subjects(RDF.type, URIRef(table.classes[0]))})
    filled = [thing for thing in things if (thing, path, None) in bench.data] or things
    triples: list[tuple[Node, Node, Node]] = []
    stated = bench.schema.shapes.predicate_objects(URIRef(column.shape))
    for facet, parameter in sorted((str(facet).removeprefix(str(SH)), str(parameter)) for facet, parameter in stated):
        if facet == "minCount":
            triples.append((URIRef(f"{BASE}faulty"), RDF.type, URIRef(chance.choice(tables).classes[0])))
        elif facet == "lessThanOrEquals":
            bounds = [(value, thing) for thing in filled for value in bench.data.objects(thing, URIRef(parameter))]
            if not bounds:
                bounds = [(Literal(0, datatype=column.datatype), things[0])]
                triples.append((things[0], URIRef(parameter), bounds[0][0]))
            highest, thing = max(bounds, key=lambda bound: Literal(bound[0]))
            above = "2999-01-01" if (column.datatype or "").endswith("date") else str(int(str(highest)) + 1)
            triples.append((thing, path, Literal(above, datatype=column.datatype)))
        else:
            thing = chance.choice(filled)
            triples += [(thing, path, value) for value in unfit_terms(column, facet, parameter)]
    return {" ".join(each.n3() for each in triple) + " .\n" for triple in triples}


def unfit_terms(column: Column, facet: str, parameter: str) -> list[Node]:
    """Return terms that break a facet of a column's shape; none for what is not a facet."""
    if facet in {"maxCount", "datatype"}:  # no xsd:unsignedByte: Oxigraph takes what is derived from integers for one
        return [Literal(value, datatype=XSD.double) for value in ("1.5", "2.5")]
    if facet in {"class", "in"}:
        return [URIRef(f"{BASE}no-such")]
    terms = {"nodeKind": Literal("no thing"), "languageIn": Literal("ord", lang="sv"), "pattern": Literal("Not-One ")}
    if facet == "maxLength":
        text = "a" * (int(parameter) + 1)
        terms[facet] = Literal(text, lang="en") if column.lang else Literal(text, datatype=column.datatype)
    if facet in {"minInclusive", "maxInclusive"}:
        number = Decimal(parameter) + (1 if facet == "maxInclusive" else -1)
        terms[facet] = Literal(str(number), datatype=column.datatype)
    return [terms[facet]] if facet in terms else []


# ---------------------------------------------------------------- mutations that break a constraint


def constraint_mutations(bench: Mutable, constraint: str) -> Iterator[Mutation]:
    """Yield mutations, each of one row, that break a SHACL-SPARQL constraint."""
    tables = {table.stem: table for table in bench.schema.tables}
    chance = seeded(constraint)
    stem, cell = {
        "Question-follow-up": ("questions", "population"),
        "Question-dimensions": ("findings", "reading"),
        "Question-parts": ("findings", "option"),
        "Question-sum": ("findings", "value"),
        "Finding-change": ("findings", "from_period"),
        "Finding-interval": ("findings", "ci_low"),
        "Finding-one-category": ("findings", "group"),
        "Finding-range": ("findings", "value"),
        "Finding-rate": ("findings", "statistic"),
        "Finding-value-or-reason": ("findings", "status"),
        "Discrepancy-prefers-a-fact": ("discrepancies", "prefers"),
        "Mapping-reason": ("links", "comment"),
        "Passage-place": ("passages", "line_to"),
        "Survey-once": ("surveys", "wave"),
        "AddressChange-successors": ("address_changes", "by"),
        "AddressChange-reason": ("address_changes", "because"),
    }[constraint]
    table = tables[stem]
    rows = [row for row in bench.rows(table) if row["_source"] in {"", "links", REPORT}]
    chance.shuffle(rows)
    questions = {(row["_source"], row["id"]): row for row in bench.rows(tables["questions"])}
    for row in rows:
        value: str | None = None
        also: Row = {}
        match constraint:
            case "Question-follow-up" if row["follow_up_of"]:
                value = questions[row["_source"], row["follow_up_of"]]["population"]
            case "Question-dimensions" if row["reading"] == "second":
                value = "first"
            case "Question-parts":
                options = bench.rows(tables["options"])
                within = [each for each in options if each["_source"] == row["_source"]]
                value = next(each["id"] for each in within if each["question"] != row["question"])
            case "Question-sum" if adds_up(bench, row, questions[row["_source"], row["question"]]):
                value = str(float(row["value"]) / 2 + 50)
            case _ if constraint in SPOILED:
                value = SPOILED[constraint]
            case "Discrepancy-prefers-a-fact" if row["prefers"]:
                facts = (each["facts"].split(";")[0] for each in rows if each["_source"] == row["_source"])
                value = next(fact for fact in facts if fact not in row["facts"].split(";"))
            case "Mapping-reason" if row["comment"] and row["predicate_id"] == "skos:closeMatch":
                pass
            case "AddressChange-successors" | "AddressChange-reason":
                also = SPLIT if cell == "because" else {}
            case _:
                continue
        changed = row | also | {cell: value}
        yield Mutation(table, table.column(cell), constraint, folder_of(row), row["id"], (tuple(changed.items()),))


def adds_up(bench: Mutable, row: Row, question: Row) -> bool:
    """Return whether the shares of a finding's question must add up: one answer each, all printed, none contested."""
    tables = {table.stem: table for table in bench.schema.tables}
    contested = {fact for each in bench.rows(tables["discrepancies"]) for fact in each["facts"].split(";")}
    alike = ("_source", "question", "item", "population", "place", "age_bracket", "period", "reading")
    group = [each for each in bench.rows(tables["findings"]) if all(each[key] == row[key] for key in alike)]
    options = [each for each in bench.rows(tables["options"]) if each["question"] == row["question"]]
    answers = question["response_type"] in {"single-choice", "matrix-single-choice"} and row["reading"] == "first"
    free = not contested & {f"finding/{each['id']}" for each in group}
    return answers and free and len(group) == len([each for each in options if each["_source"] == row["_source"]])


def circles(bench: Mutable) -> Iterator[Mutation]:
    """Yield for each table with broader concepts a mutation that makes a concept narrower than its own part."""
    for table in bench.schema.tables:
        for column in table.columns:
            if column.path != str(SKOS.broader) or (URIRef(table.shape), SH.sparql, CIRCLE) not in bench.schema.shapes:
                continue
            rows = {row["id"]: row for row in bench.rows(table)}
            for row in rows.values():
                above = rows.get(row[column.name] or "")
                if above and not above[column.name]:
                    changed = above | {column.name: row["id"]}
                    yield Mutation(table, column, "acyclic", folder_of(row), above["id"], (tuple(changed.items()),))
                    break
