"""The actions `redeployment`, `mutual-aid` and `frontex-request`: border agencies move officers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from sim.scenario.entry import ASSUMED, Name, rows
from sim.scenario.errors import choices, show
from sim.scenario.measures.base import Misfit
from sim.scenario.quantity import Quantity, quantity
from sim.scenario.reactions.action import AGENCIES, Action, register, sections_of
from sim.scenario.reactions.trigger import WEEK

if TYPE_CHECKING:
    from sim.agents.reactions import Answer
    from sim.model import CorridorModel
    from sim.scenario.schema import Scenario


@register
class Redeployment(Action):
    """An agency moves a share of its force to some of its sections, or to where patrols are called."""

    kind: Literal["redeployment"]
    by: ClassVar[tuple[str, ...]] = (AGENCIES,)
    steps: ClassVar[bool] = True
    sections: list[Name] = Field(
        default_factory=list,
        description="Sections, by their length; when empty, all, by the patrol calls of the last seven days.",
    )
    share: Quantity = quantity(0.5, "share", 0, 1, "Share of its force that is moved.", ASSUMED)

    def apply(self, model: CorridorModel, answer: Answer, on: bool) -> None:
        """Send the officers back at the end; `step` moves them."""
        if not on:
            model.agencies[answer.actor].concentrate(answer.key, 0.0)

    def step(self, model: CorridorModel, answer: Answer, days: int) -> None:
        """Move officers, once a week anew."""
        if days % WEEK == 0:
            share: Any = self.share
            model.agencies[answer.actor].concentrate(answer.key, answer.strength * share, self.sections)

    def check(self, scenario: Scenario, actor: str) -> Iterator[Misfit]:
        """Check that the sections are green border of the agency."""
        own = [name for name in sections_of(scenario, actor) if scenario.sections[name].crossing_point is None]
        for i, name in enumerate(self.sections):
            if name not in own:
                text = f"found {show(name)}, no green border that {show(actor)} guards; {choices(own, name)}"
                yield ("sections", i), text


@register
class MutualAid(Action):
    """An agency lends officers to another."""

    kind: Literal["mutual-aid"]
    by: ClassVar[tuple[str, ...]] = (AGENCIES,)
    agency: Name = Field(description="Agency that gets them.")
    officers: Quantity = quantity(
        100, "officers", 0, 1e6, "Officers lent, as far as it has them.", rows("frontex_officers_lt")
    )

    def apply(self, model: CorridorModel, answer: Answer, on: bool) -> None:
        """Send officers from one agency to the other, and back."""
        officers: Any = self.officers
        lender = model.agencies[answer.actor]
        model.agencies[self.agency].send(answer.key, lender.lend(answer.key, answer.strength * officers if on else 0.0))

    def check(self, scenario: Scenario, actor: str) -> Iterator[Misfit]:
        """Check that it lends to another."""
        if self.agency == actor:
            others = [name for name in sorted(scenario.agencies) if name != actor]
            yield ("agency",), f"found {show(actor)}, who lends to itself; {choices(others)}"


@register
class FrontexRequest(Action):
    """An agency asks for officers of the shared pool, who arrive after the pool's lag and go back at the end."""

    kind: Literal["frontex-request"]
    by: ClassVar[tuple[str, ...]] = (AGENCIES,)
    steps: ClassVar[bool] = True
    officers: Quantity = quantity(
        100, "officers", 0, 1e5, "Officers asked for; limited by the pool.", rows("frontex_officers_lt")
    )

    def apply(self, model: CorridorModel, answer: Answer, on: bool) -> None:
        """Take officers from the pool, or give them back."""
        officers: Any = self.officers
        if on:
            answer.memory["granted"] = model.frontex.grant(answer.strength * officers)
        else:
            model.frontex.take_back(answer.memory.pop("granted"))
            model.agencies[answer.actor].send(answer.key, 0.0)

    def step(self, model: CorridorModel, answer: Answer, days: int) -> None:
        """Let them arrive."""
        if days == int(model.frontex.lag):
            model.agencies[answer.actor].send(answer.key, answer.memory["granted"])
