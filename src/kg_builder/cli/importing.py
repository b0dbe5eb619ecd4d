"""The command that imports the table of a publisher into a report."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kg_builder.core.problems import LISTED

if TYPE_CHECKING:
    from kg_builder.importing.table_import import ImportResult

AddCommand = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_importing(add: AddCommand, run: Callable[[argparse.Namespace], int]) -> None:
    """Add the parser of the command."""
    importing = add("import", run, "import the table of a publisher, or a code book, into a report")
    importing.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="a table (CSV, TSV, XLSX, XLS, ODS, SDMX-CSV) or the code book of a .sav",
    )
    importing.add_argument("--report", required=True, metavar="ID", help="the id of the report, a folder in data/")
    importing.add_argument(
        "--map", type=Path, metavar="FILE", help="what the columns stand for, in TOML; SDMX-CSV and .sav need none"
    )
    importing.add_argument("--dry-run", action="store_true", help="look up and check everything, and write nothing")
    importing.add_argument("--json", action="store_true", help="print the result as JSON")


def result_text(result: ImportResult, *, as_json: bool, dry_run: bool) -> str:
    """Return what an import did, as text or JSON."""
    if as_json:
        data = {**dataclasses.asdict(result), "dry_run": dry_run}
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    return "".join(f"{line}\n" for line in _lines(result, dry_run=dry_run))


def _lines(result: ImportResult, *, dry_run: bool) -> Iterator[str]:
    """Yield the result line by line."""
    if result.notes:
        yield f"{result.source}: {'; '.join(result.notes)}."
    for place, corrections in (("corrected", result.corrections), ("another value, not changed", result.elsewhere)):
        for each in corrections[:LISTED]:
            yield f"{each.file}:{each.line}: {place}: {each.id} was {each.was}, is {each.now}"
        if len(corrections) > LISTED:
            yield f"({len(corrections) - LISTED:,} more of this kind.)"
    if result.vanished:
        more = ", …" if len(result.vanished) > LISTED else ""
        yield f"No longer in the source, but kept: {', '.join(result.vanished[:LISTED])}{more}"
    if result.unused_columns:
        yield f"Columns left out: {', '.join(filter(None, result.unused_columns))}"
    yield (
        f"{result.read:,} rows read: {result.made:,} findings made, {result.unchanged:,} unchanged, "
        f"{len(result.corrections):,} corrected, {result.unknown_rows:,} with unknown values; "
        f"{result.new_options:,} options made."
    )
    for reason, count in sorted(result.left_out.items()):
        yield f"Left out: {reason}: {count:,}"
    if dry_run:
        yield f"Nothing was written; without --dry-run: {', '.join(result.written) or 'nothing'}"
    else:
        yield f"Written: {', '.join(result.written) or 'nothing, because nothing has changed'}"
    if not result.unknown and result.made and not dry_run:
        yield "Try next: kg-builder validate"
