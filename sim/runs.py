"""Single runs of a scenario, and the seed and parameter draw that define a replicate."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from sim.engine.build import BYTES_PER_MIGRANT
from sim.model import CorridorModel
from sim.outputs.provenance import RunInfo, now
from sim.outputs.results import Results
from sim.outputs.run_data import RunData, run_data_of
from sim.scenario.draw import resolve
from sim.scenario.load import load_scenario
from sim.scenario.paths import apply_overrides
from sim.scenario.schema import Scenario

Progress = Callable[[int, int], None]  # days done, days to do


def run(
    scenario: Scenario | str | Path,
    *,
    seed: int | None = None,
    days: int | None = None,
    progress: Progress | None = None,
) -> Results:
    """Run a scenario once, with the central value of each distribution and the scenario's seed.

    Args:
        scenario: A scenario, the name of one that ships, or a YAML file.
        seed: Replaces the scenario's seed.
        days: Length of the run (days); replaces the scenario's.
        progress: Called as ``progress(days_done, days)`` after each day.

    Raises:
        ScenarioError: If the scenario, seed or days are not allowed.
    """
    origin = "" if isinstance(scenario, Scenario) else str(scenario)
    loaded = load_for_run(scenario, seed=seed, days=days)
    info = RunInfo(origin, loaded.seed, days=days, started=now())
    drawn = draw(loaded, 0, 1)
    report = None if progress is None else _with_total(progress, drawn.days)
    data = run_to_data(drawn, progress=report)
    info.seeds.append(drawn.seed)
    info.ended = now()
    return Results.of(loaded, [data], info)


def load_for_run(scenario: Scenario | str | Path, *, seed: int | None = None, days: int | None = None) -> Scenario:
    """Return the scenario, loaded if need be, with seed and length (days) replaced if given; raises ScenarioError."""
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    changes = {key: value for key, value in (("seed", seed), ("days", days)) if value is not None}
    return apply_overrides(loaded, changes) if changes else loaded


def run_model(
    scenario: Scenario,
    timetable: list[tuple[int, str, int]] | None = None,
    *,
    progress: Callable[[int], None] | None = None,
) -> CorridorModel:
    """Run a scenario to its last day and return the model; distributions take their central values.

    Args:
        scenario: The scenario.
        timetable: As in `CorridorModel`.
        progress: Called with the number of days done after each day.

    Raises:
        MemoryError: If there is too little for so many migrants.
    """
    try:
        model = CorridorModel(scenario, timetable=timetable)
        if progress is None:
            model.run_model()
            return model
        while model.running:
            model.step()
            progress(model.day)
        return model
    except MemoryError as error:
        people = sum(cohort.size for cohort in scenario.cohorts.values())
        need = f"{people:,} migrants need about {people * BYTES_PER_MIGRANT / 1e6:,.0f} MB"
        raise MemoryError(f"{need}; {error}") from error


def run_to_data(
    scenario: Scenario,
    timetable: list[tuple[int, str, int]] | None = None,
    *,
    progress: Callable[[int], None] | None = None,
) -> RunData:
    """Run a scenario to its last day and return the run's data; arguments as in `run_model`."""
    model = run_model(scenario, timetable, progress=progress)
    run = run_data_of(model)
    # The model and its agents refer to each other: free their memory now, not when Python next collects cycles.
    model.__dict__.clear()
    return run


def draw(scenario: Scenario, number: int, replicates: int) -> Scenario:
    """Return the scenario of one replicate: plain numbers and its own seed."""
    if replicates == 1:
        return resolve(scenario)
    seed = replicate_seed(scenario.seed, number)
    return resolve(scenario, seed).model_copy(update={"seed": seed})


def replicate_seed(seed: int, number: int) -> int:
    """Return the seed of a replicate: a hash, so that nearby seeds have nothing in common."""
    digest = blake2b(f"{seed}:replicate:{number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def _with_total(progress: Progress, days: int) -> Callable[[int], None]:
    return lambda day: progress(day, days)
