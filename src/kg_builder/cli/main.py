"""The command line: the only module that prints and exits."""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from kg_builder import __version__
from kg_builder.cli.addresses import add_address_commands
from kg_builder.cli.ask import add_commands
from kg_builder.cli.importing import add_importing
from kg_builder.cli.link import add_linking
from kg_builder.cli.serve import add_serving
from kg_builder.core.problems import Location, Problem, ProblemsFound, as_data, errors, to_json
from kg_builder.curation.report_fields import FIELDS, SURVEY

DONE, FAULTY = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 for success, 1 for errors, 2 for invalid arguments."""
    options = _parsed(arguments)
    try:
        result = options.run(options)
        if isinstance(result, str):
            print(result, end="")
            sys.stdout.flush()
            return DONE
        return int(result)
    except ProblemsFound as found:
        _show(found.problems, options, as_json=getattr(options, "json", False))
        return FAULTY
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that closing it at exit does not fail too
        return FAULTY
    except KeyboardInterrupt:
        print("kg-builder: interrupted; the last build is as it was.", file=sys.stderr)
        return 130


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the parsed options; the parameters of a stored question are in `parameters`."""
    whole = parser()
    options, rest = whole.parse_known_args(arguments)
    if not rest:
        options.parameters = {}
        return options
    pairs = " ".join(rest)
    if not hasattr(options, "parameters"):
        whole.error(f"unrecognized arguments: {pairs}")
    options.parameters = {}
    while rest:
        name, _, value = rest.pop(0).partition("=")
        if not name.startswith("--") or not (value or rest):
            whole.error(f"parameters are written as --name value, found: {pairs}")
        options.parameters[name.removeprefix("--").replace("-", "_")] = value or rest.pop(0)
    return options


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    whole = argparse.ArgumentParser(
        prog="kg-builder",
        description="Build knowledge graphs of child-protection surveys from tables and SHACL shapes.",
    )
    whole.add_argument("--version", action="version", version=f"kg-builder {__version__}")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")

    building = command(commands, "build", _run_build, "build the graph, validate it and write it to a folder")
    building.add_argument("--out", type=Path, help="the folder of the outputs (default: ROOT/build)")
    building.add_argument(
        "--format",
        action="append",
        default=[],
        metavar="NAME",
        help="write only this output; may be repeated (default: all)",
    )
    _graph_options(building)
    building.set_defaults(explained=True)
    building.add_argument("--json", action="store_true", help="print the result as JSON")
    building.set_defaults(undone="; nothing was written")

    validating = command(
        commands,
        "validate",
        _run_validate,
        "find every problem in tables, shapes, queries and the graph; write no graph",
    )
    validating.add_argument(
        "--format",
        choices=("text", "json", "shacl"),
        default="text",
        help="sentences, JSON, or a SHACL validation report in Turtle (default: text)",
    )
    validating.add_argument(
        "--reference", action="store_true", help="also run pySHACL, the reference processor, on the whole graph"
    )
    _graph_options(validating)
    validating.set_defaults(explained=True)

    explaining = command(commands, "explain", _run_explain, "explain a rule that a problem names, or list all rules")
    explaining.add_argument(
        "rule", nargs="?", metavar="RULE", help="the name of the rule in JSON output, such as datatype"
    )

    adding = command(
        commands,
        "new-report",
        _run_new_report,
        "create the folder of a new report: its tables, with the rows that the options, or your answers, make",
    )
    adding.add_argument("id", metavar="ID", help="the id of the report, such as netclean-2019")
    for field in FIELDS:
        adding.add_argument(f"--{field.name}", metavar="TEXT", help=field.question[0].lower() + field.question[1:])

    verifying = command(commands, "verify", _run_verify, "check every printed fact against your own copy of a report")
    verifying.add_argument("id", metavar="ID", help="the id of the report, such as netclean-2018")
    verifying.add_argument(
        "copies",
        type=Path,
        nargs="+",
        metavar="COPY",
        help="the report as PDF or as plain text in UTF-8; several files are read as one",
    )
    verifying.add_argument(
        "--coverage", action="store_true", help="also list the numbers of the copy that no fact covers"
    )
    verifying.add_argument(
        "--format",
        choices=("text", "json", "csv", "ttl"),
        default="text",
        help="sentences, JSON, a table of all facts, or triples of PROV and DQV in Turtle (default: text)",
    )
    verifying.add_argument("--base", help="the base of the IRIs in Turtle (default: w3id.org/child-protection-kg/)")

    add_address_commands(partial(command, commands))
    add_importing(partial(command, commands), _run_import)

    add_commands(partial(command, commands))

    add_linking(partial(command, commands))

    add_serving(partial(command, commands), _run_serve)
    return whole


def command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int | str],
    about: str,
) -> argparse.ArgumentParser:
    """Return the parser of one command, with the options of all commands."""
    added = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".", allow_abbrev=False)
    added.add_argument(
        "--root",
        type=Path,
        default=Path(),
        help="the project: the folder with ontology/, data/ and queries/ (default: the current folder)",
    )
    added.set_defaults(run=run)
    return added


def _graph_options(command: argparse.ArgumentParser) -> None:
    """Add the options of commands that build the graph."""
    command.add_argument("--base", help="the base of the IRIs of things (default: w3id.org/child-protection-kg/)")
    command.add_argument("--verbose", action="store_true", help="print each step and its time to standard error")
    command.add_argument("--memory", default="2GB", help="the memory limit of the engine, such as 500MB (default: 2GB)")


def _run_build(options: argparse.Namespace) -> int:
    """Build and publish; print what was built, where, and what to try next."""
    from kg_builder.cli.terminal import shown_progress  # noqa: PLC0415
    from kg_builder.core.iris import BASE  # noqa: PLC0415
    from kg_builder.exports.downloads import SITE  # noqa: PLC0415
    from kg_builder.graph.built_graph import Project  # noqa: PLC0415
    from kg_builder.pipeline import FORMATS, build  # noqa: PLC0415  (heavy imports only where they are used)
    from kg_builder.site import writer as site  # noqa: PLC0415

    unknown = sorted(set(options.format) - set(FORMATS))
    if unknown:
        raise ProblemsFound.at(
            Location("--format"),
            rule="format",
            found=f"the output {unknown[0]!r}",
            expected=f"one of {', '.join(FORMATS)}",
        )
    out = options.out or options.root / "build"
    project = Project(
        options.root, BASE if options.base is None else options.base, options.memory, tuple(options.format)
    )
    with shown_progress(verbose=options.verbose) as progress:
        graph = build(project, out, progress)
    by_label = {
        table.label: graph.rows[table.classes[0]] for table in graph.schema.tables if graph.rows[table.classes[0]]
    }
    written = sorted(path.relative_to(out).as_posix() for path in out.iterdir())
    validator = "the set-wise engine"
    if options.json:
        print(
            json.dumps(
                {
                    "out": str(out),
                    "quads": graph.quads,
                    "rows": by_label,
                    "written": written,
                    "validated_by": validator,
                    "problems": as_data(graph.problems)["problems"],
                },
                indent=2,
            )
        )
        return DONE
    _show(graph.problems, options)
    sources = sorted({file.source for file in graph.files})
    print(
        f"Built {graph.quads:,} quads from {sum(by_label.values()):,} rows of {', '.join(sources)}; "
        f"valid by {validator}."
    )
    counts = sorted(by_label.items(), key=lambda item: (-item[1], item[0]))
    listed = ", ".join(f"{label} {count:,}" for label, count in counts)
    print(textwrap.fill(listed, 100, initial_indent="  ", subsequent_indent="  "))
    print(f"In {out}: {', '.join(written)}")
    if SITE not in written:
        print("No site was made: it was not asked for, or the graph is too large for a page for everything.")
    elif not site.bundled():
        print("The site has no drawing, no search and no SPARQL editor: `make explorer` makes their scripts.")
    opened = f"open {out / SITE / 'index.html'} in a browser, or run" if SITE in written else "run"
    tools = {"kg.nq": "kg.nq into a triple store", "kg.gexf": "kg.gexf into Gephi"}
    loaded = " or ".join(text for name, text in tools.items() if name in written)
    print(
        f"Try next: {opened} `kg-builder serve`, `kg-builder find deepfake`, `kg-builder queries`"
        + (f"; load {loaded}." if loaded else ".")
    )
    return DONE


def _run_validate(options: argparse.Namespace) -> int:
    """Print every problem; return 1 if one of them is an error."""
    from kg_builder.cli.terminal import shown_progress  # noqa: PLC0415
    from kg_builder.core.iris import BASE  # noqa: PLC0415
    from kg_builder.core.output_folder import writable  # noqa: PLC0415
    from kg_builder.graph.built_graph import Project  # noqa: PLC0415
    from kg_builder.pipeline import build_graph  # noqa: PLC0415
    from kg_builder.validation.shacl_report import validation_report  # noqa: PLC0415

    try:
        with (
            writable(Path(tempfile.gettempdir()), "Set TMPDIR to another folder."),
            tempfile.TemporaryDirectory(prefix="kg-builder-") as work,
        ):
            base = BASE if options.base is None else options.base
            project = Project(options.root, base, options.memory, reference=options.reference)
            with shown_progress(verbose=options.verbose) as progress:
                problems: Sequence[Problem] = build_graph(project, Path(work), progress).problems
    except ProblemsFound as found:
        problems = found.problems
    if options.format == "shacl":
        print(validation_report(problems, options.root / "ontology"), end="")
    else:
        _show(problems, options, as_json=options.format == "json")
        if options.format == "text" and not problems:
            also = ", by pySHACL too" if options.reference else ""
            print(f"No problems: tables, shapes, queries and graph are in order{also}.")
    return FAULTY if errors(problems) else DONE


def _run_new_report(options: argparse.Namespace) -> int:
    """Write the tables and print what to do with them; without options, ask on a terminal."""
    from kg_builder.curation.new_report import new_report  # noqa: PLC0415

    given = {field.name: getattr(options, field.name.replace("-", "_")) or "" for field in FIELDS}
    asks = not any(given.values()) and sys.stdin.isatty() and sys.stderr.isatty()
    written = _asked(options.root, options.id) if asks else new_report(options.root, options.id, given)
    print(f"Wrote {len(written)} tables into data/{options.id}/.")
    print(
        f"Try next: fill report.csv (its id is {options.id}), parts.csv, passages.csv; run `kg-builder validate`; "
        "build/dictionary.md says what each column holds."
    )
    return DONE


def _asked(root: Path, source: str) -> list[Path]:
    """Ask about a new report, again where an answer is not valid; write and return its tables."""
    from kg_builder.curation.new_report import fields_of, new_report, refuse_id  # noqa: PLC0415
    from kg_builder.schema.ontology_folder import read_schema  # noqa: PLC0415

    refuse_id(root, source)
    answers: dict[str, str] = {}
    again = fields = fields_of(read_schema(root / "ontology"))
    ended = False
    while True:
        for field in again:
            if field.table == "report" or field.name == SURVEY or answers.get(SURVEY):
                print(f"{field.question}: ", end="", file=sys.stderr, flush=True)
                line = sys.stdin.readline()
                ended = not line
                answers[field.name] = line.strip()
        try:
            return new_report(root, source, answers)
        except ProblemsFound as found:
            wrong = {problem.location.file.removeprefix("--") for problem in found.problems}
            again = [field for field in fields if field.name in wrong]
            if ended or not again:
                raise
            for problem in found.problems:
                print(problem, file=sys.stderr)


def _run_verify(options: argparse.Namespace) -> int:
    """Print how the copy differs from the tables; return 1 if it does not print a fact."""
    from kg_builder.cli.terminal import shown_progress  # noqa: PLC0415
    from kg_builder.core.iris import BASE  # noqa: PLC0415
    from kg_builder.curation.verification import verify  # noqa: PLC0415
    from kg_builder.curation.verification_reports import verification_text  # noqa: PLC0415

    options.json = options.format == "json"
    result = verify(options.root, options.id, *options.copies, progress=shown_progress())
    base = BASE if options.base is None else options.base
    width = shutil.get_terminal_size((100, 24)).columns
    print(verification_text(result, options.format, base, coverage=options.coverage, width=width), end="")
    return DONE if result.is_clean else FAULTY


def _run_import(options: argparse.Namespace) -> int:
    """Import a table; return 1 if a value is unknown, so that nothing was imported."""
    from kg_builder.cli.importing import result_text  # noqa: PLC0415
    from kg_builder.cli.terminal import shown_progress  # noqa: PLC0415
    from kg_builder.importing.table_import import import_table  # noqa: PLC0415

    with shown_progress() as progress:
        result = import_table(
            options.root, options.file, options.report, options.map, dry_run=options.dry_run, progress=progress
        )
    if not options.json:
        options.undone = "; nothing was imported"
        _show(result.problems, options)
    print(result_text(result, as_json=options.json, dry_run=options.dry_run), end="")
    return FAULTY if result.unknown else DONE


def _run_serve(options: argparse.Namespace) -> int:
    """Serve the graph until stopped; print the address, and log to standard error."""
    from kg_builder.server.server_process import serve  # noqa: PLC0415

    level = logging.WARNING if options.quiet else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(message)s")
    serve(options, __version__, lambda address: print(f"The graph is at http://{address}/", flush=True))
    return DONE


def _run_explain(options: argparse.Namespace) -> str:
    """Explain a rule; raise `ProblemsFound` with the nearest names if it does not exist."""
    from kg_builder.answers.labels import nearest  # noqa: PLC0415  (heavy)
    from kg_builder.core.rules import RULES  # noqa: PLC0415
    from kg_builder.queries.stored_queries import stored_queries  # noqa: PLC0415
    from kg_builder.schema.limits import LIMITS  # noqa: PLC0415

    checks = {
        check.name: f"{check.header.summary}. {check.header.description} {check.header.hint} (A stored check, "
        f"{check.file}.)"
        for check in stored_queries(options.root, "checks")
    }
    rules = {**RULES, **{limit.rule: limit.explanation for limit in LIMITS}, **checks}
    if not options.rule:
        return "".join(f"{name}\n" for name in sorted(rules))
    if options.rule not in rules:
        expected = f"a rule, such as {', '.join(nearest(options.rule, rules))}"
        raise ProblemsFound.at(Location("explain"), rule="name", found=f"no rule {options.rule!r}", expected=expected)
    return textwrap.fill(" ".join(rules[options.rule].split()), 100) + "\n"


def _show(problems: Sequence[Problem], options: argparse.Namespace, *, as_json: bool = False) -> None:
    """Print problems: JSON to standard output, sentences to standard error, and how to learn more."""
    if as_json:
        from kg_builder.tables.cell_positions import with_columns  # noqa: PLC0415

        print(to_json(with_columns(problems, options.root)))
        return
    for problem in problems:
        print(problem, file=sys.stderr)
    if errors(problems):
        total = sum(1 + problem.more for problem in errors(problems))
        end = getattr(options, "undone", "")
        print(f"{total:,} {'error' if total == 1 else 'errors'}{end}.", file=sys.stderr)
        if sys.stderr.isatty() and getattr(options, "explained", False):
            rules = dict.fromkeys(problem.rule for problem in errors(problems))
            print(f"`kg-builder explain {next(iter(rules))}` tells more about the rule.", file=sys.stderr)
