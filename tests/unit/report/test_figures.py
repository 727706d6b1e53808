"""The three figures of a run."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.engine.rows import STATUSES
from sim.outputs.results import Results
from sim.report import figures as groups
from sim.report.figures import figures, write_figures
from sim.runs import run
from tests.strategies import START, tiny_scenario
from tests.unit.report.drawn import artists_of, axes_of, drawn, listed

PNG = b"\x89PNG"


def test_three_figures_are_drawn_with_units_on_their_axes(tmp_path: Path, results: Results) -> None:
    files = write_figures(results, tmp_path)
    assert [file.name for file in files] == ["pressure.png", "whereabouts.png", "flows.png"]
    assert all(file.read_bytes().startswith(PNG) for file in files)
    for figure in figures(results).values():
        assert all(axes.get_ylabel() for axes in figure.axes)


@pytest.mark.parametrize("days", [1, 6, 8])
def test_figures_of_a_run_of_a_few_days(tmp_path: Path, days: int) -> None:
    assert write_figures(run(tiny_scenario(days=days)), tmp_path)


def test_dates_are_those_of_the_run(one: Results) -> None:
    assert one.dates[0].date() == START == date(2025, 10, 1)
    assert one.dates[-1].date() == one.scenario.end


def test_everybody_but_prospects_is_drawn_once() -> None:
    """So that the areas of persons add up, whatever becomes of them."""
    names = [name for group in (groups.WAITING, groups.UNDER_WAY, groups.ENDED) for name, _, _ in group]
    drawn = [status for name in names for status in groups._WITH.get(name, (name,))]
    assert sorted([*drawn, "prospect"]) == sorted(STATUSES)


def made(blocks: dict[tuple[str, str], dict[str, Any]], **fields: Any) -> Any:
    """Results with days of one's own: by level and output, then by name, values by day, or by replicate and day."""
    results: Any = SimpleNamespace(scenario=tiny_scenario(**fields), blocks={})
    for key, columns in blocks.items():
        values = np.array([np.atleast_2d(column) for column in columns.values()], float)  # (names, replicates, days)
        results.blocks[key] = SimpleNamespace(names=tuple(columns), values=np.moveaxis(values, 0, 2))
        results.replicates, days = values.shape[1], values.shape[2]
        results.dates = pd.date_range(START, periods=days)
    results.series = lambda *asked: Results.series(results, *asked)
    return results


def figure_of(name: str, results: Any) -> Any:
    return figures(results, [name])[name]


def test_pressure_has_a_panel_per_agency_with_its_sections_and_full_load() -> None:
    pressure = {"kuznica": [0.5, 1.0, 2.0], "dieveniskes": [0.1, 0.2, 0.3], "narewka": [0.0, 0.5, 0.25]}
    figure = figure_of("pressure", made({("section", "border_pressure"): pressure}))
    assert drawn(figure) == listed(r"""
        figure 7.6 x 5.3; within 0.125,0.06038,0.8453,0.8585 between 0.3676,0.1527
        text 'Border pressure by section' at 0.01,0.9849 left top 12 bold #222222
        text 'tiny' at 0.01,0.9377 left top 8.5 #767676
        axes lb, grid y, margins 0,0.05
        line 2025-10-01,0.5 2025-10-02,1 2025-10-03,2 #0072b2 1.3 solid label 'Kuźnica'
        line 2025-10-01,0 2025-10-02,0.5 2025-10-03,0.25 #d55e00 1.3 solid label 'Narewka'
        line 0,1 1,1 #222222 0.9 solid (x of axes)
        text 'full load ' at 1,1 right bottom 7.5 #000000 (x of axes)
        title left 'Poland'
        x dates 4 to 9
        y label 'patrol calls (7-day mean)\n÷ capacity' 8.5
        y limits 0 to 2.1
        legend 2 of 1,1 columns 1 size 8 handles 1.8 apart 2
        entry 'Kuźnica' #0072b2
        entry 'Narewka' #d55e00
        axes lb, grid y, margins 0,0.05
        line 2025-10-01,0.1 2025-10-02,0.2 2025-10-03,0.3 #0072b2 1.3 solid label 'Dieveniškės'
        line 0,1 1,1 #222222 0.9 solid (x of axes)
        text 'full load ' at 1,1 right bottom 7.5 #000000 (x of axes)
        title left 'Lithuania'
        x dates 4 to 9
        y label 'patrol calls (7-day mean)\n÷ capacity' 8.5
        y limits 0 to 1.25
        legend 2 of 1,1 columns 1 size 8 handles 1.8 apart 2
        entry 'Dieveniškės' #0072b2
    """)


def test_pressure_of_replicates_has_both_intervals_behind_the_median() -> None:
    """Of values 0 to 4, the quantiles of 5, 25, 50, 75 and 95 % are 0.2, 1, 2, 3 and 3.8."""
    values = [[float(k), 10.0 * k] for k in (3, 0, 4, 1, 2)]
    figure = figure_of("pressure", made({("section", "border_pressure"): {"kuznica": values}}, title="A border"))
    assert drawn(figure) == listed(r"""
        figure 7.6 x 3; within 0.125,0.1067,0.88,0.75 between 0.3478,0.1554
        text 'Border pressure by section' at 0.01,0.9733 left top 12 bold #222222
        text 'A border · median and 50 and 90 % intervals of 5 replicates' at 0.01,0.89 left top 8.5 #767676
        axes lb, grid y, margins 0,0.05
        area 2025-10-01,3.8 2025-10-01,0.2 2025-10-02,2 2025-10-02,38 #0072b2 alpha 0.12
        area 2025-10-01,3 2025-10-01,1 2025-10-02,10 2025-10-02,30 #0072b2 alpha 0.2
        line 2025-10-01,2 2025-10-02,20 #0072b2 1.3 solid label 'Kuźnica'
        line 0,1 1,1 #222222 0.9 solid (x of axes)
        text 'full load ' at 1,1 right bottom 7.5 #000000 (x of axes)
        title left 'Poland'
        x dates 4 to 9
        y label 'patrol calls (7-day mean)\n÷ capacity' 8.5
        y limits 0 to 39.89
        legend 2 of 1,1 columns 1 size 8 handles 1.8 apart 2
        entry 'Kuźnica' #0072b2
    """)


def test_where_there_are_no_sections_there_is_no_figure_of_pressure() -> None:
    results = made({("status", "persons"): {name: [0.0, 0.0] for name in STATUSES}})
    assert list(figures(results, ["pressure", "whereabouts"])) == ["whereabouts"]


def persons(**known: Any) -> Any:
    return made({("status", "persons"): {name: known.get(name, [0.0, 0.0]) for name in STATUSES}})


def test_persons_are_stacked_in_three_panels_with_those_who_are_there() -> None:
    results = persons(
        prospect=[90, 80], booked=[1, 2], at_coast=[1, 1], diverted=[2, 3], intercepted=[3, 5], at_border=[10, 20],
        dead=[0, 1], crossed=[2, 2],
    )  # fmt: skip
    assert drawn(figure_of("whereabouts", results)) == listed(r"""
        figure 7.6 x 8.2; within 0.125,0.03902,0.7324,0.9085 between 0.4514,0.1378
        text 'Where everybody is' at 0.01,0.9902 left top 12 bold #222222
        text 'tiny' at 0.01,0.9598 left top 8.5 #767676
        axes lb, grid y, margins 0,0.05
        area 2025-10-01,6 2025-10-01,0 2025-10-02,0 2025-10-02,9 #56b4e9 label 'at the coast'
        area 2025-10-01,16 2025-10-01,6 2025-10-02,9 2025-10-02,29 #d55e00 label 'at the border'
        title left 'Under way'
        x dates 4 to 9
        y label 'persons' 8.5
        y limits 0 to 30.45
        y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
        legend 2 of 1,1 columns 1 size 8 handles 1 apart 2
        entry 'at the border' #d55e00
        entry 'at the coast' #56b4e9
        axes lb, grid y, margins 0,0.05
        area 2025-10-01,2 2025-10-01,0 2025-10-02,0 2025-10-02,2 #56b4e9 label 'crossed, still in the\ncountry'
        area 2025-10-01,2 2025-10-02,2 2025-10-02,3 #000000 label 'dead'
        title left "Journey's end"
        x dates 4 to 9
        y label 'persons' 8.5
        y limits 0 to 3.15
        y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
        legend 2 of 1,1 columns 1 size 8 handles 1 apart 2
        entry 'dead' #000000
        entry 'crossed, still in the\ncountry' #56b4e9
        axes lb, grid y, margins 0,0.05
        area 2025-10-01,1 2025-10-01,0 2025-10-02,0 2025-10-02,2 #bbbbbb label 'booked: waiting for visa\nor seat'
        title left 'Not yet under way (prospects left out)'
        x dates 4 to 9
        y label 'persons' 8.5
        y limits 0 to 2.1
        y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
        legend 2 of 1,1 columns 1 size 8 handles 1 apart 2
        entry 'booked: waiting for visa\nor seat' #bbbbbb
    """)


def test_where_nobody_is_under_way_there_is_an_empty_panel_all_the_same() -> None:
    figure = figure_of("whereabouts", persons(prospect=[90.0, 90.0]))
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Under way"]
    assert artists_of(figure.axes[0]) == listed("""
        area 2025-10-01,0 2025-10-02,0 #56b4e9 label 'at the coast'
    """)
    figure = figure_of("whereabouts", persons(returned=[0.0, 9.0]))
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Journey's end"]


def flows_of(days: int, **known: dict[str, Any]) -> Any:
    """Flows by route: 0 but where they are known."""
    nothing = [0.0] * days
    routes = ("baghdad-minsk", "benghazi-italy", "benghazi-minsk", "damascus-minsk")
    return made(
        {
            ("route", flow): {name: known.get(flow, {}).get(name, nothing) for name in routes}
            for flow in ("departures", "boarded", "attempts", "entries", "landed")
        }
    )


FLOWS = listed(
    r"""
    figure 7.6 x 5.65; within 0.125,0.05664,0.9868,0.8673 between 0.2982,0.419 widths 1,1.9
    text 'Flows by route, per week' at 0.01,0.9858 left top 12 bold #222222
    text 'tiny' at 0.01,0.9416 left top 8.5 #767676
    axes lb, grid y, margins 0,0.05
    steps 0,0 at 2025-10-01 2025-10-08 2025-10-15 from 0 #bbbbbb
    title left 'damascus-minsk'
    x dates 4 to 9
    y label 'departures\nper week' 8.5
    y limits 0 to 1
    y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
    axes lb, grid y, margins 0,0.05
    line 2025-10-01,0 2025-10-08,0 #0072b2 1.3 solid label 'boarded (persons)'
    line 2025-10-01,70 2025-10-08,70 #d55e00 1.3 solid label 'attempts'
    line 2025-10-01,0 2025-10-08,0 #009e73 1.3 solid label 'entries (persons)'
    x dates 4 to 9
    y label 'per week' 8.5
    y limits 0 to 73.5
    y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
    legend 4 of 1,0.98 columns 3 size 8 handles 1.4 apart 1.2
    entry 'boarded (persons)' #0072b2
    entry 'attempts' #d55e00
    entry 'entries (persons)' #009e73
    axes lb, grid y, margins 0,0.05
    steps 7,14 at 2025-10-01 2025-10-08 2025-10-15 from 0 #bbbbbb
    title left 'baghdad-minsk'
    x dates 4 to 9
    y label 'departures\nper week' 8.5
    y limits 0 to 15.4
    y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
    axes lb, grid y, margins 0,0.05
    line 2025-10-01,7 2025-10-08,14 #0072b2 1.3 solid label 'boarded (persons)'
    line 2025-10-01,21 2025-10-08,21 #d55e00 1.3 solid label 'attempts'
    line 2025-10-01,3.5 2025-10-08,3.5 #009e73 1.3 solid label 'entries (persons)'
    x dates 4 to 9
    y label 'per week' 8.5
    y limits 0 to 21.88
    y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
    legend 4 of 1,0.98 columns 3 size 8 handles 1.4 apart 1.2
    entry 'boarded (persons)' #0072b2
    entry 'attempts' #d55e00
    entry 'entries (persons)' #009e73
    axes lb, grid y, margins 0,0.05
    steps 0,0 at 2025-10-01 2025-10-08 2025-10-15 from 0 #bbbbbb
    title left 'benghazi-minsk'
    x dates 4 to 9
    y label 'departures\nper week' 8.5
    y limits 0 to 1
    y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
    axes lb, grid y, margins 0,0.05
    line 2025-10-01,1 2025-10-08,0 #0072b2 1.3 solid label 'boarded (persons)'
    line 2025-10-01,0 2025-10-08,0 #d55e00 1.3 solid label 'attempts'
    line 2025-10-01,0 2025-10-08,0 #009e73 1.3 solid label 'entries (persons)'
    x dates 4 to 9
    y label 'per week' 8.5
    y limits 0 to 1.05
    y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
    legend 4 of 1,0.98 columns 3 size 8 handles 1.4 apart 1.2
    entry 'boarded (persons)' #0072b2
    entry 'attempts' #d55e00
    entry 'entries (persons)' #009e73
    """
)


def test_flows_are_summed_over_whole_weeks_the_busiest_route_first() -> None:
    """Fifteen days are two weeks: what happens on the last day is left out."""
    day, late = [1.0] * 7 + [2.0] * 7 + [50.0], [0.0] * 14 + [50.0]
    results = flows_of(
        15,
        departures={"baghdad-minsk": day, "damascus-minsk": late},
        boarded={"baghdad-minsk": day, "benghazi-italy": [0.0] * 14 + [1.0], "benghazi-minsk": [1.0] + [0.0] * 14},
        attempts={"baghdad-minsk": [3.0] * 15, "damascus-minsk": [10.0] * 15},
        entries={"baghdad-minsk": [0.5] * 15},
    )
    assert drawn(figure_of("flows", results)) == FLOWS


def test_of_a_route_over_sea_those_who_land_are_drawn() -> None:
    results = flows_of(7, boarded={"benghazi-italy": [1.0] * 7}, landed={"benghazi-italy": [2.0] * 7},
                       departures={"benghazi-italy": [0.1] * 7})  # fmt: skip
    figure = figure_of("flows", results)
    assert [line for axes in figure.axes for line in axes_of(axes)] == listed(r"""
        axes lb, grid y, margins 0,0.05
        steps 0.7 at 2025-10-01 2025-10-08 from 0 #bbbbbb
        title left 'benghazi-italy'
        x dates 4 to 9
        y label 'departures\nper week' 8.5
        y limits 0 to 1
        y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
        axes lb, grid y, margins 0,0.05
        line 2025-10-01,7 #0072b2 1.3 solid label 'boarded (persons)'
        line 2025-10-01,14 #009e73 1.3 solid label 'landed (persons)'
        x dates 4 to 9
        y label 'per week' 8.5
        y limits 0 to 14.35
        y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
        legend 4 of 1,0.98 columns 3 size 8 handles 1.4 apart 1.2
        entry 'boarded (persons)' #0072b2
        entry 'landed (persons)' #009e73
    """)


def test_flows_of_replicates_are_medians_of_weekly_sums() -> None:
    boarded = [[7.0] + [0.0] * 6, [0.0] * 6 + [3.0], [1.0] * 7]
    results = made({("route", "boarded"): {"baghdad-minsk": boarded}})
    weekly = groups._weekly(results, "boarded")
    assert weekly["baghdad-minsk"].tolist() == [7.0]
    assert weekly.index.tolist() == [pd.Timestamp(START)]


def test_a_run_of_less_than_a_week_is_one_week() -> None:
    results = made({("route", "boarded"): {"baghdad-minsk": [1.0, 2.0, 3.0]}})
    assert groups._weekly(results, "boarded")["baghdad-minsk"].tolist() == [6.0]


def test_without_flows_there_is_no_figure_of_them() -> None:
    assert figures(flows_of(7, departures={"baghdad-minsk": [1.0] * 7}), ["flows"]) == {}


def test_the_smallest_routes_are_left_out_where_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_ROUTES", 2)
    sizes = {"baghdad-minsk": 3.0, "benghazi-minsk": 1.0, "damascus-minsk": 2.0}
    results = flows_of(7, attempts={name: [size] * 7 for name, size in sizes.items()})
    figure = figure_of("flows", results)
    assert figure.texts[0].get_text() == "Flows by route, per week; the 1 smallest routes left out"
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["baghdad-minsk", "", "damascus-minsk", ""]


def test_only_figures_that_are_asked_for_are_drawn(one: Results) -> None:
    assert list(groups.drawn_figures(one, ["flows"])) == ["flows.png"]
    groups.warm_up()
