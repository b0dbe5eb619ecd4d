"""The tables of a report into which an import writes: which rows are new, the same, corrected or gone."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
from rdflib import SKOS

from kg_builder.core.iris import BASE
from kg_builder.core.problems import LISTED, Location, Problem, ProblemsFound, quoted
from kg_builder.core.terms import KG
from kg_builder.schema.model import Schema, Table
from kg_builder.tables.cell_checks import cell_problems
from kg_builder.tables.defaults import fill_paths
from kg_builder.tables.delimited_text import CSV
from kg_builder.tables.engine import list_things, literal, load, name
from kg_builder.tables.loading import checked_cells, engine, fill_before_checks
from kg_builder.tables.table_files import TableFile

MEMORY = "2GB"
SEPARATOR = "chr(31)"
MATCHED = "_matched"


@dataclasses.dataclass(frozen=True)
class Correction:
    """A row of the tables whose value the source gives differently; `line` is that of the table."""

    file: str
    line: int
    id: str
    was: str
    now: str


@dataclasses.dataclass(frozen=True)
class Merge:
    """What an import does to a table: the new text of its own file, and what it found in all files of the report.

    `elsewhere` are corrections of rows in other files, which are reported and not written; `vanished` are ids of rows
    of its own file that the source no longer has.
    """

    text: str
    made: int
    unchanged: int
    corrections: tuple[Correction, ...]
    elsewhere: tuple[Correction, ...]
    vanished: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Candidates:
    """Rows that a source has: a table file with their cells, and for each of them the row of the source.

    `source` is the name of the source in messages.
    """

    file: TableFile
    rows: Sequence[int]
    source: str

    def read(self) -> tuple[list[str], list[str]]:
        """Return the columns of the file, and its lines with the header."""
        lines = self.file.path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
        return lines[0].split(","), lines


def merged(schema: Schema, candidates: Candidates, others: Sequence[TableFile], own: TableFile, work: Path) -> Merge:
    """Return how rows of a source join the tables of a report; raise `ProblemsFound` if they would not be valid.

    Rows are matched by what their ids are made from, with all defaults, so that the order of lines and ids do not
    matter. `own` is the file of this import, which need not exist; `others` are all further files.
    """
    table = candidates.file.table
    files = [*others, *([own] if own.path.exists() else []), candidates.file]
    size = sum(file.path.stat().st_size for file in files)
    with engine(work, MEMORY, size) as connection:
        load(connection, schema, files, work)
        tokens = fill_before_checks(connection, schema)
        list_things(connection, schema, BASE)
        found = checked_cells(cell_problems(connection, schema, [table]), tokens)
        problems = [each for each in found if each.rule != "unique" and each.location.file == candidates.file.name]
        if not problems:
            unfilled = fill_paths(connection, schema)
            problems = [each for each in unfilled if each.location.file == candidates.file.name]
        _match(connection, table, candidates.file)
        problems += _same_dimensions(connection, table, candidates)
        if problems:
            raise ProblemsFound(_at_source(each, candidates) for each in problems)
        return _merge(connection, table, candidates, own)


def _at_source(problem: Problem, candidates: Candidates) -> Problem:
    """Return a problem of a row at the row of the source from which it was made."""
    if problem.location.file != candidates.file.name:
        return problem
    row = candidates.rows[problem.location.line - 2] if problem.location.line > 1 else 0
    return dataclasses.replace(problem, location=Location(candidates.source, row, field=problem.location.field))


def _match(connection: duckdb.DuckDBPyConnection, table: Table, file: TableFile) -> None:
    """Fill an engine table with the rows of the source and those of the report that have the same dimensions."""
    columns = [column for path in table.id_from if (column := table.column_of(path))]
    cells = [name(column.name) for column in columns]
    parts = [
        f"array_to_string(list_sort(string_split({cell}, {literal(column.separator)})), '+')"
        if column.separator
        else cell
        for column, cell in zip(columns, cells, strict=True)
    ]
    key = f" || {SEPARATOR} || ".join(f"coalesce({part}, '')" for part in parts)
    keyed = f"SELECT *, {key} AS key FROM {name(table.stem)} WHERE _source = {literal(file.source)}"
    connection.execute(f"CREATE TEMP TABLE _keyed AS {keyed}")
    others = [column for column in table.columns if column not in columns and column.name != "id"]
    compared = (name(column.name) for column in others)
    differs = " OR ".join(f"(n.{cell} IS NOT NULL AND n.{cell} IS DISTINCT FROM o.{cell})" for cell in compared)
    shown = name(next(each.name for each in table.columns if each.path in {str(KG.printed), str(SKOS.prefLabel)}))
    here = f"_file = {literal(file.name)}"
    both = (
        f"(SELECT * FROM _keyed WHERE {here}) AS n LEFT JOIN (SELECT * FROM _keyed WHERE NOT {here}) AS o USING (key)"
    )
    former = f"o._file AS old_file, o._line AS old_line, o.id AS old_id, o.{shown} AS was"
    found = (
        f"n._line AS line, n.id AS id, n.key AS key, n.{shown} AS now, {former}, coalesce({differs}, false) AS differs"
    )
    connection.execute(f"CREATE TEMP TABLE {MATCHED} AS SELECT {found} FROM {both}")


def _same_dimensions(connection: duckdb.DuckDBPyConnection, table: Table, candidates: Candidates) -> list[Problem]:
    """Return the rows of a source that have all dimensions in common, or a made id that another row has."""
    dimensions = ", ".join(column.name for path in table.id_from if (column := table.column_of(path)))
    rows = f"SELECT DISTINCT line, id, key FROM {MATCHED}"
    twice = f"SELECT min(line), max(line), id FROM ({rows}) GROUP BY key, id HAVING count(*) > 1"
    problems = []
    for first, last, id_ in connection.execute(f"{twice} ORDER BY 1 LIMIT {LISTED}").fetchall():
        problems.append(
            candidates.file.problem(
                last,
                rule="same-dimensions",
                found=f"the same {dimensions} as in row {candidates.rows[first - 2]} ({id_})",
                expected="rows that differ in one of them",
                hint="Let the map say in which: by a further column, or with where.",
            )
        )
    if problems:
        return problems
    joined = f"{MATCHED} AS m JOIN _keyed AS k ON k.id = m.id AND k.key <> m.key WHERE m.old_id IS NULL"
    taken = f"SELECT m.line, m.id, k._file, k._line FROM {joined}"
    for line, id_, file, old_line in connection.execute(f"{taken} ORDER BY 1 LIMIT {LISTED}").fetchall():
        place = f"row {candidates.rows[old_line - 2]}" if file == candidates.file.name else f"{file}:{old_line}"
        problems.append(
            candidates.file.problem(
                line,
                field="id",
                rule="unique",
                found=f"the made id {quoted(id_)}, which {place} has",
                expected="an id of its own",
                hint="Give the row in the table, or what it names, another id.",
            )
        )
    return problems


def _merge(connection: duckdb.DuckDBPyConnection, table: Table, candidates: Candidates, own: TableFile) -> Merge:
    """Return the new text of the own file, and the counts."""
    (given_header, lines), (header, former) = candidates.read(), _own_rows(own)
    named = {*header, *given_header} - {"id"}
    whole = ["id", *(column.name for column in table.columns if column.name in named)]
    if header != whole:  # rows stay byte for byte only if no column is new
        former = {number: _placed(whole, _cells(header, text)) for number, text in former.items()}
    new: list[tuple[str, str]] = []
    found: dict[bool, list[Correction]] = {True: [], False: []}
    matched: set[int] = set()
    unchanged = 0
    columns = "line, id, now, old_file, old_line, old_id, was, differs"
    rows = connection.execute(f"SELECT {columns} FROM {MATCHED} ORDER BY line, old_file, old_line").fetchall()
    same = whole[1:] == given_header
    for line, id_, now, old_file, old_line, old_id, was, differs in rows:
        given = lines[line - 1]
        if old_file is None:
            cells = {} if same else {"id": id_, **_cells(given_header, given)}
            new.append((id_, f"{id_},{given}" if same else _placed(whole, cells)))
            continue
        is_own = old_file == own.name
        if is_own:
            matched.add(old_line)
        if not differs:
            unchanged += 1
            continue
        found[is_own].append(Correction(old_file, old_line, old_id, was or "", now or ""))
        if is_own:
            cells = _corrected(table, _cells(whole, former[old_line]), _cells(given_header, given))
            former[old_line] = _placed(whole, cells)
    kept = connection.execute(f"SELECT _line, id FROM _keyed WHERE _file = {literal(own.name)}").fetchall()
    ids = dict(kept)
    old = [(ids[at], text) for at, text in former.items()]
    text = "".join(f"{line}\n" for line in (",".join(whole), *(line for _, line in sorted(new + old))))
    vanished = tuple(sorted(ids[number] for number in set(former) - matched))
    return Merge(text, len(new), unchanged, tuple(found[True]), tuple(found[False]), vanished)


def _own_rows(own: TableFile) -> tuple[list[str], dict[int, str]]:
    """Return the header and the lines of the file of an import; nothing if it does not exist."""
    if not own.path.exists():
        return [], {}
    header, *lines = own.path.read_text(encoding="utf-8-sig").removesuffix("\n").split("\n")
    return next(csv.reader([header])), dict(enumerate(lines, 2))


def _corrected(table: Table, old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of a row with those of the source; parts of the former printed value are not kept."""
    parts = {column.name for column in table.columns if column.printed_part}
    kept = {key: "" if key in parts else cell for key, cell in old.items()}
    return {**kept, **{key: cell for key, cell in new.items() if cell}}


def _cells(header: Sequence[str], line: str) -> dict[str, str]:
    """Return the cells of a line by the names of their columns."""
    return dict(zip(header, next(csv.reader([line])), strict=False))


def _placed(header: Sequence[str], cells: Mapping[str, str]) -> str:
    """Return cells as a line, in the order of a header."""
    return csv_line([cells.get(column, "") for column in header])


def csv_line(cells: Sequence[str]) -> str:
    """Return cells as a line of CSV."""
    made = io.StringIO()
    csv.writer(made, lineterminator="").writerow(cells)
    return made.getvalue()


def table_file(path: Path, file_name: str, source: str, table: Table) -> TableFile:
    """Return a file of CSV with rows of a table."""
    return TableFile(path, file_name, source, table, CSV)
