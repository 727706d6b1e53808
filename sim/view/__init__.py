"""The browser view: a map, charts and controls over a running model, as Mesa visualisation components.

`corridor view` opens the cockpit (`sim.view.app`). Its components can be used in any other page:

    from mesa.visualization import SolaraViz
    from sim.view import WatchedModel, corridor_map, pressure_chart

    scenario = load_scenario("benghazi-surge")
    page = SolaraViz(
        WatchedModel(scenario), components=[corridor_map, pressure_chart], model_params={"settings": scenario}
    )
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.view.components import corridor_map, load_chart, outcome_chart, pressure_chart, today
    from sim.view.live_model import WatchedModel

# Imported on first use: Solara takes a second to load.
_HOMES = {
    "WatchedModel": "sim.view.live_model",
    "corridor_map": "sim.view.components",
    "load_chart": "sim.view.components",
    "outcome_chart": "sim.view.components",
    "pressure_chart": "sim.view.components",
    "today": "sim.view.components",
}
__all__ = ["WatchedModel", "corridor_map", "load_chart", "outcome_chart", "pressure_chart", "today"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim.view' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
