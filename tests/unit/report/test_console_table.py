"""A table fits every terminal, and loses neither a name nor a figure that it shows."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from sim.report.console_table import ConsoleTable
from tests.made_study import printed as as_printed
from tests.made_study import spelt
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


FORMS = ("10 (5 … 20)", "10\n(5 … 20)", "10")


def a_table() -> ConsoleTable:
    """Whole it is 104 cells wide: 26, 13, 11, 5 and 33 in the columns, three for each of them, and one."""
    columns = ("name", "first heading", "second", "third", "words")
    table = ConsoleTable(("Long title", "Short"), "A caption", columns, ("third", "second"))
    table.add_row("a name that goes on and on", "1", FORMS, "333", "some words here")
    table.add_row("Whole", "2", "7", "4", "·", style="bold", ends_section=True)
    table.add_row("last", "−3", ("8 (7 … 9)", "8"), "5", "unbreakable" * 3)
    return table


@pytest.mark.parametrize(
    ("width", "names", "headings", "form"),
    [
        (200, 26, "first heading, second, third, words", 0),
        (104, 26, "first heading, second, third, words", 0),
        (103, 26, "first heading, second, third, words", 0),
        (89, 26, "first heading, second, third, words", 0),
        (88, 26, "first heading, second, third", 0),
        (62, 26, "first heading, second, third", 0),
        (61, 26, "second, third", 0),
        (51, 25, "second, third", 0),
        (50, 24, "second, third", 0),
        (49, 26, "second, third", 1),
        (47, 24, "second, third", 1),
        (46, 25, "second, third", 2),
        (45, 24, "second, third", 2),
        (44, 26, "third", 2),
        (37, 25, "third", 2),
        (13, 1, "third", 2),
        (5, 1, "third", 2),
    ],
)
def test_columns_and_forms_follow_from_the_room_that_there_is(width: int, names: int, headings: str, form: int) -> None:
    table = a_table().fitted(width)
    widths = {str(column.header): column.width or 0 for column in table.columns}
    assert widths["name"] == names
    assert ", ".join(list(widths)[1:]) == headings
    if width >= 13:
        assert sum(widths.values()) + 3 * len(widths) + 1 <= width
    cells = {str(column.header): [str(cell) for cell in column.cells] for column in table.columns}
    assert cells["third"] == ["333", "4", "5"]
    if "second" in cells:
        assert cells["second"] == [FORMS[form], "7", ("8 (7 … 9)", "8", "8")[form]]
        assert widths["second"] == (11, 8, 6)[form]
    if "first heading" in cells:
        assert widths["first heading"] == (13 if width >= 104 else 7)
    if "words" in cells:
        assert widths["words"] == (33 if width >= 104 else 24)
    assert str(table.title) == ("Short" if form == 2 else "Long title")
    left = [name for name in ("first heading", "second", "third", "words") if name not in cells]
    more = f"\nNot shown at this width: {', '.join(left)}; --wide shows all." if left else ""
    assert str(table.caption) == f"A caption{more}"


DRAWN = """\
Long title
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━┳━━━━━━━┓
┃ name                       ┃   second ┃ third ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━╇━━━━━━━┩
│ a name that goes on and on │       10 │   333 │
│                            │ (5 … 20) │       │
│ Whole                      │        7 │     4 │
├────────────────────────────┼──────────┼───────┤
│ last                       │        8 │     5 │
└────────────────────────────┴──────────┴───────┘
A caption
Not shown at this width: first heading, words;
--wide shows all."""


def test_a_table_is_drawn_with_lines_where_sections_end() -> None:
    assert as_printed(a_table(), 49) == DRAWN
    assert spelt(a_table())[2:6] == [
        "a name that goes on and on | 1 | 10 (5 … 20) | 333 | some words here",
        "Whole | 2 | 7 | 4 | · *",
        "---",
        f"last | −3 | 8 (7 … 9) | 5 | {'unbreakable' * 3}",
    ]
    styles = [(row.style, row.end_section) for row in a_table().fitted(200).rows]
    assert styles == [("", False), ("bold", True), ("", False)]


def test_of_a_single_title_all_widths_have_it() -> None:
    table = ConsoleTable("Title", "", ("name", "one"))
    table.add_row("n", FORMS)
    assert [str(table.fitted(width).title) for width in (30, 15, 10)] == ["Title"] * 3


def test_a_section_may_end_below_the_last_row_if_there_is_one() -> None:
    table = ConsoleTable("", "", ("name", "one"))
    table.end_section()
    assert spelt(table) == ["None", "name | one", "None"]
    table.add_row("a", "1", style="bold")
    table.end_section()
    table.add_row("b", "2")
    assert spelt(table) == ["None", "name | one", "a | 1 *", "---", "b | 2", "None"]


def test_without_a_caption_what_is_left_out_stands_alone() -> None:
    table = ConsoleTable("", "", ("name", "one", "two"))
    table.add_row("n", "1" * 9, "2" * 9)
    assert spelt(table, 22) == [
        "None", "name | one", "n | 111111111", "Not shown at this width: two; --wide shows all.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "cell", "width"),
    [
        ("some words", "1", 5), ("a heading-of-20-cells", "1", 14), ("one", "12,345 of 2", 11),
        ("one", "−5 (1 … 9)", 10), ("one", "+5 a", 4), ("one", "· of", 4), ("one", "x of words", 5),
        ("one", "w" * 30, 24), ("", "", 1), ("", "漢字", 4),
    ],
)  # fmt: skip
def test_words_are_broken_and_figures_are_not(heading: str, cell: str, width: int) -> None:
    table = ConsoleTable("", "", ("name", heading))
    table.add_row("a rather long name, longer than any room that there is", cell)
    assert [column.width for column in table.fitted(50 if width < 20 else 60).columns][1] == width
    assert as_printed(table, 300).splitlines()[-2].count("│") == 3


def test_names_have_room_for_a_long_heading_and_no_more_than_they_need() -> None:
    table = ConsoleTable("", "", ("a-name-of-many-cells", "one", "two"))
    table.add_row("n", "1" * 20, "2" * 20)
    assert [column.width for column in table.fitted(50).columns] == [20, 20]
    assert [column.width for column in table.fitted(66).columns] == [16, 20, 20]
    assert [column.width for column in table.fitted(64).columns] == [14, 20, 20]
    assert ConsoleTable("", "", ("name",)).fitted(80).columns[0].width == 4
