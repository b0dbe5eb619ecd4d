"""The command that proposes links between the graph and other data, and records the decisions about them."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kg_builder.core.problems import Location, ProblemsFound

if TYPE_CHECKING:
    from kg_builder.answers.graph_reader import GraphReader

LINKS_FOLDER = "links"
"""The folder of proposals and decisions in a project: not in `data/`, because nothing in it is part of the graph."""

SHOWN = 40
"""How many proposals are printed as text; all are in the table."""

DECISIONS = {"accept": "accepted", "reject": "rejected", "unsure": "unsure"}
FORMATS = ("text", "json", "csv", "markdown")

AddCommand = Callable[[str, Callable[[argparse.Namespace], str], str], argparse.ArgumentParser]


def add_linking(add: AddCommand) -> None:
    """Add the parser of the command."""
    linking = add("link", _run_link, "propose links between the graph and other data, for people to review")
    linking.add_argument(
        "source",
        nargs="?",
        metavar="FILE|DIR|ENDPOINT",
        help="RDF in any format, a table in CSV or TSV, a folder of such files, or the address of a SPARQL endpoint",
    )
    linking.add_argument(
        "--id", default="", metavar="COLUMN", help="the column with identifiers (default: id, iri, uri)"
    )
    linking.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="COLUMN",
        help="a column with names, or a property in RDF; may be repeated (default: label, name, title …)",
    )
    linking.add_argument(
        "--code",
        action="append",
        default=[],
        metavar="COLUMN=SCHEME",
        help="a column with codes of a scheme in the graph, such as iso3=isoAlpha3; may be repeated",
    )
    linking.add_argument("--namespace", default="", metavar="IRI", help="the prefix for identifiers that are not IRIs")
    linking.add_argument(
        "--kind", action="append", default=[], help="link only things of this kind, such as place; may be repeated"
    )
    linking.add_argument("--alike", type=share, metavar="SHARE", help="the minimum similarity of labels, from 0.5 to 1")
    for name, state in DECISIONS.items():
        linking.add_argument(
            f"--{name}",
            nargs="+",
            default=[],
            metavar="ID",
            help=f"record proposals as {state}; they are not proposed again",
        )
    linking.add_argument(
        "--links", type=Path, metavar="DIR", help=f"the folder of decisions (default: ROOT/{LINKS_FOLDER})"
    )
    linking.add_argument("--format", choices=FORMATS, default="text", help="default: text, for people")
    linking.add_argument("--out", type=Path, metavar="DIR", help="the folder of the build (default: ROOT/build)")


def share(text: str) -> float:
    """Return a number from 0.5 to 1; raise ValueError for anything else, because lower similarity means nothing."""
    number = float(text)
    if not 0.5 <= number <= 1:  # noqa: PLR2004
        raise ValueError(text)
    return number


def _run_link(options: argparse.Namespace) -> str:
    """Propose links, or record decisions."""
    from kg_builder.answers.graph_reader import GraphReader  # noqa: PLC0415  (heavy imports only where they are used)
    from kg_builder.cli.terminal import shown_progress  # noqa: PLC0415

    chosen = {state: getattr(options, name) for name, state in DECISIONS.items()}
    if bool(options.source) == any(chosen.values()):
        found = "both" if options.source else "neither data nor decisions"
        expected = "data to link, or --accept, --reject or --unsure with ids"
        raise ProblemsFound.at(Location("link"), rule="call", found=found, expected=expected)
    graph = GraphReader(options.root, options.out or options.root / "build")
    folder = options.links or options.root / LINKS_FOLDER
    if options.source:
        with shown_progress() as progress:
            return proposals(graph, options, folder, progress.step)
    from kg_builder.linking.link_proposals import license_of  # noqa: PLC0415
    from kg_builder.linking.mapping_decisions import deciding  # noqa: PLC0415

    with deciding(folder, graph.base, license_of(graph)) as decisions:
        numbers = {state: len(decisions.move(ids, state)) for state, ids in chosen.items() if ids}
        left = len(decisions.tables["candidates"])
    told = ", ".join(f"{number:,} {state}" for state, number in numbers.items())
    return f"Noted in {folder}: {told}. {left:,} candidates are left.\n"


def proposals(graph: GraphReader, options: argparse.Namespace, folder: Path, said: Callable[[str], None]) -> str:
    """Return the table of proposals."""
    from kg_builder.answers.answer import Answer  # noqa: PLC0415
    from kg_builder.linking.link_proposals import LinkRequest, propose, rows_for_people  # noqa: PLC0415
    from kg_builder.linking.matching import ALIKE  # noqa: PLC0415
    from kg_builder.linking.untrusted_tables import Columns  # noqa: PLC0415

    columns = Columns(options.id, tuple(options.label), options.namespace)
    alike = ALIKE if options.alike is None else options.alike
    codes = tuple(_pair(text) for text in options.code)
    proposed = propose(graph, LinkRequest(options.source, folder, columns, codes, tuple(options.kind), alike), said)
    rows = tuple(rows_for_people(proposed))
    notes = [f"{proposed.records:,} records read. What is proposed is in {folder / 'candidates.sssom.tsv'}."]
    if proposed.before:
        notes.append(f"{proposed.before:,} pairs were decided before, and are not proposed again.")
    if proposed.beyond:
        notes.append(f"{proposed.beyond:,} further pairs, less sure ones, are proposed once these are decided.")
    if options.format == "text" and len(rows) > SHOWN:
        notes.insert(0, f"The best {SHOWN} of {len(rows):,} are shown.")
        rows = rows[:SHOWN]
    if rows:
        notes.append(f"Decide with `kg-builder link --accept {rows[0][4]}`, --reject or --unsure.")
    shown = ("ours", "theirs", "score", "reason", "id", "kind", "predicate")
    answer = Answer("", shown, rows, (*graph.notes, *notes), "")
    if options.format == "text":
        answer = answer.with_columns(*shown[:5])
    return answer.drawn(options.format, shutil.get_terminal_size((100, 24)).columns)


def _pair(text: str) -> tuple[str, str]:
    """Return the two sides of a code option; raise `ProblemsFound` if one is missing."""
    column, sign, scheme = text.rpartition("=")
    if not (column and sign and scheme):
        raise ProblemsFound.at(
            Location("--code"), rule="call", found=text, expected="COLUMN=SCHEME, such as iso3=isoAlpha3"
        )
    return column, scheme
