"""Stored queries: one per file, described by grlc's `#+` header, run on the embedded store."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Generator, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import pyoxigraph

from kg_builder.core.cache import content_key, user_cache
from kg_builder.core.problems import Location, Problem, ProblemsFound
from kg_builder.core.text_files import folder_of, text_of
from kg_builder.queries.headers import KINDS, QueryHeader, read_header

SIZE_LIMIT = 100_000
"""Maximum number of characters of a query; a longer one is refused."""

DEPTH_LIMIT = 100
"""Maximum nesting of braces and brackets; deeper ones would exhaust the parser's stack."""

NOT_CODE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|'  # strings …
    r"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    r'"(?:[^"\\\n]|\\.)*"|'
    r"'(?:[^'\\\n]|\\.)*'|"
    r'<[^<>"{}|^`\\\s]*>|'  # IRIs …
    r"#[^\n]*",  # and comments
    re.DOTALL,
)
SERVICE = re.compile(r"(?<![\w?$:-])service(?![\w:-])", re.IGNORECASE)
UPDATE = re.compile(
    r"\s*((?:prefix\s+\S*\s+|base\s+)*)(insert|delete|load|clear|create|drop|copy|move|add|with)\b", re.IGNORECASE
)

BLANK = re.compile(rb"_:|[^\"]* _:")
"""A line of N-Triples with a blank node, outside the text of a literal."""


@dataclasses.dataclass(frozen=True)
class StoredQuery:
    """One `.rq` file: its name without extension, its name in messages, its header, and its full text."""

    name: str
    file: str
    header: QueryHeader
    text: str


def stored_queries(root: Path, kind: str) -> list[StoredQuery]:
    """Return the stored queries of a kind, sorted by name; raise `ProblemsFound` for all with errors."""
    problems: list[Problem] = []
    queries = []
    for path in query_files(root, kind).values():
        try:
            queries.append(stored_query(path, kind))
        except ProblemsFound as found:
            problems += found.problems
    if problems:
        raise ProblemsFound(problems)
    return queries


def query_files(root: Path, kind: str) -> dict[str, Path]:
    """Return the files of the stored queries of a kind by name, sorted; subfolders may group them by subject.

    Raise `ProblemsFound` if two have the same name.
    """
    folder = folder_of(root / "queries" / kind, f"queries/{kind}", "stored queries")
    found: dict[str, Path] = {}
    problems = []
    for path in sorted(folder.rglob("*.rq"), key=lambda path: (path.stem, path)):
        if path.stem in found:
            problems.append(
                Problem(
                    Location(_file_of(path)),
                    rule="name",
                    found=f"the name {path.stem}, which {_file_of(found[path.stem])} has",
                    expected="a name of its own",
                    hint="Rename one of them.",
                )
            )
        found.setdefault(path.stem, path)
    if problems:
        raise ProblemsFound(problems)
    return found


def _file_of(path: Path) -> str:
    """Return the path of a query within its project, for messages."""
    parts = path.parts
    start = len(parts) - 1 - parts[::-1].index("queries") if "queries" in parts else -1
    return "/".join(parts[start:])


def stored_query(path: Path, kind: str) -> StoredQuery:
    """Return the query of a file; raise `ProblemsFound` if it is not valid for its kind."""
    query, problems = read_query(path, kind)
    if problems := [*problems, *query_problems(query.file, query.text, kind)]:
        raise ProblemsFound(problems)
    return query


def read_query(path: Path, kind: str) -> tuple[StoredQuery, list[Problem]]:
    """Return the query of a file, without parsing it, and the problems of its header.

    Raise `ProblemsFound` if it is not text.
    """
    file = _file_of(path)
    text = text_of(path, file, "SPARQL")
    header, problems = read_header(file, text, kind)
    return StoredQuery(path.stem, file, header, text), problems


def query_problems(file: str, text: str, kind: str = "") -> Iterator[Problem]:
    """Yield why a query cannot be run: too large or deep, calls to other hosts, not SPARQL, or the wrong form.

    A stored query once found valid is not parsed again, because parsing takes some hundredths of a second.
    """
    if not kind:
        yield from _faults_of(file, text)
        return
    cache, key = user_cache(), content_key("query", kind, text)
    if cache.get(key) is None:
        problems = [*_faults_of(file, text, kind)]
        yield from problems
        if not problems:
            cache.put(key, b"")


def _faults_of(file: str, text: str, kind: str = "") -> Iterator[Problem]:
    """Yield why a query cannot be run, judging by its text."""
    code = code_of(text)
    if len(text) > SIZE_LIMIT or depth(code) > DEPTH_LIMIT:
        yield Problem(
            Location(file),
            rule="size",
            found="a query that is too long or too deep",
            expected=f"at most {SIZE_LIMIT:,} characters, and {DEPTH_LIMIT} braces or brackets within each other",
            hint="Make it simpler.",
        )
        return
    if _asks_others(text):
        seen = SERVICE.search(code)
        line, column = place(code, seen.start()) if seen else (0, 0)
        yield Problem(
            Location(file, line),
            rule="service",
            found=f"SERVICE at column {column}" if seen else "SERVICE",
            expected="a query on this graph alone",
            hint="No other host is asked.",
        )
        return
    yield from _form_problems(file, text, kind)


def _form_problems(file: str, text: str, kind: str) -> Iterator[Problem]:
    """Yield a problem if a query is not SPARQL, or not of the form of its kind.

    No frame on the stack may hold query solutions while rdflib parses: pyparsing keeps such frames alive until a
    thread drops them that must not touch solutions.
    """
    try:
        answer = pyoxigraph.Store().query(text)
    except SyntaxError as error:
        yield _syntax_problem(file, code_of(text), error)
        return
    if not kind:
        return
    wanted = KINDS[kind]
    names = _variables(answer)
    if wanted.makes_triples:
        if not isinstance(answer, pyoxigraph.QueryTriples):
            yield Problem(
                Location(file),
                rule="form",
                found="another form of query",
                expected="a CONSTRUCT",
                hint="It makes triples.",
            )
    elif not isinstance(answer, pyoxigraph.QuerySolutions) and not wanted.columns:
        yield Problem(Location(file), rule="form", found="another form of query", expected="a SELECT", hint=wanted.why)
    elif (wanted.exact and names != [*wanted.columns]) or not set(wanted.columns) <= set(names):
        listed = " ".join(f"?{name}" for name in wanted.columns)
        found = "other variables" if wanted.exact else f"no variable {listed}"
        yield Problem(Location(file), rule="form", found=found, expected=f"a SELECT of {listed}", hint=wanted.why)


def code_of(text: str) -> str:
    """Return a query with spaces instead of strings, IRIs and comments; offsets do not change."""
    return NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _asks_others(text: str) -> bool:
    """Return whether a query has SERVICE anywhere in its algebra; False for text that does not parse."""
    if not re.search(r"service|\\u", text, re.IGNORECASE):
        return False
    from pyparsing import ParseBaseException  # noqa: PLC0415  (heavy, and rarely needed)
    from rdflib.plugins.sparql.parser import parseQuery  # noqa: PLC0415

    try:
        return "ServiceGraphPattern" in set(_pattern_names(parseQuery(text)))
    except ParseBaseException:
        return SERVICE.search(text) is not None


def _pattern_names(tree: object) -> Iterator[str]:
    """Yield the names of all patterns of a query that rdflib has parsed."""
    if name := getattr(tree, "name", None):
        yield str(name)
    parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, Iterable) else ()
    for part in parts if not isinstance(tree, str) else ():
        yield from _pattern_names(part)


def depth(code: str) -> int:
    """Return the nesting depth of braces, brackets and parentheses in a query."""
    deepest = now = 0
    for bracket in re.findall(r"[{}()\[\]]", code):
        now += 1 if bracket in "{([" else -1
        deepest = max(deepest, now)
    return deepest


@lru_cache(1000)
def selected_columns(text: str) -> tuple[str, ...]:
    """Return the variables after SELECT; a query that was parsed before is not parsed again."""
    cache, key = user_cache(), content_key("columns", text)
    if known := cache.get(key):
        return tuple(json.loads(known))
    found = _variables(pyoxigraph.Store().query(text))
    cache.put(key, json.dumps(found).encode())
    return tuple(found)


def _variables(answer: object) -> list[str]:
    """Return the variables of a SELECT, none for other forms."""
    return [each.value for each in answer.variables] if isinstance(answer, pyoxigraph.QuerySolutions) else []


def place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of an offset, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _syntax_problem(file: str, code: str, error: SyntaxError) -> Problem:
    """Return the problem of a query that does not parse; an update is not a query."""
    expected = "one SELECT, ASK, CONSTRUCT or DESCRIBE"
    if update := UPDATE.match(code):
        line, _ = place(code, update.start(2))
        return Problem(
            Location(file, line),
            rule="sparql",
            found=f"an update ({update[2].upper()})",
            expected=expected,
            hint="Stored queries only read.",
        )
    where, _, rest = error.msg.splitlines()[0].removeprefix("error at ").partition(": ")
    line_text, _, column = where.partition(":")
    found = f"a syntax error at column {column}" if column.isdigit() else error.msg.splitlines()[0]
    wanted = rest.removeprefix("expected ").replace(", [_]", "")[:80]
    if "Prefix not found" in wanted:
        wanted = "a prefix that is declared"
    wanted = expected if wanted in {"", "[_]"} else wanted
    line_number, place_in_line = (int(text) if text.isdigit() else 0 for text in (line_text, column))
    return Problem(
        Location(file, line_number, column=place_in_line),
        rule="sparql",
        found=found,
        expected=wanted,
        hint="Fix the query.",
    )


def derived_triples(store: pyoxigraph.Store, query: StoredQuery, path: Path) -> Path:
    """Write the triples of a derivation as N-Triples and return the path; raise `ProblemsFound` for blank nodes."""
    made = store.query(query.text)
    assert isinstance(made, pyoxigraph.QueryTriples)  # noqa: S101  (checked when the query was read)
    made.serialize(path, format=pyoxigraph.RdfFormat.N_TRIPLES)
    with path.open("rb") as lines:
        if any(b"_:" in line and BLANK.match(line) for line in lines):
            raise ProblemsFound.at(
                Location(query.file),
                rule="blank-node",
                found="a blank node",
                expected="things with an IRI",
                hint="Make an IRI with IRI(CONCAT(…)).",
            )
    return path


def rows(store: pyoxigraph.Store, text: str) -> Generator[dict[str, str]]:
    """Yield the rows of a SELECT as plain text, without unbound variables.

    Close the iterator in the thread that ran the query: no other thread may use solutions, or even drop them.
    """
    found = store.query(text)
    names = _variables(found)
    for solution in found:  # type: ignore[union-attr]
        yield {name: value.value for name, value in zip(names, solution, strict=True) if value is not None}
