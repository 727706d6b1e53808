"""Sponsors: states that coordinate transit states in a campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.agents.actor import WEEK, Actor

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.scenario.actors import Sponsor as SponsorEntry


class Sponsor(Actor):
    """Steers in pulses, towards the border zone whose sections have the least spare capacity.

    In a pulse the visas, the transfer, and the departures on routes to its transit states are multiplied
    by ``intensity``, and the weakest zone of each state gets ``distraction`` (logit) more weight. The
    class describes conduct observed in 2021; it does not search for an optimal campaign.
    """

    def __init__(self, model: CorridorModel, name: str, entry: SponsorEntry) -> None:
        """Read the campaign from its scenario entry."""
        super().__init__(model, name)
        self.entry: Any = entry
        scenario = model.settings
        self.first = (entry.start - scenario.start).days if entry.start else 0
        self.last = (entry.end - scenario.start).days if entry.end else scenario.days
        self.pulsing = False

    def step(self) -> None:
        """Start and end pulses; within one, choose the weakest zone once a week."""
        day = self.model.day
        cycle = max(int(self.entry.pulse_days) + int(self.entry.pause_days), 1)
        within = self.first <= day <= self.last and (day - self.first) % cycle < int(self.entry.pulse_days)
        if within != self.pulsing:
            self.pulsing = within
            self._set_intensity()
            if not within:
                self._steer(None)
        if within and (day - self.first) % cycle % WEEK == 0:
            self._steer(day)

    def _set_intensity(self) -> None:
        for name in self.entry.transit_states:
            for actor, lever in self.model.states[name].inflow():
                actor.factor(lever, self.name, self.entry.intensity if self.pulsing else None)

    def _steer(self, day: int | None) -> None:
        for name in self.entry.transit_states:
            state = self.model.states[name]
            weakest = min(state.zones, key=lambda z: (self.model.spare_capacity(z), z)) if state.zones else None
            for zone in state.zones:
                additions = state.lever(f"steering.{zone}").additions
                additions.pop(self.name, None)
                if day is not None and zone == weakest:
                    additions[self.name] = float(self.entry.distraction)
