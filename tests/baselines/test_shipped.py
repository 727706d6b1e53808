"""No result moves unnoticed: every shipped scenario still gives what its baseline says."""

from __future__ import annotations

import pytest

from sim.scenario import scenario_names
from tests.baselines.shipped import baseline, moved, stored

HOW = "if it is meant: `uv run python -m tests.baselines.shipped`, and an entry in CHANGELOG.md under Results"


def test_every_scenario_has_a_baseline_and_no_other() -> None:
    assert sorted(stored()) == scenario_names(), HOW


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_gives_what_its_baseline_says(name: str) -> None:
    assert not moved(stored()[name], baseline(name)), HOW


def test_what_moved_is_told() -> None:
    before = {"counts_sha256": "a", "totals": {"attempts": 1000.0, "deaths": 2.0}}
    after = {"counts_sha256": "b", "totals": {"attempts": 1200.0, "deaths": 2.0}}
    assert moved(before, before) == ""
    assert moved(before, after) == "attempts 1,000.0 -> 1,200.0"
    assert moved(before, before | {"counts_sha256": "b"}) == "days and places moved, no total did"
    assert moved(None, after) == "new"
