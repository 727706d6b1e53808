"""A schedule replaces weekly frequencies where and while it has flights, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

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
