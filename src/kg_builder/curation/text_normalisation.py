"""Text reduced to the characters that carry meaning, each traced back to its line in the source."""

from __future__ import annotations

import bisect
import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\u2070\u00b9\u00b2\u00b3\u2074-\u2079]")
"""Soft hyphens, characters without width, and superscript digits, which are marks of notes."""

TOKEN = re.compile(
    r"(?P<thousands>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d))"
    r"|(?P<decimal>\d{1,3},\d{1,2}(?![\d,]|[^\W_]))"
    r"|\d+(?:\.\d+)*|[^\W\d_]+|[%‰<>≤≥€$£]"
)
"""What is compared: numbers, words, and the signs that change what a number means. Quotes, dashes and spaces do not.

A comma followed by three digits separates thousands; one followed by one or two digits is a decimal comma, unless it
separates the cells of a table, as in `2019,45`.
"""

NUMBER = re.compile(r"\d+(?:\.\d+)*")


@dataclasses.dataclass(frozen=True)
class Span:
    """Characters of a normalised text: from `start` up to, but not including, `end`."""

    start: int
    end: int

    def holds(self, inner: Span) -> bool:
        """Whether another span begins and ends within this one."""
        return self.start <= inner.start and inner.end <= self.end


@dataclasses.dataclass(frozen=True)
class PrintedNumber:
    """A number of a text: its value as normalised, whether a percent sign follows, and where it stands."""

    value: str
    is_percent: bool
    span: Span

    @property
    def shown(self) -> str:
        """The number as messages show it."""
        return f"{self.value}%" if self.is_percent else self.value


@dataclasses.dataclass(frozen=True)
class NormalisedText:
    """Letters, digits and signs of a text in lower case, without spaces.

    `token_starts` are the characters at which a word, a number or a sign begins, in order;
    `token_lines` are their lines in the source, from 0. Two numbers in a row keep a space between them.
    """

    characters: str
    token_starts: Sequence[int]
    token_lines: Sequence[int]

    @cached_property
    def _starts(self) -> frozenset[int]:
        return frozenset((*self.token_starts, len(self.characters)))

    def __len__(self) -> int:
        """Return the number of characters."""
        return len(self.characters)

    @property
    def whole(self) -> Span:
        """All characters."""
        return Span(0, len(self.characters))

    def line_at(self, position: int) -> int:
        """Return the line of the source, from 0, of the token at a character; 0 in an empty text."""
        index = bisect.bisect_right(self.token_starts, position) - 1
        return self.token_lines[max(index, 0)] if self.token_lines else 0

    def lines(self, first: int, last: int) -> Span:
        """Return the characters of the lines from `first` to `last`, from 0, both included."""
        return Span(self._start_of_line(first), self._start_of_line(last + 1))

    def _start_of_line(self, line: int) -> int:
        index = bisect.bisect_left(self.token_lines, line)
        return self.token_starts[index] if index < len(self.token_starts) else len(self.characters)

    def occurrences(self, phrase: str, within: Span | None = None, *, is_open: bool = False) -> Iterator[Span]:
        """Yield where a normalised phrase stands as whole words and numbers: never `7%` within `47%`.

        If `is_open`, the phrase ends with a hyphen, so its last word may continue.

        Example:
            >>> [span.start for span in normalise("47% and 7 %").occurrences(normalise("7%").characters)]
            [6]

        """
        area = within or self.whole
        position = self.characters.find(phrase, area.start, area.end) if phrase else -1
        while position >= 0:
            if self._is_boundary(position) and (is_open or self._is_boundary(position + len(phrase))):
                yield Span(position, position + len(phrase))
            position = self.characters.find(phrase, position + 1, area.end)

    def _is_boundary(self, position: int) -> bool:
        return position in self._starts or self.characters[position : position + 1] == " "

    def tokens(self, area: Span) -> Sequence[Span]:
        """Return the words, numbers and signs of a span, in order."""
        first = bisect.bisect_left(self.token_starts, area.start)
        starts = [*self.token_starts[first : bisect.bisect_left(self.token_starts, area.end)], area.end]
        return [Span(start, end) for start, end in pairwise(starts)]

    def of(self, span: Span) -> str:
        """Return the characters of a span."""
        return self.characters[span.start : span.end].strip()

    @cached_property
    def numbers(self) -> Sequence[PrintedNumber]:
        """All numbers in order."""
        found = []
        for start in self.token_starts:
            match = NUMBER.match(self.characters, start)
            if match:
                is_percent = self.characters.startswith(("%", "percent"), match.end())
                found.append(PrintedNumber(match[0], is_percent, Span(start, match.end())))
        return found

    def numbers_in(self, area: Span) -> Sequence[PrintedNumber]:
        """Return the numbers of a span, in order."""
        starts = self._number_starts
        return self.numbers[bisect.bisect_left(starts, area.start) : bisect.bisect_left(starts, area.end)]

    def number_after(self, position: int) -> PrintedNumber | None:
        """Return the first number that begins at a character or behind it."""
        index = bisect.bisect_left(self._number_starts, position)
        return self.numbers[index] if index < len(self.numbers) else None

    @cached_property
    def _number_starts(self) -> Sequence[int]:
        return [number.span.start for number in self.numbers]


def normalise(text: str) -> NormalisedText:
    r"""Return a text reduced to what carries meaning.

    Ligatures, letters with separate accents and wide characters become plain ones (NFKC); case, quotes, dashes,
    hyphens, spaces and line breaks are dropped; a decimal comma becomes a point, and commas in thousands disappear.

    Example:
        >>> normalise("Conﬁ-\ndence: 0,9 % of 1,040").characters
        'confidence0.9%of1040'

    """
    pieces: list[str] = []
    starts: list[int] = []
    lines: list[int] = []
    length = 0
    follows_number = False
    for line, content in enumerate(text.split("\n")):
        plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", content)).casefold()
        for match in TOKEN.finditer(plain):
            token = match[0]
            is_number = token[0].isdigit()
            if is_number:
                token = _plain_number(match)
                if follows_number:
                    pieces.append(" ")
                    length += 1
            follows_number = is_number
            pieces.append(token)
            starts.append(length)
            lines.append(line)
            length += len(token)
    return NormalisedText("".join(pieces), starts, lines)


def phrase_of(text: str) -> str:
    """Return the characters of a phrase, as `NormalisedText.occurrences` searches for them."""
    return normalise(text.replace("\n", " ")).characters


def _plain_number(match: re.Match[str]) -> str:
    """Return a number with a decimal point and without separators of thousands."""
    return match[0].replace(",", "." if match["decimal"] else "")
