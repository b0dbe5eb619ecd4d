"""PDF copies of a text in several layouts, for the tests of verification."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

FONT, SIZE, LEADING, MARGIN, GUTTER = "Helvetica", 9, 11, 50, 24


@dataclasses.dataclass(frozen=True)
class Layout:
    """How a PDF lays a text out. `is_row_by_row` draws the columns of a page alternately, one line of each."""

    page: tuple[float, float] = A4
    columns: int = 1
    is_hyphenated: bool = False
    is_row_by_row: bool = False

    @property
    def width(self) -> float:
        """The width of a column in points."""
        return (self.page[0] - 2 * MARGIN - (self.columns - 1) * GUTTER) / self.columns


LAYOUTS = {
    "one column": Layout(),
    "two columns": Layout(columns=2),
    "letter size with hyphenation": Layout(page=LETTER, columns=2, is_hyphenated=True),
}


def write_pdf(text: str, path: Path, layout: Layout, encryption: StandardEncryption | None = None) -> None:
    """Write a text as a PDF with the number of the page below; lines too long for a column are broken."""
    canvas = Canvas(str(path), pagesize=layout.page, invariant=True, encrypt=encryption)
    lines = [part for line in text.split("\n") for part in broken(line, layout)]
    per_column = int((layout.page[1] - 2 * MARGIN) / LEADING)
    per_page = per_column * layout.columns
    for number, first in enumerate(range(0, len(lines), per_page), 1):
        canvas.setFont(FONT, SIZE)
        for line, column, row in placed(lines[first : first + per_page], per_column, layout):
            x = MARGIN + column * (layout.width + GUTTER)
            canvas.drawString(x, layout.page[1] - MARGIN - row * LEADING, line)
        canvas.drawCentredString(layout.page[0] / 2, MARGIN / 2, str(number))
        canvas.showPage()
    canvas.save()


def placed(lines: Sequence[str], per_column: int, layout: Layout) -> Iterator[tuple[str, int, int]]:
    """Yield the lines of a page with column and row, in the order in which they are drawn."""
    places = [(line, *divmod(number, per_column)) for number, line in enumerate(lines)]
    yield from sorted(places, key=lambda each: (each[2], each[1])) if layout.is_row_by_row else places


def broken(line: str, layout: Layout) -> Iterator[str]:
    """Yield a line in parts that fit into a column."""
    part = ""
    for word in line.split():
        wider = f"{part} {word}".strip()
        if stringWidth(wider, FONT, SIZE) <= layout.width:
            part = wider
            continue
        head = fitting(part, word, layout) if layout.is_hyphenated else ""
        yield f"{part} {head}-" if head else part
        part = word[len(head) :]
    yield part


def fitting(part: str, word: str, layout: Layout) -> str:
    """Return the beginning of a word that still fits with a hyphen, empty if it is too short."""
    for end in range(len(word) - 3, 2, -1):
        if word.isalpha() and stringWidth(f"{part} {word[:end]}-", FONT, SIZE) <= layout.width:
            return word[:end]
    return ""


def write_scan(path: Path, pages: int = 2) -> None:
    """Write a PDF whose pages have lines, but no text."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    for _ in range(pages):
        canvas.line(50, 50, 500, 700)
        canvas.showPage()
    canvas.save()
