"""A table is edited cell by cell: whatever is not edited stays byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg_builder.schema.model import Column, Table
from kg_builder.tables.delimited_text import CSV, TSV
from kg_builder.tables.row_edits import EditedTable, edited_table
from kg_builder.tables.table_files import TableFile

COLUMNS = (Column("id"), Column("label"), Column("about", separator=";"))


def table(tmp_path: Path, content: str, name: str = "a.csv", comment: str | None = None) -> EditedTable:
    path = tmp_path / name
    path.write_bytes(content.encode())
    form = CSV if name.endswith(".csv") else TSV
    return edited_table(TableFile(path, name, "shared", Table(COLUMNS, comment=comment), form))


def test_without_edits_nothing_changes(tmp_path: Path) -> None:
    content = '\ufeffid,label\r\na,"x ""y"", z"\r\nb,"plain"'
    assert table(tmp_path, content).content() == content.encode()


def test_a_cell_is_replaced_where_it_stands(tmp_path: Path) -> None:
    edited = table(tmp_path, 'id,label,about\na,"one","k, l"\nb,two,m\n')
    edited.set(2, "label", "three")
    edited.set(3, "label", "four, five")
    assert edited.content() == b'id,label,about\na,"three","k, l"\nb,"four, five",m\n'


@pytest.mark.parametrize(("new", "order"), [("a0", "a0 b c"), ("d", "b c d"), ("bb", "b bb c")])
def test_a_renamed_row_goes_to_its_place_among_sorted_rows(new: str, order: str, tmp_path: Path) -> None:
    edited = table(tmp_path, "id,label\na,one\nb,two\nc,three\n")
    edited.rename(2, new)
    assert [line.split(",")[0] for line in edited.content().decode().splitlines()[1:]] == order.split()
    assert f"{new},one\n".encode() in edited.content()


def test_a_renamed_row_stays_where_it_is_among_unsorted_rows(tmp_path: Path) -> None:
    edited = table(tmp_path, "id,label\nb,one\na,two\n")
    edited.rename(2, "c")
    edited.add({"id": "aa", "label": "last"})
    assert edited.content() == b"id,label\nc,one\na,two\naa,last\n"


def test_rows_are_added_and_removed_with_the_line_ends_of_the_file(tmp_path: Path) -> None:
    edited = table(tmp_path, "id,label\r\na,one\r\nc,two\r\n")
    edited.remove(2)
    edited.add({"id": "b", "label": 'a "word"'})
    assert edited.content() == b'id,label\r\nb,"a ""word"""\r\nc,two\r\n'


def test_the_lines_before_a_table_of_mappings_stay(tmp_path: Path) -> None:
    edited = table(tmp_path, "#x: 1\nid\tlabel\na\t1, 2\n", "a.tsv", comment="#")
    edited.set(3, "label", "3, 4")
    assert (edited.row(3), edited.content()) == ({"id": "a", "label": "3, 4"}, b"#x: 1\nid\tlabel\na\t3, 4\n")
