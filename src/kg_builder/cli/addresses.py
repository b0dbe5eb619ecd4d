"""The commands that change things and their addresses, and that write the list of released addresses."""

from __future__ import annotations

import argparse
import datetime
import json
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg_builder.curation.project_edits import Edits

FORMATS = ("text", "json", "csv", "markdown")

AddCommand = Callable[[str, Callable[[argparse.Namespace], str], str], argparse.ArgumentParser]


def add_address_commands(add: AddCommand) -> None:
    """Add the parsers of the commands."""
    renaming = add("rename", _run_rename, "give a thing another address, in all tables at once, and record it")
    renaming.add_argument("old", metavar="OLD", help="its address, such as threat/grooming")
    renaming.add_argument("new", metavar="NEW", help="its new address, of the same kind")
    _options(renaming, required=False)

    merging = add("merge", _run_merge, "make one thing of two, in all tables at once, and record it")
    merging.add_argument("old", metavar="OLD", help="the address that goes")
    merging.add_argument("into", metavar="INTO", help="the address that stays")
    _options(merging, required=False)

    retracting = add("retract", _run_retract, "remove a thing that nothing refers to, and record why")
    retracting.add_argument("old", metavar="OLD", help="the address that goes")
    _options(retracting, required=True)

    deprecating = add("deprecate", _run_deprecate, "mark a thing as one that should no longer be used; it stays")
    deprecating.add_argument("old", metavar="OLD", help="its address")
    deprecating.add_argument("--by", default="", metavar="ADDRESS", help="the thing to use instead")
    _options(deprecating, required=False)

    correcting = add("correct", _run_correct, "correct an error of ours in a fact, and record what it was")
    correcting.add_argument("thing", metavar="FACT", help="its address, such as netclean-2018/finding/NAME")
    correcting.add_argument("cells", nargs="+", metavar="COLUMN=VALUE", help="a new cell, such as printed=7.2%%")
    _options(correcting, required=True)

    releasing = add("release", _run_release, "validate, and add all addresses to the list of released ones")
    releasing.add_argument("--dry-run", action="store_true", help="only show which addresses are new")
    releasing.add_argument("--format", choices=FORMATS, default="text", help="default: text, for people")
    releasing.add_argument("--memory", default="2GB", help="the memory limit of the engine, such as 500MB")


def _options(command: argparse.ArgumentParser, *, required: bool) -> None:
    """Add the options of the commands that edit tables."""
    about = "the reason, one sentence for readers of the address"
    command.add_argument("--because", default="", required=required, metavar="TEXT", help=about)
    command.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="the day of the change (default: today)")
    command.add_argument("--dry-run", action="store_true", help="only show the edits")
    command.add_argument("--format", choices=FORMATS, default="text", help="default: text, for people")


def _date(text: str) -> datetime.date:
    """Return a date; raise ValueError for anything else."""
    return datetime.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=datetime.UTC).date()


_date.__name__ = "date"  # for the message of argparse


def _run_rename(options: argparse.Namespace) -> str:
    """Rename a thing."""
    from kg_builder.curation.address_changes import rename  # noqa: PLC0415  (heavy imports only where they are used)

    return _done(rename(options.root, options.old, options.new, options.because, options.date), options)


def _run_merge(options: argparse.Namespace) -> str:
    """Merge two things."""
    from kg_builder.curation.address_changes import merge  # noqa: PLC0415

    return _done(merge(options.root, options.old, options.into, options.because, options.date), options)


def _run_retract(options: argparse.Namespace) -> str:
    """Retract a thing."""
    from kg_builder.curation.address_changes import retract  # noqa: PLC0415

    return _done(retract(options.root, options.old, options.because, options.date), options)


def _run_deprecate(options: argparse.Namespace) -> str:
    """Deprecate a thing."""
    from kg_builder.curation.address_changes import deprecate  # noqa: PLC0415

    return _done(deprecate(options.root, options.old, options.by, options.because, options.date), options)


def _run_correct(options: argparse.Namespace) -> str:
    """Correct a fact."""
    from kg_builder.curation.address_changes import correct  # noqa: PLC0415

    return _done(correct(options.root, options.thing, options.cells, options.because, options.date), options)


def _done(edits: Edits, options: argparse.Namespace) -> str:
    """Write the edits, unless they are only to be shown, and return them as text."""
    from kg_builder.answers.answer import Answer  # noqa: PLC0415
    from kg_builder.curation.project_edits import write  # noqa: PLC0415

    files = f"{len(edits.contents)} {'file' if len(edits.contents) == 1 else 'files'}"
    if options.dry_run:
        end = f"{files} would change. Nothing was written."
    else:
        write(options.root, edits)
        end = f"{files} changed. Try next: `kg-builder validate`."
    answer = Answer("", ("file", "line", "column", "was", "becomes"), edits.listed, (*edits.notes, end), "")
    return answer.drawn(options.format, shutil.get_terminal_size((100, 24)).columns)


def _run_release(options: argparse.Namespace) -> str:
    """Validate the project, and write the list."""
    import tempfile  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from kg_builder.core.problems import ProblemsFound, errors  # noqa: PLC0415
    from kg_builder.curation.release import release  # noqa: PLC0415
    from kg_builder.graph.built_graph import Project  # noqa: PLC0415
    from kg_builder.pipeline import build_graph  # noqa: PLC0415
    from kg_builder.tables.data_folder import RELEASED  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="kg-builder-") as work:
        problems = build_graph(Project(options.root, memory=options.memory), Path(work)).problems
        if errors(problems):
            raise ProblemsFound(problems)
    found = release(options.root, dry_run=options.dry_run)
    if options.format == "json":
        return json.dumps({"file": RELEASED, "released": found.released, "new": found.new}, indent=2) + "\n"
    from kg_builder.answers.answer import Answer  # noqa: PLC0415

    end = "Nothing was written." if options.dry_run else f"They are in {RELEASED}; commit it with the release."
    note = f"{len(found.new):,} new addresses, {found.released:,} in all. {end}"
    answer = Answer("", ("new",), tuple((each,) for each in found.new), (note,), "")
    return answer.drawn(options.format, shutil.get_terminal_size((100, 24)).columns)
