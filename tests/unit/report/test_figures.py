"""The three figures of a run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sim.engine.rows import STATUSES
from sim.outputs.results import Results
from sim.report import figures as groups
from sim.report.figures import figures, write_figures
from sim.runs import run
from tests.strategies import START, tiny_scenario

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
