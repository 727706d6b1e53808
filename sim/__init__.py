"""Corridor: agent-based simulation of state-steered migration towards the EU's external border."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.api.analyses import Sensitivity, decide, discover, sensitivity
    from sim.api.fits import assimilate, backtest, calibrate, forecast
    from sim.api.sweeps import sweep, threshold
    from sim.model import CorridorModel
    from sim.outputs.folder import OutputError
    from sim.outputs.results import Results
    from sim.scenario import Scenario, ScenarioError, load_scenario, resolve
    from sim.studies.carry_out import compare, run
    from sim.studies.stored_results import results
    from sim.sweeps.completed_sweep import CompletedSweep

    __version__: str

# Imported on first use, so that `import sim` is fast.
_HOMES = {
    "CompletedSweep": "sim.sweeps.completed_sweep",
    "CorridorModel": "sim.model",
    "OutputError": "sim.outputs.folder",
    "Results": "sim.outputs.results",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "Sensitivity": "sim.api.analyses",
    "assimilate": "sim.api.fits",
    "backtest": "sim.api.fits",
    "calibrate": "sim.api.fits",
    "compare": "sim.studies.carry_out",
    "decide": "sim.api.analyses",
    "discover": "sim.api.analyses",
    "forecast": "sim.api.fits",
    "load_scenario": "sim.scenario",
    "resolve": "sim.scenario",
    "results": "sim.studies.stored_results",
    "run": "sim.studies.carry_out",
    "sensitivity": "sim.api.analyses",
    "sweep": "sim.api.sweeps",
    "threshold": "sim.api.sweeps",
}


__all__ = [
    "CompletedSweep",
    "CorridorModel",
    "OutputError",
    "Results",
    "Scenario",
    "ScenarioError",
    "Sensitivity",
    "__version__",
    "assimilate",
    "backtest",
    "calibrate",
    "compare",
    "decide",
    "discover",
    "forecast",
    "load_scenario",
    "resolve",
    "results",
    "run",
    "sensitivity",
    "sweep",
    "threshold",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name == "__version__":
        from importlib.metadata import version

        found = version("corridor-sim")
        globals()[name] = found
        return found
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
