"""Reading of experiment files; every error gives file, line, field, what was found and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.data.plain_text import label_of
from sim.outputs.definitions import ALL
from sim.scenario.errors import Problem, ScenarioError, choices, dotted, show
from sim.scenario.experiments import check_kind, experiment_content
from sim.scenario.files import SUFFIXES
from sim.scenario.load import load_scenario
from sim.scenario.nodes import Node
from sim.scenario.paths import apply_overrides
from sim.scenario.schema import Scenario
from sim.sweeps.experiment import KINDS_OF, AnyExperiment, Objective, Sweep, Threshold, Varied
from sim.sweeps.factors import Factor, factor_of, joint_factor
from sim.sweeps.outcomes import Known, OutcomeOf, check_outcome, conditions, known_outcomes

_INNER: dict[str, type[BaseModel]] = {"parameters": Varied, "objectives": Objective}


@dataclass(frozen=True)
class Ready:
    """An experiment, checked against its scenarios."""

    name: str
    experiment: AnyExperiment
    scenarios: dict[str, Scenario]
    factors: list[Factor]

    @property
    def title(self) -> str:
        """Return the title, or else the name, of the first factor."""
        name = self.factors[0].name
        return self.experiment.parameters[name].title or name


def read_experiment(given: str | Path | Mapping[str, Any], changes: Mapping[str, Any] | None = None) -> Ready:
    """Read an experiment, by shipped name or YAML file, with its scenarios and factors.

    Args:
        given: A shipped experiment's name, a path ending in .yaml or .yml, or the content of such a file as a mapping,
            whose scenarios are named from the working directory.
        changes: Top-level fields that replace the file's, such as ``{"samples": 64}``.

    Raises:
        ScenarioError: With file, line, field, what was found and what is allowed.
    """
    path, root = experiment_content(given)
    kind = check_kind(root, KINDS_OF)
    model = KINDS_OF[kind]
    given = {key: value for key, value in (changes or {}).items() if value is not None}
    unknown = [key for key in given if key not in model.model_fields]
    if unknown:
        raise ScenarioError(f"--{unknown[0].replace('_', '-')}: an experiment of kind {kind} has none")
    try:
        experiment = model.model_validate({**root.plain(), **given})
    except ValidationError as error:
        problems = {_problem(dict(entry), root, model) for entry in error.errors(include_url=False)}
        raise ScenarioError(sorted(problems, key=lambda p: (p.line, p.path, p.text))) from None
    scenarios = _scenarios(experiment, path, root)
    factors = _factors(experiment, scenarios, root)
    _check_outcomes(experiment, scenarios, root)
    return Ready(path.stem, experiment, scenarios, factors)


def _at(root: Node, path: list[Any], text: str) -> Problem:
    node = root.at(path)
    return Problem(node.file, node.line, dotted(path), text)


def _relocated(root: Node, path: list[Any], error: ScenarioError) -> ScenarioError:
    """Return an error about a value of the experiment with the position of the value."""
    own = [
        problem if problem.line else _at(root, path, ": ".join(t for t in (problem.path, problem.text) if t))
        for problem in error.problems
    ]
    return ScenarioError(own)


def _scenarios(experiment: AnyExperiment, file: Path, root: Node) -> dict[str, Scenario]:
    names = [experiment.scenario] if not isinstance(experiment, Sweep) and hasattr(experiment, "scenario") else None
    names = list(experiment.names) if names is None else names  # type: ignore[union-attr]
    listed = "scenarios" in root.value
    found: dict[str, Scenario] = {}
    for number, name in enumerate(names):
        path = ["scenarios", number] if listed else ["scenario"]
        stem = label_of(str(name))
        if stem in found:
            raise ScenarioError(_at(root, path, f"found {show(stem)} twice; each scenario once"))
        beside = file.parent / str(name)
        try:
            scenario = load_scenario(beside if str(name).endswith(SUFFIXES) and beside.exists() else str(name))
        except ScenarioError as error:
            raise _relocated(root, path, error) from None
        try:
            found[stem] = apply_overrides(scenario, {**experiment.overrides, "seed": experiment.seed})
        except ScenarioError as error:
            raise _relocated(root, ["set"], error) from None
    first = next(iter(found.values()))
    for number, (stem, scenario) in enumerate(found.items()):
        if (scenario.start, scenario.days) != (first.start, first.days):
            text = f"found {stem}, {scenario.start} and {scenario.days} days; the first has {first.start} and "
            raise ScenarioError(_at(root, ["scenarios", number], f"{text}{first.days} days: all must agree"))
    return found


def _factors(experiment: AnyExperiment, scenarios: dict[str, Scenario], root: Node) -> list[Factor]:
    factors: list[Factor] = []
    taken: dict[str, str] = {}
    for name, varied in experiment.parameters.items():
        spread = tuple(varied.range) if varied.range is not None else varied.distribution
        for scenario in reversed(list(scenarios.values())):  # the first scenario's counts
            try:
                if varied.joint:
                    factor = joint_factor(scenario, str(name))
                else:
                    factor = factor_of(scenario, str(name), varied.paths, spread, varied.values)  # type: ignore[arg-type]
            except ScenarioError as error:
                raise _relocated(root, ["parameters", name], error) from None
        for path in factor.weights:
            if path in taken:
                raise ScenarioError(_at(root, ["parameters", name], f"found {path}, which {taken[path]} varies too"))
            taken[path] = str(name)
        factors.append(factor)
    return factors


def _check_outcomes(experiment: AnyExperiment, scenarios: dict[str, Scenario], root: Node) -> None:
    known = known_outcomes(next(iter(scenarios.values())))
    if isinstance(experiment, Threshold):
        try:
            _check_where(experiment, scenarios, known)
        except ScenarioError as error:
            raise ScenarioError(_at(root, ["where"], error.problems[0].text.removeprefix("--where: "))) from None
        return
    key = "objectives" if experiment.kind == "decision" else "outcomes"
    for number, text in enumerate(experiment.outcomes):
        try:
            known.check(OutcomeOf.parse(text))
        except ScenarioError as error:
            place: list[Any] = [key, text if key == "objectives" else number]
            raise ScenarioError(_at(root, place, error.problems[0].text)) from None


def _check_where(experiment: Threshold, scenarios: dict[str, Scenario], known: Known) -> None:
    places = places_of(experiment, next(iter(scenarios.values())))
    for clause in conditions(experiment.where):
        if any(term.name != ALL for term in clause.outcome.expression.terms):
            allowed = f"without @, as each {experiment.level} is looked at"
            raise ScenarioError(f"found {show(str(clause.outcome))}; allowed: {allowed}")
        for place in places:
            if clause.outcome.expression.is_plain:
                of_places = {key: unit for key, unit in known.units.items() if key[1] in places}
                if clause.outcome.measure not in {measure for measure, _ in of_places}:
                    check_outcome(clause.outcome, of_places)
            else:
                known.check(OutcomeOf(clause.outcome.measure, place))


def places_of(experiment: Threshold, scenario: Scenario) -> list[str]:
    """Return the places at which overload is examined."""
    named = {"section": list(scenario.sections), "agency": list(scenario.agencies), "all": [ALL]}
    return named[experiment.level]


def _problem(error: dict[str, Any], root: Node, model: type[BaseModel]) -> Problem:
    path = [part for part in error["loc"] if part != "[key]"]
    kind, node = error["type"], root.at(path)
    if kind == "extra_forbidden":
        inner = _INNER.get(str(path[0])) if len(path) > 1 else None
        fields = (inner or model).model_fields
        allowed = [field.alias or name for name, field in fields.items()]
        return Problem(node.file, node.line, dotted(path), f"unknown key; {choices(allowed, path[-1])}")
    if kind == "missing":
        return Problem(node.file, node.line, dotted(path), "missing; it is needed")
    cause = (error.get("ctx") or {}).get("error")
    if kind == "too_short":
        least = error["ctx"]["min_length"]
        return Problem(node.file, node.line, dotted(path), f"found {show(node.plain())}; allowed: {least} or more")
    message = str(cause) if cause else error["msg"][0].lower() + error["msg"][1:]
    if "found" not in message and path and node.line:
        message = f"found {show(node.plain())}; {message}"
    return Problem(node.file, node.line, dotted(path), message)
