"""The actions `pulse` and `stop`: a whole inflow is turned up and down, or off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from sim.scenario.entry import NEUTRAL, rows
from sim.scenario.quantity import Quantity, quantity
from sim.scenario.reactions.action import Action, by_strength, register, states_of, towards, zones_of

if TYPE_CHECKING:
    from sim.agents.reactions import Answer
    from sim.model import CorridorModel


@register
class PulseAction(Action):
    """Visas, transfer and departures to a transit state are multiplied for some days, again and again."""

    kind: Literal["pulse"]
    steps: ClassVar[bool] = True
    intensity: Quantity = quantity(2.0, "factor", 0, 20, "Factor on visas, transfer, and departures in a pulse.")
    pulse_days: int = Field(
        28, ge=1, le=365, description="Length of a pulse.",
        json_schema_extra={"unit": "days", "source": rows("sponsor_pulse_days_evros")},
    )  # fmt: skip
    pause_days: int = Field(
        14, ge=0, le=365, description="Pause between pulses.", json_schema_extra={"unit": "days"}
    )  # fmt: skip

    def apply(self, model: CorridorModel, answer: Answer, on: bool) -> None:
        """End the pulse that is on; `step` begins them."""
        if not on:
            _multiply(model, answer, None)

    def step(self, model: CorridorModel, answer: Answer, days: int) -> None:
        """Begin and end pulses."""
        within = days % (self.pulse_days + self.pause_days)
        if within == 0:
            _multiply(model, answer, by_strength(self.intensity, answer.strength))
        elif within == self.pulse_days:
            _multiply(model, answer, None)


@register
class StopAction(Action):
    """A transit state lets nobody in and sends nobody on any more: the order takes full effect in equal steps."""

    kind: Literal["stop"]
    steps: ClassVar[bool] = True
    days: Quantity = quantity(
        4.0, "days", 1, 28, "Days until the order takes full effect.", rows("sponsor_switch_off_days")
    )
    evacuation: Quantity = quantity(
        0.0, "share per day", 0, 1, "Share of those in its border zones whom it then moves back to the hub.", NEUTRAL
    )

    def apply(self, model: CorridorModel, answer: Answer, on: bool) -> None:
        """Let everything run again at the end; `step` turns it off."""
        if not on:
            self._let(model, answer, None)

    def step(self, model: CorridorModel, answer: Answer, days: int) -> None:
        """Go a step further, until everything has stopped."""
        needed: Any = self.days
        if days < needed:
            self._let(model, answer, 1.0 - answer.strength * min((days + 1) / needed, 1.0))

    def _let(self, model: CorridorModel, answer: Answer, factor: float | None) -> None:
        _multiply(model, answer, factor)
        for name in states_of(model.settings, answer.actor):
            for lever in ("facilitation", "boats_tolerated"):
                model.states[name].factor(lever, answer.key, factor)
        share: Any = self.evacuation
        for zone in zones_of(model.settings, answer.actor) if share else ():
            state = model.states[model.settings.zones[zone].transit_state]
            done = None if factor is None else 1.0 - factor
            towards(state, f"evacuation.{zone}", answer.key, share, done)


def _multiply(model: CorridorModel, answer: Answer, factor: float | None) -> None:
    """Multiply visas, transfer and departures to the actor's states."""
    for name in states_of(model.settings, answer.actor):
        for actor, lever in model.states[name].inflow():
            actor.factor(lever, answer.key, factor)
