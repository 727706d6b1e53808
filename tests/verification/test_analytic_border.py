"""The border in closed form: detection, crossing, sections, overload, procedures; days outdoors."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.engine.rows import AT_BORDER, BOOKED, CROSSED, DEAD, IN_PROCEDURE, ONWARD, PROSPECT, RETURNED, STRANDED
from sim.engine.season import hours_of_darkness, years
from sim.engine.streams import daily_hazard
from sim.model import CorridorModel
from tests.strategies import START, finished
from tests.verification.analytic import (
    ALPHA,
    SIMPLE,
    N,
    affordable,
    at_border,
    check_share,
    check_shares,
    flow,
    simple,
)


def kappa(**means: float) -> float:
    """Detection intensity of the simple section: 10,000 officers, a quarter on duty, on 100 km at density 25."""
    m = {"coverage": 1.2, "barrier": 0, "surveillance": 0.3, "terrain": 1, "coaching": 0, "density": 1, **means}
    return (
        m["coverage"] * m["density"] ** 0.5 * (1 + 0.6 * m["barrier"]) * (1 + m["surveillance"]) * m["terrain"]
        * (1 - 0.3 * m["coaching"])
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "means"),
    [
        ({}, {}),
        ({"sections": {"fence": {"terrain": 0.4, "barrier": 70}}}, {"terrain": 0.4, "barrier": 0.7}),
        ({"sections": {"fence": {"barrier": 900, "surveillance": 0}}}, {"barrier": 1, "surveillance": 0}),
        ({"agencies": {"guard": {"personnel": 2500}}}, {"density": 0.25}),
        ({"transit_states": {"state": {"coaching": {START: 0.8}}}}, {"coaching": 0.8}),
        ({"detection": {"coverage": 0}}, {"coverage": 0}),
    ],
)
def test_attempts_are_detected_with_one_minus_the_exponential(changes: dict[str, Any], means: dict[str, float]) -> None:
    """Detections among attempts are binomial with 1 - exp(-kappa); without overload all of them are stopped."""
    model = finished(simple(changes))
    attempts, recorded = at_border(model, "attempts").sum(), at_border(model, "recorded").sum()
    assert model.world.section_detection[-1, 0] == pytest.approx(-math.expm1(-kappa(**means)), rel=1e-12)
    if means.get("coverage") == 0:
        assert recorded == 0
    else:
        check_share(recorded, attempts, -math.expm1(-kappa(**means)))
    assert at_border(model, "crossings").sum() == attempts - recorded


def test_detection_follows_the_date() -> None:
    """Each day's kappa has the night, the barrier and the surveillance of that day."""
    section = {
        "barrier": {START + timedelta(days=20): 70},
        "surveillance": {START: 0.1, START + timedelta(days=40): 0.6},
    }
    changes = {"sections": {"fence": section}, "seasons": {"latitude": 60}, "detection": {"darkness": 0.8}}
    model = finished(simple(changes))
    light = 1 - 0.8 * (hours_of_darkness(years(START, 60), 60.0) / 24 - 0.5)
    built = [kappa(barrier=0.7 if day >= 20 else 0, surveillance=0.6 if day >= 40 else 0.1) for day in range(60)]
    assert model.world.section_detection[:, 0] == pytest.approx(-np.expm1(-np.array(built) * light))
    seen, tries = at_border(model, "recorded")[:, 0], at_border(model, "attempts")[:, 0]
    for days in (slice(0, 20), slice(20, 40), slice(40, 60)):
        chances = model.world.section_detection[days, 0]
        spread = math.sqrt((tries[days] * chances * (1 - chances)).sum())
        assert abs(seen[days].sum() - (tries[days] * chances).sum()) < stats.norm.isf(ALPHA / 2) * spread


def test_attempts_until_crossing_are_geometric() -> None:
    """Each attempt is detected with d, and followed by another with c = (1 - g) q, q the share of trying among all that
    may happen at the border:

    P(crossed in the end) = q (1 - d) / (1 - d c), and the attempts of those who crossed are geometric with 1 - d c.
    """
    changes = {
        "days": 300,
        "agencies": {"guard": {"turn_back": {START: 1}}},
        "behaviour": {"giving_up": 0.02, "first_attempt": 2, "retry": 2, "patience": 40, "stranded_retry": 0},
        "cohorts": {"people": {"leaving_rate": 1.0}},
    }
    model = finished(simple(changes))
    d, q = -math.expm1(-kappa()), daily_hazard(2) / (daily_hazard(2) + daily_hazard(40))
    again = d * 0.98 * q
    rows = model.world.rows
    through = rows[np.isin(rows["status"], (CROSSED, ONWARD))]
    ended = len(through) + int((rows["status"] == STRANDED).sum())
    # The few who are still at home, or trying, came last: leave them out.
    assert int(np.isin(rows["status"], (PROSPECT, BOOKED, AT_BORDER)).sum()) < N // 100
    check_share(len(through), ended, q * (1 - d) / (1 - again))
    attempts = np.minimum(through["attempts"], 12)
    chances = [again ** (k - 1) * (1 - again) for k in range(1, 12)]
    check_shares(np.bincount(attempts, minlength=13)[1:], [*chances, 1 - sum(chances)])


def test_sections_are_chosen_by_logit_shares() -> None:
    """Constants 0, 1 and -0.5; the first zone's inclusive value decides between the zones, steering added."""
    section = SIMPLE["sections"]["fence"]
    changes = {
        "sections": {"forest": section, "river": section},
        "zones": {
            "camp": {"sections": {"fence": 0, "forest": 1}},
            "second": {
                "transit_state": "state", "capacity": 1_000_000, "sections": {"river": -0.5}, "steering": {START: 0.8},
            },
        },
    }  # fmt: skip
    model = finished(simple(changes))
    weights = {"fence": 1.0, "forest": math.e, "river": math.exp(-0.5 + 0.8)}
    tries = at_border(model, "attempts").sum(axis=0)
    check_shares(tries, [weights[name] / sum(weights.values()) for name in model.names.sections])


def test_intercepted_people_are_turned_back_by_the_agencys_share() -> None:
    model = finished(simple({"agencies": {"guard": {"turn_back": {START: 0.35}}}}))
    stopped = at_border(model, "turn_backs").sum() + at_border(model, "procedures").sum()
    check_share(at_border(model, "turn_backs").sum(), stopped, 0.35)


def test_overload_is_what_the_patrols_cannot_stop() -> None:
    """Every day exactly min(detected, patrols) are stopped; the rest cross. 6.4 attempts a day can be handled."""
    changes = {
        "agencies": {"guard": {"personnel": 64, "handling_rate": 0.4}},
        "detection": {"reference_density": 0.16},
    }
    model = finished(simple(changes))
    seen = at_border(model, "patrol_calls")[:, 0]
    stopped = at_border(model, "turn_backs")[:, 0] + at_border(model, "procedures")[:, 0]
    patrols = np.diff(np.floor(6.4 * np.arange(61) + 1e-9))
    assert (stopped == np.minimum(seen, patrols)).all()
    assert (at_border(model, "overload_crossings")[:, 0] == seen - stopped).all()
    assert (seen > patrols).sum() > 40


def test_procedures_end_by_their_shares_and_last_as_long_as_they_should() -> None:
    changes = {
        "agencies": {"guard": {"procedure": 6, "absconding": 0.5, "returned": 0.2}},
        "behaviour": {"onward": 0},
        "detection": {"coverage": 50},
        "cohorts": {"people": {"leaving_rate": 0.5}},
    }
    model = finished(simple(changes))
    ends = [flow(model, name).sum() for name in ("onward", "returned", "left_procedure")]
    check_shares([ends[0], ends[1], ends[2] - ends[0] - ends[1]], [0.5, 0.2, 0.3])
    began, ended = flow(model, "procedures").sum(axis=1), flow(model, "left_procedure").sum(axis=1)
    # Given the days on which they begin: P(still there after k days) = (1 - 1/6)^k.
    still = sum(n * (5 / 6) ** (59 - day) for day, n in enumerate(began))
    spread = math.sqrt(sum(n * (5 / 6) ** (59 - day) * (1 - (5 / 6) ** (59 - day)) for day, n in enumerate(began)))
    now = int((model.world.rows["status"] == IN_PROCEDURE).sum())
    assert now == began.sum() - ended.sum()
    assert abs(now - still) < stats.norm.isf(ALPHA / 2) * spread + 1


def test_procedures_and_places_are_those_of_the_date() -> None:
    """A procedure keeps the length of the day on which it began: 6 days, and with a factor of 1/2 from day 30 on, 3."""
    dates = [START + timedelta(days=day) for day in (20, 30, 45)]
    guard = {"procedure": 6, "procedure_factor": {dates[1]: 0.5}, "reception": {dates[0]: 1e6, dates[2]: 2e6}}
    changes = {
        "agencies": {"guard": guard},
        "detection": {"coverage": 50},
        "cohorts": {"people": {"leaving_rate": 0.02}},
    }
    model = CorridorModel(simple({**changes, "behaviour": {"onward": 0}}))
    places = []
    while model.running:
        model.step()
        places.append(float(model.world.agencies["reception"][0]))
    assert places == [2000.0] * 20 + [1e6] * 25 + [2e6] * 15
    began, ended = flow(model, "procedures").sum(axis=1), flow(model, "left_procedure").sum(axis=1)
    for day in (30, 44, 59):
        days = np.arange(day + 1)
        chances = np.where(days < 30, 5 / 6, 2 / 3) ** (day - days)
        spread = math.sqrt((began[: day + 1] * chances * (1 - chances)).sum())
        there = began[: day + 1].sum() - ended[: day + 1].sum()
        assert abs(there - (began[: day + 1] * chances).sum()) < stats.norm.isf(ALPHA / 2) * spread + 1


def test_the_share_that_goes_onward() -> None:
    model = finished(simple({"behaviour": {"onward": 0.7}, "detection": {"coverage": 0}}))
    crossed = flow(model, "crossed").sum(axis=1)
    check_share(flow(model, "onward").sum(), crossed[:-1].sum(), 0.7)  # a day later: the last day's are still to come


def test_those_who_give_up_fly_home_if_they_may_and_can() -> None:
    """All are stopped and lose hope at once; a share may go back, and pays with what the flight has left them."""
    changes = {
        "agencies": {"guard": {"turn_back": {START: 1}}},
        "detection": {"coverage": 50},
        "behaviour": {"giving_up": 1, "stranded_review": 365, "stranded_retry": 0},
        "transit_states": {"state": {"may_return": {START: 0.6}, "return_price": 1000}},
    }
    model = finished(simple(changes))
    able = affordable(2500) / affordable(1500)
    tried = model.world.rows[model.world.rows["attempts"] == 1]
    at_once = (tried["status"] == RETURNED) & (tried["waits"] == 1)  # later it would be from a second wait, stranded
    check_share(at_once.sum(), len(tried), 0.6 * able)


@pytest.mark.parametrize(("winter", "factor"), [(1, 1), (3, 3)])
def test_survival_is_exponential_in_the_days_outdoors(winter: float, factor: float) -> None:
    """P(alive after a wait of n days) = exp(-h n), also in the cold; injuries of the living likewise."""
    changes = {
        "hazards": {"death": 0.01, "injury": 0.02, "winter": winter},
        "seasons": {"january": -20, "july": -20},
        "behaviour": {"first_attempt": 12, "patience": 3650},
        "detection": {"coverage": 0},
    }
    rows = finished(simple(changes)).world.rows
    waited = rows[rows["outdoors"] > 0]
    for low, high in ((1, 1), (2, 4), (5, 9), (10, 15), (16, 60)):
        group = waited[(waited["outdoors"] >= low) & (waited["outdoors"] <= high)]
        for hurt, hazard in (
            (group["status"] == DEAD, 0.01),
            ((group["flags"] & 1)[group["status"] != DEAD] > 0, 0.02),
        ):
            days = (group if hazard == 0.01 else group[group["status"] != DEAD])["outdoors"].astype(float)
            chances = -np.expm1(-hazard * factor * days)
            deviation = (hurt.sum() - chances.sum()) / math.sqrt((chances * (1 - chances)).sum())
            assert len(group) > 300
            assert abs(deviation) < stats.norm.isf(ALPHA / 2)


def test_hazard_factors_multiply() -> None:
    """Aid in the zone halves the hazard: as if it had been half of it from the start."""
    halved = {"aid": {"kind": "humanitarian-access", "start": START, "hazard_factor": 0.5}}
    changes = {"hazards": {"death": 0.02}, "behaviour": {"first_attempt": 12}}
    with_aid = finished(simple({**changes, "measures": halved}))
    less = finished(simple({**changes, "hazards": {"death": 0.01}}))
    assert with_aid.world.rows.tobytes() == less.world.rows.tobytes()
