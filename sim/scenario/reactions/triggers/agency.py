"""The trigger `agency`: a border agency reinforces, turns people back, or closes a crossing point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from sim.scenario.entry import ASSUMED, Name
from sim.scenario.quantity import Quantity, quantity
from sim.scenario.reactions.trigger import Limits, Trigger, register

if TYPE_CHECKING:
    from sim.agents.watch import Reading, Watch


@register
class AgencyTrigger(Trigger):
    """A border agency has far more capacity than a week ago, turns people back, or has a crossing point closed."""

    kind: Literal["agency"]
    agency: Name = Field(description="Border agency.")
    does: Literal["reinforces", "turns-back", "closes"] = Field(description="What it does.")
    rise: Quantity = quantity(
        0.1, "share", 0.001, 100, "Rise of its capacity within a week from which on it reinforces.", ASSUMED
    )
    share: Quantity = quantity(
        0.5, "share", 0, 1, "Share of the intercepted turned back from which on it turns people back.", ASSUMED
    )

    def reading(self, watch: Watch) -> Reading:
        """Return what it does."""
        if self.does == "reinforces":
            return watch.rise_of_capacity(self.agency)
        return watch.turned_back(self.agency) if self.does == "turns-back" else watch.closed(self.agency)

    def limits(self) -> Limits:
        """Return the rise or share from which on it counts."""
        limit: Any = self.rise if self.does == "reinforces" else self.share
        return Limits(begins=limit)
