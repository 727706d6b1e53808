"""A new kind of measure: travel agencies, lessors and insurers shun a carrier, and its tickets become dearer.

    measures:
      shunned: {kind: boycott, carriers: [cham-wings], price_factor: 1.5, start: 2025-09-01}

In 2021 lessors and insurers were asked to act on airlines that flew people to Minsk. How much dearer tickets would
become is an assumption.
"""

from typing import Literal

from pydantic import Field

from sim import extend


@extend.measure
class Boycott(extend.Measure):
    """Carriers are shunned: the price of all routes that they serve is multiplied."""

    kind: Literal["boycott"]
    carriers: list[extend.Name] = Field(min_length=1, description="Carriers.")
    price_factor: extend.Quantity = extend.quantity(1.5, "factor", 0.1, 10, "Factor on the price of their routes.")

    def apply(self, model, name, on):
        """Multiply the prices, or take that back."""
        for carrier in self.carriers:
            for route in model.carriers[carrier].services:
                number = model.names.routes.index(route)
                model.world.routes["base_price"][number] *= self.price_factor if on else 1.0 / self.price_factor
        model.routes_changed = True
