"""Choices in proportion to shares, the weights of sections, and what follows a failed booking."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import choice
from sim.engine import tables as t
from sim.engine.compiled import plain
from sim.engine.rows import BOOKED, PROSPECT
from sim.model import CorridorModel
from tests.unit.engine.processes.hands import flows_of, put
from tests.verification.analytic import check_shares, simple

attraction, rush_to = plain(choice.attraction), plain(choice.rush_to)


@numba.njit
def choose_all(w, first, n, chosen):  # type: ignore[no-untyped-def]
    """`choice.choose_route` takes a record of compiled code; this takes all rows."""
    for i in range(chosen.shape[0]):
        chosen[i] = choice.choose_route(w.rows[i], w.pairs, first, n)


def section(**changes: Any) -> Any:
    return SimpleNamespace(**{"hours": 24.0, "success": 0.5, "rush": 0, **changes})


def reach(constant: float = 0.0, within: int = 1) -> Any:
    return SimpleNamespace(within=within, constant=constant)


def p(**changes: float) -> Any:
    return SimpleNamespace(**{"section_success": 2.0, "section_rush": 0.7, **changes})


@given(st.floats(-5, 5), st.floats(0, 1), st.floats(0, 4))
def test_the_weight_is_that_of_its_formula(constant: float, success: float, slope: float) -> None:
    found = attraction(reach(constant), section(success=success), p(section_success=slope))
    assert found == pytest.approx(math.exp(constant) * math.exp(slope * (success - 0.5)))


def test_where_people_expect_even_odds_success_does_not_matter() -> None:
    assert attraction(reach(), section(success=0.5), p(section_success=9.0)) == 1.0


@pytest.mark.parametrize(("within", "hours"), [(0, 24.0), (1, 0.0)])
def test_out_of_reach_or_closed_there_is_no_attraction(within: int, hours: float) -> None:
    assert attraction(reach(3.0, within), section(hours=hours), p()) == 0.0


def test_an_hour_a_day_is_open() -> None:
    assert attraction(reach(), section(hours=1.0), p()) == 1.0


def test_an_announced_closure_draws_people_and_nothing_else_does() -> None:
    assert rush_to(section(rush=1), p()) == pytest.approx(math.exp(0.7))
    assert rush_to(section(rush=0), p()) == 1.0


@pytest.fixture
def model() -> CorridorModel:
    """Three routes open to one cohort."""
    other = {"mode": "air", "origin": "home", "destination": "hub", "transit_state": "state", "price": 1500,
             "travel_days": 1, "visa_lead": 0}  # fmt: skip
    changes = {
        "routes": {"second": other, "third": other},
        "cohorts": {"people": {"size": 3000, "routes": {"flight": 0, "second": 0, "third": 0}}},
    }
    return CorridorModel(simple(changes))


@pytest.mark.parametrize("shares", [[1.0, 2.0, 3.0], [0.0, 1.0, 1.0], [0.2, 0.0, 0.0], [1e-9, 3e-9, 0.0]])
def test_people_choose_in_proportion_to_shares(model: CorridorModel, shares: list[float]) -> None:
    """And nobody what has no share, the last one included."""
    model.world.pairs["share"][:3] = shares
    chosen = np.full(3000, -2)
    choose_all(model._tables, 0, 3, chosen)
    found = np.bincount(chosen, minlength=3)
    assert not found[np.array(shares) == 0.0].any()
    open_ones = [k for k in range(3) if shares[k] > 0.0]
    if len(open_ones) > 1:
        check_shares([int(found[k]) for k in open_ones], [shares[k] / sum(shares) for k in open_ones])


def test_where_nothing_has_a_share_nobody_chooses(model: CorridorModel) -> None:
    model.world.pairs["share"][:3] = 0.0
    chosen = np.zeros(100, int)
    choose_all(model._tables, 0, 3, chosen)
    assert (chosen == -1).all()


def test_whoever_puts_off_is_a_prospect_at_home_until_the_day_comes(model: CorridorModel) -> None:
    """Counted once, on the books, and due within days of the parameter's order."""
    put(model, range(200), BOOKED, "hub", "flight")
    for i in range(200):
        choice.put_off(model._tables, 4, i)
    w = model.world
    home = w.cohorts["origin"][0]
    assert (w.rows["status"][:200] == PROSPECT).all()
    assert (w.rows["place"][:200] == home).all()
    assert flows_of(model, 4)["gave_up_booking"] == 200
    assert (w.rows["since"][:200] == 4).all()
    assert (w.rows["due"][:200] > 4).all()
    due = sum(
        int(np.sum(w.blocks[b, 1]))
        for day in range(5, w.calendar.shape[1])
        if (b := w.calendar[t.C_RECONSIDER, day]) >= 0
    )
    assert due > 0
