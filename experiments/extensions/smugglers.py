"""Smugglers as agents: each sells places on some routes, and asks more where more people want them than it has.

    smugglers:
      coast: {routes: [libya-west-italy, libya-east-crete], capacity: 2000, price: 500, response: 0.5}

A smuggler can serve ``capacity`` people a week on each of its routes. Once a week it looks at who waits there, and
moves its fee by exp(response * (load - 1)), where load is people waiting over that capacity. The fee comes on top of
the carrier's price, and people weigh it when they choose. When a route closes, its customers turn to the others, and
with them go price and volume. All numbers are assumptions.
"""

import math

from pydantic import Field

from sim import extend
from sim.engine.tables import F_BOARDED, F_EMBARKED

SMUGGLED = extend.flow(
    "smuggled", unit="persons", title="Smuggled", meaning="Boarded on a route that a smuggler sells."
)
LEAST, MOST = 0.25, 6.0  # the fee moves between these multiples of the price
HIGHEST_LOAD = 5.0


class SmugglerEntry(extend.Entry):
    """A network that sells places on routes."""

    routes: list[extend.Name] = Field(min_length=1, description="Routes that it sells.")
    capacity: extend.Quantity = extend.quantity(200, "persons per week", 0, 1e5, "Whom it can serve on a route.")
    price: extend.Quantity = extend.quantity(800, "USD", 1, 1e5, "Fee at full load.")
    response: extend.Quantity = extend.quantity(0.5, "per unit of load", 0, 5, "How fast the fee follows the load.")


@extend.actor("smugglers", entry=SmugglerEntry)
class Smuggler(extend.Actor):
    """Sets a fee on each of its routes, once a week, and counts whom it has sent."""

    def __init__(self, model, name, entry, record):
        """Start at the price of full load."""
        super().__init__(model, name, entry, record)
        self.numbers = [model.names.routes.index(route) for route in entry.routes]
        self.pairs = [k for k, (_, route) in enumerate(model.names.pairs) if route in entry.routes]
        self.fees = dict.fromkeys(self.numbers, 0.0)
        for number in self.numbers:
            self._charge(number, entry.price)

    def step(self):
        """Once a week: look at the queues, move the fees."""
        if self.model.day % 7 or not self.model.day:
            return
        world = self.model.world
        seat_queues = world.queues[2 * len(world.states) :]["length"]  # by route, behind those for visas and transfer
        for number in self.numbers:
            if world.routes["open"][number]:
                load = min(seat_queues[number] / max(self.entry.capacity, 1.0), HIGHEST_LOAD)
                fee = self.fees[number] * math.exp(self.entry.response * (load - 1.0))
                self._charge(number, min(max(fee, LEAST * self.entry.price), MOST * self.entry.price))

    def review(self):
        """In the evening: all who boarded on its routes."""
        flows = self.model.world.pair_flows[self.model.day]
        flows[self.pairs, SMUGGLED] += flows[self.pairs, F_BOARDED] + flows[self.pairs, F_EMBARKED]

    def _charge(self, number, fee):
        self.model.world.routes["base_price"][number] += fee - self.fees[number]
        self.fees[number] = fee
        self.model.routes_changed = True
