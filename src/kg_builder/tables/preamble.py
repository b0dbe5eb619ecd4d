"""Reads the metadata lines before a table, and the prefixes that they declare.

SSSOM tables begin with such lines (https://mapping-commons.github.io/sssom/spec-formats-tsv/): YAML after a mark.
"""

from __future__ import annotations

from collections.abc import Iterable

import yaml

from kg_builder.core.problems import quoted
from kg_builder.tables.table_files import TableFile, refusal

CURIE_MAP = "curie_map"
"""The metadata key for prefixes and their namespaces."""

Prefixes = dict[str, str]


def declared(file: TableFile, preamble: Iterable[str], known: Prefixes) -> Prefixes:
    """Return the known prefixes together with those that the lines before a table declare.

    Raise `ProblemsFound` if they are not such YAML, or if one prefix has two namespaces, in one table or several.
    """
    mark = file.table.comment or ""
    try:
        # nodes instead of values: they have line numbers, and values such as `no` or a date stay text
        metadata = yaml.compose("\n".join(line.removeprefix(mark) for line in preamble), Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        at = getattr(error, "problem_mark", None)
        number, reason = (at.line + 1 if at else 1), getattr(error, "problem", None) or "too deep or too strange"
        expected = f"YAML behind {mark}"
        raise refusal(file, number, "", "metadata", f"metadata that are not YAML ({reason})", expected) from error
    found = next((value for key, value in pairs(metadata) if key.value == CURIE_MAP), None)
    texts = all(isinstance(each, yaml.ScalarNode) for pair in pairs(found) for each in pair)
    if not isinstance(found, yaml.MappingNode) or not texts:
        expected = f"{CURIE_MAP} with a line `{mark}  prefix: address` for each prefix"
        number = found.start_mark.line + 1 if found else 1
        raise refusal(file, number, "", "metadata", f"metadata without a {CURIE_MAP} of texts", expected)
    prefixes = dict(known)
    for prefix, namespace in pairs(found):
        if prefixes.setdefault(prefix.value, namespace.value) != namespace.value:
            says = f"the prefix {prefix.value} for {quoted(namespace.value)}"
            expected = f"{quoted(prefixes[prefix.value])}, as before"
            raise refusal(file, prefix.start_mark.line + 1, "", "prefix", says, expected, "Choose another prefix.")
    return prefixes


def pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    """Return the keys and values of a YAML mapping; empty for anything else."""
    return node.value if isinstance(node, yaml.MappingNode) else []
