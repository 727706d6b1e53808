"""A table fits every terminal, and loses neither a name nor a figure that it shows."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from sim.report.console_table import ConsoleTable
from tests.terminal import parsed

NAMES = st.text("abcdefgh éć漢[]/\\\\=:", min_size=1, max_size=50).map(lambda text: " ".join(text.split()) or "x")
FIGURES = st.integers(-(10**6), 10**6).map("{:,}".format)


def printed(table: ConsoleTable, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def joined(text: str) -> str:
    """Without blanks: where a long name goes on in the next line, they are not told from breaks."""
    return text.replace(" ", "")


@given(
    st.lists(st.tuples(NAMES, st.lists(FIGURES, min_size=7, max_size=7)), min_size=1, max_size=6),
    st.integers(50, 200),
)
def test_a_table_fits_any_terminal_and_keeps_names_and_main_figures(
    rows: list[tuple[str, list[str]]], width: int
) -> None:
    columns = [f"a rather long heading {letter}" for letter in "abcdefg"]
    table = ConsoleTable("T", "c", ("name", *columns), (columns[4], columns[2]))
    for name, figures in rows:
        table.add_row(name, *figures, ends_section=True)
    text = printed(table, width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    headings, found = parsed(text)
    assert columns[4] in headings
    for (name, figures), cells in zip(rows, found, strict=True):
        assert joined(cells[0]) == joined(name)
        shown = dict(zip(headings[1:], cells[1:], strict=True))
        assert shown == {c: f for c, f in zip(columns, figures, strict=True) if c in headings}
    left_out = [column for column in columns if column not in headings]
    caption = joined("".join(text.splitlines()))
    assert all(joined(column) in caption for column in left_out)
    assert ("--wideshowsall" in caption) == bool(left_out)


def test_columns_come_by_importance_and_stand_in_their_order() -> None:
    table = ConsoleTable("T", "", ("name", "one", "two", "three"), ("three", "two"))
    table.add_row("n", "1" * 10, "2" * 10, "3" * 10)
    found = [parsed(printed(table, width))[0] for width in (21, 34, 47)]
    assert found == [["name", "three"], ["name", "two", "three"], ["name", "one", "two", "three"]]


def test_cells_take_shorter_forms_before_a_main_column_goes() -> None:
    table = ConsoleTable(("median with interval", "median"), "", ("name", "a", "b"))
    forms = ("10 (5 … 20)", "10\n(5 … 20)", "10")
    table.add_row("n", forms, forms)
    assert [parsed(printed(table, width))[1] for width in (40, 30, 20)] == [
        [["n", "10 (5 … 20)", "10 (5 … 20)"]], [["n", "10 (5 … 20)", "10 (5 … 20)"]], [["n", "10", "10"]],
    ]  # fmt: skip
    for width, intervals in ((40, True), (30, True), (20, False)):
        text = printed(table, width)
        assert ("(5" in text) == intervals == ("with interval" in " ".join(text.split()))


def test_nothing_in_a_table_is_obeyed() -> None:
    table = ConsoleTable("[bold]T[/nothing]", ":smile: [c]", ("[red]n", "\x1b[2Jb"))
    table.add_row("[/] \x9b31m", "\u202e1")
    text = printed(table, 80)
    for shown in ("[bold]T[/nothing]", ":smile: [c]", "[red]n", r"\x1b[2Jb", r"[/] \x9b31m", r"\u202e1"):
        assert shown in text
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)
