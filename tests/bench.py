"""The example project, the cases that break it, and a bench that answers a case without loading the whole example."""

from __future__ import annotations

import csv
import dataclasses
import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any

import pyoxigraph
import yaml

from kg_builder.core.problems import Problem, ProblemsFound
from kg_builder.graph.built_graph import Project
from kg_builder.graph.rendering import LINES, render
from kg_builder.pipeline import build_graph
from kg_builder.queries.stored_queries import StoredQuery, derived_triples, stored_queries
from kg_builder.schema.model import Schema, Table
from kg_builder.tables.cell_checks import cell_problems
from kg_builder.tables.engine import (
    PREFIXES,
    THINGS,
    connect,
    define_expansion,
    list_things,
    load,
    plan_without_optimizer,
)
from kg_builder.tables.table_files import TableFile
from kg_builder.validation.constraint_checks import located
from kg_builder.validation.graph_validation import results

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = Path(__file__).resolve().parent / "example"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CASES = Path(__file__).resolve().parent / "cases"
SOURCE = "example-2020"


@dataclasses.dataclass(frozen=True)
class Edit:
    """A change to one file of the project: a piece that stands in it once is replaced, text is added, or it goes."""

    file: str
    replace: str = ""
    by: str = ""
    append: str = ""
    delete: bool = False
    times: int = 1

    def apply(self, text: str) -> str:
        if self.append:
            return text + self.append
        assert text.count(self.replace) == 1, f"{self.file}: {self.replace!r} stands {text.count(self.replace)} times"
        return text.replace(self.replace, self.by * self.times)


@dataclasses.dataclass(frozen=True)
class Case:
    """One way to break the example, and every sentence that the run then yields, in order."""

    subject: str
    name: str
    edits: tuple[Edit, ...]
    expected: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.subject}: {self.name}"

    @property
    def only_tables(self) -> bool:
        """Whether it edits nothing but tables of the example, so that the bench can answer it."""
        return all((EXAMPLE / edit.file).is_file() and not edit.delete for edit in self.edits)


def cases() -> list[Case]:
    """Return the cases of all files of tests/cases, in the order of the files."""
    return [case for path in sorted(CASES.glob("*.yaml")) for case in cases_of(path)]


def cases_of(path: Path) -> Iterator[Case]:
    for case in yaml.load(path.read_text(encoding="utf-8"), LOADER):  # noqa: S506  (a safe loader)
        yield Case(path.stem, case["name"], tuple(map(edit_of, case["edits"])), tuple(case["expected"]))


def edit_of(stated: dict[str, Any]) -> Edit:
    return Edit(**{"by" if key == "with" else key: value for key, value in stated.items()})


def project_at(folder: Path, edits: tuple[Edit, ...] = (), tables: Path = EXAMPLE) -> Path:
    """Make a project, the example's or another, in a folder: ontology and queries are ours, unless an edit differs."""
    shutil.copytree(tables / "data", made(folder) / "data")
    for name in ("ontology", "queries"):
        if any(edit.file.startswith(f"{name}/") for edit in edits):
            shutil.copytree(ROOT / name, folder / name)
        else:
            (folder / name).symlink_to(ROOT / name)
    for edit in edits:
        path = folder / edit.file
        if edit.delete:
            path.unlink()
        else:
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            path.write_text(edit.apply(text), encoding="utf-8")
    return folder


def problems_of(root: Path, work: Path) -> tuple[Problem, ...]:
    """Return what a whole run finds in a project."""
    try:
        return build_graph(Project(root), made(work)).problems
    except ProblemsFound as found:
        return tuple(found.problems)


def made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclasses.dataclass(frozen=True)
class Sheet:
    """What a table file holds: the lines before the table, the header, and the rows; of TSV the cells by tabs."""

    preamble: list[str]
    header: list[str]
    cells: list[list[str]]
    delimiter: str

    @property
    def rows(self) -> list[dict[str, str]]:
        return [dict(zip(self.header, cells, strict=True)) for cells in self.cells]

    @property
    def first_line(self) -> int:
        """The number of the line on which the first row stands."""
        return len(self.preamble) + 2

    @property
    def text(self) -> str:
        made = io.StringIO("".join(self.preamble))
        made.seek(0, io.SEEK_END)
        writer = csv.writer(made, lineterminator="\n", delimiter=self.delimiter)
        writer.writerows([self.header, *self.cells])
        return made.getvalue()


def tables_of(data: Path) -> list[Path]:
    """Return the table files of a folder `data/`."""
    return sorted([*data.glob("*/*.csv"), *data.glob("*/*.tsv")])


def sheet(path: Path) -> Sheet:
    return sheet_of(path.name, path.read_text(encoding="utf-8"))


def sheet_of(name: str, text: str) -> Sheet:
    """Return the text of a table file in its parts."""
    delimiter, mark = ("\t", "#") if name.endswith(".tsv") else (",", "\0")
    lines = text.splitlines(keepends=True)
    preamble = list(takewhile(lambda line: line.startswith(mark), lines))
    header, *cells = csv.reader(lines[len(preamble) :], delimiter=delimiter)
    return Sheet(preamble, header, cells, delimiter)


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


def triple_of(quad: str) -> str:
    """Return a line of N-Quads without its graph."""
    return quad.rsplit(" <", 1)[0] + " .\n"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a case yields; `store` holds its graph and `lines` its N-Quads, unless its cells forbade to make them."""

    problems: tuple[Problem, ...]
    store: pyoxigraph.Store | None = None
    lines: Path | None = None


class Bench:
    """The example in the engine. A case loads the tables that it edits, in a transaction that is then undone.

    The tables that it leaves alone are neither checked nor rendered again, as the example has no problems;
    they are if they refer to a table that has lost an id. SHACL is left to the engine, see test_reference.
    """

    def __init__(self, work: Path) -> None:
        self.work = work
        self.project = Project(project_at(work / "project"))
        self.example = build_graph(self.project, made(work / "example"))
        self.schema = self.example.schema
        self.checks = stored_queries(ROOT, "checks")
        self.derivations = stored_queries(ROOT, "derive")
        self.files = {file.name: file for file in self.example.files}
        self.outcomes: dict[Case, Outcome] = {}
        self.connection = connect(made(work / "engine"), "500MB")
        self.connection.execute("SET threads = 1")
        plan_without_optimizer(self.connection)
        load(self.connection, self.schema, self.example.files, work)
        list_things(self.connection, self.schema, self.project.base)
        self.ontology = [line for line in lines_of(self.example.lines) if line.endswith("/graph/ontology> .\n")]
        self.lines = {table.stem: self.rendered([table]) for table in self.schema.tables}

    def outcome(self, case: Case) -> Outcome:
        """Return what a case yields; each case is run once."""
        if case not in self.outcomes:
            folder = made(self.work / f"case-{len(self.outcomes)}")
            self.outcomes[case] = self.answer(case, folder) if case.only_tables else self.built(case, folder)
        return self.outcomes[case]

    def built(self, case: Case, folder: Path) -> Outcome:
        return Outcome(problems_of(project_at(folder / "project", case.edits), folder / "work"))

    def answer(self, case: Case, folder: Path) -> Outcome:
        try:
            with self.edited(case.edits, folder) as tables:
                faults = list(cell_problems(self.connection, self.part(tables)))
                if faults:
                    return Outcome(tuple(sorted(faults)))
                store, lines = self.graph(tables, folder)
                return Outcome(tuple(self.problems(store, lines, self.checks)), store, lines)
        except ProblemsFound as refused:
            return Outcome(tuple(refused.problems))

    def graph(self, tables: list[Table], folder: Path) -> tuple[pyoxigraph.Store, Path]:
        """Return the graph of the tables as they are now, those that are named being rendered again."""
        edited = {table.stem for table in tables}
        quads = [*self.ontology, *self.rendered(tables)]
        quads += [line for stem, lines in self.lines.items() if stem not in edited for line in lines]
        store = pyoxigraph.Store()
        store.bulk_load("".join(map(triple_of, quads)).encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
        for derivation in self.derivations:
            derived = derived_triples(store, derivation, folder / "derived.nt")
            store.bulk_load(path=str(derived), format=pyoxigraph.RdfFormat.N_TRIPLES)
            named = f" <{self.project.base}graph/{derivation.header.graph}> .\n"
            quads += [line.removesuffix(" .\n") + named for line in lines_of(derived)]
        (folder / "kg.nq").write_text("".join(quads), encoding="utf-8")
        return store, folder / "kg.nq"

    def problems(
        self, store: pyoxigraph.Store, lines: Path, checks: list[StoredQuery], *, reference: bool = False
    ) -> list[Problem]:
        """Return what checks and shapes find in a graph, the shapes run by pySHACL if it is the reference."""
        found = results(store, self.schema, checks, lines, reference=reference)
        return located(found, self.connection, self.schema, self.project.base)

    @contextmanager
    def edited(self, edits: tuple[Edit, ...], folder: Path) -> Iterator[list[Table]]:
        """Load the edited tables; yield those whose rows may have other problems or triples than before."""
        self.connection.execute("BEGIN")
        try:
            files = [self.edited_file(name, edits, folder) for name in dict.fromkeys(edit.file for edit in edits)]
            before = {file.table.stem: self.ids(file.table) for file in files}
            for file in files:
                self.connection.execute(f'DELETE FROM "{file.table.stem}" WHERE _file = ?', [file.name])
            # `load` makes an engine table for each table of the schema; here they are made already, but for the
            # prefixes, which no table but those that declare them needs
            self.connection.execute(f"DROP TABLE {PREFIXES}")
            load(self.connection, dataclasses.replace(self.schema, tables=()), files, folder)
            define_expansion(self.connection, self.project.base)
            after = {file.table.stem: self.ids(file.table) for file in files}
            if after != before:
                self.connection.execute(f"DROP TABLE {THINGS}")
                list_things(self.connection, self.schema, self.project.base)
            lost = {stem for stem, ids in before.items() if not ids <= after[stem]}
            yield [
                table for table in self.schema.tables if table.stem in before or (lost and lost & self.referred(table))
            ]
        finally:
            self.connection.execute("ROLLBACK")

    def edited_file(self, name: str, edits: tuple[Edit, ...], folder: Path) -> TableFile:
        file = self.files[name]
        text = file.path.read_text(encoding="utf-8")
        for edit in edits:
            if edit.file == name:
                text = edit.apply(text)
        copy = folder / f"{file.source}-{file.path.name}"
        copy.write_text(text, encoding="utf-8")
        return dataclasses.replace(file, path=copy)

    def part(self, tables: list[Table]) -> Schema:
        """Return the schema of some tables, whose references still reach all of them."""
        part = dataclasses.replace(self.schema, tables=tuple(tables))
        vars(part)["targets"] = self.schema.targets
        return part

    def rendered(self, tables: list[Table]) -> list[str]:
        """Return the N-Quads of some tables."""
        self.connection.execute(f"DROP TABLE IF EXISTS {LINES}")
        render(self.connection, self.part(tables), self.project.base)
        return [f"{line}\n" for (line,) in self.connection.execute(f"SELECT line FROM {LINES}").fetchall()]

    def ids(self, table: Table) -> set[Any]:
        return set(self.connection.execute(f'SELECT _source, id FROM "{table.stem}"').fetchall())

    def referred(self, table: Table) -> set[str]:
        """Return the tables to which a table refers."""
        targets = [self.schema.targets[column.target] for column in table.columns if column.target]
        return {other.stem for target in targets for other in target.tables}
