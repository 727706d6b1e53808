"""Forest plots: a line per scenario, section or route, with its interval, its number and its place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim.report import forest
from sim.report.forest import displacement, forests
from sim.report.panels import Key
from tests.handmade import Handmade, row
from tests.strategies import tiny_scenario
from tests.unit.report.drawn import drawn, keep, listed

PRESSURE = "patrol calls / capacity"


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forest, "drawing_of", keep)


def compared(differences: list[dict[str, Any]], *others: str, values: Any = (), **more: Any) -> Handmade:
    return Handmade(dict.fromkeys(("base", *others), tiny_scenario()), values, differences, **more)


OF_ATTEMPTS = listed(
    """
    figure 4.2 x 1.25; within 0.3143,0.352,0.8524,0.728
    text 'Attempts to cross' at 0.01429,0.96 left top 9.5 bold #222222
    axes b, grid x #DDDDDD, margins 0.06,0.05
    line -30,1 -1.6,1 #0072b2 1.1 solid butt
    line -20,1 -5,1 #0072b2 3.2 solid butt
    line -12,1 #0072b2 mark o 5.2 edge #ffffff 0.6
    text 'closed' at -0.04,1 right center 8.2 #222222 (x of axes)
    text '−12' at 1.03,1 left center 8.2 #222222 (x of axes)
    line 3,0 #d55e00 mark s 5.2 edge #ffffff 0.6
    text 'open' at -0.04,0 right center 8.2 #222222 (x of axes)
    text '+3' at 1.03,0 left center 8.2 #222222 (x of axes)
    line 0,0 0,1 #767676 1 solid (y of axes) z1
    x label 'change, attempts' 8 pad 1
    x ticks of 1.5 0,1,2 of 50 0,15,30,45,60
    x numbers ['−1,235', '−10', '−0.5', '0', '+9.99', '+10', '+12,345']
    y limits -0.6 to 1.6
    y ticks none []
    """
)

OF_PRESSURE = listed(
    """
    figure 4.2 x 1.015; within 0.3143,0.4335,0.8524,0.665
    text 'Highest border pressure' at 0.01429,0.9507 left top 9.5 bold #222222
    axes b, grid x #DDDDDD, margins 0.06,0.05
    line -0.5,0 0.2,0 #0072b2 1.1 solid butt
    line -0.4,0 0.1,0 #0072b2 3.2 solid butt
    line -0.25,0 #0072b2 mark o 5.2 edge #ffffff 0.6
    text 'closed' at -0.04,0 right center 8.2 #222222 (x of axes)
    text '−0.25' at 1.03,0 left center 8.2 #222222 (x of axes)
    line 0,0 0,1 #767676 1 solid (y of axes) z1
    x label 'change, patrol calls / capacity' 8 pad 1
    x ticks of 1.5 0,0.4,0.8,1.2,1.6 of 50 0,15,30,45,60
    x numbers ['−1,235', '−10', '−0.5', '0', '+9.99', '+10', '+12,345']
    y limits -0.6 to 0.6
    y ticks none []
    """
)

OF_DEATHS = listed(
    """
    figure 4.2 x 1.015; within 0.3143,0.4335,0.8524,0.665
    text 'Dead' at 0.01429,0.9507 left top 9.5 bold #222222
    axes b, grid x #DDDDDD, margins 0.06,0.05
    line 1,0 5,0 #d55e00 1.1 solid butt
    line 2,0 4,0 #d55e00 3.2 solid butt
    line 3,0 #d55e00 mark s 5.2 edge #ffffff 0.6
    text 'open' at -0.04,0 right center 8.2 #222222 (x of axes)
    text '+3' at 1.03,0 left center 8.2 #222222 (x of axes)
    line 0,0 0,1 #767676 1 solid (y of axes) z1
    x label 'change, persons' 8 pad 1
    x ticks of 1.5 0,1,2 of 50 0,15,30,45,60
    x numbers ['−1,235', '−10', '−0.5', '0', '+9.99', '+10', '+12,345']
    y limits -0.6 to 0.6
    y ticks none []
    """
)


def test_each_output_has_a_panel_with_a_line_per_scenario() -> None:
    found = compared(
        [
            row("closed", "attempts", (-30, -20, -12, -5, -1.6)),
            row("open", "attempts", [3]),
            row("closed", "pressure_peak", (-0.5, -0.4, -0.25, 0.1, 0.2), unit=PRESSURE),
            row("open", "deaths", (1, 2, 3, 4, 5), unit="persons"),
        ],
        "closed",
        "open",
    )
    border, people = forests(found)
    assert (border.title, border.note, border.keys, border.wide) == ("At the border", "", [], False)
    assert (people.title, people.note, people.keys, people.wide) == ("The people", "", [], False)
    assert [(one.key, one.caption) for one in border.drawings + people.drawings] == [
        ("fo-attempts", "Attempts to cross: closed −12 (−30 to −2); open +3 (+3)"),
        ("fo-pressure_peak", "Highest border pressure: closed −0.25 (−0.50 to +0.20)"),
        ("fo-deaths", "Dead: open +3 (+1 to +5)"),
    ]
    attempts, pressure, deaths = (drawn(one.figure) for one in border.drawings + people.drawings)
    assert attempts == OF_ATTEMPTS
    assert pressure == OF_PRESSURE
    assert deaths == OF_DEATHS


def test_landings_have_a_panel_only_where_somebody_lands() -> None:
    differences = [row("open", "landed", [2])]
    for most, keys in ((0, []), (1, ["fo-landed"])):
        found = compared(differences, "open", values=[row("base", "landed", (0, 0, 0, 0, most))])
        assert [one.key for group in forests(found) for one in group.drawings] == keys


def test_all_outputs_of_the_border_come_before_those_of_the_people() -> None:
    known = [*forest.BORDER, "landed", *forest.PEOPLE]
    rows = [row("open", name, [1]) for name in known if name != "in_procedure"]
    rows.append(row("open", "persons", [1], "everywhere", "in_procedure"))
    found = compared(rows, "open", values=[row("open", "landed", [1])])
    assert [[one.key for one in group.drawings] for group in forests(found)] == [
        ["fo-attempts", "fo-days_over", "fo-pressure_mean", "fo-pressure_peak", "fo-entries", "fo-landed"],
        ["fo-deaths", "fo-stranded", "fo-injuries", "fo-returned", "fo-in_procedure"],
    ]


def test_markers_and_colours_begin_again_after_the_last() -> None:
    names = [f"s{k}" for k in range(7)]
    figure = forests(compared([row(name, "deaths", [k]) for k, name in enumerate(names)], *names))[0].drawings[0].figure
    dots = [line for line in figure.axes[0].lines if line.get_marker() != "None"]
    assert [dot.get_marker() for dot in dots] == ["o", "s", "D", "^", "v", "P", "o"]
    assert [dot.get_color() for dot in dots] == [
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#0072B2",
    ]  # fmt: skip
    assert [(*dot.get_xdata(), *dot.get_ydata()) for dot in dots] == [(k, 6 - k) for k in range(7)]


BY_SECTION = listed(
    """
    figure 4.2 x 1.72; within 0.3143,0.2558,0.8524,0.8023
    text 'Attempts by section' at 0.01429,0.9709 left top 9.5 bold #222222
    axes b, grid x #DDDDDD, margins 0.06,0.05
    line 7,3 #0072b2 mark o 5.2 edge #ffffff 0.6
    text 'dieveniskes' at -0.04,3 right center 8.2 #222222 (x of axes)
    text '+7' at 1.03,3 left center 8.2 #222222 (x of axes)
    line -4,2 0,2 #0072b2 1.1 solid butt
    line -3,2 -1,2 #0072b2 3.2 solid butt
    line -2,2 #0072b2 mark o 5.2 edge #ffffff 0.6
    text 'kuznica' at -0.04,2 right center 8.2 #222222 (x of axes)
    text '−2' at 1.03,2 left center 8.2 #222222 (x of axes)
    line 0,1 4,1 #0072b2 1.1 solid butt
    line 1,1 3,1 #0072b2 3.2 solid butt
    line 2,1 #0072b2 mark o 5.2 edge #ffffff 0.6
    text 'narewka' at -0.04,1 right center 8.2 #222222 (x of axes)
    text '+2' at 1.03,1 left center 8.2 #222222 (x of axes)
    line -1,0 12.4,0 #222222 1.1 solid butt
    line 0,0 1,0 #222222 3.2 solid butt
    line 0,0 #222222 mark D 5.2 edge #ffffff 0.6
    text 'Poland' at -0.04,0 right center 8.2 bold #222222 (x of axes)
    text '0' at 1.03,0 left center 8.2 bold #222222 (x of axes)
    line 0,0 0,1 #767676 1 solid (y of axes) z1
    x label 'change, attempts; countries bold' 8 pad 1
    x ticks of 1.5 0,1,2 of 50 0,15,30,45,60
    x numbers ['−1,235', '−10', '−0.5', '0', '+9.99', '+10', '+12,345']
    y limits -0.6 to 3.6
    y ticks none []
    """
)

BY_ROUTE = listed(
    """
    figure 4.2 x 1.72; within 0.3143,0.2558,0.8524,0.8023
    text 'Persons by route' at 0.01429,0.9709 left top 9.5 bold #222222
    axes b, grid x #DDDDDD, margins 0.06,0.05
    line 0,3 #0072b2 mark o 5.2 edge #ffffff 0.6
    text 'baghdad-minsk' at -0.04,3 right center 8.2 #222222 (x of axes)
    text '0' at 1.03,3 left center 8.2 #222222 (x of axes)
    line 0,2 1,2 #d55e00 1.1 solid butt
    line 0,2 0,2 #d55e00 3.2 solid butt
    line 0,2 #d55e00 mark D 5.2 edge #ffffff 0.6
    text '' at -0.04,2 right center 8.2 #222222 (x of axes)
    text '0' at 1.03,2 left center 8.2 #222222 (x of axes)
    line 1,1 5,1 #0072b2 1.1 solid butt
    line 2,1 4,1 #0072b2 3.2 solid butt
    line 3,1 #0072b2 mark o 5.2 edge #ffffff 0.6
    text 'benghazi-italy' at -0.04,1 right center 8.2 #222222 (x of axes)
    text '+3' at 1.03,1 left center 8.2 #222222 (x of axes)
    line 6,0 #d55e00 mark D 5.2 edge #ffffff 0.6
    text '' at -0.04,0 right center 8.2 #222222 (x of axes)
    text '+6' at 1.03,0 left center 8.2 #222222 (x of axes)
    line 0,0 0,1 #767676 1 solid (y of axes) z1
    x label 'change, persons' 8 pad 1
    x ticks of 1.5 0,1,2 of 50 0,15,30,45,60
    x numbers ['−1,235', '−10', '−0.5', '0', '+9.99', '+10', '+12,345']
    y limits -0.6 to 3.6
    y ticks none []
    """
)


def test_displacement_is_by_section_below_its_agency_and_by_route() -> None:
    found = compared(
        [
            row("open", "attempts", (-4, -3, -2, -1, 0), "section", "kuznica"),
            row("open", "attempts", (0, 1, 2, 3, 4), "section", "narewka"),
            row("open", "attempts", (-1, 0, 0, 1, 12.4), "agency", "poland"),
            row("open", "attempts", [7], "section", "dieveniskes"),
            row("open", "boarded", (1, 2, 3, 4, 5), "route", "benghazi-italy"),
            row("open", "landed", [6], "route", "benghazi-italy"),
            row("open", "entries", [99], "route", "benghazi-italy"),
            row("open", "boarded", [0], "route", "baghdad-minsk"),
            row("open", "entries", (0, 0, 0, 0, 1), "route", "baghdad-minsk"),
            row("open", "landed", [99], "route", "baghdad-minsk"),
        ],
        "open",
    )
    (group,) = displacement(found)
    assert (group.title, group.note, group.wide) == ("open", "", True)
    assert group.keys == [Key("dot", "#0072B2", "by route: boarded"), Key("diamond", "#D55E00", "got into the EU")]
    sections, routes = group.drawings
    assert (sections.key, sections.caption) == (
        "sw0",
        "Attempts by section: dieveniskes +7 (+7); kuznica −2 (−4 to 0); narewka +2 (0 to +4); Poland 0 (−1 to +12)",
    )
    assert (routes.key, routes.caption) == (
        "rw0",
        "Persons by route: baghdad-minsk 0 (0); got in 0 (0 to +1); benghazi-italy +3 (+1 to +5); got in +6 (+6)",
    )
    assert drawn(sections.figure) == BY_SECTION
    assert drawn(routes.figure) == BY_ROUTE


def test_displacement_has_a_group_for_each_scenario_that_shifts_anything() -> None:
    found = compared(
        [row(name, "boarded", [k], "route", "baghdad-minsk") for k, name in enumerate(("none", "some", "more"))],
        "none",
        "some",
        "more",
        windows={"some": (tiny_scenario().start, tiny_scenario().end)},
    )
    groups = displacement(found)
    assert [(group.title, group.note) for group in groups] == [("some", "from 1 October 2025"), ("more", "")]
    assert [[one.key for one in group.drawings] for group in groups] == [["rw1"], ["rw2"]]


@pytest.mark.parametrize(
    ("boarded", "arrived", "lines"),
    [((0, 0), (0, 0), 0), ((-1, 0), (0, 0), 2), ((0, 1), None, 1), ((0, 0), (-1, 0), 2), ((0, 0), None, 0),
     (None, (1, 2), 0)],
)  # fmt: skip
def test_a_route_is_shown_if_anything_may_change_on_it(boarded: Any, arrived: Any, lines: int) -> None:
    rows = [
        row("open", output, (ends[0], 0, 0, 0, ends[1]), "route", "baghdad-minsk")
        for output, ends in (("boarded", boarded), ("entries", arrived))
        if ends is not None
    ]
    assert len(forest._by_route(compared(rows, "open"), "open")) == lines


def test_no_more_routes_are_shown_than_a_panel_holds() -> None:
    names = [f"r{k:02}" for k in range(20)]
    scenario: Any = SimpleNamespace(routes={name: SimpleNamespace(over_sea=False) for name in names})
    rows = [row("b", output, [1], "route", name) for name in names for output in ("boarded", "entries")]
    lines = forest._by_route(Handmade({"a": scenario, "b": scenario}, (), rows), "b")
    assert [line.label for line in lines] == [label for name in names[:16] for label in (name, "")]


def test_people_on_a_route_that_is_over_sea_in_any_scenario_get_in_by_landing() -> None:
    land, sea = SimpleNamespace(routes={}), SimpleNamespace(routes={"r": SimpleNamespace(over_sea=True)})
    rows = [row("b", "boarded", [1], "route", "r"), row("b", "landed", [2], "route", "r")]
    found = Handmade({"a": land, "b": sea}, (), rows)  # type: ignore[dict-item]
    assert [line.row["measure"] for line in forest._by_route(found, "b")] == ["boarded", "landed"]


def test_a_long_label_is_clipped() -> None:
    name = "a scenario with a long name"
    figure = forests(compared([row(name, "deaths", [1])], name))[0].drawings[0].figure
    assert [one.get_text() for one in figure.axes[0].texts] == ["a scenario with a…", "+1"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (10, "+10"),
        (-10, "−10"),
        (10.4, "+10"),
        (9.5, "+9.5"),
        (-0.25, "−0.25"),
        (0, "0"),
        (-0.0, "0"),
        (1234, "+1,234"),
    ],
)
def test_ticks_are_written_with_their_sign(value: float, text: str) -> None:
    assert forest._tick(value) == text
