"""Splits canonical N-Quads as text, line by line: no term becomes an object, and no graph is held in memory."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

Statement = Sequence[str]
"""Subject, predicate and object in N-Triples syntax, such as `<https://…>` or `"28.6"^^<https://…>`."""

PIECE = 8 << 20
"""Bytes of lines that are assigned to their graphs in one step."""

ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
CONTROLS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def statements(path: Path) -> Iterator[Statement]:
    """Yield the statements of a file of canonical N-Triples, in file order."""
    # the only line ending is LF; literals may contain others
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield line[:-3].split(" ", 2)


def write_statements(found: Iterable[Statement], path: Path) -> None:
    """Write statements as N-Triples."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{subject} {predicate} {value} .\n" for subject, predicate, value in found)


def union(path: Path) -> Iterator[Statement]:
    """Yield the statements of a file of sorted N-Quads; a statement in several named graphs is yielded once."""
    former = ""
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            triple = line.rpartition(" <")[0]
            if triple != former:
                yield triple.split(" ", 2)
                former = triple


def named_graphs(path: Path) -> list[tuple[str, Path]]:
    """Return the IRIs of the named graphs of sorted N-Quads, sorted, each with a file of its sorted N-Triples.

    The files are written once, to the folder `graphs` next to the N-Quads.
    """
    folder = path.with_name("graphs")
    names = folder / "names"
    if not names.is_file():
        folder.mkdir(exist_ok=True)
        numbers: dict[bytes, int] = {}
        with path.open("rb") as lines:
            while piece := lines.readlines(PIECE):
                for name, part in _parted(piece).items():
                    number = numbers.setdefault(name, len(numbers))
                    with (folder / f"{number}.nt").open("ab") as stream:
                        stream.writelines(part)
        names.write_bytes(b"".join(b"%b\n" % name for name in numbers))
    found = enumerate(names.read_text(encoding="utf-8").splitlines())
    return sorted((name, folder / f"{number}.nt") for number, name in found)


def _parted(lines: Iterable[bytes]) -> dict[bytes, list[bytes]]:
    """Return the lines of N-Triples of each named graph."""
    parts: dict[bytes, list[bytes]] = defaultdict(list)
    for line in lines:
        triple, _, name = line.rpartition(b" <")
        parts[name[:-4]].append(triple + b" .\n")
    return parts


def iri(text: str) -> str:
    """Return the IRI without the angle brackets of N-Triples; a blank node is unchanged."""
    return text[1:-1] if text.startswith("<") else text


def literal(text: str) -> tuple[str, str]:
    r"""Return the value of a literal, and its suffix: empty, `@en` or `^^<https://…>`.

    >>> literal('"17"^^<http://www.w3.org/2001/XMLSchema#integer>')
    ('17', '^^<http://www.w3.org/2001/XMLSchema#integer>')
    >>> literal(r'"\"so\""@en')
    ('"so"', '@en')
    """
    quoted, _, kind = text.rpartition('"')
    value = quoted[1:]
    return (ESCAPE.sub(_unescaped, value) if "\\" in value else value), kind


def _unescaped(found: re.Match[str]) -> str:
    """Return the character that an escape sequence represents."""
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else CONTROLS.get(found[3], found[3])
