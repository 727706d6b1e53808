"""A small filter: one hidden state, two countries, three months."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sim.inference.filter.experiment import FilterExperiment, LoadedFilter
from sim.inference.observations import Row
from sim.scenario.draw import resolve
from tests.strategies import START, tiny_scenario

CONTENT: dict[str, Any] = {
    "kind": "filter",
    "title": "tiny, filtered",
    "scenario": "tiny.yaml",
    "particles": 20,
    "rounds": 2,
    "posture": {
        "transit_state": "belarus",
        "visas": 8,
        "inflow": {"mean": 0.0, "first_sd": 0.5, "shock_sd": 0.5},
        "facilitation": {"mean": 0.5, "first_sd": 0.5, "shock_sd": 0.5},
        "steering": {"lithuania": {"zones": {"lida": 1}, "mean": 0.0, "first_sd": 1.0, "shock_sd": 0.5}},
        "memory": 0.8,
        "off": 0.05,
        "on_again": 0.3,
    },
    "parameters": {"behaviour.retry": {"title": "Days between attempts", "prior": {"lognormal": [5, 0.3]}}},
    "series": {
        name: {"observed": f"{name}.csv", "counted": "attempts", "measure": "recorded_attempts", "agency": name}
        for name in ("lithuania", "poland")
    },
    "backtest": {"first": START, "months": 2},
}


def tiny_filter(**changes: Any) -> LoadedFilter:
    experiment = FilterExperiment.model_validate({**CONTENT, **changes})
    return LoadedFilter(experiment, resolve(tiny_scenario()), Path(), "tiny")


def row(series: str, first: int, days: int, value: float) -> Row:
    start = START + timedelta(days=first)
    end = start + timedelta(days=days - 1)
    about = {"measure": "recorded_attempts", "agency": series, "transit_state": "", "route": ""}
    return Row(series, start, end, value, None, None, end + timedelta(days=1), about)


ROWS = [row("poland", 0, 31, 40), row("poland", 31, 30, 110), row("lithuania", 0, 31, 20), row("lithuania", 31, 30, 60)]
