"""Transit states: visas, facilitation, transfer to the border, tolerance of boats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.agents.actor import Actor

if TYPE_CHECKING:
    from sim.model import CorridorModel

LEVERS = (
    "visas", "facilitation", "coaching", "transfer", "may_return", "boats_tolerated", "interception", "assisted_return",
)  # fmt: skip
SHARES = ("facilitation", "coaching", "may_return", "boats_tolerated", "interception")


class TransitState(Actor):
    """Sets its posture by its schedule; a sponsor, sanctions, diplomacy and courts modify it."""

    def __init__(self, model: CorridorModel, name: str, record: Any) -> None:
        """Set up the state; ``record`` is its row in the table of states, and the model adds the levers."""
        super().__init__(model, name)
        self.record = record
        self.zones: list[str] = []

    def inflow(self) -> Iterator[tuple[Actor, str]]:
        """Yield the levers of its inflow, with whose they are: visas, transfer, and departures on routes to it."""
        yield self, "visas"
        yield self, "transfer"
        for carrier in self.model.carriers.values():
            for route in carrier.services:
                if self.model.settings.routes[route].transit_state == self.name:
                    yield carrier, route

    def step(self) -> None:
        """Set today's posture; shares stay within 0 and 1."""
        if self.pull_levers(self.model.day):
            for share in SHARES:
                self.record[share] = min(max(self.record[share], 0.0), 1.0)
