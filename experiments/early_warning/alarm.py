"""A trigger of reactions: an agency's alarm, which rises with the pressure of its sections, and days of warning before.

    when: {kind: alarm, agency: poland, above: 1.0, release: 0.5, days: 7, warned: [2025-08-20, 2025-08-21]}

Without ``warned`` it is the trigger `pressure` of an agency.
"""

from datetime import timedelta
from typing import Literal

import numpy as np
from pydantic import Field

from sim import extend
from sim.engine.gauges import LEAST_CAPACITY, WEEK
from sim.engine.tables import S_PATROL_CALLS


@extend.trigger
class Alarm(extend.Trigger):
    """Border pressure of an agency is above a value for some days, or a warning says that it will be."""

    kind: Literal["alarm"]
    agency: extend.Name = Field(description="Agency, all of its sections together.")
    above: extend.Quantity = extend.quantity(1.0, "patrol calls / capacity", 0, 100, "The alarm begins above it.")
    release: extend.Quantity = extend.quantity(0.5, "patrol calls / capacity", 0, 100, "It ends at this or below.")
    days: int = Field(7, ge=1, le=365, description="Days in a row until it begins.")
    warned: list[extend.Day] = Field(default_factory=list, description="Days on which a warning holds.")

    def look(self, watch):
        """Return whether the alarm or a warning holds this morning."""
        model = watch.model
        if model.settings.start + timedelta(days=watch.day) in self.warned:
            return True
        own = [k for k, name in enumerate(model.names.sections) if model.settings.sections[name].agency == self.agency]
        calls = model.world.section_flows[: watch.day, own, S_PATROL_CALLS].sum(axis=1)
        return mornings(self, calls, model.world.section_capacity[: watch.day, own].sum(axis=1))[-1]


def mornings(when, calls, capacity):
    """Return for each morning up to that after the last day whether an alarm holds, by pressure alone.

    Args:
        when: The trigger.
        calls: Patrol calls at the agency's sections, by day.
        capacity: Capacity of these sections (calls a day), by day.
    """
    day = len(calls)
    calls = np.cumsum(np.append(0, calls))
    held, row, found = False, 0, [False] * min(WEEK, day + 1)
    for morning in range(WEEK, day + 1):
        pressure = (calls[morning] - calls[morning - WEEK]) / WEEK / max(capacity[morning - 1], LEAST_CAPACITY)
        beyond = pressure > (when.release if held else when.above)
        row = row if held else row + 1 if beyond else 0
        held = bool(beyond and (held or row >= when.days))
        found.append(held)
    return found
