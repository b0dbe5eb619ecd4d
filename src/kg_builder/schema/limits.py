"""The limits that a shape may set on each value of a column: facets of SHACL that one condition on a cell can check.

To add one, add a row to `LIMITS`: shapes may then use it, and cells, derived triples, messages, the data dictionary,
the CSVW metadata and `kg-builder explain` follow.

Other facets decide how cells are read and rendered: what a value is (`sh:datatype`, `sh:class`, `sh:nodeKind`) and how
many a cell holds (`sh:minCount`, `sh:maxCount`). No cell can break `sh:languageIn`, as a column has one language.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Literal

from rdflib import SH, Graph, Node, URIRef
from rdflib.collection import Collection

from kg_builder.core.iris import last_part


@dataclasses.dataclass(frozen=True)
class Limit:
    """A facet of SHACL that limits values: how the engine and the store check it, and what people and programs read.

    The `parameter` is a number, a pattern, a list of terms, of which one is enough, or the property of another column.
    In `broken`, SQL, `{value}` is a cell and `{limit}` the parameter, a term or the other column, whose cells are
    ordered as `{type}`; it holds for cells that break the limit.
    In `holds`, SPARQL, `?value` is a value of `?this` and `{limit}` the parameter or a term; it holds for values that
    keep the limit.
    `words` say what is expected, `dictionary_words` are those of the data dictionary if they differ, `csvw` is the key
    in a CSVW datatype, if there is one, `csvw_value` turns the parameter into its value there, and `explanation` is the
    text of `kg-builder explain`.
    """

    term: URIRef
    parameter: Literal["number", "pattern", "terms", "property"]
    broken: str
    holds: str
    words: str
    explanation: str
    dictionary_words: str = ""
    csvw: str = ""
    csvw_value: Callable[[str], str | int] = str

    @property
    def rule(self) -> str:
        """The name of the rule, such as `maxLength`."""
        return last_part(str(self.term))

    def parameters(self, shapes: Graph, value: Node) -> list[Node]:
        """Return the parameter as it stands in the shapes: its terms, or its one value."""
        return [*Collection(shapes, value)] if self.parameter == "terms" else [value]


LIMITS = (
    Limit(
        SH.maxLength,
        "number",
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
        "pattern",
        broken="NOT regexp_matches({value}, {limit})",
        holds="REGEX(STR(?value), {limit})",
        words="text that matches {limit}",
        dictionary_words="matches {limit}",
        csvw="format",
        explanation="The value must match the pattern of the column (sh:pattern), a regular expression that the "
        "dictionary of the build lists. An id, for example, is of lower-case ASCII words joined by hyphens, because it "
        "becomes part of an address. Right: dark-web. Wrong: Dark Web. Correct the value.",
    ),
    Limit(
        SH.minInclusive,
        "number",
        broken="TRY_CAST({value} AS DOUBLE) < {limit}",
        holds="?value >= {limit}",
        words="at least {limit}",
        csvw="minimum",
        explanation="The number must not be lower than the bound of the column (sh:minInclusive), such as 0 for a "
        "share. Look for a misprint or a missing decimal point.",
    ),
    Limit(
        SH.maxInclusive,
        "number",
        broken="TRY_CAST({value} AS DOUBLE) > {limit}",
        holds="?value <= {limit}",
        words="at most {limit}",
        csvw="maximum",
        explanation="The number must not be higher than the bound of the column (sh:maxInclusive), such as 100 for a "
        "share in percent. Look for a misprint or a missing decimal point.",
    ),
    Limit(
        SH.lessThanOrEquals,
        "property",
        broken="TRY_CAST({value} AS {type}) > TRY_CAST({limit} AS {type})",
        holds="NOT EXISTS {{ ?this {limit} ?other FILTER (!COALESCE(?value <= ?other, false)) }}",
        words="not more than {limit}",
        dictionary_words="not above {limit}",
        explanation="The value must not be above that of another column of the same row (sh:lessThanOrEquals), "
        "such as the start of a period, which is not after its end. Correct one of the two cells.",
    ),
    Limit(
        SH["in"],
        "terms",
        broken="{value} <> {limit}",
        holds="SAMETERM(?value, {limit})",
        words="one of {limit}",
        explanation="The value must be one of the list in the shape of the column (sh:in); the message names them all. "
        "Choose one of them. To allow a further value, add it to the list in ontology/shapes.",
    ),
)
"""All limits, in the order in which a cell is checked: of several broken limits, the first is reported."""
