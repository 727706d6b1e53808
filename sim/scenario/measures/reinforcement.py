"""The measures `reinforcement` and `frontex-deployment`: more officers for an agency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from sim.scenario.entry import NEUTRAL, Name, rows
from sim.scenario.measures.base import Measure
from sim.scenario.measures.registry import register
from sim.scenario.quantity import Quantity, quantity

if TYPE_CHECKING:
    from sim.model import CorridorModel


@register
class Reinforcement(Measure):
    """An agency gets officers or soldiers for the duration of the measure."""

    kind: Literal["reinforcement"]
    agency: Name = Field(description="Agency.")
    officers: Quantity = quantity(0, "officers", 0, 1e6, "Officers added.", NEUTRAL)
    soldiers: Quantity = quantity(0, "soldiers", 0, 1e6, "Soldiers added.", NEUTRAL)

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Send officers and soldiers while it is in force."""
        agency = model.agencies[self.agency]
        officers: Any = self.officers
        agency.send(name, officers + self.soldiers * agency.entry.army_handling if on else 0.0)


@register
class FrontexDeployment(Measure):
    """Officers of the shared pool are sent to an agency."""

    kind: Literal["frontex-deployment"]
    agency: Name = Field(description="Agency.")
    officers: Quantity = quantity(
        100, "officers", 0, 1e5, "Officers requested; limited by the pool.", rows("frontex_officers_lt")
    )

    def prepare(self, model: CorridorModel, name: str) -> None:
        """Reserve officers of the pool, as the deployment is already decided."""
        officers: Any = self.officers
        model.frontex.reserve(name, officers)

    def release(self, model: CorridorModel, name: str) -> None:
        """Give the reserved officers back to the pool."""
        model.frontex.release(name)

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Send officers from the shared pool, as far as available."""
        agency = model.agencies[self.agency]
        if on:
            agency.send(name, model.frontex.reserved.pop(name, 0.0))
        else:
            model.frontex.take_back(agency.sent.get(name, 0.0))
            agency.send(name, 0.0)
