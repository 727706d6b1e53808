"""Outlines, borders and names on the map, from shapes made by hand."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import data
from sim.data import country_labels as labels
from sim.data import durable_files, geography, plain_text
from sim.data.csv_reader import CsvError, decode, read, read_known, records
from sim.data.durable_files import append_whole, held, make_folder, umask, write_text, write_whole
from sim.data.geography import BorderSection, great_circle_km, ring_of
from sim.data.html import block, rows

ARCS = (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)), ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0)), ((170.0, 5.0), (-170.0, 6.0)),
        ((-170.0, 6.0), (-20.0, 7.0)), ((-10.0, 5.0), (170.0, 6.0)))  # fmt: skip


def test_a_ring_is_its_arcs_one_after_the_other_some_from_their_end() -> None:
    assert ring_of([0, ~1], ARCS) == ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    assert ring_of([1, ~0], ARCS) == ((0, 0), (0, 1), (1, 1), (1, 0), (0, 0))
    assert ring_of([0], ARCS) == ARCS[0]


def test_a_ring_across_the_date_line_goes_on_to_the_east() -> None:
    assert ring_of([2], ARCS) == ((170, 5), (190, 6))
    assert ring_of([2, 3], ARCS) == ((170, 5), (190, 6), (340, 7))
    assert ring_of([4], ARCS) == ((-10, 5), (170, 6)), "180 degrees are not across"


LINE = tuple((float(k), 50.0) for k in range(6))
FAR = tuple((float(k), 51.0) for k in range(6))


@pytest.fixture
def two_borders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geography, "borders", lambda: (FAR, LINE))


def along(*points: tuple[float, float]) -> Any:
    return geography.along_border.__wrapped__(points)


@pytest.mark.usefixtures("two_borders")
def test_a_line_near_a_border_is_the_stretch_between_its_ends() -> None:
    assert along((1.01, 50.01), (4.0, 49.99)) == LINE[1:5]
    assert along((4.0, 49.99), (1.01, 50.01)) == LINE[4:0:-1]
    assert along((0.0, 50.0), (5.0, 50.0)) == LINE
    assert along((1.0, 51.0), (2.0, 51.01)) == FAR[1:3]
    near, beyond = 50 + 4.9 / 111.195, 50 + 5.1 / 111.195
    assert along((1.0, near), (2.0, 50.0)) == LINE[1:3]
    for line in (((1.0, beyond), (2.0, 50.0)), ((1.0, 50.0), (1.01, 50.0)), ((1.0, 50.0), (2.0, 51.0)), ((1.0, 50.0),)):
        assert along(*line) == line


def test_a_border_may_be_near_within_a_degree_of_longitude_and_half_of_latitude() -> None:
    border = ((2.0, 10.0), (4.0, 12.0), (3.0, 11.0))
    assert geography._may_be_near([(1.01, 9.51), (4.99, 12.49)], border)
    for point in ((1.0, 11.0), (5.0, 11.0), (3.0, 9.5), (3.0, 12.5)):
        assert not geography._may_be_near([(3.0, 11.0), point], border)


def test_a_point_lies_in_a_country_but_not_in_its_holes(monkeypatch: pytest.MonkeyPatch) -> None:
    def square(low: float, high: float) -> Any:
        return ((low, low), (high, low), (high, high), (low, high), (low, low))

    monkeypatch.setattr(
        geography, "outlines", lambda: {"AAA": ((square(0, 9), square(3, 6)),), "BBB": ((square(3, 6),),)}
    )
    found = geography._with_latitudes.__wrapped__()
    assert found["AAA"] == [(0, 9, square(0, 9)), (3, 6, square(3, 6))]
    monkeypatch.setattr(geography, "_with_latitudes", lambda: found)
    at = geography.country_at.__wrapped__
    where = {point: at(*point) for point in ((1, 1), (4, 4), (7, 4), (2, 4), (10, 4), (-1, 4), (4, 10), (8.9, 8.9))}
    assert where == {(1, 1): "AAA", (4, 4): "BBB", (7, 4): "AAA", (2, 4): "AAA", (10, 4): "", (-1, 4): "", (4, 10): "",
                     (8.9, 8.9): "AAA"}  # fmt: skip
    triangle = ((0, 0), (4, 0), (0, 4), (0, 0))
    monkeypatch.setattr(geography, "_with_latitudes", lambda: {"CCC": [(0, 4, triangle)]})
    assert [at(x, 1) for x in (0.5, 2.9, 3.1)] == ["CCC", "CCC", ""]


def test_borders_are_the_arcs_that_two_countries_share(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = [{"id": "A", "arcs": [[[0, 1]]]}, {"id": "B", "arcs": [[[~1, 2]], [[3]]]}]
    monkeypatch.setattr(geography, "_countries", lambda: shapes)
    monkeypatch.setattr(geography, "_arcs", lambda: ARCS[:4])
    assert geography.borders.__wrapped__() == (ARCS[1],)
    topology = {"transform": {"scale": [0.01, 0.01]}, "arcs": [[[100, 200], [5, -5], [1, 1]]]}
    monkeypatch.setattr(geography, "_topology", lambda: topology)
    monkeypatch.undo()
    monkeypatch.setattr(geography, "_topology", lambda: topology)
    assert geography._arcs.__wrapped__() == (((1.0, 2.0), (1.05, 1.95), (1.06, 1.96)),)


def test_lengths_on_the_sphere() -> None:
    quarter = math.pi / 2 * geography.EARTH_RADIUS_KM
    assert great_circle_km(0, 0, 90, 0) == pytest.approx(quarter)
    assert great_circle_km(0, 0, 0, 90) == pytest.approx(quarter)
    assert great_circle_km(20, 60, 21, 60) == pytest.approx(55.5976, abs=1e-3)
    assert great_circle_km(0, 0, 180, 0) == pytest.approx(2 * quarter)
    section = BorderSection("c", "a", "t", 9.0, ((0, 0), (0, 1), (0, 3)))
    assert section.drawn_km == pytest.approx(3 * quarter / 90)
    assert geography.by_sections(["zeta", "poland", "alpha", "lithuania"])[2:] == ["alpha", "zeta"]


def test_a_name_stands_in_the_middle_of_what_is_left_of_a_country() -> None:
    inside = np.zeros((7, 9), bool)
    inside[1:6, 1:8] = True
    assert labels._deepest(inside) == (3, 4)
    inside[1:6, 1:4] = False
    assert labels._deepest(inside) in ((3, 5), (3, 6), (2, 5), (2, 6), (4, 5), (4, 6))
    assert labels._deepest(np.eye(1, 3, 2, dtype=bool)) == (0, 2)
    square = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0))
    grid = labels._inside([square, ((1.0, 1.0), (3.0, 1.0), (3.0, 3.0), (1.0, 3.0), (1.0, 1.0))],
                          np.array([-0.5, 0.5, 2.0, 3.5, 4.5]), [0.5, 2.0, 5.0])  # fmt: skip
    assert grid.tolist() == [[False, True, True, True, False], [False, True, False, True, False], [False] * 5]
    assert labels._overlaps(square, (3.0, 3.0, 9.0, 9.0))
    for box in ((4.0, 0.0, 9.0, 4.0), (-9.0, 0.0, 0.0, 4.0), (0.0, 4.0, 4.0, 9.0), (0.0, -9.0, 4.0, 0.0)):
        assert not labels._overlaps(square, box)


def test_names_are_of_the_larger_countries_first_and_of_none_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    def box(west: float, south: float, east: float, north: float) -> Any:
        return (((west, south), (east, south), (east, north), (west, north), (west, south)),)

    shapes = {"SML": (box(30, 0, 36, 36),), "BIG": (box(0, 0, 29, 36),), "DOT": (box(32, 1, 33, 2),)}
    monkeypatch.setattr(labels, "outlines", lambda: shapes)
    found = labels.country_labels.__wrapped__((0.0, 0.0, 36.0, 36.0))
    assert list(found) == ["BIG", "SML"]
    assert 10 <= found["BIG"][0] <= 19
    assert 15 <= found["BIG"][1] <= 21
    assert 32 <= found["SML"][0] <= 34
    taken = labels.country_labels.__wrapped__((0.0, 0.0, 36.0, 36.0), ((29.5, -1.0, 37.0, 37.0),))
    assert list(taken) == ["BIG"]
    assert labels.mercator(0) == pytest.approx(0)
    assert labels.mercator(45) == pytest.approx(math.degrees(math.asinh(1)))
    assert labels.latitude(labels.mercator(-66)) == pytest.approx(-66)


def test_files_are_written_whole_with_their_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(durable_files, "sync_folder", synced.append)
    file = tmp_path / "a" / "b" / ("x" * 60)
    write_whole(file, b"one")
    assert file.read_bytes() == b"one"
    assert synced == [tmp_path / "a", tmp_path, tmp_path / "a" / "b"]
    assert file.stat().st_mode & 0o777 == 0o666 & ~umask()
    write_text(file, "zwei\r\nü\n")
    assert file.read_bytes() == "zwei\r\nü\n".encode()
    assert [one.name for one in file.parent.iterdir()] == ["x" * 60]
    synced.clear()
    make_folder(tmp_path / "a")
    assert synced == []
    more = tmp_path / "a" / "more"
    append_whole(more, b"1")
    assert synced == [tmp_path / "a"]
    append_whole(more, b"2")
    assert (more.read_bytes(), synced) == (b"12", [tmp_path / "a"])
    with held(tmp_path) as first, held(tmp_path) as second:
        assert (first, second) == (True, False)


@pytest.mark.parametrize("there", [True, False])
def test_what_cannot_be_appended_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    file = tmp_path / "f"
    if there:
        file.write_bytes(b"old")

    def refuse(handle: int) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="full"):
        append_whole(file, b"more")
    assert (file.read_bytes() if file.exists() else None) == (b"old" if there else None)
    with pytest.raises(OSError, match="full"):
        write_whole(file, b"other")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == ([("f", b"old")] if there else [])


def known(cells: list[str]) -> int:
    return len({"a", "b"} & set(cells))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b\n1,2\n", ("comma", ["a", "b"], 1, [(2, ["1", "2"])])),
        ("\n\na;b\n\n1;2,3\n", ("semicolon", ["a", "b"], 3, [(5, ["1", "2,3"])])),
        ("sep=|\na|b\n1|2\n", ("vertical bar", ["a", "b"], 2, [(3, ["1", "2"])])),
        ("SEP=x\r\naxb\r\n1x2\r\n", ("'x'", ["a", "b"], 2, [(3, ["1", "2"])])),
        ("title\n a \tb\n1\t2\n", ("tab", ["a", "b"], 2, [(3, ["1", "2"])])),
        ('a,b\n"1\n2",3\n', ("comma", ["a", "b"], 1, [(3, ["1\n2", "3"])])),
        ("", ("comma", [], 1, [])), ("sep=;\n", ("semicolon", [], 2, [])),
        ("a,b\n'=1,2\n", ("comma", ["a", "b"], 1, [(2, ["=1", "2"])])),
    ],
)  # fmt: skip
def test_a_table_is_read_under_the_delimiter_that_fits_its_header(text: str, found: tuple[Any, ...]) -> None:
    assert tuple(read(text, known, search=3)) == found


def test_only_so_many_lines_are_searched_and_the_first_best_is_taken() -> None:
    assert read("x,y\na,b\n", known).header == ["x", "y"]
    assert read("x,y\na,b\na,b\n", known, search=3).line == 2
    assert read_known(" a ,b\n1,2\n", ("a", "b")).header == ["a", "b"]
    with pytest.raises(CsvError) as caught:
        read('sep=,\na,b\n"1,2\n', known)
    assert str(caught.value).startswith("line 3: not CSV: ")
    assert str(caught.value).endswith(" (read with the delimiter comma)")
    with pytest.raises(CsvError, match="line 3: found 1 cells; allowed: 2"):
        records("a,b\n1,2\n3\n")
    assert records("a,b\n1,2\n") == [{"a": "1", "b": "2"}]
    assert str(CsvError(0, "words")) == "words"


def test_text_is_decoded_by_its_mark_or_as_utf_8() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        assert decode("ü,1\n".encode(encoding)) == "ü,1\n"
    with pytest.raises(CsvError, match="line 2: found the byte 0xfc, which is not UTF-8; save the file as UTF-8"):
        decode(b"a\n\xfc\n")
    with pytest.raises(CsvError, match="line 3: found a NUL, so that this is no CSV; save it as UTF-8"):
        decode(b"a\nb\n\0\n")


def test_names_that_are_not_there_are_told_with_those_that_are() -> None:
    assert data.allowed([], "x") == "allowed: none"
    assert data.allowed(["poland", "latvia"], "polnd") == "allowed: poland, latvia (did you mean 'poland'?)"
    assert data.allowed(["poland"], "x") == "allowed: poland"
    assert plain_text.visible("a\x1b[2J\tb\u202e\n") == "a\\x1b[2J\tb\\u202e\n"
    assert plain_text.label_of("x/a\\b\tc\x07.yaml") == "a_b_c_"
    assert block("<t>", "a&b", "<x>") == "<h3>&lt;t&gt;</h3>\n<p>a&amp;b</p>\n<x>"
    assert rows([("<n>", 1)]) == "<table>\n<tr><th>&lt;n&gt;</th><td>1</td></tr>\n</table>"
