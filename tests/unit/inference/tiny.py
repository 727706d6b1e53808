"""A small calibration: its experiment, its figures, and how it is carried out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from sim.inference.calibrate import calibrate
from sim.inference.calibration_experiment import CalibrationExperiment, Loaded
from sim.inference.fit_task import Posterior, Task, Workspace
from sim.inference.free_parameters import Space
from sim.inference.observations import Row
from tests.strategies import START, tiny_scenario

ORIGIN = START + timedelta(days=60)


SCENARIO = tiny_scenario()


CONTENT: dict[str, Any] = {
    "kind": "calibration",
    "title": "tiny, fitted",
    "scenario": "tiny.yaml",
    "parameters": {
        "retry": {"title": "days", "paths": ["behaviour.retry"], "prior": {"lognormal": [4.0, 0.5]}},
        "visas": {
            "title": "visas", "paths": ["transit_states.belarus.visas"], "form": "factor",
            "prior": {"lognormal": [1.0, 0.6]},
        },
        "ahead": {
            "title": "ahead", "paths": ["transit_states.belarus.visas"], "form": "factor", "from": "origin",
            "prior": {"lognormal": [1.0, 0.3]},
        },
    },
    "series": {"poland": {"observed": "poland.csv", "counted": "attempts", "agency": "poland",
                          "measure": "recorded_attempts"}},
    "over_dispersion": [0.1, 0.3],
    "history_matching": {"runs": 24, "waves": 1, "wave_runs": 12, "training": 30},
    "smc": {"particles": 16, "generations": 3, "enough": 0.3, "steps": 40},
    "backtest": {"origins": [ORIGIN], "months": 2, "draws": 400, "seats_to": "belarus"},
}  # fmt: skip


def row(first: int, value: float) -> Row:
    start = START + timedelta(days=first)
    about = {"measure": "recorded_attempts", "agency": "poland", "transit_state": "", "route": ""}
    end = start + timedelta(days=29)
    return Row("poland", start, end, value, None, None, end + timedelta(days=1), about)


ROWS = [row(0, 60), row(30, 150), row(60, 160), row(90, 120)]


def loaded(**changes: Any) -> Loaded:
    return Loaded(CalibrationExperiment.model_validate({**CONTENT, **changes}), SCENARIO, Path(), "tiny")


def fit(workspace: Workspace, rows: list[Row] = ROWS) -> Posterior:
    experiment = loaded().experiment
    return calibrate(Task(experiment, SCENARIO, Space(experiment.parameters, SCENARIO), rows, [], 3), workspace)


def same(a: Posterior, b: Posterior) -> bool:
    return all(np.array_equal(getattr(a, k), getattr(b, k)) for k in ("points", "weights", "counts", "dispersion"))
