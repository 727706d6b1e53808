"""Running a scenario: once with central values, or as replicates that carry the parameters' uncertainty."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from sim.model import CorridorModel
from sim.outputs.provenance import RunInfo, now
from sim.outputs.results import Results
from sim.outputs.run_data import RunData, run_data_of
from sim.scenario.draw import resolve
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load_scenario
from sim.scenario.paths import apply_overrides
from sim.scenario.schema import Scenario

MOST_REPLICATES = 1000
Progress = Callable[[int, int], None]


def run(
    scenario: Scenario | str | Path,
    *,
    seed: int | None = None,
    replicates: int = 1,
    days: int | None = None,
    progress: Progress | None = None,
) -> Results:
    """Run a scenario.

    A single run takes the central value of each distribution and the scenario's seed. With several
    replicates each one draws its own parameters and its own people, from a seed derived from the
    scenario's, so that replicate k is the same however many there are.

    Args:
        scenario: A scenario, the name of one that ships, or a YAML file.
        seed: In place of the scenario's.
        replicates: 1 to 1000.
        days: Length of the run, in place of the scenario's (days).
        progress: Called as ``progress(replicate, days_done)`` after each day.

    Raises:
        ScenarioError: If the scenario, seed, replicates or days are not allowed.

    >>> from sim import run
    >>> results = run("minsk-2021", days=30)
    >>> results.totals.columns.tolist()
    ['level', 'name', 'measure', 'value', 'unit', 'replicate']
    >>> run("minsk-2021", days=30).totals.equals(results.totals)  # the same seed, the same numbers
    True
    """
    check_replicates(replicates)
    origin = "" if isinstance(scenario, Scenario) else str(scenario)
    scenario = load_for_run(scenario)
    changes = {key: value for key, value in (("seed", seed), ("days", days)) if value is not None}
    if changes:
        scenario = apply_overrides(scenario, changes)
    info = RunInfo(origin, scenario.seed, replicates, days, started=now())
    runs: list[RunData] = []
    for number in range(replicates):
        drawn = draw(scenario, number, replicates)
        report = None if progress is None else _for_replicate(progress, number)
        runs.append(run_to_data(drawn, progress=report))
        info.seeds.append(drawn.seed)
    info.ended = now()
    return Results.of(scenario, runs, info)


def load_for_run(scenario: Scenario | str | Path) -> Scenario:
    """A scenario as it is, or loaded; raises ScenarioError."""
    return scenario if isinstance(scenario, Scenario) else load_scenario(scenario)


def run_model(
    scenario: Scenario,
    timetable: list[tuple[int, str, int]] | None = None,
    *,
    progress: Callable[[int], None] | None = None,
) -> CorridorModel:
    """The model of a scenario, run to its last day; distributions take their central values.

    Args:
        scenario: The scenario.
        timetable: As of `CorridorModel`.
        progress: Called with the number of days done after each day.
    """
    model = CorridorModel(scenario, timetable=timetable)
    if progress is None:
        model.run_model()
        return model
    while model.running:
        model.step()
        progress(model.day)
    return model


def run_to_data(
    scenario: Scenario,
    timetable: list[tuple[int, str, int]] | None = None,
    *,
    progress: Callable[[int], None] | None = None,
) -> RunData:
    """The run of a scenario, run to its last day; arguments as of `run_model`."""
    model = run_model(scenario, timetable, progress=progress)
    run = run_data_of(model)
    # The model and its agents refer to each other: their memory goes now, not whenever Python looks for circles.
    model.__dict__.clear()
    return run


def draw(scenario: Scenario, number: int, replicates: int) -> Scenario:
    """The scenario of one replicate: plain numbers, and its own seed."""
    if replicates == 1:
        return resolve(scenario)
    seed = replicate_seed(scenario.seed, number)
    return resolve(scenario, seed).model_copy(update={"seed": seed})


def replicate_seed(seed: int, number: int) -> int:
    """Seed of a replicate: a hash, so that nearby seeds share nothing."""
    digest = blake2b(f"{seed}:replicate:{number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def check_replicates(replicates: int) -> None:
    """Check the number of replicates; raises ScenarioError."""
    if isinstance(replicates, bool) or not isinstance(replicates, int) or not 1 <= replicates <= MOST_REPLICATES:
        raise ScenarioError(f"replicates: found {replicates!r}; allowed: a whole number from 1 to {MOST_REPLICATES}")


def _for_replicate(progress: Progress, number: int) -> Callable[[int], None]:
    return lambda day: progress(number, day)
