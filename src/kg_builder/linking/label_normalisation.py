"""Labels and codes as they are compared, where others write the same thing in another way."""

from __future__ import annotations

import re

from kg_builder.answers.labels import folded

LONGEST = 200
"""Characters of a label that are compared."""

BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
AROUND = re.compile(r"^(the|a|an) | (inc|llc|ltd|limited|plc|corp|corporation|gmbh|ab|ag|sa|bv|co)$")
"""Articles and legal forms, which some data write and others do not."""


def cores(text: str) -> set[str]:
    """Return a label without brackets, an article or a legal form, folded, with joined words parted and as they are."""
    without = BRACKETS.sub(" ", text[:LONGEST])
    return {AROUND.sub("", AROUND.sub("", folded(each))) for each in (without, CAMEL.sub(" ", without))}


def squeezed(name: str) -> str:
    """Return the name of a scheme as it is compared: letters and digits alone, without the word code."""
    return re.sub("[^a-z0-9]", "", name.lower()).removesuffix("code")


def code_of(text: str) -> str:
    """Return a code as it is compared; spreadsheets take leading noughts away."""
    return text.strip().casefold().lstrip("0")
