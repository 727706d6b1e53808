"""What levers change of a scenario, and what they leave."""

from __future__ import annotations

import re
from datetime import date

import pytest

from sim.scenario import Scenario, ScenarioError, load_scenario, scenario_names
from sim.view.levers import Ban, Choices, Lever, Setting, changed, levers_of, named, told

SINCE = date(2025, 6, 15)


@pytest.fixture(scope="module")
def surge() -> Scenario:
    return load_scenario("benghazi-surge")


def lever(scenario: Scenario, name: str) -> Lever:
    return next(lever for lever in levers_of(scenario) if lever.name == name)


def test_nothing_chosen_changes_nothing(surge: Scenario) -> None:
    assert changed(surge, Choices()) is surge


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_has_levers_with_values_in_their_range(name: str) -> None:
    scenario = load_scenario(name)
    for each in levers_of(scenario):
        for day in (scenario.start, scenario.end):
            assert each.low <= each.value(scenario, day) <= each.high, each.name
        assert re.fullmatch(r"[A-Z].*[^ ]\.", each.about), each.name
        to = Setting(each.high if not each.conduct else 0.9, scenario.start)
        new = changed(scenario, Choices({each.name: to}))
        if each.paths:
            assert each.value(new, scenario.end) == pytest.approx(each.high)


def test_a_value_holds_from_its_date_on_and_nothing_before_changes(surge: Scenario) -> None:
    flights = lever(surge, "weekly.benghazi-minsk")
    new = changed(surge, Choices({flights.name: Setting(8, SINCE)}))
    assert flights.value(new, date(2025, 6, 14)) == flights.value(surge, date(2025, 6, 14))
    for day in (SINCE, date(2025, 9, 1), surge.end):
        assert flights.value(new, day) == pytest.approx(8)
    left = new.model_copy(update={"carriers": surge.carriers})
    assert left == surge


def test_a_route_is_shared_out_among_its_carriers(surge: Scenario) -> None:
    new = changed(surge, Choices({"weekly.benghazi-minsk": Setting(34, SINCE)}))
    weekly = [carrier.services["benghazi-minsk"].weekly[SINCE] for carrier in new.carriers.values()
              if "benghazi-minsk" in carrier.services]  # fmt: skip
    assert sorted(weekly) == pytest.approx([14, 20])


def test_officers_bans_and_measures_switched_off(surge: Scenario) -> None:
    off = frozenset({"buffer-zone-poland"})
    choices = Choices({"sent.latvia": Setting(700, SINCE)}, Ban(("benghazi-minsk",), date(2025, 8, 1)), off)
    new = changed(surge, choices)
    assert set(new.measures) - set(surge.measures) == {"what-if-carrier-ban", "what-if-officers-latvia"}
    assert set(surge.measures) - set(new.measures) == off
    assert new.measures["what-if-officers-latvia"].start == SINCE
    assert len(told(surge, choices)) == 3
    assert named(new, surge, choices).title.endswith("what-if")


def test_what_is_not_allowed_is_refused(surge: Scenario) -> None:
    with pytest.raises(ScenarioError, match="no lever"):
        changed(surge, Choices({"weekly.mars": Setting(1, SINCE)}))
    with pytest.raises(ScenarioError, match="Facilitation: 300 %; allowed: 0 to 100 %"):
        changed(surge, Choices({"facilitation.belarus": Setting(3, SINCE)}))


def test_each_lever_has_a_date_of_its_own(surge: Scenario) -> None:
    later = date(2025, 9, 1)
    values = {"coaching.belarus": Setting(0.1, SINCE), "visas.belarus": Setting(20, later)}
    new = changed(surge, Choices(values))
    coaching, visas = lever(surge, "coaching.belarus"), lever(surge, "visas.belarus")
    assert coaching.value(new, date(2025, 8, 31)) == 0.1
    assert visas.value(new, date(2025, 8, 31)) == visas.value(surge, date(2025, 8, 31)) != 20
    assert visas.value(new, later) == 20
    assert [line.rpartition(" from ")[2] for line in told(surge, Choices(values))] == ["15 Jun 2025", "1 Sep 2025"]


def test_steering_is_a_lever_of_a_state_with_several_zones(surge: Scenario) -> None:
    new = changed(surge, Choices({"steering.brest": Setting(3, SINCE)}))
    assert lever(surge, "steering.brest").value(new, SINCE) == 3
    assert surge.zones["brest"].steering != new.zones["brest"].steering == {SINCE: 3}


def test_where_a_process_draws_the_conduct_a_lever_overrides_it() -> None:
    finland = load_scenario("finland-2023")
    day = date(2023, 11, 1)
    values = {"steering.vyborg": Setting(2, day), "facilitation.russia": Setting(0.2, day)}
    new = changed(finland, Choices(values))
    found = {name: new.measures[name] for name in set(new.measures) - set(finland.measures)}
    assert {(m.kind, m.transit_state, m.start) for m in found.values()} == {("posture", "russia", day)}
    assert [m.steering for m in found.values() if m.steering] == [{"vyborg": 2}]
    assert [m.facilitation for m in found.values() if m.facilitation is not None] == [0.2]


def test_reactions_are_switched_off_one_by_one() -> None:
    answers = load_scenario("minsk-2021-answers")
    choices = Choices(unanswered=frozenset({"empties-the-camp"}))
    new = changed(answers, choices)
    assert set(answers.reactions) - set(new.reactions) == {"empties-the-camp"}
    assert told(answers, choices) == [f"without the reaction {answers.reactions['empties-the-camp'].title}"]


@pytest.mark.parametrize("name", scenario_names())
def test_no_two_levers_are_called_alike(name: str) -> None:
    shown = [(lever.group, lever.label) for lever in levers_of(load_scenario(name))]
    assert len(shown) == len(set(shown))


def test_ways_with_the_same_ends_are_told_apart_in_levers_bans_and_words() -> None:
    scenario = load_scenario("minsk-2021")
    labels = {lever.name: lever.label for lever in levers_of(scenario)}
    assert labels["weekly.baghdad-minsk"] == "From Baghdad (baghdad-minsk)"
    assert labels["weekly.iraq-by-moscow"] == "From Baghdad (iraq-by-moscow)"
    assert labels["weekly.dubai-minsk"] == "From Dubai"
    banned = Choices(ban=Ban(("iraq-by-moscow",), scenario.start))
    assert told(scenario, banned) == ["Carriers banned from Baghdad (iraq-by-moscow), from 1 May 2021"]
