"""Transfer: the state's seats and the camps' capacity bound it; steering says where to."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine import queues
from sim.engine import tables as t
from sim.engine.processes import transfer
from sim.engine.rows import AT_BORDER, AT_HUB, MOVED_ON, RETURNED, STRANDED
from sim.model import CorridorModel
from tests.strategies import START, finished, tiny_scenario
from tests.unit.engine.processes.hands import put, waiting

ORDER = [7, 3, 11, 5, 2, 13]
ARMENIA = {
    "transit_states": {"armenia": {"hub": "moscow", "visas": {START: 5}, "transfer": {START: 5}}},
    "zones": {"polotsk": {"transit_state": "armenia", "capacity": 9, "sections": {"kuznica": 0.5, "dieveniskes": 1}}},
}


@pytest.fixture
def hub() -> tuple[CorridorModel, int, int]:
    """Six people in Minsk who wait for transfer; the numbers of the state and of the queue."""
    model = CorridorModel(tiny_scenario())
    state = model.names.states.index("belarus")
    q = len(model.names.states) + state
    for i in put(model, ORDER, AT_HUB, "minsk", "baghdad-minsk"):
        queues.push(model._tables, q, i)
    return model, state, q


@pytest.mark.parametrize("seats", [0.0, 1.5, 4.0, 6.0, 90.0])
def test_the_states_seats_are_filled_in_the_order_of_the_queue(
    hub: tuple[CorridorModel, int, int], seats: float
) -> None:
    model, state, q = hub
    model.world.states["transfer"][state] = seats
    transfer.run(model._tables, 0)
    taken = min(int(seats), len(ORDER))
    assert (model.world.rows["status"][ORDER[:taken]] == AT_BORDER).all()
    assert waiting(model, q) == ORDER[taken:]
    assert model.world.pair_flows[0, :, t.F_REACHED_BORDER].sum() == taken


def test_full_camps_take_nobody_and_the_queue_stays(hub: tuple[CorridorModel, int, int]) -> None:
    model, state, q = hub
    model.world.states["transfer"][state] = 90.0
    model.world.zones["capacity"] = 2, 1
    transfer.run(model._tables, 0)
    assert waiting(model, q) == ORDER[3:]
    for zone, most in zip(model.names.zones, (2, 1), strict=True):
        assert (model.world.rows["place"][ORDER[:3]] == model.names.places.index(zone)).sum() == most


def test_no_camp_ever_holds_more_than_it_can() -> None:
    model = finished(tiny_scenario({"zones": {"bruzgi": {"capacity": 7}, "lida": {"capacity": 4}}}))
    persons = model.world.stocks_by_place[:, :, [AT_BORDER, STRANDED]].sum(axis=2)
    most = [int(persons[:, model.names.places.index(zone)].max()) for zone in ("bruzgi", "lida")]
    assert most == [7, 4]


def test_the_next_zone_with_room_is_one_of_the_same_state() -> None:
    model = CorridorModel(tiny_scenario(ARMENIA))
    zones, state = model.world.zones, model.names.states.index("belarus")
    bruzgi, lida, polotsk = (model.names.zones.index(name) for name in ("bruzgi", "lida", "polotsk"))
    zones["room"][[bruzgi, lida, polotsk]] = 1, 1, 9
    assert [transfer.with_room(model._tables, z, state) for z in (bruzgi, lida)] == [bruzgi, lida]
    zones["room"][bruzgi] = 0
    assert [transfer.with_room(model._tables, z, state) for z in (bruzgi, lida)] == [lida, lida]
    zones["room"][lida] = 0
    assert transfer.with_room(model._tables, bruzgi, state) == -1


def test_zones_are_asked_for_room_in_their_order() -> None:
    """From the chosen one on, and from the last on to the first."""
    zones = {"polotsk": {"transit_state": "belarus", "capacity": 9, "sections": {"kuznica": 0}}}
    model = CorridorModel(tiny_scenario({"zones": zones}))
    for full in range(3):
        model.world.zones["room"] = 1
        model.world.zones["room"][full] = 0
        assert transfer.with_room(model._tables, full, model.names.states.index("belarus")) == (full + 1) % 3


def test_the_shares_of_each_states_zones_add_up_to_one() -> None:
    model = finished(tiny_scenario(ARMENIA), days=3)
    zones = model.world.zones
    for state in set(zones["state"]):
        assert zones["cumulative"][zones["state"] == state].max() == pytest.approx(1.0, abs=1e-12)


def test_zones_from_where_no_section_is_within_reach_have_no_share() -> None:
    model = CorridorModel(tiny_scenario())
    model.world.reach["within"] = 0
    transfer.weigh_zones(model._tables)
    assert model.world.zones["cumulative"].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("steering", [-2.0, 0.0, 1.0, 30.0])
def test_steering_multiplies_the_odds_of_a_zone(steering: float) -> None:
    """Odds of Bruzgi to Lida = ratio of their sections' values times e^steering."""
    model = CorridorModel(tiny_scenario())
    transfer.weigh_zones(model._tables)
    plain = model.world.zones["cumulative"][0]
    model.world.zones["steering"][0] = steering
    transfer.weigh_zones(model._tables)
    share = model.world.zones["cumulative"][0]
    assert share == pytest.approx(1 / (1 + (1 - plain) / plain * np.exp(-steering)))


def test_nobody_is_taken_to_a_zone_of_another_state() -> None:
    model = CorridorModel(tiny_scenario(ARMENIA))
    transfer.weigh_zones(model._tables)
    zones = model.world.zones
    for state in range(len(model.names.states)):
        chosen = {int(transfer.choose_zone(model.world.rows[i], zones, state)) for i in range(400)}
        assert chosen == (set(np.flatnonzero(zones["state"] == state).tolist()) or {-1})


def test_seats_are_not_saved_up_while_nobody_waits() -> None:
    """The rate is 5.5 a day, and nobody has arrived on the first two days."""
    model = finished(tiny_scenario(), days=2)
    assert not model.world.stocks[:, :, AT_HUB].any(), "somebody is at the hub"
    assert not model.world.states["transfer_carry"].any()


def test_those_who_are_left_in_line_begin_to_wait_and_those_taken_wait_at_the_border() -> None:
    """Everybody is on one clock: of the line or of the zone."""
    model = CorridorModel(tiny_scenario())
    w, rows = model.world, put(model, range(40), AT_HUB, "minsk", "baghdad-minsk")
    for i in rows:
        queues.schedule(model._tables, i, t.C_HUB, 0, 1)
    w.states["transfer"] = 10.0
    transfer.run(model._tables, 1)
    taken = w.rows["status"][rows] == AT_BORDER
    assert taken.sum() == 10
    assert (w.rows["since"][rows] == 1).all()
    assert (w.rows["waits"][rows] == 1).all()
    by_kind = [int(w.clocks["entries"][w.clocks["kind"] == kind].sum()) for kind in range(t.KINDS)]
    assert (by_kind[t.K_QUEUE], by_kind[t.K_FIRST], sum(by_kind)) == (30, 10, 40)


def test_who_has_left_the_line_for_good_takes_no_seat(hub: tuple[CorridorModel, int, int]) -> None:
    """Its entry is passed over, and the next in line is taken."""
    model, state, q = hub
    put(model, [ORDER[0], ORDER[2]], MOVED_ON, "Onward")
    model.world.states["transfer"][state] = 2.0
    transfer.run(model._tables, 0)
    assert (model.world.rows["status"][[ORDER[1], ORDER[3]]] == AT_BORDER).all()
    assert (model.world.rows["status"][[ORDER[0], ORDER[2]]] == MOVED_ON).all()
    assert waiting(model, q) == ORDER[4:]


def test_where_nobody_is_taken_to_the_border_the_line_dissolves() -> None:
    """In line for ever, people go home or move on: nobody waits beyond reason."""
    changes = {
        "transit_states": {"belarus": {"transfer": {START: 0}}},
        "behaviour": {"patience": 5, "moving_on": 5},
        "cohorts": {name: {"leaving_rate": 1.0} for name in ("iraqis", "sudanese", "syrians")},
    }
    model = finished(tiny_scenario(changes))
    by_day = model.world.stocks_by_cohort[:, :, AT_HUB].sum(axis=1)
    flows = model.world.pair_flows.sum(axis=(0, 1))
    assert flows[t.F_REACHED_BORDER] == 0
    assert flows[t.F_MOVED_ON] > 0 < flows[t.F_RETURNED]
    assert by_day[-1] < 0.5 * by_day.max()
    assert by_day[-1] == flows[t.F_ARRIVED] - flows[t.F_MOVED_ON] - flows[t.F_RETURNED] + returned_otherwise(model)


def returned_otherwise(model: CorridorModel) -> int:
    """Those who went home from the coast, who never were at the hub."""
    rows = model.world.rows
    sea = model.names.routes.index("benghazi-italy")
    gone = (rows["route"] == sea) & np.isin(rows["status"], (MOVED_ON, RETURNED))
    return int(gone.sum())


def test_a_state_without_camps_takes_people_to_none() -> None:
    model = CorridorModel(tiny_scenario())
    transfer.weigh_zones(model._tables)
    nowhere = len(model.names.states)
    assert {int(transfer.choose_zone(model.world.rows[i], model.world.zones, nowhere)) for i in range(9)} == {-1}
