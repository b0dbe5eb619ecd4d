"""Publishes the tables with CSV on the Web metadata (https://www.w3.org/TR/tabular-metadata/) from the shapes."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg_builder.core.spreadsheets import neutral
from kg_builder.graph.built_graph import BuiltGraph
from kg_builder.schema.model import SOURCE, Column, Schema
from kg_builder.tables.delimited_text import CSV, TSV
from kg_builder.tables.table_files import Row, TableFile

TABLES_FOLDER = "tables"
TEXTS = frozenset({"string", "anyURI"})
"""The types whose `format` is a regular expression; for numbers, dates and booleans it has another meaning."""

LITERAL = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]")
"""The parts of a pattern where brackets and bars are literal: escapes and character classes."""

GROUP = re.compile(r"\([^()]*\)")


def write_tables(graph: BuiltGraph, folder: Path) -> None:
    """Write `tables/` with every table and `csv-metadata.json`; neutralise cells that a spreadsheet would run."""
    described = []
    for file in graph.files:
        place = folder / TABLES_FOLDER / file.source / file.published
        place.parent.mkdir(parents=True, exist_ok=True)
        _write_table(file, graph.filled.get(file.name), place)
        described.append(description(graph.schema, graph.project.base, file))
    group = {"@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}], "tables": described}
    (folder / TABLES_FOLDER / "csv-metadata.json").write_text(
        json.dumps(group, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )


def _write_table(file: TableFile, filled: Path | None, place: Path) -> None:
    """Write a table in Unicode form C, with defaults, and with columns in the order of its shape, not of the file."""
    names = [column.name for column in file.table.columns]
    preamble = file.format.scan(file).preamble if file.table.comment else ()
    with place.open("w", encoding="utf-8", newline="") as made:
        made.writelines(f"{line}\n" for line in preamble)
        writer = csv.writer(made, lineterminator="\n", delimiter=_delimiter(file))
        writer.writerow(names)
        for row in _filled_rows(filled) if filled else (row for _, row in file.format.rows(file)):
            writer.writerow(neutral(unicodedata.normalize("NFC", row.get(name) or "")) for name in names)


def _filled_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a table with its defaults."""
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _delimiter(file: TableFile) -> str:
    """Return what separates the cells of a published table, by its ending."""
    return next(each.delimiter for each in (CSV, TSV) if file.published.endswith(each.ending))


def description(schema: Schema, base: str, file: TableFile) -> dict[str, Any]:
    """Return the metadata of one table file."""
    table = file.table
    dialect = {"delimiter": _delimiter(file)} | ({"commentPrefix": table.comment} if table.comment else {})
    return {
        "url": f"{file.source}/{file.published}",
        **({"dialect": dialect} if dialect != {"delimiter": CSV.delimiter} else {}),
        "dc:title": table.label,
        "dc:description": table.description,
        "tableSchema": {
            "aboutUrl": base + table.about.replace(SOURCE, file.source),
            "primaryKey": "id",
            "columns": [
                *(_column_metadata(schema, base, column, file.source) for column in table.columns),
                {"virtual": True, "name": "type", "propertyUrl": "rdf:type", "valueUrl": table.classes[0]},
            ],
        },
    }


def _column_metadata(schema: Schema, base: str, column: Column, source: str) -> dict[str, Any]:
    """Return the metadata of one column."""
    found: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "dc:description": column.description,
        "propertyUrl": column.path,
        "required": bool(column.required),
    }
    if column.separator:
        found["separator"] = column.separator
    if column.lang:
        found["lang"] = column.lang
    if column.target:
        target = schema.targets[column.target]
        if len(target.tables) == 1 and not target.codes:
            found["valueUrl"] = base + target.tables[0].about.replace(SOURCE, source).replace(
                "{id}", f"{{{column.name}}}"
            )
        elif target.codes and not target.tables:
            found["valueUrl"] = target.codes[0].iri.removesuffix(target.codes[0].key) + f"{{{column.name}}}"
        return found
    if column.is_iri:
        return found
    base_type = (column.datatype or "").rsplit("#", 1)[-1].replace("langString", "string")
    found["datatype"] = {"base": base_type} | {
        limit.csvw: closed(parameters[0]) if limit.parameter == "pattern" else limit.csvw_value(parameters[0])
        for limit, parameters in column.limits
        if limit.csvw and (base_type in TEXTS or limit.parameter != "pattern")
    }
    return found


def closed(pattern: str) -> str:
    """Return a pattern that matches a whole value, as CSVW requires; in SHACL, a pattern may match anywhere in a value.

    >>> closed("^(https?://|urn:)")
    '^(https?://|urn:).*$'
    >>> closed("^a|b$")
    '^.*(?:^a|b$).*$'
    >>> closed("^[a-z|]+$")
    '^[a-z|]+$'
    """
    outside, depth = LITERAL.sub("", pattern), 1
    while depth:
        outside, depth = GROUP.subn("", outside)
    if "|" in outside:
        return f"^.*(?:{pattern}).*$"
    start = "" if pattern.startswith("^") else "^.*"
    end = "" if re.search(r"(?<!\\)(\\\\)*\$$", pattern) else ".*$"
    return start + pattern + end
