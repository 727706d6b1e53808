"""The measure `fence`: barriers along sections."""

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
class Fence(Measure):
    """A barrier is built from the start day until it has its length."""

    kind: Literal["fence"]
    sections: list[Name] = Field(min_length=1, description="Sections, built up side by side.")
    length: Quantity = quantity(
        100, "km", 0, 5000, "Barrier to build in all.", rows("wall_length_pl", "fence_length_lt", "fence_length_lv")
    )
    pace: Quantity = quantity(
        1.19, "km per day", 0.001, 100, "Progress in all.", rows("fence_pace_pl", "fence_pace_lt")
    )
    surveillance: Quantity = quantity(0.0, "share", 0, 1, "Surveillance of the sections when it is complete.", NEUTRAL)

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Build up barriers in sections side by side, in proportion to their length."""
        length: Any = self.length
        pace: Any = self.pace
        lengths: dict[str, Any] = {section: model.settings.sections[section].length for section in self.sections}
        total = sum(lengths.values())
        for agency in model.agencies.values():
            own = [section for section in agency.sections if section in lengths] if on and length > 0 else []
            barriers = {s: (length * lengths[s] / total, pace * lengths[s] / total) for s in own}
            agency.build(name, barriers, self.surveillance)
