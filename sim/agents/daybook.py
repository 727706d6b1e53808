"""The data collector that Mesa's `batch_run` reads when a model has no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from sim.engine.rows import STATUSES
from sim.engine.tables import SECTION_FLOWS

if TYPE_CHECKING:
    from sim.model import CorridorModel


class Daybook(mesa.DataCollector):
    """A `DataCollector` that reads the model's daily tables afterwards, at no cost per day.

    Model variables, a value a day: persons by status in the evening (such as ``at_border``), and the day's
    attempts, detections, turn-backs, procedures, crossings, deaths and injuries at the border, in all sections
    together (`sim.engine.tables.SECTION_FLOWS`).
    """

    def __init__(self) -> None:
        """Create an empty collector."""
        super().__init__(model_reporters=dict.fromkeys((*STATUSES, *SECTION_FLOWS)))
        self._collection_steps: list[float] = []

    def collect(self, model: CorridorModel) -> None:
        """Read all days so far; may be called repeatedly."""
        day = model.day
        if len(self._collection_steps) == day:
            return
        persons = model.world.stocks_by_cohort[:day].sum(axis=1)
        events = model.world.section_flows[:day].sum(axis=1)
        columns = [*persons.T.tolist(), *events.T.tolist()]
        self.model_vars = dict(zip((*STATUSES, *SECTION_FLOWS), columns, strict=True))
        self._collection_steps = [float(number) for number in range(1, day + 1)]
