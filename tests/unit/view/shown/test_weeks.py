"""The map of a study in a week: medians of its replicates, by section and by route."""

from __future__ import annotations

from typing import Any

import pytest

from sim.view.map_state import marks
from sim.view.weeks import Weeks
from tests.strategies import tiny_scenario
from tests.unit.view.shown.tables import Tables
from tests.unit.view.shown.test_map_state import flows_of


def study(days: int = 17) -> Any:
    """Values of two weeks and a short one; the median of the replicates is one more than what stands here."""
    other = {("b", name): [77, 77, 77] for name in ("kuznica", "baghdad-minsk", "benghazi-italy")}
    section = {
        "border_pressure": {("a", "kuznica"): [0.25, 1.5, 2], ("a", "narewka"): [119.4, 9, 9]},
        "attempts": {("a", "kuznica"): [69, 699, 6], ("a", "narewka"): [0, 6, 13]},
        "capacity": {("a", "kuznica"): [20, 30.26, 40]},
        "turn_backs": {("a", "kuznica"): [34, 48, 6]},
        "entries": {("a", "kuznica"): [13, 6, 20]},
        "deaths": {("a", "kuznica"): [0, 2, 4], ("a", "narewka"): [9, 9, 9]},
    }
    route = {
        "departures": {("a", "baghdad-minsk"): [8, 1, 0], ("a", "benghazi-italy"): [2, 3, 4],
                       ("a", "damascus-minsk"): [-1, -1, -1], ("a", "benghazi-minsk"): [-1, 2, 3]},
        "boarded": {("a", "baghdad-minsk"): [17, 12, 0], ("a", "benghazi-italy"): [29, 9, 9]},
        "landed": {("a", "benghazi-italy"): [3, 5, 7], ("a", "baghdad-minsk"): [99, 99, 99]},
    }  # fmt: skip
    values = {("section", name): {**of, **other} for name, of in section.items()}
    values |= {("route", name): {**of, **other} for name, of in route.items()}
    return Tables({"a": tiny_scenario(days=days), "b": tiny_scenario(days=days)}, values)


SILENT = dict.fromkeys(("pressure", "attempts", "capacity", "turned_back", "entries", "dead"), 0)
NAMED = {
    "dieveniskes": {"code": "dieveniskes", "title": "Dieveniškės", "agency": "Lithuania"},
    "kuznica": {"code": "kuznica", "title": "Kuźnica", "agency": "Poland"},
    "narewka": {"code": "narewka", "title": "Narewka", "agency": "Poland"},
}


def test_the_first_week_has_its_medians() -> None:
    frame = Weeks(study(), "a").frame(3)
    routes = frame.pop("routes")
    assert frame == {
        "day": 3, "days": 17, "start": "2025-10-01", "camps": [], "hubs": [], "coasts": [], "agencies": [],
        "sections": [
            {**NAMED["dieveniskes"], **SILENT},
            {**NAMED["kuznica"], "pressure": 1.25, "attempts": 10, "capacity": 21, "turned_back": 5, "entries": 2,
             "dead": 1},
            {**NAMED["narewka"], **SILENT, "pressure": 120, "attempts": pytest.approx(1 / 7), "dead": 10},
        ],
        "landings": [{"place": "lampedusa", "week": 4, "so_far": 4}],
        "number": 3,
    }  # fmt: skip
    assert [{key: value for key, value in row.items() if key != "marks"} for row in routes] == [
        {"name": "baghdad-minsk", "mode": "air", "from": "baghdad", "to": "minsk", "open": True, "scheduled": 9,
         "departures": 9, "persons": 18},
        {"name": "benghazi-italy", "mode": "sea", "from": "benghazi", "to": "lampedusa", "open": True, "scheduled": 3,
         "departures": 3, "persons": 30},
        {"name": "benghazi-minsk", "mode": "air", "from": "benghazi", "to": "minsk", "open": False, "scheduled": 0,
         "departures": 0, "persons": 0},
    ]  # fmt: skip
    # Departures are spread over the week, from its first day on, and persons over the departures.
    assert routes[0]["marks"] == list(marks(flows_of((2, 4), (2, 4), (1, 2), (1, 2), (1, 2), (1, 2), (1, 2))))
    assert routes[1]["marks"] == list(marks(flows_of((1, 10), (1, 10), (1, 10), *[(0, 0)] * 4)))
    assert routes[2]["marks"] == []


def test_later_weeks_have_theirs_and_deaths_and_landings_add_up() -> None:
    weeks = Weeks(study(), "a")
    kuznica = {day: weeks.frame(day)["sections"][1] for day in (8, 14, 15, 17, 30)}
    second = {**NAMED["kuznica"], "pressure": 2.5, "attempts": 100, "capacity": 31.3, "turned_back": 7, "entries": 1,
              "dead": 1 + 3}  # fmt: skip
    third = {**NAMED["kuznica"], "pressure": 3, "attempts": 1, "capacity": 41, "turned_back": 1, "entries": 3,
             "dead": 1 + 3 + 5}  # fmt: skip
    assert kuznica == {8: second, 14: second, 15: third, 17: third, 30: third}
    landings = [weeks.frame(day)["landings"] for day in (8, 15)]
    assert [(one["week"], one["so_far"]) for [one] in landings] == [(6, 10), (8, 18)]
    assert weeks.frame(8)["routes"][2]["open"] is True
    assert (weeks.frame(0)["sections"], weeks.frame(0)["day"]) == (weeks.frame(7)["sections"], 0)
    assert weeks.frame(1)["sections"] == weeks.frame(7)["sections"] != weeks.frame(8)["sections"]


def test_landings_of_several_ways_to_a_place_are_added() -> None:
    one = study()
    routes = one.scenarios["a"].model_dump()["routes"]
    changes = {
        "routes": {"by-night": routes["benghazi-italy"]},
        "cohorts": {"sudanese": {"routes": {"by-night": 0}}},
        "carriers": {"boats": {"services": {"by-night": {"seats": 6}}}},
    }
    one.scenarios["a"] = tiny_scenario(changes, days=17)
    one.values["route", "landed"]["a", "by-night"] = [1, 2, 3]
    assert Weeks(one, "a").frame(8)["landings"] == [{"place": "lampedusa", "week": 6 + 3, "so_far": 10 + 5}]


@pytest.mark.parametrize("end", ["origin", "destination"])
def test_a_route_that_is_not_on_the_map_is_left_out(end: str) -> None:
    one = study()
    changes: dict[str, Any] = {"routes": {"benghazi-italy": {end: "nowhere"}}}
    if end == "origin":
        changes |= {"cohorts": {"sudanese": {"routes": {"benghazi-italy": None}}}}
    one.scenarios["a"] = tiny_scenario(changes, days=17)
    assert [row["name"] for row in Weeks(one, "a").frame(3)["routes"]] == ["baghdad-minsk", "benghazi-minsk"]
