"""What levers change of a scenario, and what they leave."""

from __future__ import annotations

from datetime import date

import pytest

from sim.scenario import Scenario, ScenarioError, load_scenario, scenario_names
from sim.view.levers import Ban, Choices, Lever, changed, levers_of, named, told

SINCE = date(2025, 6, 15)


@pytest.fixture(scope="module")
def surge() -> Scenario:
    return load_scenario("benghazi-surge")


def lever(scenario: Scenario, name: str) -> Lever:
    return next(lever for lever in levers_of(scenario) if lever.name == name)


def test_nothing_chosen_changes_nothing(surge: Scenario) -> None:
    assert changed(surge, Choices(SINCE)) is surge


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_has_levers_with_values_in_their_range(name: str) -> None:
    scenario = load_scenario(name)
    for each in levers_of(scenario):
        for day in (scenario.start, scenario.end):
            assert 0 <= each.value(scenario, day) <= each.high, each.name
        new = changed(scenario, Choices(scenario.start, {each.name: each.high}))
        if each.paths:
            assert each.value(new, scenario.end) == pytest.approx(each.high)


def test_a_value_holds_from_its_date_on_and_nothing_before_changes(surge: Scenario) -> None:
    flights = lever(surge, "weekly.benghazi-minsk")
    new = changed(surge, Choices(SINCE, {flights.name: 8}))
    assert flights.value(new, date(2025, 6, 14)) == flights.value(surge, date(2025, 6, 14))
    for day in (SINCE, date(2025, 9, 1), surge.end):
        assert flights.value(new, day) == pytest.approx(8)
    left = new.model_copy(update={"carriers": surge.carriers})
    assert left == surge


def test_a_route_is_shared_out_among_its_carriers(surge: Scenario) -> None:
    new = changed(surge, Choices(SINCE, {"weekly.benghazi-minsk": 34}))
    weekly = [carrier.services["benghazi-minsk"].weekly[SINCE] for carrier in new.carriers.values()
              if "benghazi-minsk" in carrier.services]  # fmt: skip
    assert sorted(weekly) == pytest.approx([14, 20])


def test_officers_bans_and_measures_switched_off(surge: Scenario) -> None:
    off = frozenset({"buffer-zone-poland"})
    choices = Choices(SINCE, {"sent.latvia": 700}, Ban(("benghazi-minsk",), date(2025, 8, 1)), off)
    new = changed(surge, choices)
    assert set(new.measures) - set(surge.measures) == {"what-if-carrier-ban", "what-if-officers-latvia"}
    assert set(surge.measures) - set(new.measures) == off
    assert new.measures["what-if-officers-latvia"].start == SINCE
    assert len(told(surge, choices)) == 3
    assert named(new, surge, choices).title.endswith("what-if")


def test_what_is_not_allowed_is_refused(surge: Scenario) -> None:
    with pytest.raises(ScenarioError, match="no lever"):
        changed(surge, Choices(SINCE, {"weekly.mars": 1}))
    with pytest.raises(ScenarioError, match="from 0 to 1"):
        changed(surge, Choices(SINCE, {"facilitation.belarus": 3}))
