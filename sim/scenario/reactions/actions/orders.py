"""The actions `turn-back` and `crossing-closure`: a border agency gives other orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from sim.scenario.entry import Name, rows
from sim.scenario.errors import choices, show
from sim.scenario.measures.base import Misfit
from sim.scenario.quantity import Quantity, quantity
from sim.scenario.reactions.action import AGENCIES, Action, register, sections_of, towards

if TYPE_CHECKING:
    from sim.agents.reactions import Answer
    from sim.model import CorridorModel
    from sim.scenario.schema import Scenario


@register
class TurnBackAction(Action):
    """An agency changes the share of the intercepted whom it turns back."""

    kind: Literal["turn-back"]
    by: ClassVar[tuple[str, ...]] = (AGENCIES,)
    share: Quantity = quantity(
        0.97, "share", 0, 1, "Share of the intercepted who are turned back.", rows("turn_back_share_lv")
    )

    def apply(self, model: CorridorModel, answer: Answer, on: bool) -> None:
        """Move the share of turn-backs."""
        agency = model.agencies[answer.actor]
        towards(agency, "turn_back", answer.key, self.share, answer.strength if on else None)


@register
class ClosureAction(Action):
    """An agency closes crossing points, or shortens their hours, and reopens them at the end."""

    kind: Literal["crossing-closure"]
    by: ClassVar[tuple[str, ...]] = (AGENCIES,)
    points: list[Name] = Field(min_length=1, description="Crossing points: sections with `crossing_point`.")

    def apply(self, model: CorridorModel, answer: Answer, on: bool) -> None:
        """Cut the opening hours."""
        for point in self.points:
            agency = model.agencies[answer.actor]
            agency.factor(f"hours.{point}", answer.key, 1.0 - answer.strength if on else None)

    def check(self, scenario: Scenario, actor: str) -> Iterator[Misfit]:
        """Check that what it closes are crossing points of the agency."""
        own = [name for name in sections_of(scenario, actor) if scenario.sections[name].crossing_point is not None]
        for i, point in enumerate(self.points):
            if point not in own:
                yield ("points", i), f"found {show(point)}, no crossing point of {show(actor)}; {choices(own, point)}"
