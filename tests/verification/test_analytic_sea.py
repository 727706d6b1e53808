"""The sea in closed form: fates of boats and people, calm days."""

from __future__ import annotations

import math

from scipy import stats

from sim.engine import tables as t
from tests.strategies import START, finished, merge
from tests.verification.analytic import (
    ALPHA,
    BOATS,
    MONTHS,
    check_share,
    flow,
    simple,
)


def test_boats_have_one_fate_each_and_people_their_own_in_a_wreck() -> None:
    """Wrecked s, turned round (1 - s) i, landed (1 - s)(1 - i); in a wreck each dies with its own probability."""
    model = finished(simple(BOATS))
    sailed = model.world.route_flows[:, model.names.routes.index("crossing"), t.R_DEPARTURES]
    assert sailed[10:].tolist() == [10] * 50
    landed, died, back = (flow(model, name).sum() for name in ("landed", "deaths", "intercepted"))
    assert landed % 10 == 0
    check_share(landed // 10, sailed.sum(), 0.8 * 0.7)
    wrecked = model.world.rows["voyages"] > 0
    assert landed + died + back == flow(model, "embarked").sum() == 10 * sailed.sum() == wrecked.sum()
    turned = 0.8 * 0.3 * 10 * sailed.sum()
    aboard = 10 * sailed.sum() - landed
    # Deaths: boats wrecked among those that did not land are binomial, and so are the dead in them.
    share, boats = 0.2 / 0.44, aboard // 10
    spread = math.sqrt(boats * share * (1 - share) * (10 * 0.6) ** 2 + boats * share * 10 * 0.6 * 0.4)
    assert abs(died - boats * share * 6) < stats.norm.isf(ALPHA / 2) * spread
    assert abs(back - turned - 0.4 * 0.2 * 10 * sailed.sum()) < 0.2 * turned
    check_share(flow(model, "stranded").sum(), back, 0.4)


def test_boats_leave_on_calm_days_as_far_as_they_are_tolerated() -> None:
    changes = merge(
        BOATS, {"seasons": {"calm_sea": [0.55] * MONTHS}, "days": 700, "routes": {"crossing": {"shipwreck": 0}}}
    )
    changes = merge(changes, {"transit_states": {"state": {"boats_tolerated": {START: 0.5}}}})
    changes = merge(changes, {"carriers": {"boats": {"services": {"crossing": {"seats": 1}}}}})
    model = finished(simple(changes))
    sailed = model.world.route_flows[20:, model.names.routes.index("crossing"), t.R_DEPARTURES]
    assert set(sailed) == {0, 5}
    check_share((sailed > 0).sum(), len(sailed), 0.55)
