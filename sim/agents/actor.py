"""The base class of carriers, transit states, border agencies and sponsors: levers, and a table to write to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import mesa

from sim.agents.lever import NEVER, Lever

if TYPE_CHECKING:
    from sim.model import CorridorModel

WEEK = 7


class Actor(mesa.Agent):
    """An actor with a name, levers, and the record of a table that each lever sets.

    ``levers`` maps a name to (lever, record, field). A day on which no lever changes costs one comparison.
    """

    def __init__(self, model: CorridorModel, name: str) -> None:
        """Register the actor with the model under a name."""
        super().__init__(model)
        self.name = name
        self.levers: dict[str, tuple[Lever, Any, str]] = {}
        self._next_change = 0

    def step(self) -> None:
        """In the morning, before the migrants' day."""

    def review(self) -> None:
        """In the evening, after the migrants' day."""

    def lever(self, name: str) -> Lever:
        """Return a lever that a measure is about to change, and mark it to be written today."""
        self._next_change = 0
        return self.levers[name][0]

    def override(self, lever: str, measure: str, value: Any) -> None:
        """Let a measure set a lever from today, or release it (None); of several measures the latest prevails."""
        overrides = self.lever(lever).overrides
        overrides.pop(measure, None)
        if value is not None:
            overrides[measure] = value

    def factor(self, lever: str, measure: str, value: Any, half_life: float = 0.0) -> None:
        """Let a measure multiply a lever from today, phased in with a half-life (days), or stop doing so (None)."""
        factors = self.lever(lever).factors
        factors.pop(measure, None)
        if value is not None:
            factors[measure] = (self.model.day, value, half_life)

    def addition(self, lever: str, measure: str, value: Any) -> None:
        """Let a measure add to a lever from today, or stop doing so (None)."""
        additions = self.lever(lever).additions
        additions.pop(measure, None)
        if value is not None:
            additions[measure] = value

    def refresh(self) -> None:
        """Forget what follows from the scenario, which may say something else from today on (`sim.states.what_if`)."""
        self._next_change = 0

    def pull_levers(self, day: int) -> bool:
        """Write today's value of every lever if any may have changed; return whether they were written."""
        if day < self._next_change:
            return False
        following = NEVER
        for lever, record, field in self.levers.values():
            record[field] = lever.at(day)
            following = min(following, lever.next_change(day))
        self._next_change = following
        return True

    def remove(self) -> NoReturn:
        """Refuse: the tables have a record for each actor; raises TypeError."""
        raise TypeError(
            f"{self.name} can't be removed, as the world's tables are made for those who are there; a measure or a "
            "lever stops what it does, a scenario without it leaves it out"
        )

    def __repr__(self) -> str:
        """Return type and name."""
        return f"<{type(self).__name__} {self.name}>"
