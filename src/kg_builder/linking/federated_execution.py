"""Answers federated questions: endpoints are asked by us, in pieces and within limits, as engines ask without any.

What stands before SERVICE says what an endpoint is asked about; its rows then stand as VALUES in the place of SERVICE.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import pyoxigraph

from kg_builder.answers.graph_reader import GraphReader, Terms
from kg_builder.core.problems import Problem, ProblemsFound
from kg_builder.linking.sparql_client import Service, asked, refusal
from kg_builder.queries.federated_questions import LIST, Call, FederatedQuestion, call_in, variables_of

PIECE = 100
"""Rows that an endpoint is asked about at once."""

PIECES = 100
"""How often an endpoint is asked for one question."""

ROWS = 100_000
"""Rows that are taken from an endpoint."""

Row = tuple[pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple | None, ...]


def joined(
    graph: GraphReader, question: FederatedQuestion, terms: Terms, listed: Mapping[str, Service]
) -> tuple[str, tuple[str, ...]]:
    """Return a query on the graph alone that holds what the endpoints answered, and notes on whom was asked what.

    Raise `ProblemsFound` for an endpoint that is not listed, before any is asked, or that gives no proper answer.
    """
    file = question.question.query.file
    unlisted = sorted(set(question.services) - set(listed))
    if unlisted:
        hint = f"{file} asks it; nothing is asked that you have not listed."
        expected = f"a line `{unlisted[0]},ADDRESS` below the header `name,address`, with its SPARQL endpoint"
        raise ProblemsFound([Problem(LIST, 0, "", "service", f'no service "{unlisted[0]}"', expected, hint)])
    text, notes = question.text, []
    while call := call_in(file, text):
        service = listed[call.name]
        keys, known = _bound_before(graph, text, call, terms)
        names, rows = _answered(service, text, call, keys, known)
        notes.append(
            f"{service.name} was asked about {len(known):,} {'row' if len(known) == 1 else 'rows'} at "
            f"{service.address}; what it says is its own and was not checked."
        )
        text = text[: call.start] + values(names, rows) + text[call.end :]
    return text, tuple(notes)


def _bound_before(graph: GraphReader, text: str, call: Call, terms: Terms) -> tuple[list[str], list[Row]]:
    """Return the variables that an endpoint shares with what stands before it, and their distinct values, sorted."""
    local = f"{text[: call.select]} SELECT DISTINCT * WHERE {text[call.outermost : call.start]} }}"
    seen = pyoxigraph.Store().query(local)
    assert isinstance(seen, pyoxigraph.QuerySolutions)  # noqa: S101  (it begins with SELECT)
    here = {variable.value for variable in seen.variables}
    keys = [name for name in variables_of(text[call.opening : call.end]) if name[1:] in here]
    found = graph.results(local, {name: term for name, term in terms.items() if name in here})
    rows = {tuple(solution[key[1:]] for key in keys) for solution in found}  # type: ignore[union-attr]
    if any(None in row for row in rows):
        expected = f"values of {', '.join(keys)} in every row before SERVICE"
        raise ProblemsFound([Problem(call.name, 0, "", "unbound", "a row without a value", expected, "Bind them.")])
    return keys, sorted(rows, key=str)


def _answered(
    service: Service, text: str, call: Call, keys: Sequence[str], known: Sequence[Row]
) -> tuple[list[str], list[Row]]:
    """Return the variables of the group behind SERVICE, and the distinct rows that the endpoint has for them."""
    group = text[call.opening + 1 : call.end - 1]
    names = variables_of(group)
    prefixes = "\n".join(re.findall(r"^\s*PREFIX[^\n]*", text[: call.select], re.MULTILINE | re.IGNORECASE))
    pieces = [known[start : start + PIECE] for start in range(0, len(known), PIECE)]
    if len(pieces) > PIECES:
        found = f"{len(known):,} rows to ask about"
        raise ProblemsFound([Problem(service.name, 0, "", "rows", found, f"at most {PIECE * PIECES:,}")])
    rows: dict[Row, None] = {}
    for piece in pieces:
        about = values(keys, piece) if keys else ""
        for row in _rows_of(service, f"{prefixes}\nSELECT DISTINCT * WHERE {{ {about} {group} }}", names):
            rows[row] = None
            if len(rows) > ROWS:
                raise ProblemsFound([Problem(service.name, 0, "", "rows", "more rows", f"at most {ROWS:,}")])
    return names, sorted(rows, key=str)


def _rows_of(service: Service, query: str, names: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of an endpoint's answer, of these variables alone; what has no name beyond it is left out."""
    found = asked(service, query)
    offered = {variable.value for variable in found.variables}
    try:
        for solution in found:
            terms = (solution[name[1:]] if name[1:] in offered else None for name in names)
            yield tuple(
                term if isinstance(term, (pyoxigraph.NamedNode, pyoxigraph.Literal)) else None for term in terms
            )
    except SyntaxError as error:
        seen = f"an answer that is no result of a query ({error.msg})"
        raise refusal(service, seen) from error


def values(names: Sequence[str], rows: Sequence[Row]) -> str:
    """Return rows as a part of a query; N-Triples is how SPARQL writes terms too."""
    lines = (f"({' '.join('UNDEF' if term is None else str(term) for term in row)})" for row in rows)
    return f"VALUES ({' '.join(names)}) {{ {' '.join(lines)} }}"
