"""Carriers: airlines, bus lines and senders of boats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.agents.actor import WEEK, Actor
from sim.agents.lever import Lever

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.scenario.actors import Carrier as CarrierEntry


class Carrier(Actor):
    """Runs its schedule on each route that it may serve, and adapts it to the load once a week.

    While the load factor of a week is above ``high_load`` its frequency rises by ``growth`` (up to
    ``max_growth`` times the schedule); below ``low_load`` it falls by ``decline``. The price follows
    the load: price factor *= exp(price_response * (load - 0.8)), within 0.5 to 3.
    """

    def __init__(self, model: CorridorModel, name: str, entry: CarrierEntry) -> None:
        """Read the carrier's rules from its scenario entry; the model adds the services."""
        super().__init__(model, name)
        self.entry: Any = entry
        self.services: dict[str, Any] = {}
        self.adaptation: dict[str, float] = {}
        self.bans: dict[str, set[str]] = {}
        self._adapts = bool(entry.growth or entry.decline or entry.price_response)

    def add_service(self, route: str, record: Any, frequency: Lever) -> None:
        """Serve a route: ``record`` is its row in the table of services, ``frequency`` the departures a week."""
        self.services[route] = record
        self.adaptation[route] = 1.0
        self.bans[route] = set()
        self.levers[route] = (frequency, record, "weekly")

    def ban(self, measure: str, routes: list[str]) -> None:
        """Stop departures on routes (all if empty) while ``measure`` is in force."""
        for route in routes or self.services:
            if route in self.bans:
                self.bans[route].add(measure)
        self._next_change = 0

    def lift(self, measure: str) -> None:
        """End a measure's ban."""
        for bans in self.bans.values():
            bans.discard(measure)
        self._next_change = 0

    def step(self) -> None:
        """Apply the schedule and the bans; once a week, adapt to the load."""
        day = self.model.day
        if self._adapts and day % WEEK == 0 and day:
            self._adapt()
            self._next_change = 0
        if not self.pull_levers(day):
            return
        for route, record in self.services.items():
            record["weekly"] *= self.adaptation[route]
            record["open"] = record["weekly"] > 0 and not self.bans[route]
        self.model.routes_changed = True

    def _adapt(self) -> None:
        entry = self.entry
        for route, record in self.services.items():
            if not record["open"] or not record["week_seats"]:
                continue
            load = record["week_taken"] / record["week_seats"]
            record["week_seats"] = record["week_taken"] = 0
            if load > entry.high_load:
                self.adaptation[route] = min(self.adaptation[route] * (1 + entry.growth), entry.max_growth)
            elif load < entry.low_load:
                self.adaptation[route] *= 1 - entry.decline
            factor = record["price_factor"] * 2.718281828459045 ** (entry.price_response * (load - 0.8))
            record["price_factor"] = min(max(factor, 0.5), 3.0)
