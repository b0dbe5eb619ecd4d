"""Creates the folder of a new report: one table with its header for each table of a report."""

from __future__ import annotations

import re
from pathlib import Path

from kg_builder.core.problems import Location, ProblemsFound, quoted
from kg_builder.schema.ontology_folder import read_schema


def new_report(root: Path, source: str) -> list[Path]:
    """Write the templates of a report's tables into `data/<source>/` and return them; never change existing files."""
    folder = root / "data" / source
    schema = read_schema(root / "ontology")
    taken = {table.folder for table in schema.tables}
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
    written = []
    for table in schema.tables:
        if table.per_source:
            path = folder / f"{table.stem}.csv"
            path.parent.mkdir(exist_ok=True)
            path.write_text(",".join(column.name for column in table.columns) + "\n", encoding="utf-8")
            written.append(path)
    return written
