"""The trigger `agency`: a border agency reinforces, turns people back, or closes a crossing point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from sim.scenario.entry import ASSUMED, Name
from sim.scenario.quantity import Quantity, quantity
from sim.scenario.reactions.trigger import WEEK, Trigger, register

if TYPE_CHECKING:
    from sim.agents.reactions import Watch


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

    def look(self, watch: Watch, held: bool, days: int) -> tuple[bool, int]:
        """Return what it did up to yesterday."""
        rise: Any = self.rise
        share: Any = self.share
        if self.does == "reinforces":
            now, before = watch.capacity(self.agency, 1), watch.capacity(self.agency, 1 + WEEK)
            return 0.0 < before * (1.0 + rise) <= now, 0
        if self.does == "turns-back":
            return watch.share_turned_back(self.agency) >= share and watch.day > 0, 0
        return watch.has_closed(self.agency), 0
