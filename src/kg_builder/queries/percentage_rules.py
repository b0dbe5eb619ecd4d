"""Prevents queries that mislead about percentages: which columns a number needs, and what may be added up."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from rdflib import QB, RDF, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from kg_builder.core.iris import BASE, last_part
from kg_builder.core.problems import Location, Problem
from kg_builder.core.terms import KG

WITHIN_A_CELL = frozenset(f"{BASE}ontology#{name}" for name in ("option", "reading"))
"""The dimensions in which the findings of one cell (`qb:ObservationGroup`) may differ."""

ADDING = {"Aggregate_Sum": "sum", "Aggregate_Avg": "mean"}
NOT_A_NUMBER = "Aggregate_Count"


@dataclasses.dataclass(frozen=True)
class Rules:
    """The ontology's rules for reading numbers; everything except the columns is an IRI.

    `shown_with`: for each property that holds a number, the columns that must be shown with it.
    `dimensions`: what identifies a number. `exclusive`: codes that let shares be added up; `others`: their siblings.
    """

    shown_with: dict[str, frozenset[str]]
    dimensions: frozenset[str]
    exclusive: frozenset[str]
    others: frozenset[str]


def rules_of(triples: Iterable[tuple[object, object, object]]) -> Rules:
    """Return the rules in the ontology; its triples may be terms of any library, or texts."""
    stated = {(_plain(subject), _plain(predicate), _plain(value)) for subject, predicate, value in triples}
    shown: dict[str, frozenset[str]] = {}
    for number, _, beside in (each for each in stated if each[1] == str(KG.shownWith)):
        shown[number] = shown.get(number, frozenset()) | {_column_of(beside)}
    exclusive = {code for code, predicate, _ in stated if predicate == str(KG.exclusive)}
    kinds = {kind for code, predicate, kind in stated if predicate == str(RDF.type) and code in exclusive}
    alike = {code for code, predicate, kind in stated if predicate == str(RDF.type) and kind in kinds}
    dimensions = {dimension for _, predicate, dimension in stated if predicate == str(QB.dimension)}
    return Rules(shown, frozenset(dimensions), frozenset(exclusive), frozenset(alike - exclusive))


def _plain(term: object) -> str:
    """Return the text of a term, without delimiters."""
    return str(getattr(term, "value", term))


def _column_of(iri: str) -> str:
    """Return the name of the column that shows a property: its last part in snake case."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last_part(iri)).lower()


def percentage_problems(file: str, text: str, rules: Rules, *, shown: bool = False) -> Iterator[Problem]:
    """Yield where a query adds numbers that must not be added, and, if it is `shown` to people, missing columns.

    The query must already be valid SPARQL; a query that rdflib cannot parse cannot be run.
    """
    if "\\" not in text and not any(re.search(f"[:#]{last_part(number)}\\b", text) for number in rules.shown_with):
        return  # no number is named, not even with an escape
    try:
        algebra = _algebra_of(text)
    except Exception as error:  # noqa: BLE001  (rdflib raises many types, even Exception itself)
        reason = str(error).splitlines()[0][:80] if str(error) else "no reason"
        yield Problem(
            Location(file),
            rule="sparql",
            found=f"a query that rdflib does not read ({reason})",
            expected="a query that any engine runs",
            hint="Write it in plain SPARQL 1.1.",
        )
        return
    for node in nodes(algebra):
        if node.name == "AggregateJoin":
            yield from _sum_problems(file, node, rules)
    if shown:
        columns = {str(variable) for variable in algebra.PV or ()}
        held = {number for number in rules.shown_with if columns & _variables_of(number, algebra)}
        missing = set().union(*(rules.shown_with[number] for number in held)) - columns
        if missing:
            yield Problem(
                Location(file),
                rule="context",
                found=f"{', '.join(sorted(map(last_part, held)))} without {', '.join(sorted(missing))}",
                expected="numbers with all that they are read with",
                hint="Nobody should meet a number without its base.",
            )


@lru_cache(1000)
def _algebra_of(text: str) -> CompValue:
    """Return the algebra of a query; this takes rdflib some hundredths of a second."""
    return translateQuery(parseQuery(text)).algebra


def _sum_problems(file: str, join: CompValue, rules: Rules) -> Iterator[Problem]:
    """Yield the reasons why an aggregate of a query is not allowed."""
    numbers = {name for number in rules.shown_with for name in _variables_of(number, join.p)}
    added = [each for each in join.A if each.name in ADDING and _names_in(each.vars) & numbers]
    if not added:
        return
    grouped = set().union(*(_names_in(each) for each in join.p.expr or ()))
    fixed = {
        end
        for _, predicate, value in _triples(join.p)
        for end in _ends(predicate)
        if str(value) in grouped or isinstance(value, URIRef)
    }
    if _within_cells(join.p, grouped, rules):
        fixed |= rules.dimensions - WITHIN_A_CELL
    loose = rules.dimensions - fixed
    codes = {str(term) for term in terms_in(join.p) if isinstance(term, URIRef)}
    what = " and ".join(sorted({ADDING[each.name] for each in added}))
    if len(loose) > 1:
        unlike = ", ".join(sorted(map(last_part, loose)))
        yield Problem(
            Location(file),
            rule="unlike",
            found=f"the {what} of numbers that may differ in {unlike}",
            expected="all dimensions but one in GROUP BY",
            hint="Group by them: shares of unlike bases cannot be added.",
        )
    elif not codes & rules.exclusive or codes & rules.others:
        found = f"the {what} of answers that may overlap"
        expected = f"answers that exclude each other ({', '.join(sorted(map(last_part, rules.exclusive)))})"
        hint = "Ask for their type in the query: who gives several answers would be counted twice."
        yield Problem(Location(file), rule="overlap", found=found, expected=expected, hint=hint)


def _within_cells(pattern: Any, grouped: set[str], rules: Rules) -> bool:
    """Return whether each finding with a number belongs to a cell that is a variable of GROUP BY."""
    triples = list(_triples(pattern))
    inside = {value for cell, predicate, value in triples if predicate == QB.observation and str(cell) in grouped}
    inside |= {
        finding
        for finding, predicate, cell in triples
        if isinstance(predicate, InvPath) and predicate.arg == QB.observation and str(cell) in grouped
    }
    return {finding for finding, predicate, _ in triples if _ends(predicate) & rules.shown_with.keys()} <= inside


def _variables_of(number: str, algebra: Any) -> set[str]:
    """Return the variables of a query that hold the objects of a property, or values computed from them."""
    found = {
        str(value)
        for _, predicate, value in _triples(algebra)
        if isinstance(value, Variable) and number in _ends(predicate)
    }
    made = [(node.var, node.expr) for node in nodes(algebra) if node.name == "Extend"]
    made += [(node.res, node.vars) for node in nodes(algebra) if _is_aggregate(node) and node.name != NOT_A_NUMBER]
    before = -1
    while len(found) > before:
        before = len(found)
        found |= {str(name) for name, expression in made if _names_in(expression) & found}
    return found


def _is_aggregate(node: CompValue) -> bool:
    """Return whether a node of the algebra is an aggregate."""
    return str(node.name).startswith("Aggregate_")


def _ends(predicate: object) -> set[str]:
    """Return the properties with which a predicate or path may end."""
    if isinstance(predicate, URIRef):
        return {str(predicate)}
    if isinstance(predicate, SequencePath):
        return _ends(predicate.args[-1])
    if isinstance(predicate, AlternativePath):
        return set().union(*map(_ends, predicate.args))
    return _ends(predicate.path) if isinstance(predicate, MulPath) else set()


def _triples(algebra: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield the triple patterns of an algebra."""
    for node in nodes(algebra):
        yield from node.triples or () if node.name == "BGP" else ()


def _names_in(expression: Any) -> set[str]:
    """Return the variables of an expression."""
    return {str(term) for term in terms_in(expression) if isinstance(term, Variable)}


def nodes(tree: Any) -> Iterator[CompValue]:
    """Yield the nodes of an algebra, outermost first."""
    return (each for each in parts(tree) if isinstance(each, CompValue))


def terms_in(tree: Any) -> Iterator[Any]:
    """Yield the variables and RDF terms of an algebra."""
    return (each for each in parts(tree) if isinstance(each, str))


def parts(tree: Any) -> Iterator[Any]:
    """Yield an algebra and all its parts."""
    yield tree
    inner: Iterable[Any] = ()
    if isinstance(tree, dict):
        inner = tree.values()
    elif isinstance(tree, (list, tuple, set)):
        inner = tree
    elif isinstance(tree, Path):
        inner = getattr(tree, "args", ())
    for each in inner:
        yield from parts(each)
