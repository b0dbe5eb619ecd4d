"""Turns the rows of a source into rows of our table, by a map and by what names mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase

from kg_builder.core.spreadsheets import ranges_behind
from kg_builder.core.terms import KG
from kg_builder.importing.lookups import EVERYONE, Lookup
from kg_builder.importing.map_file import ImportMap, Key
from kg_builder.importing.source_tables import Cells, SourceTable
from kg_builder.importing.unknown_values import LEAVE_OUT, NEW, Asked, UnknownValue
from kg_builder.schema.model import Column, Table
from kg_builder.tables.printed_values import PrintedValue, Vocabulary, read_printed

NUMBERS = frozenset({"decimal", "integer"})
UNKNOWN, OMITTED = object(), object()
"""What a cell yields that names nothing, and one whose rows a person wants to leave out."""

FilledCells = dict[str, str]


class RowReader:
    """Reads the rows of a source as cells of our table; collects what is unknown and what is left out.

    Parameters
    ----------
    table
        Our table, the one with printed values.
    names
        What names mean.
    words
        The words of printed values.
    answers
        What people have said about unknown values.
    make_option
        Makes a row for a new option of a question, and returns its id.

    """

    def __init__(
        self,
        table: Table,
        names: Lookup,
        words: Vocabulary,
        answers: Mapping[Asked, str],
        make_option: Callable[[Column, str, str], str],
    ) -> None:
        self.columns = {column.name: column for column in table.columns}
        self.question = _name_of(table, str(KG.question))
        self.option = _name_of(table, str(KG.option))
        self.of_questions = {self.option, _name_of(table, str(KG.item))}
        self.printed = _name_of(table, str(KG.printed))
        self.parts = {column.printed_part: column.name for column in table.columns if column.printed_part}
        self.names = names
        self.words = words
        self.answers = answers
        self.make_option = make_option
        self.unknown: dict[Asked, UnknownValue] = {}
        self.left_out: Counter[str] = Counter()
        self.unknown_rows = 0
        self.read = 0
        self._cells: dict[tuple[str, str, str], object] = {}
        self._tokens: dict[tuple[str, bool, bool], object] = {}
        self._new: set[str] = set()

    def rows(self, source: SourceTable, plan: ImportMap) -> Iterator[tuple[int, FilledCells]]:
        """Yield the number of the source's row and the cells of each row of our table."""
        place = {name: index for index, name in enumerate(source.header)}
        wanted = [(place[name], pattern) for name, pattern in plan.where.items()]
        keys = sorted(plan.keys, key=lambda key: key.to != self.question)
        keyed = [(place[key.column], key) for key in keys]
        valued = [(place[value.column], value) for value in plan.values]
        self._new = {key.to for key in keys if key.new}
        for number, given in source.rows:
            if not any(given):
                continue
            self.read += 1
            cells = given if len(given) >= len(source.header) else given + [""] * (len(source.header) - len(given))
            if not all(fnmatchcase(cells[index], pattern) for index, pattern in wanted):
                self.left_out["rows that where leaves out"] += 1
                continue
            for index, value in valued:
                if not cells[index]:
                    self.left_out["empty cells"] += 1
                    continue
                found = self._row(number, {**plan.fixed, **value.cells}, keyed, cells, cells[index], plan.decimal)
                if found is UNKNOWN:
                    self.unknown_rows += 1
                elif found is OMITTED:
                    self.left_out[f"cells answered with {LEAVE_OUT}"] += 1
                elif isinstance(found, dict):
                    yield number, found

    def _row(
        self,
        number: int,
        fixed: Mapping[str, str],
        keyed: list[tuple[int, Key]],
        cells: Cells,
        token: str,
        decimal: str,
    ) -> object:
        """Return the cells of one row of our table, or why there is none."""
        found: FilledCells = {}
        question = ""
        outcome: object = None
        stated = [(name, text, None) for name, text in fixed.items()]
        stated += [(self.question, key.question, None) for _, key in keyed if key.question]
        ordered = sorted(stated, key=lambda each: each[0] != self.question)
        for name, text, key in (*ordered, *((key.to, cells[index], key) for index, key in keyed)):
            if not text:
                continue
            value = self._cell(number, name, text, key, question)
            if isinstance(value, str):
                found[name] = _joined(found.get(name, ""), value, self.columns[name].separator)
                question = found.get(self.question, "")
            else:
                outcome = UNKNOWN if UNKNOWN in {outcome, value} else value
        if question and self.option not in found and outcome is None:
            only = self.names.only_option(self.columns[self.option], question)
            if not only:
                self._ask(number, (self.option, question, "(no option)"), why="where the map names no option")
                return UNKNOWN
            found[self.option] = only
        parts = self._token(number, token, decimal, self.parts["unit"] in found, self.parts["quantifier"] in found)
        if isinstance(parts, dict):
            return outcome or {**parts, **found, self.printed: token}
        return UNKNOWN if UNKNOWN in {outcome, parts} else parts

    def _cell(self, number: int, name: str, text: str, key: Key | None, question: str) -> object:
        """Return the cell of our table for a text of the source; each text of a column is looked up once."""
        scope = question if name in self.of_questions else ""
        kept = self._cells.get((name, scope, text))
        if kept is UNKNOWN or kept is None:
            kept = self._looked_up(number, name, text, key, scope)
            self._cells[name, scope, text] = kept
        return kept

    def _looked_up(self, number: int, name: str, text: str, key: Key | None, question: str) -> object:
        column = self.columns[name]
        given = text
        if key and key.pattern:
            matched = re.search(key.pattern, text)
            if matched is None:
                return self._ask(number, (name, question, text), why=f"which does not match {key.pattern}")
            given = matched[1]
        if key and given in key.values:
            given = key.values[given]
        if column.target is None:
            return self._literal(number, column, given, text)
        texts = given.split(column.separator) if column.separator else [given]
        found = [self._id(number, column, each.strip(), question) for each in texts if each.strip()]
        for outcome in (UNKNOWN, OMITTED):
            if outcome in found:
                return outcome
        return (column.separator or "").join(each for each in found if isinstance(each, str) and each)

    def _id(self, number: int, column: Column, text: str, question: str) -> object:
        """Return the id of what a text names, as a person has answered if it names nothing."""
        if column.separator and text.casefold() in EVERYONE:
            return ""
        if found := self.names.find(column, text, question):
            return found
        asked = (column.name, question, text)
        use = self.answers.get(asked, "")
        if use == LEAVE_OUT:
            return OMITTED
        if use == NEW and self._may_be_new(column, question):
            return self.make_option(column, question, text)
        if use and (found := self.names.find(column, use, question)):
            return found
        suggestions = [] if asked in self.unknown else self.names.suggestions(column, text, question)
        why = f"answered with {use}, which names nothing" if use else ""
        if not use and (ranges := ranges_behind(text)):
            why = f"which a spreadsheet has made of {' or '.join(ranges)}"
            suggestions = [id_ for each in ranges if (id_ := self.names.find(column, each, question))] or suggestions
        return self._ask(number, asked, suggestions, why=why)

    def _may_be_new(self, column: Column, question: str) -> bool:
        """Return whether a row may be made for an unknown name: an option of a question, where the map says so."""
        return column.name == self.option and column.name in self._new and bool(question)

    def _literal(self, number: int, column: Column, text: str, value: str) -> object:
        """Return a text or a number for a cell."""
        if (column.datatype or "").rsplit("#", 1)[-1] not in NUMBERS:
            return text
        parts = read_printed(text)
        if parts is None or not parts.value:
            asked = (column.name, "", value)
            use = self.answers.get(asked, "")
            if use == LEAVE_OUT:
                return OMITTED
            return use or self._ask(number, asked, why="which is no number")
        return parts.value

    def _token(self, number: int, token: str, decimal: str, has_unit: bool, has_quantifier: bool) -> object:  # noqa: FBT001
        """Return the cells that a printed token gives beyond what a build reads from it."""
        kept = self._tokens.get((token, has_unit, has_quantifier))
        if kept is None or kept is UNKNOWN:
            kept = self._token_read(number, token, decimal, has_unit=has_unit, has_quantifier=has_quantifier)
            self._tokens[token, has_unit, has_quantifier] = kept
        return kept

    def _token_read(self, number: int, token: str, decimal: str, *, has_unit: bool, has_quantifier: bool) -> object:
        asked = (self.printed, "", token)
        use = self.answers.get(asked, "")
        if use == LEAVE_OUT:
            return OMITTED
        parts, words = self.words.read(use or token, decimal)
        if parts is None:
            ranges = " or ".join(ranges_behind(token))
            made = f"which a spreadsheet has made of {ranges}" if ranges else "which cannot be read as a value"
            return self._ask(number, asked, why=f"{made}: use a value such as about 25%")
        plain = None if use else self.words.read(token)[0]
        cells = {} if parts == plain else self._typed(parts)
        for part, has_one in (("unit", has_unit), ("quantifier", has_quantifier)):
            if part not in words or has_one:
                continue
            found = self._id(number, self.columns[self.parts[part]], words[part], "")
            if not isinstance(found, str):
                return found
            cells[self.parts[part]] = found
        return cells

    def _typed(self, parts: PrintedValue) -> FilledCells:
        """Return the parts of a printed value as cells."""
        return {name: value for part, name in self.parts.items() if (value := getattr(parts, part))}

    def _ask(self, number: int, asked: Asked, suggestions: list[str] | tuple[()] = (), why: str = "") -> object:
        """Count an unknown value."""
        to, question, value = asked
        former = self.unknown.get(asked)
        self.unknown[asked] = UnknownValue(
            to=to,
            question=question,
            value=value,
            count=(former.count if former else 0) + 1,
            first_row=former.first_row if former else number,
            suggestions=former.suggestions if former else tuple(suggestions),
            may_be_new=self._may_be_new(self.columns[to], question),
            why=why,
        )
        return UNKNOWN


def _name_of(table: Table, path: str) -> str:
    """Return the name of the column of a property, empty if there is none."""
    column = table.column_of(path)
    return column.name if column else ""


def _joined(former: str, value: str, separator: str | None) -> str:
    """Return a cell to which a further value is added, sorted; without a separator, the value alone."""
    if separator is None or not former:
        return value
    return separator.join(sorted({*former.split(separator), *filter(None, value.split(separator))}))
