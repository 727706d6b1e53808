"""Attributes of migrants: categories by key, and all that is counted by category."""

from __future__ import annotations

from collections.abc import Iterator

import numba
import numpy as np
import pytest

from sim.engine import rules, strata
from sim.engine import tables as t
from sim.engine.compiled import plain
from sim.engine.rows import AT_BORDER, AT_HUB, PROSPECT
from sim.engine.streams import draw, name_key
from sim.model import CorridorModel
from tests.verification.analytic import check_shares, simple

PEOPLE = 3000
AGES = {"child": 0.2, "adult": 0.7, "old": 0.1}


@pytest.fixture(autouse=True)
def two_attributes() -> Iterator[None]:
    """Age and sex, removed at the end."""
    strata.add("age", "Age", AGES)
    strata.add("sex", "Sex", {"f": 0.45, "m": 0.55})
    yield
    strata.clear()


@pytest.fixture
def model() -> CorridorModel:
    """Three thousand people at home."""
    return CorridorModel(simple({"cohorts": {"people": {"size": PEOPLE}}}))


def category_of(key: np.uint64, name: str, shares: dict[str, float]) -> int:
    """By the definition: the first category whose cumulative share exceeds a draw of one's own."""
    u = draw(key ^ np.uint64(name_key(0, "attribute", name)), 0, 0)
    return int(np.searchsorted(np.cumsum(list(shares.values())), u, side="right"))


@numba.njit
def strata_of(w, attribute, whole, own):  # type: ignore[no-untyped-def]
    """Categories of all rows, among those of all attributes and among those of their own."""
    for i in range(whole.shape[0]):
        whole[i] = strata.stratum(w, w.rows[i], attribute)
        own[i] = strata.category(w, w.rows[i], attribute)


@numba.njit
def count_and_move(w, day, i, flow, status, place):  # type: ignore[no-untyped-def]
    """One person is counted in a flow, and moved."""
    strata.count(w, day, w.rows[i], flow)
    strata.move(w, w.rows[i], status, place)


def test_attributes_are_numbered_in_order_and_their_categories_across_all() -> None:
    age, sex = strata.attributes
    assert (age.first, age.own, sex.first, sex.own) == (0, slice(0, 3), 3, slice(3, 5))
    assert (age.name, age.title, age.categories, age.shares) == ("age", "Age", tuple(AGES), tuple(AGES.values()))
    number = strata.add("origin", "Origin", {"town": 0.5, "land": 0.5})
    assert (int(number), strata.attributes[2].first) == (2, 5)
    strata.remove("origin")


def test_everybody_has_the_category_that_the_key_gives_in_the_shares_asked_for(model: CorridorModel) -> None:
    whole, own = np.zeros(PEOPLE, int), np.zeros(PEOPLE, int)
    for number, (name, shares, first) in enumerate((("age", AGES, 0), ("sex", {"f": 0.45, "m": 0.55}, 3))):
        strata_of(model._tables, number, whole, own)
        assert own.tolist() == [category_of(key, name, shares) for key in model.world.rows["key"]]
        assert (whole == own + first).all()
        check_shares(np.bincount(own).tolist(), list(shares.values()))


def test_attributes_do_not_depend_on_each_other(model: CorridorModel) -> None:
    age, sex, _ = (np.zeros(PEOPLE, int) for _ in range(3))
    strata_of(model._tables, 0, age, _)
    strata_of(model._tables, 1, _, sex)
    pairs = np.bincount(2 * age + sex, minlength=6)
    check_shares(pairs.tolist(), [a * s for a in AGES.values() for s in (0.45, 0.55)])


def test_on_the_first_morning_everybody_stands_where_the_rows_say(model: CorridorModel) -> None:
    own, _ = np.zeros(PEOPLE, int), np.zeros(PEOPLE, int)
    strata_of(model._tables, 0, own, _)
    stocks = model.world.strata_stocks
    assert stocks[:3, PROSPECT].tolist() == np.bincount(own).tolist()
    assert stocks[:3].sum() == stocks[3:].sum() == PEOPLE
    assert stocks[:, AT_HUB].sum() == 0


def test_who_moves_is_moved_in_each_attribute_and_on_the_books(model: CorridorModel) -> None:
    w = model.world
    whole, own = np.zeros(PEOPLE, int), np.zeros(PEOPLE, int)
    mine = []
    for number in range(2):
        strata_of(model._tables, number, whole, own)
        mine.append(int(whole[7]))
    before = w.strata_stocks.copy()
    camp = model.names.places.index("camp")
    w.rows["route"][7] = 0
    count_and_move(model._tables, 5, 7, t.PAIR_FLOWS.index("reached_border"), AT_BORDER, camp)
    change = w.strata_stocks - before
    expected = np.zeros_like(change)
    expected[mine, PROSPECT], expected[mine, AT_BORDER] = -1, 1
    assert change.tolist() == expected.tolist()
    flows = w.strata_flows[5].sum(axis=1)
    assert np.flatnonzero(flows).tolist() == sorted(mine)
    assert w.strata_flows[5, mine, t.PAIR_FLOWS.index("reached_border")].tolist() == [1, 1]
    assert w.strata_flows.sum() == 2
    assert w.pair_flows[5, 0, t.PAIR_FLOWS.index("reached_border")] == 1
    assert (w.rows["status"][7], w.rows["place"][7]) == (AT_BORDER, camp)
    assert w.stocks[0, camp, AT_BORDER] == 1
    strata.write_stocks(model._tables, 5)
    assert w.strata_stocks_by_day[5].tolist() == w.strata_stocks.tolist()
    assert w.strata_stocks_by_day[[4, 6]].sum() == 0


@pytest.mark.parametrize(
    ("shares", "allowed"),
    [({"a": 1.0}, False), ({"a": 0.0, "b": 1.0}, False), ({"a": 0.5, "b": 0.5 + 2e-9}, False),
     ({"a": 0.4, "b": 0.5}, False), ({"a": -0.5, "b": 1.5}, False), ({"a": 0.5, "b": 0.5 + 5e-10}, True),
     ({"a": 1e-6, "b": 1 - 1e-6}, True)],
)  # fmt: skip
def test_shares_are_positive_and_one_in_all(shares: dict[str, float], allowed: bool) -> None:
    before = list(strata.attributes)
    if allowed:
        assert strata.add("more", "More", shares) == 2
        strata.remove("more")
    else:
        with pytest.raises(ValueError, match=r"attribute more: found shares .*two or more above 0, 1 in all"):
            strata.add("more", "More", shares)
    assert strata.attributes == before


def test_an_attribute_comes_once_and_goes_last() -> None:
    with pytest.raises(ValueError, match="found 'age' twice"):
        strata.add("age", "Age", AGES)
    with pytest.raises(ValueError, match=r"found 'age'; allowed: the last, of \['age', 'sex'\]"):
        strata.remove("age")
    assert len(strata.attributes) == 2


def test_with_the_last_attribute_all_that_counts_by_category_goes() -> None:
    own = {"strata", "strata_shares", "strata_stocks", "strata_flows", "strata_stocks_by_day"}
    there = set(t.extra_tables)
    assert own <= there
    assert rules.replaced == {"ledger.count": plain(strata.count), "ledger.move": plain(strata.move)}
    assert rules.steps == [rules.Step("ledger", plain(strata.write_stocks))]
    strata.remove("sex")
    assert (len(rules.replaced), len(rules.steps), set(t.extra_tables)) == (2, 1, there)
    strata.remove("age")
    assert (rules.replaced, rules.steps, set(t.extra_tables)) == ({}, [], there - own)
    with pytest.raises(ValueError, match="found 'age'; allowed: the last, of"):
        strata.remove("age")
