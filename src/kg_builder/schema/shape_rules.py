"""The rules that shapes must follow; anything that the builder would ignore is refused, with file and line."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError

import duckdb
from rdflib import OWL, RDF, RDFS, SH, Graph, Literal, Node, URIRef

from kg_builder.core.iris import last_part
from kg_builder.core.problems import Location, Problem, quoted
from kg_builder.core.terms import CSVW, KG
from kg_builder.queries.stored_queries import query_problems
from kg_builder.schema.default_paths import defaults, defaults_by_path, leads
from kg_builder.schema.limits import LIMITS
from kg_builder.schema.model import SOURCE, Schema, ordered, sparql_prefixes, text

SEVERAL_ON_TABLES = {RDF.type, SH.property, SH.sparql}
NEEDED_ON_TABLES = {SH.targetClass, CSVW.url, CSVW.aboutUrl, SH.property}
ON_TABLES = SEVERAL_ON_TABLES | NEEDED_ON_TABLES | {RDFS.label, SH.description, CSVW.commentPrefix, KG.idFrom}

NUMBERS = {SH.order, SH.minCount, SH.maxCount} | {limit.term for limit in LIMITS if limit.parameter == "number"}
NEEDED_ON_COLUMNS = {SH.path, CSVW.name, SH.order}
ON_COLUMNS = (
    {
        RDF.type,
        SH.name,
        SH.description,
        SH.message,
        SH.severity,
        CSVW.separator,
        CSVW.lang,
        KG.acyclic,
        KG.printedPart,
        SH.datatype,
    }
    | {SH.defaultValue, SH.languageIn, SH.nodeKind, SH["class"]}
    | {limit.term for limit in LIMITS}
    | NEEDED_ON_COLUMNS
    | NUMBERS
)
PRINTED_PARTS = ("value", "decimals", "unit", "quantifier", "status", "low", "high", "error")
"""The parts of a printed value that a column may take."""

DATATYPES = {"langString", "string", "decimal", "integer", "boolean", "date", "gYear", "anyURI"}
URL = re.compile(r"([a-z0-9-]+|[{]source[}])/([a-z0-9_]+|[*])([.][a-z]+)*[.](csv|tsv)")


@dataclasses.dataclass(frozen=True)
class Fault:
    """An error in a shape, before its line is looked up."""

    node: Node
    _: dataclasses.KW_ONLY
    rule: str
    found: str
    expected: str
    hint: str


def shape_problems(ontology: Graph, shapes: Graph, texts: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what the builder does not understand, or must not run, in the shapes; `texts` are the files by path."""
    lines = {file: text.splitlines() for file, text in texts.items()}
    tables = ordered(shapes.subjects(RDF.type, SH.NodeShape))
    columns = ordered(shapes.subjects(RDF.type, SH.PropertyShape))
    declared = {*ontology.subjects(RDF.type, None), RDFS.label}
    for fault in (
        *_forbidden(shapes),
        *(fault for node in tables for fault in _table_faults(shapes, node)),
        *(fault for node in columns for fault in _column_faults(shapes, node)),
        *(fault for node in [*tables, *columns] for fault in undeclared(declared, shapes, node)),
    ):
        yield Problem(
            _location_of(lines, fault.node),
            rule=fault.rule,
            found=fault.found,
            expected=fault.expected,
            hint=fault.hint,
            shape=str(fault.node),
        )
    for node, select in sorted(shapes.subject_objects(SH.select), key=str):
        location = _location_of(lines, node)
        for problem in query_problems(location.file, sparql_prefixes(shapes) + str(select), "checks"):
            yield Problem(
                location,
                rule=problem.rule,
                found=re.sub(r"( at column \d+| \(.*\))", "", problem.found),
                expected=problem.expected,
                hint=f"Fix the query of {short(node)}.",
                shape=str(node),
            )


def default_problems(schema: Schema, texts: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the defaults that would fill nothing: paths that no column follows, and paths that lead back."""
    lines = {file: text.splitlines() for file, text in texts.items()}
    for table, column, default in defaults(schema):
        if not default.constant and not leads(schema, table, default.path):
            yield Problem(
                _location_of(lines, URIRef(column.shape)),
                rule="default",
                found=f"a default by way of {', '.join(map(last_part, default.path)) or 'nothing'}",
                expected="a path that columns follow",
                hint="Name the property of a column of this table, then one of the table to which that column refers.",
                shape=column.shape,
            )
    try:
        defaults_by_path(schema)
    except CycleError as error:
        (_, shape), *_ = circle = error.args[1]
        yield Problem(
            _location_of(lines, URIRef(shape)),
            rule="default",
            found=f"the circle {' → '.join(last_part(each) for _, each in circle)}",
            expected="a default that does not lead back to its own column",
            hint="Choose another path.",
            shape=shape,
        )


def made_id_problems(schema: Schema, texts: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the tables whose ids would be made from properties without a column, or from what may all be empty."""
    lines = {file: text.splitlines() for file, text in texts.items()}
    for table in schema.tables:
        faults = [f"{last_part(path)}, which has no column" for path in table.id_from if not table.column_of(path)]
        first = table.column_of(table.id_from[0]) if table.id_from else None
        if first and not first.must_be_typed:
            faults.append(f"{first.name} first, which may be empty")
        for fault in faults:
            yield Problem(
                _location_of(lines, URIRef(table.shape)),
                rule="id-from",
                found=f"ids made from {fault}",
                expected="properties of columns of the table, the first of a column that must be filled",
                hint="Correct idFrom.",
                shape=table.shape,
            )


def _forbidden(shapes: Graph) -> Iterator[Fault]:
    """Yield imports and scripts: a build reads no external files and runs no code from a shape."""
    for node in ordered(shapes.subjects(OWL.imports, None)):
        yield Fault(
            node,
            rule="imports",
            found="owl:imports",
            expected="no imports, because a build reads nothing from elsewhere",
            hint="Remove it.",
        )
    for node in ordered({*shapes.subjects(SH.js, None), *shapes.subjects(SH.jsLibrary, None)}):
        if isinstance(node, URIRef):
            yield Fault(
                node,
                rule="script",
                found="a JavaScript constraint",
                expected="SHACL Core or SHACL-SPARQL",
                hint="Write it as SPARQL.",
            )


def _table_faults(shapes: Graph, node: Node) -> Iterator[Fault]:
    """Yield the errors in a node shape as the description of a table."""
    yield from _term_faults(shapes, node, "table", ON_TABLES, NEEDED_ON_TABLES, SEVERAL_ON_TABLES)
    url, about = text(shapes, node, CSVW.url), text(shapes, node, CSVW.aboutUrl)
    if url and not URL.fullmatch(url):
        expected = "shared/NAME.csv, {source}/NAME.csv or FOLDER/*.tsv"
        yield Fault(node, rule="url", found=f"csvw:url {quoted(url)}", expected=expected, hint="Fix the place.")
    pattern = r"[{]source[}]/[a-z0-9-]+/[{]id[}]|[a-z0-9-]+/[{]id[}]" if SOURCE in url else r"[a-z0-9-]+/[{]id[}]"
    if about and not re.fullmatch(pattern, about):
        yield Fault(
            node,
            rule="about",
            found=f"csvw:aboutUrl {quoted(about)}",
            expected="KIND/{id}, of a report {source}/KIND/{id}",
            hint="Fix it.",
        )
    parts = list(shapes.objects(node, SH.property))
    for part in ordered(parts):
        if (part, RDF.type, SH.PropertyShape) not in shapes:
            yield Fault(
                node,
                rule="shape-part",
                found=short(part),
                expected="a property shape that is defined",
                hint="Define it.",
            )
    for name, number in sorted(Counter(text(shapes, part, CSVW.name) for part in parts).items()):
        if name and number > 1:
            yield Fault(
                node,
                rule="shape-part",
                found=f"{number} columns named {name}",
                expected="each column once",
                hint="Rename one of them.",
            )


def _column_faults(shapes: Graph, node: Node) -> Iterator[Fault]:
    """Yield the errors in a property shape as the description of a column."""
    yield from _term_faults(shapes, node, "column", ON_COLUMNS, NEEDED_ON_COLUMNS, {RDF.type})
    for term in sorted(NUMBERS):
        for value in shapes.objects(node, term):
            if not isinstance(value, Literal) or (not isinstance(value.value, (int, float)) and not _is_decimal(value)):
                yield Fault(
                    node,
                    rule="number",
                    found=f"sh:{short(term)} {quoted(str(value))}",
                    expected="a number",
                    hint="Write it without quotes.",
                )
    for value in shapes.objects(node, SH.datatype):
        if short(value) not in DATATYPES:
            yield Fault(
                node,
                rule="datatype",
                found=short(value),
                expected=f"one of {', '.join(sorted(DATATYPES))}",
                hint="Choose one of them.",
            )
    for value in shapes.objects(node, KG.printedPart):
        if str(value) not in PRINTED_PARTS:
            yield Fault(
                node,
                rule="printed-part",
                found=f"printedPart {quoted(str(value))}",
                expected=f"one of {', '.join(PRINTED_PARTS)}",
                hint="Choose one of them.",
            )
    for value in shapes.objects(node, SH.pattern):
        try:
            re.compile(str(value))
            duckdb.execute("SELECT regexp_matches('', ?)", [str(value)])
        except (re.error, duckdb.Error):
            expected = "a regular expression without look-around and back-references (RE2)"
            yield Fault(node, rule="pattern", found=quoted(str(value)), expected=expected, hint="Fix the pattern.")


def _is_decimal(value: Literal) -> bool:
    """Return whether a literal is a decimal number."""
    return re.fullmatch(r"-?[0-9]+([.][0-9]+)?", str(value)) is not None and value.value is not None


def _term_faults(
    shapes: Graph, node: Node, kind: str, allowed: set[URIRef], needed: set[URIRef], several: set[URIRef]
) -> Iterator[Fault]:
    """Yield the terms of a shape that the builder would ignore, the missing ones, and the repeated ones."""
    counts = Counter(shapes.predicates(node, unique=False))
    for term in ordered(set(counts) - allowed - {SH.js}):
        yield Fault(
            node,
            rule="shape-term",
            found=f"{short(term)} on a {kind}",
            expected="a term that the builder knows",
            hint=_nearest(term, allowed),
        )
    for term in sorted(needed - set(counts)):
        yield Fault(
            node,
            rule="shape-part",
            found=f"a {kind} without {short(term)}",
            expected=f"one {short(term)}",
            hint="Add it.",
        )
    for term in sorted(allowed - several):
        if counts[term] > 1:
            yield Fault(
                node,
                rule="shape-part",
                found=f"{counts[term]} {short(term)} on a {kind}",
                expected="one",
                hint="Remove the others.",
            )


def undeclared(declared: set[Node], shapes: Graph, node: Node) -> Iterator[Fault]:
    """Yield the properties and classes that a shape uses but the ontology does not declare."""
    others = (limit.term for limit in LIMITS if limit.parameter == "property")
    for term in (SH.path, SH.targetClass, SH["class"], *others):
        for value in ordered(set(shapes.objects(node, term)) - declared):
            if not isinstance(value, URIRef):
                yield Fault(
                    node,
                    rule="path",
                    found=f"a {short(term)} that is not one property",
                    expected="the IRI of a property",
                    hint="Name one.",
                )
                continue
            found = f"{short(term)} {short(value)}"
            yield Fault(
                node,
                rule="declared",
                found=found,
                expected="a term that ontology/kg.ttl declares",
                hint=_nearest(value, declared),
            )


def _location_of(texts: Mapping[str, list[str]], node: Node) -> Location:
    """Return the line where a subject's paragraph begins; the folder if there is none."""
    opening = re.compile(rf"^(\w*:|<[^>]*[/#]){re.escape(short(node))}>?\s")
    for file, lines in texts.items():
        for number, line in enumerate(lines, 1):
            if opening.match(line):
                return Location(file, number)
    return Location("ontology/shapes")


def short(term: Node) -> str:
    """Return the last part of an IRI."""
    return last_part(str(term).rstrip("/#"))


def _nearest(term: Node, known: Iterable[Node]) -> str:
    """Return a sentence with the closest known term, or a general sentence."""
    close = difflib.get_close_matches(short(term), sorted(map(short, known)), n=1)
    return f"Did you mean {close[0]}?" if close else "Fix the name, or declare the term first."
