"""Rules for one migrant at the edges of their range."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.engine.processes import aftermath, attempts, demand, departures
from sim.engine.rows import AT_BORDER
from tests.strategies import finished, tiny_scenario


@pytest.mark.parametrize("price", [0.0, 1e-6, 0.5, 1.0, 1500.0, 1e6])
def test_the_share_that_can_pay_is_fisks(price: float) -> None:
    assert demand.affordable(price, 4000.0, 2.5) == pytest.approx(stats.fisk.sf(price, 2.5, scale=4000.0), rel=1e-12)


def test_occasions_stop_at_the_most_that_a_row_can_hold() -> None:
    """They never begin anew: the same luck would come again in the same order."""
    model = finished(tiny_scenario(), days=40)
    rows = model.world.rows
    trying = np.flatnonzero(rows["status"] == AT_BORDER)
    rows["attempts"][trying] = 65_535
    rows["bookings"] = rows["voyages"] = 255
    before = model.world.pair_flows.sum(axis=(0, 1))
    model.run_for(40)
    assert (model.world.pair_flows.sum(axis=(0, 1)) > before)[[0, 5]].all(), "nobody sets out or tries"
    assert trying.size > 0
    assert (rows["attempts"][trying] == 65_535).all()
    assert (rows["bookings"] == 255).all()
    assert (rows["voyages"] == 255).all()


def test_who_has_just_enough_can_pay() -> None:
    model = finished(tiny_scenario(), days=1)
    m = model.world.rows[0]
    m["funds"] = 500.0
    assert not departures.board(m, 500.5, False)
    assert departures.board(m, 500.0, False)
    assert m["funds"] == 0.0
    assert not departures.board(m, 0.0, True)


def test_who_can_pay_for_just_this_attempt_may_go_on() -> None:
    """With nothing left but hope, some go on; with less than nothing, nobody."""
    model = finished(tiny_scenario(), days=1)
    w, cost = model.world, model.world.p[0]["attempt_cost"]
    state = w.states[model.names.states.index("belarus")]

    def gives_up(row: int, funds: float) -> bool:
        w.rows["funds"][row] = funds
        return bool(aftermath.gives_up(w.rows[row], 0, state, w.p[0]))

    assert not all(gives_up(row, cost) for row in range(50))
    assert all(gives_up(row, cost - 1.0) for row in range(50))


def test_a_barrier_covers_a_section_once_at_most() -> None:
    model = finished(tiny_scenario(), days=1)
    section, p = model.world.sections[0], model.world.p[0]
    found = []
    for share in (0.0, 1.0, 3.0):
        section["barrier"] = share * section["length"]
        found.append(attempts.detection_probability(section, 0.5, p))
    assert found[0] < found[1] == found[2]
