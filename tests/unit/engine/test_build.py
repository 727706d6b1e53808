"""From a scenario to tables: their order and size mean nothing."""

from __future__ import annotations

import numpy as np

from tests.strategies import START, finished, tiny_scenario

ELSEWHERE = {
    "transit_states": {"armenia": {"hub": "moscow", "visas": {START: 5}, "transfer": {START: 5}}},
    "zones": {"polotsk": {"transit_state": "armenia", "capacity": 9, "sections": {"kuznica": 0.5, "dieveniskes": 1}}},
}


def test_a_state_that_nobody_passes_changes_nothing() -> None:
    """It comes first in order, so that all others have other numbers, queues and zones."""
    alone, beside = finished(tiny_scenario()), finished(tiny_scenario(ELSEWHERE))
    assert beside.names.states[0] == "armenia"
    for table in ("pair_flows", "section_flows", "route_flows"):
        assert np.array_equal(getattr(alone.world, table), getattr(beside.world, table)), table
