"""A reader's copy of a report, as text in UTF-8 or as PDF: its lines, and where each stands in the copy."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from kg_builder.core.problems import Location, ProblemsFound
from kg_builder.core.text_files import text_of

PDF_SIGNATURE = b"%PDF-"
SIGNATURE_WITHIN = 1024
"""Bytes at the beginning of a PDF in which its signature stands (ISO 32000-1, note 13 of annex H)."""

PDFIUM_HYPHENS = dict.fromkeys(map(ord, "\x02\ufffe"), "-")
"""The characters by which PDFium marks a hyphen at the end of a line."""

LINE_BREAK = re.compile("\r\n|[\n\r\u2028\u2029]")

RUNNING_LINES = 2
"""Lines at the top and at the bottom of a page that may be its header or footer."""
FEWEST_PAGES = 2
"""Pages on which a line must stand, at least one more, to be a header or footer."""

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
        is_pdf = PDF_SIGNATURE in content[:SIGNATURE_WITHIN]
        pages = _pages_of_pdf(path, content) if is_pdf else _pages_of_text(text_of(path, str(path), "text or PDF"))
        if lines and not lines[-1]:  # the file before ended with a line break
            lines.pop()
            places.pop()
        number = 1
        for page_number, page in enumerate(_without_running_lines(pages), 1):
            lines += page
            listed = range(number, number + len(page))
            places += [f"{prefix}page {page_number}" if is_pdf else f"{prefix}line {line}" for line in listed]
            number += len(page)
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


def _pages_of_text(text: str) -> Sequence[Sequence[str]]:
    """Return the lines of each page of a text; form feeds part pages, and stay with the line before them."""
    pages: list[list[str]] = [[]]
    for line in LINE_BREAK.split(text):
        pages[-1].append(line)
        if "\f" in line:
            pages.append([])
    return pages


def _without_running_lines(pages: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    """Return pages in which the headers and footers that most of them have are empty, whatever their numbers are."""
    ends = [_lines_at_ends(page) for page in pages]
    counts = Counter(
        form for page, numbers in zip(pages, ends, strict=True) for form in {_form(page[n]) for n in numbers}
    )
    running = {form for form, count in counts.items() if count > max(len(pages) / 2, FEWEST_PAGES)}
    return [
        ["" if number in numbers and _form(line) in running else line for number, line in enumerate(page)]
        for page, numbers in zip(pages, ends, strict=True)
    ]


def _lines_at_ends(page: Sequence[str]) -> set[int]:
    """Return the numbers of the first and last lines of a page that are not empty."""
    filled = [number for number, line in enumerate(page) if line.strip()]
    return {*filled[:RUNNING_LINES], *filled[-RUNNING_LINES:]}


def _form(line: str) -> str:
    """Return a line with its numbers replaced, so that headers with page numbers are alike."""
    return re.sub(r"\d+", "#", " ".join(line.split()))


def _pages_of_pdf(path: Path, content: bytes) -> Sequence[Sequence[str]]:
    """Return the lines of each page of a PDF, in the order in which the PDF writes them: column by column."""
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
    return [page.splitlines() for page in pages]


def _refusal(path: Path, found: str, hint: str) -> ProblemsFound:
    return ProblemsFound.at(
        Location(str(path)), rule="file", found=found, expected="the report as text in UTF-8 or as PDF", hint=hint
    )
