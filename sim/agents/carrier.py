"""Carriers: airlines, bus lines, and those who send boats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.agents.actor import WEEK, Actor
from sim.agents.lever import Lever

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.scenario.actors import Carrier as CarrierEntry


class Carrier(Actor):
    """Flies its schedule on each route where it may, and adapts it to the load once a week.

    While the load factor of a week is above ``high_load`` its frequency rises by ``growth`` (up to
    ``max_growth`` times the schedule); below ``low_load`` it falls by ``decline``. The price follows
    the load: price factor *= exp(price_response * (load - 0.8)), within 0.5 to 3.
    """

    def __init__(self, model: CorridorModel, name: str, entry: CarrierEntry) -> None:
        """Take the rules from a scenario's entry; services are added by the model."""
        super().__init__(model, name)
        self.entry: Any = entry
        self.services: dict[str, Any] = {}
        self.adaptation: dict[str, float] = {}
        self.bans: dict[str, set[str]] = {}
        self._adapts = bool(entry.growth or entry.decline or entry.price_response)

    def add_service(self, route: str, record: Any, frequency: Lever) -> None:
        """Serve a route: ``record`` is its row of the table of services, ``frequency`` departures a week."""
        self.services[route] = record
        self.adaptation[route] = 1.0
        self.bans[route] = set()
        self.levers[route] = (frequency, record, "weekly")

    def ban(self, measure: str, routes: list[str]) -> None:
        """Stop departures on routes (all when empty) while ``measure`` holds."""
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
        """Follow the schedule and its bans; once a week, adapt to the load."""
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
