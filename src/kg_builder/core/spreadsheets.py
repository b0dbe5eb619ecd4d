"""Keeps spreadsheets from taking cells for formulas."""

from __future__ import annotations

import re

FORMULA = re.compile(r"[=+@]|-(?![0-9]+([.][0-9]+)?$)")


def neutral(cell: str) -> str:
    """Return a cell so that no spreadsheet takes it for a formula; numbers stay as they are."""
    return f"'{cell}" if FORMULA.match(cell) else cell
