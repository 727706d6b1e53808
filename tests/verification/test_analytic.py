"""Cases with an answer in closed form: the engine against pencil and paper.

Statistical cases are exact tests (binomial, chi-squared, Kolmogorov-Smirnov) at the level ALPHA with fixed seeds:
they pass always or never.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim import world as t
from sim.model import CorridorModel
from sim.population import BOOKED, CROSSED, DEAD, IN_PROCEDURE, ONWARD, PROSPECT, RETURNED, STRANDED
from sim.scenario.schema import Scenario
from tests.strategies import START, finished, merge

ALPHA = 1e-4
N = 20_000
MONTHS = 12

# One cohort, one flight, one zone, one section; no news, no seasons, nothing scarce.
SIMPLE: dict[str, Any] = {
    "title": "simple",
    "start": START,
    "days": 60,
    "seed": 3,
    "cohorts": {
        "people": {
            "origin": "home", "nationality": "All", "size": N, "leaving_rate": 0.03, "routes": {"flight": 0},
            "funds_median": 4000, "funds_shape": 2.5,
        }
    },
    "routes": {
        "flight": {
            "mode": "air", "origin": "home", "destination": "hub", "transit_state": "state", "price": 1500,
            "travel_days": 1, "visa_lead": 0,
        }
    },
    "carriers": {"airline": {"services": {"flight": {"seats": 2000, "weekly": {START: 70}}}}},
    "transit_states": {
        "state": {
            "hub": "hub", "visas": {START: 1e6}, "transfer": {START: 1e6}, "facilitation": {START: 0.9},
            "stay_at_hub": 1, "boats_tolerated": {START: 1},
        }
    },
    "zones": {"camp": {"transit_state": "state", "capacity": 1_000_000, "sections": {"fence": 0}}},
    "sections": {"fence": {"agency": "guard", "title": "Fence", "length": 100, "surveillance": 0.3}},
    "agencies": {
        "guard": {
            "country": "Land", "personnel": 10_000, "handling_rate": 50, "reception": 1_000_000, "mobility": 0,
            "reinforcement_threshold": 100,
        }
    },
    "behaviour": {
        "success": 0, "section_success": 0, "first_attempt": 1, "retry": 1, "retry_idle": 1, "retry_winter": 1,
        "attempt_cost": 0, "onward_lag": 1,
    },
    "detection": {"reference_density": 25, "coverage": 1.2},
    "hazards": {"death": 0, "injury": 0, "winter": 1},
    "seasons": {"cold": [0.0] * MONTHS, "visibility": [1.0] * MONTHS, "calm_sea": [1.0] * MONTHS},
}  # fmt: skip


def simple(changes: Mapping[str, Any] | None = None) -> Scenario:
    """The simple scenario with changes."""
    return Scenario(**merge(SIMPLE, changes or {}))


def flow(model: CorridorModel, name: str) -> np.ndarray:
    """A flow by day and pair."""
    return model.world.pair_flows[:, :, t.PAIR_FLOWS.index(name)].astype(int)


def at_border(model: CorridorModel, name: str) -> np.ndarray:
    """A flow by day and section."""
    return model.world.section_flows[:, :, t.SECTION_FLOWS.index(name)].astype(int)


def check_share(successes: int, trials: int, probability: float) -> None:
    """Exact binomial test; enough trials to tell."""
    assert trials > 300
    assert stats.binomtest(int(successes), int(trials), probability).pvalue > ALPHA


def check_shares(counts: Any, probabilities: Any) -> None:
    """Chi-squared test of a multinomial."""
    counts, probabilities = np.asarray(counts), np.asarray(probabilities)
    assert probabilities.sum() == pytest.approx(1.0)
    assert stats.chisquare(counts, counts.sum() * probabilities).pvalue > ALPHA


def affordable(price: float, median: float = 4000, shape: float = 2.5) -> float:
    """Share of people with more funds than the price."""
    return 1 / (1 + (price / median) ** shape)


def appeal(price: float = 1500, days: float = 1, facilitation: float = 0.9, taste: float = 0) -> float:
    """exp(U) of a route at default weights, without news, risk and queues."""
    return math.exp(taste + math.log(affordable(price)) - 0.03 * days + 2.0 * (facilitation - 0.5))


# Demand.


def test_departures_follow_the_exponential_law() -> None:
    """P(left by the evening of day d) = 1 - exp(-h (d + 1)), h = leaving rate * share of the flight."""
    model = finished(simple())
    hazard = 0.03 * appeal() / (1 + appeal())
    left = flow(model, "set_out").sum(axis=1).cumsum()
    for day in (0, 1, 5, 20, 59):
        check_share(left[day], N, -math.expm1(-hazard * (day + 1)))
    daily = np.diff(left, prepend=0)
    chances = np.exp(-hazard * np.arange(60)) * -math.expm1(-hazard)
    check_shares([*daily, N - left[-1]], [*chances, math.exp(-hazard * 60)])


def test_push_adds_up_in_the_exponent() -> None:
    """P(left) = 1 - exp(-h * sum of push over the days)."""
    push = {START - timedelta(days=9): 0.5, START + timedelta(days=10): 4.0, START + timedelta(days=20): 0.0}
    model = finished(simple({"cohorts": {"people": {"push": push}}}))
    hazard = 0.03 * appeal() / (1 + appeal())
    left = flow(model, "set_out").sum(axis=1).cumsum()
    for day, exposure in ((9, 5.0), (14, 25.0), (19, 45.0), (59, 45.0)):
        check_share(left[day], N, -math.expm1(-hazard * exposure))
    assert left[19] == left[59]


def test_two_cohorts_have_clocks_of_their_own() -> None:
    other = {**SIMPLE["cohorts"]["people"], "leaving_rate": 0.003, "size": 7000}
    model = finished(simple({"cohorts": {"others": other}}))
    hazard = appeal() / (1 + appeal())
    left = flow(model, "set_out").sum(axis=0)
    assert model.names.pairs == [("others", "flight"), ("people", "flight")]
    check_share(left[0], 7000, -math.expm1(-0.003 * hazard * 60))
    check_share(left[1], N, -math.expm1(-0.03 * hazard * 60))


def test_routes_are_chosen_by_logit_shares() -> None:
    """Among those who leave, route r has e^U(r) / sum e^U, and the hazard is rate * sum / (1 + sum)."""
    routes = {
        "dear": {**SIMPLE["routes"]["flight"], "price": 6000},
        "far": {**SIMPLE["routes"]["flight"], "travel_days": 20},
        "liked": SIMPLE["routes"]["flight"],
        "closed": SIMPLE["routes"]["flight"],
    }
    changes = {
        "routes": routes,
        "carriers": {
            "other": {"services": {r: {"seats": 2000, "weekly": {START: 70}} for r in ("dear", "far", "liked")}}
        },
        "cohorts": {"people": {"routes": {"dear": 0.5, "far": 0, "liked": 0.7, "closed": 3}}},
    }
    model = finished(simple(changes))
    value = {
        "closed": 0.0,
        "dear": appeal(6000, taste=0.5),
        "far": appeal(days=20),
        "flight": appeal(),
        "liked": appeal(taste=0.7),
    }
    total = sum(value.values())
    chosen = flow(model, "set_out").sum(axis=0)
    assert [route for _, route in model.names.pairs] == sorted(value)
    assert chosen[0] == 0
    check_shares(chosen[1:], [value[route] / total for route in sorted(value)[1:]])
    check_share(chosen.sum(), N, -math.expm1(-0.03 * total / (1 + total) * 60))


@pytest.mark.parametrize("price", [0, 1500, 9000])
def test_funds_of_those_who_leave_follow_the_truncated_fisk_law(price: float) -> None:
    """P(funds > x | funds >= price) = (1 + (price/m)^s) / (1 + (x/m)^s); m is the median of all."""
    changes = {
        "routes": {"flight": {"price": price, "visa_lead": 5}},
        "transit_states": {"state": {"visas": {START: 1e-9}}},  # nobody pays: all wait for a visa
    }
    model = finished(simple(changes))
    left = model.world.rows[: model.world.cohorts["left"][0]]
    funds = left["funds"].astype(float)
    assert funds.min() >= price * (1 - 1e-6)
    law = stats.fisk(2.5, scale=4000)
    assert stats.kstest(funds, lambda x: (law.cdf(x) - law.cdf(price)) / law.sf(price)).pvalue > ALPHA


# Queues.


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


# The border.


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


def test_attempts_until_crossing_are_geometric() -> None:
    """With daily tries, each detected with d, turned back, and followed by another with c = (1 - g) exp(-1/T):

    P(crossed in the end) = (1 - d) / (1 - d c), and the attempts of those who crossed are geometric with 1 - d c.
    """
    changes = {
        "agencies": {"guard": {"turn_back": {START: 1}}},
        "behaviour": {"giving_up": 0.02, "patience": 40, "stranded_retry": 0},
        "cohorts": {"people": {"leaving_rate": 1.0}},
    }
    model = finished(simple(changes))
    d = -math.expm1(-kappa())
    again = d * 0.98 * math.exp(-1 / 40)
    rows = model.world.rows
    through = rows[np.isin(rows["status"], (CROSSED, ONWARD))]
    ended = len(through) + int((rows["status"] == STRANDED).sum())
    # The few who were still trying on the last day came late; leave all out who came in the last fortnight.
    assert int(np.isin(rows["status"], (PROSPECT, BOOKED)).sum()) < N // 100
    check_share(len(through), ended, (1 - d) / (1 - again))
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
    seen = at_border(model, "recorded")[:, 0]
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


def test_the_share_that_goes_onward() -> None:
    model = finished(simple({"behaviour": {"onward": 0.7}, "detection": {"coverage": 0}}))
    crossed = flow(model, "crossed").sum(axis=1)
    check_share(flow(model, "onward").sum(), crossed[:-1].sum(), 0.7)  # a day later: the last day's are still to come


def test_those_who_give_up_fly_home_if_they_may_and_can() -> None:
    """All are stopped and lose hope at once; a share may go back, and pays with what the flight has left them."""
    changes = {
        "agencies": {"guard": {"turn_back": {START: 1}}},
        "detection": {"coverage": 50},
        "behaviour": {"giving_up": 1, "stranded_review": 365},
        "transit_states": {"state": {"may_return": {START: 0.6}, "return_price": 1000}},
    }
    model = finished(simple(changes))
    able = affordable(2500) / affordable(1500)
    rows = model.world.rows
    first = rows[(rows["attempts"] == 1) & (rows["outdoors"] <= 1)]
    check_share((first["status"] == RETURNED).sum(), len(first), 0.6 * able)
    at_hub = (first["status"] == STRANDED) & (first["place"] == model.names.places.index("hub"))
    check_share(at_hub.sum(), len(first), 0.6 * (1 - able))


# Exposure.


@pytest.mark.parametrize(("winter", "factor"), [(1, 1), (3, 3)])
def test_survival_is_exponential_in_the_days_outdoors(winter: float, factor: float) -> None:
    """P(alive after a wait of n days) = exp(-h n), also in the cold; injuries of the living likewise."""
    changes = {
        "hazards": {"death": 0.01, "injury": 0.02, "winter": winter},
        "seasons": {"cold": [1.0] * MONTHS},
        "behaviour": {"first_attempt": 12},
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


# The sea.

BOATS: dict[str, Any] = {
    "cohorts": {"people": {"routes": {"crossing": 0, "flight": None}, "leaving_rate": 0.2}},
    "routes": {
        "crossing": {
            "mode": "sea", "origin": "home", "destination": "island", "transit_state": "state", "shipwreck": 0.2,
            "death_in_shipwreck": 0.6,
        }
    },
    "carriers": {"boats": {"services": {"crossing": {"seats": 10, "weekly": {START: 70}}}}},
    "transit_states": {"state": {"interception": {START: 0.3}}},
    "behaviour": {"sea_giving_up": 0.4, "sea_price": 0, "sea_retry": 3650},
}  # fmt: skip


def test_boats_have_one_fate_each_and_people_their_own_in_a_wreck() -> None:
    """Wrecked s, turned round (1 - s) i, landed (1 - s)(1 - i); in a wreck each dies with its own probability."""
    model = finished(simple(BOATS))
    sailed = model.world.route_flows[:, model.names.routes.index("crossing"), t.R_DEPARTURES]
    assert sailed[10:].tolist() == [10] * 50
    landed, died, back = (flow(model, name).sum() for name in ("landed", "deaths", "intercepted"))
    assert landed % 10 == 0
    check_share(landed // 10, sailed.sum(), 0.8 * 0.7)
    wrecked = model.world.rows["voyages"] > 0
    assert landed + died + back == flow(model, "embarked").sum() == 10 * sailed.sum() == wrecked.sum()
    turned = 0.8 * 0.3 * 10 * sailed.sum()
    aboard = 10 * sailed.sum() - landed
    # Deaths: boats wrecked among those that did not land are binomial, and so are the dead in them.
    share, boats = 0.2 / 0.44, aboard // 10
    spread = math.sqrt(boats * share * (1 - share) * (10 * 0.6) ** 2 + boats * share * 10 * 0.6 * 0.4)
    assert abs(died - boats * share * 6) < stats.norm.isf(ALPHA / 2) * spread
    assert abs(back - turned - 0.4 * 0.2 * 10 * sailed.sum()) < 0.2 * turned
    check_share(flow(model, "stranded").sum(), back, 0.4)


def test_boats_leave_on_calm_days_as_far_as_they_are_tolerated() -> None:
    changes = merge(
        BOATS, {"seasons": {"calm_sea": [0.55] * MONTHS}, "days": 700, "routes": {"crossing": {"shipwreck": 0}}}
    )
    changes = merge(changes, {"transit_states": {"state": {"boats_tolerated": {START: 0.5}}}})
    changes = merge(changes, {"carriers": {"boats": {"services": {"crossing": {"seats": 1}}}}})
    model = finished(simple(changes))
    sailed = model.world.route_flows[20:, model.names.routes.index("crossing"), t.R_DEPARTURES]
    assert set(sailed) == {0, 5}
    check_share((sailed > 0).sum(), len(sailed), 0.55)


# News, and what measures do to the actors.


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

    route = {name: weighted(flow(model, name)[:, 0], 6) for name in t.PAIR_FLOWS}
    good = route["crossed"] + 0.3 * route["procedures"]
    bad = route["stranded"] + route["returned"]
    assert bad > 50
    assert w.pairs["success"][0] == pytest.approx((40 * 0.8 + good) / (40 + good + bad), rel=1e-9)
    section = {name: weighted(at_border(model, name)[:, 0], 2) for name in t.SECTION_FLOWS}
    good, bad = section["crossings"] + 0.3 * section["procedures"], section["turn_backs"]
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


# Defects that were found once.


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


def test_news_tells_of_all_who_were_flown_home_until_the_day_before() -> None:
    home = {"kind": "return-flights", "transit_state": "state", "seats": 20, "weekly": 7, "start": START}
    changes = {
        "information": {"lag": 1, "memory": 1000},
        "agencies": {"guard": {"turn_back": {START: 1}}},
        "behaviour": {"giving_up": 0.5},
        "measures": {"home": home},
    }
    model = finished(simple(changes))
    gone = (flow(model, "stranded") + flow(model, "returned"))[:, 0]
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
