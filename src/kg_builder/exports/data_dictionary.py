"""Writes the data dictionary: what every table and column holds, from the shapes and the ontology."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg_builder.core.curies import compact
from kg_builder.graph.built_graph import BuiltGraph
from kg_builder.schema.model import Column, Schema, Table
from kg_builder.tables.cell_checks import FORMS, parameters_in_words


def write_dictionary(graph: BuiltGraph, folder: Path) -> None:
    """Write `dictionary.md`."""
    (folder / "dictionary.md").write_text("\n".join(lines(graph.schema)) + "\n", encoding="utf-8")


def lines(schema: Schema) -> Iterator[str]:
    """Yield the dictionary line by line: one section per table, one row per column, then the code lists."""
    yield "# Data dictionary\n\nGenerated from `ontology/`; edit that, not this."
    for table in schema.tables:
        yield from section(schema, table)
    yield "\n## Code lists\n\n| cell | means | for |\n|---|---|---|"
    for code in schema.codes:
        kind = next((target for target, found in schema.targets.items() if code in found.codes), "")
        if kind:
            cell = f"{code.kind}/{code.key}" if schema.targets[kind].qualified else code.key
            yield f"| `{cell}` | {compact(schema.prefixes, code.iri)} | {compact(schema.prefixes, kind)} |"


def section(schema: Schema, table: Table) -> Iterator[str]:
    """Yield the section of one table."""
    own = compact(schema.prefixes, table.classes[0])
    yield f"\n## {table.url}\n\n{table.description}\nA row is a {own} at `{table.about}`.\n"
    yield "| column | what it holds | form | property |\n|---|---|---|---|"
    for column in table.columns:
        needed = " (required)" if column.required else ""
        path = compact(schema.prefixes, column.path)
        yield f"| `{column.name}`{needed} | {column.description} | {_escaped(form(schema, table, column))} | {path} |"


def form(schema: Schema, table: Table, column: Column) -> str:
    """Describe the cells of a column in words: the kind of value, then each facet of its shape."""
    return ", ".join([_value_words(schema, column), *_facet_words(schema, table, column)])


def _value_words(schema: Schema, column: Column) -> str:
    """Describe in words what kind of value a cell holds."""
    if column.target:
        kind = compact(schema.prefixes, column.target)
        return f"`type/id` of a {kind}" if schema.targets[column.target].qualified else f"id of a {kind}"
    if column.is_iri:
        return "`prefix:name` or a whole IRI"
    datatype = (column.datatype or "").rsplit("#", 1)[-1]
    return FORMS.get(datatype, ("", f"text ({column.lang})" if column.lang else "text"))[1]


def _facet_words(schema: Schema, table: Table, column: Column) -> Iterator[str]:
    """Yield in words what bounds the values of a column."""
    for limit, parameters in column.limits:
        words = limit.dictionary_words or limit.words
        yield words.format(limit=parameters_in_words(schema, table, limit, parameters, "`"))
    if column.acyclic:
        yield "never leads back to its start"
    if column.separator:
        least = f"at least {column.required}" if column.required > 1 else "several"
        yield f"{least} separated by `{column.separator}`"


def _escaped(text: str) -> str:
    r"""Return a text escaped for a cell of a Markdown table.

    >>> _escaped("`a|b`")
    '`a\\|b`'
    """
    return text.replace("|", r"\|")
