"""A reader's copy of a report, as text in UTF-8 or as PDF: its lines, and where each stands in the copy."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path

from kg_builder.core.problems import Problem, ProblemsFound
from kg_builder.core.text_files import text_of

PDF_SIGNATURE = b"%PDF-"
SIGNATURE_WITHIN = 1024
"""Bytes at the beginning of a PDF in which its signature stands (ISO 32000-1, note 13 of annex H)."""

PDFIUM_HYPHENS = dict.fromkeys(map(ord, "\x02\ufffe"), "-")
"""The characters by which PDFium marks a hyphen at the end of a line."""

PASSWORD_REQUIRED = 4
"""PDFium's FPDF_ERR_PASSWORD."""


@dataclasses.dataclass(frozen=True)
class ReportDocument:
    """A copy of a report. `lines` and `places` correspond; `sha256` is that of all files one after the other."""

    name: str
    lines: Sequence[str]
    places: Sequence[str]
    sha256: str

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines)


def read_document(*paths: Path) -> ReportDocument:
    """Return a copy of a report, which may consist of several files in order; a file is a text or a PDF.

    Raise `ProblemsFound` for a file that cannot be read, a broken or encrypted PDF, a PDF of scanned pages,
    and a copy without any text.
    """
    lines: list[str] = []
    places: list[str] = []
    digest = hashlib.sha256()
    for path in paths:
        prefix = f"{path.name}, " if len(paths) > 1 else ""
        content = _bytes_of(path)
        digest.update(content)
        if PDF_SIGNATURE in content[:SIGNATURE_WITHIN]:
            for number, page in enumerate(_pages(path, content), 1):
                listed = page.splitlines()
                lines += listed
                places += [f"{prefix}page {number}"] * len(listed)
        else:
            listed = text_of(path, str(path), "text or PDF").replace("\r\n", "\n").split("\n")
            if lines and not lines[-1]:  # the file before ended with a line break
                lines.pop()
                places.pop()
            lines += listed
            places += [f"{prefix}line {number}" for number in range(1, len(listed) + 1)]
    if not any(line.strip() for line in lines):
        raise _refusal(paths[0], "a file without text", "Is it the right file?")
    return ReportDocument(" + ".join(map(str, paths)), lines, places, digest.hexdigest())


def _bytes_of(path: Path) -> bytes:
    """Return the content of a file; raise `ProblemsFound` if it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _refusal(path, "no file of that name", "Is the path right?") from error
    except OSError as error:
        raise _refusal(path, f"a file that cannot be read ({error.strerror})", "") from error


def _pages(path: Path, content: bytes) -> Sequence[str]:
    """Return the text of each page of a PDF, in the order in which the PDF writes it: column by column."""
    import pypdfium2  # noqa: PLC0415  (a binary library, and only for PDFs)

    try:
        with pypdfium2.PdfDocument(content) as document:
            pages = [page.get_textpage().get_text_bounded().translate(PDFIUM_HYPHENS) for page in document]
    except pypdfium2.PdfiumError as error:
        if error.err_code == PASSWORD_REQUIRED:
            raise _refusal(path, "a PDF that needs a password", "Save a copy without password.") from error
        raise _refusal(path, "a broken PDF", "Download or save it again.") from error
    if not any(page.strip() for page in pages):
        found = f"a PDF of {len(pages):,} pages without text, as scanners make it"
        raise _refusal(path, found, "Run text recognition (OCR) on it first.")
    return pages


def _refusal(path: Path, found: str, hint: str) -> ProblemsFound:
    return ProblemsFound([Problem(str(path), 0, "", "file", found, "the report as text in UTF-8 or as PDF", hint)])
