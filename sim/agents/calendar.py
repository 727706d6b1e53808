"""The calendar: cold, light and calm seas by month, and the push on each cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.agents.lever import Lever
from sim.engine.build import run_days

if TYPE_CHECKING:
    from sim.model import CorridorModel


class Calendar:
    """Writes the values of the season into the world, on the days on which they change."""

    def __init__(self, model: CorridorModel) -> None:
        """Read the seasons and each cohort's push from the model's scenario."""
        scenario = model.settings
        self.model = model
        days = np.datetime64(scenario.start, "D") + np.arange(scenario.days)
        self.months = (days.astype("datetime64[M]").astype(int) % 12).tolist()  # counted from January 1970
        self.push = [
            Lever.of(run_days(scenario.start, scenario.cohorts[name].push), 1.0) for name in model.names.cohorts
        ]
        self._next_push = 0

    def turn(self, day: int) -> None:
        """Write the values of a day of the run."""
        world, seasons = self.model.world, self.model.settings.seasons
        month = self.months[day]
        if day == 0 or self.months[day - 1] != month:
            world.p["cold"] = seasons.cold[month]
            world.p["visibility"] = seasons.visibility[month]
            world.p["calm_sea"] = seasons.calm_sea[month]
        if day >= self._next_push:
            world.cohorts["push"] = [lever.at(day) for lever in self.push]
            self._next_push = min(lever.next_change(day) for lever in self.push)
