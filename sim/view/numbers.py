"""The figures of a day beside those of the baseline, for the border and the people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.engine import rows as p
from sim.engine.tables import F_DEATHS, F_LANDED, S_ATTEMPTS, S_CROSSINGS, S_PATROL_CALLS, S_PROCEDURES, S_TURN_BACKS
from sim.outputs.definitions import ALL, OUTPUTS, pair_column, registered
from sim.outputs.rounding import shown
from sim.outputs.run_data import WINDOW, border_pressure
from sim.outputs.trust import Trust
from sim.report.trust import SIGNS, sentence
from sim.scenario import Scenario
from sim.view.replay import Replay
from sim.view.state.window import before_of, shown_of

if TYPE_CHECKING:
    from sim.model import CorridorModel


class Figure(NamedTuple):
    """One figure: its name, its output, and its aggregation: "so far", "today" or "7-day mean"."""

    name: str
    output: str
    what: str

    @property
    def unit(self) -> str:
        """Return unit and aggregation."""
        unit = OUTPUTS[self.output].unit
        return f"{unit}, {self.what}" if "/" in unit else f"{unit} {self.what}".rstrip()


class Marks(NamedTuple):
    """How far figures may be trusted: by name the sign, the word and the reason; and what holds in a sentence."""

    of: dict[str, tuple[str, str, str]]
    sentence: str


MOST_PERCENT = 1000  # above this, show the difference instead
_FIGURES = (
    Figure("attempts", "attempts", "a day, 7-day mean"),
    Figure("peak", "pressure_peak", "today"),
    Figure("turned_back", "turn_backs", "so far"),
    Figure("inside", "entries", "so far"),
    Figure("waiting", "persons_at_border", ""),
    Figure("stranded", "persons_stranded", ""),
    Figure("landed", "landed", "so far"),
    Figure("dead", "deaths", "so far"),
)


def known_figures() -> list[Figure]:
    """Return the figures that the view shows, with extensions' outputs last."""
    return [*_FIGURES, *(Figure(name, name, "so far") for name in registered())]


def marks_of(scenario: Scenario) -> Marks:
    """Return the marks of the figures of a scenario."""
    trust = Trust(scenario)
    found = {}
    for figure in known_figures():
        mark, why = trust.of(ALL, ALL, figure.output)
        found[figure.name] = (SIGNS[mark], mark, why)
    return Marks(found, sentence(trust, scenario))


def numbers_by_day(model: CorridorModel | Replay) -> dict[str, list[float]]:
    """Return each figure at the end of each day that was run; "so far" is since the first day that is shown."""
    day, world, first = model.day, model.world, before_of(model)
    sections = world.section_flows[:day]
    attempts = sections[:, :, S_ATTEMPTS]
    persons = world.stocks_by_cohort[:day].sum(axis=1)
    pressure = border_pressure(sections[:, :, S_PATROL_CALLS], world.section_capacity[:day])
    entries = sections[:, :, S_CROSSINGS] + sections[:, :, S_PROCEDURES]
    columns: dict[str, Any] = {
        "attempts": _mean_of_week(attempts.sum(axis=1))[first:],
        "peak": pressure[first:].max(axis=1) if pressure.shape[1] else np.zeros(day - first),
        "turned_back": sections[first:, :, S_TURN_BACKS].sum(axis=1).cumsum(),
        "inside": entries[first:].sum(axis=1).cumsum(),
        "waiting": persons[first:, p.AT_BORDER],
        "stranded": persons[first:, p.STRANDED],
        "landed": world.pair_flows[first:day, :, F_LANDED].sum(axis=1).cumsum(),
        "dead": world.pair_flows[first:day, :, F_DEATHS].sum(axis=1).cumsum(),
    }
    for name in registered():
        columns[name] = _by_day(model, name)[first:day].cumsum()
    return {name: np.asarray(values, np.float64).tolist() for name, values in columns.items()}


def _by_day(model: CorridorModel | Replay, name: str) -> Any:
    """Return a registered output by day, over all cohorts and routes."""
    if isinstance(model, Replay):
        return model.by_day(name)
    return model.world.pair_flows[:, :, [pair_column(column) for column in OUTPUTS[name].pair]].sum(axis=(1, 2))


def _mean_of_week(values: Any) -> Any:
    total = np.cumsum(values, dtype=np.float64)
    total[WINDOW:] -= total[:-WINDOW].copy()
    return total / WINDOW


def figures(model: CorridorModel | Replay, baseline: dict[str, list[float]] | None) -> list[dict[str, Any]]:
    """Return the figures of the last day, with the baseline's of the same day, as numbers and text."""
    found, day = numbers_by_day(model), shown_of(model).day
    rows = []
    for figure in known_figures():
        values = found[figure.name]
        base = baseline[figure.name] if baseline else []
        value = values[-1] if values else 0
        before = base[day - 1] if 0 < day <= len(base) else None
        digits = OUTPUTS[figure.output].digits
        rows.append(
            {
                "name": figure.name,
                "label": OUTPUTS[figure.output].short.removesuffix(" at end"),  # of the day on screen
                "unit": figure.unit,
                "value": value,
                "base": before,
                "text": shown(value, digits, exact=True),
                "base_text": None if before is None else shown(before, digits, exact=True),
                "change": "" if before is None else _change(value, before, digits),
            }
        )
    return rows


def _change(value: float, base: float, digits: int) -> str:
    """Return a figure's change from the baseline, relative or, if that is meaningless, absolute."""
    if value == base:
        return ""
    share = 100 * (value - base) / base if base else float("inf")
    if abs(share) < MOST_PERCENT:
        return f"{shown(share, sign=True)} %"
    return shown(value - base, digits, sign=True, exact=True)
