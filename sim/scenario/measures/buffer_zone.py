"""The measure `buffer-zone`: no-stay zones along the border."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.scenario.entry import Name
from sim.scenario.measures.base import Measure
from sim.scenario.measures.registry import register
from sim.scenario.quantity import Quantity, quantity

if TYPE_CHECKING:
    from sim.model import CorridorModel


@register
class BufferZone(Measure):
    """A no-stay zone along sections: easier detection, harder help."""

    kind: Literal["buffer-zone"]
    sections: list[Name] = Field(min_length=1, description="Sections.")
    detection_factor: Quantity = quantity(1.3, "factor", 0, 10, "Factor on detection intensity.")
    hazard_factor: Quantity = quantity(1.2, "factor", 0, 10, "Factor on hazards for those whose last section it is.")

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Make detection easier and help harder along sections."""
        for section in self.sections:
            agency = model.agencies[model.settings.sections[section].agency]
            agency.factor(f"detection_factor.{section}", name, self.detection_factor if on else None)
            agency.factor(f"hazard_factor.{section}", name, self.hazard_factor if on else None)
