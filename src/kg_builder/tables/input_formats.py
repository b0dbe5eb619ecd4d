"""The formats of table files: to add an input format, add one entry here."""

from __future__ import annotations

from kg_builder.tables.delimited_text import CSV, TSV
from kg_builder.tables.table_files import InputFormat

INPUT_FORMATS: tuple[InputFormat, ...] = (CSV, TSV)
"""All formats; each table may be in any of them, except tables with lines before the header."""


def format_of(name: str) -> InputFormat | None:
    """Return the format of a file by the ending of its name, None if it is not that of a table."""
    return next((each for each in INPUT_FORMATS if name.endswith(each.ending)), None)
