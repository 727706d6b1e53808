"""What can be seen in the morning by those who react: numbers up to yesterday, and measures in force today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine import gauges as g
from sim.engine import tables as t

if TYPE_CHECKING:
    from sim.model import CorridorModel

# Flows that a trigger may watch: what a gauge reads, and the column.
FLOWS = {
    "departures": (g.ROUTES, t.R_DEPARTURES),
    "boarded": (g.ROUTES, t.R_BOARDED),
    "arrivals": (g.PAIRS, t.F_ARRIVED),
    "landed": (g.PAIRS, t.F_LANDED),
    "attempts": (g.SECTIONS, t.S_ATTEMPTS),
    "claims": (g.SECTIONS, t.S_CLAIMS),
}


class Reading(NamedTuple):
    """A number that a gauge reads (`sim.engine.gauges`): what, of which column, of which rows."""

    what: int
    column: int
    rows: npt.NDArray[Any]


class Watch:
    """What can be seen of a model in the morning.

    Attributes:
        day: The day of the run that begins.
        answering: Names of the reactions that were in force yesterday.
    """

    def __init__(self, model: CorridorModel) -> None:
        """Watch a model."""
        self.model = model
        self.day = 0
        self.answering: set[str] = set()

    def in_force(self, measure: str) -> bool:
        """Return whether a measure is in force today."""
        return measure in self.model.measures.in_force

    def expected(self, measure: str) -> bool:
        """Return whether a measure is known, and its day is still to come."""
        known, effect, _ = self.days_of(measure)
        return known <= self.day < effect

    def days_of(self, measure: str) -> tuple[int, int, int]:
        """Return the days on which a measure becomes known, takes effect, and is over (takes effect if never)."""
        entry: Any = self.model.settings.measures[measure]
        start = self.model.settings.start
        known = (entry.announced or entry.start) - start
        effect = (entry.start - start).days + int(entry.lag)
        return known.days, effect, effect if entry.end is None else (entry.end - start).days + 1

    def is_banned(self, route: str) -> bool:
        """Return whether a ban grounds a carrier of a route, or bars a cohort from it."""
        grounded = any(carrier.bans.get(route) for carrier in self.model.carriers.values())
        return grounded or bool(self.model.world.pairs["barred"][self._pairs([route])].any())

    # Numbers, each as a gauge reads it.

    def pressure(self, sections: Sequence[str], agency: str | None) -> Reading:
        """Border pressure of sections together, of an agency, or of the most loaded section."""
        if agency is not None:
            return Reading(g.PRESSURE, 0, self._guarded(agency))
        everywhere = Reading(g.WORST_PRESSURE, 0, np.arange(len(self.model.names.sections)))
        return Reading(g.PRESSURE, 0, _of(self.model.names.sections, sections)) if sections else everywhere

    def flow(self, name: str, of: Sequence[str]) -> Reading:
        """What was counted in the last seven days of a flow in `FLOWS`, of routes or sections, all if none."""
        what, column = FLOWS[name]
        names = self.model.names
        if what == g.PAIRS:
            return Reading(what, column, self._pairs(of or names.routes))
        known = names.routes if what == g.ROUTES else names.sections
        return Reading(what, column, _of(known, of or known))

    def days_empty(self, routes: Sequence[str]) -> Reading:
        """Days without anybody on routes."""
        return Reading(g.EMPTY, 0, _of(self.model.names.routes, routes))

    def rise_of_capacity(self, agency: str) -> Reading:
        """The rise of an agency's capacity in seven days."""
        return Reading(g.RISE, 0, self._guarded(agency))

    def turned_back(self, agency: str) -> Reading:
        """The share of the intercepted whom an agency turns back."""
        return Reading(g.TURNED_BACK, 0, _of(self.model.names.agencies, [agency]))

    def closed(self, agency: str) -> Reading:
        """The closed crossing points of an agency."""
        return Reading(g.CLOSED, 0, self._guarded(agency))

    def _guarded(self, agency: str) -> npt.NDArray[Any]:
        owners = [self.model.settings.sections[name].agency for name in self.model.names.sections]
        return _of(owners, [agency])

    def _pairs(self, routes: Iterable[str]) -> npt.NDArray[Any]:
        return _of([route for _, route in self.model.names.pairs], routes)


def _of(known: Sequence[str], names: Iterable[str]) -> npt.NDArray[Any]:
    """Return the numbers of names."""
    wanted = set(names)
    return np.array([number for number, name in enumerate(known) if name in wanted], np.int64)
