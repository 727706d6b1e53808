"""The alarm of experiments/early_warning: without a warning it is the trigger `pressure`; what is told is in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.early_warning import __main__ as measured
from sim import extend
from sim.model import CorridorModel
from tests.strategies import START, finished, tiny_scenario

AFTER = 2  # days from the alarm to the action


@pytest.fixture(autouse=True)
def alarm() -> Iterator[None]:
    """The trigger, for these tests alone."""
    extend.load(str(measured.FOLDER / "alarm.py"))
    yield
    extend.clear()


def moved_by(kind: str, **fields: Any) -> CorridorModel:
    """A finished run in which Poland moves officers by a trigger."""
    when = {"kind": kind, "agency": "poland", "above": 0.1, "release": 0.05, "days": 2, **fields}
    do = {"kind": "redeployment", "sections": ["kuznica"], "share": 0.7}
    return finished(
        tiny_scenario({"reactions": {"moves": {"actor": "poland", "when": when, "after": AFTER, "do": do}}})
    )


def periods(model: CorridorModel) -> list[list[int]]:
    """First day, and first day after it, of each time in force."""
    return model.reactions.answers[0].periods


def test_without_a_warning_the_alarm_is_the_pressure_that_ships() -> None:
    own, shipped = moved_by("alarm"), moved_by("pressure")
    assert periods(own) == periods(shipped) != []
    assert (own.world.rows == shipped.world.rows).all()


def test_who_is_warned_acts_earlier_by_as_much_and_with_the_same_lag() -> None:
    first = periods(moved_by("alarm"))[0][0] - AFTER
    warned = [START + timedelta(days=day) for day in range(first - 5, first)]
    assert periods(moved_by("alarm", warned=warned))[0][0] == first - 5 + AFTER


def test_what_is_published_of_a_warning_is_in_order() -> None:
    table = pd.read_csv(measured.FOLDER / "worth.csv")
    assert len(table) == len(measured.SPONSORS) * len(measured.OUTCOMES) * (len(measured.ARMS) - 1)
    assert (np.diff(table[["low90", "median", "high90"]].to_numpy()) >= -0.01).all()
    assert (table["lower"] + table["higher"] <= measured.PAIRS).all()
