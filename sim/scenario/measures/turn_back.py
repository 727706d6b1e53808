"""The measure `turn-back`: orders to turn people back."""

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
class TurnBack(Measure):
    """An agency changes the share of the intercepted whom it turns back."""

    kind: Literal["turn-back"]
    agency: Name = Field(description="Agency.")
    share: Quantity = quantity(
        0.97, "share", 0, 1, "Share of the intercepted who are turned back.", rows("turn_back_share_lv")
    )

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Override the share of turn-backs."""
        model.agencies[self.agency].override("turn_back", name, self.share if on else None)
