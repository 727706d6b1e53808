"""Which figures a sensitivity analysis has, of which rows, under which names."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.report import sensitivity_figures
from sim.report.sensitivity_figures import draw_over_time, draw_sensitivity, stem_of

Made = dict[str, tuple[Any, ...]]
NOTE = "one at a time, the others at their centre; small: the parameter's value"
MEANS = "means of the fifths of points with the parameter low, high; small: its mean there"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Made:
    """By file: which figure it has, and what it was drawn of."""
    found: Made = {}

    def save(figure: tuple[Any, ...], file: Path) -> Path:
        assert file.parent == tmp_path / "analysis"
        found[file.name] = figure
        return file

    for name in ("tornado", "shares", "screening", "interaction", "curves", "over_time"):
        monkeypatch.setattr(sensitivity_figures.figures, name, lambda *given, name=name: (name, *given))
    monkeypatch.setattr(sensitivity_figures.figures, "save", save)
    return found


def sampled(design: str, names: tuple[str, ...] = ("base",), points: int = 10) -> Any:
    """A sweep of three factors; the outcome is the number of the point."""
    x = np.column_stack([np.arange(points), np.arange(points) % 5, np.zeros(points)]).astype(float)
    return SimpleNamespace(
        experiment={"design": design}, study=SimpleNamespace(names=list(names)), x=x,
        factors=[SimpleNamespace(name=name, unit=f"unit of {name}") for name in "abc"],
        label=lambda factor: f"title of {factor.name}",
        y=lambda outcome, scenario: np.arange(points) + (100.0 if scenario == "open" else 0.0),
    )  # fmt: skip


def rows(**columns: Any) -> pd.DataFrame:
    """A row per scenario, outcome and parameter."""
    return pd.DataFrame(
        [
            {"scenario": scenario, "outcome": outcome, "unit": f"unit of {outcome}", "parameter": parameter,
             **{name: values[place] for name, values in columns.items()}}
            for scenario in ("base", "open")
            for outcome in ("deaths", "pressure_peak@poland")
            for place, parameter in enumerate(("title of b", "title of a"))
        ]
    )  # fmt: skip


TORNADO = rows(swing=[2.0, 1.0])


def test_a_tornado_is_drawn_of_each_outcome_and_scenario(made: Made, tmp_path: Path) -> None:
    names = draw_sensitivity(tmp_path, sampled("one-at-a-time", ("base", "open")), {"tornado": TORNADO})
    assert names == list(made) == [
        "tornado-deaths-base.png", "tornado-pressure_peak-at-poland-base.png",
        "tornado-deaths-open.png", "tornado-pressure_peak-at-poland-open.png",
    ]  # fmt: skip
    kind, table, outcome, unit, note = made["tornado-pressure_peak-at-poland-open.png"]
    assert (kind, outcome, unit, note) == (
        "tornado", "pressure_peak@poland", "unit of pressure_peak@poland", NOTE,
    )  # fmt: skip
    assert table.equals(TORNADO[6:8])


def test_of_one_scenario_names_of_figures_are_those_of_outcomes(made: Made, tmp_path: Path) -> None:
    own = TORNADO[TORNADO["scenario"] == "base"]
    assert draw_sensitivity(tmp_path, sampled("morris"), {"tornado": own}) == [
        "tornado-deaths.png", "tornado-pressure_peak-at-poland.png",
    ]  # fmt: skip
    assert made["tornado-deaths.png"][-1] == MEANS


def test_a_tornado_of_one_parameter_is_not_drawn(made: Made, tmp_path: Path) -> None:
    assert draw_sensitivity(tmp_path, sampled("one-at-a-time"), {"tornado": TORNADO[:1]}) == []


@pytest.mark.parametrize("design", ["sobol", "latin-hypercube", "grid"])
def test_the_two_strongest_parameters_have_a_map_of_their_own(made: Made, tmp_path: Path, design: str) -> None:
    pairs = rows(second=[0.1, 0.2])
    tables = {"tornado": TORNADO[4:6], "sobol": rows(total=[0.5, 0.6]), "pairs": pairs}
    names = draw_sensitivity(tmp_path, sampled(design, ("base", "open")), tables)
    assert names == ["tornado-deaths-open.png", "sobol-deaths-open.png", "interactions-deaths-open.png"]
    kind, table, outcome = made["sobol-deaths-open.png"]
    assert (kind, outcome) == ("shares", "deaths")
    assert table.equals(tables["sobol"][4:6])
    kind, grid, edges, labels, outcome, unit, own = made["interactions-deaths-open.png"]
    assert (kind, labels, outcome, unit) == ("interaction", ["title of a", "title of b"], "deaths", "unit of deaths")
    assert own.equals(pairs[4:6])
    assert [edge.tolist() for edge in edges] == [
        pytest.approx([0, 1.8, 3.6, 5.4, 7.2, 9]), pytest.approx([0, 0.8, 1.6, 2.4, 3.2, 4]),
    ]  # fmt: skip
    nan = np.nan  # points 0 to 9, in fifths of a: b goes 0 1 2 3 4 0 1 2 3 4
    assert np.array_equal(
        grid,
        [
            [100, 101, nan, nan, nan],
            [nan, nan, 102, 103, nan],
            [105, nan, nan, nan, 104],
            [nan, 106, 107, nan, nan],
            [nan, nan, nan, 108, 109],
        ],
        equal_nan=True,
    )


def test_many_points_have_a_finer_map(made: Made, tmp_path: Path) -> None:
    for points, parts in ((500, 5), (501, 8)):
        draw_sensitivity(tmp_path, sampled("sobol", points=points), {"tornado": TORNADO[:2].assign(swing=[1.0, 3.0])})
        grid, edges = made["interactions-deaths.png"][1:3]
        assert len(edges[0]) - 1 == parts == len(grid)


@pytest.mark.parametrize("design", ["morris", "one-at-a-time"])
def test_designs_that_fill_no_map_have_none(made: Made, tmp_path: Path, design: str) -> None:
    morris = rows(effect=[1.0, 2.0])
    names = draw_sensitivity(tmp_path, sampled(design), {"tornado": TORNADO[:2], "morris": morris})
    assert names == ["tornado-deaths.png", "morris-deaths.png"]
    kind, table, outcome, unit = made["morris-deaths.png"]
    assert (kind, outcome, unit) == ("screening", "deaths", "unit of deaths")
    assert table.equals(morris[:2])


def test_a_parameter_of_two_values_is_too_coarse_for_a_map(made: Made, tmp_path: Path) -> None:
    table = TORNADO[:2].assign(parameter=["title of a", "title of c"])
    sweep = sampled("sobol")
    sweep.x[:, 2] = [0.0] * 5 + [1.0] * 5
    assert draw_sensitivity(tmp_path, sweep, {"tornado": table}) == ["tornado-deaths.png"]
    sweep.x[5:7, 2] = 0.5
    assert draw_sensitivity(tmp_path, sweep, {"tornado": table}) == ["tornado-deaths.png", "interactions-deaths.png"]
    assert made["interactions-deaths.png"][1].shape == (5, 2)


def test_indices_that_are_all_unknown_are_not_drawn(made: Made, tmp_path: Path) -> None:
    for total, there in (([np.nan, np.nan], False), ([np.nan, 0.1], True)):
        made.clear()
        draw_sensitivity(tmp_path, sampled("sobol"), {"tornado": TORNADO[:2], "sobol": rows(total=total)})
        assert ("sobol-deaths.png" in made) is there


def test_along_a_single_parameter_each_output_has_its_lines(made: Made, tmp_path: Path) -> None:
    along = pd.DataFrame(
        [
            {"scenario": "base", "outcome": outcome, "unit": f"unit of {outcome}", "x": x}
            for outcome in ("pressure_peak@poland", "deaths", "pressure_peak@latvia")
            for x in (1.0, 2.0)
        ]
    )
    names = draw_sensitivity(tmp_path, sampled("grid"), {"tornado": TORNADO[:0], "along": along})
    assert names == ["along-pressure_peak.png", "along-deaths.png"]
    kind, lines, label, unit, measure, measured = made["along-pressure_peak.png"]
    assert (kind, label, unit) == ("curves", "title of a", "unit of a")
    assert (measure, measured) == ("pressure_peak", "unit of pressure_peak@poland")
    assert list(lines) == ["pressure_peak@poland", "pressure_peak@latvia"]
    assert lines["pressure_peak@latvia"].equals(along[4:6])


def test_a_single_point_along_a_parameter_is_drawn(made: Made, tmp_path: Path) -> None:
    names = draw_sensitivity(tmp_path, sampled("grid"), {"tornado": TORNADO[:0], "along": TORNADO[:1]})
    assert names == ["along-deaths.png"]
    assert made["along-deaths.png"][-1] == "unit of deaths"


def test_lines_of_several_scenarios_have_their_names(made: Made, tmp_path: Path) -> None:
    along = TORNADO[TORNADO["outcome"] == "deaths"]
    sweep = sampled("grid", ("base", "open"))
    assert draw_sensitivity(tmp_path, sweep, {"tornado": TORNADO[:0], "along": along}) == ["along-deaths.png"]
    assert list(made["along-deaths.png"][1]) == ["deaths, base", "deaths, open"]


def test_over_time_there_is_a_figure_per_outcome_and_scenario(made: Made, tmp_path: Path) -> None:
    assert draw_over_time(tmp_path, TORNADO) == [
        "over-time-deaths-base.png", "over-time-pressure_peak-at-poland-base.png",
        "over-time-deaths-open.png", "over-time-pressure_peak-at-poland-open.png",
    ]  # fmt: skip
    kind, table, outcome, unit = made["over-time-deaths-open.png"]
    assert (kind, outcome, unit) == ("over_time", "deaths", "unit of deaths")
    assert table.equals(TORNADO[4:6])
    assert draw_over_time(tmp_path, TORNADO[:4]) == [
        "over-time-deaths.png", "over-time-pressure_peak-at-poland.png",
    ]  # fmt: skip
    assert draw_over_time(tmp_path, TORNADO[:1]) == ["over-time-deaths.png"]
    assert draw_over_time(tmp_path, TORNADO[:0]) == []


def test_names_of_files_have_no_signs() -> None:
    assert stem_of("pressure_peak@poland") == "pressure_peak-at-poland"
    assert stem_of("(deaths + injuries) / entries") == "deaths-injuries-entries"
    assert stem_of("share.v2") == "share.v2"
