"""Exits: home for those who may and can pay, else stranded at the hub if let back there, or where they are."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from sim.engine import exits
from sim.engine.rows import AT_BORDER, RETURNED, STRANDED
from sim.model import CorridorModel
from tests.unit.engine.processes.hands import flows_of, put
from tests.verification.analytic import check_share, simple

PEOPLE = 3000
PRICE = 500.0


@numba.njit
def all_give_up(w, day, n):  # type: ignore[no-untyped-def]
    """`exits.give_up` takes a record of compiled code; this takes the first rows."""
    for i in range(n):
        exits.give_up(w, day, i, w.states[0])


@pytest.fixture
def model() -> CorridorModel:
    """People in a camp, with enough funds to go home."""
    model = CorridorModel(simple({"cohorts": {"people": {"size": PEOPLE}}}))
    put(model, range(PEOPLE), AT_BORDER, "camp", "flight")
    model.world.rows["funds"][:] = PRICE
    model.world.states["return_price"] = PRICE
    return model


def place(model: CorridorModel, name: str) -> int:
    return model.names.places.index(name)


@pytest.mark.parametrize("may_return", [0.0, 0.3, 1.0])
def test_those_let_back_go_home_and_pay_and_the_rest_stay_stranded(model: CorridorModel, may_return: float) -> None:
    model.world.states["may_return"] = may_return
    all_give_up(model._tables, 1, PEOPLE)
    rows = model.world.rows
    home = rows["status"] == RETURNED
    check_share(int(home.sum()), PEOPLE, may_return)
    assert (rows["place"][home] == place(model, "home")).all()
    assert (rows["funds"][home] == 0.0).all()
    assert (rows["status"][~home] == STRANDED).all()
    assert (rows["place"][~home] == place(model, "camp")).all()
    assert (rows["funds"][~home] == PRICE).all()
    flows = flows_of(model, 1)
    assert (flows["returned"], flows["stranded"]) == (home.sum(), PEOPLE - home.sum())


def test_whoever_cannot_pay_is_stranded_at_the_hub_if_let_back(model: CorridorModel) -> None:
    model.world.states["may_return"] = 1.0
    model.world.rows["funds"][:] = np.nextafter(PRICE, 0.0, dtype=model.world.rows["funds"].dtype.type)
    all_give_up(model._tables, 1, PEOPLE)
    assert (model.world.rows["status"] == STRANDED).all()
    assert (model.world.rows["place"] == place(model, "hub")).all()


def test_whoever_is_stranded_already_is_not_counted_again(model: CorridorModel) -> None:
    model.world.states["may_return"] = 0.0
    all_give_up(model._tables, 1, PEOPLE)
    all_give_up(model._tables, 2, PEOPLE)
    assert flows_of(model, 2)["stranded"] == 0
    assert (model.world.rows["since"] == 2).all()  # the wait begins anew
