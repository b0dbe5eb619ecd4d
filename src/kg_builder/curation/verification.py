"""Checks every printed token against the reader's own copy of a report."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from kg_builder.core.problems import Problem, ProblemsFound, quoted
from kg_builder.schema.ontology_folder import read_schema
from kg_builder.tables.table_files import TableFile, table_files

WINDOW = 2_500
"""Characters around an anchor in which to search for a token if line numbers cannot be used."""


@dataclasses.dataclass(frozen=True)
class Verification:
    """The number of tokens searched, and those not found; `exact` tells whether line numbers could be used."""

    tokens: int
    exact: bool
    problems: tuple[Problem, ...]


def verify(root: Path, source: str, *copies: Path) -> Verification:
    """Search a text of the report for the anchor of each passage, and for each printed token at its passage.

    Several texts are joined in order, because a report may consist of several files.
    In the same text that was consulted (same SHA-256), a token must be on the lines of the passage;
    in any other copy, it must be near the anchor of the passage.
    """
    schema = read_schema(root / "ontology")
    files = {file.table.stem: file for file in table_files(root / "data", schema) if file.source == source}
    if "passages" not in files:
        found = f"no table passages.csv for {quoted(source)}"
        raise ProblemsFound([Problem(f"data/{source}", 0, "", "source", found, "the folder of a report")])
    content = b"".join(map(_content_of, copies))
    text = content.decode("utf-8")
    consulted = {row["text_sha256"] for _, row in rows(files["report"])} if "report" in files else set()
    exact = hashlib.sha256(content).hexdigest() in consulted
    passages = {row["id"]: row for _, row in rows(files["passages"])}
    stretches = {id_: _stretch(row, text, exact=exact) for id_, row in passages.items()}
    problems = [
        Problem(
            files["passages"].name,
            line,
            "anchor",
            "anchor",
            quoted(row["anchor"]),
            "words that stand at the passage",
            "Correct anchor or lines.",
        )
        for line, row in rows(files["passages"])
        if _folded(row["anchor"]) not in stretches[row["id"]]
    ]
    tokens = 0
    for file in files.values():
        for line, row in rows(file):
            if row.get("printed") and row.get("passage") in passages:
                tokens += 1
                if _folded(row["printed"]) not in stretches[row["passage"]]:
                    where = f"a token that stands at the passage {row['passage']}"
                    problems.append(
                        Problem(
                            file.name,
                            line,
                            "printed",
                            "printed",
                            quoted(row["printed"]),
                            where,
                            "Correct token or passage.",
                        )
                    )
    return Verification(tokens + len(passages), exact, tuple(sorted(problems)))


def _content_of(copy: Path) -> bytes:
    """Return a text of the report; raise `ProblemsFound` if it is not UTF-8 or cannot be read."""
    try:
        content = copy.read_bytes()
        content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProblemsFound([Problem(str(copy), 0, "", "file", str(error), "the report as text in UTF-8")]) from error
    return content


def rows(file: TableFile) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a table with their line numbers."""
    with file.path.open(encoding="utf-8-sig", newline="") as stream:
        yield from enumerate(csv.DictReader(stream), 2)


def _stretch(passage: dict[str, str], text: str, *, exact: bool) -> str:
    """Return the folded text of a passage: its lines, or the text around its anchor in another copy."""
    if exact:
        return _folded("\n".join(text.split("\n")[int(passage["line_from"]) - 1 : int(passage["line_to"])]))
    whole = _folded(text)
    anchor = re.escape(_folded(passage["anchor"]))
    return " … ".join(
        whole[max(match.start() - WINDOW, 0) : match.end() + WINDOW] for match in re.finditer(anchor, whole)
    )


def _folded(text: str) -> str:
    """Return a text with every run of whitespace as one space."""
    return " ".join(text.split())
