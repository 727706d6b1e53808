"""One reader of CSV: whatever spreadsheet saved a table, it is the same table."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.data.csv_reader import CsvError, decode, read, read_known, records

CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32"]


@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(ENCODINGS),
    newline=st.sampled_from(["\n", "\r\n"]),
    stated=st.booleans(),
)
def test_every_form_is_read_as_the_same_table(
    rows: list[list[str]], delimiter: str, encoding: str, newline: str, stated: bool
) -> None:
    sink = io.StringIO()
    csv.writer(sink, delimiter=delimiter, lineterminator=newline).writerows([["day", "seats"], *rows])
    text = (f"sep={delimiter}{newline}" if stated else "") + sink.getvalue()
    table = read_known(decode(text.encode(encoding)), ["day", "seats"])
    assert table.header == ["day", "seats"]
    assert [cells for _, cells in table.rows] == [row for row in rows if any(cell.strip() for cell in row)]


def test_rows_have_the_lines_of_the_file() -> None:
    table = read_known('sep=;\na;b\n\n"1\n2";3\n4;5\n', ["a", "b"])
    assert table.line == 2
    assert table.rows == [(5, ["1\n2", "3"]), (6, ["4", "5"])]


def test_a_header_below_other_lines_is_found() -> None:
    table = read("A title, and more\n\na;b\n1,5;2\n", lambda cells: len({"a", "b"} & set(cells)), search=10)
    assert (table.delimiter, table.line, table.rows) == ("semicolon", 3, [(4, ["1,5", "2"])])


@pytest.mark.parametrize("encoding", ["cp1250", "cp1252", "cp437", "utf-16-le", "mac-roman"])
def test_an_encoding_that_could_only_be_guessed_is_refused(encoding: str) -> None:
    with pytest.raises(CsvError, match=r"line \d: .*save (the file|it) as UTF-8"):
        decode("a,b\nö,ü\n".encode(encoding))


@pytest.mark.parametrize("text", ['a,b\n"1,2\n', 'a,b\n"1"2,3\n'])
def test_quotes_that_do_not_close_are_refused(text: str) -> None:
    with pytest.raises(CsvError, match="not CSV"):
        read_known(text, ["a", "b"])


def test_a_table_that_ships_has_as_many_cells_in_each_row() -> None:
    assert records("a,b\n1,\n") == [{"a": "1", "b": ""}]
    with pytest.raises(CsvError, match="line 2: found 1 cells; allowed: 2"):
        records("a,b\n1\n")
