"""Repatriation: seats bound it, and those who arrived first go first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine import tables as t
from sim.engine.processes import repatriation
from sim.engine.rows import RETURNED, STRANDED
from sim.model import CorridorModel
from tests.strategies import START, finished, tiny_scenario
from tests.unit.engine.processes.hands import put

FLIGHTS: dict[str, Any] = {
    "kind": "return-flights",
    "transit_state": "belarus",
    "weekly": 7,
    "seats": 5,
    "start": START,
}
PEOPLE = [3, 1, 4, 15, 9, 2, 6, 5, 35, 8, 97, 12]


def stranded(**measure: Any) -> CorridorModel:
    """Twelve Iraqis and a Sudanese stranded in Minsk, and a flight home each day."""
    model = CorridorModel(tiny_scenario({"measures": {"home": {**FLIGHTS, **measure}}}))
    put(model, PEOPLE, STRANDED, "minsk", "baghdad-minsk")
    put(model, [200], STRANDED, "minsk", "benghazi-minsk")
    model.world.cohorts["left"] = model.world.cohorts["size"]
    model.world.return_flights["weekly"] = 7.0
    model.world.rows["arrived"][PEOPLE] = np.arange(len(PEOPLE))
    model.world.rows["arrived"][200] = 50
    return model


def home(model: CorridorModel) -> list[int]:
    rows: list[int] = np.flatnonzero(model.world.rows["status"] == RETURNED).tolist()
    return rows


@pytest.mark.parametrize("seats", [0, 1, 5, 12, 13, 40])
def test_those_who_arrived_first_go_first_and_no_more_than_there_are_seats(seats: int) -> None:
    model = stranded()
    model.world.return_flights["seats"] = seats
    repatriation.run(model._tables, 60)
    assert home(model) == sorted([*PEOPLE, 200][:seats])
    assert model.world.pair_flows[60, :, t.F_RETURNED].sum() == min(seats, 13)


def test_each_is_at_its_own_origin_again() -> None:
    model = stranded(seats=40)
    repatriation.run(model._tables, 60)
    origins = model.world.cohorts["origin"][model.world.rows["cohort"][[*PEOPLE, 200]]]
    assert model.world.rows["place"][[*PEOPLE, 200]].tolist() == origins.tolist()


def test_only_the_cohorts_that_are_named_are_taken() -> None:
    model = stranded(seats=40, cohorts=["sudanese"])
    repatriation.run(model._tables, 60)
    assert home(model) == [200]


def test_those_stranded_in_another_state_are_not_taken() -> None:
    model = stranded(seats=40, transit_state="libya")
    repatriation.run(model._tables, 60)
    assert home(model) == []


def test_those_who_arrived_on_one_day_go_by_lot() -> None:
    """Not in the order of their rows; and the lot is the same each time."""
    taken = []
    for _ in range(2):
        model = stranded()
        model.world.rows["arrived"][PEOPLE] = 7
        repatriation.run(model._tables, 60)
        taken.append(home(model))
    assert taken[0] == taken[1] != sorted(PEOPLE)[:5]
    assert len(taken[0]) == 5


def test_the_day_of_arrival_counts_more_than_the_lot() -> None:
    rows = CorridorModel(tiny_scenario()).world.rows
    early, late = [], []
    for i in range(400):
        rows["arrived"][i] = 40
        early.append(int(repatriation.place_in_line(rows[i])))
        rows["arrived"][i] = 41
        late.append(int(repatriation.place_in_line(rows[i])))
    assert max(early) < min(late)
    assert len(set(early)) == 400


def test_seats_offered_are_those_of_the_flights_whoever_takes_them() -> None:
    model = finished(tiny_scenario({"measures": {"home": {**FLIGHTS, "weekly": 2}}}))
    assert model.world.return_flights["offered"].tolist() == [120 * 2 // 7 * 5]
    assert model.world.pair_flows[:, :, t.F_RETURNED].sum() > 0
