"""News in closed form, and what measures and sponsors do to the actors."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from sim.engine import tables as t
from sim.model import CorridorModel
from tests.strategies import START, finished
from tests.verification.analytic import (
    SIMPLE,
    at_border,
    flow,
    simple,
)


def test_news_is_a_weighted_mean_of_what_happened() -> None:
    """S = (k prior + sum good e^(-age/M)) / (k + sum (good + bad) e^(-age/M)), age counted from the day it is known."""
    information = {"lag": 6, "memory": 15, "prior_weight": 40, "procedure_value": 0.3, "section_lag": 2}
    changes = {
        "information": information,
        "behaviour": {"success": 3, "section_success": 2, "giving_up": 0.2},
        "agencies": {"guard": {"turn_back": {START: 0.6}}},
        "routes": {"flight": {"prior_success": 0.8}},
    }
    model = finished(simple(changes))
    w = model.world

    def weighted(flows: np.ndarray, lag: int) -> float:
        known = flows[: 60 - lag].astype(float)
        return float((known * np.exp(-np.arange(len(known))[::-1] / 15)).sum())

    good, bad = (weighted(w.told[:, 0, of], 6) for of in (0, 1))
    assert w.told[:, 0, 0].sum() == pytest.approx(flow(model, "crossed").sum() + 0.3 * flow(model, "procedures").sum())
    assert bad > 50
    assert w.pairs["success"][0] == pytest.approx((40 * 0.8 + good) / (40 + good + bad), rel=1e-9)
    section = {name: weighted(at_border(model, name)[:, 0], 2) for name in t.SECTION_FLOWS}
    good = section["crossings"] + 0.3 * section["procedures"]
    bad = section["turn_backs"] + section["withdrawals"] + 0.7 * section["procedures"]
    assert w.sections["success"][0] == pytest.approx((40 * 0.5 + good) / (40 + good + bad), rel=1e-9)


def test_sanctions_halve_with_their_half_life() -> None:
    """In the evening of day t: facilitation 0.9 (f + (1 - f) 2^(-t/T)), departures 70 (g + (1 - g) 2^(-t/T))."""
    sanctions = {
        "kind": "sanctions", "start": START + timedelta(days=10), "end": START + timedelta(days=49), "half_life": 8,
        "carriers": ["airline"], "transit_states": ["state"], "facilitation_factor": 0.2, "frequency_factor": 0.0,
    }  # fmt: skip
    model = CorridorModel(simple({"measures": {"sanctions": sanctions}}))
    seen = []
    while model.running:
        model.step()
        seen.append((float(model.world.states["facilitation"][0]), float(model.world.services["weekly"][0])))
    left = [1.0] * 10 + [0.5 ** (t / 8) for t in range(1, 41)] + [1.0] * 10
    assert [f for f, _ in seen] == pytest.approx([0.9 * (0.2 + 0.8 * part) for part in left])
    assert [weekly for _, weekly in seen] == pytest.approx([70 * part for part in left])
    assert seen[17][0] == pytest.approx(0.9 * 0.6)


def test_a_barrier_grows_by_its_pace_to_its_length() -> None:
    """3 km a day to 90 km on sections of 100 and 200 km side by side: 1 and 2 km a day for 30 days."""
    fence = {
        "kind": "fence", "start": START + timedelta(days=5), "sections": ["fence", "river"], "length": 90, "pace": 3,
        "surveillance": 0.9,
    }  # fmt: skip
    river = {**SIMPLE["sections"]["fence"], "length": 200}
    model = CorridorModel(simple({"sections": {"river": river}, "measures": {"fence": fence}}))
    built, surveillance = [], []
    while model.running:
        model.step()
        built.append(model.world.sections["barrier"].tolist())
        surveillance.append(float(model.world.sections["surveillance"][0]))
    days = [min(max(day - 4, 0), 30) for day in range(60)]
    assert np.allclose(built, [[n, 2.0 * n] for n in days])
    assert surveillance == [0.3] * 34 + [0.9] * 26


def test_a_fence_adds_to_what_stands_by_date_and_leaves_better_surveillance_as_it_is() -> None:
    """The barrier is the schedule's of the day and what the measure has built; surveillance the better of the two."""

    def on(day: int) -> date:
        return START + timedelta(days=day)

    fence = {
        "kind": "fence", "start": on(5), "end": on(20), "sections": ["fence"], "pace": 3,
        "surveillance": 0.5,
    }  # fmt: skip
    section = {"barrier": {on(-100): 10, on(8): 4.5, on(30): 60}, "surveillance": {on(10): 0.1, on(40): 0.8}}
    for length, built in ((90, 48), (30, 30)):
        model = CorridorModel(
            simple({"sections": {"fence": section}, "measures": {"fence": {**fence, "length": length}}})
        )
        seen = []
        while model.running:
            model.step()
            seen.append((float(model.world.sections["barrier"][0]), float(model.world.sections["surveillance"][0])))
        standing = [10.0] * 8 + [4.5] * 22 + [60.0] * 30
        progress = [min(max(3 * (day - 4), 0), built) for day in range(60)]
        assert [barrier for barrier, _ in seen] == pytest.approx(
            [sum(km) for km in zip(standing, progress, strict=True)]
        )
        scheduled = [0.2] * 10 + [0.1] * 30 + [0.8] * 20
        complete = [0.5 if length == 30 and day >= 14 else 0.0 for day in range(60)]
        assert [share for _, share in seen] == [max(two) for two in zip(scheduled, complete, strict=True)]


def test_reinforcement_comes_with_its_lag_and_ends_with_the_reserve() -> None:
    """Pressure over the threshold: half the force a week as long as reserve, army (at half) and pool last."""
    changes = {
        "agencies": {
            "guard": {
                "personnel": 100, "handling_rate": 0.001, "reserve": 30, "army": 90, "army_handling": 0.5,
                "reinforcement_lag": 5, "reinforcement_threshold": 0.5, "reinforcement_step": 0.5,
            }
        },
        "frontex": {"officers": 40, "lag": 3},
    }  # fmt: skip
    model = CorridorModel(simple(changes))
    forces = []
    while model.running:
        model.step()
        forces.append(float(model.world.sections["officers"].sum()) / 0.25)
    # Day 6: asked for 50: 30 of its own and 40 soldiers as 20, there on day 11. Day 13: 75 asked, 25 soldiers' worth
    # and the pool's 40 (on day 16), the soldiers on day 18. Then nothing is left.
    assert forces == pytest.approx([100] * 11 + [150] * 5 + [190] * 2 + [215] * 42)


def test_news_tells_once_of_all_who_were_stranded_until_the_day_before() -> None:
    """Those who were flown home had been told of when they were stranded: nobody counts twice."""
    home = {"kind": "return-flights", "transit_state": "state", "seats": 20, "weekly": 7, "start": START}
    changes = {
        "information": {"lag": 1, "memory": 1000},
        "agencies": {"guard": {"turn_back": {START: 1}}},
        "behaviour": {"giving_up": 0.5, "stranded_retry": 0},
        "measures": {"home": home},
    }
    model = finished(simple(changes))
    gone = flow(model, "stranded")[:, 0]
    assert flow(model, "returned").sum() > 500
    weights = np.exp(-np.arange(59)[::-1] / 1000)
    assert float(model.world.pairs["bad"][0]) == pytest.approx(float((gone[:-1] * weights).sum()), rel=1e-9)


def test_a_sponsor_distracts_from_the_first_day_of_every_pulse() -> None:
    """Pulses of 6 days and pauses of 4: on 6 days of 10 the weakest zone is steered to."""
    sponsor = {"transit_states": ["state"], "pulse_days": 6, "pause_days": 4, "distraction": 2}
    model = CorridorModel(simple({"sponsors": {"sponsor": sponsor}}))
    steering = []
    while model.running:
        model.step()
        steering.append(float(model.world.zones["steering"][0]))
    assert steering == [2.0 if day % 10 < 6 else 0.0 for day in range(60)]
