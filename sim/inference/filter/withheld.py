"""Inputs that were not known on a day, withheld from a model: as `sim.inference.frozen_inputs`, in a running model."""

from __future__ import annotations

from datetime import date
from typing import Any

from sim.model import CorridorModel


def withhold(model: CorridorModel, origin: date) -> None:
    """Take back, from the day ``origin`` on, what was neither known nor announced before it.

    - Schedules keep the values that they have on the day before.
    - Measures that had neither begun nor been announced do not come; ends that had not been announced neither.
    """
    day = (origin - model.settings.start).days
    actors: list[Any] = [*model._actors]
    for actor in actors:
        for lever, _, _ in actor.levers.values():
            _cut(lever, day)
        actor._next_change = 0
    for lever in model.season.push:
        _cut(lever, day)
    unknown, endless = set(), set()
    for name, measure in model.settings.measures.items():
        if measure.announced is not None and measure.announced < origin:
            continue
        if measure.start >= origin:
            unknown.add(name)
        elif measure.end is not None and measure.end >= origin:
            endless.add(name)
    agenda = model.measures
    for due, actions in list(agenda.by_day.items()):
        agenda.by_day[due] = [
            (action, name)
            for action, name in actions
            if name not in unknown and not (action == "end" and name in endless)
        ]


def _cut(lever: Any, day: int) -> None:
    known = [k for k, since in enumerate(lever.days) if since < day]
    lever.days, lever.values = [lever.days[k] for k in known], [lever.values[k] for k in known]
