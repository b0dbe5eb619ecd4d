"""The sources of a project other than its tables: shapes, ontology and stored queries, read and checked once."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from kg_builder.core.cache import Cache, content_key, user_cache
from kg_builder.core.problems import Problem, gathered
from kg_builder.core.processes import map_in_processes
from kg_builder.queries.federated_questions import federated_questions
from kg_builder.queries.percentage_rules import Rules, rules_of
from kg_builder.queries.section_headers import section_problems
from kg_builder.queries.stored_queries import StoredQuery, stored_queries
from kg_builder.queries.stored_questions import StoredQuestion, misleading, question_of, stored_questions
from kg_builder.schema.model import Schema
from kg_builder.schema.ontology_folder import read_schema

KEPT = 8
"""How many schemas and sources a process caches (the latest ones); each takes about ten megabytes."""

Value = TypeVar("Value")

_kept_schemas: dict[str, Schema] = {}
_kept_sources: dict[str, Sources] = {}


@dataclasses.dataclass(frozen=True)
class Sources:
    """The shapes and stored queries of a project; `problems` are those of the queries, which are read despite them.

    The value depends only on the contents of the files.
    """

    schema: Schema
    derivations: tuple[StoredQuery, ...]
    checks: tuple[StoredQuery, ...]
    problems: tuple[Problem, ...]


def read_sources(root: Path, cache: Cache | None = None) -> Sources:
    """Return the sources of the project at `root`; files with unchanged contents are not read again.

    Raise `ProblemsFound` if the shapes cannot be used.
    """
    own = user_cache() if cache is None else cache
    return _kept(_kept_sources, _digest(root, "ontology", "queries"), lambda: _read(root, own))


def _kept(kept: dict[str, Value], digest: str, read: Callable[[], Value]) -> Value:
    """Return the cached value for files with this checksum, or else read them; without a checksum, do not cache."""
    if digest in kept:
        return kept[digest]
    found = read()
    if digest:
        kept[digest] = found
        while len(kept) > KEPT:
            del kept[next(iter(kept))]
    return found


def _read(root: Path, cache: Cache) -> Sources:
    folder = root / "ontology"
    schema = _kept(_kept_schemas, _digest(root, "ontology"), lambda: read_schema(folder))
    problems: list[Problem] = []
    derivations = gathered(problems, lambda: stored_queries(root, "derive"))
    checks = gathered(problems, lambda: stored_queries(root, "checks"))
    questions = gathered(problems, lambda: stored_questions(root).values())
    joins = gathered(problems, lambda: [each.question for each in federated_questions(root).values()])
    gathered(problems, lambda: stored_queries(root, "bridges"))
    sections = gathered(problems, lambda: stored_queries(root, "pages"))
    gathered(problems, lambda: stored_queries(root, "views"))
    gathered(problems, lambda: stored_queries(root, "find"))
    problems += section_problems([*sections, *(question.query for question in questions)])
    rules = rules_of(schema.ontology)
    problems += _misleading([*questions, *joins, *map(question_of, sections)], rules, checks, cache)
    return Sources(schema, tuple(derivations), tuple(checks), tuple(problems))


def _misleading(
    questions: Iterable[StoredQuestion], rules: Rules, checks: Sequence[StoredQuery], cache: Cache
) -> Iterator[Problem]:
    """Yield where questions would mislead about percentages; a question once found correct is not checked again.

    The check takes rdflib some hundredths of a second for each question.
    """
    guards = ",".join(sorted(check.name for check in checks))
    shown = sorted((name, *sorted(beside)) for name, beside in rules.shown_with.items())
    stated = repr([shown, sorted(rules.dimensions), sorted(rules.exclusive), sorted(rules.others)])
    keyed = ((content_key("percentages", stated, guards, question.query.text), question) for question in questions)
    unknown = [(key, question) for key, question in keyed if cache.get(key) is None]
    found = map_in_processes(partial(_misleading_one, rules, checks), [question for _, question in unknown])
    for (key, _), problems in zip(unknown, found, strict=True):
        yield from problems
        if not problems:
            cache.put(key, b"")


def _misleading_one(rules: Rules, checks: Sequence[StoredQuery], question: StoredQuestion) -> list[Problem]:
    """Return where one question would mislead."""
    return [*misleading([question], rules, checks)]


def _digest(root: Path, *folders: str) -> str:
    """Return a checksum of all names and contents of folders; empty if one of them is not a readable file."""
    digest = hashlib.sha256()
    try:
        for path in sorted(path for folder in folders for path in (root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_dir():
                digest.update(f"{name}/\0".encode())
                continue
            if not path.is_file():
                return ""
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    except OSError:
        return ""
    return digest.hexdigest()
