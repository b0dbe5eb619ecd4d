"""Reads the code book of a .sav file: the answers that its variables may have. No respondent is read."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from kg_builder.core.problems import Location, ProblemsFound
from kg_builder.importing.source_tables import extra


@dataclasses.dataclass(frozen=True)
class CodedVariable:
    """A variable with value labels: its name, its label, and each label with whether it means a missing answer."""

    name: str
    label: str
    answers: tuple[tuple[str, bool], ...]


def read_code_book(path: Path) -> list[CodedVariable]:
    """Return the variables of a .sav file that have value labels; raise `ProblemsFound` if it is no such file."""
    pyreadstat = extra("pyreadstat", path)
    if not path.is_file():
        raise ProblemsFound.at(
            Location(str(path)), rule="file", found="no file of that name", expected="a .sav file to import"
        )
    try:
        _, found = pyreadstat.read_sav(str(path), metadataonly=True, user_missing=True)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        raise ProblemsFound.at(
            Location(str(path)), rule="file", found=f"a file that is no .sav file ({error})", expected="a .sav file"
        ) from error
    variables = []
    for name, label in zip(found.column_names, found.column_labels, strict=True):
        labels = found.variable_value_labels.get(name, {})
        missing = found.missing_ranges.get(name, [])
        answers = [
            (str(text).strip(), any(_within(value, each["lo"], each["hi"]) for each in missing))
            for value, text in sorted(labels.items(), key=lambda item: (isinstance(item[0], str), item[0]))
        ]
        if answers:
            variables.append(CodedVariable(name, label or "", tuple(answers)))
    return variables


def _within(value: float | str, low: float | str, high: float | str) -> bool:
    """Return whether a value lies in a range of missing values, which are all numbers or all texts."""
    if isinstance(value, str) or isinstance(low, str) or isinstance(high, str):
        return str(value) == str(low)
    return low <= value <= high
