"""Steps from home to beyond the border, as an instrument counts them beside a run."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.engine import queues, steps
from sim.engine import tables as t
from sim.engine.compiled import plain
from sim.engine.processes.demand import affordable
from sim.engine.rows import AT_BORDER, BOOKED, DEAD, PROSPECT
from sim.model import CorridorModel
from tests.unit.engine.processes.hands import put
from tests.verification.analytic import simple

expected, funds = plain(steps.expected), plain(affordable)
MEDIAN, SHAPE = 4000, 2.5  # funds of `simple`'s people


@pytest.fixture
def model() -> CorridorModel:
    """Two cohorts; a flight for which a visa is needed, good for ten days, and a boat."""
    changes = {
        "cohorts": {
            "people": {"size": 300, "routes": {"flight": 0.4, "boat": -0.2}},
            "others": {
                "origin": "home", "nationality": "Other", "size": 200, "leaving_rate": 0.03, "routes": {"flight": 0},
                "funds_median": MEDIAN, "funds_shape": SHAPE,
            },
        },
        "routes": {
            "flight": {"visa_lead": 3},
            "boat": {
                "mode": "sea", "origin": "coast", "destination": "island", "transit_state": "state", "price": 900,
                "travel_days": 1, "visa_lead": 0, "prior_success": 0.5,
            },
        },
        "carriers": {"boats": {"services": {"boat": {"seats": 10, "weekly": {"2025-10-01": 7}}}}},
        "transit_states": {"state": {"visa_validity": 10, "visas": {"2025-10-01": 5}}},
    }  # fmt: skip
    model = CorridorModel(simple(changes))
    model.world.cohorts["push"] = 1.0
    model.world.cohorts["left"] = [20, 40]  # others, people: in the order of the alphabet
    model.world.states["visas"], model.world.states["facilitation"] = 5.0, 0.9
    model.world.states["boats_tolerated"] = 1.0
    model.world.routes["open"] = 1
    model.world.services["open"], model.world.services["weekly"] = 1, 7.0
    return model


def test_those_expected_are_of_prospects_and_of_those_who_decide_again() -> None:
    assert expected(1000, 0.02, 0, 0.5) == pytest.approx(1000 * (1 - math.exp(-0.01)))
    assert expected(0, 0.02, 8, 0.25) == pytest.approx(2)
    assert expected(1000, 0.02, 8, 0.5) == pytest.approx(1000 * (1 - math.exp(-0.01)) + 4)


def utilities(model: CorridorModel, wait: float) -> dict[str, float]:
    """Of the pairs of the first cohort, by the formula of `sim.engine.processes.demand`, at a wait for the flight."""
    p = model.world.p[1]

    def utility(taste: float, success: float, can_pay: float, days: float, risk: float, goodwill: float) -> float:
        return float(
            taste + p["success"] * (success - 0.5) + p["price"] * math.log(can_pay) - p["time"] * days
            - p["risk"] * risk + p["facilitation"] * (goodwill - 0.5)
        )  # fmt: skip

    w, names = model.world, model.names
    found = {}
    for name, taste, goodwill in (("flight", 0.4, 0.9), ("boat", -0.2, 1.0)):
        route = w.routes[names.routes.index(name)]
        pair = w.pairs[w.pair_of[1, names.routes.index(name)]]
        for free in (False, True):
            can_pay = 1.0 if free else funds(float(route["price"]), MEDIAN, SHAPE)
            found[name + "-free" * free] = utility(
                taste, float(pair["success"]), can_pay, 1 + (wait if name == "flight" else 0), float(route["risk"]),
                goodwill,
            )  # fmt: skip
    return found


def share_of(first: tuple[float, float], other: tuple[float, float]) -> float:
    """Share of a cohort who choose the first of two routes, given (utility, share who can pay) of each."""
    (u, a), (v, b) = (math.exp(first[0]), first[1]), (math.exp(other[0]), other[1])
    both = min(a, b) * u / (1 + u + v)
    return both + max(a - b, 0) * u / (1 + u)


@pytest.mark.parametrize("deciding", [0, 30])
def test_who_is_kept_by_price_and_wait_is_what_the_formula_says(model: CorridorModel, deciding: int) -> None:
    """Ten wait for a visa of which five are given a day: two days; and some decide again today."""
    w, names = model.world, model.names
    for i in range(250, 260):
        queues.push(model._tables, queues.visa_queue(model._tables, 0), i)
    rows = put(model, range(200, 200 + deciding), PROSPECT, "home", "flight")  # of the second cohort, people
    for i in rows:
        queues.schedule(model._tables, i, t.C_RECONSIDER, 0, 2)
    kept = np.zeros((len(w.pairs), len(steps.KEPT)))
    steps.keep_away(model._tables, 2, kept)
    boat, flight = (int(w.pair_of[1, names.routes.index(name)]) for name in ("boat", "flight"))
    waited, soon = utilities(model, 2.0), utilities(model, 0.0)
    can_pay = {"flight": funds(1500.0, MEDIAN, SHAPE), "boat": funds(900.0, MEDIAN, SHAPE)}
    cases = {
        flight: [
            share_of((soon["flight-free"], 1.0), (waited["boat"], can_pay["boat"])),
            share_of((soon["flight"], can_pay["flight"]), (waited["boat"], can_pay["boat"])),
            share_of((waited["flight"], can_pay["flight"]), (waited["boat"], can_pay["boat"])),
        ],
        boat: [
            share_of((waited["boat-free"], 1.0), (waited["flight"], can_pay["flight"])),
            share_of((waited["boat"], can_pay["boat"]), (waited["flight"], can_pay["flight"])),
            share_of((waited["boat"], can_pay["boat"]), (waited["flight"], can_pay["flight"])),
        ],
    }
    for pair, shares in cases.items():
        free, at_price, now = (expected(300 - 40, 0.03, deciding, share) for share in shares)
        assert kept[pair, steps.BY_PRICE] == pytest.approx(free - at_price, rel=1e-6)
        assert kept[pair, steps.BY_WAIT] == pytest.approx(at_price - now, rel=1e-6, abs=1e-9)
    assert kept[flight, steps.BY_WAIT] > 0.01
    other = int(w.pair_of[0, names.routes.index("flight")])
    assert kept[other].min() > 0  # nobody of the first cohort decides again
    before = kept.copy()
    steps.keep_away(model._tables, 2, kept)
    assert kept == pytest.approx(2 * before)  # it adds


def test_asking_who_is_kept_leaves_the_appeal_of_routes_as_it_is(model: CorridorModel) -> None:
    w = model.world
    kept = np.zeros((len(w.pairs), len(steps.KEPT)))
    steps.keep_away(model._tables, 2, kept)
    appeal, can_pay = w.pairs["appeal"].copy(), w.pairs["affordable"].copy()
    assert (appeal > 0).all()
    names = model.names
    for pair, (_, route) in zip(w.pairs, names.pairs, strict=True):
        assert pair["affordable"] == pytest.approx(funds({"flight": 1500.0, "boat": 900.0}[route], MEDIAN, SHAPE))
    steps.keep_away(model._tables, 2, kept)
    assert w.pairs["appeal"].tolist() == appeal.tolist()
    assert w.pairs["affordable"].tolist() == can_pay.tolist()


def test_a_closed_route_keeps_all_who_would_come_by_the_wait(model: CorridorModel) -> None:
    w, names = model.world, model.names
    w.routes["open"][names.routes.index("flight")] = 0
    kept = np.zeros((len(w.pairs), len(steps.KEPT)))
    steps.keep_away(model._tables, 2, kept)
    pair = int(w.pair_of[1, names.routes.index("flight")])
    soon = utilities(model, 0.0)
    share = share_of((soon["flight"], funds(1500.0, MEDIAN, SHAPE)), (soon["boat"], funds(900.0, MEDIAN, SHAPE)))
    assert kept[pair, steps.BY_WAIT] == pytest.approx(expected(260, 0.03, 0, share), rel=1e-6)


def test_in_line_for_a_seat_count_those_whose_visa_is_good(model: CorridorModel) -> None:
    """Thirty in line since days 0 to 29: on day 29 those of the last ten days; more than a block holds, some gone."""
    w, names = model.world, model.names
    flight = names.routes.index("flight")
    rows = put(model, range(190, 220), BOOKED, "home", "flight")
    q = queues.seat_queue(model._tables, flight)
    for day, i in enumerate(rows):
        w.rows["since"][i] = day
        queues.push(model._tables, q, i)
    visa = queues.visa_queue(model._tables, 0)
    for i in put(model, range(230, 237), BOOKED, "home", "flight"):
        queues.push(model._tables, visa, i)
    lines = np.full((len(w.pairs), len(steps.LINES)), 99, np.int64)
    steps.count_lines(model._tables, 29, lines)
    others, people = (int(w.pair_of[c, flight]) for c in (0, 1))
    boat = int(w.pair_of[1, names.routes.index("boat")])
    assert lines[others].tolist() == [0, 0]
    assert lines[people].tolist() == [10, 7]
    assert lines[boat].tolist() == [0, 0]
    steps.count_lines(model._tables, 12, lines)  # since 3 to 29, of which those before row 200 are of the other cohort
    assert [lines[others].tolist(), lines[people].tolist()] == [[7, 0], [20, 7]]
    for _ in range(25):
        queues.pop(model._tables, q)
    steps.count_lines(model._tables, 12, lines)
    assert [lines[others, 0], lines[people, 0]] == [0, 5]


def test_who_waits_for_a_boat_is_in_no_line_for_seats(model: CorridorModel) -> None:
    boat = model.names.routes.index("boat")
    for i in put(model, range(210, 215), BOOKED, "home", "boat"):
        queues.push(model._tables, queues.seat_queue(model._tables, boat), i)
    lines = np.zeros((len(model.world.pairs), len(steps.LINES)), np.int64)
    steps.count_lines(model._tables, 3, lines)
    assert lines.sum() == 0


def test_everybody_is_met_once_at_the_border_once_on_a_boat_and_at_the_first_attempt(model: CorridorModel) -> None:
    w, names = model.world, model.names
    flight, boat = (int(w.pair_of[1, names.routes.index(name)]) for name in ("flight", "boat"))
    put(model, range(200, 206), AT_BORDER, "camp", "flight")
    put(model, range(206, 209), DEAD, "island", "boat")
    put(model, range(245, 248), AT_BORDER, "camp", "flight")  # beyond those who have left: not looked at
    w.rows["voyages"][206:209] = [1, 2, 0]
    w.rows["attempts"][200:206] = [1, 1, 2, 0, 1, 1]
    for number, (row, section) in enumerate([(200, 0), (201, 0), (202, 0), (203, 0), (204, -1), (205, 0)]):
        w.attempts[number] = (row, 0, section, 0)
    w.counters[t.N_ATTEMPTS] = 5  # the sixth is of another day
    seen, firsts = np.zeros(len(w.rows), np.int8), np.full((len(w.pairs), len(steps.FIRSTS)), 99, np.int64)
    steps.count_firsts(model._tables, seen, firsts)
    assert firsts[flight].tolist() == [6, 0, 2]
    assert firsts[boat].tolist() == [0, 2, 0]
    assert seen[200:210].tolist() == [1] * 6 + [2, 2, 0, 0]
    w.rows["status"][206] = AT_BORDER
    w.counters[t.N_ATTEMPTS] = 0
    steps.count_firsts(model._tables, seen, firsts)
    assert firsts[flight].tolist() == [0, 0, 0]
    assert firsts[boat].tolist() == [1, 0, 0]
    assert seen[206] == 3
