"""Experiments: what their files may say, at which points they run, and what comes of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.outputs.folder import OutputError
from sim.scenario import to_yaml
from sim.scenario.draw import drawn_values, resolve
from sim.scenario.errors import ScenarioError
from sim.scenario.paths import apply_overrides
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan, opened
from sim.studies.study import Study
from sim.sweeps import designs
from sim.sweeps.completed_sweep import CompletedSweep, wide_tables
from sim.sweeps.experiment_files import read_experiment
from sim.sweeps.factors import factor_of
from sim.sweeps.factors import settings as settings_of
from sim.sweeps.outcomes import OutcomeOf, conditions
from sim.sweeps.sweep_plan import plan_of
from sim.sweeps.threshold import plan_of_levels
from tests.strategies import START, tiny_scenario

TINY = tiny_scenario({"behaviour": {"retry": {"uniform": [1, 9]}, "giving_up": {"normal": [0.1, 0.05]}}}, days=40)
FLIGHTS = f"carriers.airline-iq.services.baghdad-minsk.weekly.{START}"
FACTORS = [
    factor_of(TINY, "behaviour.retry"),
    factor_of(TINY, "behaviour.giving_up"),
    factor_of(TINY, FLIGHTS, spread=(0.0, 9.0)),
]
SWEEP = f"""
kind: sweep
title: tiny sweep
scenario: tiny.yaml
samples: 12
outcomes: [pressure_peak, deaths, attempts@poland]
parameters:
  behaviour.retry:
  {FLIGHTS}: {{range: [0, 9]}}
  officers: {{paths: {{frontex.officers: 1}}, values: [5, 10]}}
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "tiny.yaml").write_text(to_yaml(TINY), encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(SWEEP, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "tiny.yaml").write_text(to_yaml(TINY), encoding="utf-8")
    (folder / "sweep.yaml").write_text(SWEEP, encoding="utf-8")
    return carry_out(plan_of(read_experiment(folder / "sweep.yaml")), folder / "out", tables=wide_tables)


# Designs


@given(
    design=st.sampled_from(designs.DESIGNS), samples=st.sampled_from([2, 4, 8]), levels=st.sampled_from([4, 6]),
    seed=st.integers(0, 2**62), second=st.booleans(),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_designs_keep_to_the_knobs_and_to_their_number(
    design: str, samples: int, levels: int, seed: int, second: bool
) -> None:
    points = designs.points_of(design, FACTORS, samples, levels, seed, second_order=second)
    assert len(points) == designs.number_of_points(design, FACTORS, samples, levels, second_order=second)
    for k, factor in enumerate(FACTORS):
        assert (points[:, k] >= factor.low).all()
        assert (points[:, k] <= factor.high).all()
        bottom, top = factor.spread.support
        assert ((points[:, k] >= bottom) & (points[:, k] <= top)).all()
    again = designs.points_of(design, FACTORS, samples, levels, seed, second_order=second)
    np.testing.assert_array_equal(points, again)


def test_a_latin_hypercube_has_a_point_in_each_part_of_each_distribution() -> None:
    points = designs.points_of("latin-hypercube", FACTORS, 20, 4, 5)
    for k, factor in enumerate(FACTORS):
        edges = [factor.quantile(u) for u in np.linspace(0, 1, 21)]
        assert (np.histogram(points[:, k], edges)[0] == 1).all()


def test_a_grid_holds_all_combinations() -> None:
    points = designs.points_of("grid", FACTORS, 1, 3, 0)
    assert len({tuple(row) for row in points}) == 27
    assert [len(set(points[:, k])) for k in range(3)] == [3, 3, 3]


def test_one_at_a_time_moves_one_from_the_centre() -> None:
    points = designs.points_of("one-at-a-time", FACTORS, 1, 2, 0)
    assert points[0].tolist() == [factor.centre for factor in FACTORS]
    assert ((points[1:] != points[0]).sum(axis=1) <= 1).all()


def test_a_step_of_morris_moves_one_knob() -> None:
    points = designs.points_of("morris", FACTORS, 5, 4, 1)
    for trajectory in points.reshape(5, 4, 3):
        assert ((np.diff(trajectory, axis=0) != 0).sum(axis=1) == 1).all()


def test_places_are_the_inverse_of_levels() -> None:
    unit = np.random.default_rng(0).integers(0, 4, (30, 3)) / 3
    np.testing.assert_allclose(designs.places_of(FACTORS, designs.at_levels(FACTORS, unit, 4), 4), unit)


@pytest.mark.parametrize(
    ("design", "samples", "levels"), [("sobol", 100, 4), ("morris", 4, 5), ("grid", 1, 200), ("sobol", 2**20, 4)]
)
def test_designs_that_cannot_be(design: str, samples: int, levels: int) -> None:
    with pytest.raises(ScenarioError, match="allowed"):
        designs.points_of(design, FACTORS, samples, levels, 1)


# Knobs


def test_a_knob_takes_its_distribution_or_a_fifth_around_its_value() -> None:
    assert factor_of(TINY, "behaviour.retry").ends == (1, 9)
    assert factor_of(TINY, "behaviour.patience").ends == (48, 72)
    assert factor_of(TINY, "behaviour.patience").centre == 60
    assert factor_of(TINY, "zones.bruzgi.sections.narewka").ends == (-20, 20)


def test_paths_move_together() -> None:
    factor = factor_of(TINY, "flights", {FLIGHTS: 0.5, "behaviour.retry": 2.0}, spread=(1.0, 4.0))
    paths, values = settings_of([factor], np.array([[1.0], [4.0]]))
    assert paths == (FLIGHTS, "behaviour.retry")
    assert values.tolist() == [[0.5, 2.0], [2.0, 8.0]]
    assert factor.high == 182.5


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("behaviour.retry", {"spread": (0.0, 9.0)}),
        ("behaviour.retry", {"spread": (5.0, 5.0)}),
        ("behaviour.giving_up", {"values": (0.5, 1.5)}),
        ("flights", {"weights": {FLIGHTS: 1.0, "behaviour.retry": 1.0}}),
        ("behaviour.rety", {}),
        ("days", {}),
    ],
)
def test_what_is_no_knob(name: str, options: dict) -> None:
    with pytest.raises(ScenarioError, match=r"allowed|needed"):
        factor_of(TINY, name, **options)


# Runs


@given(seed=st.integers(0, 2**40), replicate=st.integers(0, 3), drawn=st.booleans())
@settings(max_examples=15, deadline=None)
def test_a_point_is_the_scenario_with_overrides(seed: int, replicate: int, drawn: bool) -> None:
    points = np.array([[2.0, 0.2], [3.0, 0.1]])
    paths = ("behaviour.patience", "behaviour.giving_up")
    plan = Plan("sweep", {"a": apply_overrides(TINY, {"seed": seed})}, 4, paths=paths, points=points, drawn=drawn)
    parcel = opened(plan.parcel)
    for run in plan.runs:
        if run.replicate != replicate:
            continue
        found, values = parcel.draw(run)
        own = dict(zip(paths, points[run.point], strict=True))
        changed = apply_overrides(parcel.cases[0].scenario, own)
        people = parcel.people_seed(run)
        draws = people if drawn else None
        assert found == resolve(changed, draws).model_copy(update={"seed": people})
        assert values == {**drawn_values(changed, draws), **own}


def test_a_sweep_is_read_as_it_was_set(study: Study) -> None:
    sampled = CompletedSweep(study)
    assert study.kind == "sweep"
    assert sampled.x.shape == (12, 3)
    assert set(sampled.x[:, 2]) == {5.0, 10.0}
    frame = sampled.frame()
    assert list(frame.columns[4:]) == [
        "behaviour.retry",
        FLIGHTS,
        "officers",
        "pressure_peak",
        "deaths",
        "attempts@poland",
    ]
    totals = study.totals.set_index(["run", "measure", "name"])["value"]
    for row in frame.itertuples(index=False):
        assert row[7] == totals.loc[row.run, "pressure_peak", "all"].item()
        assert row[9] == totals.loc[row.run, "attempts", "poland"].item()
    assert (study.folder / "runs.parquet").is_file()


def test_a_study_without_an_experiment_is_no_sweep() -> None:
    with pytest.raises(OutputError, match="not of an experiment"):
        CompletedSweep(carry_out(Plan("replicates", {"tiny": TINY}, 2)))


# Files


def test_a_file_with_changes_of_the_command_line(here: Path) -> None:
    ready = read_experiment(here / "sweep.yaml", {"samples": 3, "replicates": None})
    assert len(plan_of(ready).runs) == 3


BAD = {
    "unknown key": ("samples: 12", "sampels: 12", r"sweep\.yaml:5: sampels: unknown key; .*did you mean 'samples'"),
    "no parameter": ("behaviour.retry:", "behaviour.rety:", r"sweep\.yaml:8: .*did you mean 'behaviour.retry'"),
    "a fixed one": ("behaviour.retry:", "days:", r"sweep\.yaml:8: .*no parameter"),
    "out of its bounds": ("range: [0, 9]", "range: [-1, 9]", r"sweep\.yaml:9: .*found -1 to 9; allowed: 0 to"),
    "a range that falls": ("range: [0, 9]", "range: [9, 0]", r"sweep\.yaml:9: .*low below high"),
    "an unknown key inside": ("range: [0, 9]", "rang: [0, 9]", r"sweep\.yaml:9: .*unknown key.*'range'"),
    "an unknown scenario": ("tiny.yaml", "minsk-2020", r"sweep\.yaml:4: scenario: .*minsk-2021"),
    "an unknown outcome": ("deaths,", "deats,", r"sweep\.yaml:6: outcomes\.1: .*did you mean 'deaths'"),
    "an outcome of nobody": ("@poland", "@spain", r"sweep\.yaml:6: outcomes\.2: .*poland"),
    "an empty design": ("samples: 12", "samples: 0", r"sweep\.yaml:5: samples: found 0"),
    "an unknown kind": ("kind: sweep", "kind: sweeep", r"sweep\.yaml:2: kind: .*did you mean 'sweep'"),
    "a design unknown": ("samples: 12", "design: halton", r"sweep\.yaml:5: design: .*sobol"),
    "a path twice": ("frontex.officers: 1", "behaviour.retry: 1", r"sweep\.yaml:10: .*varies too"),
}


@pytest.mark.parametrize(("old", "new", "message"), BAD.values(), ids=BAD)
def test_a_mistake_is_named_with_its_place_before_any_run(
    here: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, message: str
) -> None:
    monkeypatch.chdir(here)
    (here / "sweep.yaml").write_text(SWEEP.replace(old, new), encoding="utf-8")
    with pytest.raises(ScenarioError, match=message):
        read_experiment("sweep.yaml")


def test_conditions_are_read_as_they_are_written() -> None:
    clauses = conditions("pressure_peak > 1.5 and deaths@poland <= 20")
    assert [str(clause) for clause in clauses] == ["pressure_peak > 1.5", "deaths@poland <= 20"]
    assert clauses[1].outcome == OutcomeOf("deaths", "poland")
    values = np.array([1.0, 2.0, np.nan])
    assert clauses[0].holds(values).tolist() == [False, True, False]
    for text in ("", "pressure_peak", "pressure_peak > many", "a > 1 or b > 2", "pressure_peak = 1"):
        with pytest.raises(ScenarioError, match="--where"):
            conditions(text)


@pytest.mark.parametrize("name", ["flights-sweep", "flights-threshold", "global-sensitivity", "robust-response"])
def test_the_experiments_that_ship_can_be_run(name: str) -> None:
    ready = read_experiment(name)
    if ready.experiment.kind == "threshold":
        assert len(plan_of_levels(ready, [0.0, 24.0]).runs) == 2 * ready.experiment.replicates
    else:
        plan = plan_of(ready)
        assert plan.points is not None
        assert len(plan.runs) == len(plan.points) * len(ready.scenarios) * plan.replicates
