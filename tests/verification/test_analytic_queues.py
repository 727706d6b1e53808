"""Queues in closed form: seats, visas, transfer, flights; flights of a timetable are as good as weekly ones."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine import tables as t
from sim.engine.rows import BOOKED
from sim.model import CorridorModel
from tests.strategies import START, finished
from tests.verification.analytic import (
    flow,
    simple,
)


def test_seats_are_filled_in_the_order_of_setting_out() -> None:
    """With one cohort and no lead, the queue is in the order of the rows: those aboard are always the first rows."""
    model = CorridorModel(
        simple({"carriers": {"airline": {"services": {"flight": {"seats": 37, "weekly": {START: 7}}}}}})
    )
    while model.running:
        model.step()
        left = int(model.world.cohorts["left"][0])
        boarded = int(flow(model, "boarded").sum())
        waiting = np.isin(model.world.rows["status"][:left], (BOOKED,))
        assert not waiting[:boarded].any()
        assert waiting[boarded:].all()
    daily = flow(model, "boarded").sum(axis=1)
    assert daily[:2].tolist() == [0, 37]  # ready the day after setting out
    assert set(daily[1:]) == {37}


def test_visas_and_transfer_pass_on_exactly_their_rate() -> None:
    """A queue that never empties lets rate * days through, rounded down; fractions are carried over."""
    changes = {
        "routes": {"flight": {"visa_lead": 3}},
        "transit_states": {"state": {"visas": {START: 7.3}, "transfer": {START: 2.25}}},
    }
    model = finished(simple(changes))
    boarded, taken = flow(model, "boarded").sum(axis=1).cumsum(), flow(model, "reached_border").sum(axis=1).cumsum()
    for served, rate in ((boarded, 7.3), (taken, 2.25)):
        first = int(np.argmax(served > 0))
        since = np.arange(first, 60)
        behind = np.floor(rate * (since - first + 1) + 1e-9)
        assert np.abs(served[first:] - behind).max() <= 1
    assert boarded[-1] > 400


def test_the_flight_schedule_departs_as_often_as_it_says() -> None:
    """2.5 a week are 21 in 60 days: floor(60 * 2.5 / 7)."""
    model = finished(simple({"carriers": {"airline": {"services": {"flight": {"weekly": {START: 2.5}}}}}}))
    assert model.world.route_flows[:, 0, t.R_DEPARTURES].sum() == 21
    assert model.world.route_flows[:, 0, t.R_SEATS].sum() == 21 * 2000


def test_a_full_carrier_grows_by_compound_interest() -> None:
    """Weekly frequency 10 * 1.2^k after k full weeks, up to 3 times; the first is not full, as nobody is ready."""
    changes = {"airline": {"services": {"flight": {"seats": 3, "weekly": {START: 10}}}, "growth": 0.2, "max_growth": 3}}
    model = CorridorModel(simple({"carriers": changes, "cohorts": {"people": {"leaving_rate": 0.5}}}))
    weekly = []
    while model.running:
        model.step()
        weekly.append(float(model.world.services["weekly"][0]))
    assert weekly[::7] == pytest.approx([10.0] + [10 * min(1.2**k, 3) for k in range(8)])


def test_a_timetable_draws_as_many_as_the_same_weekly_flights() -> None:
    """70 seats every 7th day, as a timetable or as a weekly frequency."""
    changes = {"carriers": {"airline": {"services": {"flight": {"seats": 70, "weekly": {START: 1}}}}}}
    weekly = finished(simple(changes))
    none = simple({"carriers": {"airline": {"services": {"flight": {"seats": 70, "weekly": None}}}}})
    timetabled = CorridorModel(none, [(day, "flight", 70) for day in range(6, 60, 7)])
    while timetabled.running:
        timetabled.step()
    assert weekly.world.route_flows[:, 0, t.R_SEATS].sum() == timetabled.world.route_flows[:, 0, t.R_SEATS].sum()
    ratio = flow(timetabled, "set_out").sum() / flow(weekly, "set_out").sum()
    assert 0.8 < ratio < 1.25
