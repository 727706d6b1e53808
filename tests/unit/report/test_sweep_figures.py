"""Figures of sweeps hold what their tables hold, also where something is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.report import sweep_figures as figures
from sim.report.console import EMPTY
from sim.report.console_sweeps import text_of, threshold_rows
from tests.unit.report.drawn import artists_of, axes_of, drawn, listed

TORNADO = pd.DataFrame(
    {
        "parameter": ["a.very.long.path." * 2, "b"], "low": [0.0, 1.0], "high": [1.0, 2.0], "at_low": [3.0, np.nan],
        "at_high": [5.0, 4.5], "centre": [4.0, 4.0], "swing": [2.0, 0.1],
    }
)  # fmt: skip
PAIRS = pd.DataFrame({"parameter": ["a", "a", "b"], "with": ["b", "c", "c"], "second": [0.2, -0.1, np.nan]})


def texts(figure: Figure) -> str:
    return " ".join(text.get_text() for axes in figure.axes for text in [*axes.texts, axes.title, axes.xaxis.label])


def test_a_tornado_begins_with_the_longest_bar(tmp_path: Path) -> None:
    figure = figures.tornado(TORNADO, "deaths", "persons", "a note")
    assert "deaths (persons)" in texts(figure)
    assert [round(bar.get_width(), 2) for bar in figure.axes[0].patches] == [0.5, -1.0, 1.0]
    drawn = [figures.tornado(TORNADO, "deaths", "persons", "a note") for _ in range(2)]
    one, two = (figures.save(figure, tmp_path / f"{k}.png").read_bytes() for k, figure in enumerate(drawn))
    assert one == two


def test_pairs_are_beside_the_map_if_there_are_any() -> None:
    edges = [np.array([0.0, 1.0, 2.0])] * 2
    grid = np.array([[1.0, 2.0], [np.nan, 4.0]])
    assert len(figures.interaction(grid, edges, ["a", "b"], "deaths", "persons", None).axes) == 2
    assert len(figures.interaction(grid, edges, ["a", "b"], "deaths", "persons", PAIRS).axes) == 4


def test_tipping_points_leave_out_who_never_tips() -> None:
    curves = pd.DataFrame(
        {"name": ["x", "x", "y", "y"], "level": [0.0, 1.0] * 2, "probability": [0.0, 1.0, 0.0, 0.0],
         "low90": 0.0, "high90": [0.1, 1.0, 0.1, 0.1]}
    )  # fmt: skip
    table = pd.DataFrame(
        {"name": ["x", "y"], "probability": 0.5, "level": [0.5, np.nan], "low": [-np.inf, 1.0], "high": [1.0, np.inf],
         "state": ["found", "above the range"], "reversals": 0.0}
    )  # fmt: skip
    figure = figures.tipping(table, curves, "flights", "per week")
    assert [label.get_text() for label in figure.axes[1].get_yticklabels()] == ["x"]
    rows = threshold_rows(table).set_index("name")["50%"]
    assert rows["x"] == "0.5 (… to 1)"
    assert rows["y"] == "above the range"


def test_numbers_as_tables_show_them() -> None:
    assert [text_of(v) for v in (1234.6, 12, 0.12345, -3.0, True, "a[b]")] == [
        "1,235", "12", "0.123", "−3", "yes", "a[b]",
    ]  # fmt: skip
    assert text_of(float("nan")) == text_of(None) == text_of(pd.NaT) == text_of(pd.NA) == EMPTY


def test_a_date_is_shown_and_so_is_whatever_else_is_there() -> None:
    """A gap is what is not there: nothing else is shown as one."""
    days = [date(2021, 8, 1), pd.Timestamp("2021-08-01"), np.datetime64("2021-08-01")]
    assert {text_of(day) for day in days} == {"2021-08-01"}
    assert text_of(("a", 1)) != EMPTY


def test_a_tornado_has_a_bar_on_either_side_of_the_centre_with_the_parameter_s_value() -> None:
    """A bar towards less has its number at its left; one whose end is unknown is left out."""
    assert drawn(figures.tornado(TORNADO[::-1], "deaths", "persons", "a note")) == listed(r"""
        figure 6.2 x 1.9; constrained
        axes lb, grid x, y length 0, margins 0.12,0.05
        bar 4,-0.31 to 4.5,0.31 #d55e00
        text '2' at 4.5,0 data and 3,0 offset points left center 7 #222222
        bar 4,0.69 to 3,1.31 #56b4e9
        text '0' at 3,1 data and -3,0 offset points right center 7 #222222
        bar 4,0.69 to 5,1.31 #d55e00
        text '1' at 5,1 data and 3,0 offset points left center 7 #222222
        line 4,0 4,1 #222222 0.8 solid (y of axes)
        text 'a note' at 0,1 axes fraction and 0,4 offset points left baseline 7.5 #767676
        title left 'What deaths hangs on\n'
        x label 'deaths (persons)' 8.5
        y ticks 0,1 ['b', 'a.very.long.path.a.\nvery.long.path.']
        legend 2 of 0,-0.46 columns 2 size 8 handles 2 apart 2
        entry 'parameter low' #56b4e9
        entry 'parameter high' #d55e00
    """)


def test_a_tornado_has_the_fifteen_longest_bars_and_no_more() -> None:
    table = pd.DataFrame(
        [
            {
                "parameter": f"p{k}",
                "low": 0.0,
                "high": 1.0,
                "at_low": 0.0,
                "at_high": swing,
                "centre": 0.0,
                "swing": swing,
            }
            for k, swing in enumerate([0.95, -3.0, 2.0, *[0.1 * k for k in range(15)]])
        ]
    )
    figure = figures.tornado(table, "deaths", "persons", "")
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == [*(f"p{k}" for k in range(6, 13)), "p0", *(f"p{k}" for k in range(13, 18)), "p2", "p1"]


def test_a_single_bar_has_a_figure_of_its_height_and_a_long_name_two_lines() -> None:
    figure = figures.tornado(TORNADO[1:].assign(parameter="x" * 33 + " y"), "deaths", "persons", "")
    assert figure.get_size_inches().tolist() == pytest.approx([6.2, 1.6])
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["x" * 33 + "\ny"]
    assert figure.axes[0].get_title(loc="left") == "What deaths hangs on"
    assert "legend 2 of 0,-0.76" in "".join(axes_of(figure.axes[0]))


SOBOL = pd.DataFrame(
    {"parameter": ["a", "b", "c"], "first": [0.1, 0.5, 0.02], "first_low": [0.05, 0.4, -0.1],
     "first_high": [0.2, 0.7, 0.1], "total": [0.2, 0.6, 0.3],
     "total_low": [0.1, 0.5, 0.2], "total_high": [0.4, 0.9, 0.35]}
)  # fmt: skip


def test_first_order_bars_stand_before_total_ones_each_with_its_interval() -> None:
    assert drawn(figures.shares(SOBOL, "deaths")) == listed(r"""
        figure 6.2 x 2.2; constrained
        axes lb, grid x, y length 0, margins 0.05,0.05
        bar 0,-0.33 to 0.2,0.33 #dddddd
        bar 0,0.67 to 0.3,1.33 #dddddd
        bar 0,1.67 to 0.6,2.33 #dddddd
        lines 0.1,0.13-0.4,0.13 0.2,1.13-0.35,1.13 0.5,2.13-0.9,2.13 #767676 0.9
        line 0.1,0.13 0.2,1.13 0.5,2.13 #1f77b4 mark | 4 edge #767676 1
        line 0.4,0.13 0.35,1.13 0.9,2.13 #1f77b4 mark | 4 edge #767676 1
        bar 0,-0.33 to 0.1,0.33 #0072b2
        bar 0,0.67 to 0.02,1.33 #0072b2
        bar 0,1.67 to 0.5,2.33 #0072b2
        lines 0.05,-0.13-0.2,-0.13 -0.1,0.87-0.1,0.87 0.4,1.87-0.7,1.87 #222222 0.9
        line 0.05,-0.13 -0.1,0.87 0.4,1.87 #1f77b4 mark | 4 edge #222222 1
        line 0.2,-0.13 0.1,0.87 0.7,1.87 #1f77b4 mark | 4 edge #222222 1
        text 'bars: 90 % intervals' at 0,1 axes fraction and 0,4 offset points left baseline 7.5 #767676
        title left "Sobol' indices of deaths\n"
        x label 'share of the variance of deaths' 8.5
        x limits -0.1 to 0.95
        y ticks 0,1,2 ['a', 'c', 'b']
        legend 2 of 0,-0.36 columns 2 size 8 handles 2 apart 2
        entry 'alone (first order)' #0072b2
        entry 'together with others (up to total)' #dddddd
    """)


def test_indices_begin_at_nought_unless_an_interval_is_below_it() -> None:
    above = figures.shares(SOBOL[:2], "deaths").axes[0]
    assert above.get_xlim()[0] == 0
    partly = SOBOL.assign(first_low=[np.nan, -0.25, 0.0])
    assert figures.shares(partly, "deaths").axes[0].get_xlim()[0] == -0.25


def test_the_fifteen_largest_totals_are_shown() -> None:
    rows = pd.concat([SOBOL[:1].assign(parameter=f"p{k:02}", total=0.1 * k) for k in range(16)])
    shown = figures.shares(rows, "deaths").axes[0].get_yticklabels()
    assert [label.get_text() for label in shown] == [f"p{k:02}" for k in range(1, 16)]


def test_screening_has_a_point_per_parameter_with_its_interval_and_name() -> None:
    table = pd.DataFrame(
        {"parameter": ["a", "b"], "effect": [1.0, 4.0], "effect_low": [0.5, 3.0], "effect_high": [2.0, 7.0],
         "spread": [0.1, 2.0]}
    )  # fmt: skip
    assert drawn(figures.screening(table, "deaths", "persons")) == listed(r"""
        figure 6.2 x 3.6; constrained
        axes lb, grid y, margins 0.2,0.05
        line 1,0.1 4,2 #0072b2 mark o 4 z2.1
        lines 0.5,0.1-2,0.1 3,2-7,2 #767676 0.8
        text 'a' at 1,0.1 data and 4,3 offset points left baseline 7 #000000
        text 'b' at 4,2 data and 4,3 offset points left baseline 7 #000000
        text 'right: matters; up: bent, or together with others' at 0,1 axes fraction and 0,4 offset points left
        ... baseline 7.5 #767676
        title left 'Screening of deaths\n'
        x label 'size of the effect over the whole range (persons)' 8.5
        y label 'spread of the effects' 8.5
    """)


def test_an_interaction_has_the_first_parameter_along_x_and_pairs_at_its_side() -> None:
    grid, edges = (
        np.array([[1.0, 2.0, 3.0], [np.nan, 5.0, 6.0]]),
        [np.array([0.0, 1.0, 2.0]), np.array([0.0, 5.0, 6.0, 9.0])],
    )
    labels = ["a.first.parameter." * 4, "b"]
    alone = figures.interaction(grid, edges, labels, "deaths", "persons", PAIRS[:0])
    assert alone.get_size_inches().tolist() == [6.2, 3.8]
    assert axes_of(alone.axes[0]) == listed(r"""
        axes lb, margins 0.05,0.05
        mesh 1,nan / 2,5 / 3,6 at 0,1,2 0,5,6,9 cividis
        title left 'deaths, by the two that it hangs on most'
        x label 'a.first.parameter.a.first.\nparameter.a.first.parameter.a.' 8.5
        y label 'b' 8.5
    """)
    assert alone.axes[1].get_ylabel() == "mean deaths (persons)"
    beside = figures.interaction(grid, edges, labels, "deaths", "persons", PAIRS)
    assert beside.get_size_inches().tolist() == [6.2 * 1.6, 3.8]
    assert axes_of(beside.axes[0]) == axes_of(alone.axes[0])
    assert axes_of(beside.axes[1]) == listed("""
        axes lb, margins 0.05,0.05
        image nan,nan,nan / 0.2,nan,nan / 0,nan,nan cividis
        title left 'Pairs'
        x ticks 0,1,2 ['a', 'b', 'c'] turned 90
        y ticks 0,1,2 ['a', 'b', 'c']
    """)
    named = PAIRS.assign(parameter="x" * 17 + " y")[:1]
    square = figures.interaction(grid, edges, labels, "deaths", "persons", named).axes[1]
    ticks = [[tick.get_text() for tick in ticks] for ticks in (square.get_xticklabels(), square.get_yticklabels())]
    assert ticks == [["x" * 17 + "\ny", "b"]] * 2
    assert beside.axes[1].images[0].get_clim() == (0, 0.2)
    assert [axes.get_ylabel() for axes in beside.axes[2:]] == ["mean deaths (persons)", "second-order index"]


def test_curves_have_their_median_in_a_band_and_full_load_where_it_is_of_pressure() -> None:
    table = pd.DataFrame({"x": [0.0, 2.0], "median": [1.0, 3.0], "low90": [0.5, 2.0], "high90": [1.5, 5.0]})
    one = figures.curves({"open": table}, "flights", "per week", "deaths", "persons")
    assert drawn(one) == listed(r"""
        figure 6.2 x 3.3; constrained
        axes lb, grid y, margins 0.05,0.05
        area 0,1.5 0,0.5 2,2 2,5 #0072b2 alpha 0.16
        line 0,1 2,3 #0072b2 1.3 solid mark o 2.5 label 'open'
        text 'line: median; band: 90 % of the runs' at 0,1 axes fraction and 0,4 offset points left baseline 7.5
        ... #767676
        title left 'deaths along flights\n'
        x label 'flights (per week)' 8.5
        y label 'deaths (persons)' 8.5
    """)
    two = figures.curves({"a": table, "b": table}, "flights", "per week", "deaths", "persons")
    assert two.axes[0].get_legend() is not None
    more = {f"s{k}": table + k for k in range(7)}
    many = figures.curves(more, "flights", "per week", "pressure_peak", "of capacity").axes[0]
    assert [line.get_color() for line in many.lines[:-1]] == [*figures.COLOURS, figures.COLOURS[0]]
    assert artists_of(many)[-2:] == listed("""
        line 0,1 1,1 #222222 0.8 dashed 4,2 (x of axes)
        text 'line: median; band: 90 % of the runs' at 0,1 axes fraction and 0,4 offset points left baseline 7.5
        ... #767676
    """)
    legend = many.get_legend()
    assert legend is not None
    assert [entry.get_text() for entry in legend.get_texts()] == list(more)


WEEKS = pd.to_datetime(["2021-08-01", "2021-08-08"])


def of_period(parameter: str, index: str, values: list[float]) -> pd.DataFrame:
    values_ = np.array(values)
    ends = {f"{index}_low": values_ - 0.1, f"{index}_high": values_ + 0.2}
    return pd.DataFrame({"parameter": parameter, "period": WEEKS, index: values_, **ends, "mean": [7.0, 9.0]})


def test_indices_over_time_have_the_strongest_parameters_above_and_the_mean_below() -> None:
    table = pd.concat([of_period("weak", "total", [0.1, 0.2]), of_period("strong", "total", [-0.5, 0.6])])
    figure = figures.over_time(table, "deaths", "persons")
    assert {label.get_rotation() for label in figure.axes[1].get_xticklabels()} == {30.0}
    assert drawn(figure) == listed(r"""
        figure 6.2 x 4.2; constrained heights 3,1
        axes lb, grid y, margins 0.05,0.05
        area 2021-08-01,-0.3 2021-08-01,-0.6 2021-08-08,0.5 2021-08-08,0.8 #0072b2 alpha 0.12
        line 2021-08-01,-0.5 2021-08-08,0.6 #0072b2 1.3 solid mark o 2 label 'strong'
        area 2021-08-01,0.3 2021-08-01,0 2021-08-08,0.1 2021-08-08,0.4 #d55e00 alpha 0.12
        line 2021-08-01,0.1 2021-08-08,0.2 #d55e00 1.3 solid mark o 2 label 'weak'
        text "bands: 90 % intervals; below: the outcome's mean over all points" at 0,1 axes fraction and 0,4
        ... offset points left baseline 7.5 #767676
        title left 'What deaths hangs on, over time\n'
        y label 'total index' 8.5
        legend 0 of 0,0 columns 1 size 7 handles 2 apart 2
        entry 'strong' #0072b2
        entry 'weak' #d55e00
        axes lb, grid y, margins 0.05,0.05
        line 2021-08-01,7 2021-08-08,9 #222222 0.9 solid
        y label 'mean\n(persons)' 8.5
    """)


def test_no_more_parameters_are_drawn_over_time_than_there_are_colours() -> None:
    names = [f"p{k}" for k in range(8)]
    for index, words in (
        ("effect", "size of the effect"), ("prcc", "partial rank correlation"), ("total", "total index"),
    ):  # fmt: skip
        table = pd.concat([of_period(name, index, [0.1 * k, -0.1 * k]) for k, name in enumerate(names)])
        upper = figures.over_time(table, "deaths", "persons").axes[0]
        assert upper.get_ylabel() == words
        assert [line.get_label() for line in upper.lines] == ["p7", "p6", "p5", "p4", "p3", "p2"]


def test_tipping_points_stand_below_their_curves_with_their_intervals_in_the_range() -> None:
    curves = pd.DataFrame(
        {"name": ["x", "x", "y", "y", "z", "z"], "level": [0.0, 4.0] * 3, "probability": [0.0, 1.0, 0.2, 0.6, 0.0, 0.0],
         "low90": [0.0, 0.9, 0.1, 0.5, 0.0, 0.0], "high90": [0.1, 1.0, 0.3, 0.7, 0.1, 0.1]}
    )  # fmt: skip
    table = pd.DataFrame(
        {"name": ["x", "x", "y", "z"], "probability": [0.5, 0.9, 0.5, 0.5], "level": [2.0, 3.0, 3.5, np.nan],
         "low": [1.0, 2.5, -np.inf, -np.inf], "high": [3.0, 3.5, np.inf, np.inf]}
    )  # fmt: skip
    assert drawn(figures.tipping(table, curves, "flights", "per week")) == listed(r"""
        figure 6.2 x 3.52; constrained heights 2.4,0.92
        axes lb, grid y, margins 0.05,0.05
        area 0,0.1 0,0 4,0.9 4,1 #0072b2 alpha 0.1
        line 0,0 4,1 #0072b2 1.3 solid label 'x'
        area 0,0.3 0,0.1 4,0.5 4,0.7 #d55e00 alpha 0.1
        line 0,0.2 4,0.6 #d55e00 1.3 solid label 'y'
        text 'bands, bars: 90 % intervals' at 0,1 axes fraction and 0,4 offset points left baseline 7.5 #767676
        title left 'Overload along flights\n'
        y label 'probability of overload' 8.5
        y limits 0 to 1.02
        legend 6 of 1,0.5 columns 1 size 8 handles 2 apart 2
        entry 'x' #0072b2
        entry 'y' #d55e00
        axes lb, grid x, margins 0.05,0.05
        line 1,0 3,0 #0072b2 3 solid alpha 0.3
        line 2,0 #0072b2 mark o 4
        text '50%' at 2,0 data and 0,4 offset points center baseline 6.5 #000000
        line 2.5,0 3.5,0 #0072b2 3 solid alpha 0.3
        line 3,0 #0072b2 mark o 4
        text '90%' at 3,0 data and 0,4 offset points center baseline 6.5 #000000
        line 0,-1 4,-1 #d55e00 3 solid alpha 0.3
        line 3.5,-1 #d55e00 mark o 4
        text '50%' at 3.5,-1 data and 0,4 offset points center baseline 6.5 #000000
        x label 'flights (per week)' 8.5
        y limits -1.6 to 0.8
        y ticks 0,-1 ['x', 'y']
    """)


def test_where_nothing_tips_there_is_no_line_and_no_legend() -> None:
    curves = pd.DataFrame({"name": ["x"], "level": [1.0], "probability": [0.0], "low90": [0.0], "high90": [0.1]})
    table = pd.DataFrame({"name": [], "probability": [], "level": [], "low": [], "high": []})
    figure = figures.tipping(table, curves, "flights", "per week")
    assert drawn(figure)[0] == "figure 6.2 x 3; constrained heights 2.4,0.66"
    assert [len(artists_of(axes)) for axes in figure.axes] == [1, 0]  # the note on bands and bars
    assert figure.axes[0].get_legend() is None


def test_regret_has_a_panel_per_objective_with_dot_bar_and_line() -> None:
    table = pd.DataFrame(
        [
            {"objective": "deaths", "response": "a", "unit": "persons", "regret_mean": 1.0, "regret_high": 2.0,
             "regret_most": 3.0},
            {"objective": "deaths", "response": "b", "unit": "persons", "regret_mean": 0.0, "regret_high": 0.5,
             "regret_most": 4.0},
            {"objective": "entries", "response": "b", "unit": "people", "regret_mean": 10.0, "regret_high": 20.0,
             "regret_most": 30.0},
            {"objective": "entries", "response": "a", "unit": "people", "regret_mean": 0.0, "regret_high": 0.0,
             "regret_most": 0.0},
        ]
    )  # fmt: skip
    figure = figures.regrets(table)
    assert drawn(figure) == listed("""
        figure 6 x 1.74; constrained
        axes lb, grid x, y length 0, margins 0.05,0.05
        lines 0,0-4,0 0,1-3,1 #767676 0.8
        bar 0,-0.275 to 0.5,0.275 #56b4e9
        bar 0,0.725 to 2,1.275 #56b4e9
        line 0,0 1,1 #222222 mark o 3.5
        title left 'deaths'
        x label 'regret (persons)' 8.5
        x limits 0 to 4.2
        y ticks 0,1 ['b', 'a']
        axes lb, grid x, y length 0, margins 0.05,0.05
        lines 0,0-30,0 0,1-0,1 #767676 0.8
        bar 0,-0.275 to 20,0.275 #56b4e9
        bar 0,0.725 to 0,1.275 #56b4e9
        line 10,0 0,1 #222222 mark o 3.5
        title left 'entries'
        x label 'regret (people)' 8.5
        x limits 0 to 31.5
        y ticks 0,1 []
    """)
    assert figure.axes[1].get_shared_y_axes().joined(*figure.axes)


def test_long_names_are_two_lines_at_most_and_break_after_dots() -> None:
    assert figures._wrapped("agencies.poland.personnel") == "agencies.poland.personnel"
    assert figures._wrapped("agencies.poland.personnel", 19) == "agencies.poland.\npersonnel"
    assert figures._wrapped("St. Petersburg", 44) == "St. Petersburg"
    assert figures._wrapped("a b c d", 1) == "a\nb"
    assert figures._wrapped("x" * 44 + " y") == "x" * 44 + "\ny"
    assert figures._wrapped("x" * 42 + " y") == "x" * 42 + " y"


def test_figures_are_saved_at_their_size(tmp_path: Path) -> None:
    file = figures.save(Figure(figsize=(2, 1)), tmp_path / "a.png")
    data = file.read_bytes()
    assert [int.from_bytes(data[at : at + 4]) for at in (16, 20)] == [260, 130]  # 130 dots an inch
    assert b"Software" not in data
