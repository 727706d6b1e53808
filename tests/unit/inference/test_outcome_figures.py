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
from pydantic import ValidationError

from sim import extend
from sim.inference.calibration_experiment import CalibrationExperiment, load_experiment
from sim.inference.calibration_study import calibration, task_of
from sim.inference.fit_task import Workspace, simulate
from sim.inference.likelihood import Likelihood
from sim.inference.outcome_figures import OutcomeFigure, Target, day_of_run, targets_of
from sim.outputs import outcomes
from sim.outputs.expressions import parse
from sim.scenario.errors import Problem, ScenarioError
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


INF = float("inf")


@pytest.mark.parametrize(
    ("value", "low", "high", "middle", "bounds"),
    [
        (5.0, None, None, 5.0, (5, 5)),
        (None, 2.0, 8.0, 5.0, (2, 8)),
        (None, -4.0, 2.0, -1.0, (-4, 2)),
        (None, 2.0, None, None, (2, INF)),
        (None, None, 8.0, None, (-INF, 8)),
        (None, 0.0, None, None, (0, INF)),
    ],
)
def test_a_figure_has_a_middle_and_bounds(
    value: float | None, low: float | None, high: float | None, middle: float | None, bounds: tuple[float, float]
) -> None:
    target = Target("x", START, START, value, low, high, 1.0)
    assert (target.middle, target.bounds()) == (middle, bounds)


def targets(**figures: Any) -> list[Target]:
    named = {name: OutcomeFigure.model_validate(figure) for name, figure in figures.items()}
    return targets_of(named, SCENARIO, lambda outcome, text: Problem("own.yaml", 7, f"outcomes.{outcome}", text))


def test_a_target_is_about_its_windows_or_the_whole_run_and_has_its_error_or_a_quarter_of_the_width() -> None:
    given = {
        "attempts[2025-11]@poland": {"value": 150, "error": 12},
        "attempts[2025-11-05..2025-11-09]@poland/attempts[2025-12]@poland": {"low": 2, "high": 4.0},
        "entries@all": {"low": 0, "high": 10, "error": 3},
    }
    found = targets(**given)
    day = date(2025, 11, 1)
    name = "attempts[2025-11]@poland"
    assert found[0] == Target(name, day, date(2025, 11, 30), 150, None, None, 12, name)
    assert (found[1].start, found[1].end, found[1].error) == (date(2025, 11, 5), date(2025, 12, 31), 0.5)
    assert (found[2].start, found[2].end, found[2].error) == (START, SCENARIO.end, 3)
    assert [one.never for one in found] == [None] * 3
    assert [one.given for one in found] == list(given)
    assert found[0].outcome.measure == "attempts[2025-11]" and found[0].outcome.name == "poland"
    assert targets() == []


def test_days_are_counted_from_one_and_one_that_never_comes_is_the_day_after_the_last() -> None:
    [found] = targets(**{"peak_date(attempts)@poland": {"low": START, "high": SCENARIO.end}})
    assert (found.low, found.high, found.never, found.error) == (1, 120, 121, 119 / 4)
    assert day_of_run(1.4, START) == START and day_of_run(1.6, START) == START + timedelta(days=1)
    assert day_of_run(120, START) == SCENARIO.end
    [number] = targets(**{"peak_date(attempts)@poland": {"value": 30, "error": 2}})
    assert number.value == 30


def problems(**figures: Any) -> list[tuple[str, str]]:
    with pytest.raises(ScenarioError) as caught:
        targets(**figures)
    assert {(one.file, one.line) for one in caught.value.problems} == {("own.yaml", 7)}
    return [(one.path, one.text) for one in caught.value.problems]


def test_all_that_is_wrong_with_outcomes_is_told_at_once() -> None:
    run = "the run is from 2025-10-01 to 2026-01-28"
    before, after = START - timedelta(days=1), SCENARIO.end + timedelta(days=1)
    found = problems(**{
        "attempts[2025-09-30..2025-10-09]@poland": {"value": 1, "error": 1},
        "attempts[2026-01]@poland": {"value": 1, "error": 1},
        "attempts@poland": {"value": START, "error": 1},
        "peak_date(attempts)@poland": {"value": before, "error": 1},
        "peak_date(entries)@poland": {"value": after, "error": 1},
        "entries@poland": {"value": 1, "error": 1},
    })  # fmt: skip
    assert found == [
        ("outcomes.attempts[2025-09-30..2025-10-09]@poland",
         f"found the days 2025-09-30 to 2025-10-09; {run}, and a run has to count all of them"),
        ("outcomes.attempts[2026-01]@poland",
         f"found the days 2026-01-01 to 2026-01-31; {run}, and a run has to count all of them"),
        ("outcomes.attempts@poland", "found the date 2025-10-01; allowed: a number, as the outcome is no date"),
        ("outcomes.peak_date(attempts)@poland", f"found the date {before}; {run}"),
        ("outcomes.peak_date(entries)@poland", f"found the date {after}; {run}"),
    ]  # fmt: skip
    twice = problems(**{name: {"value": 1, "error": 1} for name in ("attempts", "attempts@all", "entries")})
    assert twice == [("outcomes.attempts", "found attempts twice, in two ways of writing; allowed: once")]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "found no value, low or high; allowed: value, or low, high or both"),
        (
            {"value": 1, "low": 0, "high": 2, "error": 1},
            "found value and low and high; allowed: value, or low, high",
        ),
        ({"value": 1}, "found value without error; allowed: with error, or low and high that differ"),
        ({"low": 1}, "found low without error; allowed"),
        ({"low": 1, "high": 1}, "found low and high without error; allowed"),
        ({"low": 1, "high": date(2025, 11, 1)}, "found a date and a number; allowed: two dates or two numbers"),
        ({"low": 3, "high": 2}, "found low 3.0, above high 2.0"),
        ({"value": True, "error": 1}, "found True; allowed: a number, or a date such as 2021-08-03"),
        ({"value": 1e12, "error": 1}, "found 1000000000000.0; allowed: a number, or a date"),
        ({"value": -1e12, "error": 1}, "found -1000000000000.0; allowed: a number, or a date"),
        ({"value": 1, "error": 0}, "greater than 0"),
        ({"value": 1, "error": 1e12}, "less than 1000000000000"),
    ],
)
def test_a_figure_that_is_not_whole_is_told_what_it_lacks(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        OutcomeFigure.model_validate(fields)
    assert words in str(caught.value)


def test_figures_are_a_value_or_one_or_two_ends() -> None:
    for fields in ({"value": 0, "error": 1}, {"low": 0, "error": 1}, {"high": 0, "error": 1}, {"low": 0, "high": 1},
                   {"low": 1, "high": 1, "error": 1}, {"value": 999999999999, "error": 1}):  # fmt: skip
        found = OutcomeFigure.model_validate(fields)
        assert {key: getattr(found, key) for key in fields} == fields
    assert isinstance(OutcomeFigure.model_validate({"value": 3, "error": 1}).value, float)
