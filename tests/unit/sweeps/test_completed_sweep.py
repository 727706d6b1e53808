"""A sweep is read as it was set."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.outputs.folder import OutputError
from sim.scenario.errors import ScenarioError
from sim.scenario.quantity import Distribution
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.study import Study
from sim.sweeps.completed_sweep import CompletedSweep, sweep_array, sweep_frame, wide_tables
from sim.sweeps.experiment_text import experiment_text, parameter_of
from sim.sweeps.factors import Factor
from sim.sweeps.outcomes import OutcomeOf
from tests.unit.sweeps.small import FLIGHTS, TINY


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


def made(values: dict[str, pd.DataFrame], keys: list[tuple[str, str, str, str]], **experiment: Any) -> Any:
    """A sweep of two factors at two points, of two scenarios with two replicates, out of order and with a twin."""
    runs = pd.DataFrame(
        [(3, "base", 1, 0, False), (0, "base", 0, 0, False), (5, "base", 1, 1, False), (4, "base", 0, 1, False),
         (1, "other", 0, 0, False), (2, "other", 1, 0, False), (6, "other", 0, 1, False), (7, "other", 1, 1, False),
         (8, "base", 0, 0, True)],
        columns=["run", "scenario", "point", "replicate", "twin"],
    )  # fmt: skip
    parameters = pd.DataFrame(
        [(name, point, path, 2 * number * (1 if path == "a" else 10) + (name == "other"))
         for name in ("base", "other") for point, number in enumerate((3, 1, 3)) for path in ("b", "a")],
        columns=["scenario", "point", "parameter", "value"],
    )  # fmt: skip
    parameters = pd.concat([parameters, parameters]).query("point < 2")

    def matrix(scenario: str, *, measures: Any = None, names: Any = None) -> Any:
        asked = [key for key in keys if (measures is None or key[2] in measures) and (names is None or key[1] in names)]
        numbers = [int(run) for run in runs.loc[runs["scenario"] == scenario, "run"] if run != 4]  # which failed
        columns = [values[scenario][f"{measure}@{name}"] for _, name, measure, _ in asked]
        table = pd.DataFrame(asked, columns=["level", "name", "measure", "unit"])
        return SimpleNamespace(
            keys=table, replicates=numbers, values=np.array([[c[n] for c in columns] for n in numbers])
        )

    found: Any = CompletedSweep.__new__(CompletedSweep)
    found.study = SimpleNamespace(runs=runs, parameters=parameters, base="base", names=["base", "other"], matrix=matrix)
    found.experiment = {
        "title": "Own",
        "titles": {"f": "First"},
        "outcomes": ["deaths", "entries/attempts@p"],
    } | experiment
    spread = Distribution("uniform", (0.0, 9.0))
    found.factors = [
        Factor(name, "days", {path: weight}, 0.0, 9.0, spread, None, 1.0)
        for name, path, weight in (("f", "a", 2.0), ("g", "b", 1.0))
    ]
    return found


KEYS = [
    ("all", "all", "deaths", "persons"), ("agency", "p", "attempts", "tries"), ("agency", "p", "entries", "persons"),
    ("agency", "q", "attempts", "tries"),
]  # fmt: skip
VALUES = {
    name: {
        "deaths@all": {run: sign * (10.0 + run) for run in range(9)},
        "attempts@p": {run: float(run % 3) for run in range(9)},
        "entries@p": {run: sign * float(run) for run in range(9)},
        "attempts@q": dict.fromkeys(range(9), np.nan),
    }
    for name, sign in (("base", 1), ("other", -1))
}
DEATHS, SHARE = OutcomeOf("deaths"), OutcomeOf.parse("entries/attempts@p")
NAN = np.nan


def test_the_values_of_factors_are_those_of_the_base_at_each_point() -> None:
    sampled = made(VALUES, KEYS)
    assert sampled.x.tolist() == [[3, 60], [1, 20]]
    assert (sampled.title, sampled.outcomes) == ("Own", [DEATHS, SHARE])
    assert [sampled.label(factor) for factor in sampled.factors] == ["First", "g"]


def test_an_outcome_of_each_run_is_in_the_order_of_replicates_and_points() -> None:
    sampled = made(VALUES, KEYS)
    found = sampled.each(DEATHS)
    assert [tuple(row) for row in found.astype(object).where(found.notna(), None).itertuples(index=False)] == [
        (0, 0, 0, 10), (3, 1, 0, 13), (4, 0, 1, None), (5, 1, 1, 15),
    ]  # fmt: skip
    assert list(found.columns) == ["run", "point", "replicate", "value"]
    assert sampled.each(DEATHS, "other")["value"].tolist() == [-11, -12, -16, -17]
    np.testing.assert_array_equal(sampled.each(SHARE)["value"], [NAN, NAN, NAN, 2.5])  # 0 / 0, 3 / 0, failed, 5 / 2
    np.testing.assert_array_equal(sampled.each(SHARE, "other")["value"], [-1, -1, NAN, -7])


def test_a_point_has_the_mean_of_its_replicates_if_all_have_a_value() -> None:
    sampled = made(VALUES, KEYS)
    sampled.read([DEATHS, SHARE])
    np.testing.assert_array_equal(sampled.y(DEATHS), [NAN, 14])
    np.testing.assert_array_equal(sampled.y(DEATHS, "other"), [-13.5, -14.5])
    np.testing.assert_array_equal(sampled.y(SHARE, "other"), [NAN, -4])


def test_units_are_those_of_the_tables_or_of_the_text() -> None:
    sampled = made(VALUES, KEYS)
    assert dict(sampled.units) == {DEATHS: "persons", SHARE: "persons / attempts"}
    assert dict(sampled.units_of([OutcomeOf("attempts", "p")])) == {OutcomeOf("attempts", "p"): "tries"}


def test_what_is_not_in_the_totals_is_told() -> None:
    with pytest.raises(ScenarioError, match="found 'entries@q'; entries is there for: p; write entries@p"):
        made(VALUES, KEYS).each(OutcomeOf("entries", "q"))
    with pytest.raises(ScenarioError, match="only if the experiment names them"):
        made(VALUES, KEYS).each(OutcomeOf.parse("entries/attempts@q"))


def test_the_frame_has_a_row_for_each_run_with_factors_and_outcomes() -> None:
    found = made(VALUES, KEYS).frame()
    assert list(found.columns) == ["scenario", "run", "point", "replicate", "f", "g", "deaths", "entries/attempts@p"]
    rows = [
        ("base", 0, 0, 0, 3, 60, 10, NAN), ("base", 3, 1, 0, 1, 20, 13, NAN), ("base", 4, 0, 1, 3, 60, NAN, NAN),
        ("base", 5, 1, 1, 1, 20, 15, 2.5), ("other", 1, 0, 0, 3, 60, -11, -1), ("other", 2, 1, 0, 1, 20, -12, -1),
        ("other", 6, 0, 1, 3, 60, -16, NAN), ("other", 7, 1, 1, 1, 20, -17, -7),
    ]  # fmt: skip
    pd.testing.assert_frame_equal(found, pd.DataFrame(rows, columns=list(found.columns)), check_dtype=False)
    assert list(made(VALUES, KEYS, outcomes=[]).frame().columns) == ["scenario", "run", "point", "replicate", "f", "g"]


def test_a_sweep_as_labelled_arrays_has_units_and_coordinates(study: Study) -> None:
    pytest.importorskip("xarray")
    found, sampled = sweep_array(study.folder), CompletedSweep(study)
    assert found.attrs == {"title": "tiny sweep"}
    assert dict(found.sizes) == {"scenario": 1, "point": 12, "replicate": 1}
    assert found["attempts@poland"].attrs == {"units": "attempts"} and found["deaths"].attrs == {"units": "persons"}
    np.testing.assert_array_equal(found["deaths"].values[0, :, 0], sampled.y(DEATHS))
    for k, name in enumerate(("behaviour.retry", FLIGHTS, "officers")):
        np.testing.assert_array_equal(found[name].values, sampled.x[:, k])
    assert found["officers"].attrs == {"units": "officers"}


def test_the_tables_of_a_sweep_are_its_frame_and_its_experiment(study: Study) -> None:
    found = wide_tables(study)
    assert list(found) == ["runs.parquet", "experiment.yaml"]
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(found["runs.parquet"])), sweep_frame(study.folder))
    assert found["experiment.yaml"].decode() == experiment_text(study)


def test_an_experiment_is_written_again_as_its_folder_has_it(study: Study) -> None:
    lines = experiment_text(study).splitlines()
    assert lines[0].startswith(
        "# The experiment of this folder. `corridor sweep` of the folder goes on with it; of this"
    )
    found = {
        key: json.loads(value)
        for key, value in (line.split(": ", 1) for line in lines[1:])
        for key in [json.loads(key)]
    }
    assert found == {
        "title": "tiny sweep", "description": "", "seed": 1, "design": "latin-hypercube", "levels": 4, "kind": "sweep",
        "second_order": False, "paired": True, "others": "central", "samples": 12, "replicates": 1,
        "scenarios": ["scenarios/tiny.yaml"], "outcomes": ["pressure_peak", "deaths", "attempts@poland"],
        "parameters": {
            "behaviour.retry": {"distribution": {"uniform": [1, 9]}}, FLIGHTS: {"distribution": {"uniform": [0, 9]}},
            "officers": {"paths": {"frontex.officers": 1}, "values": [5, 10]},
        },
    }  # fmt: skip


def test_a_parameter_is_written_as_a_file_gives_it() -> None:
    knob = {"name": "a", "weights": {"a": 1.0}, "values": None, "spread": {"uniform": [0, 1]}}
    assert parameter_of(knob, None) == {"distribution": {"uniform": [0, 1]}}
    assert parameter_of(knob, "T") == {"title": "T", "distribution": {"uniform": [0, 1]}}
    assert parameter_of({**knob, "weights": {"a": 2.0}}, None) == {
        "paths": {"a": 2.0}, "distribution": {"uniform": [0, 1]},
    }  # fmt: skip
    assert parameter_of({**knob, "values": [1, 2], "name": "b"}, "T") == {
        "title": "T", "paths": {"a": 1.0}, "values": [1, 2],
    }  # fmt: skip
    assert parameter_of({**knob, "rows": {}}, "T") == {"title": "T", "joint": True}
