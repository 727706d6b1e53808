"""The effects and the winters that experiments/effects and experiments/winter tell of are those of today's model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.effects import __main__ as measured
from experiments.winter import __main__ as winter


def test_the_effect_of_an_order_measured_again_lies_where_it_is_said_to() -> None:
    """Two pairs of `minsk-2021`; entries into Lithuania fall, those into Poland and Latvia rise by less."""
    table = pd.read_csv(measured.FOLDER / "effects.csv")
    told = table[(table["question"] == "order") & (table["scenario"] == "minsk-2021")].set_index(["output", "place"])
    again = measured.effects(measured.QUESTIONS[0], 2).set_index(["output", "place"])
    for place in ("lithuania", "poland", "latvia"):
        row, median = told.loc[("entries", place)], again.loc[("entries", place), "q50"]
        assert row["q05"] - 0.3 * abs(row["q50"]) <= median <= row["q95"] + 0.3 * abs(row["q50"]), place
    change = again.loc["entries", "q50"]
    assert change["lithuania"] < 0 < change["latvia"] and 0 < change["poland"] < -change["lithuania"]


def test_what_is_published_of_an_effect_is_in_order() -> None:
    table = pd.read_csv(measured.FOLDER / "effects.csv")
    assert {question.name for question in measured.QUESTIONS} == set(table["question"])
    quantiles = table[["q05", "q25", "q50", "q75", "q95"]].to_numpy()
    assert (np.diff(quantiles, axis=1) >= -0.01).all()


def test_winter_troughs_are_met_within_a_factor_of_two_with_the_inflow_that_fits_best() -> None:
    """With the inflow stored, which comes from the series itself: the rules let attempts fall as fast as they did."""
    inflow = pd.read_csv(winter.FOLDER / "inflow.csv")["week by week"].to_numpy()
    steering = pd.read_csv(winter.FOLDER / "steering.csv")["week by week"].to_numpy()
    way = next(way for way in winter.WAYS if way.fitted)
    months = winter.by_month(winter.attempts(inflow, steering, way)[0]) / winter.by_month(winter.record())
    told = pd.read_csv(winter.FOLDER / "months.csv", index_col="month")["week by week"]
    for month in winter.WINTERS:
        assert 0.5 <= months[month] <= 2.0, month
        assert months[month] == pytest.approx(told[month], rel=0.15), month
