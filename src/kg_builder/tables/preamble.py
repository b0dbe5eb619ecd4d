"""Reads the metadata block before a table of mappings, and the prefixes that it declares.

SSSOM tables begin with such a block (https://mapping-commons.github.io/sssom/spec-formats-tsv/): YAML after a mark.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from functools import partial
from itertools import takewhile
from typing import Any

from kg_builder.core.problems import Problem, ProblemsFound, quoted
from kg_builder.core.strict_yaml import (
    Field,
    Fields,
    as_date,
    as_mapping,
    as_match,
    as_records,
    as_text,
    as_texts,
    read_marked,
)
from kg_builder.tables.table_files import TableFile

CURIE_MAP = "curie_map"
"""The metadata key for prefixes and their namespaces."""

Prefixes = dict[str, str]

TEXT = Field(as_text, "a text")
TEXTS = Field(as_texts, "a list of texts")
DATE = Field(as_date, "a date as YYYY-MM-DD")
EXTENSION: Fields = {
    "slot_name": Field(as_text, "the name of a column", required=True),
    "property": TEXT,
    "type_hint": TEXT,
}
FIELDS: Fields = {
    "extension_definitions": Field(as_records(EXTENSION, dict), "a list with a slot_name each"),
    "license": TEXT,
    **dict.fromkeys(("mapping_set_id", "mapping_set_title", "mapping_set_description", "mapping_set_version"), TEXT),
    "mapping_date": DATE,
    "publication_date": DATE,
    "comment": TEXT,
    **dict.fromkeys(("creator_id", "creator_label", "see_also", "mapping_set_source"), TEXTS),
    "mapping_set_confidence": Field(as_match(r"0(\.[0-9]+)?|1(\.0+)?"), "a number from 0 to 1"),
    **dict.fromkeys(("mapping_provider", "mapping_tool", "mapping_tool_id", "mapping_tool_version"), TEXT),
    **dict.fromkeys(("sssom_version", "issue_tracker", "other", "predicate_type", "similarity_measure"), TEXT),
    **dict.fromkeys(("cardinality_scope", "curation_rule", "curation_rule_text"), TEXTS),
    **{f"{side}_{key}": TEXT for side in ("subject", "object") for key in ("type", "source", "source_version")},
    **{f"{side}_{key}": TEXTS for side in ("subject", "object") for key in ("match_field", "preprocessing")},
}
"""The keys of a mapping set in SSSOM 1.1 (https://mapping-commons.github.io/sssom/MappingSet/), beside the prefixes."""


def parted(text: str, mark: str | None) -> tuple[tuple[str, ...], list[str]]:
    """Return the lines before a table, with their mark, and the lines of the table."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    preamble = tuple(takewhile(lambda line: mark and line.startswith(mark), lines))
    return preamble, lines[len(preamble) :]


def read_metadata(
    file: str, preamble: Iterable[str], mark: str, known: Prefixes
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values of the lines before a table, and all problems; a known prefix must keep its namespace."""
    expected = "prefixes with their addresses, each as `prefix: address`"
    fields = {CURIE_MAP: Field(as_mapping(partial(_namespace, known)), expected, required=True), **FIELDS}
    values, _, problems = read_marked(file, enumerate(preamble, 1), mark, fields, "a metadata block", rule="metadata")
    return values, problems


def _namespace(known: Prefixes, prefix: str) -> Field:
    """Return how to read the namespace of a prefix."""
    if prefix in known:
        expected = f"{quoted(known[prefix])}, as in a table before, or another prefix"
        return Field(as_match(re.escape(known[prefix])), expected)
    return Field(as_match(".+"), "the address that the prefix stands for")


def declared(file: TableFile, preamble: Iterable[str], known: Prefixes) -> Prefixes:
    """Return the known prefixes together with those that the lines before a table declare.

    Raise `ProblemsFound` if they are not such YAML, or if one prefix has two namespaces, in one table or several.
    """
    metadata, problems = read_metadata(file.name, preamble, file.table.comment or "", known)
    if problems:
        raise ProblemsFound(dataclasses.replace(problem, shape=file.table.shape) for problem in problems)
    return {**known, **metadata[CURIE_MAP]}
