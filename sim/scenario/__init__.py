"""Scenario files: their schema, loading and checking them, and drawing from their distributions."""

from sim.scenario.draw import resolve
from sim.scenario.errors import ScenarioError
from sim.scenario.files import scenario_names, scenarios_folder
from sim.scenario.load import load_scenario, load_shipped
from sim.scenario.paths import apply_overrides, get_path, parameter_paths, parse_override
from sim.scenario.schema import Scenario
from sim.scenario.timetable import departures, read_timetable
from sim.scenario.write import diff_yaml, scenario_hash, to_yaml

__all__ = [
    "Scenario",
    "ScenarioError",
    "apply_overrides",
    "departures",
    "diff_yaml",
    "get_path",
    "load_scenario",
    "load_shipped",
    "parameter_paths",
    "parse_override",
    "read_timetable",
    "resolve",
    "scenario_hash",
    "scenario_names",
    "scenarios_folder",
    "to_yaml",
]
