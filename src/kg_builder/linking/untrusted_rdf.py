"""Reads untrusted RDF in any format: no other file or host is read, and everything has limits."""

from __future__ import annotations

import codecs
import io
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

import pyoxigraph
from pyoxigraph import Literal, Quad, QuadParser, RdfFormat, Triple

from kg_builder.core.problems import Location, ProblemsFound, quoted
from kg_builder.linking.untrusted_text import JsonWatch, TextWatch, XmlWatch

FILE_LIMIT = 4_000_000_000
"""Maximum size of a file in bytes."""

JSON_LIMIT = 50_000_000
"""Maximum size of a JSON-LD file in bytes; reading takes about ten times its size in memory."""

STATEMENT_LIMIT = 16_000_000
"""Maximum number of bytes from one statement to the next."""

LITERAL_LIMIT = 1_000_000
"""Maximum number of characters of a literal."""

BLOCK = 1 << 18
LIMITS = {RdfFormat.JSON_LD: (JSON_LIMIT, JSON_LIMIT)}
WATCHES = {RdfFormat.JSON_LD: (JsonWatch,), RdfFormat.RDF_XML: (XmlWatch,)}
ENDINGS = {"json": RdfFormat.JSON_LD, "n3": RdfFormat.TURTLE, "owl": RdfFormat.RDF_XML, "xml": RdfFormat.RDF_XML}
"""Extensions that are not the standard one of a format."""

CONTENTS = (
    (re.compile(r"<[?!]|<[\w.-]+(:[\w.-]+)?\s[^>]*xmlns"), RdfFormat.RDF_XML),
    (re.compile(r'\{\s*"|\[\s*[\[{]'), RdfFormat.JSON_LD),
    (re.compile(r'(.*\n)*?\S+\s+<[^>]*>\s+(<[^>]*>|_:\S+|".*"\S*)\s+(<[^>]*>|_:\S+)\s*\.'), RdfFormat.N_QUADS),
)
"""The beginnings of the formats other than TriG, which includes Turtle and N-Triples."""


def read_foreign(path: Path, media: str = "") -> Iterator[Quad]:
    """Yield the quads of a file while reading; raise `ProblemsFound` at the first error, which may come late.

    The media type decides the format, else the extension, else the content. Literals and IRIs are valid,
    no term is a triple, and blank nodes keep their names from the file.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ProblemsFound.at(
                Location(str(path)),
                rule="file",
                found="something that is not a file",
                expected="a plain file",
                hint="Remove it.",
            )
        with path.open("rb") as stream:
            form = _format_of(path, media, stream)
            watched = Watched(path, stream, form)
            for quad in _quads_of(path, watched, form):
                watched.since = 0
                _refuse_unfit(path, quad)
                yield quad
    except OSError as error:
        raise ProblemsFound.at(
            Location(str(path)),
            rule="file",
            found=f"a file that cannot be read ({error.strerror or error})",
            expected="a readable file of RDF",
        ) from error


def _format_of(path: Path, media: str, stream: BinaryIO) -> RdfFormat:
    """Return the format by media type, extension or content; leave the stream at its start."""
    ending = path.suffix[1:].lower()
    said = RdfFormat.from_media_type(media) if media else None
    said = said or ENDINGS.get(ending) or RdfFormat.from_extension(ending)
    if said:
        return RdfFormat.TURTLE if said == RdfFormat.N3 else said
    head = stream.read(BLOCK).decode("utf-8-sig", errors="replace")
    stream.seek(0)
    text = re.sub(r"\A(\s+|#.*)+", "", head)
    return next((form for pattern, form in CONTENTS if pattern.match(text)), RdfFormat.TRIG)


class Watched(io.RawIOBase):
    """A file that is checked block by block before a parser reads it; reading raises `ProblemsFound`.

    `line` is the current line of the parser; it is exact for XML, which is passed on line by line.
    `since` counts the bytes since it was last set to zero.
    """

    def __init__(self, path: Path, stream: BinaryIO, form: RdfFormat) -> None:
        super().__init__()
        self.path, self.stream, self.by_line = path, stream, form == RdfFormat.RDF_XML
        self.limit, self.pause = LIMITS.get(form, (FILE_LIMIT, STATEMENT_LIMIT))
        self.watches = [watch(str(path)) for watch in (TextWatch, *WATCHES.get(form, ()))]
        self.block, self.piece, self.line, self.size, self.since = io.BytesIO(), b"", 1, 0, 0
        self.ended = False

    def read(self, size: int = -1) -> bytes:
        """Return at most some bytes, none at the end."""
        self.line += self.piece.count(b"\n")
        self.piece = self.next_piece(size)
        if not self.piece and self.next_block():
            self.piece = self.next_piece(size)
        self.since += len(self.piece)
        if self.since > self.pause:
            raise ProblemsFound.at(
                Location(str(self.path), self.line),
                rule="size",
                found=f"more than {self.pause:,} bytes without a statement",
                expected="shorter texts",
            )
        return self.piece

    def next_piece(self, size: int) -> bytes:
        """Return the next bytes of the block."""
        return self.block.readline(size) if self.by_line else self.block.read(size)

    def next_block(self) -> bool:
        """Read and check the next block; return whether there is one."""
        if self.ended:
            return False
        content = self.stream.read(BLOCK)
        if not self.size:
            content = content.removeprefix(codecs.BOM_UTF8)
        self.size += len(content)
        if self.size > self.limit:
            raise ProblemsFound.at(
                Location(str(self.path)),
                rule="size",
                found=f"more than {self.limit:,} bytes",
                expected="a smaller file",
                hint="Cut it into files.",
            )
        for watch in self.watches:
            watch.look(content)
        self.block = io.BytesIO(content)
        self.ended = not content
        return not self.ended


def _quads_of(path: Path, watched: Watched, form: RdfFormat) -> Iterator[Quad]:
    """Yield the quads of a watched file; raise `ProblemsFound` on syntax errors."""
    lenient = form == RdfFormat.JSON_LD  # else it silently drops statements with an invalid IRI
    try:
        parser = pyoxigraph.parse(cast("IO[bytes]", watched), format=form, lenient=lenient)
        yield from _strict(path, parser) if lenient else parser
        watched.read()
    except SyntaxError as error:
        raise _unparsed(path, watched, form, error) from error
    except MemoryError as error:  # pyoxigraph's own limit for a token, about 16 MB
        raise ProblemsFound.at(
            Location(str(path)), rule="size", found="a text that is too long", expected="shorter texts"
        ) from error


def _strict(path: Path, parser: QuadParser) -> Iterator[Quad]:
    """Yield the results of a lenient JSON-LD parser, without undefined keys, which are not statements.

    Raise `ProblemsFound` for invalid terms.
    """
    for quad in parser:
        if ":" not in quad.predicate.value:
            continue
        line = f"{quad} ."
        try:
            yield from pyoxigraph.parse(line, format=RdfFormat.N_QUADS)
        except SyntaxError as error:
            term = line[(error.offset or 1) - 1 : (error.end_offset or 1) - 1].strip("<>")
            found = f"{quoted(term or str(quad))} ({_said_by(error)})"
            number = _line_of(path, term) if term else 0
            raise ProblemsFound.at(
                Location(str(path), number), rule="syntax", found=found, expected="absolute IRIs and valid terms"
            ) from error


def _line_of(path: Path, text: str) -> int:
    """Return the number of the first line that contains a text, 0 if there is none."""
    with path.open("rb") as stream:
        return next((number for number, line in enumerate(stream, 1) if text.encode() in line), 0)


def _unparsed(path: Path, watched: Watched, form: RdfFormat, error: SyntaxError) -> ProblemsFound:
    """Return the exception for a parser error; a remote context gets a message of its own."""
    said = _said_by(error)
    if form == RdfFormat.JSON_LD and re.search("LoadDocumentCallback|remote context", said):
        return ProblemsFound.at(
            Location(str(path), max(_line_of(path, '"@context"'), _line_of(path, '"@import"'))),
            rule="context",
            found="a context that stands elsewhere",
            expected="a context within the file",
            hint="It is not fetched: put the context itself in its place.",
        )
    line = watched.line if watched.by_line else error.lineno or 0
    column = f" at column {error.offset}" if error.offset else ""
    return ProblemsFound.at(
        Location(str(path), line),
        rule="syntax",
        found=f"a syntax error{column} ({said})",
        expected=str(form).strip("<>"),
        hint="Give the base in the file." if "No scheme found" in said else "",
    )


def _said_by(error: SyntaxError) -> str:
    """Return the message of a parser, without the position."""
    return re.sub(r"^Parser error at [^:]*: ", "", error.msg)[:200]


def _refuse_unfit(path: Path, quad: Quad) -> None:
    """Raise `ProblemsFound` for a statement about a statement, and for a literal that is too long or contains NUL."""
    value = quad.object
    if isinstance(value, Triple) or isinstance(quad.subject, Triple):
        raise ProblemsFound.at(
            Location(str(path)),
            rule="triple",
            found="a statement about a statement",
            expected="RDF 1.1, whose terms are no triples",
        )
    if isinstance(value, Literal) and (len(value.value) > LITERAL_LIMIT or "\0" in value.value):
        found = f"a literal that has a NUL or more than {LITERAL_LIMIT:,} characters, of {quad.subject}"
        raise ProblemsFound.at(Location(str(path)), rule="literal", found=found, expected="shorter plain text")
