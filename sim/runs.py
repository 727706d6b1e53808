"""Single runs of a scenario, and the seed and parameter draw that define a replicate."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path

from sim.engine.build import BYTES_PER_MIGRANT
from sim.engine.identity import identity
from sim.model import CorridorModel
from sim.outputs.provenance import RunInfo, now
from sim.outputs.results import Results
from sim.outputs.run_data import Opening, RunData, opening_of, run_data_of
from sim.scenario.draw import resolve
from sim.scenario.entry import is_uncertain
from sim.scenario.load import load_scenario
from sim.scenario.paths import apply_overrides
from sim.scenario.schema import Scenario
from sim.states.errors import StateError
from sim.states.state import State
from sim.states.window import check_window, days_before, earlier_of, whole_of

Progress = Callable[[int, int], None]  # days done, days to do

# Where runs began that go on from another one, the latest last: a pair of runs, and its twins, share the earlier run.
_EARLIER: deque[State] = deque(maxlen=2)


def run(
    scenario: Scenario | str | Path,
    *,
    seed: int | None = None,
    days: int | None = None,
    progress: Progress | None = None,
    state: State | None = None,
    save: Path | None = None,
    accept_older: bool = False,
) -> Results:
    """Run a scenario once, with the central value of each distribution and the scenario's seed.

    Args:
        scenario: A scenario, the name of one that ships, or a YAML file.
        seed: Replaces the scenario's seed.
        days: Length of the run (days); replaces the scenario's.
        progress: Called as ``progress(days_done, days)`` after each day.
        state: The state from which to go on, in place of the first day.
        save: A file to which the state after the last day is written.
        accept_older: As in `CorridorModel.restore`.

    Raises:
        ScenarioError: If the scenario, seed or days are not allowed.
        StateError: If the scenario cannot go on from the state.
    """
    origin = "" if isinstance(scenario, Scenario) else str(scenario)
    loaded = load_for_run(scenario, seed=seed, days=days)
    info = RunInfo(origin, loaded.seed, days=days, started=now(), begun_from=record_of(state))
    drawn = draw(loaded, 0, 1)
    report = None if progress is None else _with_total(progress, drawn.days)
    data = run_to_data(drawn, progress=report, state=state, save=save, accept_older=accept_older)
    info.seeds.append(drawn.seed)
    info.ended = now()
    return Results.of(loaded, [data], info)


def load_for_run(scenario: Scenario | str | Path, *, seed: int | None = None, days: int | None = None) -> Scenario:
    """Return the scenario, loaded if need be, with seed and length (days) replaced if given; raises ScenarioError."""
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    changes = {key: value for key, value in (("seed", seed), ("days", days)) if value is not None}
    return apply_overrides(loaded, changes) if changes else loaded


def record_of(state: State | None) -> dict[str, str]:
    """Return what the record of a run says of the state from which it went on; nothing without one."""
    return {} if state is None else {"file": state.origin, "checksum": state.checksum, "date": str(state.date)}


def run_model(
    scenario: Scenario,
    timetable: list[tuple[int, str, int]] | None = None,
    *,
    progress: Callable[[int], None] | None = None,
    state: State | None = None,
    until: date | None = None,
    accept_older: bool = False,
) -> CorridorModel:
    """Run a scenario to its last day and return the model; distributions take their central values.

    If the scenario begins from another run, that is run first, and the model's own first day is that run's.

    Args:
        scenario: The scenario.
        timetable: As in `CorridorModel`.
        progress: Called with the number of days done after each day.
        state: The state from which to go on.
        until: The first day that is not run any more; all are run if None.
        accept_older: As in `CorridorModel.restore`.

    Raises:
        MemoryError: If there is too little for so many migrants.
        StateError: If the scenario cannot go on from the state, or ``until`` is not one of the days after it.
    """
    return _ran(scenario, timetable, progress, state, until, accept_older)[0]


def _ran(
    scenario: Scenario,
    timetable: list[tuple[int, str, int]] | None,
    progress: Callable[[int], None] | None,
    state: State | None,
    until: date | None,
    accept_older: bool,
) -> tuple[CorridorModel, Opening | None]:
    """Return the model of a run, and its opening balance if it began from another run."""
    try:
        model = begun(scenario, timetable, state, accept_older)
        opening = None if scenario.begins is None else opening_of(model)
        _run_on(model, days_before(scenario), progress, until)
        return model, opening
    except MemoryError as error:
        people = sum(cohort.size for cohort in scenario.cohorts.values())
        need = f"{people:,} migrants need about {people * BYTES_PER_MIGRANT / 1e6:,.0f} MB"
        raise MemoryError(f"{need}; {error}") from error


def begun(
    scenario: Scenario,
    timetable: list[tuple[int, str, int]] | None = None,
    state: State | None = None,
    accept_older: bool = False,
) -> CorridorModel:
    """Return a model on the first day of a scenario, or in the state from which it goes on; as in `run_model`."""
    if scenario.begins is None:
        if state is None:
            return CorridorModel(scenario, timetable=timetable)
        return CorridorModel.restore(state, scenario, accept_older=accept_older)
    if state is not None:
        raise StateError(
            f"{state.name}: found a state beside {scenario.title!r}, which begins from the run of "
            f"{scenario.begins.title!r}; allowed: one of them"
        )
    scenario = resolve(scenario) if is_uncertain(scenario) else scenario
    check_window(scenario)
    return CorridorModel.restore(earlier_state(earlier_of(scenario), days_before(scenario)), whole_of(scenario))


def earlier_state(earlier: Scenario, day: int, progress: Callable[[int], None] | None = None) -> State:
    """Return the state of a run after some days; the latest few are kept, as paired runs begin from the same one.

    ``progress`` is called with the number of days done after each day that is run.
    """
    for kept in _EARLIER:
        if kept.day == day and kept.scenario == earlier and kept.identity == identity():
            return kept
    model = CorridorModel(earlier)
    if progress is None:
        model.run_for(day)
    while model.day < day:
        model.step()
        progress(model.day)  # type: ignore[misc]  # it has run them all if there is none
    state = model.state()
    model.__dict__.clear()
    _EARLIER.append(state)
    return state


def _run_on(model: CorridorModel, before: int, progress: Callable[[int], None] | None, until: date | None) -> None:
    """Run the days that are left; progress is told without those ``before`` the scenario's own first day."""
    if progress is None and until is None:
        model.run_model()
        return
    last = _day_of(until, model)
    while model.running and model.day < last:
        model.step()
        if progress is not None:
            progress(model.day - before)


def run_to_data(
    scenario: Scenario,
    timetable: list[tuple[int, str, int]] | None = None,
    *,
    progress: Callable[[int], None] | None = None,
    state: State | None = None,
    save: Path | None = None,
    accept_older: bool = False,
) -> RunData:
    """Run a scenario to its last day and return the run's data; arguments as in `run_model` and `run`."""
    model, opening = _ran(scenario, timetable, progress, state, None, accept_older)
    if save is not None:
        model.save(save)
    run = run_data_of(model, opening)
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


def _day_of(until: date | None, model: CorridorModel) -> int:
    """Return the day of the run on which to stop; raises StateError if it is past, or after the end."""
    settings = model.settings
    if until is None:
        return settings.days
    last = (until - settings.start).days
    if not model.day <= last <= settings.days:
        end = settings.start + timedelta(days=settings.days)
        raise StateError(f"until: found {until}; allowed: a day from {model.date} to {end}")
    return last


def _with_total(progress: Progress, days: int) -> Callable[[int], None]:
    return lambda day: progress(day, days)
