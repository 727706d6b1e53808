"""The trigger `route`: a route is banned or emptied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.scenario.entry import NEUTRAL, Name
from sim.scenario.reactions.trigger import WEEK, Trigger, register

if TYPE_CHECKING:
    from sim.agents.reactions import Watch


@register
class RouteTrigger(Trigger):
    """A ban is in force on one of the routes, or nobody has boarded on any for some days, though people had before."""

    kind: Literal["route"]
    routes: list[Name] = Field(min_length=1, description="Routes.")
    state: Literal["banned", "emptied"] = Field("banned", description="What has become of them.")
    days: int = Field(
        WEEK,
        ge=1,
        le=365,
        description="Days without anybody until they count as emptied.",
        json_schema_extra={"unit": "days", "source": NEUTRAL},
    )

    def look(self, watch: Watch, held: bool, days: int) -> tuple[bool, int]:
        """Return whether a route is banned, or all are empty; counts the days without anybody, -1 before the first."""
        if self.state == "banned":
            return any(watch.is_banned(route) for route in self.routes), 0
        if watch.day == 0:
            return False, -1
        if watch.boarded_yesterday(self.routes):
            return False, 0
        days = days if days < 0 else days + 1
        return days >= self.days, days
