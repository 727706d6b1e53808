"""Answers and the agenda day by day, what is watched, and the calendar, by hand."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.agents import reactions
from sim.agents.agenda import Agenda
from sim.agents.reactions import NOT, Answer
from sim.agents.watch import Watch
from sim.engine import gauges as g
from sim.engine import season
from sim.engine import tables as t
from sim.model import CorridorModel
from tests.strategies import POINT, START, tiny_scenario


def on(number: int) -> Any:
    return START + timedelta(days=number)


class Do:
    """An action that says when it is applied."""

    steps = False

    def __init__(self) -> None:
        self.told: list[bool] = []

    def apply(self, model: Any, answer: Answer, does: bool) -> None:
        self.told.append(does)


def answer(**fields: Any) -> Answer:
    entry = {
        "actor": "a",
        "strength": 0.5,
        "probability": 1.0,
        "after": 2,
        "until": None,
        "rest": 0,
        "do": Do(),
    } | fields
    return Answer(1, "it", SimpleNamespace(**entry))


def days_of(one: Answer, holds: str, first: int = 0) -> str:
    """Which days it is in force, if its trigger holds on the days with an x; as the model does each morning."""
    found = ""
    for day, sign in enumerate(holds, first):
        one.hear(sign == "x", day)
        if one.is_over(day):
            one.end(None, day)  # type: ignore[arg-type]
        if one.due == day:
            one.begin(None, day)  # type: ignore[arg-type]
        found += "." if one.begun == NOT else "x"
    return found


@pytest.mark.parametrize(
    ("fields", "holds", "expected"),
    [
        ({}, ".xxxxxx..", "...xxxx.."),
        ({"after": 0}, ".xx.", ".xx."),
        ({}, ".x.......", "........."),
        ({"until": 3}, ".x.......", "...xxx..."),
        ({"until": 3}, ".xxxxxxxxx", "...xxx...."),
        ({"until": 3}, ".x..x.....", "...xxx...."),
        ({"until": 1}, ".x..x.....", "...x......"),
        ({"until": 1}, ".x...x....", "...x...x.."),
        ({"until": 1, "rest": 2}, ".x...x....", "...x......"),
        ({"until": 1, "rest": 1}, ".x...x....", "...x...x.."),
        ({"until": 1}, ".x.x......", "...x......"),
        ({"rest": 3}, ".xxx..xxx...xxxx", "...x..........xx"),
        ({"probability": 0.0}, ".xxxxxx", "......."),
    ],
)
def test_an_answer_begins_after_its_trigger_and_ends_after_its_time_or_with_it(
    fields: dict[str, Any], holds: str, expected: str
) -> None:
    one = answer(**fields)
    assert days_of(one, holds) == expected
    ends = [day for day in range(1, len(expected)) if expected[day - 1] == "x" and expected[day] == "."]
    begins = [day for day in range(len(expected)) if expected[day] == "x" and expected[: day + 1][-2:-1] != "x"]
    if fields.get("until") != 1:
        assert [period[0] for period in one.periods] == begins
        assert [period[1] for period in one.periods][: len(ends)] == ends
    assert one.entry.do.told == [True, False] * len(ends) + [True] * (len(begins) - len(ends))
    assert one.risen == sum(holds[k] == "x" and holds[k - 1] != "x" for k in range(len(holds)))


def test_an_answer_knows_its_next_turn() -> None:
    one = answer(until=5)
    assert (one.name, one.key, one.actor, one.strength) == ("it", "reaction it", "a", 0.5)
    assert one.next_turn() == NOT
    one.hear(True, 3)
    assert one.next_turn() == 5
    one.begin(None, 5)  # type: ignore[arg-type]
    assert one.next_turn() == 10
    endless = answer()
    endless.hear(True, 3)
    endless.begin(None, 5)  # type: ignore[arg-type]
    assert endless.next_turn() == NOT
    assert endless.periods == [[5, NOT]]


def test_each_time_has_a_draw_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[Any, ...]] = []
    monkeypatch.setattr(reactions, "draw", lambda *key: drawn.append(key) or 0.5)
    one = answer(probability=0.5)
    assert days_of(one, ".x.x.xx.") == "........"
    assert drawn == [(one.key_of_draws, reactions.ANSWER, number) for number in range(3)]
    assert days_of(answer(probability=0.51), "xxxx") == "..xx"


def measure(**fields: Any) -> dict[str, Any]:
    return {"kind": "carrier-ban", "carriers": ["airline-iq"], "lag": 0, **fields}


@pytest.mark.parametrize(
    ("fields", "by_day"),
    [
        ({"start": on(6)}, {6: ["start"]}),
        ({"start": on(6), "lag": 3}, {9: ["start"]}),
        ({"start": on(6), "end": on(8)}, {6: ["start"], 9: ["end"]}),
        ({"start": on(6), "end": on(6)}, {6: ["start"], 7: ["end"]}),
        ({"start": on(6), "announced": on(2)}, {2: ["announce"], 6: ["forget", "start"]}),
        ({"start": on(6), "announced": on(6)}, {6: ["start"]}),
        ({"start": on(6), "announced": on(-4)}, {0: ["announce"], 6: ["forget", "start"]}),
        ({"start": on(-9), "end": on(3)}, {0: ["start"], 4: ["end"]}),
        ({"start": on(6), "lag": 3, "end": on(9)}, {9: ["start"], 10: ["end"]}),
        ({"start": on(6), "lag": 3, "end": on(8)}, None),
        ({"start": on(6), "lag": 3, "announced": on(2), "success_probability": 0}, None),
    ],
)
def test_the_agenda_has_the_days_of_a_measure(fields: dict[str, Any], by_day: dict[int, list[str]] | None) -> None:
    agenda: Agenda = CorridorModel(tiny_scenario({"measures": {"it": measure(**fields)}})).measures
    if by_day is None:
        assert agenda.failed == ["it"]
        announced = {2: [("announce", "it")], 9: [("forget", "it")]}
        assert agenda.by_day == (announced if "announced" in fields else {})
    else:
        assert agenda.failed == []
        assert agenda.by_day == {day: [(action, "it") for action in actions] for day, actions in by_day.items()}


def test_what_is_watched_is_of_the_rows_that_are_named() -> None:
    world = {"measures": {"it": measure(start=on(6), announced=on(2), lag=1, end=on(9)), "b": measure(start=on(3))}}
    model = CorridorModel(tiny_scenario(POINT | world))
    watch, names = Watch(model), model.names

    def rows(reading: Any) -> tuple[int, int, list[int]]:
        return reading.what, reading.column, reading.rows.tolist()

    def owned(agency: str) -> list[int]:
        return [k for k, name in enumerate(names.sections) if model.settings.sections[name].agency == agency]

    every = list(range(len(names.sections)))
    kuznica, narewka = names.sections.index("kuznica"), names.sections.index("narewka")
    assert rows(watch.pressure(["narewka", "kuznica"], None)) == (g.PRESSURE, 0, [kuznica, narewka])
    assert rows(watch.pressure([], None)) == (g.WORST_PRESSURE, 0, every)
    assert rows(watch.pressure(["kuznica"], "lithuania")) == (g.PRESSURE, 0, owned("lithuania"))
    assert rows(watch.flow("departures", ["benghazi-italy"])) == (g.ROUTES, t.R_DEPARTURES, [1])
    assert rows(watch.flow("boarded", [])) == (g.ROUTES, t.R_BOARDED, [0, 1, 2, 3])
    assert rows(watch.flow("attempts", ["kuznica"])) == (g.SECTIONS, t.S_ATTEMPTS, [kuznica])
    assert rows(watch.flow("claims", [])) == (g.SECTIONS, t.S_CLAIMS, every)
    pairs = [k for k, (_, route) in enumerate(names.pairs) if route == "baghdad-minsk"]
    assert rows(watch.flow("arrivals", ["baghdad-minsk"])) == (g.PAIRS, t.F_ARRIVED, pairs)
    assert rows(watch.flow("landed", [])) == (g.PAIRS, t.F_LANDED, list(range(len(names.pairs))))
    assert rows(watch.days_empty(["baghdad-minsk"])) == (g.EMPTY, 0, [0])
    assert rows(watch.rise_of_capacity("poland")) == (g.RISE, 0, owned("poland"))
    assert rows(watch.turned_back("poland")) == (g.TURNED_BACK, 0, [names.agencies.index("poland")])
    assert rows(watch.closed("poland")) == (g.CLOSED, 0, owned("poland"))
    assert watch.days_of("it") == (2, 7, 10)
    assert watch.days_of("b") == (3, 3, 3)
    expected = []
    for day in range(9):
        watch.day = day
        expected.append(watch.expected("it"))
    assert expected == [False, False, True, True, True, True, True, False, False]
    assert not watch.in_force("b")
    assert not watch.is_banned("baghdad-minsk")
    model.carriers["airline-iq"].ban("x", ["baghdad-minsk"])
    assert watch.is_banned("baghdad-minsk")
    assert not watch.is_banned("benghazi-minsk")
    model.bar(["benghazi-minsk"], ["sudanese"], "barred", 1)
    assert watch.is_banned("benghazi-minsk")
    model.measures.in_force.add("b")
    assert watch.in_force("b")


def test_the_calendar_writes_the_seasons_and_each_cohorts_push() -> None:
    months = [k / 12 for k in range(12)]
    model = CorridorModel(tiny_scenario({"seasons": {"calm_sea": months, "sea_persistence": 0.4},
                                         "cohorts": {"iraqis": {"push": {on(5): 3.0}}}}))  # fmt: skip
    calendar, scenario = model.season, model.settings
    days = season.years(scenario.start, scenario.days)
    assert calendar.by_day.shape == (120, 3)
    assert calendar.by_day[[0, 30, 31, 92], 2].tolist() == [months[9], months[9], months[10], months[0]]
    seasons: Any = scenario.seasons
    warmth = season.temperature(days, seasons.january, seasons.july)
    coldest = min(seasons.january, seasons.july)
    np.testing.assert_allclose(calendar.by_day[:, 0], season.cold(warmth, coldest, seasons.comfortable))
    dark = season.hours_of_darkness(days, seasons.latitude)
    darkness: Any = scenario.detection.darkness
    np.testing.assert_allclose(calendar.by_day[:, 1], season.visibility(dark, darkness))
    number = model.names.cohorts.index("iraqis")
    push = []
    for day in range(7):
        calendar.turn(day)
        push.append(float(model.world.cohorts["push"][number]))
        assert model.world.p["calm_sea"] == pytest.approx(months[9])
        assert model.world.p["cold"] == pytest.approx(calendar.by_day[day, 0])
        assert model.world.p["visibility"] == pytest.approx(calendar.by_day[day, 1])
    assert push == [1, 1, 1, 1, 1, 3, 3]
    assert (model.world.p["sea_persistence"] == 0.4).all()
    model.world.cohorts["push"] = 9
    calendar.turn(7)
    assert (model.world.cohorts["push"] == 9).all(), "written only where it changes"
    calendar.refresh()
    calendar.turn(8)
    assert model.world.cohorts["push"][number] == 3
