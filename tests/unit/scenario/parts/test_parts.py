"""Measures as parts: each of the library works on a scenario that has what it needs, and says what one lacks."""

from __future__ import annotations

from datetime import date

import pytest

from sim.runs import run_to_data
from sim.scenario import ScenarioError, load_scenario
from sim.scenario.draw import resolve
from sim.scenario.measures import KINDS
from sim.scenario.parts import is_part, library, slug, with_parts
from sim.scenario.parts.targets import TARGETS
from sim.studies.first_difference import first_difference
from tests.strategies import tiny_scenario

SURGE = load_scenario("benghazi-surge")
HUBS = load_scenario("benghazi-hubs")  # has legs
ARCTIC = load_scenario("arctic-2015")  # has crossing points
POINTS = {"crossing-closure"}


@pytest.mark.parametrize("name", library())
def test_each_part_changes_a_scenario_from_its_day_on_and_nothing_before(name: str) -> None:
    part = library()[name]
    assert part.target in TARGETS and (part.schedule or part.measure["kind"] in KINDS)
    base = ARCTIC if name in POINTS else SURGE
    day = base.start.replace(month=base.start.month + 1)
    found = with_parts(base, f"{name}@{day}")
    assert first_difference(base, found) == day
    assert found != base
    for other in part.also:
        assert with_parts(base, f"{other}@{day}").measures == found.measures


@pytest.mark.parametrize("name", sorted(set(library()) - POINTS))
def test_each_part_runs(name: str) -> None:
    run_to_data(resolve(with_parts(tiny_scenario(days=40), f"{name}@2025-10-10")))


def test_parts_are_joined_with_targets_values_and_dates() -> None:
    text = "ban:benghazi@2025-09-01..2025-10-01 + officers:latvia,poland=500 + aid + ban"
    found = with_parts(SURGE, text).measures
    ban = found["carrier-ban"]
    assert (ban.routes, ban.start, ban.end) == (["benghazi-minsk"], date(2025, 9, 1), date(2025, 10, 1))
    assert [found[f"officers-{name}"].officers for name in ("latvia", "poland")] == [500, 500]
    assert found["officers-latvia"].start == SURGE.start
    assert set(found["humanitarian-access"].zones) == set(SURGE.zones)
    assert found["carrier-ban-2"].routes == ["benghazi-minsk"]


def test_frontex_brings_its_officers_and_an_evacuation_ends() -> None:
    found = with_parts(SURGE, "frontex:latvia=300+frontex:poland=200")
    assert found.frontex.officers == SURGE.frontex.officers + 500
    base = tiny_scenario()  # evacuates 0.01 a day from bruzgi from the start on
    evacuation = with_parts(base, "evacuation:bruzgi=0.2@2025-11-01..2025-11-10").zones["bruzgi"].evacuation
    assert evacuation == {base.start: 0.01, date(2025, 11, 1): 0.2, date(2025, 11, 11): 0.01}


def test_a_ban_of_a_leg_is_that_of_the_measure_and_other_parts_take_the_routes_over_it() -> None:
    ban = with_parts(HUBS, "ban:istanbul-minsk@2025-06-15").measures["carrier-ban"]
    assert (ban.legs, ban.routes, ban.closes(HUBS)) == (["istanbul-minsk"], [], ["benghazi-istanbul-minsk"])
    ban = with_parts(HUBS, "ban:istanbul-minsk,belavia").measures["carrier-ban"]
    assert (ban.legs, ban.routes) == (["istanbul-minsk"], ["benghazi-minsk"])
    ban = with_parts(HUBS, "ban:istanbul-minsk,minsk").measures["carrier-ban"]
    assert "benghazi-dubai-minsk" in ban.routes and "benghazi-istanbul-minsk" not in ban.routes
    persuaded = with_parts(HUBS, "diplomacy:istanbul-minsk").measures["diplomacy"]
    assert persuaded.routes == ["benghazi-istanbul-minsk"]


def test_a_misspelt_leg_is_told_with_the_legs_that_there_are() -> None:
    with pytest.raises(ScenarioError) as error:
        with_parts(HUBS, "ban:istambul-minsk")
    legs = ", ".join(sorted({leg for name in TARGETS["flights"].all(HUBS) for leg in HUBS.routes[name].legs}))
    assert str(error.value).startswith("--with ban:istambul-minsk: found 'istambul-minsk'; needed: a route that is")
    assert "did you mean 'istanbul-minsk'" in str(error.value)
    assert str(error.value).endswith(f"legs: {legs}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("bann", "did you mean 'ban'"),
        ("ban:benghasi", "did you mean 'benghazi'"),
        ("ban=3", "takes no value"),
        ("closure", "the scenario lacks what it needs: a crossing point"),
        ("officers:latvia=many", "officers"),
        ("ban@tomorrow", "allowed: a date such as"),
        ("ban@2030-01-01", "outside the run"),
        ("ban@@", "allowed: NAME"),
        ("frontex:latvia=0.5", "whole number of officers"),
    ],
)
def test_what_is_wrong_or_lacking_is_one_clear_error(text: str, words: str) -> None:
    with pytest.raises(ScenarioError) as error:
        with_parts(SURGE, text)
    assert words in str(error.value)
    assert str(error.value).startswith(f"--with {text}: ")
    assert len(error.value.problems) == 1


def test_files_and_installed_extensions_are_no_parts() -> None:
    assert [is_part(text) for text in ("ban", "aid+ban", "nothing:such", "my_science", "boycott")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert slug("officers:latvia=1000@2025-09-01") == "officers-latvia-1000-2025-09-01"
