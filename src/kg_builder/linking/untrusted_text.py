"""Checks untrusted files as bytes before an RDF parser reads them: for what would harm it or pass unnoticed."""

from __future__ import annotations

import codecs
import re
from typing import Any
from xml.parsers import expat

from kg_builder.core.problems import Location, ProblemsFound

DEPTH_LIMIT = 200
"""Maximum nesting of elements, objects or arrays; pyoxigraph 0.5 crashes on deep JSON, and is slow on deep XML."""

ATTRIBUTES_LIMIT = 1000
"""Maximum number of attributes of an element."""

CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
TOKEN = re.compile(rb'["{}\[\]]|\\.?', re.DOTALL)


class TextWatch:
    """Refuses invalid UTF-8 and control characters."""

    def __init__(self, name: str) -> None:
        self.name, self.line, self.offset = name, 1, 0
        self.decoder = codecs.getincrementaldecoder("utf-8")()

    def look(self, content: bytes) -> None:
        """Check the next bytes (empty at the end); raise `ProblemsFound`."""
        waiting = self.decoder.getstate()[0]
        try:
            self.decoder.decode(content, final=not content)
        except UnicodeDecodeError as error:
            at = error.start - len(waiting)
            raise ProblemsFound.at(
                self.at(content, at),
                rule="encoding",
                found=f"the byte 0x{error.object[error.start]:02X} at offset {self.offset + at}, which is not UTF-8",
                expected="UTF-8 text",
                hint="Save the file as UTF-8.",
            ) from error
        if match := CONTROL.search(content):
            raise ProblemsFound.at(
                self.at(content, match.start()),
                rule="control",
                found=f"the control character U+{match[0][0]:04X} at offset {self.offset + match.start()}",
                expected="plain text without it",
            )
        self.line += content.count(b"\n")
        self.offset += len(content)

    def at(self, content: bytes, offset: int) -> Location:
        """Return the line of a byte of a block."""
        return Location(self.name, self.line + content.count(b"\n", 0, max(offset, 0)))


class XmlWatch:
    """Refuses XML with a DOCTYPE, which could define endless entities, and XML that is not well-formed."""

    def __init__(self, name: str) -> None:
        self.name, self.line, self.tail, self.depth = name, 1, b"", 0
        self.parser = expat.ParserCreate("UTF-8")
        self.parser.StartElementHandler = self.open
        self.parser.EndElementHandler = self.close

    def look(self, content: bytes) -> None:
        """Check the next bytes (empty at the end); raise `ProblemsFound`.

        The bytes are searched directly, because expat may delay its input while another parser continues.
        """
        seen = self.tail + content
        if match := DECLARATION.search(seen):
            found = match[0].decode().upper()
            line = self.line + seen.count(b"\n", len(self.tail), match.end())
            raise ProblemsFound.at(
                Location(self.name, line),
                rule="doctype",
                found=f"{found} in RDF/XML",
                expected="RDF/XML without it",
                hint="Write its entities out.",
            )
        self.line += content.count(b"\n")
        self.tail = seen[-len("<!DOCTYPE") :]
        try:
            self.parser.Parse(content, not content)
        except expat.ExpatError as error:
            raise ProblemsFound.at(
                Location(self.name, error.lineno),
                rule="syntax",
                found=f"a syntax error at column {error.offset + 1} ({expat.ErrorString(error.code)})",
                expected="well-formed XML",
            ) from error

    def open(self, _: str, attributes: dict[str, Any]) -> None:
        """Count the start of an element."""
        self.depth += 1
        if self.depth > DEPTH_LIMIT or len(attributes) > ATTRIBUTES_LIMIT:
            raise ProblemsFound.at(
                Location(self.name, self.parser.CurrentLineNumber),
                rule="depth",
                found=f"more than {DEPTH_LIMIT} elements within each other, or {ATTRIBUTES_LIMIT:,} attributes in one",
                expected="RDF/XML that is flat",
            )

    def close(self, _: str) -> None:
        """Count the end of an element."""
        self.depth -= 1


class JsonWatch:
    """Refuses JSON whose objects and arrays are nested too deeply."""

    def __init__(self, name: str) -> None:
        self.name, self.line, self.depth, self.tail, self.text = name, 1, 0, b"", False

    def look(self, content: bytes) -> None:
        """Check the next bytes; raise `ProblemsFound`."""
        content = self.tail + content
        self.tail = b""
        for match in TOKEN.finditer(content):
            token = match[0]
            if token == b"\\":
                self.tail = token
            elif token == b'"':
                self.text = not self.text
            elif not self.text and len(token) == 1:
                self.depth += 1 if token in b"{[" else -1
                if self.depth > DEPTH_LIMIT:
                    found = f"more than {DEPTH_LIMIT} objects or arrays within each other"
                    line = self.line + content.count(b"\n", 0, match.start())
                    raise ProblemsFound.at(
                        Location(self.name, line), rule="depth", found=found, expected="JSON-LD that is flat"
                    )
        self.line += content.count(b"\n")
