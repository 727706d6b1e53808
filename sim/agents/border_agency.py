"""Border agencies: their forces, deployment, reinforcement, barriers and turn-backs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.agents.actor import WEEK, Actor
from sim.engine.tables import S_PATROL_CALLS

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.scenario.actors import BorderAgency as AgencyEntry


@dataclass
class BarrierSite:
    """Barrier being built in one section: km still to build, km a day, surveillance when it is complete."""

    section: str
    remaining: float
    pace: float
    surveillance: float


class BorderAgency(Actor):
    """Guards its sections: measures pressure, deploys its force, and requests reinforcement, which arrives with a lag.

    Forces are counted in officer equivalents (a soldier is ``army_handling`` of one). The capacity of a
    section is officers there * share on duty * handling rate (attempts per day). Requests go to its own
    reserves, then the army, then the Frontex pool.
    """

    def __init__(self, model: CorridorModel, name: str, entry: AgencyEntry, numbers: list[int]) -> None:
        """Set up the agency; ``numbers`` are the rows of its sections in the table of sections."""
        super().__init__(model, name)
        self.entry: Any = entry
        self.table = model.world.sections
        number = model.names.agencies.index(name)
        self.record = model.world.agencies[number]
        self.procedures = model.world.procedures[number]
        self.lengths = self.procedures["procedure"].copy()  # mean days of a procedure by cohort, without its factor
        self.numbers = np.array(numbers, dtype=np.intp)
        self.sections = {model.names.sections[number]: number for number in numbers}
        self.force = float(entry.personnel)  # type: ignore[arg-type]
        self.reserve, self.army = float(entry.reserve), float(entry.army)
        self.arrivals: list[tuple[int, float]] = []
        self.sent: dict[str, float] = {}
        self.sites: dict[str, list[BarrierSite]] = {}
        length = np.where(self.table["is_point"][self.numbers], 0.0, self.table["length"][self.numbers])
        self.by_length = length / max(length.sum(), 1e-9)  # of the green border; crossing points need no patrols
        self.distribution = self.by_length
        self.concentrations: dict[str, tuple[float, Any]] = {}  # shares of the force, and weights of its sections
        self._deployed: float | None = None

    def send(self, measure: str, officers: float) -> None:
        """Add officer equivalents while ``measure`` is in force; 0 withdraws them."""
        self.sent[measure] = officers

    def lend(self, key: str, officers: float) -> float:
        """Lend officer equivalents, as far as its own force goes, in place of what was lent before; return how many."""
        self.sent.pop(key, None)
        own = self.force + sum(number for number in self.sent.values() if number < 0)
        lent = min(max(officers, 0.0), max(own, 0.0))
        self.sent[key] = -lent
        return lent

    def concentrate(self, key: str, share: float, sections: Sequence[str] = ()) -> None:
        """Keep a share of the force in sections, by length; in none named, where patrols were called in seven days.

        A share of 0 lets them go. Where no patrol was called, the share stays where it is.
        """
        self.concentrations.pop(key, None)
        self._deployed = None
        if share <= 0:
            return
        named = np.isin(self.numbers, [self.sections[name] for name in sections])
        weights = self.by_length * named if sections else self._recent(self.model.day - 1).astype(float)
        if weights.sum() > 0:
            self.concentrations[key] = (share, weights / weights.sum())

    def build(self, measure: str, barriers: Mapping[str, tuple[float, float]], surveillance: Any) -> None:
        """Start building barriers, by section: km to build, and km a day; an empty mapping stops construction.

        What is built remains. A section whose barrier is complete has at least ``surveillance`` (share).
        """
        self.sites[measure] = [
            BarrierSite(section, length, pace, surveillance) for section, (length, pace) in barriers.items()
        ]

    def refresh(self) -> None:
        """Deploy the force anew."""
        super().refresh()
        self._deployed = None

    def step(self) -> None:
        """Start the day: construction, orders in force, arriving reinforcement, deployment."""
        day = self.model.day
        if self.sites:
            self._build_on()
        if self.pull_levers(day):
            self.procedures["procedure"] = self.lengths * self.record["procedure_factor"]
        while self.arrivals and self.arrivals[0][0] <= day:
            self.force += self.arrivals.pop(0)[1]
        self._deploy()

    def review(self) -> None:
        """Once a week, in the evening: assess the pressure, redeploy the force, request reinforcement."""
        day = self.model.day
        if day % WEEK == WEEK - 1 and len(self.numbers):
            self._review(day)

    def pressure(self, day: int) -> float:
        """Return patrol calls a day in the 7 days up to ``day``, divided by the capacity of all its sections."""
        return self._load(float(self._recent(day).sum()))

    def _load(self, calls: float) -> float:
        capacity = float(self.table["capacity"][self.numbers].sum())
        return calls / WEEK / capacity if capacity else 0.0

    def _recent(self, day: int) -> Any:
        calls = self.model.world.section_flows[max(day - WEEK + 1, 0) : day + 1, :, S_PATROL_CALLS]
        return np.add.reduce(calls)[self.numbers]

    def _review(self, day: int) -> None:
        recent = self._recent(day).tolist()
        calls = float(sum(recent))
        if calls:
            moved = self.entry.mobility
            shares = zip(self.distribution.tolist(), recent, self.by_length.tolist(), strict=True)
            # One by one, as there are few: in arrays it would take twice as long.
            self.distribution = np.array(
                [(1 - moved) * share + moved * (0.5 * own / calls + 0.5 * length) for share, own, length in shares]
            )
            self._deployed = None
        if not self.arrivals and self._load(calls) > self.entry.reinforcement_threshold:
            self._request(day, self.entry.reinforcement_step * self.force)

    def _request(self, day: int, officers: float) -> None:
        own = min(officers, self.reserve)
        self.reserve -= own
        handling = self.entry.army_handling
        soldiers = min((officers - own) / handling, self.army) if handling else 0.0
        self.army -= soldiers
        national = own + soldiers * handling
        if national > 0:
            self.arrivals.append((day + int(self.entry.reinforcement_lag), national))
        pool = self.model.frontex.grant(officers - national)
        if pool > 0:
            self.arrivals.append((day + int(self.model.frontex.lag), pool))
        self.arrivals.sort()

    def _build_on(self) -> None:
        for measure, sites in self.sites.items():
            for site in sites:
                built = min(site.pace, site.remaining)
                site.remaining -= built
                barrier = self.lever(f"barrier.{site.section}").additions
                barrier[measure] = barrier.get(measure, 0.0) + built
                if site.remaining <= 0:
                    surveillance = self.lever(f"surveillance.{site.section}")
                    surveillance.least = max(surveillance.least, site.surveillance)
            sites[:] = [site for site in sites if site.remaining > 0]

    def _deploy(self) -> None:
        total = self.force + sum(self.sent.values()) if self.sent else self.force
        if total == self._deployed:
            return
        self._deployed = total
        distribution = self.distribution
        for share, weights in self.concentrations.values():
            distribution = (1 - share) * distribution + share * weights
        on_duty = total * self.entry.on_duty * distribution
        self.table["officers"][self.numbers] = on_duty
        self.table["capacity"][self.numbers] = on_duty * self.entry.handling_rate


class FrontexPool:
    """The finite pool of standing-corps officers that all agencies share."""

    def __init__(self, officers: int, lag: float) -> None:
        """Set the ``officers`` available and the ``lag`` in days from request to arrival."""
        self.available = float(officers)
        self.lag = lag
        self.reserved: dict[str, float] = {}

    def reserve(self, measure: str, wanted: float) -> None:
        """Reserve officers for a deployment that is already decided, so that requests do not use them up."""
        self.reserved[measure] = self.grant(wanted)

    def release(self, measure: str) -> None:
        """Return the officers reserved for a deployment that does not come."""
        self.take_back(self.reserved.pop(measure, 0.0))

    def grant(self, wanted: float) -> float:
        """Take up to ``wanted`` officers from the pool; return how many, a whole number."""
        granted = float(np.floor(min(max(wanted, 0.0), self.available)))
        self.available -= granted
        return granted

    def take_back(self, officers: float) -> None:
        """Return officers to the pool."""
        self.available += officers
