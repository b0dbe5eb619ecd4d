"""Checks every cell against the shape of its column, set-wise in the engine, with limited memory and report size."""

from __future__ import annotations

import dataclasses
import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from itertools import chain

import duckdb
from rdflib import DCTERMS, FOAF, RDFS, SKOS

from kg_builder.core.curies import compact
from kg_builder.core.problems import LISTED, Location, Problem, quoted
from kg_builder.core.spreadsheets import damage, ranges_behind
from kg_builder.schema.limits import Limit
from kg_builder.schema.model import SOURCE, Column, Schema, Table, Target
from kg_builder.tables.engine import EVERYWHERE, THINGS, literal, members, name, side_by_side, values
from kg_builder.tables.preamble import CURIE_MAP

FEW_CODES = 12
"""A code list of at most so many codes is named code by code in messages."""

NEAR = 20_000
"""Maximum number of ids that are compared to suggest the nearest."""

FORMS = {
    "decimal": ("-?(0|[1-9][0-9]{0,29})([.][0-9]{1,30})?", "a decimal number with a point, such as 28.6"),
    "integer": ("-?(0|[1-9][0-9]{0,17})", "a whole number, such as 272"),
    "boolean": ("true|false", "true or false"),
    "gYear": ("[0-9]{4}", "a year of four digits, such as 2018"),
    "date": ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "a date that exists, as YYYY-MM-DD"),
    "anyURI": ('[a-z][a-z0-9+.-]*:[^ <>"{}|\\\\^`]+', "an absolute address"),
}
"""For each datatype: the pattern of the whole cell (RE2), and its description in messages."""

LABELS = (
    *map(str, (SKOS.prefLabel, FOAF.name, DCTERMS.title)),  # what a thing is called
    *map(str, (SKOS.altLabel, SKOS.hiddenLabel)),
)
"""The properties of the labels by which a thing may be meant."""

OFFERED = 3
"""Maximum number of things of one name that a message suggests."""

Rule = tuple[str, str]
"""The name of a rule, and the SQL condition that is true for a value that breaks it."""


@dataclasses.dataclass(frozen=True)
class Name:
    """A label or code by which a reference may mean a thing: its key in cells, its label to show, and the text."""

    key: str
    label: str
    text: str
    is_code: bool = False


def cell_problems(connection: duckdb.DuckDBPyConnection, schema: Schema, tables: Iterable[Table]) -> Iterator[Problem]:
    """Yield the problems of the cells of loaded tables, at most `LISTED` for a column and a rule."""
    checked = side_by_side(connection, lambda own, table: [*_table_problems(own, schema, table)], tables)
    found = [*chain.from_iterable(checked)]
    unknown = any(problem.rule == "class" for problem in found)
    lost = tuple(f'{mark}{each}"' for each in (_lost_ids(connection, schema) if unknown else ()) for mark in '"/')
    yield from (problem for problem in found if problem.rule != "class" or not problem.found.endswith(lost))


def _lost_ids(connection: duckdb.DuckDBPyConnection, schema: Schema) -> set[str]:
    """Return the ids of which a spreadsheet has made dates that are no ids: references to them are not at fault."""
    ids = (
        f"(SELECT DISTINCT id FROM {name(table.stem)} WHERE regexp_matches(id, '[^a-z0-9-]') ORDER BY 1 LIMIT {NEAR})"
        for table in schema.tables
    )
    return {lost for (id_,) in connection.execute(" UNION ALL ".join(ids)).fetchall() for lost in ranges_behind(id_)}


def _table_problems(connection: duckdb.DuckDBPyConnection, schema: Schema, table: Table) -> Iterator[Problem]:
    """Yield the problems of the cells of one table."""
    if connection.execute(f"SELECT 1 FROM {name(table.stem)} LIMIT 1").fetchone() is None:
        return
    yield from _repeated_ids(connection, table)
    yield from _faulty_cells(connection, schema, table)
    for column in table.columns:
        if column.acyclic:
            yield from cycles(connection, table, column)


def _repeated_ids(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[Problem]:
    """Yield the ids that are in more than one row of a kind, naming the rows."""
    rows = connection.execute(_repetitions(table)).fetchall()
    for number, (id_, (*former, last), made) in enumerate(rows[:LISTED], 1):
        file, line = last.rsplit(":", 1)
        rest = f" and {len(former) - 3:,} more rows" if len(former) > 3 else ""  # noqa: PLR2004  (three places are enough)
        found = f"the id {quoted(id_)} again, after {', '.join(former[:3])}{rest}"
        yield Problem(
            Location(file, int(line), field="id"),
            rule="unique",
            found=found,
            expected="each id once",
            hint=f"{_made_from(table) if made else ''}Give one of the rows an id of its own.",
            more=len(rows) - LISTED if number == LISTED else 0,
            shape=table.column("id").shape,
        )


def _made_from(table: Table) -> str:
    """Return how to change a made id, as the first part of a hint."""
    columns = [column.name for path in table.id_from if (column := table.column_of(path))]
    return f"An empty id is made from {', '.join(columns)}, as far as they differ from their defaults: correct one. "


def _faulty_cells(connection: duckdb.DuckDBPyConnection, schema: Schema, table: Table) -> Iterator[Problem]:
    """Yield the cells of a table that break a rule; if a cell breaks several rules, only the first."""
    rows = connection.execute(_faulty(schema, table)).fetchall()
    for column_name, rule, file, line, value, total, number in rows:
        column = table.column(column_name)
        found = "an empty cell" if value is None else quoted(value)
        if rule == "class":
            found = f"a reference to {'another kind' if _is_thing(connection, value) else 'nothing'}, {found}"
        yield Problem(
            Location(file, line, field=column_name),
            rule=rule,
            found=found,
            expected=expectation(schema, table, column, rule).replace(SOURCE, file.split("/")[-2]),
            hint=_nearest(connection, schema, column, value) if rule == "class" else _advice(column, rule, value or ""),
            more=total - LISTED if number == LISTED else 0,
            shape=column.shape,
        )


def queries_of(schema: Schema, table: Table) -> list[str]:
    """Return the SQL of all checks of a table."""
    acyclic = [_links(table, column) for column in table.columns if column.acyclic]
    return [_repetitions(table), _faulty(schema, table), *acyclic]


def _repetitions(table: Table) -> str:
    """Return the SQL for the ids that are in more than one row: the id, its places and whether it was made."""
    places = "list(_file || ':' || _line ORDER BY _file, _line)"
    again = f"SELECT id, {places}, bool_or(_made) FROM {name(table.stem)} WHERE id IS NOT NULL"
    return f"{again} GROUP BY _source, id HAVING count(*) > 1 ORDER BY 1, 2"


def _faulty(schema: Schema, table: Table) -> str:
    """Return the SQL for the invalid values of a table, at most `LISTED` for a column and a rule, and how many."""
    broken = " UNION ALL ".join(_faults(schema, table))
    group = "PARTITION BY c, rule"
    counted = f"count(*) OVER ({group}), row_number() OVER ({group} ORDER BY _file, _line, v) AS n"
    return f"SELECT c, rule, _file, _line, v, {counted} FROM ({broken}) QUALIFY n <= {LISTED} ORDER BY c, rule, n"


def _links(table: Table, column: Column) -> str:
    """Return the SQL for the references from rows of a table to rows of the same table."""
    links = f"SELECT _source || '/' || id, _source || '/' || v, _file, _line FROM ({values(table, column)})"
    return f"{links} WHERE v IN (SELECT id FROM {name(table.stem)}) ORDER BY _file, _line"


def _faults(schema: Schema, table: Table) -> Iterator[str]:
    """Yield the SQL for the invalid values of a table: `c` (the column), `rule`, `_file`, `_line` and `v`.

    One query checks all columns with plain values, because for small tables planning takes longer than running.
    """
    plain = [column for column in table.columns if column.is_plain]
    checked = (
        f"{{'c': {literal(column.name)}, 'rule': {_first_broken(table, column, name(column.name))}, "
        f"'v': {name(column.name)}}}"
        for column in plain
    )
    if plain:
        cells = f"SELECT _file, _line, unnest([{', '.join(checked)}]) AS x FROM {name(table.stem)}"
        yield f"SELECT x.c AS c, x.rule AS rule, _file, _line, x.v AS v FROM ({cells}) WHERE x.rule IS NOT NULL"
    for column in table.columns:
        if column.is_plain:
            continue
        found = f"({values(table, column)}) AS r"
        if column.target:
            within = f"t.source IN ({literal(EVERYWHERE)}, r._source)"
            found += f" LEFT JOIN ({members(schema.targets[column.target])}) AS t ON r.v = t.key AND {within}"
        rule = _first_broken(table, column, "v")
        checked_values = f"SELECT {literal(column.name)} AS c, {rule} AS rule, _file, _line, v FROM {found}"
        yield f"SELECT DISTINCT * FROM ({checked_values}) WHERE rule IS NOT NULL"


def _first_broken(table: Table, column: Column, v: str) -> str:
    """Return the SQL for the first rule of a column that a value `v` breaks, NULL if it breaks none."""
    return (
        f"CASE {' '.join(f'WHEN {condition} THEN {literal(rule)}' for rule, condition in _rules(table, column, v))} END"
    )


def _rules(table: Table, column: Column, v: str) -> Iterator[Rule]:
    """Yield the rules for a value `v` of a column in the order in which a person would fix them."""
    if column.must_be_filled:
        yield "minCount", f"{v} IS NULL"
    if column.required > 1:
        given = f"string_split({name(column.name)}, {literal(column.separator or ';')})"
        yield "minCount", f"len({given}) < {column.required} AND {v} = {given}[1]"
    if column.separator:
        again = (
            f"len(list_filter(string_split({name(column.name)}, {literal(column.separator)}), lambda x: x = {v})) > 1"
        )
        yield "distinct", again
    yield "blank", f"{v} = '' OR {v} <> trim({v}, ' ' || chr(160))"
    datatype = (column.datatype or "").rsplit("#", 1)[-1]
    if datatype in FORMS:
        faulty = f"NOT regexp_full_match({v}, {literal(FORMS[datatype][0])})"
        yield (
            "datatype",
            f"{faulty} OR TRY_CAST({v} AS DATE) IS NULL AND {v} IS NOT NULL" if datatype == "date" else faulty,
        )
    if column.is_iri:
        yield "prefix", f"{v} IS NOT NULL AND expanded({v}) IS NULL"
        yield "iri", f"NOT regexp_full_match(expanded({v}), {literal(FORMS['anyURI'][0])})"
    given = f"expanded({v})" if column.is_iri else v
    order = "DATE" if datatype == "date" else "DOUBLE"
    for limit, parameters in column.limits:
        if stated := _parameters_in_sql(table, limit, parameters):
            yield limit.rule, " AND ".join(limit.broken.format(value=given, limit=each, type=order) for each in stated)
    if column.target:
        yield "class", f"{v} IS NOT NULL AND t.key IS NULL"


def _parameters_in_sql(table: Table, limit: Limit, parameters: Iterable[str]) -> list[str]:
    """Return the parameters of a limit as SQL; none for a property that has no column in the table."""
    if limit.parameter == "property":
        return [name(other.name) for other in table.columns if other.path in parameters]
    return [parameter if limit.parameter == "number" else literal(parameter) for parameter in parameters]


def parameters_in_words(
    schema: Schema, table: Table, limit: Limit, parameters: Sequence[str], mark: str = ""
) -> str | Decimal:
    """Return the parameters of a limit for messages; those that are no number stand between two marks."""
    if limit.parameter == "number":
        return Decimal(parameters[0])
    shown = {
        "pattern": parameters,
        "terms": [compact(schema.prefixes, each) for each in parameters],
        "property": [other.name for other in table.columns if other.path in parameters],
    }
    return ", ".join(f"{mark}{each}{mark}" for each in shown[limit.parameter])


def expectation(schema: Schema, table: Table, column: Column, rule: str) -> str:
    """Return the expected value of a cell, for one broken rule."""
    parted = f"separated by {quoted(column.separator or ';')}"
    words = {
        "minCount": "a value" if column.required == 1 else f"at least {column.required} values, {parted}",
        "distinct": "each value once",
        "blank": f"values {parted} alone" if column.separator else "text without a blank at its start or end",
        "datatype": FORMS.get((column.datatype or "").rsplit("#", 1)[-1], ("", "text"))[1],
        "prefix": f"a prefix that {CURIE_MAP} declares, or a whole IRI",
        "iri": "a name that makes an IRI",
    }
    for limit, parameters in column.limits:
        words[limit.rule] = limit.words.format(limit=parameters_in_words(schema, table, limit, parameters))
    if rule == "class" and column.target:
        target = schema.targets[column.target]
        if target.qualified:
            words["class"] = f"type/id, the type one of {', '.join(target.kinds)}"
        elif not target.tables and len(target.codes) <= FEW_CODES:
            words["class"] = f"one of {', '.join(code.key for code in target.codes)}"
        else:
            lists = [f"a code list in {' or '.join(target.files)}"] if target.codes else []
            words["class"] = f"an id of {' or '.join([*(table.url for table in target.tables), *lists])}"
    return words.get(rule, column.message or column.description)


def _advice(column: Column, rule: str, value: str) -> str:
    """Return how to fix an invalid cell, as precisely as its value allows."""
    strange = [character for character in value[:1000] if not character.isascii()]
    is_date = (column.datatype or "").endswith("#date")
    pattern = next(iter(column.limit("pattern")), "") if rule == "pattern" else ""
    if rule in {"pattern", "datatype"} and not is_date and "," not in value and (damaged := damage(value, pattern)):
        return damaged
    if rule == "pattern" and strange:
        called = f"{unicodedata.name(strange[0], 'a character')} (U+{ord(strange[0]):04X})"
        return f"It holds {called}; use plain ASCII letters."
    if rule == "datatype" and "%" in value:
        return "Leave the percent sign out; the unit has its own column."
    if rule == "datatype" and "," in value and (column.datatype or "").endswith("#integer"):
        return "Leave the comma out."
    if rule == "datatype" and "," in value:
        return "Write a decimal point instead of the comma."
    return column.message or column.description


def _is_thing(connection: duckdb.DuckDBPyConnection, value: str) -> bool:
    """Return whether a value names a thing of any kind."""
    found = connection.execute(f"SELECT 1 FROM {THINGS} WHERE ? IN (id, kind || '/' || id) LIMIT 1", [value])
    return found.fetchone() is not None


def _nearest(connection: duckdb.DuckDBPyConnection, schema: Schema, column: Column, value: str) -> str:
    """Return a sentence with what a value most probably means, or else with the values that the column holds.

    What a spreadsheet has made of an id counts first, then an equal label or code, then the most similar id or label.
    """
    target = schema.targets[column.target or ""]
    keys = f"SELECT DISTINCT key FROM ({members(target)}) WHERE key IS NOT NULL ORDER BY 1 LIMIT {NEAR}"
    known = [key for (key,) in connection.execute(keys).fetchall()]
    if ranges := ranges_behind(value):
        return damage(value).replace(ranges[0], next((each for each in ranges if each in known), ranges[0]))
    if dates := [key for key in known if value in ranges_behind(key)]:
        return f"A spreadsheet turned the id {value} into the date {dates[0]}: write {value} there again."
    names = [*_names(connection, schema, target)]
    meant = _meant(target, names, value)
    if not meant:
        texts = {_folded(each.text): each for each in reversed(names) if not each.is_code}
        texts |= {key: Name(key, "", key) for key in known}
        close = difflib.get_close_matches(value, known, n=1) or difflib.get_close_matches(_folded(value), texts, n=1)
        meant = {texts[each].key: texts[each].label for each in close}
    if not meant:
        return column.message or column.description
    return f"Did you mean {' or '.join(_shown(*each) for each in sorted(meant.items())[:OFFERED])}?"


def keys_named(connection: duckdb.DuckDBPyConnection, schema: Schema, column: Column, value: str) -> list[str]:
    """Return the keys of the things that a value of a reference means: as a key, else as a label or code."""
    target = schema.targets[column.target or ""]
    held = connection.execute(f"SELECT key FROM ({members(target)}) WHERE key = ? LIMIT 1", [value]).fetchone()
    return [value] if held else sorted(_meant(target, _names(connection, schema, target), value))


def _meant(target: Target, names: Iterable[Name], value: str) -> dict[str, str]:
    """Return the things with a label or code like a value, with or without its type: their keys and labels."""
    kind, _, text = value.rpartition("/")
    if kind not in {"", *target.kinds}:
        return {}
    start = f"{kind}/" if kind and target.qualified else ""
    return {
        each.key: each.label for each in names if each.key.startswith(start) and _folded(each.text) == _folded(text)
    }


def _shown(key: str, label: str) -> str:
    """Return a key, with its label if the key does not contain it."""
    return f"{key} ({label})" if label and _folded(label) != key.rpartition("/")[2].replace("-", " ") else key


def _names(connection: duckdb.DuckDBPyConnection, schema: Schema, target: Target) -> Iterator[Name]:
    """Yield the labels and codes of the targets of a reference, from their tables and from the code lists."""
    codes = {str(each) for each in schema.ontology.transitive_subjects(RDFS.subPropertyOf, SKOS.notation)}
    for table in target.tables:
        own = next((column for column in table.columns if column.path in LABELS[:3]), None)
        key = f"{literal(f'{table.kind}/')} || id" if target.qualified else "id"
        for column in table.columns:
            if own and column.path in {*LABELS, *codes}:
                texts = f"SELECT {key}, {name(own.name)}, v FROM ({values(table, column)})"
                filled = "WHERE id IS NOT NULL AND v IS NOT NULL"
                for found, label, text in connection.execute(f"{texts} {filled} ORDER BY 1, 3 LIMIT {NEAR}").fetchall():
                    yield Name(found, label or "", text, column.path in codes)
    for code in target.codes:
        label = schema.code_value(code, str(SKOS.prefLabel))
        if label:
            yield Name(f"{code.kind}/{code.key}" if target.qualified else code.key, label, label)


def _folded(text: str) -> str:
    """Return a text in lower case without accents."""
    letters = unicodedata.normalize("NFKD", text.strip()).casefold()
    return "".join(each for each in letters if not unicodedata.combining(each))


def _leads_back(links: Iterable[tuple[str, str]]) -> bool:
    """Return whether links form a cycle."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for start, end in links:
        sorter.add(start, end)
    try:
        sorter.prepare()
    except CycleError:
        return True
    return False


def cycles(connection: duckdb.DuckDBPyConnection, table: Table, column: Column) -> Iterator[Problem]:
    """Yield one problem for each group of cyclic references, printing the cycle."""
    rows = connection.execute(_links(table, column)).fetchall()
    places = {(start, end): (file, line) for start, end, file, line in reversed(rows)}
    if not _leads_back(places):
        return
    import networkx  # noqa: PLC0415  (heavy, and only needed for a message)

    graph: networkx.DiGraph[str] = networkx.DiGraph(list(places))
    for knot in networkx.strongly_connected_components(graph):
        if len(knot) == 1 and not any(graph.has_edge(node, node) for node in knot):
            continue
        way = networkx.find_cycle(graph.subgraph(sorted(knot)), min(knot))
        names = [start.rsplit("/", 1)[-1] for start, _ in way]
        shown = [*names[:8], "…"] if len(names) > 8 else names  # noqa: PLR2004  (a longer chain is unreadable)
        found = f"the circle {' → '.join([*shown, names[0]])}"
        file, line = places[way[0][0], way[0][1]]
        yield Problem(
            Location(file, line, field=column.name),
            rule="acyclic",
            found=found,
            expected=f"a {column.name} that never leads back to its start",
            hint="Remove one of the links.",
            shape=column.shape,
        )
