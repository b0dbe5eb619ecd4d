"""The commands that query a built graph; each returns the text to print."""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
import signal
import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg_builder.core.problems import Location, ProblemsFound, quoted

if TYPE_CHECKING:
    from kg_builder.answers.answer import Answer
    from kg_builder.answers.graph_reader import GraphReader
    from kg_builder.queries.federated_questions import FederatedQuestion

TABLES = ("text", "json", "csv", "markdown")
RESULTS = {"sparql-json": "JSON", "sparql-xml": "XML", "tsv": "TSV"}
TRIPLES = {"turtle": "TURTLE", "n-triples": "N_TRIPLES", "json-ld": "JSON_LD", "rdf-xml": "RDF_XML"}
"""The formats of SPARQL results and of RDF, and their names in the store."""

WIDTH = 100
"""Characters of a line where the width of the terminal is not known."""

AddCommand = Callable[[str, Callable[[argparse.Namespace], str], str], argparse.ArgumentParser]


def add_commands(add: AddCommand) -> None:
    """Add the parsers of all commands that query the graph."""
    listing = add("queries", _run_queries, "list the stored questions by topic, or describe one of them")
    listing.add_argument("name", nargs="?", metavar="NAME", help="the stored question to describe")
    _formats(listing, TABLES)

    asking = add("ask", _run_ask, "answer a stored question; pass its parameters as options, such as --topic deepfakes")
    asking.add_argument("name", metavar="NAME", help="the stored question; `kg-builder queries` lists them")
    asking.add_argument("--confidence", action="store_true", help="add Wilson's interval to each share that has a base")
    asking.set_defaults(parameters=True)
    _formats(asking, (*TABLES, *RESULTS))

    charting = add("chart", _run_chart, "draw the answer to a stored question, one file for each chart")
    charting.add_argument("name", metavar="NAME", help="the stored question; its parameters are options, as for ask")
    charting.add_argument("--type", choices=("png", "svg"), default="png", help="default: png, at twice the size")
    charting.add_argument("--into", type=Path, default=Path(), metavar="DIR", help="the output folder (default: here)")
    charting.set_defaults(parameters=True)
    _formats(charting, ("text", "json"))

    querying = add("query", _run_query, "run a SPARQL query of your own on the built graph")
    querying.add_argument("file", metavar="FILE", help="the file that holds the query; - for standard input")
    _formats(querying, (*TABLES, *RESULTS, *TRIPLES))

    finding = add("find", _run_find, "find things by name or code, misspelt or not, and the questions about them")
    finding.add_argument("words", nargs="+", metavar="WORDS", help="a name, part of one, or a code, such as CZ")
    _formats(finding, ("text", "json"))

    comparing = add("compare", _run_compare, "report whether survey figures may be compared and added, and if not, why")
    comparing.add_argument("numbers", nargs="+", metavar="FIGURE", help="two or more, such as ID/finding/NAME")
    totals = comparing.add_mutually_exclusive_group()
    totals.add_argument("--sum", action="store_const", const="sum", dest="total", help="add them up, if that is valid")
    totals.add_argument(
        "--mean", action="store_const", const="mean", dest="total", help="calculate their mean, if that is valid"
    )
    _formats(comparing, ("text", "json"))

    contradicting = add("discrepancies", _run_discrepancies, "list the contradictions within reports, with both sides")
    contradicting.add_argument("--letter", action="store_true", help="write a letter to the publisher, in Markdown")
    _formats(contradicting, TABLES)


def _formats(command: argparse.ArgumentParser, choices: Sequence[str]) -> None:
    """Add the options of commands that print answers."""
    command.add_argument("--format", choices=choices, default="text", help="default: text, for people")
    command.add_argument("--out", type=Path, metavar="DIR", help="the folder of the build (default: ROOT/build)")


def _opened(options: argparse.Namespace) -> GraphReader:
    """Return the built graph that the options name; an interrupt ends the program, because the store ignores it."""
    from kg_builder.answers.graph_reader import GraphReader  # noqa: PLC0415  (heavy imports only where they are used)

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return GraphReader(options.root, options.out or options.root / "build")


def _drawn(answer: Answer, form: str) -> str:
    """Return an answer in the format of an option; text is as wide as the terminal."""
    return answer.drawn(form, shutil.get_terminal_size((WIDTH, 24)).columns)


def _as_json(value: Any) -> str:
    """Return a JSON document."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _run_queries(options: argparse.Namespace) -> str:
    """List the stored questions by topic, or describe how to ask one."""
    from kg_builder.answers.answer import Answer  # noqa: PLC0415

    if options.name:
        return answer_text(_opened(options), options)
    from kg_builder.queries.federated_questions import federated_questions  # noqa: PLC0415
    from kg_builder.queries.stored_questions import stored_questions  # noqa: PLC0415

    federated = federated_questions(options.root)
    stored = [*stored_questions(options.root).values(), *(each.question for each in federated.values())]
    rows = sorted(
        (
            topic,
            each.name,
            each.summary,
            " ".join(f"--{parameter.name}" for parameter in each.parameters) or None,
            ", ".join(federated[each.name].services) if each.name in federated else None,
        )
        for each in stored
        for topic in each.topics[:1]
    )
    columns = ("topic", "name", "question", "parameters", "other endpoint")
    return _drawn(Answer("", columns, tuple(rows), (), ""), options.format)


def answer_text(graph: GraphReader, options: argparse.Namespace) -> str:
    """Describe one stored question: how to ask it, its parameters, and how to read its answer."""
    asked = _question_named(graph, options)
    question = asked.question
    allowed = {
        each.name: [iri.removeprefix(graph.base) for iri in graph.allowed(question, each)] if each.form == "iri" else []
        for each in question.parameters
    }
    if options.format == "json":
        about = {
            "name": question.name,
            "summary": question.summary,
            "description": question.description,
            "topics": question.topics,
            "parameters": [{**dataclasses.asdict(each), "allowed": allowed[each.name]} for each in question.parameters],
            "columns": question.columns,
            "endpoints": asked.services,
            "file": question.query.file,
        }
        return _as_json(about)
    lines = [question.summary, *textwrap.wrap(question.description, WIDTH), ""]
    lines.append(f"  kg-builder {_called(question.name, {each.name: each.default for each in question.parameters})}")
    for name, values in allowed.items():
        if values:
            lines += ["", f"--{name} is one of {len(values):,}:"]
            lines += textwrap.wrap(
                ", ".join(values), WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
            )
    if asked.services:
        listed = ", ".join(asked.services)
        lines += ["", f"It asks {listed}, beside the graph: list {listed} with an address in services.csv."]
    return "\n".join([*lines, "", f"The query is {question.query.file}.", ""])


def _question_named(graph: GraphReader, options: argparse.Namespace) -> FederatedQuestion:
    """Return a question by its name, and which other endpoints it queries; usually none."""
    from kg_builder.queries.federated_questions import FederatedQuestion, federated_questions  # noqa: PLC0415

    if options.name not in graph.questions and (found := federated_questions(options.root).get(options.name)):
        return found
    question = graph.question(options.name)
    return FederatedQuestion(question, question.query.text, ())


def _run_ask(options: argparse.Namespace) -> str:
    """Answer a stored question, with the answers of other endpoints if it queries them."""
    import pyoxigraph  # noqa: PLC0415

    graph = _opened(options)
    asked = _question_named(graph, options)
    terms = graph.bound(asked.question, options.parameters)
    text, notes = asked.text, tuple[str, ...]()
    if asked.services:
        from kg_builder.linking.federated_execution import joined  # noqa: PLC0415  (no other question needs it)
        from kg_builder.linking.sparql_client import services  # noqa: PLC0415

        text, notes = joined(graph, asked, terms, services(options.root))
    if options.format in RESULTS:
        form = getattr(pyoxigraph.QueryResultsFormat, RESULTS[options.format])
        return graph.serialized(text, terms, form).decode() + "\n"
    answer = graph.answer(text, terms, asked.question.summary)
    answer = dataclasses.replace(answer, notes=(*answer.notes, *notes))
    if options.confidence:
        return _drawn(graph.with_confidence(answer), options.format)
    offered = [graph.how_sure(answer)]
    return _drawn(dataclasses.replace(answer, notes=(*answer.notes, *filter(None, offered))), options.format)


def _run_chart(options: argparse.Namespace) -> str:
    """Draw the charts of an answer and print their files."""
    from kg_builder.charts.charts import charts_of  # noqa: PLC0415
    from kg_builder.charts.drawings import Drawings, png  # noqa: PLC0415
    from kg_builder.core.cache import user_cache  # noqa: PLC0415
    from kg_builder.core.output_folder import writable  # noqa: PLC0415

    charts = [each.chart for each in charts_of(_opened(options).ask(options.name, **options.parameters))]
    if not charts:
        raise ProblemsFound.at(
            Location(options.name),
            rule="chart",
            found="nothing that can be drawn",
            expected="an answer with numbers, their question and their base",
        )
    drawings = Drawings(user_cache())
    for _ in drawings.prepare(charts if options.type == "svg" else ()):
        pass
    written = []
    with writable(options.into, "Choose another --into."):
        options.into.mkdir(parents=True, exist_ok=True)
        for number, chart in enumerate(charts, 1):
            place = options.into / f"{options.name}{f'-{number}' if len(charts) > 1 else ''}.{options.type}"
            place.write_bytes(png(chart) if options.type == "png" else drawings.svg(chart).encode())
            written.append({"file": str(place), "question": chart.question, "population": chart.population})
    if options.format == "json":
        return _as_json(written)
    return "".join(f"{each['file']}: {each['question']} Of: {each['population']}\n" for each in written)


def _run_query(options: argparse.Namespace) -> str:
    """Run a query."""
    import pyoxigraph  # noqa: PLC0415

    from kg_builder.core.text_files import text_of  # noqa: PLC0415

    query = (
        Path("/dev/stdin").read_text(encoding="utf-8")
        if options.file == "-"
        else text_of(Path(options.file), options.file, "SPARQL")
    )
    graph = _opened(options)
    if options.format in TABLES:
        return _drawn(graph.query(query), options.format)
    graph.refuse(query)
    kind = pyoxigraph.QueryResultsFormat if options.format in RESULTS else pyoxigraph.RdfFormat
    form = getattr(kind, (RESULTS | TRIPLES)[options.format])
    return graph.serialized(query, {}, form).decode() + "\n"


def _run_find(options: argparse.Namespace) -> str:
    """Find things by name; answer the question about the best match, or else the question with similar words."""
    from kg_builder.answers.answer import Answer  # noqa: PLC0415

    graph = _opened(options)
    words = " ".join(options.words)
    found = graph.find(words)
    fitting = graph.fitting(found[0].thing) if found else []
    alike = graph.find_questions(words)
    if not found and not alike:
        expected = "a name in the graph; `kg-builder ask topics` lists what it knows"
        raise ProblemsFound.at(Location("find"), rule="name", found=quoted(words), expected=expected)
    if options.format == "json":
        lists: dict[str, list[Any]] = {"found": found, "questions": fitting, "alike": alike}
        return _as_json({name: [dataclasses.asdict(each) for each in listed] for name, listed in lists.items()})
    parts = []
    if found:
        rows = tuple((each.name, each.kind, each.score, each.thing) for each in found)
        parts.append(Answer("", ("name", "kind", "likeness", "thing"), rows, graph.notes, graph.base))
    if fitting:
        about = tuple((_called(each.name, each.parameters), each.summary, each.rows) for each in fitting)
        parts.append(Answer(f"Questions about {found[0].name}", ("ask", "question", "rows"), about, (), ""))
    if alike:
        asked = tuple((_called(each.thing, {}), each.name) for each in alike)
        parts.append(Answer(f"Questions that sound like {quoted(words)}", ("ask", "question"), asked, (), ""))
    if alike and (not fitting or alike[0].score > found[0].score):
        parts.append(graph.ask(alike[0].thing))
    elif fitting:
        parts.append(graph.ask(fitting[0].name, **fitting[0].parameters))
    return "\n".join(part.to_text() for part in parts)


def _called(name: str, parameters: dict[str, str]) -> str:
    """Return the arguments of `kg-builder` that ask a question."""
    return " ".join(["ask", name, *(f"--{key} {value}" for key, value in parameters.items())])


def _run_compare(options: argparse.Namespace) -> str:
    """Report whether numbers may be compared and added, and add them if an option requests it."""
    if len(options.numbers) < 2:  # noqa: PLR2004  (a comparison needs two)
        raise ProblemsFound.at(Location("compare"), rule="numbers", found="one figure", expected="two at least")
    graph = _opened(options)
    comparison = graph.compare(*options.numbers)
    total = comparison.total(options.total) if options.total else None
    against, adding = comparison.against, comparison.adding
    if options.format == "json":
        whole: dict[str, Any] = {
            "comparable": not against.rows,
            "against_comparing": [row["reason"] for row in against],
            "addable": not adding.rows,
            "against_adding": [row["reason"] for row in adding],
            "compared": json.loads(comparison.compared.to_json())["rows"],
        }
        if total:
            whole[options.total] = {name: float(value) for name, value in dataclasses.asdict(total).items()}
        return _as_json(whole)
    lines = reasons("They may be compared.", "They cannot be compared:", against)
    if comparison.compared.rows:
        lines.append(dataclasses.replace(comparison.compared, asked="").to_text())
    lines += reasons("They may be added up.", "They must not be added up:", adding)
    if total:
        lines.append(f"Their {options.total} is {total.value:f}, from {total.low:f} to {total.high:f} by rounding.")
    return "\n".join(lines) + "\n"


def reasons(allowed: str, refused: str, answer: Answer) -> list[str]:
    """Return the reasons why something must not be done, or a sentence that it may be."""
    found: Iterable[object] = dict.fromkeys(row["reason"] for row in answer)
    return [refused, *(f"  {reason}" for reason in found)] if answer.rows else [allowed]


def _run_discrepancies(options: argparse.Namespace) -> str:
    """List the contradictions, or write the letter about them."""
    from kg_builder.curation.discrepancy_letter import letter  # noqa: PLC0415

    answer = _opened(options).ask("discrepancies")
    return letter(answer) if options.letter else _drawn(answer, options.format)
