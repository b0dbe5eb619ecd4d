"""Normalises labels and codes for comparison, because others may write the same thing differently."""

from __future__ import annotations

import re

from kg_builder.answers.labels import folded

LONGEST = 200
"""Maximum number of characters of a label that are compared."""

BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
AROUND = re.compile(r"^(the|a|an) | (inc|llc|ltd|limited|plc|corp|corporation|gmbh|ab|ag|sa|bv|co)$")
"""Articles and legal forms, which only some data include."""


def cores(text: str) -> set[str]:
    """Return a label folded, without brackets, article and legal form, with joined words both split and unsplit."""
    without = BRACKETS.sub(" ", text[:LONGEST])
    return {AROUND.sub("", AROUND.sub("", folded(each))) for each in (without, CAMEL.sub(" ", without))}


def squeezed(name: str) -> str:
    """Return the name of a scheme for comparison: only letters and digits, without the word code."""
    return re.sub("[^a-z0-9]", "", name.lower()).removesuffix("code")


def code_of(text: str) -> str:
    """Return a code for comparison, without leading zeros, which spreadsheets remove."""
    return text.strip().casefold().lstrip("0")
