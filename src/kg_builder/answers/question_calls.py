"""The stored questions of a project, as a mapping and as callable attributes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from kg_builder.answers.answer import Answer
from kg_builder.queries.stored_queries import query_files
from kg_builder.queries.stored_questions import ANSWERS_FOLDER, StoredQuestion, read_question


class Questions(Mapping[str, StoredQuestion]):
    """The stored questions by name, a mapping; each is also a callable attribute, such as `how_common`.

    Examples
    --------
    >>> from kg_builder import open_graph
    >>> questions = open_graph().questions
    >>> "how-common" in questions
    True
    >>> questions["how-common"].summary
    'How common is something, of all that survey respondents were asked about it?'
    >>> len(questions.how_common(topic="grooming"))
    8

    """

    def __init__(self, ask: Callable[..., Answer], root: Path) -> None:
        """Take the function that answers a question by name, and the project; raise `ProblemsFound` if it has none."""
        self._ask = ask
        self._paths = query_files(root, ANSWERS_FOLDER)
        self._questions: dict[str, StoredQuestion] = {}

    def __getitem__(self, name: str) -> StoredQuestion:
        """Return a stored question, which is read on first access.

        Raise KeyError if it does not exist, `ProblemsFound` if it has errors.
        """
        if name not in self._questions:
            self._questions[name] = read_question(self._paths[name])
        return self._questions[name]

    def __contains__(self, name: object) -> bool:
        """Return whether there is a question with that name."""
        return name in self._paths

    def __iter__(self) -> Iterator[str]:
        """Yield the names, sorted."""
        return iter(self._paths)

    def __len__(self) -> int:
        """Return how many questions there are."""
        return len(self._paths)

    def __dir__(self) -> list[str]:
        """Return the attributes, including the callable questions."""
        return [*super().__dir__(), *(name.replace("-", "_") for name in self._paths)]

    def __getattr__(self, name: str) -> Callable[..., Answer]:
        """Return a question as a function of its parameters; raise AttributeError if it does not exist."""
        if name.startswith("_") or name.replace("_", "-") not in self._paths:
            raise AttributeError(f"there is no stored question {name.replace('_', '-')!r}")
        question = self[name.replace("_", "-")]

        def call(**parameters: object) -> Answer:
            return self._ask(question.name, **parameters)

        given = [
            inspect.Parameter(each.name, inspect.Parameter.KEYWORD_ONLY, default=each.default)
            for each in question.parameters
        ]
        call.__name__ = name
        call.__doc__ = f"{question.summary}\n\n{question.description}"
        call.__signature__ = inspect.Signature(given, return_annotation=Answer)  # type: ignore[attr-defined]
        return call
