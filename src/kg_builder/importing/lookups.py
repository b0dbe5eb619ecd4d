"""Finds the things of the tables by their names: id, label in any language, alias, code, numbers of an age range."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from rdflib import SKOS, URIRef

from kg_builder.core.terms import KG
from kg_builder.schema.model import Column, Schema, Table
from kg_builder.tables.names import PARTED, naming_columns
from kg_builder.tables.table_files import Row

SUGGESTED = 3
"""How many names are suggested for an unknown value."""

EVERYONE = frozenset({"everyone", "_t"})
"""What stands for no limit in a column that holds any number of values; `_T` is the total of SDMX."""

AMBIGUOUS = ""


class Lookup:
    """The names of all things that the cells of a table may name, for one report.

    Options and items are looked up among those of a question. A name that two things have finds neither.

    Parameters
    ----------
    schema
        The schema of the tables.
    table
        The table whose cells name things.
    rows
        The rows of the tables to which it refers, with their tables.

    """

    def __init__(self, schema: Schema, table: Table, rows: Iterable[tuple[Table, Row]]) -> None:
        self.schema = schema
        self.questions = str(KG.question)
        by_table: defaultdict[str, list[Row]] = defaultdict(list)
        for each, row in rows:
            by_table[each.stem].append(row)
        self.targets = {column.target for column in table.columns if column.target}
        self.names: dict[str, dict[str, dict[str, str]]] = {}
        self.ranges: dict[str, dict[tuple[int, int], str]] = {}
        for target in sorted(self.targets):
            self.names[target], self.ranges[target] = self._names_of(target, by_table)

    def find(self, column: Column, text: str, question: str = "") -> str:
        """Return the id of what a text names in a column, empty if that is nothing or not clear."""
        target = column.target or ""
        scopes = self.names[target]
        name = text.casefold()
        for scope in (question, ""):
            if found := scopes.get(scope, {}).get(name, ""):
                return found
        numbers = re.findall(r"\d+", text)
        if len(numbers) == 2:  # noqa: PLR2004  (the ends of a range)
            return self.ranges[target].get((int(numbers[0]), int(numbers[1])), "")
        return ""

    def suggestions(self, column: Column, text: str, question: str = "") -> list[str]:
        """Return the ids whose names are nearest to a text, the nearest first."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415  (only needed for unknown values)

        scopes = self.names[column.target or ""]
        known = {**scopes.get("", {}), **scopes.get(question, {})}
        near = process.extract(text.casefold(), list(known), scorer=fuzz.WRatio, limit=4 * SUGGESTED, score_cutoff=60)
        return list(dict.fromkeys(known[name] for name, _, _ in near if known[name]))[:SUGGESTED]

    def add(self, target: str, question: str, name: str, key: str) -> None:
        """Add a name of a thing that is to be made."""
        self.names[target].setdefault(question, {})[name.casefold()] = key

    def only_option(self, column: Column, question: str) -> str:
        """Return the only option of a question; for a question without options, the code for all answers."""
        options = set(self.names[column.target or ""].get(question, {}).values())
        codes = self.schema.targets[column.target or ""].codes
        if not options and len(codes) == 1:
            return codes[0].key
        return options.pop() if len(options) == 1 else ""

    def _names_of(
        self, target: str, by_table: Mapping[str, list[Row]]
    ) -> tuple[dict[str, dict[str, str]], dict[tuple[int, int], str]]:
        """Return the ids of things of a class by question and name, and by age range."""
        scopes: defaultdict[str, dict[str, str]] = defaultdict(dict)
        ranges = {}
        for level in range(3):  # an id has precedence over a label, a label over an alias or a code
            taken: dict[tuple[str, str], set[str]] = defaultdict(set)
            for table in self.schema.targets[target].tables:
                asked, bounds = table.column_of(self.questions), _bounds(table)
                for row in by_table[table.stem]:
                    scope = row[asked.name] if asked else ""
                    for name in _names(self.schema, table, row)[level]:
                        taken[scope, name.casefold()].add(row["id"])
                    if bounds and all(row[each] for each in bounds):
                        ranges[int(row[bounds[0]]), int(row[bounds[1]])] = row["id"]
            for (scope, name), ids in taken.items():
                scopes[scope].setdefault(name, ids.pop() if len(ids) == 1 else AMBIGUOUS)
        for code in self.schema.targets[target].codes:
            labels = map(str, self.schema.ontology.objects(URIRef(code.iri), SKOS.prefLabel))
            for name in (code.key, *labels):
                scopes[""].setdefault(name.casefold(), code.key)
        return dict(scopes), ranges


def _names(schema: Schema, table: Table, row: Row) -> tuple[list[str], list[str], list[str]]:
    """Return the id of a row, its labels, and its other names."""
    labels: list[str] = []
    others: list[str] = []
    for column in naming_columns(schema, table):
        cell = row[column.name]
        names = cell.split(column.separator) if column.separator else [cell]
        if column.path == str(SKOS.prefLabel):
            labels += filter(None, names)
            others += filter(None, cell.split(PARTED))
        elif column.name != "id":
            others += filter(None, names)
    return [row["id"]], labels, others


def _bounds(table: Table) -> tuple[str, str] | None:
    """Return the columns with the ends of a range of ages, None if a table has none."""
    first, last = table.column_of(str(KG.ageFrom)), table.column_of(str(KG.ageTo))
    return (first.name, last.name) if first and last else None
