"""The map's numbers of a day, worked out from counts by day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.tables import ROUTE_FLOWS
from sim.view.map_state import map_frame, marks
from tests.strategies import START, tiny_scenario
from tests.unit.view.shown.ledger import at_place, by_pair, by_section, capacity, last_week, ledger, pressure

TITLES = {"dieveniskes": "Dieveniškės", "kuznica": "Kuźnica", "narewka": "Narewka"}
LAND = [("iraqis", "baghdad-minsk"), ("sudanese", "benghazi-minsk"), ("syrians", "damascus-minsk")]
SEA = ("sudanese", "benghazi-italy")
POLAND = {"places": {"poland": {"latitude": 52, "longitude": 20}}}


def rounded(value: float) -> float:
    """As the map shows it: whole from 100, one decimal from 10."""
    return round(value, 0 if value >= 100 else 1 if value >= 10 else 8)


def section(model: Any, code: str) -> dict[str, Any]:
    day, week = model.day, last_week(model.day)

    def mean(flow: str) -> float:
        return rounded(sum(by_section(model, flow, one, code) for one in week) / 7)

    return {
        "code": code,
        "title": TITLES[code],
        "agency": "Lithuania" if code == "dieveniskes" else "Poland",
        "pressure": rounded(pressure(model, day, code)),
        "attempts": mean("attempts"),
        "capacity": rounded(capacity(model, day, code)),
        "turned_back": mean("turn_backs"),
        "procedures": mean("procedures"),
        "crossings": mean("crossings"),
        "dead": sum(by_section(model, "deaths", one, code) for one in range(model.before + 1, day + 1)),
    }


def now(model: Any, place: str, *statuses: str) -> int:
    return sum(at_place(model, status, model.day, place) for status in statuses)


def dead(model: Any, place: str) -> int:
    return at_place(model, "dead", model.day, place) - at_place(model, "dead", model.before, place)


def landed(model: Any, days: range) -> int:
    return sum(by_pair(model, "landed", day, SEA) for day in days)


@pytest.mark.parametrize(("day", "before"), [(20, 0), (20, 15), (3, 0), (1, 0)])
def test_all_numbers_are_those_of_the_day(day: int, before: int) -> None:
    model = ledger(tiny_scenario(POLAND, days=30), day, before)
    frame = map_frame(model)
    assert list(frame) == [
        "day", "days", "start", "sections", "camps", "hubs", "coasts", "agencies", "landings", "routes"
    ]  # fmt: skip
    assert (frame["day"], frame["days"]) == (day - before, 30 - before)
    assert frame["start"] == ("2025-10-16" if before else START.isoformat())
    assert frame["sections"] == [pytest.approx(section(model, code)) for code in TITLES]
    assert frame["camps"] == [
        {
            "place": zone,
            "waiting": now(model, zone, "at_border"),
            "stranded": now(model, zone, "stranded"),
            "dead": dead(model, zone),
        }
        for zone in ("bruzgi", "lida")
    ]
    reached = sum(by_pair(model, "reached_border", one, pair) for one in last_week(day) for pair in LAND)
    assert frame["hubs"] == [
        {
            "place": "minsk",
            "people": now(model, "minsk", "at_hub", "in_transit"),
            "stranded": now(model, "minsk", "stranded"),
            "to_border": pytest.approx(rounded(reached / 7)),
            "zones": ["bruzgi", "lida"],
        }
    ]
    assert frame["coasts"] == [
        {
            "place": "benghazi",
            "people": now(model, "benghazi", "at_coast", "intercepted"),
            "stranded": now(model, "benghazi", "stranded"),
            "dead": dead(model, "benghazi"),
        }
    ]
    assert frame["agencies"] == [{"place": "poland", "in_procedure": now(model, "poland", "in_procedure")}]
    so_far = landed(model, range(before + 1, day + 1))
    assert frame["landings"] == [
        {"place": "lampedusa", "week": landed(model, last_week(day)), "so_far": so_far}
    ]  # fmt: skip


def test_before_the_first_day_all_is_zero() -> None:
    frame = map_frame(ledger(tiny_scenario(POLAND, days=30), 0))
    for part in ("sections", "camps", "hubs", "coasts", "agencies", "landings"):
        assert frame[part]
        for row in frame[part]:
            assert {value for value in row.values() if not isinstance(value, (str, list))} == {0}


ENDS = {
    "baghdad-minsk": ("air", "baghdad", "minsk"), "benghazi-italy": ("sea", "benghazi", "lampedusa"),
    "benghazi-minsk": ("air", "benghazi", "minsk"), "damascus-minsk": ("land", "damascus", "minsk"),
}  # fmt: skip


@pytest.mark.parametrize("day", [20, 7, 3])
def test_routes_have_the_departures_of_a_week(day: int) -> None:
    model = ledger(tiny_scenario(days=30), day)
    model.world.services["open"][2] = 0
    model.world.services = np.concatenate([model.world.services, model.world.services[:1]])
    first = max(day - 7, 0)
    for number, (row, (name, ends)) in enumerate(zip(map_frame(model)["routes"], ENDS.items(), strict=True)):
        flows = model.world.route_flows[first:day, number]
        assert {key: value for key, value in row.items() if key != "marks"} == {
            "name": name, "mode": ends[0], "from": ends[1], "to": ends[2], "open": number in (1, 3),
            "scheduled": (4.25, 3.13, 0.0, 5.13)[number],
            "departures": flows[:, ROUTE_FLOWS.index("departures")].sum(),
            "persons": flows[:, ROUTE_FLOWS.index("boarded")].sum(),
        }  # fmt: skip
        assert row["marks"] == list(marks(flows))


def test_a_route_of_nobody_is_shown_only_while_somebody_takes_it() -> None:
    model = ledger(tiny_scenario({"cohorts": {"syrians": {"size": 0}}}, days=30), 20)
    names = [row["name"] for row in map_frame(model)["routes"]]
    assert names == list(ENDS)
    model.world.route_flows[13:20, 3] = 0
    assert [row["name"] for row in map_frame(model)["routes"]] == names[:3]
    model.world.route_flows[13:20, 2] = 0  # but people may take it
    assert [row["name"] for row in map_frame(model)["routes"]] == names[:3]
    model.world.route_flows[13, 3] = 1
    assert [row["name"] for row in map_frame(model)["routes"]] == names


@pytest.mark.parametrize("end", ["origin", "destination"])
def test_a_route_that_is_not_on_the_map_is_not_drawn(end: str) -> None:
    changes: dict[str, Any] = {"routes": {"benghazi-italy": {end: "nowhere"}}}
    if end == "origin":
        changes |= {"cohorts": {"sudanese": {"routes": {"benghazi-italy": None}}}}
    model = ledger(tiny_scenario(changes, days=30), 20)
    assert [row["name"] for row in map_frame(model)["routes"]] == [name for name in ENDS if name != "benghazi-italy"]


def flows_of(*days: tuple[int, int]) -> Any:
    """Departures and persons aboard by day."""
    flows = np.zeros((len(days), len(ROUTE_FLOWS)), np.int32)
    flows[:, ROUTE_FLOWS.index("departures")], flows[:, ROUTE_FLOWS.index("boarded")] = zip(*days, strict=True)
    return flows


def test_each_departure_is_a_mark_that_has_moved_on_by_its_age() -> None:
    assert list(marks(flows_of((2, 7), (0, 0), (1, 3)))) == [[2.25, 3.5, 1], [2.75, 3.5, 1], [0.5, 3.0, 1]]
    assert list(marks(flows_of((3, 10)))) == [[0.17, 3.3, 1], [0.5, 3.3, 1], [0.83, 3.3, 1]]
    assert list(marks(flows_of((0, 0), (0, 0)))) == []
    assert list(marks(flows_of((0, 0))[:0])) == []


def test_more_departures_than_marks_are_bundled() -> None:
    assert [mark[2] for mark in marks(flows_of((24, 48)))] == [1] * 24
    bundled = list(marks(flows_of((25, 50))))
    assert [mark[2] for mark in bundled] == [2] * 12 + [1]
    assert [mark[1] for mark in bundled] == [4] * 12 + [2]
    assert [mark[0] for mark in bundled[:2]] == [0.04, 0.12]
    assert [mark[2] for mark in marks(flows_of((49, 0), (1, 5)))] == [3] * 16 + [1] + [1]
