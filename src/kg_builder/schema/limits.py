"""The limits that a shape may set on each value of a column: facets of SHACL with one number or one pattern.

To add one, add a row to `LIMITS`: shapes may then use it, and cells, derived triples, messages, the data dictionary,
the CSVW metadata and `kg-builder explain` follow.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal

from rdflib import SH, URIRef

from kg_builder.core.iris import last_part


@dataclasses.dataclass(frozen=True)
class Limit:
    """A facet of SHACL that limits values: how the engine and the store check it, and what people and programs read.

    In `broken`, SQL, `{value}` is a cell and `{limit}` the parameter; it holds for cells that break the limit.
    In `holds`, SPARQL, `?value` is a value and `{limit}` the parameter; it holds for values that keep the limit.
    `words` say what is expected, `csvw` is the key in a CSVW datatype, `csvw_value` turns the parameter into its value
    there, and `explanation` is the text of `kg-builder explain`.
    """

    term: URIRef
    broken: str
    holds: str
    words: str
    csvw: str
    explanation: str
    csvw_value: Callable[[str], str | int] = str
    is_pattern: bool = False

    @property
    def rule(self) -> str:
        """The name of the rule, such as `maxLength`."""
        return last_part(str(self.term))

    def expected(self, parameter: str, mark: str = "") -> str:
        """Return in words what a value should be; a pattern stands between two marks.

        >>> LIMITS[0].expected("1000")
        'at most 1,000 characters'
        >>> LIMITS[1].expected("^[A-Z]{2}$", "`")
        'text that matches `^[A-Z]{2}$`'
        """
        return self.words.format(limit=f"{mark}{parameter}{mark}" if self.is_pattern else Decimal(parameter))


LIMITS = (
    Limit(
        SH.maxLength,
        broken="length({value}) > {limit}",
        holds="STRLEN(STR(?value)) <= {limit}",
        words="at most {limit:,} characters",
        csvw="maxLength",
        csvw_value=int,
        explanation="The value has at most the number of characters that the shape of the column gives (sh:maxLength). "
        "Sentences of a report are not copied: say it in your own words, and shorter.",
    ),
    Limit(
        SH.pattern,
        broken="NOT regexp_matches({value}, {limit})",
        holds="REGEX(STR(?value), {limit})",
        words="text that matches {limit}",
        csvw="format",
        explanation="The value must match the pattern of the column (sh:pattern), a regular expression that the "
        "dictionary of the build lists. An id, for example, is of lower-case ASCII words joined by hyphens, because it "
        "becomes part of an address. Right: dark-web. Wrong: Dark Web. Correct the value.",
        is_pattern=True,
    ),
    Limit(
        SH.minInclusive,
        broken="TRY_CAST({value} AS DOUBLE) < {limit}",
        holds="?value >= {limit}",
        words="at least {limit}",
        csvw="minimum",
        explanation="The number must not be lower than the bound of the column (sh:minInclusive), such as 0 for a "
        "share. Look for a misprint or a missing decimal point.",
    ),
    Limit(
        SH.maxInclusive,
        broken="TRY_CAST({value} AS DOUBLE) > {limit}",
        holds="?value <= {limit}",
        words="at most {limit}",
        csvw="maximum",
        explanation="The number must not be higher than the bound of the column (sh:maxInclusive), such as 100 for a "
        "share in percent. Look for a misprint or a missing decimal point.",
    ),
)
"""All limits, in the order in which a cell is checked: of several broken limits, the first is reported."""
