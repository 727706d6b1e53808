"""Plans of sweeps and decision tables, made from experiments, or from the folders of studies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.outputs.folder import OutputError
from sim.scenario.errors import ScenarioError
from sim.scenario.points import Filling
from sim.scenario.schema import Scenario
from sim.studies.arms import ARMS
from sim.studies.plan import EXPERIMENT, MOST_REPLICATES, Plan
from sim.studies.store.recorded import SHORTENED
from sim.studies.store.replay import load_recorded
from sim.studies.study import Study
from sim.sweeps.designs import SAMPLED, growth_of, points_of, samples_of
from sim.sweeps.experiment import Decision, Sweep, Threshold
from sim.sweeps.experiment_files import Ready
from sim.sweeps.factors import Factor, Floats, settings
from sim.sweeps.outcomes import OutcomeOf, declared

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
    plan = designed(ready.name, ready.scenarios, describe(ready), experiment.samples, experiment.replicates)
    assert plan.points is not None
    check_points(ready, plan.paths, plan.points)
    return plan


def plan_of_folder(
    study: Study, scenarios: Mapping[str, Scenario], samples: int | None = None, replicates: int | None = None
) -> Plan:
    """Reconstruct the plan of a study from its folder and its scenarios.

    Args:
        study: The study.
        scenarios: Its scenarios, by `scenarios_of`.
        samples: Samples of a sweep, in place of those asked for so far.
        replicates: Runs of each point and scenario, in place of those asked for so far.

    Raises:
        OutputError: If it is a part of a larger search, which alone can resume it.
        ScenarioError: If its design cannot be made, or is too large.
    """
    plan = study.about["plan"]
    number = study.replicates if replicates is None else replicates
    about = plan.get(EXPERIMENT)
    if about is None:
        arms = {ARMS: plan[ARMS]} if ARMS in plan else {}
        drawn = plan["parameters"] == "drawn"
        return Plan(study.kind, scenarios, number, twins=plan["twins"], drawn=drawn, extra=arms)
    if "design" not in about:
        raise OutputError(f"{study.folder}: a part of a larger search")
    if samples is None:
        factors = len(about["knobs"])
        samples = samples_of(about["design"], factors, study.points, second_order=about["second_order"])
    return designed(study.folder.name, scenarios, about, samples, number)


def designed(
    name: str, scenarios: Mapping[str, Scenario], about: Mapping[str, Any], samples: int, replicates: int
) -> Plan:
    """Return the plan of a described experiment; raises ScenarioError if it is too large or cannot be made."""
    factors = [Factor.of(entry) for entry in about["knobs"]]
    points = points_of(
        about["design"], factors, samples, about["levels"], about["seed"], second_order=about["second_order"]
    )
    runs = len(points) * replicates * len(scenarios)
    if runs > MOST_RUNS or replicates > MOST_REPLICATES:
        raise ScenarioError(f"{name}: found {runs:,} runs; allowed: up to {MOST_RUNS:,}")
    paths, values = settings(factors, points)
    return Plan(
        about["kind"], scenarios, replicates, paths=paths, points=values, paired=about["paired"],
        drawn=about["others"] == "drawn", extra={EXPERIMENT: about}, growth=growth_of(about["design"]),
        outcomes=declared(OutcomeOf.parse(text) for text in about["outcomes"]),
    )  # fmt: skip


def scenarios_of(study: Study, place: Path) -> dict[str, Scenario]:
    """Return the scenarios of a study as they were run, those that ``--days`` shortened with all that lies beyond.

    Args:
        study: The study.
        place: A folder for the files of those that were shortened; needed as long as they are.
    """
    found = dict(study.scenarios)
    for name, text in study.about.get(SHORTENED, {}).items():
        found[name] = load_recorded(text, study.folder / "scenarios", place)
    return found


def check_points(ready: Ready, paths: tuple[str, ...], values: Floats) -> None:
    """Check that all points are allowed, by the lowest and highest value of each path; raises ScenarioError."""
    for scenario in ready.scenarios.values():
        lowest = Filling(scenario, paths, values.min(axis=0).tolist())
        Filling(scenario, [one.path for one in lowest.coordinates], values.max(axis=0).tolist())


def describe(ready: Ready) -> dict[str, Any]:
    """Return the description of an experiment for JSON."""
    experiment: Sweep | Decision | Threshold = ready.experiment
    size_and_inputs = {"parameters", "overrides", "scenario", "scenarios", "samples", "replicates"}
    fields = experiment.model_dump(exclude=size_and_inputs)
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
