"""The values of an import that name nothing yet: counted, written with suggestions, and answered by a person."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Mapping
from pathlib import Path

from kg_builder.core.problems import Location, Problem, ProblemsFound, quoted
from kg_builder.core.spreadsheets import neutral
from kg_builder.core.text_files import text_of

FILE = "unknown.csv"
HEADER = ("to", "question", "value", "count", "first_row", "suggestion_1", "suggestion_2", "suggestion_3", "use")
NEW, LEAVE_OUT = "new", "-"
"""What a person answers to have a row made, and to leave out the rows with a value."""

Asked = tuple[str, str, str]
"""The column of our table, the question among whose options was looked, and the value."""


@dataclasses.dataclass(frozen=True)
class UnknownValue:
    """A value that names nothing: how often it was met, first in which row, and what it may mean.

    `may_be_new` says that a row may be made for it; `why` says what is wrong, if it is not merely unknown.
    """

    to: str
    question: str
    value: str
    count: int
    first_row: int
    suggestions: tuple[str, ...] = ()
    may_be_new: bool = False
    why: str = ""

    def problem(self, source: str, answers: str) -> Problem:
        """Return it as a problem of the source; `answers` is the file in which a person answers."""
        among = f" of {self.question}" if self.question else ""
        times = "" if self.count == 1 else f", {self.count:,} times"
        near = f"Did you mean {' or '.join(self.suggestions)}? " if self.suggestions else ""
        new = f", or {NEW} to make a row" if self.may_be_new else ""
        return Problem(
            Location(source, self.first_row, field=self.to),
            rule="unknown-value",
            found=f"{quoted(self.value)}{times}{self.why and f', {self.why}'}",
            expected=f"a name of a thing for {self.to}{among}" if not self.why else "a value that can be used",
            hint=f"{near}Fill in its line in {answers}: what to use{new}, or {LEAVE_OUT} to leave it out.",
        )


def read_answers(path: Path) -> dict[Asked, str]:
    """Return what people have filled in for unknown values; nothing if there is no such file."""
    if not path.exists():
        return {}
    rows = csv.DictReader(io.StringIO(text_of(path, str(path), "CSV")))
    if missing := [name for name in ("to", "value", "use") if name not in (rows.fieldnames or ())]:
        raise ProblemsFound.at(
            Location(str(path), 1),
            rule="header",
            found=f"no column {missing[0]}",
            expected=f"the columns {', '.join(HEADER)}",
            hint="Remove the file; the next import writes it again.",
        )
    answered = (
        (row["to"], row.get("question") or "", _plain(row["value"] or ""), (row["use"] or "").strip()) for row in rows
    )
    return {(to, question, value): use for to, question, value, use in answered if use}


def answers_text(answers: Mapping[Asked, str], unknown: Mapping[Asked, UnknownValue]) -> str:
    """Return the text of the file of answers: those that are there, then unknown values with an empty answer."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(HEADER)
    kept = {asked: use for asked, use in answers.items() if asked not in unknown}
    for (to, question, value), use in sorted(kept.items()):
        writer.writerow([to, question, neutral(value), "", "", "", "", "", use])
    for _, each in sorted(unknown.items()):
        suggested = [*each.suggestions, "", "", ""][:3]
        writer.writerow([each.to, each.question, neutral(each.value), each.count, each.first_row, *suggested, ""])
    return made.getvalue()


def _plain(cell: str) -> str:
    """Return a cell without the mark that keeps spreadsheets from running it."""
    return cell[1:] if cell.startswith("'") and neutral(cell[1:]) == cell else cell
