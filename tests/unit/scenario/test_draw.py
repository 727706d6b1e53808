"""Joint values: particles of a calibration, drawn together."""

from __future__ import annotations

import pytest

from sim.scenario.draw import drawn_values, resolve
from sim.scenario.errors import ScenarioError
from sim.scenario.paths import apply_overrides
from sim.scenario.write import to_yaml
from tests.strategies import tiny_scenario

PAIRS = [(5.0, 0.01), (3.0, 0.02), (9.0, 0.03), (4.0, 0.04)]
JOINT = {
    "behaviour.retry": {"joint": [first for first, _ in PAIRS]},
    "behaviour.giving_up": {"joint": [second for _, second in PAIRS]},
}


def test_values_that_go_together_are_drawn_together() -> None:
    scenario = apply_overrides(tiny_scenario(), JOINT)
    drawn = [resolve(scenario, seed).behaviour for seed in range(200)]
    found = {(entry.retry, entry.giving_up) for entry in drawn}
    assert found == set(PAIRS)


def test_the_first_stands_for_all_where_no_uncertainty_is_asked_for() -> None:
    central = resolve(apply_overrides(tiny_scenario(), JOINT)).behaviour
    assert (central.retry, central.giving_up) == PAIRS[0]


def test_other_draws_do_not_move() -> None:
    before = apply_overrides(tiny_scenario(), {"detection.coverage": {"uniform": [1, 2]}})
    after = apply_overrides(before, JOINT)
    assert drawn_values(before, 5)["detection.coverage"] == drawn_values(after, 5)["detection.coverage"]


def test_a_parameter_by_itself_follows_its_own_values_in_order() -> None:
    value = apply_overrides(tiny_scenario(), JOINT).behaviour.retry
    assert [value.quantile(u) for u in (0.1, 0.3, 0.6, 0.9)] == [3, 4, 5, 9]  # type: ignore[union-attr]


def test_values_that_cannot_go_together_are_refused() -> None:
    with pytest.raises(ScenarioError, match="found 3 joint values; allowed: 4, as of behaviour"):
        apply_overrides(tiny_scenario(), {**JOINT, "detection.coverage": {"joint": [1, 2, 3]}})
    with pytest.raises(ScenarioError, match="joint needs at least one value"):
        apply_overrides(tiny_scenario(), {"behaviour.retry": {"joint": []}})


def test_they_are_written_and_read_again() -> None:
    assert "retry: {joint: [5, 3, 9, 4]}" in to_yaml(apply_overrides(tiny_scenario(), JOINT))
