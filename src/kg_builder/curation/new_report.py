"""Creates the folder of a new report: one table for each table of a report, with the rows that answers make."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from kg_builder.core.iris import BASE
from kg_builder.core.output_folder import locked, writable
from kg_builder.core.problems import Location, Problem, ProblemsFound, quoted
from kg_builder.curation.report_fields import FIELDS, FIXED, Field
from kg_builder.schema.model import SHARED, Schema
from kg_builder.schema.ontology_folder import read_schema
from kg_builder.tables.cell_checks import cell_problems, keys_named
from kg_builder.tables.data_folder import table_files
from kg_builder.tables.engine import list_things, load
from kg_builder.tables.loading import checked_cells, engine, fill_before_checks
from kg_builder.tables.table_files import rows_of, size_of

MEMORY = "500MB"


def fields_of(schema: Schema) -> list[Field]:
    """Return the fields that have a column in the tables of reports."""
    columns = {(table.stem, column.name) for table in schema.tables if table.per_source for column in table.columns}
    return [field for field in FIELDS if (field.table, field.column) in columns]


def new_report(root: Path, source: str, answers: Mapping[str, str] | None = None) -> list[Path]:
    """Write the tables of a report into `data/<source>/`; never change existing files.

    Parameters
    ----------
    root
        The folder of the project.
    source
        The id of the report.
    answers
        The answers to some of `FIELDS`, by name. Without any, all tables are empty.
        A survey adds a row to surveys, populations, parts and passages too.

    Returns
    -------
    list of Path
        The tables.

    Raises
    ------
    ProblemsFound
        For an id that is taken or malformed, and for answers that the tables do not allow; then nothing is written.

    """
    folder = root / "data" / source
    schema = read_schema(root / "ontology")
    refuse_id(root, source)
    given = {name: text.strip() for name, text in (answers or {}).items() if text.strip()}
    known = {field.name: field for field in fields_of(schema)}
    for name in given:
        if name not in known:
            raise ProblemsFound.at(
                Location(f"--{name}"),
                rule="report-answer",
                found="an answer that no column of the tables holds",
                expected=f"one of {', '.join(f'--{each}' for each in known)}",
            )
    with writable(folder, "Nothing was written."), tempfile.TemporaryDirectory(prefix="kg-builder-") as work:
        data = Path(work) / "data"
        data.mkdir()
        if (root / "data" / SHARED).is_dir():
            (data / SHARED).symlink_to((root / "data" / SHARED).absolute())
        rows = _rows(schema, source, _with_ids(schema, data, given)) if given else {}
        _write_tables(schema, data / source, rows)
        if rows:
            _refuse_answers(schema, data, source, list(known.values()))
        folder.parent.mkdir(exist_ok=True)
        with locked(folder.parent):
            staging = folder.with_name(f".{source}.new")
            shutil.rmtree(staging, ignore_errors=True)
            shutil.copytree(data / source, staging)
            staging.rename(folder)
    return [folder / f"{table.stem}.csv" for table in schema.tables if table.per_source]


def refuse_id(root: Path, source: str) -> None:
    """Raise `ProblemsFound` for the id of a new report that is malformed or taken."""
    folder = root / "data" / source
    taken = {table.folder for table in read_schema(root / "ontology").tables}
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", source) or source in taken:
        found = f"the id {quoted(source)}"
        expected = "lower-case ASCII words joined by hyphens, such as netclean-2019"
        raise ProblemsFound.at(Location("data"), rule="id", found=found, expected=expected, hint="Choose another id.")
    if folder.exists():
        raise ProblemsFound.at(
            Location(f"data/{source}"),
            rule="exists",
            found="a folder of that name",
            expected="a new id",
            hint="Edit its tables, or choose another id.",
        )


def _rows(schema: Schema, source: str, given: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the new row of each table that has one."""
    fields = [field for field in fields_of(schema) if field.name in given or field.table == "report"]
    wanted = {field.table for field in fields}
    if wanted - {"report"}:
        wanted |= set(FIXED)
    rows = {
        table: {column: text.format(source=source) for column, text in FIXED[table].items()} for table in sorted(wanted)
    }
    for field in fields:
        rows[field.table][field.column] = given.get(field.name, "")
    return rows


def _with_ids(schema: Schema, data: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Return the answers, labels of shared things replaced by their ids where only one thing is meant."""
    columns = {(table.stem, column.name): column for table in schema.tables for column in table.columns}
    with tempfile.TemporaryDirectory() as work, engine(Path(work), MEMORY, 0) as connection:
        load(connection, schema, table_files(data, schema), Path(work))
        list_things(connection, schema, BASE)
        replaced = dict(given)
        for field in fields_of(schema):
            column = columns[field.table, field.column]
            if column.target and field.name in given:
                named = keys_named(connection, schema, column, given[field.name])
                replaced[field.name] = named[0] if len(named) == 1 else given[field.name]
    return replaced


def _write_tables(schema: Schema, folder: Path, rows: Mapping[str, Mapping[str, str]]) -> None:
    """Write the tables of a report, each with its header and at most one row."""
    folder.mkdir()
    for table in schema.tables:
        if table.per_source:
            text = io.StringIO()
            names = [column.name for column in table.columns]
            writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
            writer.writeheader()
            if table.stem in rows:
                writer.writerow(rows[table.stem])
            (folder / f"{table.stem}.csv").write_text(text.getvalue(), encoding="utf-8")


def _refuse_answers(schema: Schema, data: Path, source: str, fields: list[Field]) -> None:
    """Raise `ProblemsFound` for answers that are no valid cells, each at its option."""
    files = table_files(data, schema)
    with tempfile.TemporaryDirectory() as work, engine(Path(work), MEMORY, size_of(files)) as connection:
        load(connection, schema, files, Path(work))
        tokens = fill_before_checks(connection, schema)
        list_things(connection, schema, BASE)
        problems = [*checked_cells(cell_problems(connection, schema, schema.tables), tokens)]
    (passages,) = [file for file in files if file.table.stem == "passages" and file.source == source]
    for _, row in rows_of(passages):
        if not any(row.get(column) for column in ("line_from", "address")):
            expected = "the first line of the text that was consulted, or --web-page"
            problems.append(Problem(Location("--line-from"), rule="minCount", found="nothing", expected=expected))
    if problems:
        options = {(f"data/{source}/{field.table}.csv", field.column): f"--{field.name}" for field in fields}
        raise ProblemsFound(
            dataclasses.replace(each, location=Location(option))
            if (option := options.get((each.location.file, each.location.field)))
            else each
            for each in problems
        )
