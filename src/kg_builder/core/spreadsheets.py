"""What spreadsheets do to cells: run them as formulas, make dates of ranges, drop zeros, add separators."""

from __future__ import annotations

import re

FORMULA = re.compile(r"[=+@]|-(?![0-9]+([.][0-9]+)?$)")

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan janv ene", "feb févr fev", "mar mär mrz mars", "apr avr abr", "may mai", "jun juin", "jul juil",
            "aug août ago", "sep sept", "oct okt", "nov", "dec dez déc dic",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
"""The short names of months in English, German, French and Spanish."""

DATES = (
    re.compile(r"(?P<day>\d{1,2})(?:[-. ]|\. )(?P<month>[^\W\d]+)\.?"),
    re.compile(r"(?P<month>[^\W\d]+)\.?[- ](?P<year>\d\d)"),
    re.compile(r"\d\d(?P<year>\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?:[ T]00:00:00)?"),
    re.compile(r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?:\d\d)?(?P<year>\d\d)"),
)
"""The forms in which spreadsheets write the dates that they have made."""

GROUPED = re.compile(r"-?[0-9]{1,3}([ '.,\u00a0\u2019\u202f])[0-9]{3}(\1[0-9]{3})*")
SHORTENED = re.compile(r"-?[0-9]([.,][0-9]+)?E[+-][0-9]{2,}")


def neutral(cell: str) -> str:
    """Return a cell in a form that no spreadsheet runs as a formula; numbers are unchanged."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def ranges_behind(cell: str) -> list[str]:
    """Return the ranges of which a spreadsheet may have made a date, the likeliest first; none if it is no date.

    >>> [ranges_behind(cell) for cell in ("16-Sep", "Sep-16", "2018-09-16", "2016-09-01", "9-16", "Grade 9")]
    [['9-16'], ['9-16'], ['9-16'], ['9-16', '1-9'], [], []]
    """
    found = next((match for form in DATES if (match := form.fullmatch(cell))), None)
    if found is None:
        return []
    parts = found.groupdict()
    month = int(parts["month"]) if parts["month"].isdigit() else MONTHS.get(parts["month"].casefold(), 0)
    day, year = int(parts.get("day") or 1), int(parts.get("year") or 0)
    pairs = [(month, year)] if day == 1 and year else []
    pairs += [(month, day)] if "day" in parts else []
    return [f"{min(pair)}-{max(pair)}" for pair in pairs if 0 < min(pair) < max(pair)]


def damage(cell: str, pattern: str = "") -> str:
    """Return what a spreadsheet has done to a cell, as a sentence that says how to fix it; empty if nothing.

    `pattern` is that of the whole cell, where it is known: it shows which zeros are missing.

    >>> damage("16-Sep")
    'A spreadsheet turned a range into a date: format the column as text, and write 9-16 again.'
    >>> damage("76", "^[0-9]{3}$")
    'A spreadsheet took away leading zeros: format the column as text, and write 076.'
    >>> damage("1 234")
    'Leave out what separates thousands: write 1234.'
    """
    if ranges := ranges_behind(cell):
        return f"A spreadsheet turned a range into a date: format the column as text, and write {ranges[0]} again."
    zeros = next((each for each in ("0", "00", "000") if pattern and re.fullmatch(pattern, each + cell)), "")
    if zeros and cell.isdigit():
        return f"A spreadsheet took away leading zeros: format the column as text, and write {zeros}{cell}."
    if GROUPED.fullmatch(cell):
        return f"Leave out what separates thousands: write {re.sub('[^0-9-]', '', cell)}."
    if SHORTENED.fullmatch(cell):
        return "A spreadsheet shortened the number: format the column as text, and write all its digits."
    return ""
