"""Plans of sweeps and decision tables, made from experiments."""

from __future__ import annotations

import json
from typing import Any

from sim.scenario.errors import ScenarioError
from sim.scenario.points import Filling
from sim.studies.plan import EXPERIMENT, MOST_REPLICATES, Plan
from sim.sweeps.designs import SAMPLED, points_of
from sim.sweeps.experiment import Decision, Sweep, Threshold
from sim.sweeps.experiment_files import Ready
from sim.sweeps.factors import Floats, settings

MOST_RUNS = 20_000_000


def plan_of(ready: Ready) -> Plan:
    """Return the plan of the study that an experiment describes.

    Raises:
        ScenarioError: If its design cannot be made, is too large, or exceeds what the scenarios allow.
    """
    experiment = ready.experiment
    if isinstance(experiment, Threshold):
        raise ScenarioError(f"{ready.name}: found an experiment of kind threshold; `corridor threshold` carries it out")
    if experiment.kind == "decision" and experiment.design not in SAMPLED:
        raise ScenarioError(f"{ready.name}: design: found {experiment.design}; allowed: {', '.join(SAMPLED)}")
    points = points_of(
        experiment.design, ready.factors, experiment.samples, experiment.levels, experiment.seed,
        second_order=experiment.second_order,
    )  # fmt: skip
    runs = len(points) * experiment.replicates * len(ready.scenarios)
    if runs > MOST_RUNS or experiment.replicates > MOST_REPLICATES:
        raise ScenarioError(f"{ready.name}: found {runs:,} runs; allowed: up to {MOST_RUNS:,}")
    paths, values = settings(ready.factors, points)
    check_points(ready, paths, values)
    return Plan(
        experiment.kind, ready.scenarios, experiment.replicates, paths=paths, points=values,
        paired=experiment.paired, drawn=experiment.others == "drawn", extra={EXPERIMENT: describe(ready)},
    )  # fmt: skip


def check_points(ready: Ready, paths: tuple[str, ...], values: Floats) -> None:
    """Check that all points are allowed, by the lowest and highest value of each path; raises ScenarioError."""
    for scenario in ready.scenarios.values():
        lowest = Filling(scenario, paths, values.min(axis=0).tolist())
        Filling(scenario, [one.path for one in lowest.coordinates], values.max(axis=0).tolist())


def describe(ready: Ready) -> dict[str, Any]:
    """Return the description of an experiment for JSON."""
    experiment: Sweep | Decision | Threshold = ready.experiment
    fields = experiment.model_dump(exclude={"parameters", "overrides", "scenario", "scenarios"})
    titles = {name: varied.title for name, varied in experiment.parameters.items() if varied.title is not None}
    content = {**fields, "name": ready.name, "titles": titles, "knobs": [factor.describe() for factor in ready.factors]}
    content["outcomes"] = [] if isinstance(experiment, Threshold) else experiment.outcomes
    found: dict[str, Any] = json.loads(json.dumps(_finite(content)))
    return found


def _finite(value: Any) -> Any:
    """Replace infinite bounds, which JSON cannot represent."""
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return max(min(value, 1e308), -1e308) if isinstance(value, float) else value
