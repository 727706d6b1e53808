"""What is missing, moves nothing, or never moves is told, and left out of the indices that need it whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.outputs.folder import OutputError
from sim.scenario import ScenarioError, to_yaml
from sim.scenario.guide.idle import masked
from sim.scenario.quantity import Distribution
from sim.sweeps import caveats
from sim.sweeps.caveats import caveats_of, dead_inputs, missing_of, missing_sentences
from sim.sweeps.completed_sweep import CompletedSweep
from sim.sweeps.factors import Factor
from sim.sweeps.outcomes import OutcomeOf
from sim.sweeps.sensitivity import sobol
from tests.strategies import START, tiny_scenario
from tests.unit.sweeps.samples import Made

FLIGHTS = f"carriers.airline-iq.services.baghdad-minsk.weekly.{START}"
JOINT = tiny_scenario({"behaviour": {"retry": {"joint": [2, 6, 4]}, "patience": {"joint": [20, 80, 50]}}}, days=30)
OCTOBER = "boarded[2025-10-08..2025-10-21]"


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> CompletedSweep:
    folder = tmp_path_factory.mktemp("caveats")
    (folder / "tiny.yaml").write_text(to_yaml(JOINT), encoding="utf-8")
    return sim.sweep({
        "kind": "sweep", "title": "caveats", "scenario": str(folder / "tiny.yaml"), "design": "sobol", "samples": 16,
        "parameters": {"particle": {"joint": True}, FLIGHTS: {"distribution": {"choice": [0, 9]}}},
        "outcomes": ["attempts", "entries/attempts@poland", "peak_date(attempts)", OCTOBER],
    })  # fmt: skip


def test_joint_inputs_stay_together_and_categories_are_taken_as_they_are(sweep: CompletedSweep) -> None:
    assert set(sweep.x[:, 0]) == {0.0, 1.0, 2.0} and set(sweep.x[:, 1]) == {0.0, 9.0}
    wide = sweep.study.parameters.pivot(index="point", columns="parameter", values="value")
    pairs = {tuple(row) for row in wide[["behaviour.retry", "behaviour.patience"]].to_numpy()}
    assert pairs == {(2.0, 20.0), (6.0, 80.0), (4.0, 50.0)}
    found = sim.sensitivity(sweep, ["attempts"])
    assert found.tables["sobol"]["total"].notna().all()
    prcc = found.tables["prcc"].set_index("parameter")["prcc"]
    assert np.isnan(prcc["particle"]) and np.isfinite(prcc[FLIGHTS])


def test_outcomes_of_ones_own_are_in_every_table(sweep: CompletedSweep) -> None:
    frame, totals = sweep.frame(), sweep.study.totals
    assert len(frame) == 16 * 4
    own = totals[(totals["measure"] == OCTOBER)].set_index("run")["value"]
    assert (frame.set_index("run")[OCTOBER] == own).all() and own.nunique() > 1
    both = sweep.each(OutcomeOf.parse("attempts@poland/attempts"))["value"]  # not named, but made of what is there
    each = [sweep.each(OutcomeOf.parse(f"attempts{name}"))["value"] for name in ("@poland", "")]
    pd.testing.assert_series_equal(both, each[0] / each[1])
    with pytest.raises(ScenarioError, match="only if the experiment names them"):
        sim.sensitivity(sweep, ["attempts[2021-10]"])


def test_indices_over_time_are_those_of_each_week(sweep: CompletedSweep) -> None:
    found = sim.sensitivity(sweep, ["attempts@kuznica"], over_time="week").over_time
    last = found["period"].max()
    weekly = sweep.study.weekly("section", "attempts")
    own = weekly[(weekly["name"] == "kuznica") & (pd.to_datetime(weekly["week"]) == last)]
    alone = sobol(sweep, own.sort_values("run")["value"].to_numpy(dtype=float))
    pd.testing.assert_frame_equal(
        found.loc[found["period"] == last, alone.columns].reset_index(drop=True), alone, check_dtype=False
    )
    monthly = sim.sensitivity(sweep, ["boarded"], over_time="month").over_time
    assert monthly["unit"].str.endswith("per month").all() and monthly["period"].dt.is_month_start.all()
    with pytest.raises(ScenarioError, match="--over-time: found 'day'; allowed: week, month"):
        sim.sensitivity(sweep, ["attempts@kuznica"], over_time="day")  # type: ignore[arg-type]


def test_a_grid_has_all_choices(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(to_yaml(JOINT), encoding="utf-8")
    experiment: dict[str, Any] = {
        "kind": "sweep", "title": "grid", "scenario": str(tmp_path / "tiny.yaml"), "design": "grid", "set": {"days": 5},
        "parameters": {"particle": {"joint": True}, FLIGHTS: {"distribution": {"choice": [0, 9]}}},
    }  # fmt: skip
    assert len(sim.sweep(experiment).x) == 6
    with pytest.raises(ScenarioError, match="morris"):
        sim.sweep({**experiment, "design": "morris"})
    with pytest.raises(ScenarioError, match="no joint distributions"):
        sim.sweep({**experiment, "scenario": "minsk-2021"})


def _made(values: np.ndarray, x: np.ndarray, status: list[str], **experiment: Any) -> Any:
    made: Any = Made(x, {"base": values}, **experiment)
    made.study.runs = pd.DataFrame({"run": range(len(values)), "status": status})
    made.study.scenarios = {}
    return made


def test_samples_with_a_failed_run_are_left_out_and_told() -> None:
    generator = np.random.default_rng(1)
    x = generator.random((64 * 4, 2))
    values = x.sum(axis=1)
    status = ["done"] * len(values)
    values[5] = values[130] = np.nan
    status[130] = "failed"
    made = _made(values, x, status, design="sobol", second_order=False, seed=1)
    missing = missing_of(made, [OutcomeOf("loss")])
    row = missing.iloc[0]
    assert (row["failed"], row["absent"], row["points"], row["complete"]) == (1, 1, [5, 130], 62)
    [sentence] = missing_sentences(missing)
    assert "at the points 5, 130" in sentence and "62 complete samples of 64" in sentence
    whole = np.delete(values.reshape(64, 4), [1, 32], axis=0)
    alone = _made(whole.ravel(), np.delete(x.reshape(64, 4, 2), [1, 32], axis=0).reshape(-1, 2), status[:248],
                  design="sobol", second_order=False, seed=1)  # fmt: skip
    pd.testing.assert_frame_equal(sobol(made, values), sobol(alone, whole.ravel()))
    with pytest.raises(OutputError, match="too few for indices"):
        sobol(made, np.full(len(values), np.nan))


def test_an_input_that_moves_nothing_is_told_and_no_other() -> None:
    x = np.array([[a, b] for a in (0.0, 1.0, 2.0) for b in (0.0, 1.0)])
    made = _made(x[:, 0] * 2, x, ["done"] * 6, design="grid", paired=True)
    [line] = dead_inputs(made, [OutcomeOf("loss")])
    assert line.startswith("x1: moves none")
    made.experiment["paired"] = False  # other people at each point: nothing can be said
    assert dead_inputs(made, [OutcomeOf("loss")]) == []


def test_an_outcome_that_never_moves_is_told() -> None:
    made = _made(np.full(6, 3.0), np.arange(12.0).reshape(6, 2), ["done"] * 6, design="grid", paired=True)
    [line] = caveats_of(made, [OutcomeOf("loss")])
    assert line == "loss, base: never moved; it is 3 in every run, so no index says anything."


MASKED = tiny_scenario(
    {
        "measures": {
            "late": {"kind": "fence", "title": "late", "sections": ["kuznica"], "start": "2030-01-01"},
            "ban": {"kind": "carrier-ban", "title": "ban", "routes": ["benghazi-minsk"], "start": START},
        },
        "agencies": {"poland": {"turn_back": {date(2020, 1, 1): 0.5}}},
    },
    days=30,
)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (FLIGHTS, ""),
        ("behaviour.patience", ""),
        ("measures.late.lag", "after the last day"),
        (f"carriers.airline-ly.services.benghazi-minsk.weekly.{START}", "the measure ban overrides it"),
        ("agencies.poland.turn_back.2020-01-01", "holds on the first day"),
        (f"agencies.poland.turn_back.{START}", ""),
    ],
)
def test_masked_inputs(path: str, why: str) -> None:
    found = masked(MASKED, path)
    assert why in found and bool(found) == bool(why)


LOSS = OutcomeOf("loss")


@pytest.mark.parametrize(
    ("design", "second", "group"),
    [("sobol", False, ("samples", 5)), ("sobol", True, ("samples", 8)), ("morris", False, ("trajectories", 4)),
     ("latin-hypercube", False, ("points", 1)), ("grid", False, ("points", 1))],
)  # fmt: skip
def test_an_index_needs_whole_samples_trajectories_or_points(
    design: str, second: bool, group: tuple[str, int]
) -> None:  # fmt: skip
    made = _made(np.zeros(2), np.zeros((2, 3)), ["done"] * 2, design=design, second_order=second)
    assert caveats.group_of(made) == group


def test_what_is_missing_is_counted_by_scenario_and_outcome() -> None:
    values = np.arange(12.0)
    other = values.copy()
    other[[1, 2, 3, 11]] = np.nan
    made = _made(values, np.zeros((12, 2)), ["done"] * 3 + ["failed"] * 9, design="morris", second_order=False)
    made.study.names = ["base", "other"]
    made._values["other"] = other
    found = missing_of(made, [LOSS])
    assert found.to_dict("records") == [{
        "scenario": "other", "outcome": "loss", "runs": 12, "failed": 2, "absent": 2, "points": [1, 2, 3, 11],
        "group": "trajectories", "groups": 4, "complete": 1,
    }]  # fmt: skip
    assert missing_sentences(found) == [
        "loss, other: 2 of 12 runs failed and 2 have no value, at the points 1, 2, 3, 11. These points are left out; "
        "indices are of the 1 complete trajectories of 4."
    ]
    assert list(missing_of(made, []).columns) == list(found.columns)


def test_no_more_than_twelve_points_are_named() -> None:
    row = {"scenario": "s", "outcome": "o", "runs": 1000, "failed": 0, "absent": 13, "group": "points", "groups": 1000,
           "complete": 987}  # fmt: skip
    for count, named in ((12, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"), (14, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2"
                         " more")):  # fmt: skip
        [sentence] = missing_sentences(pd.DataFrame([{**row, "points": list(range(count))}]))
        assert sentence == (
            f"o, s: 0 of 1,000 runs failed and 13 have no value, at the points {named}. These points are left out; "
            "indices are of the 987 complete points of 1,000."
        )


def test_fewer_than_ten_points_for_each_parameter_are_few() -> None:
    few = "Few points: 19 for 2 parameters. With fewer than 10 for each, what one seems to do may be another's work; "
    for points, design, told in ((19, "latin-hypercube", True), (20, "sobol", False), (19, "grid", False)):
        made = _made(np.arange(float(points)), np.random.default_rng(1).random((points, 2)), ["done"] * points,
                     design=design, second_order=False, paired=True)  # fmt: skip
        assert caveats_of(made, [LOSS]) == ([f"{few}--samples of `corridor sweep` makes them more."] if told else [])


def test_an_outcome_that_some_runs_lack_can_still_be_the_same_everywhere() -> None:
    values = np.array([np.nan, 2.5, 2.5])
    made = _made(values, np.zeros((3, 1)), ["done"] * 3, design="grid", paired=False)
    assert caveats_of(made, [LOSS])[1:] == [
        "loss, base: never moved; it is 2.5 in every run, so no index says anything."
    ]
    made._values["base"] = np.full(3, np.nan)
    assert len(caveats_of(made, [LOSS])) == 1


def dead(x: list[list[float]], *columns: list[float], **experiment: Any) -> list[int]:
    """Which parameters move none of the outcomes."""
    made = _made(
        np.array(columns[0]), np.array(x), ["done"] * len(x), **{"design": "grid", "paired": True} | experiment
    )
    made.study.names = [f"s{k}" for k in range(len(columns))]
    made._values = dict(zip(made.study.names, map(np.array, columns), strict=True))
    lines = dead_inputs(made, [LOSS])
    words = "moves none of these outcomes, in any run in which it alone differs; is it masked by a measure, a later"
    assert all(line == f"{line[:2]}: {words} date or another value?" for line in lines)
    return [int(line[1]) for line in lines]


def test_a_parameter_is_dead_if_nothing_differs_where_it_alone_differs() -> None:
    x = [[1.0, 0], [0, 0], [1, 1], [0, 1]]
    assert dead(x, [0.0, 0, 5, 5]) == [0]
    assert dead(x, [0.0, 0, 5, 5], [0.0, 0, 5, 6]) == []  # of another scenario it moves one
    assert dead(x, [3.0, 3, 3, 3]) == []  # the outcome itself never moves
    assert dead(x, [3.0, 3, 3, 3], [0.0, 0, 5, 5]) == [0]
    assert dead(x, [np.nan, 0, 5, 5]) == [0]
    assert dead([[0.0, 0], [1, 1], [2, 2]], [1.0, 2, 3]) == []  # none ever differs alone
    assert dead([[0.0, 0], [0, 0], [0, 1]], [1.0, 2, 2]) == [1]  # the same point twice tells nothing
    assert dead(x, [0.0, 0, 5, 5], design="latin-hypercube") == []
    assert dead(x, [0.0, 0, 5, 5], paired=False) == []


def test_inputs_that_cannot_act_and_joint_ones_torn_apart_are_told() -> None:
    joint = Factor("retry", "", {"behaviour.retry": 1.0}, 0, 9, Distribution("joint", (1, 2)), None, 1)
    other = joint._replace(name="patience", weights={"behaviour.patience": 1.0})
    lag = Factor(
        "lag", "", {"measures.late.lag": 1.0, "frontex.lag": 1.0}, 0, 9, Distribution("uniform", (1, 2)), None, 1
    )
    [masked_line] = caveats.input_caveats([lag], {"a": MASKED, "b": MASKED})
    why = masked(MASKED, "measures.late.lag")
    assert masked_line == f"a, b: measures.late.lag: no value of it can have an effect: {why}."
    assert caveats.input_caveats([joint, other], {"a": JOINT}) == [
        "The values of retry, patience belong together (joint), and here vary apart, also in combinations that their "
        "fit rules out; `joint: true` keeps them together."
    ]
    assert caveats.input_caveats([lag._replace(weights={"frontex.lag": 1.0})], {"a": MASKED}) == []
