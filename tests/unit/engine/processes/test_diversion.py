"""Those whose booking fails take another route: by sea they count as diverted, by air they book like anybody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sim.engine import tables as t
from sim.engine.rows import DIVERTED
from sim.model import CorridorModel
from tests.strategies import START, TINY, tiny_scenario


def test_only_those_who_go_by_sea_wait_as_diverted() -> None:
    ban: dict[str, Any] = {"kind": "carrier-ban", "carriers": ["airline-iq", "airline-ly"]}
    changes = {
        "cohorts": {"iraqis": {"routes": {"baghdad-minsk": 0, "baghdad-minsk-2": 0}}},
        "routes": {"baghdad-minsk-2": TINY["routes"]["baghdad-minsk"]},
        "carriers": {"other": {"services": {"baghdad-minsk-2": {"seats": 9, "weekly": {START: 7}}}}},
        "transit_states": {"belarus": {"visas": {START: 2}}},  # so that many wait when the ban comes
        "measures": {"ban": {**ban, "start": START + timedelta(days=20)}},
        "behaviour": {"reconsider": 3},
    }
    model = CorridorModel(tiny_scenario(changes))
    seen = 0
    while model.running:
        model.step()
        routes = model.world.rows["route"][model.world.rows["status"] == DIVERTED]
        assert (model.world.routes["mode"][routes] == t.SEA).all()
        seen += len(routes)
    diverted = dict(zip(model.names.pairs, model.world.pair_flows[:, :, t.F_DIVERTED].sum(axis=0), strict=True))
    boarded = dict(zip(model.names.pairs, model.world.pair_flows[20:, :, t.F_BOARDED].sum(axis=0), strict=True))
    assert seen > 0
    assert diverted["sudanese", "benghazi-italy"] > 0
    assert diverted["iraqis", "baghdad-minsk-2"] > 0
    assert boarded["iraqis", "baghdad-minsk-2"] > 0
