"""Corridor: agent-based simulation of state-steered migration towards the EU's external border."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.batch.studies import compare
    from sim.model import CorridorModel
    from sim.results import Results
    from sim.runs import run
    from sim.save import OutputError
    from sim.scenario import Scenario, ScenarioError, load_scenario, resolve

# Imported when first asked for, so that `import sim` costs nothing.
_HOMES = {
    "CorridorModel": "sim.model",
    "OutputError": "sim.save",
    "Results": "sim.results",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "compare": "sim.batch.studies",
    "load_scenario": "sim.scenario",
    "resolve": "sim.scenario",
    "run": "sim.runs",
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
    """The public names."""
    return list(__all__)
