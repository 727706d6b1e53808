"""Tipping points: the level of a factor at which overload becomes likely, found by repeatedly halving its range.

All levels are run with the same replicates: the same people, draws and parameters. So each replicate has its own
threshold, the level at which it tips over. The level at which the probability exceeds p is the p-quantile of these
thresholds, and its interval that of a quantile, by the binomial distribution of ranks. The search halves the brackets
of all places, probabilities and interval ends in parallel; each round is a study in its own folder. Where overload
becomes rarer as the factor rises (a falling response), the levels are gone through from the highest down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betaincinv
from scipy.stats import binom

from sim.outputs.folder import OutputError, UnfinishedError
from sim.outputs.outcomes import WINDOW_LEVEL
from sim.scenario.errors import ScenarioError
from sim.studies.carry_out import carry_out
from sim.studies.plan import EXPERIMENT, Plan
from sim.studies.store.recorded import is_study, read_study
from sim.studies.study import Study
from sim.studies.work.dispatch import Progress
from sim.sweeps.completed_sweep import wide_tables
from sim.sweeps.experiment import Threshold
from sim.sweeps.experiment_files import Ready, places_of
from sim.sweeps.factors import settings
from sim.sweeps.outcomes import OutcomeOf, conditions, declared
from sim.sweeps.sweep_plan import check_points, describe

CONFIDENCE = 0.9
FOUND, BELOW, ABOVE = "found", "passed at the lowest level", "not passed up to the highest level"
_FALLING = {BELOW: "passed at the highest level", ABOVE: "not passed down to the lowest level"}
ROUND = "round"  # key of a round's description: its levels
Bools = npt.NDArray[np.bool_]


class Seen(NamedTuple):
    """The result at a level: whether each replicate tips over at each place, and which replicates did not fail."""

    over: Bools  # (replicates, places)
    known: Bools  # (replicates,)


@dataclass
class Tipping:
    """The state and findings of a search.

    Attributes:
        low: Lowest level.
        high: Highest level.
        halvings: How often the range between them is halved, at most.
        probabilities: Probabilities whose levels are sought.
        places: Names of the sections or agencies, each searched separately.
        seen: Results by number of the level, from 0 to 2 ** halvings: the highest of a rising response, the lowest of a
            falling one.
        falling: Whether overload becomes rarer as the factor rises.
        asked: Replicates that were asked for; 0 if unknown.
    """

    low: float
    high: float
    halvings: int
    probabilities: tuple[float, ...]
    places: list[str]
    seen: dict[int, Seen]
    falling: bool = False
    asked: int = 0

    def level(self, number: int) -> float:
        """Return the factor's value at the level of a number."""
        part = (self.high - self.low) * number / 2**self.halvings
        return float(self.high - part if self.falling else self.low + part)

    @property
    def numbers(self) -> list[int]:
        """Return the numbers of the levels that were run, in order."""
        return sorted(self.seen)

    @property
    def _known(self) -> Bools:
        known: Bools = np.all([self.seen[n].known for n in self.numbers], axis=0)
        return known

    @property
    def replicates(self) -> int:
        """Return the number of replicates that failed at no level."""
        return int(self._known.sum())

    def counts(self) -> npt.NDArray[np.int64]:
        """Return how many replicates tip over, shape (levels, places)."""
        known = self._known
        return np.array([self.seen[n].over[known].sum(axis=0) for n in self.numbers])

    def next_levels(self) -> list[int]:
        """Return the levels to run next: the middles of all brackets wider than a step."""
        if not self.seen:
            return [0, 2**self.halvings]
        wanted = set()
        numbers, reached = self.numbers, self._reached()
        for column in reached.T:
            for probability in self.probabilities:
                for rank in ranks(self.replicates, probability):
                    low, high = _bracket(numbers, column, rank)
                    if low is not None and high is not None and high - low > 1:
                        wanted.add((low + high) // 2)
        return sorted(wanted)

    def table(self) -> pd.DataFrame:
        """Return a row per place and probability: level, its 90 % interval (infinite beyond the range), and finding."""
        rows = []
        numbers, reached, back = self.numbers, self._reached(), self.reversals()
        for name, column, share in zip(self.places, reached.T, back, strict=True):
            for probability in self.probabilities:
                lower, middle, upper = ranks(self.replicates, probability)
                below, above = _bracket(numbers, column, middle)
                state = BELOW if below is None else ABOVE if above is None else FOUND
                level = np.nan
                if below is not None and above is not None:
                    level = (self.level(below) + self.level(above)) / 2
                ends = _bracket(numbers, column, lower)[0], _bracket(numbers, column, upper)[1]
                low, high = reversed(ends) if self.falling else ends
                rows.append((
                    name, probability, level, -np.inf if low is None else self.level(low),
                    np.inf if high is None else self.level(high), _FALLING.get(state, state) if self.falling else state,
                    share,
                ))  # fmt: skip
        columns = ["name", "probability", "level", "low", "high", "state", "reversals"]
        return pd.DataFrame(rows, columns=columns)

    def curves(self) -> pd.DataFrame:
        """Return the probability of overload at each level run, from low to high, with its 90 % interval.

        The interval is that of Clopper and Pearson.
        """
        counts, n = self.counts(), self.replicates
        rows = []
        tail = (1 - CONFIDENCE) / 2
        for row, number in sorted(enumerate(self.numbers), key=lambda item: self.level(item[1])):
            for place, name in enumerate(self.places):
                k = int(counts[row, place])
                low = float(betaincinv(k, n - k + 1, tail)) if k else 0.0
                high = float(betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
                rows.append((name, self.level(number), k / n, low, high, n))
        return pd.DataFrame(rows, columns=["name", "level", "probability", "low90", "high90", "replicates"])

    def reversals(self) -> npt.NDArray[np.float64]:
        """Return the share of replicates, by place, that tip back at a higher level."""
        over = np.array([self.seen[n].over[self._known] for n in self.numbers])
        back = (over[:-1] & ~over[1:]).any(axis=0)
        share: npt.NDArray[np.float64] = back.mean(axis=0)
        return share

    def _reached(self) -> npt.NDArray[np.int64]:
        """Return counts as if none tipped back, shape (levels, places)."""
        reached: npt.NDArray[np.int64] = np.maximum.accumulate(self.counts(), axis=0)
        return reached


@lru_cache(maxsize=1024)
def ranks(replicates: int, probability: float) -> tuple[int, int, int]:
    """Return ranks, from 1, of the replicates' thresholds: low end of the interval, quantile, high end.

    A low end of 0, or a high end above the number of replicates, means that there are too few to bound it.
    """
    tail = (1 - CONFIDENCE) / 2
    middle = max(int(np.ceil(probability * replicates - 1e-9)), 1)
    low, high = binom.ppf((tail, 1 - tail), replicates, probability)
    return int(low), middle, int(high) + 1


def _bracket(numbers: list[int], reached: npt.NDArray[np.int64], rank: int) -> tuple[int | None, int | None]:
    """Return the levels between which the ``rank``-th replicate tips over; None for an end outside the range."""
    if rank < 1 or reached[0] >= rank:
        return None, numbers[0]
    if reached[-1] < rank:
        return numbers[-1], None
    after = int(np.argmax(reached >= rank))
    return numbers[after - 1], numbers[after]


def search(
    low: float,
    high: float,
    halvings: int,
    probabilities: Iterable[float],
    places: list[str],
    look: Callable[[list[float]], list[Seen]],
    *,
    falling: bool = False,
) -> Tipping:
    """Halve until all brackets are one step wide. ``look`` runs levels and returns their results."""
    found = Tipping(low, high, halvings, tuple(probabilities), places, {}, falling)
    while levels := found.next_levels():
        shown = look([found.level(number) for number in levels])
        found.seen.update(zip(levels, shown, strict=True))
        if found.replicates < 2:
            raise OutputError("threshold: too many runs failed; fewer than two replicates are left")
    return found


def tipping_points(
    ready: Ready, folder: Path, *, place: Callable[[], Any], shard: tuple[int, int] | None = None, command: str = "",
    progress: Progress | None = None,
) -> Tipping:  # fmt: skip
    """Carry out a search, or what is left of it; each round has its own folder.

    A search with more replicates adds to the rounds that are there, and looks at the levels that a new one would.

    Args:
        ready: An experiment of kind threshold.
        folder: Where its rounds are stored.
        place: Called once per round to make the executor of its runs.
        shard: (i, n): only the i-th of n parts of each round.
        command: The command that reproduces the study.
        progress: As `carry_out`.

    Raises:
        ScenarioError: If the experiment is not of kind threshold.
        OutputError: If a folder cannot be written, or holds something else.
        UnfinishedError: If a round waits for other shards; the same call goes on when they are done.
    """
    experiment = ready.experiment
    if not isinstance(experiment, Threshold):
        raise ScenarioError(f"{ready.name}: found an experiment of kind {experiment.kind}; allowed: threshold")

    def carry_out_round(plan: Plan, where: Path) -> Study:
        return carry_out(
            plan, where, place=place(), shard=shard, command=command, progress=progress, tables=wide_tables
        )

    rounds = _Rounds(ready, folder, carry_out_round)
    low, high = ready.factors[0].ends
    falling = experiment.response == "falling"
    tipping = search(
        low, high, experiment.halvings, experiment.probabilities, rounds.places, rounds.look, falling=falling
    )
    tipping.asked = experiment.replicates
    return tipping


class _Rounds:
    """The rounds of a search in their folder, of which those that are there are used."""

    def __init__(self, ready: Ready, folder: Path, carry_out_round: Callable[[Plan, Path], Study]) -> None:
        assert isinstance(ready.experiment, Threshold)
        self.ready, self.experiment, self.folder = ready, ready.experiment, folder
        self.places = places_of(ready.experiment, next(iter(ready.scenarios.values())))
        self._carry_out_round = carry_out_round
        self._rounds = rounds_in(folder)
        self._found: dict[float, Seen] = {}

    def look(self, levels: list[float]) -> list[Seen]:
        """Run levels, or what is left of them; return their results."""
        first = not self._found  # the first round is looked at in any case: a folder of another search is refused there
        for number, there in enumerate(self._rounds):
            is_wanted = set(levels) & set(there) or (first and number == 0)
            if is_wanted and not set(there) <= set(self._found):
                self._do(number)
        if rest := [level for level in levels if level not in self._found]:
            self._rounds.append(rest)
            self._do(len(self._rounds) - 1)
        return [self._found[level] for level in levels]

    def _do(self, number: int) -> None:
        levels, where = self._rounds[number], self.folder / f"round-{number}"
        study = self._carry_out_round(plan_of_levels(self.ready, levels), where)
        if study.unfinished:
            raise UnfinishedError(f"{where}: {study.unfinished}")
        self._found.update(zip(levels, seen_in(study, self.experiment, self.places, len(levels)), strict=True))


def rounds_in(folder: Path) -> list[list[float]]:
    """Return the levels of each round that is stored in a folder."""
    rounds: list[list[float]] = []
    while is_study(folder / f"round-{len(rounds)}"):
        about = read_study(folder / f"round-{len(rounds)}")["plan"].get(EXPERIMENT, {})
        rounds.append([float(level) for level in about.get(ROUND, [])])
    return rounds


def plan_of_levels(ready: Ready, levels: list[float]) -> Plan:
    """Return the plan of a round: all replicates at each level; raises ScenarioError."""
    assert isinstance(ready.experiment, Threshold)
    paths, values = settings(ready.factors, np.array(levels)[:, None])
    check_points(ready, paths, values)
    places = places_of(ready.experiment, next(iter(ready.scenarios.values())))
    measures = [clause.outcome.measure for clause in conditions(ready.experiment.where)]
    outcomes = declared(OutcomeOf(measure, place) for measure in measures for place in places)
    return Plan(
        "threshold", ready.scenarios, ready.experiment.replicates, paths=paths, points=values, paired=True,
        drawn=True, extra={EXPERIMENT: {**describe(ready), ROUND: levels}}, outcomes=outcomes,
    )  # fmt: skip


def caveats(found: Tipping) -> list[str]:
    """Return what a reader of a search must know, a sentence each."""
    lines = []
    if found.asked > found.replicates:
        left = f"{found.asked - found.replicates:,} of {found.asked:,} replicates failed at one level or more"
        lines.append(f"{left}; they are left out at all levels.")
    counts = found.counts()
    if (counts == 0).all() or (counts == found.replicates).all():
        lines.append("The condition never moved: it holds in all runs, or in none; no level says anything.")
    elif (counts[-1] < counts[0]).any():
        other = "rising" if found.falling else "falling"
        names = ", ".join(name for name, less in zip(found.places, counts[-1] < counts[0], strict=True) if less)
        lines.append(f"{names}: at the other end of the range fewer replicates tip over; `response: {other}` may fit.")
    return lines


def seen_in(study: Study, experiment: Threshold, places: list[str], levels: int) -> list[Seen]:
    """Return the result of a round's study at each level."""
    over = np.ones((levels, experiment.replicates, len(places)), bool)
    known = np.zeros((levels, experiment.replicates), bool)
    runs = study.runs.set_index("run")
    for clause in conditions(experiment.where):
        matrix = study.matrix(study.base, measures=[clause.outcome.measure])
        own = matrix.keys["level"].isin([experiment.level, WINDOW_LEVEL]).to_numpy()
        order = pd.Index(matrix.keys["name"][own]).get_indexer(places)
        values = matrix.values[:, own][:, order]
        at = runs.loc[matrix.replicates]
        points, replicates = at["point"].to_numpy(), at["replicate"].to_numpy()
        over[points, replicates] &= clause.holds(values)
        known[points, replicates] = True
    return [Seen(over[k], known[k]) for k in range(levels)]
