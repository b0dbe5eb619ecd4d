"""Reads what a source prints as a value, such as `71.4 %`, `<1`, `1 in 8`, `7.2 ! (2.55)` or `300 million`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from decimal import Decimal

from kg_builder.core.spreadsheets import ranges_behind

BLANKS = "  \u00a0\u2009\u202f"
DIGITS = rf"\d{{1,3}}(?:['\u2019{BLANKS}]\d{{3}})+(?!\d)(?:[.,]\d+)?|\d[\d.,]*\d|\d"
TOKEN = re.compile(
    rf"(?P<before>[^\d\-+\u2212\u2013(\[]*?)\s*(?P<sign>[\-+\u2212\u2013]?)\s*(?P<digits>{DIGITS})\s*(?P<after>[^()\[\]\d]*)"
    rf"(?:[(\[](?P<inside>[^()\[\]]+)[)\]])?\s*"
)
ONE_IN = re.compile(rf"1 in (?P<digits>{DIGITS})")
INTERVAL = re.compile(
    rf"(?:95 ?% ?)?(?:CI:? ?)?(?P<low>[\-\u2212]?(?:{DIGITS}))\s*%?\s*(?:[\-\u2013,;]|to)"
    rf"\s*(?P<high>[\-\u2212]?(?:{DIGITS}))\s*%?"
)
ERROR = re.compile(rf"(?:SE:? ?)?(?P<error>{DIGITS})")

SCALES = {"thousand": 3, "million": 6, "billion": 9}
SIGNS = {"<": "less than", ">": "more than", "≤": "at most", "~": "about", "≈": "about"}
"""Signs of amount, and the words that stand for them in the labels of quantifiers."""

PERCENT = "percent"
"""The word for the percent sign in the labels of units."""

THOUSANDS = 3
"""How many digits stand in a group of them."""

A_NUMBER = " a number"
"""What the label of a quantifier adds to its word where the word is read otherwise for numbers than for shares."""

FALLS = frozenset(["decrease", "decreased", "decline", "declined", "drop", "dropped", "fall", "fell", "down"])
"""Words before or behind a number that make it negative, as the check printed-values reads them too."""

DECIMAL_MARKS = ".,"
MINUS = "-\u2212\u2013"


@dataclasses.dataclass(frozen=True)
class PrintedValue:
    """The parts of a printed value, each as the text of a cell, empty if the token does not have it.

    `unit` and `quantifier` are words as printed, `status` is a mark such as `!` or `n/a`.
    """

    value: str = ""
    decimals: str = ""
    unit: str = ""
    quantifier: str = ""
    status: str = ""
    low: str = ""
    high: str = ""
    error: str = ""


def read_printed(
    printed: str, gaps: Collection[str] = (), flags: Collection[str] = (), decimal: str = ""
) -> PrintedValue | None:
    """Return the parts of a printed token, or None if it cannot be read as one value.

    Parameters
    ----------
    printed
        The token, at most 80 characters.
    gaps, flags
        What sources print instead of a value, such as `n/a`, and behind one, such as `!`.
    decimal
        The decimal mark, `.` or `,`; the other one then separates thousands. Without it, three digits behind a
        single comma are thousands, and any other last mark is the decimal one.

    Examples
    --------
    >>> read_printed("<0.1%").quantifier
    'less than'
    >>> read_printed("7.2 ! (2.55)", flags=["!"])
    PrintedValue(value='7.2', decimals='1', unit='', quantifier='', status='!', low='', high='', error='2.55')
    >>> read_printed("300 million").decimals
    '-6'
    >>> read_printed("1 in 8").value
    '12.5'
    >>> read_printed("85.322", decimal=",").value
    '85322'
    >>> read_printed("50% decrease").value
    '-50'
    >>> read_printed("half") is None
    True

    """
    text = " ".join(printed.split())
    if ranges_behind(text):
        return None
    if text in gaps:
        return PrintedValue(status=text)
    if whole := ONE_IN.fullmatch(text):
        return _one_in(_number(whole["digits"], decimal))
    found = TOKEN.fullmatch(text)
    number = _number(found["digits"], decimal) if found else None
    if found is None or number is None:
        return None
    before, after, falls = _without_fall(found["before"].strip(), found["after"])
    unit, scale, mark = _after(after, flags)
    value, decimals = _scaled(number, scale)
    inside = _inside(found["inside"], decimal)
    if inside is None:
        return None
    minus = falls or (found["sign"] and found["sign"] in MINUS)
    sign = "-" if minus and Decimal(value) else ""
    return PrintedValue(sign + value, str(decimals), unit, SIGNS.get(before, before), mark, *inside)


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """The ids of what printed words and marks name: units and quantifiers by their case-folded names, and statuses.

    `gaps` are the marks of a missing value, `flags` those that stand behind a value.
    """

    units: Mapping[str, str]
    quantifiers: Mapping[str, str]
    gaps: Mapping[str, str]
    flags: Mapping[str, str]

    def read(self, printed: str, decimal: str = "") -> tuple[PrintedValue | None, dict[str, str]]:
        """Return the parts of a token with ids for words, empty for unknown ones, and the unknown words by part."""
        parts = read_printed(printed, self.gaps, self.flags, decimal)
        if parts is None:
            return None, {}
        word = parts.quantifier.casefold()
        particular = "" if parts.unit == PERCENT else self.quantifiers.get(word + A_NUMBER, "")
        found = dataclasses.replace(
            parts,
            unit=self.units.get(parts.unit.casefold(), ""),
            quantifier=particular or self.quantifiers.get(word, ""),
            status={**self.gaps, **self.flags}.get(parts.status, ""),
        )
        words = {"unit": parts.unit, "quantifier": parts.quantifier}
        return found, {part: word for part, word in words.items() if word and not getattr(found, part)}


def _number(digits: str, decimal: str) -> tuple[str, int] | None:
    """Return a number as digits with a point, and how many digits are behind it; None if its marks make no sense."""
    plain = re.sub(rf"['\u2019{BLANKS}]", "", digits)
    point = decimal or _decimal_mark(plain)
    whole, _, part = plain.partition(point)
    first, *groups = whole.split(DECIMAL_MARKS.replace(point, ""))
    if not re.fullmatch("[0-9]*", part) or not all(len(group) == THOUSANDS for group in groups):
        return None
    if groups and not 1 <= len(first) <= THOUSANDS:
        return None
    value = "".join([first, *groups]).lstrip("0") or "0"
    return (f"{value}.{part}" if part else value), len(part)


def _decimal_mark(digits: str) -> str:
    """Return which of two marks is the decimal one in digits: the last, unless it separates thousands."""
    marks: list[str] = re.findall("[.,]", digits)
    if not marks:
        return "."
    last = marks[-1]
    other: str = DECIMAL_MARKS.replace(last, "")
    if marks.count(last) > 1 or (len(marks) == 1 and re.fullmatch(r"[1-9]\d{0,2},\d{3}", digits)):
        return other
    return last


def _scaled(number: tuple[str, int], scale: int) -> tuple[str, int]:
    """Return a number in thousands or millions as a whole number, and to how many digits it is rounded."""
    value, decimals = number
    return (format(Decimal(value).scaleb(scale), "f"), decimals - scale) if scale else number


def _without_fall(before: str, after: str) -> tuple[str, str, bool]:
    """Return the words before and behind a number without the one that says that it fell, and whether there is one."""
    if before.casefold() in FALLS:
        return "", after, True
    *words, last = after.split() or [""]
    return (before, " ".join(words), True) if last.casefold() in FALLS else (before, after, False)


def _after(text: str, flags: Collection[str]) -> tuple[str, int, str]:
    """Return the words, the scale and the mark behind a number."""
    words = re.sub("(?<=%)(?=[^ ])", " ", text).split()
    mark = words.pop() if words and words[-1] in flags else ""
    scale = SCALES.get(words[0].casefold(), 0) if words else 0
    unit = " ".join(words[1:] if scale else words)
    return PERCENT if unit == "%" else unit, scale, mark


def _inside(text: str | None, decimal: str) -> tuple[str, str, str] | None:
    """Return the limits of an interval, or a standard error, from between brackets; None if it is something else."""
    if text is None:
        return "", "", ""
    if found := INTERVAL.fullmatch(text.strip()):
        ends = [_signed(found[name], decimal) for name in ("low", "high")]
        return (ends[0], ends[1], "") if all(ends) else None
    if found := ERROR.fullmatch(text.strip()):
        error = _signed(found["error"], decimal)
        return ("", "", error) if error else None
    return None


def _signed(text: str, decimal: str) -> str:
    """Return a number with its sign as the text of a cell, empty if its marks make no sense."""
    number = _number(text.lstrip(MINUS), decimal)
    return f"{'-' if text[0] in MINUS else ''}{number[0]}" if number else ""


def _one_in(number: tuple[str, int] | None) -> PrintedValue | None:
    """Return `1 in 8` as 12.5 percent."""
    if number is None or not Decimal(number[0]):
        return None
    places = max(len(number[0]) - 1, 1)
    share = format(round(100 / Decimal(number[0]), places).normalize(), "f")
    return PrintedValue(share, str(len(share.partition(".")[2])), PERCENT)
