"""The trigger `route`: a route is banned or emptied."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from sim.scenario.entry import NEUTRAL, Name
from sim.scenario.reactions.trigger import WEEK, Limits, Trigger, register

if TYPE_CHECKING:
    from sim.agents.watch import Reading, Watch


@register
class RouteTrigger(Trigger):
    """A ban is in force on one of the routes, or nobody has boarded on any for some days, though people had before."""

    kind: Literal["route"]
    every_day: ClassVar[bool] = False
    routes: list[Name] = Field(min_length=1, description="Routes.")
    state: Literal["banned", "emptied"] = Field("banned", description="What has become of them.")
    days: int = Field(
        WEEK,
        ge=1,
        le=365,
        description="Days without anybody until they count as emptied.",
        json_schema_extra={"unit": "days", "source": NEUTRAL},
    )

    def reading(self, watch: Watch) -> Reading | None:
        """Return the days without anybody."""
        return watch.days_empty(self.routes) if self.state == "emptied" else None

    def limits(self) -> Limits:
        """Return the days needed."""
        return Limits(days=self.days)

    def look(self, watch: Watch) -> bool:
        """Return whether one is banned."""
        return any(watch.is_banned(route) for route in self.routes)
