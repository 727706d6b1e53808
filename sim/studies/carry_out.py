"""Entry points: run a scenario once or as replicates, compare scenarios, and carry out any study."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, NamedTuple, overload

import pandas as pd

from sim.data.plain_text import label_of
from sim.data.spreadsheet import csv_of
from sim.engine import rules
from sim.outputs.definitions import ALL
from sim.outputs.folder import OutputError
from sim.outputs.results import Results
from sim.runs import load_for_run
from sim.runs import run as run_once
from sim.scenario.errors import ScenarioError
from sim.scenario.schema import Scenario
from sim.studies import statistics
from sim.studies.arms import with_arms
from sim.studies.dictionary import with_dictionary
from sim.studies.plan import MOST_REPLICATES, TWINS, Plan
from sim.studies.ranking import rank
from sim.studies.store.store import Store
from sim.studies.study import Study
from sim.studies.undone import fired, undone
from sim.studies.work.dispatch import Progress, dispatch
from sim.studies.work.executors import Serial, Workplace, workplace

REPLICATES, CAP = 20, 2000
FIRST_LOOK, LOOK_GROWTH = 20, 1.5
_TABLES = (
    "intervals",
    "differences",
    "window_intervals",
    "window_differences",
    "spread",
    "overload",
    "weekly_intervals",
)


class Until(NamedTuple):
    """A stopping rule: until the mean of an output is known to ``precision`` (relative, 90 % confidence), or the cap.

    It is checked after 20 replicates and each time their number has grown by half: few checks bias the result little.
    """

    precision: float
    measure: str = "attempts"
    name: str = ALL
    cap: int = CAP

    def met(self, study: Study) -> bool:
        """Return whether the precision is reached in each scenario."""
        return max(self.reached(study)) <= self.precision

    def reached(self, study: Study) -> list[float]:
        """Return half the 90 % confidence interval of the mean, relative to the mean, of each scenario.

        Raises:
            ScenarioError: If there is no such output.
        """
        return [statistics.relative_half_width(self._values(study, scenario)) for scenario in study.scenarios]

    def _values(self, study: Study, scenario: str) -> Any:
        matrix = study.matrix(scenario, measures=[self.measure], names=[self.name])
        if matrix.values.shape[1] != 1:
            known = sorted(set(study.matrix(scenario, names=[self.name]).keys["measure"]))
            found = f"{self.measure}@{self.name}"
            raise ScenarioError(f"--measure: found {found!r}; allowed for {self.name}: {', '.join(known) or 'nothing'}")
        return matrix.values[:, 0]


@overload
def run(  # type: ignore[overload-overlap]  # a literal 1 is an int too: the first match counts
    scenario: Scenario | str | Path,
    *,
    seed: int | None = None,
    replicates: Literal[1] = 1,
    days: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Results: ...
@overload
def run(
    scenario: Scenario | str | Path,
    *,
    seed: int | None = None,
    replicates: int,
    days: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Study: ...
def run(
    scenario: Scenario | str | Path,
    *,
    seed: int | None = None,
    replicates: int = 1,
    days: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Results | Study:
    """Run a scenario once, or as replicates that reflect the uncertainty of its parameters.

    A single run takes the central value of each distribution and the scenario's seed, and returns daily `Results`.
    Several replicates are a `Study`, as by ``corridor run --replicates``: each draws its own parameters and people from
    a seed derived from the scenario's; replicate k is the same for any number of replicates.

    Args:
        scenario: A scenario, the name of one that ships, or a YAML file.
        seed: In place of the scenario's.
        replicates: 1 to 100,000.
        days: Length of the run, in place of the scenario's (days).
        progress: Called as ``progress(done, total)``: days of a single run, runs of a study.
        **options: For a study: ``folder``, ``jobs``, ``dask`` and others, as in `carry_out`.

    Raises:
        ScenarioError: If the scenario, seed, replicates or days are not allowed.
        OutputError: If the folder cannot be written, or holds something else.
        TypeError: If options of a study are given for a single run.

    >>> from sim import run
    >>> results = run("minsk-2021", days=30)
    >>> results.totals.columns.tolist()
    ['level', 'name', 'measure', 'value', 'unit', 'replicate']
    >>> run("minsk-2021", days=30).totals.equals(results.totals)  # the same seed, the same numbers
    True
    >>> study = run("minsk-2021", days=30, replicates=3)
    >>> study.intervals[["low90", "median", "high90"]].notna().all().all()
    np.True_
    """
    check_number(replicates)
    if replicates == 1:
        if options:
            raise TypeError(f"run: found {', '.join(sorted(options))}, which only several replicates take")
        return run_once(scenario, seed=seed, days=days, progress=progress)
    advance: Progress | None = None if progress is None else lambda done, total, failed: progress(done, total)
    return _replicates(scenario, replicates, seed=seed, days=days, progress=advance, **options)


def replicates(
    scenario: Scenario | str | Path,
    number: int = REPLICATES,
    *,
    seed: int | None = None,
    days: int | None = None,
    until: Until | None = None,
    folder: str | Path | None = None,
    **options: Any,
) -> Study:
    """Run replicates of a scenario, each with its own people and its own draw of the uncertain parameters.

    Args:
        scenario: A scenario, the name of one that ships, or a YAML file.
        number: Number of replicates; with ``until``, its cap counts instead.
        seed: In place of the scenario's.
        days: Length of the runs, in place of the scenario's (days).
        until: Stopping rule: until an output is known to a precision.
        folder: Where the study is stored; a temporary one if None. The same call resumes an existing study.
        **options: As `carry_out`.

    Raises:
        ScenarioError: If the scenario or number is not allowed.
        OutputError: If the folder cannot be written, or holds something else.
    """
    loaded = load_for_run(scenario, seed=seed, days=days)
    check_number(number if until is None else until.cap)
    plan = Plan("replicates", {_name(scenario, "scenario"): loaded}, number, twins=TWINS)
    return carry_out(plan, folder, until=until, **options)


_replicates = replicates  # `run` has an argument of that name


def compare(
    base: Scenario | str | Path,
    *others: Scenario | str | Path,
    replicates: int = REPLICATES,
    until: Until | None = None,
    folder: str | Path | None = None,
    answers: str | None = None,
    **options: Any,
) -> Study:
    """Compare scenarios with a base in pairs of runs with the same people, draws and parameters.

    Args:
        base: The scenario that the others are compared with; its seed is used for all.
        others: One or more scenarios, with the same first day and length as the base.
        replicates: Number of replicates of each scenario.
        until: Stopping rule: until an output is known to a precision in each scenario.
        folder: As `replicates`.
        answers: "both", "with" or "without"; by default both arms of each scenario whose reactions can begin and are
            on, if they answer and if nobody does (`Study.arms`).
        **options: As `carry_out`.

    Raises:
        ScenarioError: If a scenario or number is not allowed.
        OutputError: If the folder cannot be written, or holds something else.

    >>> from sim import compare
    >>> study = compare("benghazi-surge", "carrier-ban", replicates=2)
    >>> study
    <Study (compare) of benghazi-surge, carrier-ban: 4 of 4 runs done, 0 failed>
    >>> boarded = study.differences.query("level == 'route' and name == 'benghazi-minsk' and measure == 'boarded'")
    >>> bool(boarded["median"].item() < 0)
    True
    """
    check_number(replicates if until is None else until.cap)
    scenarios: dict[str, Scenario] = {}
    for number, given in enumerate((base, *others)):
        name = _name(given, f"scenario-{number}")
        if name in scenarios:
            raise ScenarioError(f"compare: {name} is given twice; each scenario once, under names that differ")
        scenarios[name] = load_for_run(given)
    both, arms = with_arms(comparable(scenarios), answers)
    return carry_out(Plan("compare", both, replicates, extra=arms), folder, until=until, **options)


def comparable(scenarios: dict[str, Scenario]) -> dict[str, Scenario]:
    """Return the scenarios unchanged; raises ScenarioError if they cannot be compared."""
    if len(scenarios) < 2:
        raise ScenarioError("compare: found one scenario; a base and at least one other are needed")
    first = next(iter(scenarios.values()))
    for name, scenario in scenarios.items():
        if (scenario.start, scenario.days) != (first.start, first.days):
            found = f"{scenario.start} and {scenario.days} days"
            raise ScenarioError(
                f"{name}: found {found}; the base has {first.start} and {first.days} days: both must agree"
            )
    return scenarios


def carry_out(
    plan: Plan,
    folder: str | Path | None = None,
    *,
    until: Until | None = None,
    place: Workplace | None = None,
    jobs: int | None = 1,
    dask: str | None = None,
    shard: tuple[int, int] | None = None,
    command: str = "",
    progress: Progress | None = None,
    tables: Callable[[Study], dict[str, bytes]] | None = None,
) -> Study:
    """Carry out a study, or what is left of it.

    Args:
        plan: The study.
        folder: Where it is stored; if None, a temporary folder that is deleted with the result.
        until: Stopping rule that replaces the plan's number of replicates.
        place: Executor of the runs; made from ``jobs`` and ``dask`` if None.
        jobs: Number of processes; 1 for this process alone, None for all cores.
        dask: Address of a Dask scheduler.
        shard: (i, n): only the i-th of n parts of the study.
        command: The command that reproduces the study.
        progress: Called with the numbers of runs done, requested and failed.
        tables: Function that makes the final tables, by file name; `tables_of` if None.
    """
    redone: list[str] = []
    with _folder(folder) as where:
        place = place or (Serial() if jobs == 1 and dask is None else workplace(jobs, dask))
        _check_rules(place)
        for size in [plan.replicates] if until is None else looks(until.cap):
            sized = replace(plan, replicates=size)
            with Store(where, sized, command, shard) as store:
                dispatch(store.plan, store, place, shard=shard, progress=progress)
                redone += store.damage
                study = Study(where)
                study.redone = redone
                if study.complete and (until is None or size == until.cap or until.met(study)):
                    _check_any(study)
                    store.put_tables(with_dictionary(study, (tables or tables_of)(study)))
                    store.finish()
                    break
        if folder is None:
            weakref.finalize(study, shutil.rmtree, where, ignore_errors=True)
        return study


def looks(cap: int) -> Iterator[int]:
    """Yield the numbers of replicates after which a sequential study is checked, the cap last."""
    size = float(FIRST_LOOK)
    while size < cap:
        yield int(size)
        size *= LOOK_GROWTH
    yield cap


def tables_of(study: Study) -> dict[str, bytes]:
    """Return the non-empty tables of a study as CSV, by file name."""
    tables = {name: getattr(study, name) for name in _TABLES}
    if study.arms:
        tables |= {"undone": undone(study), "reactions": fired(study)}
    ranked = {arm: rank(one) for arm, one in (study.arms or {"": study}).items() if len(one.others) > 1}
    for name, part in (("ranking", "scenarios"), ("ranking_outcomes", "outcomes"), ("interactions", "interactions")):
        found = {arm: getattr(ranking, part) for arm, ranking in ranked.items() if len(getattr(ranking, part))}
        if found:
            tables[name] = pd.concat([t.assign(arm=arm) if arm else t for arm, t in found.items()], ignore_index=True)
    return {f"{name}.csv": csv_of(table).encode() for name, table in tables.items() if len(table)}


def check_number(replicates: int, what: str = "replicates") -> None:
    """Check a number of replicates; raises ScenarioError."""
    if isinstance(replicates, bool) or not isinstance(replicates, int) or not 1 <= replicates <= MOST_REPLICATES:
        raise ScenarioError(f"{what}: found {replicates!r}; allowed: a whole number from 1 to {MOST_REPLICATES:,}")


def _check_rules(place: Workplace) -> None:
    """Raise OutputError if rules were patched and other processes, which lack the patch, would do the runs."""
    changed = rules.fingerprint()
    if changed and not isinstance(place, Serial):
        what = f"changed by hand in this process: {', '.join(changed)}; worker processes would not have it"
        raise OutputError(f"{what}. Make an extension of it (`sim.extend.rule`), or work with jobs=1")


def _check_any(study: Study) -> None:
    failed = study.failed
    if len(failed) == len(study.runs):
        first = failed.iloc[0]
        raise OutputError(f"{study.folder}: all {len(failed)} runs failed; run {first['run']}: {first['error']}")


def _name(scenario: Scenario | str | Path, otherwise: str) -> str:
    """A short name: of the file, without its ending."""
    return otherwise if isinstance(scenario, Scenario) else label_of(scenario)


@contextmanager
def _folder(folder: str | Path | None) -> Iterator[Path]:
    """Provide the requested folder, or a new temporary one."""
    if folder is not None:
        yield Path(folder)
        return
    temporary = Path(tempfile.mkdtemp(prefix="corridor-study-"))
    try:
        yield temporary
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
