"""The sea in closed form: fates of boats and people, calm days."""

from __future__ import annotations

import math
from itertools import groupby

import numpy as np
import pytest
from scipy import stats

from sim.engine import tables as t
from sim.engine.processes.sea import is_calm
from sim.engine.streams import name_key
from sim.scenario.rules import Seasons
from tests.strategies import START, finished, merge
from tests.verification.analytic import (
    ALPHA,
    BOATS,
    MONTHS,
    check_share,
    check_shares,
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
    seasons = {"calm_sea": [0.55] * MONTHS, "sea_persistence": 0}
    changes = merge(BOATS, {"seasons": seasons, "days": 700, "routes": {"crossing": {"shipwreck": 0}}})
    changes = merge(changes, {"transit_states": {"state": {"boats_tolerated": {START: 0.5}}}})
    changes = merge(changes, {"carriers": {"boats": {"services": {"crossing": {"seats": 1}}}}})
    model = finished(simple(changes))
    sailed = model.world.route_flows[20:, model.names.routes.index("crossing"), t.R_DEPARTURES]
    assert set(sailed) == {0, 5}
    check_share((sailed > 0).sum(), len(sailed), 0.55)


# The weather in spells: a chain of two states, whose shares and spells have closed forms.


def calm_days(key: str, shares: list[float], persistence: float) -> np.ndarray:
    """Whether the sea is calm on each day of a route, given each day's share."""
    number, calm = name_key(5, "route", key), []
    for day, share in enumerate(shares):
        calm.append(bool(is_calm(number, day, bool(calm and calm[-1]), share, persistence)))
    return np.array(calm)


@pytest.mark.parametrize(("share", "persistence"), [(0.55, 0.38), (0.85, 0.38), (0.3, 0.0), (0.5, 0.9)])
def test_days_and_spells_of_calm_are_as_the_chain_says(share: float, persistence: float) -> None:
    """P(calm | calm) = rho + (1 - rho) pi, P(calm | rough) = (1 - rho) pi; the share is pi; spells are geometric."""
    days = 40_000
    calm = calm_days("crossing", [share] * days, persistence)
    after_calm, after_rough = calm[1:][calm[:-1]], calm[1:][~calm[:-1]]
    stays = persistence + (1 - persistence) * share
    check_share(after_calm.sum(), len(after_calm), stays)
    check_share(after_rough.sum(), len(after_rough), (1 - persistence) * share)
    spread = math.sqrt(share * (1 - share) * (1 + persistence) / (1 - persistence) / days)
    assert abs(calm.mean() - share) < stats.norm.isf(ALPHA / 2) * spread
    spells = np.array([sum(1 for _ in run) for is_so, run in groupby(calm) if is_so][1:-1])
    lengths = np.arange(1, 6)
    chances = (1 - stays) * stays ** (lengths - 1)
    counts = [int((spells == n).sum()) for n in lengths] + [int((spells > 5).sum())]
    check_shares(counts, [*chances, 1 - chances.sum()])
    assert spells.mean() == pytest.approx(1 / ((1 - persistence) * (1 - share)), rel=0.06)


def test_calm_days_by_month_are_as_many_as_the_record_has() -> None:
    """E(calm on day t) = rho E(calm on day t - 1) + (1 - rho) pi(t): the month's share, but for its first days."""
    seasons = Seasons()
    months = np.arange("2021-01-01", "2022-01-01", dtype="datetime64[D]").astype("datetime64[M]").astype(int) % 12
    shares = [seasons.calm_sea[month] for month in months]
    persistence = float(seasons.sea_persistence)  # type: ignore[arg-type]
    calm = np.array([calm_days(f"route-{k}", shares, persistence) for k in range(300)])
    expected = [shares[0]]
    for share in shares[1:]:
        expected.append(persistence * expected[-1] + (1 - persistence) * share)
    for month in range(MONTHS):
        found = calm[:, months == month].mean(axis=1)
        mean = np.array(expected)[months == month].mean()
        assert abs(found.mean() - mean) < stats.norm.isf(ALPHA / 2) * found.std() / math.sqrt(len(found))
        assert mean == pytest.approx(seasons.calm_sea[month], abs=0.01)


def test_the_shipped_persistence_is_that_of_the_record() -> None:
    """Over the year, calm after calm on 0.80 of the days, and after rough ones on 0.42."""
    seasons = Seasons()
    persistence, share = float(seasons.sea_persistence), float(np.mean(seasons.calm_sea))  # type: ignore[arg-type]
    assert persistence + (1 - persistence) * share == pytest.approx(0.80, abs=0.01)
    assert (1 - persistence) * share == pytest.approx(0.42, abs=0.01)
