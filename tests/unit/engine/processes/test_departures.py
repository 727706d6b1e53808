"""Departures: seats are filled in the order of the queue, by those who can pay, and never by more than there are."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from sim.engine import queues
from sim.engine import tables as t
from sim.engine.processes import departures
from sim.engine.rows import BOOKED, IN_TRANSIT, PROSPECT
from sim.model import CorridorModel
from tests.strategies import START, finished, tiny_scenario
from tests.unit.engine.processes.hands import put, waiting

ORDER = [7, 3, 11, 5, 2, 13]
PRICE = 1000.0


@pytest.fixture
def queue() -> tuple[CorridorModel, int, int]:
    """Six Iraqis with enough money in the queue for seats to Minsk; the numbers of the route and of the queue."""
    model = CorridorModel(tiny_scenario())
    route = model.names.routes.index("baghdad-minsk")
    q = 2 * len(model.names.states) + route
    for i in put(model, ORDER, BOOKED, "baghdad", "baghdad-minsk"):
        queues.push(model._tables, q, i)
    model.world.rows["funds"][ORDER] = PRICE
    model.world.routes["price"] = PRICE
    return model, route, q


@pytest.mark.parametrize("seats", [0, 1, 4, 6, 50])
def test_seats_are_filled_in_the_order_of_the_queue(queue: tuple[CorridorModel, int, int], seats: int) -> None:
    model, route, q = queue
    taken = departures.depart(model._tables, 0, route, seats)
    assert taken == min(seats, len(ORDER))
    assert (model.world.rows["status"][ORDER[:taken]] == IN_TRANSIT).all()
    assert waiting(model, q) == ORDER[taken:]


def test_who_cannot_pay_takes_no_seat_and_is_sent_home(queue: tuple[CorridorModel, int, int]) -> None:
    model, route, q = queue
    model.world.rows["funds"][ORDER[:2]] = PRICE - 1
    assert departures.depart(model._tables, 0, route, 3) == 3
    assert (model.world.rows["status"][ORDER[:2]] == PROSPECT).all()
    assert (model.world.rows["status"][ORDER[2:5]] == IN_TRANSIT).all()
    assert not model.world.rows["funds"][ORDER[2:5]].any()
    assert waiting(model, q) == ORDER[5:]


@pytest.mark.parametrize("table", ["routes", "pairs"])
def test_who_is_sent_back_is_at_home_with_what_is_left_and_nobody_hears_bad_news(
    queue: tuple[CorridorModel, int, int], table: str
) -> None:
    model, route, _ = queue
    departures.depart(model._tables, 0, route, 50)
    first = int(model.world.rows["due"][ORDER].min())
    getattr(model.world, table)["sent_back"] = 1
    for day in range(first, int(model.world.rows["due"][ORDER].max()) + 1):
        departures.arrive(model._tables, day)
    rows, home = model.world.rows, model.names.places.index("baghdad")
    assert (rows["status"][ORDER] == PROSPECT).all()
    assert (rows["place"][ORDER] == home).all()
    assert not rows["funds"][ORDER].any()
    assert not model.world.told.any()
    flows = model.world.pair_flows.sum(axis=(0, 1))
    assert (flows[t.F_GAVE_UP_BOOKING], flows[t.F_ARRIVED]) == (len(ORDER), 0)


def test_a_barred_cohort_boards_nowhere(queue: tuple[CorridorModel, int, int]) -> None:
    model, route, q = queue
    model.bar(["baghdad-minsk"], ["iraqis"], "barred", 1)
    assert departures.depart(model._tables, 0, route, 50) == 0
    assert (model.world.rows["status"][ORDER] == PROSPECT).all()
    assert waiting(model, q) == []


def test_who_has_just_enough_can_pay() -> None:
    model = finished(tiny_scenario(), days=1)
    m = model.world.rows[0]
    m["funds"] = 500.0
    assert not departures.board(m, 500.5, False)
    assert departures.board(m, 500.0, False)
    assert m["funds"] == 0.0
    assert not departures.board(m, 0.0, True)


def test_there_are_as_many_departures_as_the_schedule_has_and_never_more_aboard_than_seats() -> None:
    model = finished(tiny_scenario())
    flows = model.world.route_flows
    for route, weekly, seats in (("baghdad-minsk", 5, 8), ("benghazi-minsk", 4, 6), ("damascus-minsk", 4, 5)):
        days = flows[:, model.names.routes.index(route)]
        assert days[:, t.R_DEPARTURES].cumsum().tolist() == [(day + 1) * weekly // 7 for day in range(120)]
        assert np.array_equal(days[:, t.R_SEATS], days[:, t.R_DEPARTURES] * seats)
        assert (days[:, t.R_BOARDED] <= days[:, t.R_SEATS]).all()
        assert days[:, t.R_BOARDED].any()


def test_a_departure_of_the_timetable_takes_its_seats_beside_the_schedule() -> None:
    extra, plain = CorridorModel(tiny_scenario(), [(50, "baghdad-minsk", 40)]), CorridorModel(tiny_scenario())
    for model in (extra, plain):
        model.run_model()
    route = plain.names.routes.index("baghdad-minsk")
    change = extra.world.route_flows[:, route] - plain.world.route_flows[:, route]
    assert change[:, t.R_DEPARTURES].nonzero()[0].tolist() == [50]
    assert (change[50, t.R_DEPARTURES], change[50, t.R_SEATS]) == (1, 40)


def test_who_has_boarded_arrives_after_a_day_at_least_and_nobody_else_does() -> None:
    flows = finished(tiny_scenario()).world.pair_flows
    boarded, arrived = (flows[:, :, flow].cumsum(axis=0) for flow in (t.F_BOARDED, t.F_ARRIVED))
    assert (arrived[1:] <= boarded[:-1]).all()
    assert arrived[-1].any()


def test_what_a_timetable_has_on_a_closed_route_does_not_leave() -> None:
    ban = {
        "kind": "carrier-ban",
        "carriers": ["airline-ly"],
        "start": START + timedelta(days=20),
        "end": START + timedelta(days=39),
    }
    scenario = tiny_scenario({"measures": {"ban": ban}}, days=60)
    model = CorridorModel(scenario, [(day, "benghazi-minsk", 4) for day in range(60)])
    model.run_model()
    left = model.world.route_flows[:, model.names.routes.index("benghazi-minsk"), t.R_DEPARTURES]
    assert not left[20:40].any()
    assert (left[:20] > 0).all()
    assert (left[40:] > 0).all()
