"""Lists the cost of each stored query on a built graph, the slowest first.

Questions are run on their defaults and with each parameter unbound (of a pair, one at a time: all pairs would be
millions), pages, views and finds as they are, all over the union of the named graphs; checks, derivations and the
SPARQL constraints of the shapes over the same triples without their graphs, each constraint set-wise. A time is the
least processor time of three rounds, from the text of the query to its last result. Times depend on the machine, so
each is also given as a ratio to a loop in plain Python in the same run: a million whole numbers, squared and added up.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pyoxigraph
from tabulate import tabulate

from kg_builder import open_graph
from kg_builder.answers.graph_reader import GraphReader
from kg_builder.queries.stored_queries import stored_queries, stored_query
from kg_builder.schema.ontology_folder import read_schema
from kg_builder.validation.constraint_checks import constraint_results

ROUNDS = 3
LOOP = 1_000_000

Results = pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples | Iterable[object]

Run = Callable[[], Results]
"""A query that is ready to be run: a call returns its results."""


@dataclasses.dataclass(frozen=True)
class Cost:
    """The cost of a query: `ms` is its shortest time in milliseconds, `ratio` that time over a loop in plain Python."""

    kind: str
    name: str
    results: int
    ms: float
    ratio: float


def main() -> None:
    """Print the costs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(), help="the project (default: here)")
    parser.add_argument("--out", type=Path, help="the folder of the build (default: ROOT/build)")
    parser.add_argument("--limit", type=int, metavar="N", help="list the N slowest (default: all)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    options = parser.parse_args()
    graph = open_graph(options.root, options.out)
    listed = sorted(costs(dict(runs(graph))), key=lambda cost: -cost.ms)[: options.limit]
    if options.format == "json":
        print(json.dumps([dataclasses.asdict(cost) for cost in listed], indent=2))
    else:
        print(tabulate(map(dataclasses.asdict, listed), headers="keys", floatfmt=("", "", "", ".1f", ".2f")))


def costs(queries: dict[tuple[str, str], Run]) -> Iterator[Cost]:
    """Yield the cost of each query, given by its kind and name."""
    loop = min(seconds(squares)[0] for _ in range(ROUNDS))
    for (kind, name), run in queries.items():
        rounds = [seconds(run) for _ in range(ROUNDS)]
        least, results = min(rounds)
        yield Cost(kind, name, results, ms=1000 * least, ratio=least / loop)


def seconds(run: Run) -> tuple[float, int]:
    """Return the processor time of a run to its last result, and the number of results."""
    start = time.process_time()
    results = run()
    count = 1 if isinstance(results, pyoxigraph.QueryBoolean) else sum(1 for _ in results)
    return time.process_time() - start, count


def squares() -> list[int]:
    """Return a sum, calculated by a loop in plain Python."""
    total = 0
    for number in range(LOOP):
        total += number * number
    return [total]


def runs(graph: GraphReader) -> Iterator[tuple[tuple[str, str], Run]]:
    """Yield the queries of a project by kind and name."""
    for question in graph.questions.values():
        text, terms = question.query.text, graph.bound(question, {})
        yield ("answers", question.name), partial(graph.results, text, terms)
        for parameter in question.parameters:
            others = {name: term for name, term in terms.items() if name != parameter.variable}
            yield ("answers", f"{question.name}, any {parameter.name}"), partial(graph.results, text, others)
    shown = [("pages", query) for query in stored_queries(graph.root, "pages")]
    shown += [("views", query) for query in stored_queries(graph.root, "views")]
    shown += [("find", stored_query(path, "find")) for path in (graph.root / "queries" / "find").glob("*.rq")]
    for kind, query in shown:
        yield (kind, query.name), partial(graph.results, query.text, {})
    store = without_graphs(graph.store)
    for query in stored_queries(graph.root, "checks"):
        yield ("checks", query.name), partial(store.query, query.text)
    for query in stored_queries(graph.root, "derive"):
        yield ("derive", query.name), partial(store.query, query.text)
    schema = read_schema(graph.root / "ontology")
    for table in schema.tables:
        for constraint in table.constraints:
            alone = dataclasses.replace(table, constraints=(constraint,))
            yield ("constraints", constraint.name), partial(constraint_results, store, schema, alone)


def without_graphs(store: pyoxigraph.Store) -> pyoxigraph.Store:
    """Return a store whose default graph holds all triples, as during a build."""
    merged = pyoxigraph.Store()
    merged.bulk_extend(pyoxigraph.Quad(*quad.triple) for quad in store)
    return merged


if __name__ == "__main__":
    main()
