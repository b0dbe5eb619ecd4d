"""Checks every cell against its column's shape, set-wise in the engine; memory and report stay bounded."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator

import duckdb
import networkx

from kg_builder.engine import EVERYWHERE, literal, members, name
from kg_builder.problems import Problem, quoted
from kg_builder.schema import Column, Schema, Table

LISTED = 20
"""How many faulty cells of one column and rule are listed; the rest are counted."""

NEAR = 20_000
"""How many ids are compared to suggest the nearest."""

FORMS = {
    "decimal": ("-?(0|[1-9][0-9]{0,29})([.][0-9]{1,30})?", "a decimal number with a point, such as 28.6"),
    "integer": ("-?(0|[1-9][0-9]{0,17})", "a whole number, such as 272"),
    "boolean": ("true|false", "true or false"),
    "gYear": ("[0-9]{4}", "a year of four digits, such as 2018"),
    "date": ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "a date that exists, as YYYY-MM-DD"),
    "anyURI": ('[a-z][a-z0-9+.-]*:[^ <>"{}|\\\\^`]+', "an absolute address"),
}
"""For each datatype: the form that a cell must have (RE2, the whole cell) and how a message names it."""

Rule = tuple[str, str]
"""The name of a rule and the SQL condition, over the value `v`, under which a cell breaks it."""


def cell_problems(connection: duckdb.DuckDBPyConnection, schema: Schema) -> Iterator[Problem]:
    """Yield what is wrong with the cells of all loaded tables, at most `LISTED` for a column and a rule."""
    for table in schema.tables:
        if connection.execute(f"SELECT 1 FROM {name(table.stem)} LIMIT 1").fetchone() is None:
            continue
        yield from duplicate_ids(connection, table)
        for column in table.columns:
            yield from missing_cells(connection, table, column)
            yield from faulty_cells(connection, table, column)
            yield from dangling_references(connection, schema, table, column)
            if column.acyclic:
                yield from cycles(connection, table, column)


def duplicate_ids(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[Problem]:
    """Yield each id that stands in more than one row of a kind, naming the rows."""
    again = (
        f"SELECT id, list(_file || ':' || _line ORDER BY _file, _line), max_by(_file, (_file, _line)), max(_line) "
        f"FROM {name(table.stem)} WHERE id IS NOT NULL GROUP BY _source, id HAVING count(*) > 1 ORDER BY 1"
    )
    rows = connection.execute(again).fetchall()
    for id_, places, file, _ in rows[:LISTED]:
        line = int(places[-1].rsplit(":", 1)[1])
        found = f"the id {quoted(id_)} again, after {', '.join(places[:-1][:3])}"
        more = len(rows) - LISTED if id_ == rows[:LISTED][-1][0] else 0
        yield Problem(
            file,
            line,
            "id",
            "unique",
            found,
            "each id once",
            "Give one of the rows an id of its own.",
            more=max(more, 0),
            shape=table.column("id").shape,
        )


def missing_cells(connection: duckdb.DuckDBPyConnection, table: Table, column: Column) -> Iterator[Problem]:
    """Yield the rows in which a required cell is empty or holds too few values."""
    if not column.required:
        return
    cell = name(column.name)
    given = f"len(string_split({cell}, {literal(column.separator)}))" if column.separator else "1"
    condition = f"{cell} IS NULL OR {given} < {column.required}"
    wanted = (
        "a value"
        if column.required == 1
        else f"at least {column.required} values, parted by {quoted(column.separator or '')}"
    )
    for file, line, value, more in rows_where(
        connection, f"SELECT _file, _line, {cell} AS v FROM {name(table.stem)} WHERE {condition}"
    ):
        found = "an empty cell" if value is None else quoted(value)
        yield Problem(
            file,
            line,
            column.name,
            "minCount",
            found,
            wanted,
            column.message or column.description,
            more=more,
            shape=column.shape,
        )


def faulty_cells(connection: duckdb.DuckDBPyConnection, table: Table, column: Column) -> Iterator[Problem]:
    """Yield the cells that break a rule; of several rules the first."""
    rules = list(rules_of(table, column))
    cases = " ".join(f"WHEN {condition} THEN {literal(rule)}" for rule, condition in rules)
    judged = f"SELECT *, CASE {cases} END AS rule FROM ({values(table, column)})"
    for rule in [rule for rule, _ in rules]:
        broken = f"SELECT _file, _line, v FROM ({judged}) WHERE rule = {literal(rule)}"
        for file, line, value, more in rows_where(connection, broken):
            yield Problem(
                file,
                line,
                column.name,
                rule,
                quoted(value),
                expectation(table, column, rule),
                advice(column, rule, value),
                more=more,
                shape=column.shape,
            )


def rules_of(table: Table, column: Column) -> Iterator[Rule]:
    """Yield the rules of a column in the order in which a person would mend them."""
    yield "blank", r"v = '' OR v <> trim(v, ' ' || chr(160))"
    if column.longest:
        yield "maxLength", f"length(v) > {column.longest}"
    if column.pattern:
        yield "pattern", f"NOT regexp_matches(v, {literal(column.pattern)})"
    datatype = (column.datatype or "").rsplit("#", 1)[-1]
    if datatype in FORMS:
        exists = " OR TRY_CAST(v AS DATE) IS NULL" if datatype == "date" else ""
        yield "datatype", f"NOT regexp_full_match(v, {literal(FORMS[datatype][0])}){exists}"
    if column.minimum is not None:
        yield "minInclusive", f"TRY_CAST(v AS DOUBLE) < {float(column.minimum)}"
    if column.maximum is not None:
        yield "maxInclusive", f"TRY_CAST(v AS DOUBLE) > {float(column.maximum)}"
    if column.allowed:
        yield "in", f"v NOT IN ({', '.join(literal(item) for item in column.allowed)})"
    other = not_above(table, column)
    if other:
        order = "DATE" if datatype == "date" else "DOUBLE"
        yield "lessThanOrEquals", f"TRY_CAST(v AS {order}) > TRY_CAST({name(other.name)} AS {order})"


def values(table: Table, column: Column) -> str:
    """Return the SQL for the single values of a column, as `v`, each with its row."""
    cell = name(column.name)
    value = f"unnest(string_split({cell}, {literal(column.separator)}))" if column.separator else cell
    return f"SELECT *, {value} AS v FROM {name(table.stem)} WHERE {cell} IS NOT NULL"


def not_above(table: Table, column: Column) -> Column | None:
    """Return the column that bounds this one from above, if the shape names one."""
    return next((other for other in table.columns if other.path == column.not_above), None)


def rows_where(connection: duckdb.DuckDBPyConnection, select: str) -> Iterator[tuple[str, int, str, int]]:
    """Yield file, line and value of the first rows of a query, the last of them with the number of the rest."""
    rows = connection.execute(f"{select} ORDER BY _file, _line LIMIT {LISTED + 1}").fetchall()
    more = 0
    if len(rows) > LISTED:
        total = connection.execute(f"SELECT count(*) FROM ({select})").fetchone() or (0,)
        more = total[0] - LISTED
    for index, (file, line, value) in enumerate(rows[:LISTED], 1):
        yield file, line, value, more if index == LISTED else 0


def expectation(table: Table, column: Column, rule: str) -> str:
    """Return what a cell of the column should be, for one broken rule."""
    other = not_above(table, column)
    return {
        "blank": "text without a blank at its start or end"
        if not column.separator
        else f"values parted by a bare {quoted(column.separator)}",
        "maxLength": f"at most {column.longest or 0:,} characters",
        "pattern": f"text that matches {column.pattern}",
        "datatype": FORMS.get((column.datatype or "").rsplit("#", 1)[-1], ("", ""))[1],
        "minInclusive": f"at least {column.minimum}",
        "maxInclusive": f"at most {column.maximum}",
        "in": f"one of {', '.join(column.allowed)}",
        "lessThanOrEquals": f"not more than {other.name if other else ''}",
    }.get(rule, column.message or column.description)


def advice(column: Column, rule: str, value: str) -> str:
    """Return how to mend a faulty cell, as closely as its value tells."""
    strange = [character for character in value[:1000] if ord(character) > 127]  # noqa: PLR2004  (beyond ASCII)
    if rule == "pattern" and strange:
        called = f"{unicodedata.name(strange[0], 'a character')} (U+{ord(strange[0]):04X})"
        return f"It holds {called}; use plain ASCII letters."
    if rule == "datatype" and "%" in value:
        return "Leave the percent sign out; the unit has its own column."
    if rule == "datatype" and "," in value:
        return "Write a decimal point instead of the comma."
    return column.message or column.description


def dangling_references(
    connection: duckdb.DuckDBPyConnection, schema: Schema, table: Table, column: Column
) -> Iterator[Problem]:
    """Yield the references to nothing, with the nearest id."""
    if not column.target:
        return
    target = schema.targets[column.target]
    known = members(schema, column.target, "")
    within = f"t.source IN ({literal(EVERYWHERE)}, r._source)"
    joined = f"({values(table, column)}) AS r ANTI JOIN ({known}) AS t ON r.v = t.key AND {within}"
    lost = f"SELECT _file, _line, v FROM {joined} WHERE v <> ''"
    rows = list(rows_where(connection, lost))
    keys = (
        [key for (key,) in connection.execute(f"SELECT DISTINCT key FROM ({known}) ORDER BY 1 LIMIT {NEAR}").fetchall()]
        if rows
        else []
    )
    where = (
        " or ".join(each.url for each in target.tables[:3]) if not target.qualified else "type/id of a row that exists"
    )
    for file, line, value, more in rows:
        near = difflib.get_close_matches(value, keys, n=1)
        mend = f"Did you mean {near[0]}?" if near else column.description
        yield Problem(
            file,
            line,
            column.name,
            "class",
            f"a reference to nothing, {quoted(value)}",
            f"an id of {where or 'a code list'}",
            mend,
            more=more,
            shape=column.shape,
        )


def cycles(connection: duckdb.DuckDBPyConnection, table: Table, column: Column) -> Iterator[Problem]:
    """Yield one problem for each knot of references that lead back to their start, printing the way round."""
    select = (
        f"SELECT DISTINCT _source || '/' || id, _source || '/' || v, id, v, _file, _line FROM ({values(table, column)})"
    )
    rows = connection.execute(f"{select} ORDER BY _file, _line").fetchall()
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_edges_from((start, end) for start, end, *_ in rows)
    places = {(start, end): (file, line, id_) for start, end, id_, _, file, line in rows}
    for knot in networkx.strongly_connected_components(graph):
        if len(knot) == 1 and not any(graph.has_edge(node, node) for node in knot):
            continue
        way = networkx.find_cycle(graph.subgraph(sorted(knot)), min(knot))
        names = [start.rsplit("/", 1)[-1] for start, *_ in way]
        shown = [*names[:8], "…"] if len(names) > 8 else names  # noqa: PLR2004  (a longer chain is unreadable)
        file, line, _ = places[way[0][0], way[0][1]]
        found = f"the circle {' → '.join([*shown, names[0]])}"
        yield Problem(
            file,
            line,
            column.name,
            "acyclic",
            found,
            f"a {column.name} that never leads back to its start",
            "Take one of the links away.",
            shape=column.shape,
        )
