"""Experiment files: the location of those that ship, and the command for each kind."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from sim.scenario.errors import Problem, ScenarioError, choices, show
from sim.scenario.files import SUFFIXES, display, read_text, shipped_folder
from sim.scenario.nodes import Node, parse_yaml

COMMANDS = {
    "calibration": "`corridor calibrate` and `corridor backtest`",
    "filter": "`corridor assimilate` and `corridor backtest`",
    "sweep": "`corridor sweep`",
    "decision": "`corridor sweep` and `corridor decide`",
    "threshold": "`corridor threshold`",
}


def experiments_folder() -> Path:
    """Return the folder of shipped experiments: beside ``sim/`` in a clone, inside it in an installed package."""
    return shipped_folder("experiments")


def experiment_file(name_or_path: str | Path) -> Path:
    """Return the YAML file of an experiment by shipped name or by path; raises ScenarioError."""
    text = str(name_or_path)
    if text.endswith(SUFFIXES):
        return Path(name_or_path)
    shipped = {file.stem: file for file in experiments_folder().glob("*.yaml")}
    if text not in shipped:
        what = f"found {show(text)}, no experiment that ships, and no path ending in .yaml or .yml"
        raise ScenarioError(f"{what}; {choices(sorted(shipped), text)}")
    return shipped[text]


def experiment_content(given: str | Path | Mapping[str, Any]) -> tuple[Path, Node]:
    """Return an experiment's file, or for a mapping a name for one in the working directory, and its content.

    Args:
        given: A shipped experiment's name, a path ending in .yaml or .yml, or the content of such a file as a mapping.

    Raises:
        ScenarioError: If there is no such file, or the content is not what a YAML file can hold.
    """
    if not isinstance(given, Mapping):
        path = experiment_file(given)
        return path, parse_yaml(read_text(path), display(path))
    try:
        return Path("experiment.yaml"), parse_yaml(json.dumps(_with_text_keys(given), default=str), "experiment")
    except ValueError as error:
        raise ScenarioError(f"experiment: {error}; allowed: what a YAML file can hold") from None


def _with_text_keys(value: Any) -> Any:
    """Return mappings with their keys as text, dates among them, as JSON knows no others."""
    if isinstance(value, Mapping):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    return [_with_text_keys(item) for item in value] if isinstance(value, (list, tuple)) else value


def check_kind(root: Node, allowed: Collection[str]) -> str:
    """Return the kind of an experiment; raises ScenarioError, naming the right command for another kind."""
    node = root.value.get("kind")
    if node is not None and node.value in allowed:
        return str(node.value)
    text = f"missing; {choices(allowed)}"
    if node is not None:
        text = f"found {show(node.value)}; {choices(allowed, node.value)}"
        if node.value in COMMANDS:
            text = f"found {node.value}, which is for {COMMANDS[node.value]}; allowed here: {', '.join(allowed)}"
    place = node or root
    raise ScenarioError(Problem(place.file, place.line, "kind", text))
