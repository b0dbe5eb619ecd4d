"""Prevents spreadsheets from running cells as formulas."""

from __future__ import annotations

import re

FORMULA = re.compile(r"[=+@]|-(?![0-9]+([.][0-9]+)?$)")


def neutral(cell: str) -> str:
    """Return a cell in a form that no spreadsheet runs as a formula; numbers are unchanged."""
    return f"'{cell}" if FORMULA.match(cell) else cell
