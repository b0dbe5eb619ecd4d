"""Answers federated questions: this code queries endpoints in batches and within limits, as engines have no limits.

The pattern before SERVICE gives the values to ask an endpoint about; its rows then replace SERVICE as VALUES.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import pyoxigraph

from kg_builder.answers.graph_reader import GraphReader, Terms
from kg_builder.core.problems import Location, ProblemsFound
from kg_builder.linking.sparql_client import Service, service_refusal, solutions_of
from kg_builder.queries.federated_questions import LIST, Call, FederatedQuestion, call_in, variables_of

PIECE = 100
"""Rows in one request to an endpoint."""

PIECES = 100
"""Maximum number of requests to an endpoint for one question."""

ROWS = 100_000
"""Maximum number of rows from an endpoint."""

Row = tuple[pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple | None, ...]


def joined(
    graph: GraphReader, question: FederatedQuestion, terms: Terms, listed: Mapping[str, Service]
) -> tuple[str, tuple[str, ...]]:
    """Return a query on the graph alone that includes the answers of the endpoints, and notes on the requests.

    Raise `ProblemsFound` for an endpoint that is not listed, before any request, or that gives no valid answer.
    """
    file = question.question.query.file
    unlisted = sorted(set(question.services) - set(listed))
    if unlisted:
        raise ProblemsFound.at(
            Location(LIST),
            rule="service",
            found=f'no service "{unlisted[0]}"',
            expected=f"a line `{unlisted[0]},ADDRESS` below the header `name,address`, with its SPARQL endpoint",
            hint=f"{file} asks it; nothing is asked that you have not listed.",
        )
    text, notes = question.text, []
    while call := call_in(file, text):
        service = listed[call.name]
        keys, known = _bound_before(graph, call, terms)
        names, rows = _answered(service, call, keys, known)
        notes.append(
            f"{service.name} was asked about {len(known):,} {'row' if len(known) == 1 else 'rows'} at "
            f"{service.address}; what it says is its own and was not checked."
        )
        text = call.replaced(values(names, rows))
    return text, tuple(notes)


def _bound_before(graph: GraphReader, call: Call, terms: Terms) -> tuple[list[str], list[Row]]:
    """Return the variables that SERVICE shares with the pattern before it, and their distinct values, sorted."""
    seen = pyoxigraph.Store().query(call.before)
    assert isinstance(seen, pyoxigraph.QuerySolutions)  # noqa: S101  (it begins with SELECT)
    here = {variable.value for variable in seen.variables}
    keys = [name for name in variables_of(call.group) if name[1:] in here]
    found = graph.results(call.before, {name: term for name, term in terms.items() if name in here})
    rows = {tuple(solution[key[1:]] for key in keys) for solution in found}  # type: ignore[union-attr]
    if any(None in row for row in rows):
        raise ProblemsFound.at(
            Location(call.name),
            rule="unbound",
            found="a row without a value",
            expected=f"values of {', '.join(keys)} in every row before SERVICE",
            hint="Bind them.",
        )
    return keys, sorted(rows, key=str)


def _answered(service: Service, call: Call, keys: Sequence[str], known: Sequence[Row]) -> tuple[list[str], list[Row]]:
    """Return the variables of the SERVICE group, and the distinct rows that the endpoint returns for them."""
    names = variables_of(call.group)
    prefixes = "\n".join(re.findall(r"^\s*PREFIX[^\n]*", call.prologue, re.MULTILINE | re.IGNORECASE))
    pieces = [known[start : start + PIECE] for start in range(0, len(known), PIECE)]
    if len(pieces) > PIECES:
        found = f"{len(known):,} rows to ask about"
        raise ProblemsFound.at(Location(service.name), rule="rows", found=found, expected=f"at most {PIECE * PIECES:,}")
    rows: dict[Row, None] = {}
    for piece in pieces:
        about = values(keys, piece) if keys else ""
        for row in _rows_of(service, f"{prefixes}\nSELECT DISTINCT * WHERE {{ {about} {call.group} }}", names):
            rows[row] = None
            if len(rows) > ROWS:
                raise ProblemsFound.at(
                    Location(service.name), rule="rows", found="more rows", expected=f"at most {ROWS:,}"
                )
    return names, sorted(rows, key=str)


def _rows_of(service: Service, query: str, names: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of an endpoint's answer for these variables only; blank nodes count as unbound."""
    found = solutions_of(service, query)
    offered = {variable.value for variable in found.variables}
    try:
        for solution in found:
            terms = (solution[name[1:]] if name[1:] in offered else None for name in names)
            yield tuple(
                term if isinstance(term, (pyoxigraph.NamedNode, pyoxigraph.Literal)) else None for term in terms
            )
    except SyntaxError as error:
        seen = f"an answer that is no result of a query ({error.msg})"
        raise service_refusal(service, seen) from error


def values(names: Sequence[str], rows: Sequence[Row]) -> str:
    """Return rows as a VALUES block; SPARQL accepts terms in N-Triples syntax."""
    lines = (f"({' '.join('UNDEF' if term is None else str(term) for term in row)})" for row in rows)
    return f"VALUES ({' '.join(names)}) {{ {' '.join(lines)} }}"
