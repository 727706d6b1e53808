"""The calendar: cold, light and the state of the sea, and the push on each cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.recfunctions import structured_to_unstructured

from sim.agents.lever import Lever
from sim.engine import season
from sim.engine.build import run_days

if TYPE_CHECKING:
    from sim.model import CorridorModel


class Calendar:
    """Writes the values of each day into the world.

    ``by_day`` has them for the whole run, shape (days, 3): cold (share), visibility (factor on detection), and the
    share of days with a calm sea.
    """

    def __init__(self, model: CorridorModel) -> None:
        """Read the seasons and each cohort's push from the model's scenario."""
        scenario = model.settings
        self.model = model
        seasons: Any = scenario.seasons
        detection: Any = scenario.detection
        year = season.years(scenario.start, scenario.days)
        dark = season.hours_of_darkness(year, seasons.latitude)
        warmth = season.temperature(year, seasons.january, seasons.july)
        days = np.datetime64(scenario.start, "D") + np.arange(scenario.days)
        months = days.astype("datetime64[M]").astype(int) % 12  # counted from January 1970
        by_day = {
            "cold": season.cold(warmth, min(seasons.january, seasons.july), seasons.comfortable),
            "visibility": season.visibility(dark, detection.darkness),
            "calm_sea": np.array(seasons.calm_sea)[months],
        }
        self.by_day = np.column_stack(list(by_day.values()))
        self._today = structured_to_unstructured(model.world.p[list(by_day)], copy=False)  # a view of what is read
        model.world.p["sea_persistence"] = seasons.sea_persistence
        self.push = [
            Lever.of(run_days(scenario.start, scenario.cohorts[name].push), 1.0) for name in model.names.cohorts
        ]
        self._next_push = 0

    def refresh(self) -> None:
        """Forget from when on the push changes, as the scenario may say something else from today on."""
        self._next_push = 0

    def turn(self, day: int) -> None:
        """Write the values of a day of the run."""
        self._today[:] = self.by_day[day]
        if day >= self._next_push:
            self.model.world.cohorts["push"] = [lever.at(day) for lever in self.push]
            self._next_push = min(lever.next_change(day) for lever in self.push)
