"""News: a posterior between prior and record, known after a lag, forgotten exponentially."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import tables as t
from sim.engine.processes import news
from sim.model import CorridorModel
from tests.strategies import tiny_scenario

counts, weights, shares = st.floats(0, 1e6), st.floats(0.1, 1e6), st.floats(0, 1)
LAG, SECTION_LAG, MEMORY, WEIGHT = 4, 2, 20.0, 10.0  # as in the small scenario
GOOD = (t.F_CROSSED, t.F_LANDED)
BAD = (t.F_STRANDED, t.F_RETURNED, t.F_INTERCEPTED, t.F_DEATHS)


@pytest.fixture
def model() -> CorridorModel:
    """On its first morning: nothing has happened."""
    return CorridorModel(tiny_scenario())


@given(shares, weights)
def test_without_news_the_prior_holds(prior: float, weight: float) -> None:
    assert news.posterior(prior, weight, 0.0, 0.0) == pytest.approx(prior)


@given(shares, weights, counts, counts)
def test_perceived_success_lies_between_prior_and_record(prior: float, weight: float, good: float, bad: float) -> None:
    found = news.posterior(prior, weight, good, bad)
    record = good / (good + bad) if good + bad > 0 else prior
    assert min(prior, record) - 1e-9 <= found <= max(prior, record) + 1e-9


def test_at_the_limits_of_the_weight_the_prior_or_the_record_holds() -> None:
    assert news.posterior(0.3, 1e12, 5.0, 15.0) == pytest.approx(0.3)
    assert news.posterior(0.3, 1e-12, 5.0, 15.0) == pytest.approx(0.25)
    assert news.posterior(0.0, 10.0, 1e12, 0.0) == pytest.approx(1.0)
    assert news.posterior(1.0, 10.0, 0.0, 1e12) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("flow", "good", "bad"), [*((f, 1.0, 0.0) for f in GOOD), *((f, 0.0, 1.0) for f in BAD)])
def test_an_outcome_is_known_after_the_lag_and_then_forgotten(
    model: CorridorModel, flow: int, good: float, bad: float
) -> None:
    """After t more days a weight of exp(-t / memory) is left."""
    w = model.world
    pair, prior = w.pairs[0], w.pairs["prior"][0]
    w.pair_flows[3, 0, flow] = 6
    for day in range(40):
        news.run(model._tables, day)
        left = 6 * math.exp(-(day - 3 - LAG) / MEMORY) if day >= 3 + LAG else 0.0
        assert (pair["good"], pair["bad"]) == pytest.approx((good * left, bad * left))
        assert pair["success"] == pytest.approx((WEIGHT * prior + good * left) / (WEIGHT + left))
    assert not w.pairs["good"][1:].any()
    assert not w.pairs["bad"][1:].any()


def test_a_procedure_is_worth_what_people_think_of_it(model: CorridorModel) -> None:
    model.world.p[0]["news_procedure_value"] = 0.6
    model.world.pair_flows[0, 0, t.F_PROCEDURES] = 10
    news.run(model._tables, LAG)
    assert model.world.pairs["good"][0] == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("flow", "good", "bad"), [(t.S_CROSSINGS, 1.0, 0.0), (t.S_TURN_BACKS, 0.0, 1.0), (t.S_DEATHS, 0.0, 0.0)]
)
def test_along_the_border_news_is_faster(model: CorridorModel, flow: int, good: float, bad: float) -> None:
    w = model.world
    w.section_flows[3, 1, flow] = 5
    for day in range(3 + SECTION_LAG):
        news.run(model._tables, day)
        assert w.sections["success"].tolist() == [t.SECTION_PRIOR] * len(w.sections)
    news.run(model._tables, 3 + SECTION_LAG)
    assert (w.sections["good"][1], w.sections["bad"][1]) == pytest.approx((5 * good, 5 * bad))
    expected = (WEIGHT * t.SECTION_PRIOR + 5 * good) / (WEIGHT + 5 * (good + bad))
    assert w.sections["success"][1] == pytest.approx(expected)
