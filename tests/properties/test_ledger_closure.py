"""Nobody is lost and nothing is used twice, in any scenario: the ledger against a recount, every day."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from sim.engine import ledger
from sim.engine import tables as t
from sim.engine.rows import (
    AT_BORDER,
    AT_COAST,
    AT_HUB,
    BOOKED,
    CROSSED,
    DEAD,
    DIVERTED,
    IN_PROCEDURE,
    IN_TRANSIT,
    INTERCEPTED,
    LANDED,
    MOVED_ON,
    ONWARD,
    PROSPECT,
    RETURNED,
    STRANDED,
    TOLD_BAD,
    TOLD_GOOD,
)  # fmt: skip
from sim.model import CorridorModel
from sim.scenario.schema import Scenario
from tests.rich_scenario import rich_scenario, timetable
from tests.strategies import START, finished, scenarios

# Derandomized, so that a run of the tests passes always or never; take it out to look for more.
MANY = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(MANY, max_examples=30)


def recounted(model: CorridorModel) -> np.ndarray:
    """Stocks counted from the rows."""
    return ledger.recount(model.world.rows, len(model.names.cohorts), len(model.names.places))


def check_flows(model: CorridorModel) -> None:
    """Stocks are what flows made of them; what is rationed is not used twice."""
    w = model.world
    flow = {name: w.pair_flows[:, :, number].astype(int) for number, name in enumerate(t.PAIR_FLOWS)}
    total = {name: int(values.sum()) for name, values in flow.items()}
    stock = w.stocks.sum(axis=(0, 1))
    size = sum(cohort.size for cohort in model.settings.cohorts.values())
    assert stock.sum() == size
    assert stock[PROSPECT] == size - total["set_out"] + total["gave_up_booking"]
    assert stock[LANDED] == total["landed"]
    assert stock[RETURNED] == total["returned"]
    assert stock[DEAD] == total["deaths"]
    assert stock[ONWARD] == total["onward"]
    taken_in = flow["procedures"] + flow["claims_admitted"]
    assert stock[IN_PROCEDURE] == taken_in.sum() - total["left_procedure"]
    assert stock[IN_TRANSIT] == total["boarded"] - total["arrived_at_hub"]
    assert stock[MOVED_ON] == total["moved_on"]
    on_land = total["arrived_at_hub"] - total["crossed"] - taken_in.sum() - total["moved_on"]
    on_land -= total["returned"] - returned_from_procedure(total, stock) + total["deaths"] - drowned(model)
    assert stock[AT_HUB] + stock[AT_BORDER] + stock[STRANDED] == on_land + gave_up_the_sea(model)
    assert total["embarked"] == total["landed"] + total["intercepted"] + drowned(model)
    assert total["attempts"] == total["turn_backs"] + total["procedures"] + total["crossed"]
    waiting = stock[BOOKED] + stock[DIVERTED] + stock[AT_COAST] + stock[INTERCEPTED]
    came_back = total["intercepted"] - gave_up_the_sea(model)
    assert waiting == total["set_out"] - total["gave_up_booking"] - total["boarded"] - total["embarked"] + came_back
    for earlier, later in ((flow["boarded"], flow["arrived_at_hub"]), (taken_in, flow["left_procedure"])):
        assert (earlier.cumsum(axis=0) >= later.cumsum(axis=0)).all()
    check_border(model, flow)
    departures, seats, boarded = (w.route_flows[:, :, number] for number in range(3))
    assert (boarded <= seats).all()
    for r, name in enumerate(model.names.routes):
        largest = max((s["seats"] for s in w.services if s["route"] == r), default=0)
        assert (boarded[:, r] <= departures[:, r] * largest).all() or w.timetable[:, r].any(), name
    by_route = [[k for k, pair in enumerate(w.pairs) if pair["route"] == r] for r in range(len(model.names.routes))]
    aboard = (flow["boarded"] + flow["embarked"])[:, [k for own in by_route for k in own]]
    firsts = np.cumsum([0, *map(len, by_route[:-1])])
    assert (np.add.reduceat(aboard, firsts, axis=1) == boarded).all()


def check_border(model: CorridorModel, flow: dict[str, np.ndarray]) -> None:
    """Each approach has one result, no patrol is in two places, and each person is told of once."""
    w = model.world
    section = {name: w.section_flows[:, :, number].astype(int) for number, name in enumerate(t.SECTION_FLOWS)}
    presented, stopped = section["self_presentations"], section["turn_backs"] + section["procedures"]
    assert (section["approaches"] == section["withdrawals"] + section["attempts"] + section["claims"]).all()
    assert (section["claims"] == section["claims_admitted"] + section["claims_refused"]).all()
    assert (section["attempts"] == stopped + section["crossings"]).all()
    stopped = stopped - presented
    assert (section["patrol_calls"] == stopped + section["overload_crossings"]).all()
    assert (section["recorded"] == section["withdrawals"] + presented + section["patrol_calls"]).all()
    for name in ("approaches", "attempts", "turn_backs", "procedures", "claims", "claims_admitted"):
        assert (section[name].sum(axis=1) == flow[name].sum(axis=1)).all(), name
    assert (stopped <= np.floor(w.section_capacity) + 1).all()
    assert (stopped.cumsum(axis=0) <= w.section_capacity.cumsum(axis=0) + 1e-6).all()
    assert w.attempts_by_pair.sum() == flow["attempts"].sum()
    told = (w.rows["flags"] & (TOLD_BAD | TOLD_GOOD)) > 0
    assert w.told.sum() == pytest.approx(told.sum()), "each person is told of once"


def returned_from_procedure(total: dict[str, int], stock: np.ndarray) -> int:
    """Those who left a procedure and are neither in the country nor further on."""
    return total["crossed"] + total["left_procedure"] - int(stock[CROSSED]) - total["onward"]


def drowned(model: CorridorModel) -> int:
    """People who died at sea: nobody else has been on a boat and is dead, where waiting at the coast is safe."""
    assert model.settings.hazards.sheltered == 0.0
    rows = model.world.rows
    return int(((rows["status"] == DEAD) & (rows["voyages"] > 0)).sum())


def gave_up_the_sea(model: CorridorModel) -> int:
    """People brought back who did not wait for another boat: stranded at the coast, or home or elsewhere from there."""
    rows = model.world.rows
    return int(((rows["voyages"] > 0) & np.isin(rows["status"], (STRANDED, RETURNED, MOVED_ON))).sum())


@MANY
@given(scenarios())
def test_the_ledger_equals_a_recount_every_day(scenario: Scenario) -> None:
    model = CorridorModel(scenario)
    sizes = [scenario.cohorts[name].size for name in model.names.cohorts]
    while model.running:
        model.step()
        counted = recounted(model)
        assert (counted == model.world.stocks).all()
        assert counted.min() >= 0
        assert (counted.sum(axis=1) == model.world.stocks_by_cohort[model.day - 1]).all()
        assert (counted.sum(axis=0) == model.world.stocks_by_place[model.day - 1]).all()
        assert counted.sum(axis=(1, 2)).tolist() == sizes


@MANY
@given(scenarios())
def test_flows_make_the_stocks(scenario: Scenario) -> None:
    sheltered = scenario.hazards.model_copy(update={"sheltered": 0.0})
    check_flows(finished(scenario.model_copy(update={"hazards": sheltered})))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_rich_scenario_closes_too(seed: int) -> None:
    """With all kinds of measures, a sponsor, a timetable."""
    scenario = rich_scenario(seed)
    hazards = scenario.hazards.model_copy(update={"sheltered": 0.0})
    scenario = scenario.model_copy(update={"hazards": hazards})
    model = CorridorModel(scenario, timetable(scenario))
    while model.running:
        model.step()
        assert (recounted(model) == model.world.stocks).all()
    check_flows(model)


@FEW
@given(scenarios())
def test_camps_and_places_hold_no_more_than_they_can(scenario: Scenario) -> None:
    """Those taken to a zone find room; whoever is stranded or goes back from the hub was counted there before."""
    model = finished(scenario)
    for name, zone in scenario.zones.items():
        place = model.names.places.index(name)
        inside = model.world.stocks_by_place[:, place, [AT_BORDER, STRANDED]].sum(axis=1)
        assert inside.max() <= zone.capacity


@FEW
@given(scenarios())
def test_states_issue_and_transfer_no_more_than_they_may(scenario: Scenario) -> None:
    model = finished(scenario)
    days = np.arange(1, scenario.days + 1)
    belarus = scenario.transit_states["belarus"]
    by_air = [k for k, (_, route) in enumerate(model.names.pairs) if scenario.routes[route].mode == "air"]
    boarded = model.world.pair_flows[:, by_air, t.F_BOARDED].sum(axis=1).cumsum()
    taken = model.world.pair_flows[:, :, t.F_REACHED_BORDER].sum(axis=1).cumsum()
    assert (boarded <= belarus.visas[START] * days + 1e-6).all()
    assert (taken <= belarus.transfer[START] * days + 1e-6).all()


@FEW
@given(scenarios())
def test_rows_make_sense(scenario: Scenario) -> None:
    """What a row says of its migrant agrees with its status."""
    model = finished(scenario)
    rows = model.world.rows
    left = rows["status"] != PROSPECT
    assert (rows["bookings"][left] > 0).all()
    assert (rows["route"][rows["bookings"] > 0] < len(model.names.routes)).all()
    assert ((rows["attempts"] > 0) == (rows["section"] < len(model.names.sections))).all()
    assert (rows["attempts"][np.isin(rows["status"], (CROSSED, IN_PROCEDURE, ONWARD))] > 0).all()
    assert (rows["voyages"][np.isin(rows["status"], (LANDED, INTERCEPTED))] > 0).all()
    home = np.array([model.names.places.index(scenario.cohorts[c].origin) for c in model.names.cohorts])
    at_home = np.isin(rows["status"], (PROSPECT, RETURNED))
    assert (rows["place"][at_home] == home[rows["cohort"]][at_home]).all()
    assert (rows["place"][np.isin(rows["status"], (ONWARD, MOVED_ON))] == len(model.names.places) - 1).all()
    assert (rows["waits"][np.isin(rows["status"], (AT_BORDER, STRANDED))] > 0).all()
    assert (rows["outdoors"] <= scenario.days).all()
    assert (rows["flags"][np.isin(rows["status"], (CROSSED, ONWARD, LANDED, IN_PROCEDURE))] & TOLD_GOOD > 0).all()
    assert (rows["flags"][np.isin(rows["status"], (STRANDED, RETURNED, DEAD))] & (TOLD_BAD | TOLD_GOOD) > 0).all()
    assert not (rows["flags"][np.isin(rows["status"], (PROSPECT, BOOKED, IN_TRANSIT))] & TOLD_BAD).any()
    assert np.isfinite(rows["funds"]).all()
