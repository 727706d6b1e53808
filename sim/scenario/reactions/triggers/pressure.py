"""The trigger `pressure`: border pressure above or below a value."""

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


@register
class PressureTrigger(Threshold):
    """Border pressure of sections or an agency, or of the most loaded section, is above or below a value."""

    kind: Literal["pressure"]
    sections: list[Name] = Field(default_factory=list, description="Sections, taken together.")
    agency: Name | None = Field(None, description="Agency, all of its sections together.")

    def reading(self, watch: Watch) -> Reading:
        """Return patrol calls a day in the last seven days over capacity."""
        return watch.pressure(self.sections, self.agency)

    def check(self, scenario: Scenario) -> Iterator[Misfit]:
        """Check that it names sections or an agency, not both."""
        yield from super().check(scenario)
        if self.sections and self.agency is not None:
            yield ("agency",), "found an agency beside `sections`; allowed: one of them, or neither"
