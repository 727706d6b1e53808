"""Repair of a study: missing or damaged parts are done again and reported."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

from sim.outputs.folder import OutputError
from sim.scenario.errors import ScenarioError
from sim.studies.carry_out import carry_out, tables_of
from sim.studies.plan import EXPERIMENT
from sim.studies.store.verify import verify
from sim.studies.study import Study
from sim.studies.work.dispatch import Progress
from sim.studies.work.executors import Workplace
from sim.sweeps.completed_sweep import wide_tables
from sim.sweeps.sweep_plan import plan_of_folder, scenarios_of


class Mended(NamedTuple):
    """A repair: what was wrong, one line each; the number of missing runs; the repaired study."""

    damage: list[str]
    lacked: int
    study: Study


def mend(
    folder: Path, *, place: Workplace | None = None, command: str = "", progress: Progress | None = None
) -> Mended:
    """Repeat what is missing or damaged in a study, and do what was requested but never done.

    Args:
        folder: The study's folder. A run of a single scenario is remade by `sim.run`.
        place: Executor of the runs; this process if None.
        command: As in `carry_out`.
        progress: As in `carry_out`.

    Raises:
        OutputError: If there is no study, its record is damaged, or only the command that made it can resume it: a part
            of a larger search.
    """
    study = Study(folder)
    damage = verify(folder).damage
    lacked = study.asked - study.there
    try:
        with tempfile.TemporaryDirectory(prefix="corridor-mend-") as temporary:
            plan = plan_of_folder(study, scenarios_of(study, Path(temporary)))
            tables = wide_tables if EXPERIMENT in study.about["plan"] else tables_of
            whole = carry_out(plan, folder, place=place, command=command, progress=progress, tables=tables)
    except (ScenarioError, OutputError, KeyError, TypeError, ValueError) as error:
        again = study.about["command"] or "the code that made it"
        text = str(error) if isinstance(error, OutputError | ScenarioError) else f"damaged: {error!r}"
        raise OutputError(f"{text}\n{folder} cannot be mended by itself; this resumes it: {again}") from error
    left = verify(folder).damage
    if left:
        raise OutputError("\n".join([f"{folder}: still damaged:", *(f"  {line}" for line in left)]))
    return Mended(damage, lacked, whole)
