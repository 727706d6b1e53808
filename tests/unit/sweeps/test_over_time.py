"""Indices over time, of weeks made by hand: which values they are of, and what is told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.scenario.errors import ScenarioError
from sim.sweeps import over_time as of_time
from sim.sweeps.outcomes import OutcomeOf
from sim.sweeps.over_time import kept_by_week, over_time
from sim.sweeps.sensitivity import prcc
from tests.unit.sweeps.samples import Made

WEEKS = ["2025-10-27", "2025-11-03", "2025-11-10"]  # of October and of November
POINTS = 12
NAN = np.nan
DEATHS, POLAND = OutcomeOf("deaths"), OutcomeOf("attempts", "poland")


def week(measure: str, level: str, name: str, value: Any, unit: str = "persons per week") -> pd.DataFrame:
    """Rows of a table by week, of runs that are twice the number of the point, or one more; a twin is run 99."""
    rows = [
        (scenario, run, text, level, measure, name, unit, float(value(scenario, run, k)))
        for scenario in ("base", "other")
        for run in (*range(2 * POINTS), 99)
        for k, text in enumerate(WEEKS)
        if (run % 2 == 0 or run == 99) == (scenario == "base")
    ]
    columns = ["scenario", "run", "week", "level", "measure", "name", "unit", "value"]
    return pd.DataFrame(rows, columns=columns)


def made(tables: list[pd.DataFrame], design: str = "latin-hypercube") -> Any:
    x = np.random.default_rng(2).random((POINTS, 2))
    found: Any = Made(x, {"base": np.zeros(POINTS), "other": np.zeros(POINTS)}, design=design, second_order=False)
    runs = pd.DataFrame({
        "run": [*range(2 * POINTS), 99], "point": [*(k // 2 for k in range(2 * POINTS)), 0],
        "scenario": [*(("base", "other") * POINTS), "base"], "twin": [*([False] * 2 * POINTS), True],
    })  # fmt: skip
    whole = pd.concat(tables, ignore_index=True)
    found.study.runs = runs
    found.study.weekly = lambda level, measure: whole[(whole["level"] == level) & (whole["measure"] == measure)]
    found.study.parts = lambda table, point: iter([SimpleNamespace(to_pandas=lambda: whole)])
    return found


def value(scenario: str, run: int, k: int) -> float:
    """A number that differs with the point, the week and the scenario; in the second week nothing differs."""
    if run == 99:
        return 1e9
    return 7 if k == 1 else (1 if scenario == "base" else 10) * ((run // 2 - 3) ** 2 * 10 + k)


def test_each_week_in_which_something_differs_has_the_indices_of_its_values() -> None:
    sampled = made([week("deaths", "all", "all", value)])
    found = over_time(sampled, [DEATHS])
    assert list(found.columns) == [
        "scenario", "outcome", "unit", "period", "parameter", "prcc", "prcc_low", "prcc_high", "p", "mean",
    ]  # fmt: skip
    weeks = [pd.Timestamp("2025-10-27"), pd.Timestamp("2025-11-10")]
    keys = [(scenario, period, label) for scenario in ("base", "other") for period in weeks for label in ("x0", "x1")]
    assert list(zip(found["scenario"], found["period"], found["parameter"], strict=True)) == keys
    assert set(found["outcome"]) == {"deaths"} and set(found["unit"]) == {"persons per week"}
    first = np.array([(point - 3.0) ** 2 * 10 for point in range(POINTS)])
    for number, (scenario, values) in enumerate((("base", first), ("base", first + 2), ("other", 10 * first))):
        part = found.iloc[2 * number : 2 * number + 2]
        assert set(part["scenario"]) == {scenario} and part["mean"].tolist() == pytest.approx([values.mean()] * 2)
        np.testing.assert_allclose(part[["prcc", "p"]], prcc(sampled, values)[["prcc", "p"]])


@pytest.mark.parametrize(
    ("measure", "unit", "shown", "values"),
    [("deaths", "persons per week", "persons per month", [1, 6]), ("border_pressure", "ratio", "ratio", [1, 3]),
     ("in_procedure", "persons", "persons", [1, 4]), ("days_over", "days", "days", [1, 3])],
)  # fmt: skip
def test_a_month_sums_flows_averages_means_and_has_the_last_of_stocks(
    measure: str, unit: str, shown: str, values: list[float]
) -> None:
    def of(scenario: str, run: int, k: int) -> float:
        return (run // 2) * (1, 2, 4)[k]

    found = over_time(made([week(measure, "agency", "poland", of, unit)]), [OutcomeOf(measure, "poland")], "month")
    means = found.drop_duplicates(["scenario", "period"])
    assert means["period"].tolist() == [pd.Timestamp("2025-10-01"), pd.Timestamp("2025-11-01")] * 2
    assert means["mean"].tolist() == pytest.approx([5.5 * one for one in values] * 2)
    assert set(found["unit"]) == {shown}


def test_points_of_which_a_run_lacks_a_week_have_no_value_and_eight_are_enough() -> None:
    for lacking, there in ((4, True), (5, False)):
        table = week("deaths", "all", "all", value)
        table.loc[(table["run"] // 2 < lacking) & (table["week"] == WEEKS[0]), "value"] = NAN
        table = table[~((table["run"] // 2 == 0) & (table["week"] == WEEKS[0]) & (table["run"] != 99))]
        found = over_time(made([table]), [DEATHS])
        assert (pd.Timestamp(WEEKS[0]) in set(found["period"])) == there
        if there:
            mean = np.mean([(point - 3) ** 2 * 10 for point in range(lacking, POINTS)])
            assert found["mean"][0] == pytest.approx(mean)


def test_what_cannot_be_told_over_time_says_why() -> None:
    sampled = made([week("deaths", "all", "all", value), week("attempts", "agency", "poland", value)])
    still = made([week("deaths", "all", "all", lambda scenario, run, k: 3)])
    for of, outcome, by, text in (
        (sampled, DEATHS, "day", "--over-time: found 'day'; allowed: week, month"),
        (made([week("deaths", "all", "all", value)], "grid"), DEATHS, "week",
         "--over-time: found a sweep of design grid; allowed: sobol, morris, latin-hypercube"),
        (still, DEATHS, "week", "--over-time: found no period in which an outcome moves; a longer run or others may"
         " help"),
    ):  # fmt: skip
        with pytest.raises(ScenarioError) as error:
            over_time(of, [outcome], by)
        assert str(error.value) == text
    for outcome, allowed in ((OutcomeOf("landed"), "deaths"), (OutcomeOf("landed", "poland"), "attempts@poland"),
                             (OutcomeOf("landed", "mars"), "attempts@poland, deaths")):  # fmt: skip
        with pytest.raises(ScenarioError) as error:
            over_time(sampled, [outcome])
        assert str(error.value).startswith(f"--over-time: found '{outcome}'; ") and allowed in str(error.value)


def test_a_name_is_looked_for_at_every_level_and_only_what_is_kept_is_asked_for() -> None:
    tables = [week("attempts", "agency", "poland", value), week("attempts", "route", "land", lambda s, run, k: run + k)]
    sampled = made(tables)
    found = over_time(sampled, [OutcomeOf("attempts", "land"), POLAND])
    assert list(dict.fromkeys(found["outcome"])) == ["attempts@land", "attempts@poland"]
    assert found["mean"][0] == pytest.approx(np.mean([2.0 * point for point in range(POINTS)]))
    assert kept_by_week(sampled, [DEATHS, POLAND, OutcomeOf("attempts")]) == [POLAND]
    assert of_time.MAIN == {"sobol": "total", "morris": "effect", "prcc": "prcc"}
