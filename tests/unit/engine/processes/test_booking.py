"""Booking: queues are first come, first served; visas are bounded; those whose booking fails take another route."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from sim.engine import queues
from sim.engine import tables as t
from sim.engine.processes import booking
from sim.engine.rows import AT_HUB, BOOKED, DIVERTED, PROSPECT
from sim.model import CorridorModel
from tests.strategies import START, TINY, finished, tiny_scenario
from tests.unit.engine.processes.hands import put, waiting

ORDER = [7, 3, 11, 5, 2, 13]


@pytest.fixture
def queue() -> tuple[CorridorModel, int, int]:
    """Six Iraqis in the queue for Belarus's visas; the numbers of that queue and of the one for seats."""
    model = CorridorModel(tiny_scenario())
    put(model, ORDER, BOOKED, "baghdad", "baghdad-minsk")
    visas = model.names.states.index("belarus")
    for i in ORDER:
        queues.push(model._tables, visas, i)
    return model, visas, 2 * len(model.names.states) + model.names.routes.index("baghdad-minsk")


@pytest.mark.parametrize("visas", [0.5, 1.0, 4.0, 6.0, 100.0])
def test_visas_are_issued_in_the_order_of_joining_and_no_more_than_there_are(
    queue: tuple[CorridorModel, int, int], visas: float
) -> None:
    model, applicants, seats = queue
    model.world.states["visas"] = visas
    booking.issue_visas(model._tables, 0)
    issued = min(int(visas), len(ORDER))
    assert waiting(model, seats) == ORDER[:issued]
    assert waiting(model, applicants) == ORDER[issued:]


def test_a_stop_of_visas_sends_all_applicants_home(queue: tuple[CorridorModel, int, int]) -> None:
    model, applicants, seats = queue
    model.world.states["visas"] = 0.0
    booking.issue_visas(model._tables, 0)
    assert (waiting(model, applicants), waiting(model, seats)) == ([], [])
    assert (model.world.rows["status"][ORDER] == PROSPECT).all()
    assert model.world.pair_flows[0, :, t.F_GAVE_UP_BOOKING].sum() == len(ORDER)


def test_those_who_are_barred_take_no_visa(queue: tuple[CorridorModel, int, int]) -> None:
    model, applicants, _ = queue
    model.world.states["visas"] = 1.0
    model.bar(["baghdad-minsk"], ["iraqis"], "visa_barred", 1)
    put(model, [200], BOOKED, "benghazi", "benghazi-minsk")
    queues.push(model._tables, applicants, 200)
    booking.issue_visas(model._tables, 0)
    assert waiting(model, applicants) == []
    assert waiting(model, 2 * len(model.names.states) + model.names.routes.index("benghazi-minsk")) == [200]


@pytest.mark.parametrize("route_open", [0, 1])
def test_the_queue_for_seats_dissolves_when_its_route_is_closed(
    queue: tuple[CorridorModel, int, int], route_open: int
) -> None:
    model, applicants, seats = queue
    for i in waiting(model, applicants):
        queues.push(model._tables, seats, i)
    model.world.routes["open"] = route_open
    booking.dissolve_closed(model._tables, 0)
    assert waiting(model, seats) == (ORDER if route_open else [])
    assert (model.world.rows["status"][ORDER] == (BOOKED if route_open else PROSPECT)).all()


@pytest.mark.parametrize("validity", [1.0, 2.0, 2.5, 4.0, np.inf])
def test_a_visa_is_good_for_so_many_days_and_who_holds_an_older_one_books_anew(
    queue: tuple[CorridorModel, int, int], validity: float
) -> None:
    model, _, seats = queue
    model.world.states["visas"], model.world.states["visa_validity"] = 1.0, validity
    today = 5
    for day in range(today + 1):  # one visa a day
        booking.issue_visas(model._tables, day)
    booking.expire_visas(model._tables, today)
    held = [i for day, i in enumerate(ORDER) if today - day < validity]
    assert waiting(model, seats) == held
    assert model.world.pair_flows[today, :, t.F_GAVE_UP_BOOKING].sum() == len(ORDER) - len(held)
    assert {int(i) for i in np.flatnonzero(model.world.rows["status"] == BOOKED)} == set(held)


def test_where_no_visa_is_needed_none_expires() -> None:
    model = CorridorModel(tiny_scenario({"transit_states": {"belarus": {"visa_validity": 1}}}))
    put(model, ORDER, BOOKED, "damascus", "damascus-minsk")
    line = 2 * len(model.names.states) + model.names.routes.index("damascus-minsk")
    for i in ORDER:
        queues.push(model._tables, line, i)
    booking.expire_visas(model._tables, 100)
    assert waiting(model, line) == ORDER


def _scarce_seats(validity: float | None) -> CorridorModel:
    """Iraqis who want to go whatever the line and the news, to a state with more visas than there are seats."""
    changes = {
        "carriers": {"airline-iq": {"services": {"baghdad-minsk": {"weekly": {START: 1}}}}},
        "cohorts": {"sudanese": {"size": 0}, "syrians": {"size": 0}, "iraqis": {"size": 600}},
        "routes": {"baghdad-minsk": {"price": 0}},
        "transit_states": {"belarus": {"visa_validity": validity}} if validity else {},
        "behaviour": {"time": 0, "success": 0, "facilitation": 0},
    }
    return CorridorModel(tiny_scenario(changes))


def test_the_shorter_a_visa_is_good_the_fewer_board_and_nobody_on_an_expired_one() -> None:
    boarded, failed = [], []
    for validity in (None, 3650.0, 60.0, 20.0, 8.0, 3.0, 1.0):
        model = _scarce_seats(validity)
        line = 2 * len(model.names.states) + model.names.routes.index("baghdad-minsk")
        while model.running:
            model.step()
            issued = model.world.rows["since"][waiting(model, line)].astype(int)
            assert (model.day - 1 - issued < (validity or np.inf)).all()
        flows = model.world.pair_flows.sum(axis=(0, 1))
        boarded.append(int(flows[t.F_BOARDED]))
        failed.append(int(flows[t.F_GAVE_UP_BOOKING]))
    assert boarded == sorted(boarded, reverse=True)
    assert boarded[0] == boarded[1] > boarded[-1]
    assert failed[0] == failed[1] == 0 < failed[2] < failed[-1]


def test_visas_that_outlast_every_wait_change_nothing() -> None:
    plain, dated = (
        finished(tiny_scenario()),
        finished(tiny_scenario({"transit_states": {"belarus": {"visa_validity": 3650}}})),
    )
    assert (plain.world.rows == dated.world.rows).all()
    assert (plain.world.pair_flows == dated.world.pair_flows).all()


def test_who_reconsiders_goes_surely_or_never_at_the_ends_and_more_of_them_between() -> None:
    rows = CorridorModel(tiny_scenario()).world.rows

    def going(share: float) -> set[int]:
        rows["bookings"] = 0
        return {i for i in range(len(rows)) if booking.decides_to_go(rows[i], share)}

    everybody = set(range(len(rows)))
    assert (going(0.0), going(1.0)) == (set(), everybody)
    assert set() < going(0.3) < going(0.7) < everybody
    assert (rows["bookings"] == 1).all()


def test_visas_are_not_saved_up_while_nobody_waits() -> None:
    """The rate is 7.5 a day, and nobody applies on the first two days."""
    model = finished(tiny_scenario(), days=2)
    assert not model.world.stocks[:, :, AT_HUB].any(), "somebody is at the hub"
    assert not model.world.states["visa_carry"].any()


def test_a_trickle_of_visas_is_no_stop() -> None:
    """Below one a day, visas are issued exactly at their rate to those who wait."""
    model = CorridorModel(tiny_scenario({"transit_states": {"belarus": {"visas": {START: 0.4}}}}))
    queue = model.names.states.index("belarus")
    while model.running and not model.world.queues["length"][queue]:
        model.step()
    flights = [model.names.routes.index(name) for name in ("baghdad-minsk", "benghazi-minsk")]
    first = model.day - 1
    model.run_for(40)
    assert model.world.queues["length"][queue] > 0
    boarded = model.world.route_flows[:, flights, t.R_BOARDED].sum()
    assert int(0.4 * (40 - 7)) - 1 <= boarded <= int(0.4 * (model.day - first))


def test_only_those_who_go_by_sea_wait_as_diverted() -> None:
    """Those whose booking fails take another route: by sea they count as diverted, by air they book like anybody."""
    ban: dict[str, Any] = {"kind": "carrier-ban", "carriers": ["airline-iq", "airline-ly"]}
    changes = {
        "cohorts": {"iraqis": {"routes": {"baghdad-minsk": 0, "baghdad-minsk-2": 0}}},
        "routes": {"baghdad-minsk-2": TINY["routes"]["baghdad-minsk"]},
        "carriers": {"other": {"services": {"baghdad-minsk-2": {"seats": 9, "weekly": {START: 7}}}}},
        "transit_states": {"belarus": {"visas": {START: 2}}},  # so that many wait when the ban comes
        "measures": {"ban": {**ban, "start": START + timedelta(days=20)}},
        "behaviour": {"reconsider": 3},
    }
    model = CorridorModel(tiny_scenario(changes))
    seen = 0
    while model.running:
        model.step()
        routes = model.world.rows["route"][model.world.rows["status"] == DIVERTED]
        assert model.world.routes["over_sea"][routes].all()
        seen += len(routes)
    diverted = dict(zip(model.names.pairs, model.world.pair_flows[:, :, t.F_DIVERTED].sum(axis=0), strict=True))
    boarded = dict(zip(model.names.pairs, model.world.pair_flows[20:, :, t.F_BOARDED].sum(axis=0), strict=True))
    assert seen > 0
    assert diverted["sudanese", "benghazi-italy"] > 0
    assert diverted["iraqis", "baghdad-minsk-2"] > 0
    assert boarded["iraqis", "baghdad-minsk-2"] > 0


def test_nobody_boards_who_has_not_set_out_again() -> None:
    """Bookings balance: who is booked or beyond has set out once more often than given up."""
    stop = {"kind": "visa-stop", "transit_state": "belarus", "start": START + timedelta(days=40)}
    model = finished(tiny_scenario({"measures": {"stop": stop}, "behaviour": {"reconsider": 3}}))
    flows = model.world.pair_flows.sum(axis=(0, 1))
    prospects = model.world.stocks[:, :, PROSPECT].sum()
    assert flows[t.F_SET_OUT] - flows[t.F_GAVE_UP_BOOKING] == len(model.world.rows) - prospects
    assert flows[t.F_GAVE_UP_BOOKING] > 0
    assert np.all(model.world.rows["bookings"][model.world.rows["status"] != PROSPECT] > 0)
