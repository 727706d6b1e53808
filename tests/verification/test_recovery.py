"""Parameters are found again in figures that the model made itself: a small version of the benchmark."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from sim.inference.calibration_experiment import CalibrationExperiment
from sim.inference.fit_task import Task, Workspace
from sim.inference.free_parameters import Space
from sim.inference.observations import Row
from sim.inference.sbc.ranks import coverage
from sim.inference.sbc.truths import recover
from tests.strategies import START, tiny_scenario

pytestmark = pytest.mark.nightly
TRUTHS = 8


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    experiment = CalibrationExperiment.model_validate(
        {
            "kind": "calibration",
            "title": "recovery",
            "scenario": "tiny",
            "parameters": {
                "steering": {
                    "title": "steering", "paths": ["zones.lida.steering"], "form": "shift", "prior": {"normal": [0, 1]},
                },
                "visas": {
                    "title": "visas", "paths": ["transit_states.belarus.visas"], "form": "factor",
                    "prior": {"lognormal": [0.7, 0.5]},
                },
            },
            "series": {
                name: {"observed": "x.csv", "counted": "attempts"} for name in ("poland", "lithuania")
            },
            "over_dispersion": [0.2, 0.4],
            "history_matching": {"runs": 50, "waves": 0, "training": 120},
            "smc": {"particles": 60, "generations": 2, "enough": 0.5, "steps": 60},
        }
    )  # fmt: skip
    scenario = tiny_scenario({"zones": {"lida": {"steering": {START: 0}}}}, days=60)
    rows = []
    for agency in ("poland", "lithuania"):
        for first in (0, 30):
            start = START + timedelta(days=first)
            end = start + timedelta(days=29)
            about = {"measure": "recorded_attempts", "agency": agency, "transit_state": "", "route": ""}
            rows.append(Row(agency, start, end, 1.0, None, None, end, about))
    task = Task(experiment, scenario, Space(experiment.parameters, scenario), rows, [], 11)
    folder: Path = tmp_path_factory.mktemp("recovery")
    return recover(task, Workspace(folder), TRUTHS)


def test_most_truths_lie_in_their_90_percent_interval(found: pd.DataFrame) -> None:
    # 16 intervals; if 90 % were covered, 10 or fewer would be in less than one test of a hundred.
    assert found["in90"].sum() >= 11
    assert 0.0 <= found["rank"].min() <= found["rank"].max() <= 1.0


def test_figures_say_something_of_the_parameters(found: pd.DataFrame) -> None:
    table = coverage(found).set_index("parameter")
    assert table.loc["steering", "width90"] < 0.8
    assert table.loc["all", "truths"] == TRUTHS
