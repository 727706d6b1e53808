"""Sweeps and searches ready to be carried out: from an experiment's file, or from a folder, which stands alone."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sim.outputs.folder import OutputError
from sim.scenario.errors import ScenarioError
from sim.scenario.schema import Scenario
from sim.studies.plan import EXPERIMENT, Plan
from sim.studies.store.recorded import is_study
from sim.studies.study import Study
from sim.sweeps.caveats import input_caveats
from sim.sweeps.experiment import Threshold
from sim.sweeps.experiment_files import Ready, read_experiment
from sim.sweeps.experiment_text import parameter_of
from sim.sweeps.factors import Factor
from sim.sweeps.sweep_plan import plan_of, plan_of_folder, scenarios_of
from sim.sweeps.threshold import ROUND, rounds_in


class Prepared(NamedTuple):
    """A sweep ready to be carried out.

    Attributes:
        plan: Its plan.
        folder: Where it is, or where the command line stores it.
        is_there: Whether it was prepared from its folder.
    """

    plan: Plan
    folder: Path
    is_there: bool = False

    def caveats(self) -> list[str]:
        """Return a sentence for each parameter of which no value can have an effect, and for joint ones torn apart."""
        factors = [Factor.of(entry) for entry in self.plan.extra[EXPERIMENT]["knobs"]]
        return input_caveats(factors, self.plan.scenarios)


def prepare(
    experiment: str | Path | Mapping[str, Any], samples: int | None = None, replicates: int | None = None
) -> Prepared:
    """Prepare a sweep.

    Args:
        experiment: A shipped experiment's name, a YAML file, its content as a mapping, or the folder of a sweep.
        samples: Samples, in place of the experiment's; of a folder, in place of those asked for so far.
        replicates: Runs of each point and scenario, likewise.

    Raises:
        ScenarioError: If the experiment is not allowed.
        OutputError: If the folder holds a study that is no sweep, is damaged, or needs extensions that are not loaded.
    """
    if not isinstance(experiment, Mapping) and rounds_in(Path(experiment)):
        text = f"{experiment}: holds a search for tipping points; allowed: the folder of a sweep"
        raise OutputError(f"{text}; `corridor threshold {experiment}` goes on with it")
    if isinstance(experiment, Mapping) or not is_study(Path(experiment)):
        ready = read_experiment(experiment, {"samples": samples, "replicates": replicates})
        return Prepared(plan_of(ready), Path("results") / f"{ready.name}-{ready.experiment.seed}")
    study = Study(experiment)
    if EXPERIMENT not in study.about["plan"]:
        raise _another(study, "a sweep")
    for what, number in (("samples", samples), ("replicates", replicates)):
        if number is not None and number < 1:
            raise ScenarioError(f"{what}: found {number}; allowed: 1 or more")
    plan = _of_folder(study, lambda scenarios: plan_of_folder(study, scenarios, samples, replicates))
    return Prepared(plan, study.folder, True)


class Search(NamedTuple):
    """A search for tipping points, ready to be carried out.

    Attributes:
        ready: Its experiment.
        folder: Where its rounds are, or where the command line stores them.
        is_there: Whether it was prepared from its folder.
    """

    ready: Ready
    folder: Path
    is_there: bool = False


def prepare_search(experiment: str | Path | Mapping[str, Any], replicates: int | None = None) -> Search:
    """Prepare a search for tipping points.

    Args:
        experiment: A shipped experiment's name, a YAML file, its content as a mapping, or the folder of a search.
        replicates: Replicates, in place of the experiment's; of a folder, in place of those asked for so far.

    Raises:
        ScenarioError: If the experiment is not allowed.
        OutputError: If the folder holds something else than a search, is damaged, or needs extensions that are not
            loaded.
    """
    if isinstance(experiment, Mapping) or not (is_study(Path(experiment)) or rounds_in(Path(experiment))):
        ready = read_experiment(experiment, {"replicates": replicates})
        return Search(ready, Path("results") / f"{ready.name}-{ready.experiment.seed}")
    folder = Path(experiment)
    if is_study(folder):
        raise _another(Study(folder), "a search for tipping points")
    study = Study(folder / "round-0")
    about = dict(study.about["plan"][EXPERIMENT])
    knobs, titles, name = about.pop("knobs"), about.pop("titles"), about.pop("name")
    for key in ("outcomes", ROUND):
        about.pop(key)
    parameters = {knob["name"]: parameter_of(knob, titles.get(knob["name"])) for knob in knobs}
    content = {**about, "scenario": study.base, "parameters": parameters}
    found = Threshold.model_validate({**content, "replicates": study.replicates if replicates is None else replicates})
    factors = [Factor.of(knob) for knob in knobs]
    return Search(_of_folder(study, lambda scenarios: Ready(name, found, scenarios, factors)), folder, True)


def _of_folder[Made](study: Study, make: Callable[[dict[str, Scenario]], Made]) -> Made:
    """Make something of the scenarios of a study; files of those that were shortened stay as long as it does."""
    place = Path(tempfile.mkdtemp(prefix="corridor-sweep-"))
    try:
        made = make(scenarios_of(study, place))
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    weakref.finalize(made, shutil.rmtree, place, ignore_errors=True)
    return made


def _another(study: Study, wanted: str) -> OutputError:
    text = f"{study.folder}: holds a study of kind {study.kind}; allowed: the folder of {wanted}"
    return OutputError(f"{text}; this goes on with it: {study.about['command'] or 'the code that made it'}")
