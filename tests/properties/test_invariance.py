"""What must not matter: the seed alone decides, not the order of entries, nor looking, nor the length of the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from sim.model import CorridorModel
from sim.scenario.schema import Scenario
from tests.properties.differing import LAYOUT, differing
from tests.rich_scenario import rich_scenario, timetable
from tests.strategies import TINY, finished, tiny_scenario


def test_the_same_seed_gives_the_same_bytes(plain: CorridorModel) -> None:
    assert differing(plain, finished(tiny_scenario())) == []


def test_with_everything_in_it_the_same_seed_gives_the_same_bytes() -> None:
    scenario = rich_scenario(5)
    first, second = (CorridorModel(scenario, timetable(scenario)) for _ in range(2))
    for _ in range(scenario.days):  # turn by turn: no state is shared between models
        first.step()
        second.step()
    assert differing(first, second) == []


def test_two_seeds_differ(plain: CorridorModel) -> None:
    other = finished(tiny_scenario(seed=2))
    assert {"rows", "pair_flows", "section_flows", "route_flows", "stocks"} <= set(differing(plain, other))
    assert not np.intersect1d(plain.world.rows["key"], other.world.rows["key"]).size


def test_mesas_random_numbers_are_not_used(plain: CorridorModel) -> None:
    model = CorridorModel(tiny_scenario())
    while model.running:
        model.random.random()
        model.rng.random()
        model.step()
    assert differing(plain, model) == []


def test_looking_changes_nothing(plain: CorridorModel) -> None:
    model = CorridorModel(tiny_scenario())
    while model.running:
        model.migrants.select(lambda migrant: migrant.funds > 100, status="at_border").shuffle().sort("funds").agg(
            "funds", sum
        )
        model.agents.get("unique_id")
        model.step()
    assert differing(plain, model) == []


def test_past_the_last_day_nothing_happens(plain: CorridorModel) -> None:
    model = finished(tiny_scenario())
    model.step()
    assert model.day == 120
    assert differing(plain, model) == []


def backwards(value: Any) -> Any:
    """The same mappings, written from the last entry to the first."""
    return {k: backwards(v) for k, v in reversed(value.items())} if isinstance(value, Mapping) else value


def test_the_order_of_entries_means_nothing(plain: CorridorModel) -> None:
    assert differing(plain, finished(Scenario(**backwards(TINY)))) == []


def test_the_order_of_measures_means_nothing() -> None:
    scenario = rich_scenario(5)
    turned = scenario.model_copy(
        update={name: dict(reversed(getattr(scenario, name).items())) for name in ("measures", "carriers", "zones")}
    )
    assert list(turned.measures) == list(reversed(scenario.measures))
    assert differing(finished(scenario), finished(turned)) == []


@pytest.mark.parametrize("days", [1, 7, 59, 119])
def test_a_shorter_run_is_the_beginning_of_a_longer_one(plain: CorridorModel, days: int) -> None:
    shorter, longer = finished(tiny_scenario(days=days)), finished(tiny_scenario(), days=days)
    daily = {"stocks_by_cohort", "stocks_by_place", "section_flows", "section_capacity", "section_detection"}
    daily |= {"pair_flows", "route_flows", "told"}
    from_the_morning = {"elapsed", "exposed"}
    others = LAYOUT | daily | from_the_morning | {"timetable", "timetable_seats"}
    assert differing(shorter, longer, others) == []
    for name in daily:
        ours, theirs = getattr(shorter.world, name), getattr(plain.world, name)
        assert len(ours) == days
        assert (ours == theirs[:days]).all(), name
    for name in from_the_morning:
        ours, theirs = getattr(shorter.world, name), getattr(plain.world, name)
        assert len(ours) == days + 1
        assert (ours == theirs[: days + 1]).all(), name
