"""The sea: no boat on rough days, none less than half full, and all who embark are accounted for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from sim.engine import queues
from sim.engine import tables as t
from sim.engine.processes import sea
from sim.engine.rows import AT_COAST, LANDED
from sim.engine.streams import WEATHER, draw
from sim.model import CorridorModel
from tests.strategies import START, finished, tiny_scenario
from tests.unit.engine.processes.hands import put
from tests.verification.analytic import check_share

SEATS = 6
SAFE: dict[str, Any] = {"hazards": {"death": 0, "injury": 0}}


def boats(model: CorridorModel) -> np.ndarray:
    """Departures, seats and persons aboard by day."""
    flows: np.ndarray = model.world.route_flows[:, model.names.routes.index("benghazi-italy")].astype(int)
    return flows


def aboard(model: CorridorModel) -> np.ndarray:
    """Flows of those who go by sea, over the whole run."""
    pair = model.names.pairs.index(("sudanese", "benghazi-italy"))
    flows: np.ndarray = model.world.pair_flows[:, pair].sum(axis=0)
    return flows


@pytest.mark.parametrize("persistence", [0.0, 0.38, 1.0])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_boats_leave_on_calm_days_alone(share: float, persistence: float) -> None:
    """A day is calm if its draw is below rho * (calm yesterday) + (1 - rho) * share; the first one, below the share."""
    model = finished(tiny_scenario({"seasons": {"calm_sea": [share] * 12, "sea_persistence": persistence}}))
    key = model.world.environment[model.names.routes.index("benghazi-italy")]
    draws = [draw(key, WEATHER, day) for day in range(model.settings.days)]
    calm = [draws[0] < share]
    for u in draws[1:]:
        calm.append(u < persistence * calm[-1] + (1 - persistence) * share)
    days = boats(model)[:, t.R_DEPARTURES].nonzero()[0]
    assert all(calm[day] for day in days)
    assert bool(len(days)) == (sum(calm) > 0)


def test_the_weather_of_a_route_is_its_own_and_the_same_whatever_people_do() -> None:
    """Also with nobody aboard, and beside a second route."""

    def calm_days(changes: dict[str, Any]) -> dict[str, list[int]]:
        model = CorridorModel(tiny_scenario(changes, days=60))
        found: dict[str, list[int]] = {name: [] for name in model.names.routes}
        while model.running:
            model.step()
            for name, route in zip(model.names.routes, model.world.routes, strict=True):
                found[name].append(int(route["calm"]))
        return found

    second = {"mode": "sea", "origin": "benghazi", "destination": "crete", "transit_state": "libya"}
    plain = calm_days({})
    changed = calm_days({"cohorts": {"sudanese": {"size": 0}}, "routes": {"benghazi-crete": second}})
    assert plain["benghazi-italy"] == changed["benghazi-italy"] != changed["benghazi-crete"]
    assert set(plain["benghazi-italy"]) == {0, 1}
    assert not any(plain["baghdad-minsk"])


def test_a_boat_is_half_full_at_least_and_never_more_than_full() -> None:
    days = boats(finished(tiny_scenario()))
    assert np.array_equal(days[:, t.R_SEATS], days[:, t.R_DEPARTURES] * SEATS)
    assert (days[:, t.R_BOARDED] <= days[:, t.R_SEATS]).all()
    assert (days[:, t.R_BOARDED] >= SEATS // 2 * days[:, t.R_DEPARTURES]).all()
    assert days[:, t.R_DEPARTURES].any()


def test_all_in_the_queue_embark_while_there_are_seats() -> None:
    """The first of all rows, too."""
    for seats, embarked in ((2, 2), (3, 3), (SEATS, 3)):
        model = CorridorModel(tiny_scenario({"cohorts": {"iraqis": None, "syrians": None}}))
        number = model.names.routes.index("benghazi-italy")
        for i in put(model, [1, 0, 2], AT_COAST, "benghazi", "benghazi-italy"):
            queues.push(model._tables, 2 * len(model.names.states) + number, i)
        assert sea.sail(model._tables, 0, number, seats) == embarked
        assert model.world.rows["voyages"][[1, 0, 2]].tolist() == [1] * embarked + [0] * (3 - embarked)


def test_voyages_are_counted_as_far_as_their_column_goes() -> None:
    model = CorridorModel(tiny_scenario({"cohorts": {"iraqis": None, "syrians": None}}))
    number = model.names.routes.index("benghazi-italy")
    for i in put(model, [0, 1], AT_COAST, "benghazi", "benghazi-italy"):
        queues.push(model._tables, 2 * len(model.names.states) + number, i)
    model.world.rows["voyages"][[0, 1]] = 255, 254
    assert sea.sail(model._tables, 0, number, 2) == 2
    assert model.world.rows["voyages"][[0, 1]].tolist() == [255, 255]


def test_a_services_week_has_the_seats_and_passengers_of_its_boats() -> None:
    """What its carrier looks at when it reviews the frequency."""
    model = CorridorModel(tiny_scenario({"seasons": {"calm_sea": [1.0] * 12}, "cohorts": {"iraqis": None}}))
    w, number = model.world, model.names.routes.index("benghazi-italy")
    w.services["weekly"], w.services["open"], w.states["boats_tolerated"] = 14.0, 1, 1.0
    w.p["calm_sea"] = 1.0
    for i in put(model, range(40), AT_COAST, "benghazi", "benghazi-italy"):
        queues.push(model._tables, 2 * len(model.names.states) + number, i)
    for day in range(4):
        sea.run(model._tables, day)
    service = w.services[w.services["route"] == number][0]
    sailed = w.route_flows[:4, number].sum(axis=0)
    assert sailed[t.R_BOARDED] > 0
    assert (service["week_seats"], service["week_taken"]) == (sailed[t.R_SEATS], sailed[t.R_BOARDED])


def test_fewer_boats_leave_where_fewer_are_tolerated() -> None:
    found = []
    for share in (0.0, 0.3, 1.0):
        model = finished(tiny_scenario({"transit_states": {"libya": {"boats_tolerated": {START: share}}}}))
        found.append(int(boats(model)[:, t.R_DEPARTURES].sum()))
    assert found[0] == 0 < found[1] < found[2]


@pytest.mark.parametrize("death", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(("shipwreck", "interception"), [(0.0, 0.0), (1.0, 0.5), (0.4, 0.3), (0.0, 1.0)])
def test_all_who_embark_land_are_brought_back_or_die(shipwreck: float, interception: float, death: float) -> None:
    changes = {
        **SAFE,
        "routes": {"benghazi-italy": {"shipwreck": shipwreck, "death_in_shipwreck": death}},
        "transit_states": {"libya": {"interception": {START: interception}}},
    }
    model = finished(tiny_scenario(changes, days=60))
    flows = aboard(model)
    assert flows[t.F_EMBARKED] == flows[t.F_LANDED] + flows[t.F_INTERCEPTED] + flows[t.F_DEATHS] > 0
    assert flows[t.F_EMBARKED] == boats(model)[:, t.R_BOARDED].sum()
    assert (model.world.rows["status"] == LANDED).sum() == flows[t.F_LANDED]
    if shipwreck == 0.0:
        assert flows[t.F_DEATHS] == 0
        assert flows[t.F_INTERCEPTED] == (flows[t.F_EMBARKED] if interception else 0)
    if shipwreck == 1.0:
        assert flows[t.F_LANDED] == 0
        assert flows[t.F_DEATHS] == pytest.approx(death * flows[t.F_EMBARKED], abs=0 if death in (0, 1) else 60)


def test_a_wreck_comes_before_an_interception() -> None:
    """P(wrecked) = s, P(turned round) = (1 - s) i, and the rest land."""
    key = CorridorModel(tiny_scenario()).world.environment[0]
    fates = [sea.boat_fate(key, serial, 0.2, 0.5) for serial in range(3000)]
    for fate, share in ((sea.WRECKED, 0.2), (sea.TURNED_ROUND, 0.4), (sea.LANDS, 0.4)):
        check_share(fates.count(fate), len(fates), share)


def test_who_cannot_pay_another_voyage_gives_up() -> None:
    w = CorridorModel(tiny_scenario()).world
    p = w.p[0]
    p["sea_price"], p["sea_giving_up"] = 400.0, 0.3

    def gives_up(funds: float) -> list[bool]:
        w.rows["funds"] = funds
        return [bool(sea.gives_up_the_sea(w.rows[i], p)) for i in range(400)]

    assert all(gives_up(399.0))
    check_share(sum(gives_up(400.0)), 400, 0.3)
    assert (w.rows["funds"] == 0.0).all()


def test_nobody_waits_at_the_coast_for_ever_while_boats_leave() -> None:
    """First come, first served: whoever embarked on a day had waited no less than those who are left."""
    many = {"cohorts": {"sudanese": {"size": 600}}, "transit_states": {"libya": {"boats_tolerated": {START: 0.4}}}}
    model = CorridorModel(tiny_scenario(many))
    seen = 0
    while model.running:
        before = model.world.rows.copy()
        model.step()
        rows = model.world.rows
        waited = before["status"] == AT_COAST
        left, stayed = waited & (rows["voyages"] > before["voyages"]), waited & (rows["status"] == AT_COAST)
        stayed &= rows["voyages"] == before["voyages"]
        if left.any() and stayed.any():
            seen += 1
            assert before["arrived"][left].max() <= before["arrived"][stayed].min()
    assert seen > 0


def test_boats_of_a_banned_carrier_do_not_sail_until_the_ban_is_over() -> None:
    ban = {
        "kind": "carrier-ban", "carriers": ["boats"], "start": START + timedelta(days=30),
        "end": START + timedelta(days=59),
    }  # fmt: skip
    model = finished(tiny_scenario({"measures": {"ban": ban}}, days=90))
    flows = model.world.route_flows[:, model.names.routes.index("benghazi-italy")]
    assert flows[:30, t.R_BOARDED].any()
    assert not flows[30:60].any()
    assert flows[60:, t.R_BOARDED].any()


def test_nobody_sails_to_where_flights_go() -> None:
    """A state's tolerance of boats is nothing to its flights and buses."""
    alone, tolerant = (
        finished(tiny_scenario({"transit_states": {"belarus": {"boats_tolerated": {START: share}}}}))
        for share in (0.0, 1.0)
    )
    for table in ("pair_flows", "route_flows", "section_flows"):
        assert np.array_equal(getattr(alone.world, table), getattr(tolerant.world, table)), table
    assert alone.world.route_flows[:, :, t.R_BOARDED].any(axis=0).all()
