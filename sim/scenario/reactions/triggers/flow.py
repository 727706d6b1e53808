"""The trigger `flow`: departures, arrivals or attempts a week above or below a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.scenario.entry import Name
from sim.scenario.measures.base import Misfit
from sim.scenario.reactions.trigger import Threshold, register

if TYPE_CHECKING:
    from sim.agents.watch import Reading, Watch
    from sim.scenario.schema import Scenario

AT_SECTIONS = ("attempts", "claims")


@register
class FlowTrigger(Threshold):
    """What was counted in the last seven days is above or below a value."""

    kind: Literal["flow"]
    of: Literal["departures", "boarded", "arrivals", "landed", "attempts", "claims"] = Field(
        description="What is counted: departures and persons boarded, arrived at the hub or landed, by route; "
        "attempts and claims, by section."
    )
    routes: list[Name] = Field(default_factory=list, description="Routes; all when empty.")
    sections: list[Name] = Field(default_factory=list, description="Sections; all when empty.")

    def reading(self, watch: Watch) -> Reading:
        """Return the number of the last seven days."""
        return watch.flow(self.of, self.sections if self.of in AT_SECTIONS else self.routes)

    def check(self, scenario: Scenario) -> Iterator[Misfit]:
        """Check that it names what the flow is counted by."""
        yield from super().check(scenario)
        wrong = "routes" if self.of in AT_SECTIONS else "sections"
        if getattr(self, wrong):
            yield (wrong,), f"found {wrong}, by which {self.of} are not told apart; allowed: none"
