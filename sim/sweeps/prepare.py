"""A sweep ready to be carried out: from an experiment's file, or from the folder of a sweep, which stands alone."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sim.outputs.folder import OutputError
from sim.scenario.errors import ScenarioError
from sim.studies.plan import EXPERIMENT, Plan
from sim.studies.store.recorded import is_study
from sim.studies.study import Study
from sim.sweeps.caveats import input_caveats
from sim.sweeps.experiment_files import read_experiment
from sim.sweeps.factors import Factor
from sim.sweeps.sweep_plan import plan_of, plan_of_folder, scenarios_of


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
    if isinstance(experiment, Mapping) or not is_study(Path(experiment)):
        ready = read_experiment(experiment, {"samples": samples, "replicates": replicates})
        return Prepared(plan_of(ready), Path("results") / f"{ready.name}-{ready.experiment.seed}")
    study = Study(experiment)
    if EXPERIMENT not in study.about["plan"]:
        text = f"{experiment}: holds a study of kind {study.kind}; allowed: the folder of a sweep"
        raise OutputError(f"{text}; this goes on with it: {study.about['command'] or 'the code that made it'}")
    for what, number in (("samples", samples), ("replicates", replicates)):
        if number is not None and number < 1:
            raise ScenarioError(f"{what}: found {number}; allowed: 1 or more")
    place = Path(tempfile.mkdtemp(prefix="corridor-sweep-"))
    try:
        plan = plan_of_folder(study, scenarios_of(study, place), samples, replicates)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    weakref.finalize(plan, shutil.rmtree, place, ignore_errors=True)  # files of scenarios that were shortened
    return Prepared(plan, study.folder, True)
