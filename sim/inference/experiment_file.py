"""Experiment files of an inference: read, checked, and with each problem told by file and line."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from sim.scenario.errors import Problem, ScenarioError, choices, dotted, show
from sim.scenario.experiments import check_kind, experiment_content
from sim.scenario.files import SUFFIXES
from sim.scenario.load import load_scenario
from sim.scenario.nodes import Node
from sim.scenario.quantity import Distribution, parse_quantity
from sim.scenario.schema import Scenario


class Entry(BaseModel):
    """An entry of an experiment file: strict, without unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class OfScenario(Protocol):
    """An experiment about a scenario."""

    scenario: str


def distribution(value: Any) -> Distribution:
    """Return a continuous distribution of YAML; raises ValueError if it is none."""
    parsed = parse_quantity(value)
    if not isinstance(parsed, Distribution):
        raise ValueError(f"found {value!r}; a distribution such as {{lognormal: [1, 0.5]}} is needed")
    if parsed.kind == "choice":
        raise ValueError("found choice; a continuous distribution is needed")
    return parsed


@dataclass(frozen=True)
class ExperimentFile[Experiment: Entry]:
    """An experiment as it was read.

    Attributes:
        experiment: The experiment.
        scenario: Its scenario, without the experiment's own changes.
        path: The file.
        content: What the file holds, with its lines.
    """

    experiment: Experiment
    scenario: Scenario
    path: Path
    content: Node


def read[Experiment: Entry](
    given: str | Path | Mapping[str, Any], kind: str, model: type[Experiment]
) -> ExperimentFile[Experiment]:
    """Read an experiment of a kind.

    Args:
        given: A shipped experiment's name, a YAML file, or its content as a mapping.
        kind: The kind that it has to be of.
        model: The schema of the kind.

    Raises:
        ScenarioError: With file, line, field, what was found and what is allowed.
    """
    path, root = experiment_content(given)
    check_kind(root, [kind])
    try:
        experiment = model.model_validate(root.plain())
    except ValidationError as error:
        problems = [_problem(dict(entry), root, model) for entry in error.errors(include_url=False)]
        raise ScenarioError(sorted(problems, key=lambda p: (p.line, p.path))) from None
    scenario = _scenario(typing.cast(OfScenario, experiment).scenario, path, root)
    return ExperimentFile(experiment, scenario, path, root)


def _scenario(name: str, path: Path, root: Node) -> Scenario:
    beside = path.parent / name
    try:
        return load_scenario(beside if name.endswith(SUFFIXES) and beside.exists() else name)
    except ScenarioError as error:
        if any(problem.line for problem in error.problems):
            raise
        node = root.value["scenario"]
        texts = [Problem(node.file, node.line, "scenario", problem.text) for problem in error.problems]
        raise ScenarioError(texts) from None


def _problem(error: dict[str, Any], root: Node, model: type[BaseModel]) -> Problem:
    path = [part for part in error["loc"] if part != "[key]"]
    while path and not _there(root, path):
        path.pop()
    whole = [part for part in error["loc"] if part != "[key]"]
    node = root.at(path)
    kind = error["type"]
    if kind == "extra_forbidden":
        text = f"unknown key {show(str(whole[-1]))}; {choices(_keys(model, whole[:-1]), whole[-1])}"
    elif kind == "missing":
        text = "missing; it is needed"
    else:
        cause = (error.get("ctx") or {}).get("error")
        message = str(cause) if cause else error["msg"][0].lower() + error["msg"][1:]
        found = "" if "found" in message or not _there(root, whole) else f"found {show(root.at(whole).plain())}; "
        text = found + message
    return Problem(node.file, node.line, dotted(whole), text)


def _there(root: Node, path: list[Any]) -> bool:
    value = root.plain()
    for part in path:
        inside = isinstance(value, Mapping) and part in value
        if not inside and not (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            return False
        value = value[part]
    return True


def _keys(model: type[BaseModel], path: list[Any]) -> list[str]:
    """Return the keys allowed at a path: by the models that its fields have, through names of mappings."""
    for part in path:
        aliases = {field.alias or name: field for name, field in model.model_fields.items()}
        if part in aliases:
            model = next(_models(aliases[part].annotation), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models within a type: of `dict[str, Entry]` or `Entry | None` the entry."""
    inner = typing.get_args(annotation)
    if not inner and isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in inner:
        yield from _models(one)
