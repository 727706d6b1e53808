"""Corridor: agent-based simulation of state-steered migration towards the EU's external border."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.batch.studies import compare
    from sim.batch.study import Study
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


class _Results(ModuleType):
    """The module `sim.results`, which can be called: ``sim.results(DIR)`` gives what a folder holds, as tables."""

    def __call__(self, folder: str | Path) -> Study | Results:
        """As `sim.batch.opened.results`."""
        from sim.batch.opened import results

        return results(folder)


class _Package(ModuleType):
    """This package, which makes its module `results` one that can be called, whoever imports it first."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "results" and isinstance(value, ModuleType):
            value.__class__ = _Results
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
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
    if name == "results":
        return import_module("sim.results")
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return list(__all__)
