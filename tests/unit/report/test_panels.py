"""Parts that panels share: colours and dashes of scenarios, dates below, the lines of full load and of nought."""

from __future__ import annotations

from datetime import date

import matplotlib as mpl
import pytest
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from sim.report import panels
from sim.report.svg import RC_SVG
from tests.handmade import Handmade
from tests.strategies import tiny_scenario
from tests.unit.report.drawn import artists_of, drawn, listed

TINY = tiny_scenario()
SOLID, DASHED, DOTTED, MIXED = "-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5))


def found_of(*names: str) -> Handmade:
    return Handmade(dict.fromkeys(names, TINY))


def test_the_base_of_a_comparison_is_grey_and_the_rest_have_their_own_colours() -> None:
    many = found_of("base", *"abcdefg")
    assert panels.colour_of(found_of("alone"), "alone") == "#0072B2"
    assert panels.colour_of(many, "base") == "#8A8A8A"
    assert [panels.colour_of(many, name) for name in "abcdefg"] == [
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#0072B2",
    ]  # fmt: skip


def test_dashes_distinguish_scenarios_besides_colours() -> None:
    many = found_of("base", *"abcde")
    assert panels.dash_of(found_of("alone"), "alone") == SOLID
    assert panels.dash_of(many, "base") == DASHED
    assert [panels.dash_of(many, name) for name in "abcde"] == [SOLID, DASHED, DOTTED, MIXED, SOLID]
    assert panels.dash_of(found_of("base", "open"), "open") == SOLID


def test_a_panel_has_its_margins_in_inches() -> None:
    with mpl.rc_context(RC_SVG):  # type: ignore[arg-type]
        figure, axes = panels.panel(2.0, "A title " + "that is too long " * 4)
        panels.over_time(axes)
    assert drawn(figure) == listed("""
        figure 4.2 x 2; within 0.1095,0.21,0.981,0.83
        text 'A title that is too long that is too long that…' at 0.01429,0.975 left top 9.5 bold #222222
        axes lb, grid y, margins 0,0.05
        x dates 3 to 8
        y limits 0 to 1
        y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
    """)
    figure, _ = panels.panel(1.0, "title", left=0.42, right=0.21, bottom=0.1, top=0.25)
    pars = figure.subplotpars
    assert (pars.left, pars.right, pars.bottom, pars.top) == pytest.approx((0.1, 0.95, 0.1, 0.75))


def ticks(*days: date) -> list[str]:
    return panels._Dates().format_ticks([date2num(day) for day in days])


def test_dates_have_their_year_below_the_first_and_where_it_changes() -> None:
    assert ticks(date(2021, 11, 1), date(2021, 12, 1), date(2022, 1, 1), date(2022, 2, 1)) == [
        "Nov\n2021", "Dec", "Jan\n2022", "Feb",
    ]  # fmt: skip
    assert ticks(date(2021, 12, 24), date(2022, 1, 1), date(2022, 1, 8)) == ["24 Dec\n2021", "1 Jan\n2022", "8 Jan"]
    assert ticks(date(2021, 5, 1), date(2022, 5, 1)) == ["2021", "2022"]
    assert ticks(date(2021, 5, 1), date(2022, 6, 1)) == ["May\n2021", "Jun\n2022"]
    assert ticks(date(2021, 5, 1), date(2022, 5, 2)) == ["1 May\n2021", "2 May\n2022"]
    assert ticks(date(2021, 5, 1)) == ["May\n2021"]
    assert panels._Dates()(float(date2num(date(2021, 5, 3)))) == "3 May\n2021"
    assert ticks() == []


@pytest.mark.parametrize(("highest", "top"), [(0.5, 1.3), (1.2, 1.3), (2.0, 2.1)])
def test_the_line_of_full_load_is_always_in_the_panel(highest: float, top: float) -> None:
    axes = Figure().subplots()
    axes.plot([0, 1], [0, highest])
    panels.full_load(axes)
    assert axes.get_ylim() == pytest.approx((0, top))
    assert artists_of(axes)[1:] == listed("""
        line 0,1 1,1 #222222 0.9 solid (x of axes)
        text 'full load' at 0.005,1 left bottom 7.5 #000000 (x of axes)
    """)


def test_nought_is_a_line_behind_the_differences() -> None:
    axes = Figure().subplots()
    panels.nought(axes)
    assert artists_of(axes) == listed("""
        line 0,0 0,1 #767676 1 solid (y of axes) z1
    """)
