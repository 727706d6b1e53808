"""Quantities by cohort: one value for all is that value; a value for one cohort touches no other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.model import CorridorModel
from sim.scenario.draw import resolve
from sim.scenario.paths import apply_overrides, get_path
from sim.scenario.points import coordinate_of
from sim.scenario.schema import Scenario
from tests.properties.differing import day, differing
from tests.properties.test_untouched import APART, everyone
from tests.rich_scenario import rich_scenario, timetable
from tests.strategies import by_cohort_paths, finished, merge, tiny_scenario

# Bookings fail and closures are announced, for the Sudanese alone.
BAN = {"kind": "carrier-ban", "carriers": ["airline-ly"], "announced": day(15), "start": day(60)}
MANY = {"cohorts": {"sudanese": {"size": 500}}, "hazards": {"death": 0.01, "injury": 0.02}}
LONELY = tiny_scenario(merge(merge(APART, MANY), {"measures": {"ban": BAN}}))
PATHS = by_cohort_paths(LONELY)
FIELDS = sorted({path.rpartition(".")[2] for path in PATHS})


def run_rich(scenario: Scenario) -> CorridorModel:
    model = CorridorModel(scenario, timetable(scenario))
    model.run_model()
    return model


def with_fields(field: str, values: Any, scenario: Scenario = LONELY) -> Scenario:
    """The scenario with a field, of every agency if it is one of theirs, set to other values."""
    return apply_overrides(scenario, {path: values for path in PATHS if path.endswith(f".{field}")})


def test_every_quantity_that_is_applied_to_a_migrant_is_here() -> None:
    assert len(FIELDS) > 25
    assert {"patience", "price", "death", "procedure", "absconding", "returned"} <= set(FIELDS)
    assert not {"section_success", "coverage", "lag", "memory"} & set(FIELDS)


@pytest.mark.parametrize("names", [("others",), ("iraqis", "sudanese", "syrians"), ("sudanese", "others")])
def test_the_same_value_for_all_changes_no_byte(names: tuple[str, ...]) -> None:
    scenario = rich_scenario(5)
    alike = {path: dict.fromkeys(names, get_path(scenario, path)) for path in PATHS}
    assert differing(run_rich(scenario), run_rich(apply_overrides(scenario, alike))) == []


def test_values_by_cohort_mean_the_same_whichever_way_they_are_said() -> None:
    said = [
        {"iraqis": 5, "sudanese": 200, "syrians": 60},
        {"syrians": 60, "others": 60, "sudanese": 200, "iraqis": 5},
        {"sudanese": 200, "iraqis": 5, "others": 60},
    ]
    first, *rest = [finished(with_fields("patience", values)) for values in said]
    assert [differing(first, other) for other in rest] == [[], []]


@pytest.mark.parametrize("field", FIELDS)
def test_a_value_for_one_cohort_touches_it_and_no_other(field: str) -> None:
    changes = {}
    for path in PATHS:
        if path.endswith(f".{field}"):
            own, highest = float(get_path(LONELY, path)), coordinate_of(LONELY, path).field.high or np.inf
            other = 0.5 if not own else own / 3 if 3 * own > highest else 3 * own
            changes[path] = {"sudanese": other, "others": own}
    plain, changed = finished(LONELY), finished(apply_overrides(LONELY, changes))
    assert everyone(plain, "iraqis", "syrians").tobytes() == everyone(changed, "iraqis", "syrians").tobytes()
    assert everyone(plain, "sudanese").tobytes() != everyone(changed, "sudanese").tobytes()


def test_more_patience_in_one_cohort_means_more_attempts_of_it() -> None:
    def attempts(value: float) -> np.ndarray:
        model = finished(with_fields("patience", {"iraqis": value, "others": 60}))
        return np.array([everyone(model, name)["attempts"].sum() for name in model.names.cohorts])

    short, medium, long = attempts(2), attempts(60), attempts(2000)
    assert short[0] < medium[0] < long[0]
    assert (short[1:] == medium[1:]).all() and (medium[1:] == long[1:]).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_value_for_one_cohort_leaves_the_draw_for_the_others(seed: int) -> None:
    spread = {"uniform": [20, 200]}
    whole, parted = with_fields("patience", spread), with_fields("patience", {"iraqis": spread, "others": spread})
    one, drawn = (resolve(scenario, seed).behaviour.patience for scenario in (whole, parted))
    assert isinstance(drawn, dict)
    assert drawn["others"] == one != drawn["iraqis"]
    assert apply_overrides(whole, {"behaviour.patience.iraqis": spread}) == parted
