"""What an experiment varies: ends, levels, quantiles and settings, and what of a scenario they are made of."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.quantity import Distribution
from sim.sweeps.factors import Factor, factor_of, joint_factor, settings
from tests.strategies import tiny_scenario
from tests.unit.sweeps.small import FLIGHTS, TINY

INF = np.inf
RETRY, PATIENCE = "behaviour.retry", "behaviour.patience"


def factor(kind: str, *arguments: float, values: tuple[float, ...] | None = None, **more: Any) -> Factor:
    found = Factor("f", "days", {"f": 1.0}, 0.0, 10.0, Distribution(kind, arguments), values, 1.0)
    return found._replace(**more)


def test_ends_are_those_of_the_support_within_the_bounds_or_quantiles() -> None:
    assert factor("uniform", 2, 7).ends == (2, 7)
    assert factor("uniform", -2, 70).ends == (0, 10)
    assert factor("triangular", 1, 2, 9).ends == (1, 9)
    assert factor("choice", 3, 1, 2, values=(3, 1, 2)).ends == (1, 3)
    assert factor("choice", 3, 1, 2).ends == (1, 3)
    normal = factor("normal", 5, 0.1)
    assert normal.ends == pytest.approx((5 - 0.16448536, 5 + 0.16448536))
    assert factor("lognormal", 5, 0.01).ends == pytest.approx((5 * np.exp(-0.016448536), 5 * np.exp(0.016448536)))


def test_levels_are_evenly_spaced_or_the_only_values_each_once() -> None:
    assert factor("uniform", 2, 8).levels(4) == [2, 4, 6, 8]
    assert factor("choice", 3, 1, 3, 2).levels(9) == [3, 1, 2]
    assert factor("choice", 3, 1, 3, 2).choices == (3, 1, 2)
    assert factor("uniform", 0, 1, values=(5, 5, 4)).choices == (5, 5, 4)
    assert factor("uniform", 0, 1).choices is None


def test_quantiles_of_given_values_are_equally_likely_in_their_order() -> None:
    three = factor("choice", 7, 5, 9, values=(7, 5, 9))
    assert [three.quantile(u) for u in (0, 0.33, 0.34, 0.66, 0.67, 0.999, 1)] == [7, 7, 5, 5, 9, 9, 9]
    assert [factor("uniform", 2, 6).quantile(u) for u in (0, 0.25, 1)] == pytest.approx([2, 3, 6])
    normal = factor("normal", 5, 1)
    assert normal.quantile(0.5) == pytest.approx(5, abs=1e-5)
    assert (normal.quantile(0), normal.quantile(1)) == pytest.approx((0, 10), abs=1e-4)
    assert factor("normal", 0, 1).quantile(0.5) == pytest.approx(0.6744898)  # of the upper half alone


def test_a_factor_is_described_and_made_again() -> None:
    plain = {"name": "f", "unit": "days", "weights": {"f": 1.0}, "low": 0.0, "high": 10.0, "centre": 1.0}
    one = factor("uniform", 2, 8)
    assert one.describe() == {**plain, "spread": {"uniform": [2, 8]}, "values": None}
    other = factor("choice", 0, 1, values=(0, 1), rows={"a": (5, 6), "b": (7.5, 8)})
    assert other.describe() == {
        **plain, "spread": {"choice": [0, 1]}, "values": [0, 1], "rows": {"a": [5, 6], "b": [7.5, 8]},
    }  # fmt: skip
    assert Factor.of(one.describe()) == one
    again = Factor.of(other.describe())
    assert again.values == (0, 1) and again.rows == {"a": [5, 6], "b": [7.5, 8]}
    assert (one.is_nominal, other.is_nominal) == (False, True)


def test_settings_are_multiples_or_rows_and_can_be_inverted() -> None:
    two = factor("uniform", 0, 9, weights={"a": 2.0, "b": 0.5})
    assert [column.tolist() for column in two.settings(np.array([1.0, 4]))] == [[2, 8], [0.5, 2]]
    assert two.of_settings(np.array([[2, 99.0], [8, 99]])).tolist() == [1, 4]
    joint = factor("choice", 0, 1, 2, weights={"a": 1.0, "b": 1.0}, rows={"a": (5, 6, 6), "b": (1000, 3000, 2000)})
    assert [column.tolist() for column in joint.settings(np.array([2.0, 0]))] == [[6, 5], [2000, 1000]]
    assert joint.of_settings(np.array([[6, 2000], [5, 1000], [6, 3000.0]])).tolist() == [2, 0, 1]
    # As near in the one as in its whole range: what counts is the distance in shares of the range.
    assert joint.of_settings(np.array([[5.1, 1900.0], [5.9, 1100]])).tolist() == [0, 2]
    same = joint._replace(rows={"a": (4, 4, 4), "b": (1, 2, 3)})
    assert same.of_settings(np.array([[4.0, 2.9]])).tolist() == [2]
    paths, values = settings([two, joint], np.array([[1.0, 2]]))
    assert paths == ("a", "b", "a", "b") and values.tolist() == [[2, 0.5, 6, 2000]]
    assert settings([], np.zeros((3, 0)))[1].shape == (3, 0)


def test_a_joint_factor_is_the_number_of_a_row() -> None:
    scenario = tiny_scenario({"behaviour": {"retry": {"joint": [2, 6, 4]}, "patience": {"joint": [20, 80, 50]}}})
    assert joint_factor(scenario, "particle") == Factor(
        "particle", "", {PATIENCE: 1.0, RETRY: 1.0}, 0.0, 2.0, Distribution("choice", (0.0, 1.0, 2.0)), (0.0, 1.0, 2.0),
        0.0, {RETRY: (2, 6, 4), PATIENCE: (20, 80, 50)},
    )  # fmt: skip
    with pytest.raises(ScenarioError) as error:
        joint_factor(TINY, "particle")
    assert str(error.value) == "particle: found no joint distributions in 'tiny'; joint needs some"


def made(path: str, **more: Any) -> tuple[Any, ...]:
    """Ends of its distribution, its bounds, values and centre."""
    found = factor_of(TINY, path, **more)
    return found.spread.kind, found.spread.arguments, found.low, found.high, found.values, found.centre


def test_a_factor_is_made_of_a_range_values_a_distribution_or_what_the_scenario_has() -> None:
    assert made(RETRY) == ("uniform", (1, 9), 1, 365, None, 5)
    assert made("behaviour.giving_up") == ("normal", (0.1, 0.05), 0, 1, None, 0.1)
    assert made(PATIENCE) == ("uniform", (48, 72), 1, 3650, None, 60)
    assert made("zones.lida.sections.narewka") == ("uniform", (-1.2, -0.8), -20, 20, None, -1)
    assert made("zones.bruzgi.sections.narewka") == ("uniform", (-20, 20), -20, 20, None, 0)
    assert made("agencies.poland.turn_back.2025-10-01") == ("uniform", (0.8 * 0.8, 0.96), 0, 1, None, 0.8)
    assert made(PATIENCE, spread=(70.0, 90.0)) == ("uniform", (70, 90), 1, 3650, None, 70)
    assert made(PATIENCE, spread=(30.0, 50.0)) == ("uniform", (30, 50), 1, 3650, None, 50)
    assert made(PATIENCE, values=[80, 30, 90]) == ("choice", (80, 30, 90), 1, 3650, (80, 30, 90), 60)
    assert made(PATIENCE, spread=Distribution("triangular", (1, 2, 99))) == (
        "triangular",
        (1, 2, 99),
        1,
        3650,
        None,
        60,
    )
    day = f"agencies.poland.turn_back.{date(2025, 10, 15)}"
    assert made(day, spread=(0.2, 0.4)) == ("uniform", (0.2, 0.4), 0, 1, None, pytest.approx(0.3))
    high = tiny_scenario({"agencies": {"poland": {"turn_back": {date(2025, 10, 1): 0.9}}}})
    assert factor_of(high, "agencies.poland.turn_back.2025-10-01").ends == (pytest.approx(0.72), 1)


def test_bounds_of_several_paths_are_the_narrowest_of_all_and_the_first_gives_the_centre() -> None:
    found = factor_of(TINY, "both", {FLIGHTS: 2.0, RETRY: 0.5}, (3.0, 10.0))
    assert (found.low, found.high, found.centre) == (2, 730, 3)
    assert (found.name, found.unit, found.weights) == ("both", "departures per week", {FLIGHTS: 2.0, RETRY: 0.5})
    other = factor_of(TINY, "both", {RETRY: 0.5, FLIGHTS: 2.0}, (3.0, 11.0))
    assert (other.unit, other.centre) == ("days", 10)  # 5 days, halved by its weight


def test_what_differs_by_cohort_has_no_value_of_its_own() -> None:
    scenario = tiny_scenario({"behaviour": {"retry": {"iraqis": 3, "sudanese": 4, "syrians": 5}}})
    with pytest.raises(ScenarioError, match=r"behaviour\.retry: no single value there; needed: range"):
        factor_of(scenario, RETRY)
    assert factor_of(scenario, RETRY, spread=(2.0, 7.0)).centre == 4.5


REFUSED = {
    "a range below": (PATIENCE, {"spread": (0.5, 9.0)}, f"{PATIENCE}: found 0.5 to 9; allowed: 1 to 3650 (days)"),
    "a range above": (PATIENCE, {"spread": (9.0, 3651.0)}, f"{PATIENCE}: found 9 to 3651; allowed: 1 to 3650 (days)"),
    "a mean outside": (PATIENCE, {"spread": Distribution("normal", (0.5, 9.0))},
                       f"{PATIENCE}: found 0.5; allowed: 1 to 3650 (days)"),
    "a median outside": (PATIENCE, {"spread": Distribution("lognormal", (4000.0, 9.0))},
                         f"{PATIENCE}: found 4000; allowed: 1 to 3650 (days)"),
    "one value": (PATIENCE, {"spread": (9.0, 9.0)},
                  f"{PATIENCE}: found a range of one value, 9; allowed: low below high"),
    "several paths": ("x", {"weights": {RETRY: 1.0, PATIENCE: 1.0}},
                      "x: found several paths and no range; needed: range, values or a distribution"),
    "a new date": ("agencies.poland.turn_back.2025-10-15", {}, "agencies.poland.turn_back.2025-10-15: no single value "
                   "there; needed: range, values or a distribution"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "more", "message"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_factor_is_told(path: str, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError) as error:
        factor_of(TINY, path, **more)
    assert str(error.value) == message


def test_values_and_ranges_up_to_the_bounds_are_allowed() -> None:
    assert factor_of(TINY, PATIENCE, spread=(1.0, 3650.0)).ends == (1, 3650)
    assert factor_of(TINY, PATIENCE, values=[1, 3650]).ends == (1, 3650)
    assert factor_of(TINY, PATIENCE, values=[60.0, 60.0]).values == (60, 60)
    assert factor_of(TINY, PATIENCE, spread=Distribution("normal", (1.0, 1.0))).low == 1


def test_a_parameter_takes_its_distribution_or_a_fifth_around_its_value() -> None:
    assert factor_of(TINY, "behaviour.retry").ends == (1, 9)
    assert factor_of(TINY, "behaviour.patience").ends == (48, 72)
    assert factor_of(TINY, "behaviour.patience").centre == 60
    assert factor_of(TINY, "zones.bruzgi.sections.narewka").ends == (-20, 20)


def test_paths_move_together() -> None:
    factor = factor_of(TINY, "flights", {FLIGHTS: 0.5, "behaviour.retry": 2.0}, spread=(1.0, 4.0))
    paths, values = settings([factor], np.array([[1.0], [4.0]]))
    assert paths == (FLIGHTS, "behaviour.retry")
    assert values.tolist() == [[0.5, 2.0], [2.0, 8.0]]
    assert factor.high == 182.5


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("behaviour.retry", {"spread": (0.0, 9.0)}),
        ("behaviour.retry", {"spread": (5.0, 5.0)}),
        ("behaviour.giving_up", {"values": (0.5, 1.5)}),
        ("flights", {"weights": {FLIGHTS: 1.0, "behaviour.retry": 1.0}}),
        ("behaviour.rety", {}),
        ("days", {}),
    ],
)
def test_what_is_no_parameter(name: str, options: dict) -> None:
    with pytest.raises(ScenarioError, match=r"allowed|needed"):
        factor_of(TINY, name, **options)
