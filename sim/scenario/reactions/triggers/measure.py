"""The triggers `measure` and `reaction`: what others do, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from sim.scenario.entry import Name
from sim.scenario.reactions.trigger import Trigger, register

if TYPE_CHECKING:
    from sim.agents.watch import Watch


@register
class MeasureTrigger(Trigger):
    """A measure is in force, or is announced and may be in force."""

    kind: Literal["measure"]
    every_day: ClassVar[bool] = False
    measure: Name = Field(description="Measure.")
    phase: Literal["announced", "in-force"] = Field(
        "in-force", description="From which day on it counts: from its announcement, or once it takes effect."
    )

    def look(self, watch: Watch) -> bool:
        """Return whether the measure is in force, or known."""
        return watch.in_force(self.measure) or (self.phase == "announced" and watch.expected(self.measure))


@register
class ReactionTrigger(Trigger):
    """Another reaction is in force since yesterday or longer."""

    kind: Literal["reaction"]
    every_day: ClassVar[bool] = False
    reaction: Name = Field(description="Reaction.")

    def look(self, watch: Watch) -> bool:
        """Return whether the reaction was in force yesterday."""
        return self.reaction in watch.answering
