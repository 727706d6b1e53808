"""A schedule replaces weekly frequencies where and while it has flights, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sim.inference import planned_flights
from sim.inference.planned_flights import with_flights
from sim.model import CorridorModel
from sim.scenario.draw import resolve
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.scenario.timetable import timetabled

SINCE = date(2025, 10, 1)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return resolve(load_scenario("benghazi-minsk-2025"))


def schedule(folder: Path, *days: str) -> Path:
    file = folder / "schedule.csv"
    rows = [f"{day},benghazi,minsk,belavia,150" for day in days]
    file.write_text("\n".join(["date,origin,destination,carrier,seats", *rows]) + "\n", encoding="utf-8")
    return file


def test_it_flies_as_scheduled_then_as_before(scenario: Scenario, tmp_path: Path) -> None:
    found = with_flights(scenario, schedule(tmp_path, "2025-10-06", "2025-10-09"), SINCE)
    before, weekly = (one.carriers["belavia"].services["benghazi-minsk"].weekly for one in (scenario, found))

    def value(table: dict[date, float], day: date) -> float:
        return table[max(one for one in table if one <= day)]

    for day in (date(2025, 10, 5), date(2025, 10, 10), date(2025, 12, 1)):
        assert value(weekly, day) == value(before, day)
    assert value(weekly, date(2025, 10, 6)) == value(weekly, date(2025, 10, 9)) == 0
    assert [(route, seats) for _, route, seats in timetabled(found)] == [("benghazi-minsk", 150)] * 2
    rest = {"title", "timetable", "carriers"}
    assert found.model_dump(exclude=rest) == scenario.model_dump(exclude=rest)


def test_a_stored_state_goes_on_with_it(scenario: Scenario, tmp_path: Path) -> None:
    short = scenario.model_copy(deep=True)
    model = CorridorModel(short)
    while model.settings.start.toordinal() + model.day < SINCE.toordinal():
        model.step()
    more = with_flights(short, schedule(tmp_path, *[f"2025-10-{day:02}" for day in range(2, 12)]), SINCE)
    ahead = CorridorModel.restore(model.state(), more)
    for _ in range(12):
        model.step()
        ahead.step()
    route = ahead.names.routes.index("benghazi-minsk")
    flown = [int(one.world.route_flows[: one.day, route, 0].sum()) for one in (model, ahead)]
    assert flown[1] >= flown[0] + 7


@pytest.mark.parametrize(("days", "words"), [((), "no departure"), (("2025-09-30",), "needed: 2025-10-01 or later")])
def test_what_is_not_allowed_is_said(scenario: Scenario, tmp_path: Path, days: tuple[str, ...], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        with_flights(scenario, schedule(tmp_path, *days), SINCE)


def rest(weekly: dict[date, float], *days: int, routes: tuple[str, ...] = ("r",)) -> dict[str, object]:
    """What is changed for departures on days of a run of ten days from 1 October, by a carrier's weekly frequencies."""
    services = {route: SimpleNamespace(weekly=weekly) for route in ("r", "s")}
    carriers = {"c": SimpleNamespace(services=services)}
    own: Any = SimpleNamespace(carriers=carriers, end=date(2025, 10, 10))
    rows: Any = [SimpleNamespace(carrier="c", route=route, day=day) for day in days for route in routes]
    first, last = (date(2025, 10, 1) + timedelta(days=day) for day in (days[0], days[-1]))
    found = planned_flights._silenced(own, rows, first, last)
    return {path.removeprefix("carriers.c.services."): value for path, value in found.items()}


def test_frequencies_rest_from_the_first_day_to_the_last_and_go_on_as_they_were() -> None:
    day = {number: date(2025, 10, number) for number in range(1, 11)}
    weekly = {day[1]: 5.0, day[3]: 6.0, day[4]: 7.0, day[6]: 8.0, day[8]: 9.0}
    assert rest(weekly, 2, 5) == {
        "r.weekly.2025-10-03": 0.0, "r.weekly.2025-10-04": 0.0, "r.weekly.2025-10-06": 0.0, "r.weekly.2025-10-07": 8.0
    }  # fmt: skip
    assert rest(weekly, 6, 6) == {"r.weekly.2025-10-07": 0.0}, "the schedule of the next day is there"
    assert rest(weekly, 8, 8) == {"r.weekly.2025-10-09": 0.0, "r.weekly.2025-10-10": 9.0}
    assert rest(weekly, 9, 9) == {"r.weekly.2025-10-10": 0.0}, "the run ends"
    assert rest({day[9]: 4.0}, 1, 2) == {"r.weekly.2025-10-02": 0.0, "r.weekly.2025-10-04": 0.0}
    both = rest({day[1]: 2.0}, 1, 2, routes=("s", "r"))
    assert both == {f"{route}.weekly.2025-10-0{n}": v for route in "rs" for n, v in ((2, 0.0), (4, 2.0))}


def test_a_scenario_flies_by_one_schedule_and_not_before_the_day(scenario: Scenario, tmp_path: Path) -> None:
    file = schedule(tmp_path, "2025-10-01")
    found = with_flights(scenario, file, SINCE)
    assert found.timetable == str(file)
    with pytest.raises(ScenarioError) as caught:
        with_flights(found, file, SINCE)
    assert str(caught.value) == f"--flights: the scenario has a timetable ({file}); one of them is needed"
    early = schedule(tmp_path, "2025-09-30", "2025-10-02")
    with pytest.raises(ScenarioError) as caught:
        with_flights(scenario, early, SINCE)
    assert str(caught.value) == (
        f"--flights: {early} begins on 2025-09-30; needed: 2025-10-01 or later, as counts reach until then"
    )
    with pytest.raises(ScenarioError) as caught:
        with_flights(scenario, schedule(tmp_path), SINCE)
    assert str(caught.value) == f"--flights: {file} has no departure; one at least is needed"
