"""The measure `crossing-closure`: crossing points are closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.scenario.entry import Name
from sim.scenario.errors import choices, show
from sim.scenario.measures.base import Measure, Misfit
from sim.scenario.measures.registry import register

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.scenario.schema import Scenario


@register
class CrossingClosure(Measure):
    """Crossing points are closed, and reopen after its end."""

    kind: Literal["crossing-closure"]
    points: list[Name] = Field(min_length=1, description="Crossing points: sections with `crossing_point`.")

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Set the opening hours to 0, or give them back to the schedule."""
        for point in self.points:
            agency = model.agencies[model.settings.sections[point].agency]
            agency.override(f"hours.{point}", name, 0.0 if on else None)

    def closes_points(self, scenario: Scenario) -> list[str]:
        """Return all its points."""
        return self.points

    def check(self, scenario: Scenario) -> Iterator[Misfit]:
        """Check that what it closes are crossing points."""
        known = [name for name, section in scenario.sections.items() if section.crossing_point is not None]
        for i, point in enumerate(self.points):
            if point not in known:
                yield ("points", i), f"found {show(point)}, which is no crossing point; {choices(known, point)}"
