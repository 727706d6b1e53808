"""The figures of a day beside those of the baseline: the border's, and the people's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.engine import rows as p
from sim.engine.tables import F_LANDED, S_ATTEMPTS, S_CROSSINGS, S_PROCEDURES, S_TURN_BACKS
from sim.outputs.run_data import WINDOW, border_pressure

if TYPE_CHECKING:
    from sim.model import CorridorModel


class Figure(NamedTuple):
    """One figure: its words and unit."""

    name: str
    label: str
    unit: str
    digits: int = 0


FIGURES = (
    Figure("attempts", "attempts", "a day, 7-day mean"),
    Figure("peak", "highest pressure", "attempts / capacity, today", 2),
    Figure("turned_back", "turned back", "attempts so far"),
    Figure("inside", "entered by land", "persons so far"),
    Figure("waiting", "at the border", "persons"),
    Figure("stranded", "stranded", "persons"),
    Figure("landed", "landed by sea", "persons so far"),
    Figure("dead", "dead", "persons so far"),
)


def numbers_by_day(model: CorridorModel) -> dict[str, list[float]]:
    """Each figure at the end of each day that was run."""
    day, world = model.day, model.world
    sections = world.section_flows[:day]
    attempts = sections[:, :, S_ATTEMPTS]
    persons = world.stocks_by_cohort[:day].sum(axis=1)
    pressure = border_pressure(attempts, world.section_capacity[:day])
    entries = sections[:, :, S_CROSSINGS] + sections[:, :, S_PROCEDURES]
    columns: dict[str, Any] = {
        "attempts": _mean_of_week(attempts.sum(axis=1)),
        "peak": pressure.max(axis=1) if pressure.shape[1] else np.zeros(day),
        "turned_back": sections[:, :, S_TURN_BACKS].sum(axis=1).cumsum(),
        "inside": entries.sum(axis=1).cumsum(),
        "waiting": persons[:, p.AT_BORDER],
        "stranded": persons[:, p.STRANDED],
        "landed": world.pair_flows[:day, :, F_LANDED].sum(axis=1).cumsum(),
        "dead": persons[:, p.DEAD],
    }
    return {name: np.round(np.asarray(values, np.float64), 3).tolist() for name, values in columns.items()}


def _mean_of_week(values: Any) -> Any:
    total = np.cumsum(values, dtype=np.float64)
    total[WINDOW:] -= total[:-WINDOW].copy()
    return total / WINDOW


def figures(model: CorridorModel, baseline: dict[str, list[float]] | None) -> list[dict[str, Any]]:
    """The figures of the last day that was run, with the baseline's of the same day."""
    found = numbers_by_day(model)
    rows = []
    for figure in FIGURES:
        values = found[figure.name]
        base = baseline[figure.name] if baseline else []
        rows.append(
            {
                **figure._asdict(),
                "value": values[-1] if values else 0,
                "base": base[model.day - 1] if 0 < model.day <= len(base) else None,
            }
        )
    return rows
