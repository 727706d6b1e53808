"""Figures of persons by status: areas, their order and height, their labels and keys."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.report import people_figures
from sim.report.panels import Key
from sim.report.people_figures import whereabouts
from tests.handmade import Handmade, weeks
from tests.strategies import tiny_scenario
from tests.unit.report.drawn import artists_of, drawn, keep, listed

TINY = tiny_scenario()


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_figures, "drawing_of", keep)


def found_of(names: str, parts: dict[tuple[str, str], list[float]]) -> Handmade:
    table = weeks({key: [[value] for value in values] for key, values in parts.items()})
    return Handmade(dict.fromkeys(names.split(), TINY), fans={("status", "persons"): table})


def test_statuses_are_stacked_on_the_same_scale_in_both_scenarios() -> None:
    found = found_of(
        "base open",
        {
            ("base", "at_hub"): [10, 20, 30], ("base", "at_coast"): [1, 1, 1], ("base", "diverted"): [2, 3, 4],
            ("base", "intercepted"): [4, 4, 4], ("base", "prospect"): [900, 900, 900],
            ("open", "at_hub"): [10, 20, 40], ("open", "stranded"): [0, 5, 60],
            ("base", "dead"): [0, 0, 0], ("open", "dead"): [0, 1, 1], ("open", "onward"): [0, 0, 0],
        },
    )  # fmt: skip
    under_way, ended = whereabouts(found)
    assert (under_way.title, under_way.note, under_way.wide) == ("Under way", "", False)
    assert under_way.keys == [
        Key("area", "#882255", "stranded"),
        Key("area", "#E69F00", "at the hub"),
        Key("area", "#56B4E9", "at the coast"),
    ]
    assert (ended.title, ended.keys) == ("Journey's end", [Key("area", "#000000", "dead")])
    assert [(one.key, one.caption) for one in under_way.drawings + ended.drawings] == [
        ("wu0", "Persons over time, base; on the last day: at the coast 9, at the hub 30, stranded 0"),
        ("wu1", "Persons over time, open; on the last day: at the coast 0, at the hub 40, stranded 60"),
        ("we0", "Persons over time, base; on the last day: dead 0"),
        ("we1", "Persons over time, open; on the last day: dead 1"),
    ]
    assert drawn(under_way.drawings[0].figure) == listed("""
        figure 4.2 x 2.4; within 0.1333,0.175,0.981,0.8583
        text 'base' at 0.01429,0.9792 left top 9.5 bold #222222
        axes lb, grid y, margins 0,0.05
        area 2025-10-01,7 2025-10-01,0 2025-10-08,0 2025-10-15,0 2025-10-15,9 2025-10-08,8 #56b4e9 edge #ffffff 0.5
        area 2025-10-01,17 2025-10-01,7 2025-10-08,8 2025-10-15,9 2025-10-15,39 2025-10-08,28 #e69f00 edge #ffffff 0.5
        area 2025-10-01,17 2025-10-08,28 2025-10-15,39 2025-10-08,28 #882255 edge #ffffff 0.5
        text 'at the coast' at 2025-10-08,3.5 center center 7.8 #000000
        text 'at the hub' at 2025-10-08,13 center center 7.8 #000000
        x dates 3 to 8
        y limits 0 to 104
        y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
    """)
    assert drawn(under_way.drawings[1].figure) == listed("""
        figure 4.2 x 2.4; within 0.1333,0.175,0.981,0.8583
        text 'open' at 0.01429,0.9792 left top 9.5 bold #222222
        axes lb, grid y, margins 0,0.05
        area 2025-10-01,0 2025-10-08,0 2025-10-15,0 2025-10-08,0 #56b4e9 edge #ffffff 0.5
        area 2025-10-01,10 2025-10-01,0 2025-10-08,0 2025-10-15,0 2025-10-15,40 2025-10-08,20 #e69f00 edge #ffffff 0.5
        area 2025-10-01,10 2025-10-08,20 2025-10-15,40 2025-10-15,100 2025-10-08,25 #882255 edge #ffffff 0.5
        text 'at the hub' at 2025-10-08,5 center center 7.8 #000000
        x dates 3 to 8
        y limits 0 to 104
        y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
    """)


def test_a_scenario_alone_has_a_panel_of_persons() -> None:
    (group,) = whereabouts(found_of("alone", {("alone", "returned"): [5.0, 7.0]}))
    (drawing,) = group.drawings
    assert group.title == "Journey's end"
    assert drawing.figure.texts[0].get_text() == "Persons"
    assert drawing.caption == "Persons over time, Persons; on the last day: returned home 7"
    assert artists_of(drawing.figure.axes[0]) == listed("""
        area 2025-10-01,5 2025-10-01,0 2025-10-08,0 2025-10-08,7 #e69f00 edge #ffffff 0.5
    """)


def test_a_scenario_without_weeks_has_no_panel() -> None:
    (group,) = whereabouts(found_of("base open", {("open", "at_hub"): [1.0]}))
    assert [one.key for one in group.drawings] == ["wu0"]
    assert group.drawings[0].figure.texts[0].get_text() == "open"


def labels_of(values: dict[str, list[float]], top: float) -> list[str]:
    """Labels in the areas of statuses, given from below with their values by week."""
    used = [one for one in people_figures.UNDER_WAY + people_figures.ENDED if one[0] in values]
    area = pd.DataFrame({name: values[name] for name, _, _ in used}, dtype=float)
    stack: Any = people_figures._stack(area, used, "title", top, "key")
    return [line for line in artists_of(stack.figure.axes[0]) if line.startswith("text")]


def test_a_label_stands_where_an_area_is_highest_for_a_while() -> None:
    """For a fifth of the weeks (and three at least), as a label is about as wide."""
    assert labels_of({"at_hub": [0, 0, 4, 10, 10, 10, 4, 0, 9, 0]}, 20) == listed("""
        text 'at the hub' at 4,5 center center 7.8 #000000
    """)
    single = [0.0] * 22
    single[3] = 20.0  # alone, too narrow for the label of 22 weeks
    single[11:16] = [8.0] * 5
    assert labels_of({"at_hub": single}, 20) == listed("""
        text 'at the hub' at 13,4 center center 7.8 #000000
    """)


def test_a_label_stands_between_the_edges_of_its_area() -> None:
    shown = labels_of({"at_hub": [4, 6, 8], "stranded": [10, 10, 10]}, 20)
    assert shown == listed("""
        text 'at the hub' at 1,2 center center 7.8 #000000
        text 'stranded' at 1,11 center center 7.8 #ffffff
    """)


def test_short_labels_stand_for_long_ones_and_colours_follow_the_ground() -> None:
    names = [name for name, _, _ in people_figures.UNDER_WAY + people_figures.ENDED]
    shown = labels_of({name: [10.0] * 3 for name in names}, 120)
    assert [(line.split("'")[1], line.split()[-1]) for line in shown] == [
        ("at the coast", "#000000"), ("in transit", "#ffffff"), ("at the hub", "#000000"), ("at the border", "#ffffff"),
        ("stranded", "#ffffff"), ("in procedure", "#ffffff"), ("onward", "#ffffff"), ("crossed", "#000000"),
        ("landed", "#ffffff"), ("returned", "#000000"), ("moved on elsewhere", "#000000"), ("dead", "#ffffff"),
    ]  # fmt: skip


@pytest.mark.parametrize(("height", "there"), [(1.0, False), (1.01, True)])
def test_an_area_of_a_twentieth_of_the_panel_is_too_low_for_a_label(height: float, there: bool) -> None:
    assert bool(labels_of({"at_hub": [height] * 3}, 20)) is there


@pytest.mark.parametrize(("weeks_", "there"), [(2, False), (3, True), (1, False)])
def test_a_run_of_two_weeks_is_too_short_for_a_label(weeks_: int, there: bool) -> None:
    assert bool(labels_of({"at_hub": [10.0] * weeks_}, 20)) is there


def test_people_diverted_and_brought_back_are_at_the_coast() -> None:
    table = pd.DataFrame({"diverted": [1.0, 2.0], "intercepted": [10.0, 20.0], "at_hub": [5.0, 6.0]})
    areas = people_figures._areas(table, people_figures.UNDER_WAY)
    assert np.array_equal(areas["at_coast"], [11, 22])
    assert np.array_equal(areas["at_hub"], [5, 6])
    assert not areas[["in_transit", "at_border", "stranded", "in_procedure"]].to_numpy().any()
