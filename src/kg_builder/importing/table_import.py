"""Imports a table of a publisher into a report: reads, looks up, checks, and writes all or nothing."""

from __future__ import annotations

import csv
import dataclasses
import difflib
import re
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path

import duckdb
from rdflib import SDO, SKOS

from kg_builder.core.output_folder import checksum, writable
from kg_builder.core.problems import Location, Problem, ProblemsFound, quoted
from kg_builder.core.progress import SILENT, Progress
from kg_builder.core.spreadsheets import ranges_behind
from kg_builder.core.terms import KG
from kg_builder.core.text_files import text_of
from kg_builder.importing.code_book import CodedVariable, read_code_book
from kg_builder.importing.lookups import Lookup
from kg_builder.importing.map_file import ImportMap, parse_map
from kg_builder.importing.report_tables import Candidates, Correction, Merge, csv_line, merged, table_file
from kg_builder.importing.source_rows import FilledCells, RowReader
from kg_builder.importing.source_tables import CODE_BOOK_ENDING, SourceTable, read_source
from kg_builder.importing.unknown_values import FILE, LEAVE_OUT, Asked, UnknownValue, answers_text, read_answers
from kg_builder.schema.model import SHARED, Column, Table
from kg_builder.schema.ontology_folder import read_schema
from kg_builder.tables.data_folder import IMPORTS, table_files
from kg_builder.tables.loading import filled_rows
from kg_builder.tables.made_ids import hyphenated
from kg_builder.tables.names import marks
from kg_builder.tables.printed_values import Vocabulary
from kg_builder.tables.table_files import TableFile

SDMX = frozenset({"OBS_VALUE", "TIME_PERIOD"})
"""The columns by which SDMX-CSV is known."""

COUNTED = 10_000
"""After how many rows progress is reported."""


@dataclasses.dataclass(frozen=True)
class ImportResult:
    """What an import read, made and left out; `left_out` counts cells by reason.

    `unknown` are values that name nothing: if there are any, nothing but the file of answers is written.
    """

    source: str
    report: str
    read: int
    made: int
    unchanged: int
    corrections: tuple[Correction, ...]
    elsewhere: tuple[Correction, ...]
    vanished: tuple[str, ...]
    new_options: int
    unknown: tuple[UnknownValue, ...]
    unknown_rows: int
    left_out: Mapping[str, int]
    unused_columns: tuple[str, ...]
    notes: tuple[str, ...]
    written: tuple[str, ...]
    answers: str

    @property
    def problems(self) -> list[Problem]:
        """The unknown values as problems of the source."""
        return sorted(each.problem(self.source, self.answers) for each in self.unknown)


def import_table(
    root: Path,
    path: Path,
    report: str,
    map_path: Path | None = None,
    *,
    dry_run: bool = False,
    progress: Progress = SILENT,
) -> ImportResult:
    """Import a table or a code book into a report, and return what happened.

    Parameters
    ----------
    root
        The project.
    path
        The table: CSV, TSV, XLSX, XLS, ODS or SDMX-CSV, or the code book in a .sav file.
    report
        The id of the report, a folder in `data/`.
    map_path
        What the columns stand for. SDMX-CSV and code books need none.
    dry_run
        Whether nothing is written.
    progress
        What is told about rows that are read.

    Raises
    ------
    ProblemsFound
        For a file or a map that cannot be read, and for rows that would not be valid; then nothing is written.

    """
    run = _Run(root, path, report, map_path, progress)
    return run.code_book(dry_run=dry_run) if path.suffix.lower() == CODE_BOOK_ENDING else run.rows(dry_run=dry_run)


class _Run:
    """One import: the tables of the report, what names mean, and the files to write."""

    def __init__(self, root: Path, path: Path, report: str, map_path: Path | None, progress: Progress) -> None:
        progress.step("reading tables")
        self.path, self.report, self.progress = path, report, progress
        self.schema = read_schema(root / "ontology")
        self.folder = root / "data" / report
        files = table_files(root / "data", self.schema)
        if report == SHARED or not any(file.source == report and file.table.per_source for file in files):
            raise ProblemsFound.at(
                Location(f"data/{report}"),
                rule="source",
                found=f"no report {quoted(report)}",
                expected="the folder of a report",
                hint=f"Make it: kg-builder new-report {report}",
            )
        self.files = [file for file in files if file.source in {report, SHARED}]
        self.table = next(table for table in self.schema.tables if any(each.printed_part for each in table.columns))
        self.options = self._options()
        others = [file for file in self.files if file.table != self.table]
        rows = ((file.table, row) for file, _, row in filled_rows(self.schema, others))
        self.names = Lookup(self.schema, self.table, rows)
        self.map_path = map_path
        stem = (map_path or path).stem
        self.name = _words(stem)
        self.imports = self.folder / IMPORTS
        self.answers_path = (map_path.parent if map_path else self.imports) / FILE
        self.answers = read_answers(self.answers_path)
        self.new_options: dict[str, FilledCells] = {}

    def _options(self) -> Table:
        """Return the table of the things that a finding names as its answer and that belong to a question."""
        target = self._column(KG.option).target or ""
        return next(table for table in self.schema.targets[target].tables if table.column_of(str(KG.question)))

    def _column(self, path: object) -> Column:
        column = self.table.column_of(str(path))
        if column is None:
            raise KeyError(path)
        return column

    # ---------------------------------------------------------------- a table

    def rows(self, *, dry_run: bool) -> ImportResult:
        """Import the rows of a table as findings."""
        stated = text_of(self.map_path, str(self.map_path), "TOML") if self.map_path else ""
        plan = parse_map(stated, str(self.map_path), self.table) if stated else ImportMap()
        source = read_source(self.path, sheet=plan.sheet, header_rows=plan.header_rows)
        if not self.map_path:
            stated, plan = self._known(source)
        problems = [*_missing_columns(source, plan, str(self.map_path), str(self.path))]
        if problems:
            raise ProblemsFound(problems)
        reader = RowReader(self.table, self.names, self._words(), self.answers, self._make_option)
        with tempfile.TemporaryDirectory(prefix="kg-builder-") as work:
            self.progress.step(f"reading {self.path.name}")
            found = self._candidates(reader, source, plan, Path(work))
            texts: dict[Path, str] = {}
            merge = Merge("", 0, 0, (), (), ())
            if not reader.unknown and found.rows:
                self.progress.step("checking rows")
                merge = self._merge(found, self._merge_options(Path(work), texts), Path(work))
                if merge.made or merge.corrections:
                    texts[self._own(self.table).path] = merge.text
            if not reader.unknown:
                texts[self.imports / f"{self.name}.toml"] = kept_map(stated, self.path)
            return self._result(reader, merge, texts, source, plan, dry_run=dry_run)

    def _known(self, source: SourceTable) -> tuple[str, ImportMap]:
        """Return the map of SDMX-CSV for the columns of such a table; raise `ProblemsFound` for another one."""
        if not set(source.header) >= SDMX:
            raise ProblemsFound.at(
                Location(str(self.path)),
                rule="map",
                found="a table that needs a map",
                expected="--map with a file that says what its columns stand for",
                hint=f"Its columns are {', '.join(map(quoted, source.header))}.",
            )
        known = resources.files("kg_builder.importing").joinpath("sdmx-csv.toml").read_text(encoding="utf-8")
        lines = known.splitlines(keepends=True)
        kept = [line for line in lines if not re.match("[A-Z]", line) or line.split()[0] in source.header]
        return "".join(kept), parse_map("".join(kept), "sdmx-csv.toml", self.table)

    def _words(self) -> Vocabulary:
        """Return the words of printed values."""
        columns = {column.printed_part: column for column in self.table.columns if column.printed_part}
        names = {part: self.names.names[column.target][""] for part, column in columns.items() if column.target}
        target = columns["status"].target or ""
        return Vocabulary(
            units=names["unit"],
            quantifiers=names["quantifier"],
            gaps=marks(self.schema, target, KG.mark, (KG.hasValue, "false")),
            flags=marks(self.schema, target, KG.mark, (KG.hasValue, "true")),
        )

    def _candidates(self, reader: RowReader, source: SourceTable, plan: ImportMap, work: Path) -> Candidates:
        """Write the rows of the source as a table; the columns are those that the map can fill."""
        header = [column.name for column in self.table.columns if column.name != "id"]
        path, numbers = work / "candidates.csv", array("L")
        used: set[str] = set()
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header)
            for number, cells in reader.rows(self._counted(source), plan):
                numbers.append(number)
                used.update(cells)
                writer.writerow([cells.get(name, "") for name in header])
        return Candidates(self._narrow(path, header, used, work), numbers, str(self.path))

    def _narrow(self, path: Path, header: Sequence[str], used: set[str], work: Path) -> TableFile:
        """Return the table without its empty columns."""
        kept = [index for index, name in enumerate(header) if name in used]
        narrow = work / "rows.csv"
        with path.open(encoding="utf-8", newline="") as full, narrow.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerows([row[index] for index in kept] for row in csv.reader(full))
        return table_file(narrow, f"data/{self.report}/rows-of-the-source.csv", self.report, self.table)

    def _counted(self, source: SourceTable) -> SourceTable:
        """Return a source whose rows are counted as progress."""

        def rows() -> Iterator[tuple[int, list[str]]]:
            for number, row in source.rows:
                if number % COUNTED == 0:
                    self.progress.count(number, max(source.size, number))
                yield number, row

        return dataclasses.replace(source, rows=rows())

    # ---------------------------------------------------------------- options

    def _make_option(self, column: Column, question: str, label: str) -> str:
        """Remember a row for a new option of a question; return its id."""
        asked, called = self.options.column_of(str(KG.question)), self.options.column_of(str(SKOS.prefLabel))
        if asked is None or called is None:
            raise KeyError(self.options.stem)
        id_ = f"{question}-{_words(label)}"
        self.new_options.setdefault(id_, {asked.name: question, called.name: label})
        self.names.add(column.target or "", question, label, id_)
        return id_

    def _merge_options(self, work: Path, texts: dict[Path, str]) -> list[TableFile]:
        """Return the files of the report without the findings of this import, with the options that it makes."""
        own = self._own(self.options)
        files = [file for file in self.files if file.name != self._own(self.table).name]
        if not self.new_options:
            return files
        header = sorted({name for cells in self.new_options.values() for name in cells})
        rows = [csv_line([cells.get(name, "") for name in header]) for _, cells in sorted(self.new_options.items())]
        path = work / "options.csv"
        path.write_text("".join(f"{line}\n" for line in (csv_line(header), *rows)), encoding="utf-8")
        file = table_file(path, f"data/{self.report}/options-of-the-source.csv", self.report, self.options)
        found = Candidates(file, [0] * len(rows), str(self.path))
        others = [file for file in files if file.name != own.name]
        merge = merged(self.schema, found, others, own, work)
        if merge.made or merge.corrections:
            texts[own.path] = merge.text
        staged = work / "own-options.csv"
        staged.write_text(merge.text, encoding="utf-8")
        return [*others, dataclasses.replace(own, path=staged)]

    def code_book(self, *, dry_run: bool) -> ImportResult:
        """Import the answers of the variables of a code book as options."""
        question = self._column(KG.question)
        unknown: list[UnknownValue] = []
        left_out: Counter[str] = Counter()
        variables = read_code_book(self.path)
        for number, variable in enumerate(variables, 1):
            key = self._question_of(variable, question)
            if key == LEAVE_OUT:
                left_out[f"variables answered with {LEAVE_OUT}"] = (
                    left_out.get(f"variables answered with {LEAVE_OUT}", 0) + 1
                )
            elif not key:
                near = self.names.suggestions(question, variable.label or variable.name)
                unknown.append(UnknownValue(question.name, "", variable.name, 1, number, tuple(near)))
            else:
                self._add_answers(key, variable)
        texts: dict[Path, str] = {}
        before = len(self.new_options)
        if not unknown:
            with tempfile.TemporaryDirectory(prefix="kg-builder-") as work:
                self._merge_options(Path(work), texts)
        return ImportResult(
            source=str(self.path),
            report=self.report,
            read=sum(len(each.answers) for each in variables),
            made=0,
            unchanged=0,
            corrections=(),
            elsewhere=(),
            vanished=(),
            new_options=0 if unknown else before,
            unknown=tuple(unknown),
            unknown_rows=len(unknown),
            left_out=left_out,
            unused_columns=(),
            notes=(),
            written=self._write(texts, unknown, dry_run=dry_run),
            answers=str(self.answers_path),
        )

    def _question_of(self, variable: CodedVariable, column: Column) -> str:
        """Return the question of a variable: by what a person has answered, its name or its label."""
        use = self.answers.get((column.name, "", variable.name), "")
        return (
            use
            if use == LEAVE_OUT
            else next(
                (
                    found
                    for each in (use, variable.name, variable.label)
                    if each and (found := self.names.find(column, each))
                ),
                "",
            )
        )

    def _add_answers(self, question: str, variable: CodedVariable) -> None:
        """Remember rows for the answers of a variable that its question does not have."""
        option = self._column(KG.option)
        residual = self.options.column_of(str(KG.residual))
        order = self.options.column_of(str(SDO.position))
        for number, (label, is_missing) in enumerate(variable.answers, 1):
            if self.names.find(option, label, question).startswith(question):
                continue
            cells = self.new_options[self._make_option(option, question, label)]
            if residual and is_missing:
                cells[residual.name] = "true"
            if order:
                cells[order.name] = str(number)

    # ---------------------------------------------------------------- the end

    def _own(self, table: Table) -> TableFile:
        """Return the file of this import with rows of a table, which need not exist."""
        name = f"{table.stem}.{self.name}.csv"
        return table_file(self.folder / name, f"data/{self.report}/{name}", self.report, table)

    def _merge(self, found: Candidates, others: Sequence[TableFile], work: Path) -> Merge:
        return merged(self.schema, found, others, self._own(self.table), work)

    def _result(
        self,
        reader: RowReader,
        merge: Merge,
        texts: Mapping[Path, str],
        source: SourceTable,
        plan: ImportMap,
        *,
        dry_run: bool,
    ) -> ImportResult:
        unknown = sorted(reader.unknown.values(), key=lambda each: each.first_row)
        return ImportResult(
            source=str(self.path),
            report=self.report,
            read=reader.read,
            made=merge.made,
            unchanged=merge.unchanged,
            corrections=merge.corrections,
            elsewhere=merge.elsewhere,
            vanished=merge.vanished,
            new_options=0 if unknown else len(self.new_options),
            unknown=tuple(unknown),
            unknown_rows=reader.unknown_rows,
            left_out=dict(reader.left_out),
            unused_columns=tuple(name for name in source.header if name not in plan.columns),
            notes=source.notes,
            written=self._write(texts, unknown, dry_run=dry_run),
            answers=str(self.answers_path),
        )

    def _write(self, texts: Mapping[Path, str], unknown: Iterable[UnknownValue], *, dry_run: bool) -> tuple[str, ...]:
        """Write files beside where they belong, then rename them; return the files that changed."""
        asked: dict[Asked, UnknownValue] = {(each.to, each.question, each.value): each for each in unknown}
        wanted = dict(texts)
        if asked:
            wanted = {self.answers_path: answers_text(self.answers, asked)}
        changed = {path: text for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text}
        if not dry_run:
            with writable(self.folder, "Nothing was imported."):
                _replace(changed)
        return tuple(sorted(map(str, changed)))


def kept_map(stated: str, source: Path) -> str:
    """Return the text of a map with the name and the checksum of the file that was imported.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile(suffix=".csv") as empty:
    ...     print(kept_map('layout = "long"', Path(empty.name)).splitlines()[1][:16])
    sha256 = "e3b0c4
    """
    top, bracket, rest = stated.partition("\n[")
    lines = [line for line in top.splitlines() if not re.match(r"\s*(file|sha256)\s*=", line)]
    comments = [line for line in lines if line.startswith("#")]
    others = [line for line in lines if not line.startswith("#")]
    named = [f'file = "{source.name}"', f'sha256 = "{checksum(source)}"']
    return "\n".join([*comments, *named, *others]).rstrip("\n") + "\n" + (bracket + rest if bracket else "")


def _replace(texts: Mapping[Path, str]) -> None:
    """Write all texts beside their files, then rename them; the first failure leaves all files as they were."""
    staged: list[tuple[Path, Path]] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.new")
            staged.append((beside, path))
            beside.write_text(text, encoding="utf-8", newline="")
        for beside, path in staged:
            beside.replace(path)
    finally:
        for beside, _ in staged:
            beside.unlink(missing_ok=True)


def _missing_columns(source: SourceTable, plan: ImportMap, map_name: str, source_name: str) -> Iterator[Problem]:
    """Yield the columns that a map names and the source does not have, or has twice."""
    for column in plan.columns:
        times = source.header.count(column)
        if times == 1:
            continue
        dates = [each for each in source.header if column in ranges_behind(each)]
        near = dates or difflib.get_close_matches(column, source.header, n=1)
        listed = ", ".join(map(quoted, filter(None, source.header)))
        yield Problem(
            Location(map_name),
            rule="map",
            found=f"the column {quoted(column)}, which {source_name} {'has twice' if times else 'does not have'}",
            expected="a column of the source",
            hint=(
                f"A spreadsheet turned it into the date {quoted(dates[0])}: write it there again, or here."
                if dates
                else f"Did you mean {quoted(near[0])}?"
                if near and not times
                else f"Its columns are {listed}."
            ),
        )


def _words(text: str) -> str:
    """Return a text as words of an id."""
    found = duckdb.execute(f"SELECT {hyphenated('$1')}", [text]).fetchone()
    return str(found[0]) if found else ""
