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
from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph
from pyshacl.graph_abstraction import DataGraph
from pyshacl.validator import Validator
from rdflib import RDF, SH, Graph, URIRef

from kg_builder.cells import FORMS, cell_problems
from kg_builder.engine import THINGS, connect, list_things, literal, load, members, name
from kg_builder.facets import columns_of
from kg_builder.files import table_files
from kg_builder.graph import Project, ontology_triples
from kg_builder.jsonld import compact
from kg_builder.problems import Problem
from kg_builder.queries import derived_triples, stored_query
from kg_builder.reference import FOR_PEOPLE, PreparedGraph, executable, rule_of, term
from kg_builder.schema import Column, Schema, Table
from kg_builder.shapes import read_schema
from kg_builder.terms import BASE
from kg_builder.triples import LINES, render
from tests.bench import ROOT, triple_of

SHAPES = "https://w3id.org/child-protection-kg/shapes#"

Fault = tuple[str, str, str]
"""A focus node, a property and the constraint component that it breaks, such as `minCount`."""

Row = dict[str, Any]

ONE_VALUE = (f"{SHAPES}Part-report", f"{SHAPES}Mapping-predicate-modifier")
"""Columns for which there is one value only: the report of the folder, the word Not."""

UNREAD = ("gYear", "anyURI")
"""Datatypes into whose literals rdflib does not look; those of the cells are checked by the engine alone."""

WRONG = {
    "integer": "three",
    "decimal": "62,5",
    "boolean": "yes",
    "date": "2019-02-30",
    "gYear": "20",
    "anyURI": "no address",
}
"""For each datatype that has a form: what a cell may not hold."""


MADE_UP = ("17", "19", "2017", "2019", "2017-01-01", "2019-01-01", "https://a.example/", "en", "sv", "0" * 64, "1" * 64)
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
        self.connection.execute("PRAGMA disable_optimizer")  # planning takes longer than running, with rows so few
        load(self.connection, self.schema, self.files, work)
        list_things(self.connection, self.schema, BASE)
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
            made.append(derived_triples(store, stored_query(path), work / f"{path.stem}.nt"))
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
            problems = list(cell_problems(self.connection, self.part([table])))
        return {(mutation.things[problem.line - 1], *broken(mutation, problem)) for problem in problems}

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
        less, more = ([quad for quad in parsed(lines)] for lines in (taken, added))
        less = [quad for quad in less if quad in self.store]
        more = [quad for quad in more if quad not in self.store]
        for quad in less:
            self.store.remove(quad)
            self.data.remove(self.terms(quad))
        for quad in more:
            self.store.add(quad)
            self.data.add(self.terms(quad))
        concerned = {quad.subject.value for quad in [*less, *more]}
        of_class = {quad.subject for quad in [*less, *more] if quad.predicate.value == str(RDF.type)}
        concerned |= {quad.subject.value for thing in of_class for quad in self.store.quads_for_pattern(None, None, thing)}
        try:
            yield concerned
        finally:
            for quad in more:
                self.store.remove(quad)
                self.data.remove(self.terms(quad))
            for quad in less:
                self.store.add(quad)
                self.data.add(self.terms(quad))

    def by_pyshacl(self, things: Iterable[str] | None = None, *, constraints: bool = False) -> set[Fault]:
        """Return what pySHACL finds at some things, or in the whole graph, with SHACL-SPARQL constraints or without."""
        kinds = {URIRef(thing): set(self.data.objects(URIRef(thing), RDF.type)) for thing in things or ()}
        found: set[Fault] = set()
        for shape, targets in self.targets.items():
            if not targets or (constraints, shape.is_property_shape) == (False, False):
                continue
            focus = [thing for thing, classes in kinds.items() if classes & targets] if things is not None else None
            if focus != []:
                _, reports = shape.validate(self.executor, self.validator.data_graph, focus)
                found |= {fault_of(triples) for _, _, triples in reports}
        return found


def narrowed(table: Table, names: set[str]) -> Table:
    """Return a table with some of its columns, and those with which they are compared."""
    paths = {path for each in table.columns if each.name in names for path in (each.path, each.not_above)}
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


def broken(mutation: Mutation, problem: Problem) -> tuple[str, str]:
    """Return property and facet of a problem; in RDF a second row with the same id is a second value of a property."""
    if problem.rule == "unique":
        return mutation.column.path, "maxCount"
    return mutation.table.column(problem.column).path, problem.rule


# ---------------------------------------------------------------- making mutations


def mutations(bench: Mutable) -> Iterator[Mutation]:
    """Yield a mutation for every facet of every property shape that a table can break; the seed is the facet's name."""
    for column, tables in columns_of(bench.schema).items():
        for facet in facets_of(bench.schema, column):
            chance = random.Random(f"{column.shape} {facet}")
            table = chance.choice([table for table in tables if bench.rows(table)])
            yield from mutation_of(bench, table, column, facet, chance)


def facets_of(schema: Schema, column: Column) -> list[str]:
    """Return the facets of a column that a table can break, those of references twice: to nothing, to another kind.

    A table cannot break the others: cells of a column have one node kind and one language. Without an id there is no
    thing, and what has another id is another thing.
    """
    datatype = (column.datatype or "").rsplit("#", 1)[-1]
    given = {
        "minCount": column.required and column.name != "id",
        "maxCount": column.separator is None and column.name != "id" and column.shape not in ONE_VALUE,
        "datatype": datatype in WRONG and datatype not in UNREAD,
        "pattern": column.pattern,
        "maxLength": column.longest,
        "minInclusive": column.minimum is not None,
        "maxInclusive": column.maximum is not None,
        "lessThanOrEquals": column.not_above,
        "in": column.allowed,
        "class": column.target,
        "class of another kind": column.target,
    }
    return [facet for facet, stated in given.items() if stated]


def mutation_of(bench: Mutable, table: Table, column: Column, facet: str, chance: random.Random) -> Iterator[Mutation]:
    """Yield the mutation of a row that breaks a facet of a column."""
    pair = {other.name for other in table.columns if {other.path, other.not_above} & {column.not_above, column.path} - {None}}
    pair -= {column.name}
    rows = bench.rows(table)
    chance.shuffle(rows)
    filled = [row for row in rows if row[column.name] is not None] or rows
    row = dict(filled[0])
    lost = ""
    match facet:
        case "minCount":
            row[column.name] = None if column.required == 1 else row[column.name].split(column.separator or ";")[0]
        case "datatype":
            row |= dict.fromkeys(pair)  # pySHACL fails where sh:lessThanOrEquals meets what is no number
            row[column.name] = WRONG[(column.datatype or "").rsplit("#", 1)[-1]]
        case "pattern":
            tried = ("Not-One", "12 x")
            row[column.name] = next(each for each in tried if not re.search(column.pattern or "", each))
        case "maxLength":
            row[column.name] = "a" * ((column.longest or 0) + 1)
        case "minInclusive":
            row |= dict.fromkeys(pair)
            row[column.name] = str(int(column.minimum or 0) - 1)
        case "maxInclusive":
            row |= dict.fromkeys(pair)
            row[column.name] = str(int(column.maximum or 0) + 1)
        case "lessThanOrEquals":
            (other,) = (each.name for each in table.columns if each.path == column.not_above)
            both = [each for each in rows if each[column.name] is not None and each[other] is not None]
            row = dict(next(each for each in both if each[column.name] != each[other]))
            row[column.name], row[other] = row[other], row[column.name]
        case "in":
            row[column.name] = "skos:note" if column.is_iri else "no-such"
        case "class" | "class of another kind":
            value, lost = dangling(bench, column, elsewhere=facet != "class")
            kept = [row[column.name]] if column.separator and row[column.name] else []
            row[column.name] = (column.separator or "").join([*kept, value])
        case "maxCount":
            row |= dict.fromkeys(pair)
            values = others(bench, rows, row, column)
            row[column.name] = row[column.name] or next(values)
            second = row | {column.name: next(values)}
            yield Mutation(table, column, facet, folder_of(row), row["id"], (tuple(row.items()), tuple(second.items())))
            return
    yield Mutation(table, column, facet, folder_of(row), filled[0]["id"], (tuple(row.items()),), lost)


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
    """Yield values that the cell of a row does not hold and that break nothing: references, values allowed, others."""
    kept = {row[column.name], row["id"], f"document/{row['id']}"}
    found = sorted(each[column.name] for each in rows if each["_source"] == row["_source"] and each[column.name])
    if column.target:
        within = f"source IN ('', {literal(row['_source'])})"
        keys = f"SELECT key FROM ({members(bench.schema.targets[column.target])}) WHERE {within} ORDER BY 1"
        found = [key for (key,) in bench.connection.execute(keys).fetchall()]
    elif column.allowed:
        found = [compact(bench.schema.prefixes, each) for each in column.allowed]
    elif (column.datatype or "").endswith("#boolean"):
        found = ["true", "false"]
    elif not column.is_iri:
        found += [each for each in MADE_UP if re.search(column.pattern or "", each)]
        form = FORMS.get((column.datatype or "").rsplit("#", 1)[-1], (".*", ""))[0]
        found = [each for each in found if re.fullmatch(form, each)]
    yield from (each for each in dict.fromkeys(found) if each not in kept)
