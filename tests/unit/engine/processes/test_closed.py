"""What is closed or forbidden does not happen."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from sim.engine import tables as t
from sim.model import CorridorModel
from tests.strategies import START, finished, tiny_scenario


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


def test_an_agency_that_may_turn_nobody_back_turns_nobody_back_however_full_it_is() -> None:
    agencies = {name: {"reception": 0, "turn_back": {START: 0.0}} for name in ("lithuania", "poland")}
    flows = finished(tiny_scenario({"agencies": agencies})).world.section_flows.sum(axis=(0, 1))
    assert flows[t.S_PROCEDURES] > 0
    assert flows[t.S_TURN_BACKS] == 0


def test_a_trickle_of_visas_is_no_stop() -> None:
    """Below one a day, visas are issued exactly at their rate to those who wait."""
    model = CorridorModel(tiny_scenario({"transit_states": {"belarus": {"visas": {START: 0.4}}}}))
    queue = model.names.states.index("belarus")
    while model.running and not model.world.queues["length"][queue]:
        model.step()
    flights = [model.names.routes.index(name) for name in ("baghdad-minsk", "benghazi-minsk")]
    first = model.day - 1
    model.run_for(40)
    assert model.world.queues["length"][queue] > 0
    boarded = model.world.route_flows[:, flights, t.R_BOARDED].sum()
    assert int(0.4 * (40 - 7)) - 1 <= boarded <= int(0.4 * (model.day - first))
