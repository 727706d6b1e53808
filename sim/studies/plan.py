"""The plan of a study: its runs, scenarios and seeds, known before the first run."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from math import ceil
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.load_extensions import Carried, carried, ensure
from sim.outputs.expressions import Expression, parse
from sim.runs import replicate_seed
from sim.scenario.draw import drawn_values, resolve
from sim.scenario.points import filling
from sim.scenario.schema import Scenario
from sim.scenario.timetable import timetabled
from sim.scenario.write import scenario_hash
from sim.states.window import check_window, days_before

MOST_REPLICATES = 100_000
EXPERIMENT = "experiment"  # key of a plan's extra description
TWINS = 20  # replicates that are run twice, with the same parameters and different people
CHUNK_SECONDS = 0.5
MOST_IN_CHUNK = 64
_SECONDS_PER_DAY, _SECONDS_PER_PERSON = 4e-5, 2.2e-7  # rough costs of a year's run, to size chunks


class Run(NamedTuple):
    """One run of a study. ``point`` is a row of the plan's points, -1 if there are none."""

    number: int
    scenario: int
    point: int
    replicate: int
    twin: bool


class Size(NamedTuple):
    """How many points (1 if the plan has none) and replicates a study has, or had before it grew."""

    points: int
    replicates: int

    def holds(self, other: Size) -> bool:
        """Return whether a study of this size has all runs of one of the other size."""
        return self.points >= other.points and self.replicates >= other.replicates


class Case(NamedTuple):
    """A scenario as a worker needs it, independent of files."""

    name: str
    scenario: Scenario
    timetable: list[tuple[int, str, int]]
    outcomes: tuple[str, ...] = ()

    @property
    def declared(self) -> list[Expression]:
        """Return the outcomes that the study declares."""
        return [parse(text) for text in self.outcomes]


@dataclass(frozen=True)
class Plan:
    """The plan of a study.

    A study can be extended: the runs of more replicates begin with those of fewer. Of more points, too, if ``before``
    tells the sizes that the study had: its runs are those of the first size, then those that the second one adds, ...

    Attributes:
        kind: "replicates", "compare", "sweep" or "decision".
        scenarios: Scenarios by name; the first is the base that others are compared with. All use its seed.
        replicates: Number for each scenario (and point). A single one takes the central value of each distribution.
        paths: Parameters that the points set, by dotted path.
        points: Values of these parameters, shape (points, paths).
        paired: Whether all points share the same people and draws.
        twins: Number of replicates that are run twice, to separate chance from parameters.
        drawn: Whether each replicate draws the distributions; by default if there are several.
        before: Sizes that the study had before it grew, the smallest first.
        outcomes: Outcomes that are counted beside the outputs, as text (`sim.outputs.expressions`).
        growth: How the number of points can grow, a sentence for the message if it is asked to grow otherwise.
    """

    kind: str
    scenarios: Mapping[str, Scenario]
    replicates: int = 1
    paths: tuple[str, ...] = ()
    points: npt.NDArray[np.float64] | None = None
    paired: bool = True
    twins: int = 0
    drawn: bool | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[Size, ...] = ()
    growth: str = ""
    outcomes: tuple[str, ...] = ()

    @property
    def size(self) -> Size:
        """Return the size of the study."""
        return Size(1 if self.points is None else len(self.points), self.replicates)

    @property
    def seed(self) -> int:
        """Return the seed of the study, that of its first scenario."""
        return next(iter(self.scenarios.values())).seed

    @cached_property
    def runs(self) -> Sequence[Run]:
        """Return all runs, in order."""
        runs: list[Run] = []
        shift = -1 if self.points is None else 0
        there = Size(0, 0)
        for size in (*self.before, self.size):
            for replicate in range(size.replicates):
                for point in range(there.points if replicate < there.replicates else 0, size.points):
                    for scenario in range(len(self.scenarios)):
                        for twin in (False, True)[: 2 if replicate < self.twins else 1]:
                            runs.append(Run(len(runs), scenario, point + shift, replicate, twin))
            there = size
        return runs

    @property
    def chunk(self) -> int:
        """Return the runs per chunk: about half a second of work, estimated from the scenarios' size and length.

        Runs that begin from the same earlier run share it within a chunk, so a chunk has whole pairs of them.
        """
        together = len(self.scenarios) if any(s.begins is not None for s in self.scenarios.values()) else 1
        seconds = max(_seconds_of(s) for s in self.scenarios.values())
        chunk = min(max(ceil(CHUNK_SECONDS / seconds), 1), MOST_IN_CHUNK)
        return ceil(chunk / together) * together

    def chunks(self) -> list[Sequence[Run]]:
        """Return the runs of each chunk."""
        return [self.runs[first : first + self.chunk] for first in range(0, len(self.runs), self.chunk)]

    @cached_property
    def cases(self) -> list[Case]:
        """Return the scenarios, ready for workers; raises StateError if one cannot begin from the run that it names."""
        for scenario in self.scenarios.values():
            check_window(scenario)
        return [
            Case(name, _portable(scenario, self.seed), timetabled(scenario), self.outcomes)
            for name, scenario in self.scenarios.items()
        ]

    @cached_property
    def parcel(self) -> bytes:
        """Return the study as sent to workers, pickled, with the extensions that they need to unpickle it."""
        draws = self.replicates > 1 if self.drawn is None else self.drawn
        study = pickle.dumps(Parcel(self.cases, self.paths, self.points, self.seed, draws, self.paired), protocol=5)
        return pickle.dumps((tuple(tuple(one) for one in carried()), study), protocol=5)

    def describe(self) -> dict[str, Any]:
        """Return what identifies the study: two plans with the same description give the same results.

        The numbers of replicates and points are left out: a study can be extended.
        """
        return {
            "kind": self.kind,
            "scenarios": {name: scenario_hash(scenario) for name, scenario in self.scenarios.items()},
            "seed": self.seed,
            "parameters": "drawn" if (self.replicates > 1 if self.drawn is None else self.drawn) else "central values",
            "paths": list(self.paths),
            "paired": self.paired,
            "twins": self.twins,
            "chunk": self.chunk,
            **self.extra,
        }

    def asked(self) -> dict[str, Any]:
        """Return the size of the study for its record: replicates, runs, and points with their hash."""
        found: dict[str, Any] = {"replicates": self.replicates, "runs": len(self.runs)}
        return found if self.points is None else {**found, "points": len(self.points), "sha256": self.digest()}

    def digest(self, first: int | None = None) -> str:
        """Return the hash of the values of the points, or of the ``first`` ones; empty if there are none."""
        return "" if self.points is None else sha256(np.ascontiguousarray(self.points[:first]).tobytes()).hexdigest()


class Parcel(NamedTuple):
    """A study as sent to workers."""

    cases: list[Case]
    paths: tuple[str, ...]
    points: npt.NDArray[np.float64] | None
    seed: int
    drawn: bool
    paired: bool

    def draw(self, run: Run) -> tuple[Scenario, dict[str, float]]:
        """Return the scenario of a run, plain numbers with its own seed, and its parameter values by path."""
        scenario = self.cases[run.scenario].scenario
        seed = self.people_seed(run)
        parameters = replicate_seed(self.seed, run.replicate) if self.drawn else None
        if self.points is None:
            values = drawn_values(scenario, parameters)
            drawn = resolve(scenario, parameters)
        else:
            # `filling` is made once and checks its first point; later points are only filled in.
            drawn, values = filling(scenario, self.paths, self.points[0]).at(self.points[run.point], parameters)
        return drawn.model_copy(update={"seed": seed}), values

    def people_seed(self, run: Run) -> int:
        """Return the seed of a run's people and draws, the same in all scenarios (and paired points) of a replicate."""
        seed = replicate_seed(self.seed, run.replicate) if self.drawn or run.replicate else self.seed
        if not self.paired:
            seed = replicate_seed(seed, run.point)
        return replicate_seed(seed, run.replicate) if run.twin else seed


def _seconds_of(scenario: Scenario) -> float:
    """Return the rough cost of a run (seconds), with the earlier run from which it begins."""
    days = scenario.days + days_before(scenario)
    people = sum(cohort.size for cohort in scenario.cohorts.values())
    return days * _SECONDS_PER_DAY + people * days / 365 * _SECONDS_PER_PERSON


def opened(parcel: bytes) -> Parcel:
    """Unpack a study and load its extensions, and no others, in this process."""
    extensions, study = _parts(parcel)
    ensure(extensions)
    return _unpickled(study)


@lru_cache(maxsize=4)
def _parts(parcel: bytes) -> tuple[list[Carried], bytes]:
    extensions, study = pickle.loads(parcel)
    return [Carried(*one) for one in extensions], study


@lru_cache(maxsize=4)
def _unpickled(study: bytes) -> Parcel:
    unpickled: Parcel = pickle.loads(study)
    return unpickled


def _portable(scenario: Scenario, seed: int) -> Scenario:
    """Return the scenario without its timetable's file, which another machine may lack."""
    return scenario.model_copy(update={"seed": seed, "timetable": None})
