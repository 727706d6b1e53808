"""What is rationed: capacity is not saved up, a closed route stays closed, a state nobody passes changes nothing."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from sim.engine.rows import AT_HUB
from sim.engine.tables import R_DEPARTURES
from sim.model import CorridorModel
from tests.strategies import START, finished, tiny_scenario

ELSEWHERE = {
    "transit_states": {"armenia": {"hub": "moscow", "visas": {START: 5}, "transfer": {START: 5}}},
    "zones": {"polotsk": {"transit_state": "armenia", "capacity": 9, "sections": {"kuznica": 0.5, "dieveniskes": 1}}},
}


@pytest.mark.parametrize("kept", ["visa_carry", "transfer_carry"])
def test_capacity_is_not_saved_up_while_nobody_waits(kept: str) -> None:
    """Rates are 7.5 and 5.5 a day, and nobody applies or has arrived on the first two days."""
    model = finished(tiny_scenario(), days=2)
    assert not model.world.stocks[:, :, AT_HUB].any(), "somebody is at the hub"
    assert not model.world.states[kept].any()


def test_a_state_that_nobody_passes_changes_nothing() -> None:
    """It comes first in order, so that all others have other numbers, queues and zones."""
    alone, beside = finished(tiny_scenario()), finished(tiny_scenario(ELSEWHERE))
    assert beside.names.states[0] == "armenia"
    for table in ("pair_flows", "section_flows", "route_flows"):
        assert np.array_equal(getattr(alone.world, table), getattr(beside.world, table)), table


def test_the_shares_of_each_states_zones_add_up_to_one() -> None:
    model = finished(tiny_scenario(ELSEWHERE), days=3)
    zones = model.world.zones
    for state in set(zones["state"]):
        assert zones["cumulative"][zones["state"] == state].max() == pytest.approx(1.0, abs=1e-12)


def test_what_a_timetable_has_on_a_closed_route_does_not_leave() -> None:
    ban = {
        "kind": "carrier-ban",
        "carriers": ["airline-ly"],
        "start": START + timedelta(days=20),
        "end": START + timedelta(days=39),
    }
    scenario = tiny_scenario({"measures": {"ban": ban}}, days=60)
    model = CorridorModel(scenario, [(day, "benghazi-minsk", 4) for day in range(60)])
    model.run_model()
    left = model.world.route_flows[:, model.names.routes.index("benghazi-minsk"), R_DEPARTURES]
    assert not left[20:40].any()
    assert (left[:20] > 0).all()
    assert (left[40:] > 0).all()
