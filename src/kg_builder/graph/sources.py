"""The sources of a project other than its tables: shapes, ontology and stored queries, read and checked once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from kg_builder.core.cache import Cache, content_key, user_cache
from kg_builder.core.file_contents import KeptByContents
from kg_builder.core.problems import Problem, gathered
from kg_builder.core.processes import map_in_processes
from kg_builder.queries.federated_questions import federated_questions
from kg_builder.queries.percentage_rules import Rules, rules_of
from kg_builder.queries.section_headers import section_problems
from kg_builder.queries.stored_queries import StoredQuery, stored_queries
from kg_builder.queries.stored_questions import StoredQuestion, misleading, question_of, stored_questions
from kg_builder.schema.model import Schema
from kg_builder.schema.ontology_folder import read_schema


@dataclasses.dataclass(frozen=True)
class Sources:
    """The shapes and stored queries of a project; `problems` are those of the queries, which are read despite them.

    The value depends only on the contents of the files.
    """

    schema: Schema
    derivations: tuple[StoredQuery, ...]
    checks: tuple[StoredQuery, ...]
    problems: tuple[Problem, ...]


_kept: KeptByContents[Sources] = KeptByContents()


def read_sources(root: Path, cache: Cache | None = None) -> Sources:
    """Return the sources of the project at `root`; files with unchanged contents are not read again.

    Raise `ProblemsFound` if the shapes cannot be used.
    """
    own = user_cache() if cache is None else cache
    return _kept.value(root, ("ontology", "queries"), lambda: _read(root, own))


def _read(root: Path, cache: Cache) -> Sources:
    schema = read_schema(root / "ontology")
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
