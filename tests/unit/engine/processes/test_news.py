"""News: a posterior between prior and record, known after a lag, forgotten exponentially."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import tables as t
from sim.engine.processes import news
from sim.engine.rows import TOLD_BAD, TOLD_GOOD
from sim.model import CorridorModel
from tests.strategies import finished, tiny_scenario
from tests.verification.analytic import simple

counts, weights, shares = st.floats(0, 1e6), st.floats(0.1, 1e6), st.floats(0, 1)
LAG, SECTION_LAG, MEMORY, WEIGHT = 4, 2, 20.0, 10.0  # as in the small scenario


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


@pytest.mark.parametrize(("good", "bad"), [(1.0, 0.0), (0.0, 1.0), (0.3, 0.7)])
def test_an_outcome_is_known_after_the_lag_and_then_forgotten(model: CorridorModel, good: float, bad: float) -> None:
    """After t more days a weight of exp(-t / memory) is left."""
    w = model.world
    pair, prior = w.pairs[0], w.pairs["prior"][0]
    w.told[3, 0] = 6 * good, 6 * bad
    for day in range(40):
        news.run(model._tables, day)
        left = 6 * math.exp(-(day - 3 - LAG) / MEMORY) if day >= 3 + LAG else 0.0
        assert (pair["good"], pair["bad"]) == pytest.approx((good * left, bad * left))
        assert pair["success"] == pytest.approx((WEIGHT * prior + good * left) / (WEIGHT + left))
    assert not w.pairs["good"][1:].any()
    assert not w.pairs["bad"][1:].any()


@pytest.mark.parametrize("value", [0.0, 0.6, 1.0])
def test_a_procedure_counts_as_so_much_good_and_the_rest_bad(model: CorridorModel, value: float) -> None:
    """At the border; whatever it is worth, each is one event: its share of success is the value."""
    w = model.world
    w.p["news_procedure_value"] = value
    w.section_flows[3, 1, t.S_PROCEDURES] = 10
    news.run(model._tables, 3 + SECTION_LAG)
    assert (w.sections["good"][1], w.sections["bad"][1]) == pytest.approx((10 * value, 10 * (1 - value)))
    assert w.sections["success"][1] == pytest.approx((WEIGHT * t.SECTION_PRIOR + 10 * value) / (WEIGHT + 10))


@pytest.mark.parametrize("value", [0.0, 0.6, 1.0])
def test_so_it_counts_at_home_whatever_follows(value: float) -> None:
    """Nobody crosses, so that all the good there is to tell is that of procedures; half of them end in a return."""
    changes = {
        "cohorts": {"people": {"size": 2000}}, "information": {"procedure_value": value},
        "agencies": {"guard": {"procedure": 2, "returned": 0.5, "absconding": 0.2}}, "detection": {"coverage": 50},
    }  # fmt: skip
    w = finished(simple(changes)).world
    procedures = w.pair_flows[:, :, t.F_PROCEDURES].sum()
    assert w.pair_flows[:, :, t.F_RETURNED].sum() > 0.4 * procedures > 300
    assert w.told[:, :, 0].sum() == pytest.approx(value * procedures)
    assert w.told.sum() == pytest.approx(((w.rows["flags"] & (TOLD_GOOD | TOLD_BAD)) > 0).sum())


def test_each_person_is_told_of_at_most_once_in_a_whole_run() -> None:
    """Good and bad news add up to the people of whom there is some, whatever befell them in between."""
    w = finished(tiny_scenario()).world
    heard = (w.rows["flags"] & (TOLD_GOOD | TOLD_BAD)) > 0
    assert w.told.sum() == pytest.approx(heard.sum())
    assert 0 < w.told[:, :, 0].sum() <= ((w.rows["flags"] & TOLD_GOOD) > 0).sum()
    events = [t.F_CROSSED, t.F_PROCEDURES, t.F_STRANDED, t.F_RETURNED, t.F_DEATHS, t.F_LANDED]
    assert w.told.sum() < w.pair_flows[:, :, events].sum(), "some are told of, and later something else befalls them"


@pytest.mark.parametrize(
    ("flow", "good", "bad"),
    [(t.S_CROSSINGS, 1.0, 0.0), (t.S_TURN_BACKS, 0.0, 1.0), (t.S_WITHDRAWALS, 0.0, 1.0), (t.S_DEATHS, 0.0, 0.0)],
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
