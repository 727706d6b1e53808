"""Waits in closed form: residence times, competing exits, stocks as inflow times residence, overload at full load."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.engine.rows import AT_BORDER, STRANDED
from sim.engine.streams import daily_hazard
from sim.model import CorridorModel
from sim.outputs.run_data import border_pressure
from tests.strategies import START, finished, merge
from tests.verification.analytic import ALPHA, at_border, check_share, check_shares, flow, simple

YEAR = 365


def detection(coverage: float) -> float:
    """Of the simple section, at its reference density, with surveillance at 0.3."""
    return -math.expm1(-1.3 * coverage)


def test_days_at_the_border_are_geometric_with_the_mean_of_all_exits_together() -> None:
    """Everybody crosses at the first attempt, gives up, or is evacuated: P(n days) = (1 - a)^(n - 1) a, with

    a = 1 - exp(-(h_try + h_give_up + h_evacuation)); of those who leave, each way has the share of its hazard.
    """
    changes = {
        "days": 200,
        "behaviour": {"first_attempt": 12, "patience": 20, "stranded_retry": 0},
        "detection": {"coverage": 0},
        "zones": {"camp": {"evacuation": {START: 0.03}}},
        "transit_states": {"state": {"may_return": {START: 1}}},  # from the zone
        "cohorts": {"people": {"leaving_rate": 1.0}},
    }
    model = finished(simple(changes))
    hazards = np.array([daily_hazard(12), daily_hazard(20), -math.log1p(-0.03)])
    left = model.world.rows[model.world.rows["attempts"] == 1]
    leaving = -math.expm1(-hazards.sum())
    days = np.minimum(left["outdoors"], 30)
    chances = [(1 - leaving) ** (n - 1) * leaving for n in range(1, 30)]
    check_shares(np.bincount(days, minlength=31)[1:], [*chances, 1 - sum(chances)])
    tries, evacuated = flow(model, "approaches").sum(), flow(model, "evacuated").sum()
    assert not (model.world.rows["status"] == AT_BORDER).any()
    gave_up = flow(model, "reached_border").sum() - tries - evacuated
    check_shares([tries, gave_up, evacuated], hazards / hazards.sum())


@pytest.mark.parametrize(("turn_back", "coverage"), [(0.0, 0.6), (0.7, 0.6), (1.0, 2.0)])
def test_competing_exits_from_the_border_have_the_shares_of_their_hazards(turn_back: float, coverage: float) -> None:
    """Crossing : procedure : losing hope : giving up = q (1 - d) : q d (1 - b) : q d b g : 1 - q, with q the share of
    trying among trying and giving up; those turned back with hope begin anew."""
    changes = {
        "days": 400,
        "agencies": {"guard": {"turn_back": {START: turn_back}}},
        "behaviour": {"first_attempt": 4, "retry": 4, "patience": 9, "giving_up": 0.2, "stranded_retry": 0},
        "detection": {"coverage": coverage},
        "cohorts": {"people": {"leaving_rate": 1.0}},
    }
    model = finished(simple(changes))
    d, q = detection(coverage), daily_hazard(4) / (daily_hazard(4) + daily_hazard(9))
    chances = np.array([q * (1 - d), q * d * (1 - turn_back), q * d * turn_back * 0.2 + 1 - q])
    found = [int(flow(model, name).sum()) for name in ("crossed", "procedures", "stranded")]
    assert not (model.world.rows["status"] == AT_BORDER).any()
    some = chances > 0
    assert np.array_equal(np.array(found) > 0, some)
    check_shares(np.array(found)[some], chances[some] / chances.sum())


STEADY: dict[str, Any] = {
    "cohorts": {"people": {"size": 600_000, "leaving_rate": 1.3e-4}},
    "agencies": {"guard": {"turn_back": {START: 0.8}}},
    "behaviour": {
        "first_attempt": 4, "retry": 6, "patience": 25, "giving_up": 0.1, "stranded_retry": 0.5, "stranded_review": 10,
    },
    "detection": {"coverage": 1.0},
}  # fmt: skip


def steady(days: int, changes: dict[str, Any] | None = None) -> CorridorModel:
    return finished(simple(merge({**STEADY, "days": days}, changes or {})))


def by_year(model: CorridorModel, status: int) -> np.ndarray:
    """Persons in a status, mean of each year."""
    years: np.ndarray = model.world.stocks_by_cohort[:, :, status].sum(axis=1).reshape(-1, YEAR).mean(axis=1)
    return years


def test_the_stock_at_the_border_is_inflow_times_mean_residence() -> None:
    """Little (1961, doi:10.1287/opre.9.3.383), within 5 % in the mean of 12 months; who gives up does not come back.

    Each day one acts with a = 1 - exp(-H), and leaves with l = (1 - q) + q (1 - d b (1 - g)); first and later waits
    differ: residence = R_1 + c_1 R_2 / (1 - c_2), R = 1 / a, c = q d b (1 - g) the chance of another wait.
    """
    model = steady(3 * YEAR, {"behaviour": {"stranded_retry": 0}})
    d, h_patience = detection(1.0), daily_hazard(25)
    waits, again = [], []
    for mean in (4, 6):
        h = daily_hazard(mean)
        waits.append(1 / -math.expm1(-(h + h_patience)))
        again.append(h / (h + h_patience) * d * 0.8 * 0.9)
    residence = waits[0] + again[0] * waits[1] / (1 - again[1])
    inflow = flow(model, "reached_border").sum(axis=1).reshape(-1, YEAR).mean(axis=1)
    assert inflow.min() > 20
    assert by_year(model, AT_BORDER)[1:] == pytest.approx(inflow[1:] * residence, rel=0.05)


def test_over_five_years_stocks_stay_where_theory_has_them() -> None:
    """With ways back from being stranded: border = inflow / (chance a day to leave for good), stranded in its balance.

    No year after the first is off by more than 5 %: nothing piles up.
    """
    model = steady(5 * YEAR, {"behaviour": {"first_attempt": 6}})
    d, h, h_patience = detection(1.0), daily_hazard(6), daily_hazard(25)
    acts, q = -math.expm1(-(h + h_patience)), h / (h + h_patience)
    through = acts * q * (1 - d * 0.8)
    stranding = acts * (1 - q + q * d * 0.8 * 0.1)
    back = -math.expm1(-0.5 * 0.9 * daily_hazard(10))
    inflow = flow(model, "reached_border").sum(axis=1).reshape(-1, YEAR).mean(axis=1)
    assert by_year(model, AT_BORDER)[1:] == pytest.approx(inflow[1:] / through, rel=0.05)
    assert by_year(model, STRANDED)[1:] == pytest.approx(inflow[1:] / through * stranding / back, rel=0.05)


def test_moving_on_and_assisted_return_bound_the_stranded_at_the_hub() -> None:
    """Nobody is let back to the border; stock = inflow / (1 - exp(-(h_moving_on + h_assisted))), shares as hazards."""
    changes = {
        "behaviour": {"giving_up": 1.0, "moving_on": 60, "stranded_retry": 0},
        "agencies": {"guard": {"turn_back": {START: 1.0}}},
        "detection": {"coverage": 50},
        "transit_states": {
            "state": {"may_return": {START: 1}, "return_price": 90_000, "assisted_return": {START: 0.02}}
        },
    }
    model = steady(3 * YEAR, changes)
    hazards = np.array([daily_hazard(60), 0.02])
    # Who cannot pay for a flight decides so again and again (1 / review), and waits on each time: no exit.
    inflow = flow(model, "stranded").sum(axis=1).reshape(-1, YEAR).mean(axis=1)
    acts = hazards.sum() + daily_hazard(10)
    leaves = -math.expm1(-acts) * hazards.sum() / acts
    assert by_year(model, STRANDED)[1:] == pytest.approx(inflow[1:] / leaves, rel=0.05)
    ways = [flow(model, name).sum() for name in ("moved_on", "returned")]
    check_shares(ways, hazards / hazards.sum())


# Overload.


def crowd(capacity: float, **behaviour: float) -> CorridorModel:
    """All attempts are detected; patrols handle ``capacity`` calls a day."""
    changes = {
        "agencies": {"guard": {"personnel": 64, "handling_rate": capacity / 16}},
        "detection": {"coverage": 50, "reference_density": 0.16},
        "behaviour": behaviour,
    }
    return finished(simple(changes))


@pytest.mark.parametrize("capacity", [20, 100, 150, 170, 190, 220, 400])
def test_overload_begins_at_pressure_1(capacity: int) -> None:
    """On each day: at a pressure of 1 or less nobody crosses for want of a patrol; above it all but the capacity do."""
    model = crowd(capacity)
    calls, overload = at_border(model, "patrol_calls")[:, 0], at_border(model, "overload_crossings")[:, 0]
    assert model.world.section_capacity[:, 0] == pytest.approx(capacity)
    today = calls / capacity
    assert not overload[today <= 1.0].any()
    assert (overload[today > 1.0] > 0).all()
    assert np.array_equal(overload, np.maximum(calls - capacity, 0))
    assert np.array_equal(overload, at_border(model, "crossings")[:, 0])
    week = border_pressure(calls[:, None], np.full((len(calls), 1), float(capacity)))[-1, 0]
    assert week == pytest.approx(today[-7:].mean())


def test_there_are_days_on_both_sides_of_full_load() -> None:
    """So that the cases above are no empty ones."""
    loads = [at_border(crowd(capacity), "patrol_calls")[5:, 0] / capacity for capacity in (100, 220, 400)]
    assert loads[0].min() > 1.0 > loads[2].max()
    assert loads[1].min() < 1.2


@pytest.mark.parametrize("which", ["withdrawal", "self_presentation"])
def test_who_withdraws_or_gives_itself_up_calls_for_no_patrol(which: str) -> None:
    """However many come: no patrol is called, none crosses for want of one; all are recorded."""
    model = crowd(20, **{which: 1.0})
    assert at_border(model, "recorded").sum() == at_border(model, "approaches").sum() > 1000
    assert at_border(model, "patrol_calls").sum() == at_border(model, "overload_crossings").sum() == 0


# What must not rise.


def test_withdrawals_are_a_share_of_detection_and_are_no_attempts() -> None:
    """T / A_0 = w d; of the attempts a share d is detected, as without withdrawals."""
    changes = {"behaviour": {"withdrawal": 0.45}, "agencies": {"guard": {"turn_back": {START: 1}}}}
    model, d = finished(simple(changes)), detection(1.2)
    approaches, attempts = at_border(model, "approaches").sum(), at_border(model, "attempts").sum()
    check_share(at_border(model, "withdrawals").sum(), approaches, 0.45 * d)
    check_share(at_border(model, "patrol_calls").sum(), attempts, d)


def test_self_presentations_are_a_share_of_those_who_are_not_turned_back() -> None:
    """U / A = s (1 - b)."""
    changes = {"behaviour": {"self_presentation": 0.9}, "agencies": {"guard": {"turn_back": {START: 0.6}}}}
    model = finished(simple(changes))
    check_share(at_border(model, "self_presentations").sum(), at_border(model, "attempts").sum(), 0.9 * 0.4)


@pytest.mark.parametrize("more", ["officers", "barrier"])
@pytest.mark.parametrize("rule", [{"deterrence": 6.0}, {"withdrawal": 0.45}])
def test_deterrence_and_withdrawal_lower_attempts_the_better_the_border_is_guarded(
    rule: dict[str, float], more: str
) -> None:
    """Attempts of a person are counted against the same border without the rule."""

    def attempts(level: float, behaviour: dict[str, float]) -> float:
        guard: dict[str, Any] = {"turn_back": {START: 1}}
        fence: dict[str, Any] = {}
        if more == "officers":
            guard["personnel"] = level
        else:
            fence = {"barrier": level / 400, "surveillance": 0.1}
        changes = {
            "agencies": {"guard": guard}, "sections": {"fence": fence}, "detection": {"coverage": 0.8, "barrier": 5},
            "behaviour": {"retry": 4, "first_attempt": 4, "giving_up": 0, "section_success": 0, **behaviour},
        }  # fmt: skip
        return float(at_border(finished(simple(changes)), "attempts").sum())

    ratios = [attempts(level, rule) / attempts(level, {}) for level in (2_500, 10_000, 40_000)]
    assert ratios[0] > 1.02 * ratios[1] > 1.04 * ratios[2]
    assert ratios[2] < 0.8


PRICES = (0, 300, 1500, 1501, 3000, 6000, 20_000, 100_000)


def test_a_dearer_trip_never_lets_more_set_out() -> None:
    """Up to any day, with the same people."""
    left = [
        flow(finished(simple({"routes": {"flight": {"price": p}}})), "set_out").sum(axis=1).cumsum() for p in PRICES
    ]
    for cheap, dear in pairwise(left):
        assert (dear <= cheap).all()
    assert left[0][-1] > 5000
    assert left[-1][-1] < 10


def test_a_dearer_route_is_taken_by_fewer_where_there_is_another() -> None:
    second = {
        "mode": "air", "origin": "home", "destination": "hub", "transit_state": "state", "price": 2500,
        "travel_days": 1, "visa_lead": 0,
    }  # fmt: skip
    services = {"other": {"services": {"second": {"seats": 2000, "weekly": {START: 70}}}}}
    taken = []
    for price in PRICES[::2]:
        changes = {
            "routes": {"flight": {"price": price}, "second": second}, "carriers": services,
            "cohorts": {"people": {"routes": {"second": 0}}},
        }  # fmt: skip
        taken.append(flow(finished(simple(changes)), "set_out").sum(axis=0).tolist())
    first, other = np.transpose(taken).tolist()
    assert first == sorted(first, reverse=True)
    assert other == sorted(other)


@pytest.mark.parametrize("reception", [1_000_000, 400, 50])
def test_a_turn_back_order_of_next_to_nothing_changes_next_to_nothing(reception: int) -> None:
    """0 and 0.0001, however full the reception is: the share turned back grows by the ratio of occupancy at most."""
    found = []
    for turn_back in (0.0, 0.0001):
        guard = {"turn_back": {START: turn_back}, "reception": reception, "procedure": 300}
        model = finished(simple({"agencies": {"guard": guard}, "behaviour": {"self_presentation": 0.5}}))
        found.append(at_border(model, "procedures").sum() + at_border(model, "crossings").sum())
    assert found[0] > 3000
    assert found[1] == pytest.approx(found[0], rel=0.03)


def test_a_wait_does_not_depend_on_when_it_begins() -> None:
    """First attempts per person-day at the border are alike in every month: the hazards have no memory."""
    model = steady(2 * YEAR, {"detection": {"coverage": 0}, "behaviour": {"first_attempt": 10}})
    tries = flow(model, "approaches").sum(axis=1)[30:].reshape(-1, 70).sum(axis=1)
    days = model.world.stocks_by_cohort[29:-1, :, AT_BORDER].sum(axis=1).reshape(-1, 70).sum(axis=1)
    total = daily_hazard(10) + daily_hazard(25)
    chance = -math.expm1(-total) * daily_hazard(10) / total
    deviations = (tries - chance * days) / np.sqrt(chance * days)
    assert np.abs(deviations).max() < stats.norm.isf(ALPHA / 2 / len(deviations))
