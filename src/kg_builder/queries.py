"""Stored queries: one per file, described by grlc's `#+` header, run on the embedded store."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import yaml

from kg_builder.problems import Problem, ProblemsFound


@dataclasses.dataclass(frozen=True)
class StoredQuery:
    """One `.rq` file; `about` holds its decorators (https://grlc.readthedocs.io), such as `summary`."""

    path: Path
    about: dict[str, Any]
    text: str

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @property
    def file(self) -> str:
        """The file as messages name it."""
        return "/".join(self.path.parts[-3:])


def stored_queries(folder: Path) -> list[StoredQuery]:
    """Return the queries of a folder, sorted by name; raise `ProblemsFound` for all that cannot be read."""
    problems: list[Problem] = []
    queries = []
    for path in sorted(folder.glob("*.rq")):
        query = StoredQuery(path, {}, "")
        try:
            text = path.read_text(encoding="utf-8")
            header = "\n".join(line.removeprefix("#+") for line in text.splitlines() if line.startswith("#+"))
            about = yaml.safe_load(header)
            query = StoredQuery(path, about if isinstance(about, dict) else {}, text)
            pyoxigraph.Store().query(text)
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(query.file, 0, "", "file", str(error), "a readable query in UTF-8"))
        except yaml.YAMLError as error:
            problems.append(
                Problem(
                    query.file, 1, "", "header", str(error).replace("\n", " "), "YAML behind #+", "Mend the header."
                )
            )
        except SyntaxError as error:
            problems.append(syntax_problem(query.file, error))
        if "summary" not in query.about and not problems:
            problems.append(
                Problem(query.file, 1, "", "header", "no summary", "a line `#+ summary: …`", "Say what the query asks.")
            )
        if " service " in f" {without_comments(query.text).lower()} ".replace("\n", " "):
            problems.append(
                Problem(
                    query.file,
                    0,
                    "",
                    "service",
                    "SERVICE",
                    "a query on this graph alone",
                    "A build asks no other host.",
                )
            )
        queries.append(query)
    if problems:
        raise ProblemsFound(problems)
    return queries


def without_comments(text: str) -> str:
    """Return a query without its comment lines."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def syntax_problem(file: str, error: SyntaxError) -> Problem:
    """Return the problem of a query that does not parse; updates do not parse as queries either."""
    message = error.msg.splitlines()[0]
    place, _, rest = message.removeprefix("error at ").partition(": ")
    line, _, column = place.partition(":")
    found = f"a syntax error at column {column}" if column.isdigit() else message
    return Problem(
        file,
        int(line) if line.isdigit() else 0,
        "",
        "sparql",
        found,
        (rest or "one SELECT, ASK, CONSTRUCT or DESCRIBE")[:80],
        "Mend the query.",
    )


def constructed(store: pyoxigraph.Store, query: StoredQuery) -> Iterator[pyoxigraph.Triple]:
    """Yield the triples that a CONSTRUCT query derives from all named graphs together."""
    yield from store.query(query.text, use_default_graph_as_union=True)  # type: ignore[misc]


def rows(store: pyoxigraph.Store, text: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a SELECT over all named graphs together, each variable as plain text, unbound ones left out."""
    found = store.query(text, use_default_graph_as_union=True)
    assert isinstance(found, pyoxigraph.QuerySolutions)  # noqa: S101  (stored checks are SELECT queries)
    names = [variable.value for variable in found.variables]
    for solution in found:
        yield {
            name: getattr(value, "value", str(value))
            for name, value in zip(names, solution, strict=True)
            if value is not None
        }
