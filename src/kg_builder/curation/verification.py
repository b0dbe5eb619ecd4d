"""Finds every printed token again in the reader's own copy of a report."""

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
"""Characters around an anchor in which a token is looked for where lines cannot be relied on."""


@dataclasses.dataclass(frozen=True)
class Verification:
    """How many tokens were looked for, and those that were not found; `exact` tells whether lines could be used."""

    tokens: int
    exact: bool
    problems: tuple[Problem, ...]


def verify(root: Path, source: str, *copies: Path) -> Verification:
    """Look for the anchor of each passage, and for each printed token at its passage, in a text of the report.

    Several texts are read one after the other, as one; a report may consist of several files.
    In the very text that was consulted (same SHA-256) a token must stand on the passage's lines;
    in any other copy it must stand near the passage's anchor.
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
    """Yield the rows of a table with their lines."""
    with file.path.open(encoding="utf-8-sig", newline="") as stream:
        yield from enumerate(csv.DictReader(stream), 2)


def _stretch(passage: dict[str, str], text: str, *, exact: bool) -> str:
    """Return the folded text of a passage: its lines, or what surrounds its anchor in another copy."""
    if exact:
        return _folded("\n".join(text.split("\n")[int(passage["line_from"]) - 1 : int(passage["line_to"])]))
    whole = _folded(text)
    anchor = re.escape(_folded(passage["anchor"]))
    return " … ".join(
        whole[max(match.start() - WINDOW, 0) : match.end() + WINDOW] for match in re.finditer(anchor, whole)
    )


def _folded(text: str) -> str:
    """Return a text with every run of white space as one blank."""
    return " ".join(text.split())
