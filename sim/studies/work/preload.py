"""Preloads the model and its compiled code in the fork server, for all workers to inherit."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from sim.engine.compiled import is_cached
from sim.model import CorridorModel
from sim.scenario.schema import Scenario
from sim.studies.work import worker

__all__ = ["worker"]

_NEXT_TO_NOTHING: dict[str, Any] = {
    "title": "preload",
    "start": date(2025, 1, 1),
    "days": 1,
    "cohorts": {"nobody": {"origin": "minsk", "nationality": "none", "size": 1, "routes": {"none": 0}}},
    "routes": {"none": {"mode": "land", "origin": "minsk", "destination": "minsk", "transit_state": "belarus"}},
    "transit_states": {"belarus": {"hub": "minsk"}},
}

if is_cached():
    with suppress(Exception):  # a worker will report the error, and of which run
        CorridorModel(Scenario(**_NEXT_TO_NOTHING)).step()
