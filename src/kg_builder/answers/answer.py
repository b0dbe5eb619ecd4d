"""An answer: rows of plain values, and its output formats for people and programs."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyoxigraph
from tabulate import tabulate

from kg_builder.answers.terminal_tables import laid_out, wrapped
from kg_builder.core.iris import XSD

if TYPE_CHECKING:
    import pandas
    import polars

Value = str | int | bool | Decimal | None
"""A cell: text or an IRI; a number; true or false; None if nothing is bound."""

Row = tuple[Value, ...]


@dataclasses.dataclass(frozen=True)
class Answer:
    """The answer to a question, in the order of the question. Iterating yields a mapping for each row.

    Attributes
    ----------
    asked
        The question in plain words; empty for a query.
    columns
        The variables after SELECT, parameters without the underscore.
    rows
        The values; IRIs are complete, numbers are `int` or `Decimal` as printed, in the unit of the row.
    notes
        What a reader must know.
    base
        The base of the IRIs of things, which output for people leaves out.

    Examples
    --------
    >>> from kg_builder import open_graph
    >>> answer = open_graph().ask("how-common", topic="grooming")
    >>> len(answer)
    8
    >>> [(row["answer"], row["value"], row["unit"]) for row in answer][0]
    ('Yes', Decimal('62.5'), 'percent')

    """

    asked: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    base: str

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the rows as mappings from column to value."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def column(self, name: str) -> list[Value]:
        """Return the values of a column.

        Parameters
        ----------
        name
            One of `columns`.

        Returns
        -------
        list
            A value for each row, None where nothing is bound.

        Raises
        ------
        ValueError
            If there is no such column.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> open_graph().ask("how-common", topic="grooming").column("answer")[:2]
        ['Yes', 'Yes']

        """
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def with_columns(self, *names: str) -> Answer:
        """Return the answer with only these columns, in this order.

        Raises
        ------
        ValueError
            If one of the columns does not exist.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> answer = open_graph().ask("how-common", topic="grooming").with_columns("answer", "value")
        >>> print(answer.to_csv().splitlines()[:2])
        ['answer,value', 'Yes,62.5']

        """
        places = [self.columns.index(name) for name in names]
        return dataclasses.replace(self, columns=names, rows=tuple(tuple(row[i] for i in places) for row in self.rows))

    def to_json(self) -> str:
        """Return a JSON object: `asked`, `columns`, `rows` as objects, `notes`. Decimals are JSON numbers.

        Examples
        --------
        >>> import json
        >>> from kg_builder import open_graph
        >>> json.loads(open_graph().ask("how-common", topic="grooming").to_json())["rows"][0]["value"]
        62.5

        """
        whole = {"asked": self.asked, "columns": self.columns, "rows": list(self), "notes": self.notes}
        return json.dumps(whole, ensure_ascii=False, indent=2, default=number)

    def to_csv(self) -> str:
        """Return a table in CSV (RFC 4180, but with LF), with a header."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([[text(value) for value in row] for row in self.rows])
        return stream.getvalue()

    def to_markdown(self) -> str:
        """Return a table in GitHub's Markdown, with the notes below.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> answer = open_graph().ask("how-common", topic="grooming").with_columns("answer", "value")
        >>> answer.to_markdown().splitlines()[2]
        '| Yes                   | 62.5    |'

        """
        rows = [[" ".join(self.shown(value).replace("|", "\\|").split()) for value in row] for row in self.rows]
        table = tabulate(rows, list(map(spaced, self.columns)), tablefmt="github", disable_numparse=True)
        return "\n\n".join([table, *self.notes]) + "\n"

    def to_text(self, width: int = 100) -> str:
        """Return the answer for a terminal; empty columns are left out.

        Parameters
        ----------
        width
            The width of the terminal in characters.

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> print(open_graph().ask("how-common", topic="grooming").with_columns("answer", "value").to_text())
        How common is something, of all that survey respondents were asked about it?
          answer                   value
          ---------------------  -------
          Yes                       62.5
          Yes                       69.9
          No                        37.5
          No                          30
          Grooming: Increased         60
          Grooming: Don't know        40
          Extortion: Increased        55
          Extortion: Don't know       41
        <BLANKLINE>

        """
        rows = [[self.shown(value) for value in row] for row in self.rows]
        names = list(map(spaced, self.columns))
        for index in range(len(names)):
            folder = self.folder(index)
            if folder:
                names[index] = folder
                for row in rows:
                    row[index] = row[index].removeprefix(folder)
        asked = [self.asked] if self.asked else []
        notes = [line for note in self.notes for line in ("", *wrapped(note, width))]
        return "\n".join([*asked, *(laid_out(names, rows, width) or ["", "No rows."]), *notes]).lstrip("\n") + "\n"

    def folder(self, index: int) -> str:
        """Return the common folder of all things in a column, such as `threat/`; empty if there is none."""
        cells = {text(row[index]) for row in self.rows}
        found = {cell.removeprefix(self.base).rpartition("/")[0] for cell in cells}
        things = self.base and all(cell.startswith(self.base) for cell in cells)
        return f"{found.pop()}/" if things and len(found) == 1 < len(cells) and "" not in found else ""

    def drawn(self, form: str, width: int = 100) -> str:
        """Return the answer as text of that width, or as json, csv or markdown; raise KeyError for another format."""
        if form == "text":
            return self.to_text(width)
        return {"json": self.to_json, "csv": self.to_csv, "markdown": self.to_markdown}[form]()

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas frame with a row for each row of the answer; numbers stay `Decimal`.

        Raises
        ------
        ImportError
            If pandas is not installed (`pip install kg-builder[pandas]`).

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> open_graph().ask("how-common", topic="grooming").to_pandas().shape
        (8, 16)

        """
        import pandas  # noqa: PLC0415  (optional, and heavy)

        return pandas.DataFrame(list(self.rows), columns=list(self.columns))

    def to_polars(self) -> polars.DataFrame:
        """Return a polars frame with a row for each row of the answer.

        Raises
        ------
        ImportError
            If polars is not installed (`pip install kg-builder[polars]`).

        Examples
        --------
        >>> from kg_builder import open_graph
        >>> open_graph().ask("how-common", topic="grooming").to_polars().shape
        (8, 16)

        """
        import polars  # noqa: PLC0415  (optional, and heavy)

        return polars.DataFrame(list(self.rows), schema=list(self.columns), orient="row", infer_schema_length=None)

    def _repr_html_(self) -> str:
        """Return the HTML table that a notebook shows."""
        rows = [[self.shown(value) for value in row] for row in self.rows]
        return str(tabulate(rows, list(map(spaced, self.columns)), tablefmt="html", disable_numparse=True))

    def shown(self, value: Value) -> str:
        """Return a value for people to read."""
        return text(value).removeprefix(self.base) if isinstance(value, str) else text(value)


def value_of(
    term: pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple | None,
) -> Value:
    """Return an RDF term as a plain value."""
    if isinstance(term, pyoxigraph.NamedNode):  # most are
        return term.value
    if isinstance(term, pyoxigraph.Literal):
        datatype, written = term.datatype.value, term.value
        if datatype == XSD + "integer":
            return int(written)
        if datatype == XSD + "decimal":
            return Decimal(written)
        return written == "true" if datatype == XSD + "boolean" else written
    return term if term is None else str(getattr(term, "value", term))


def text(value: Value) -> str:
    """Return a value as text: empty for None, `true` or `false`, decimals without an exponent."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else "" if value is None else str(value)


def number(value: object) -> float:
    """Return a decimal for JSON; raise TypeError for anything else."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{value!r} has no place in an answer")


def spaced(name: str) -> str:
    """Return the name of a column for people to read."""
    return name.removesuffix("_iri").replace("_", " ")
