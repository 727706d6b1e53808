"""The measure `humanitarian-access`: help at the border."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.scenario.entry import Name, rows
from sim.scenario.measures.base import Measure
from sim.scenario.measures.registry import register
from sim.scenario.quantity import Quantity, quantity

if TYPE_CHECKING:
    from sim.model import CorridorModel


@register
class HumanitarianAccess(Measure):
    """Help reaches people at the border."""

    kind: Literal["humanitarian-access"]
    zones: list[Name] = Field(default_factory=list, description="Border zones; all when empty.")
    hazard_factor: Quantity = quantity(
        0.4, "factor", 0, 10, "Factor on the hazards of injury and death.", rows("aid_hazard_factor")
    )

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Lower the hazards in border zones."""
        for state in model.states.values():
            for zone in state.zones:
                if not self.zones or zone in self.zones:
                    state.factor(f"hazard_factor.{zone}", name, self.hazard_factor if on else None)
