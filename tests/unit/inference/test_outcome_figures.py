"""Figures of outcomes in a fit: what they say of the parameters, and what is wrong with them by file and line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim import extend
from sim.inference.calibration_experiment import CalibrationExperiment, load_experiment
from sim.inference.calibration_study import calibration, task_of
from sim.inference.fit_task import Workspace, simulate
from sim.inference.likelihood import Likelihood
from sim.inference.outcome_figures import Target
from sim.outputs import outcomes
from sim.outputs.expressions import parse
from sim.scenario.errors import ScenarioError
from sim.scenario.write import to_yaml
from tests.strategies import START
from tests.unit.inference.tiny import CONTENT, ROWS, SCENARIO, row

EXPERIMENT = CalibrationExperiment.model_validate({**CONTENT, "backtest": None})
NUMBERS = st.floats(-1e4, 1e4)
ERRORS = st.floats(0.01, 1e3)


def target(low: float, high: float, error: float) -> Likelihood:
    value = low if low == high else None
    ends = (None, None) if value is not None else (low, high)
    return Likelihood(EXPERIMENT, [Target("x", START, START, value, *ends, error)])


def of(one: Likelihood, value: float) -> float:
    return float(one.of_counts(np.array([[value]]))[0, 0])


@given(NUMBERS, st.floats(0, 1e3), ERRORS, NUMBERS, st.sampled_from([1e-3, 0.5, 7.0, 1000.0]))
def test_the_unit_of_an_outcome_does_not_matter(
    low: float, width: float, error: float, value: float, unit: float
) -> None:
    width = 0.0 if width < error / 100 else width
    other = target(low * unit, (low + width) * unit, error * unit)
    assert of(other, value * unit) == pytest.approx(of(target(low, low + width, error), value), rel=1e-6, abs=1e-6)


@given(NUMBERS, st.floats(0, 1e3), ERRORS, NUMBERS, st.floats(0, 1e3))
def test_a_run_farther_from_the_figure_is_never_likelier(
    low: float, width: float, error: float, value: float, more: float
) -> None:
    one, middle = target(low, low + width, error), low + width / 2
    farther = value + more if value >= middle else value - more
    near, far = of(one, value), of(one, farther)
    assert np.isfinite([near, far]).all()
    assert far <= near + 1e-6 * abs(near) + 1e-9


@given(NUMBERS, st.floats(0, 1e3), ERRORS)
def test_nothing_within_the_interval_is_implausible_and_a_sure_emulator_says_what_a_run_says(
    low: float, width: float, error: float
) -> None:
    one = target(low, low + width, error)
    inside = one.emulated(np.array([[low], [low + width / 2], [low + width]]))
    sure = np.zeros((3, 1))
    assert one.implausibility(inside, sure) == pytest.approx(sure, abs=1e-6)
    assert one.of_logs(inside, sure) == pytest.approx(one.of_counts(inside * error), rel=1e-6, abs=1e-6)


def test_outcomes_and_counts_are_independent_and_figures_are_drawn_as_the_likelihood_says() -> None:
    date_of = Target("x", START, START, 50.0, None, None, 4.0)
    both = Likelihood(EXPERIMENT, [row(0, 60), date_of])
    alone = [Likelihood(EXPERIMENT, [one]) for one in (row(0, 60), date_of)]
    runs = np.array([[40.0, 47.0], [90.0, 61.0], [np.nan, np.nan]])
    parts = [one.of_counts(runs[:, [k]]) for k, one in enumerate(alone)]
    assert np.array_equal(both.of_counts(runs), sum(parts), equal_nan=True)
    assert np.isnan(both.of_counts(runs)[2]).all(), "a run that failed weighs nothing"
    many = np.tile([[60.0, 47.0]], (20_000, 1))
    drawn = both.drawn(many, np.full(len(many), 0.1), np.random.default_rng(1))
    assert drawn.mean(axis=0) == pytest.approx([60, 47], rel=0.01)
    assert drawn[:, 1].std() == pytest.approx(4.0, rel=0.03)
    assert (drawn[:, 0] % 1 == 0).all() and (drawn[:, 1] % 1 != 0).all()


FIGURES: dict[str, Any] = {
    "attempts[2025-11]@poland": {"value": 150, "error": 12, "source": "made up"},
    "peak_date(attempts)@poland": {"value": START + timedelta(days=60), "error": 5},
    "entries/attempts@poland": {"low": 0.0, "high": 1.0},
    "reached_poland_by_december": {"low": 0, "high": 500},
}


@pytest.fixture
def own_outcome() -> Iterator[None]:
    name = "reached_poland_by_december"
    extend.outcome(name, unit="persons", title="Those who tried by then", meaning="Attempts until December.")(
        parse("attempts[2025-10-01..2025-11-30]@poland").of
    )
    yield
    outcomes.take_away([name])


def write(folder: Path, figures: Any, **changes: Any) -> Path:
    (folder / "tiny.yaml").write_text(to_yaml(SCENARIO), encoding="utf-8")
    lines = [f"poland,{r.start},{r.end},{r.value},," for r in ROWS]
    text = "\n".join(["series,period_start,period_end,value,low,high", *lines])
    (folder / "poland.csv").write_text(text, encoding="utf-8")
    content = {**CONTENT, "outcomes": figures, **changes}
    file = folder / "fit.yaml"
    file.write_text(
        yaml.safe_dump({k: v for k, v in content.items() if k != "backtest" or v}, sort_keys=False), "utf-8"
    )
    return file


def test_a_fit_to_outcomes_alone_finds_what_they_determine_and_says_so(tmp_path: Path, own_outcome: None) -> None:
    """The figures are those of a run with many visas; the prior's middle has half of them."""
    file = write(tmp_path, FIGURES, backtest=None, series={})
    task = task_of(load_experiment(file))
    assert [one.series for one in task.fitted] == list(FIGURES)
    truth = np.array([[0.0, 1.2]])
    counts = simulate(task, Workspace(tmp_path / "truth"), "truth", truth, 5)[0]
    assert np.isfinite(counts).all()
    first = "attempts[2025-11]@poland"
    own = {first: {"value": float(counts[0]), "error": 0.05 * float(counts[0])}, **dict(list(FIGURES.items())[3:])}
    done = calibration(load_experiment(write(tmp_path, own, backtest=None, series={})), Workspace(tmp_path / "out"))
    found = done.parameters.set_index("parameter").loc["visas"]
    assert found["prior_median"] < found["median"], "as many visas as it takes"
    [line] = done.fit.query("series == @first").itertuples()
    assert line.in90 and line.low90 < line.high90
    page = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert first in page and "normal around the model" in page and "fit.png" not in page


def test_dates_are_days_of_the_run_and_one_that_never_comes_counts_as_after_its_end(tmp_path: Path) -> None:
    figures = {
        "peak_date(attempts)@poland": {"value": START + timedelta(days=60), "error": 5},
        "first_overload()": {"low": START, "high": START + timedelta(days=40)},
    }
    file = write(tmp_path, figures, backtest=None, set={"transit_states.belarus.visas": {str(START): 0}})
    task = task_of(load_experiment(file))
    peak, overload = task.fitted[-2:]
    assert isinstance(peak, Target) and isinstance(overload, Target)
    assert (peak.value, overload.low, overload.high, overload.error) == (61, 1, 41, 10)
    count = simulate(task, Workspace(tmp_path / "run"), "run", np.zeros((1, 2)), 1)[0]
    assert count[-1] == SCENARIO.days + 1, "nobody comes, so that nothing is ever overloaded"


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ({"attempts@nowhere": {"value": 1, "error": 1}}, "attempts is there for"),
        ({"atempts": {"value": 1, "error": 1}}, "did you mean 'attempts'"),
        ({"peak_date attempts": {"value": 1, "error": 1}}, r"allowed: OUTPUT\[YEAR-MONTH\]"),
        ({"attempts[2031-01]@poland": {"value": 1, "error": 1}}, "the run is from 2025-10-01"),
        ({"attempts[2025-12..2026-02]@poland": {"value": 1, "error": 1}}, "has to count all of them"),
        ({"attempts": {"value": date(2025, 11, 1), "error": 1}}, "allowed: a number"),
        ({"peak_date(attempts)": {"value": date(2031, 11, 1), "error": 1}}, "the run is from 2025-10-01"),
        ({"attempts": {"value": 1}}, "found value without error"),
        ({"attempts": {"value": 1, "low": 0, "error": 1}}, "found value and low; allowed"),
        ({"attempts": {"error": 1}}, "found no value, low or high"),
        ({"attempts": {"low": 3, "high": 1}}, "above high"),
        ({"attempts": {"value": "many", "error": 1}}, "allowed: a number, or a date"),
        ({"attempts": {"value": 1, "eror": 1}}, "did you mean 'error'"),
        ({"attempts": {"value": 1, "error": 1}, "attempts@all": {"value": 1, "error": 1}}, "twice"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named_by_file_line_and_outcome(
    tmp_path: Path, figures: dict[str, Any], message: str
) -> None:
    file = write(tmp_path, figures, backtest=None)
    with pytest.raises(ScenarioError, match=message) as caught:
        load_experiment(file)
    lines = file.read_text(encoding="utf-8").splitlines()
    problem = caught.value.problems[0]
    own = [number for number, line in enumerate(lines, start=1) if line.strip().startswith(tuple(figures))]
    assert own and own[0] <= problem.line <= own[-1] + 3 and problem.path.startswith("outcomes.")


def test_what_has_no_day_of_publication_is_refused_in_a_back_test(tmp_path: Path) -> None:
    file = write(tmp_path, {"attempts": {"value": 1, "error": 1}}, backtest={"origins": [START + timedelta(days=60)]})
    with pytest.raises(ScenarioError, match="no day of publication"):
        load_experiment(file)
