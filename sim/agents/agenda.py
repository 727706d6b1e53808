"""The agenda of measures: the days on which each becomes known, takes effect and ends.

A measure takes effect ``lag`` days after its start, if it succeeds (one keyed draw against its success
probability). From its announcement until its effect, routes and crossing points that it will close attract a rush.
The effect itself is defined by the measure's kind (`sim.scenario.measures`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.engine.streams import MEASURE, draw, name_key

if TYPE_CHECKING:
    from sim.model import CorridorModel


class Agenda:
    """The dated measures of a scenario, by the day on which something happens."""

    def __init__(self, model: CorridorModel) -> None:
        """Sort the measures by day, without those that fail or end before they take effect."""
        self.model = model
        self.by_day: dict[int, list[tuple[str, str]]] = {}
        self.in_force: set[str] = set()
        self.failed: list[str] = []
        for name in sorted(model.settings.measures):
            self._enter(name)

    def _enter(self, name: str) -> None:
        measure: Any = self.model.settings.measures[name]
        start = self.model.settings.start
        effect_day = (measure.start - start).days + int(measure.lag)
        key = name_key(self.model.settings.seed, "measure", name)
        if measure.announced is not None and measure.announced < measure.start:
            self._add((measure.announced - start).days, "announce", name)
            self._add(effect_day, "forget", name)
        over = measure.end is not None and (measure.end - start).days < effect_day
        if over or draw(key, MEASURE, 0) >= measure.success_probability:
            self.failed.append(name)
            return
        measure.prepare(self.model, name)
        self._add(effect_day, "start", name)
        if measure.end is not None:
            self._add((measure.end - start).days + 1, "end", name)

    def _add(self, day: int, action: str, name: str) -> None:
        self.by_day.setdefault(max(day, 0), []).append((action, name))

    def _rush(self, measure: Any, change: int) -> None:
        """Begin (1) or end (-1) the rush to the routes and crossing points that a measure will close."""
        model = self.model
        for route in measure.closes(model.settings):
            model.world.routes["rush"][model.names.routes.index(route)] += change
        for point in measure.closes_points(model.settings):
            model.world.sections["rush"][model.names.sections.index(point)] += change

    def apply(self, day: int) -> None:
        """Announce, start and end the measures that are due on a day."""
        for action, name in self.by_day.get(day, ()):
            measure: Any = self.model.settings.measures[name]
            if action in ("announce", "forget"):
                self._rush(measure, 1 if action == "announce" else -1)
                continue
            on = action == "start"
            if on == (name in self.in_force):
                continue
            (self.in_force.add if on else self.in_force.discard)(name)
            measure.apply(self.model, name, on)
