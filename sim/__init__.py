"""Corridor: agent-based simulation of state-steered migration towards the EU's external border."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.outputs.folder import OutputError
    from sim.outputs.results import Results
    from sim.scenario import Scenario, ScenarioError, load_scenario, resolve
    from sim.studies.carry_out import compare, run
    from sim.studies.stored_results import results

# Imported on first use, so that `import sim` is fast.
_HOMES = {
    "CorridorModel": "sim.model",
    "OutputError": "sim.outputs.folder",
    "Results": "sim.outputs.results",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "compare": "sim.studies.carry_out",
    "load_scenario": "sim.scenario",
    "resolve": "sim.scenario",
    "results": "sim.studies.stored_results",
    "run": "sim.studies.carry_out",
}


__all__ = [
    "CorridorModel",
    "OutputError",
    "Results",
    "Scenario",
    "ScenarioError",
    "compare",
    "load_scenario",
    "resolve",
    "results",
    "run",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
