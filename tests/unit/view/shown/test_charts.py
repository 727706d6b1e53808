"""Series of the charts, worked out from counts by day: every line, every day, every event."""

from __future__ import annotations

from typing import Any

import pytest

from sim.outputs.rounding import points
from sim.view.series import events_of, load_series, outcome_series, pressure_series
from tests.strategies import START, tiny_scenario
from tests.unit.view.shown.ledger import at_place, by_pair, by_section, capacity, last_week, ledger, pressure

DAY = 20
LAND = [("iraqis", "baghdad-minsk"), ("sudanese", "benghazi-minsk"), ("syrians", "damascus-minsk")]
SEA = [("sudanese", "benghazi-italy")]
ZONES, AGENCIES = ("bruzgi", "lida"), ("lithuania", "poland")
WITHOUT_SEA = {
    "routes": {"benghazi-italy": None},
    "carriers": {"boats": None},
    "cohorts": {"sudanese": {"routes": {"benghazi-italy": None}}},
    "transit_states": {"libya": None},
}


def shown(model: Any) -> range:
    """The days that are shown, from 1."""
    return range(model.before + 1, model.day + 1)


def line(name: str, values: list[Any], **more: Any) -> Any:
    return {"name": name, "values": pytest.approx(points(values)), **more}


def head(model: Any, title: str, unit: str, mark: Any = None) -> dict[str, Any]:
    """All of a chart but its views."""
    return {
        "title": title, "unit": unit, "start": "2025-10-06" if model.before else START.isoformat(),
        "days": 30 - model.before, "day": model.day - model.before, "every": 1, "mark": mark, "events": [],
    }  # fmt: skip


def split(chart: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    assert list(chart) == ["title", "unit", "start", "days", "day", "every", "views", "mark", "events"]
    return {key: value for key, value in chart.items() if key != "views"}, chart["views"]


@pytest.fixture(params=[0, 5], ids=["whole", "window"])
def model(request: pytest.FixtureRequest) -> Any:
    return ledger(tiny_scenario(days=30), DAY, request.param)


def test_pressure_is_a_line_a_section_and_a_view_an_agency(model: Any) -> None:
    def of(title: str, code: str) -> Any:
        return line(title, [pressure(model, day, code) for day in shown(model)], code=code)

    about, views = split(pressure_series(model))
    assert about == head(model, "Border pressure", "patrol calls / capacity", [1, "full load"])
    assert views == [
        {"name": "Poland", "lines": [of("Kuźnica", "kuznica"), of("Narewka", "narewka")], "bands": "pressure"},
        {"name": "Lithuania", "lines": [of("Dieveniškės", "dieveniskes")], "bands": "pressure"},
    ]


def test_load_stacks_what_became_of_attempts_against_capacity(model: Any) -> None:
    def stacked(title: str, codes: list[str], *flows: tuple[int, str]) -> Any:
        def of(day: int) -> int:
            return sum(sign * by_section(model, flow, day, code) for sign, flow in flows for code in codes)

        return line(title, [sum(of(one) for one in last_week(day)) / 7 for day in shown(model)])

    about, views = split(load_series(model))
    assert about == head(model, "Load against capacity", "detected attempts a day, mean of 7 days")
    parts = {
        "All": ["dieveniskes", "kuznica", "narewka"], "Poland": ["kuznica", "narewka"], "Lithuania": ["dieveniskes"]
    }  # fmt: skip
    assert views == [
        {
            "name": name,
            "stack": [
                stacked("turned back", codes, (1, "turn_backs")),
                stacked("into procedure", codes, (1, "procedures"), (-1, "self_presentations")),
                stacked("no patrol free", codes, (1, "overload_crossings")),
            ],
            "lines": [line("capacity", [sum(capacity(model, day, code) for code in codes) for day in shown(model)])],
            "bands": "totals",
        }
        for name, codes in parts.items()
    ]


def persons(model: Any, places: tuple[str, ...], *statuses: str, over: bool = False) -> list[int]:
    """Persons by day; of what is never left only those since the first day that is shown."""
    before = sum(at_place(model, status, model.before, place) for place in places for status in statuses)
    return [
        sum(at_place(model, status, day, place) for place in places for status in statuses) - before * over
        for day in shown(model)
    ]


def so_far(model: Any, flow: str, pairs: list[tuple[str, str]]) -> list[int]:
    daily = [sum(by_pair(model, flow, day, pair) for pair in pairs) for day in shown(model)]
    return [sum(daily[: n + 1]) for n in range(len(daily))]


def by_land(model: Any) -> list[Any]:
    crossed = persons(model, AGENCIES, "crossed")
    onward = persons(model, ("Onward",), "onward", over=True)
    return [
        line("crossed, gone on", [a + b for a, b in zip(crossed, onward, strict=True)]),
        line("in procedure", persons(model, AGENCIES, "in_procedure")),
        line("at the border", persons(model, ZONES, "at_border")),
        line("at the hub", persons(model, ("minsk",), "at_hub")),
        line("stranded", persons(model, (*ZONES, "minsk"), "stranded")),
        line("returned", so_far(model, "returned", LAND)),
        line("moved on elsewhere", persons(model, ("Onward",), "moved_on", over=True)),
        line("dead", so_far(model, "deaths", LAND)),
    ]


def everywhere(model: Any, name: str, code: str, *statuses: str) -> Any:
    return line(name, persons(model, tuple(model.names.places), *statuses), code=code)


def test_persons_are_stacked_by_land_and_by_sea_and_those_under_way_are_lines(model: Any) -> None:
    about, views = split(outcome_series(model))
    assert about == head(model, "Where people are", "persons")
    assert views == [
        {"name": "By land", "stack": by_land(model)},
        {
            "name": "By sea",
            "stack": [
                line("landed", so_far(model, "landed", SEA)),
                line("at the coast", persons(model, ("benghazi",), "at_coast", "intercepted")),
                line("stranded", persons(model, ("benghazi",), "stranded")),
                line("returned", so_far(model, "returned", SEA)),
                line("dead", so_far(model, "deaths", SEA)),
            ],
        },
        {
            "name": "Under way",
            "lines": [
                everywhere(model, "in procedure", "in_procedure", "in_procedure"),
                everywhere(model, "at the border", "at_border", "at_border"),
                everywhere(model, "at the hub", "at_hub", "at_hub"),
                everywhere(model, "at the coast", "at_coast", "at_coast", "intercepted"),
                everywhere(model, "stranded", "stranded", "stranded"),
            ],
            "bands": "persons",
        },
    ]


def test_without_a_way_by_sea_nothing_is_shown_of_the_coast() -> None:
    model = ledger(tiny_scenario(WITHOUT_SEA, days=30), DAY)
    _, (land, under_way) = split(outcome_series(model))
    assert land == {"name": "By land", "stack": by_land(model)}
    assert [one["code"] for one in under_way["lines"]] == ["in_procedure", "at_border", "at_hub", "stranded"]


def test_a_coast_that_is_a_hub_is_shown_as_a_hub() -> None:
    changes = {"zones": {"lida": {"transit_state": "libya"}}}
    model = ledger(tiny_scenario(changes, days=30), DAY)
    land, sea, _ = outcome_series(model)["views"]
    assert land["stack"][3] == line("at the hub", persons(model, ("benghazi", "minsk"), "at_hub"))
    assert [one["values"][-1] for one in sea["stack"] if one["name"] in ("at the coast", "stranded")] == [0, 0]


def test_before_the_first_day_lines_are_empty() -> None:
    for make in (pressure_series, load_series, outcome_series):
        chart = make(ledger(tiny_scenario(days=30), 0))
        assert chart["day"] == 0
        lines = [one for view in chart["views"] for one in [*view.get("stack", []), *view.get("lines", [])]]
        assert len(lines) >= 3
        assert all(one["values"] == [] for one in lines)


@pytest.mark.parametrize(("days", "every"), [(366, 1), (367, 2), (732, 2), (733, 3)])
def test_a_line_has_at_most_as_many_values_as_a_leap_year_has_days(days: int, every: int) -> None:
    model = ledger(tiny_scenario(days=days), days)
    chart = pressure_series(model)
    assert (chart["every"], chart["days"]) == (every, days)
    expected = [pressure(model, day, "kuznica") for day in range(1, days + 1, every)]
    assert chart["views"][0]["lines"][0] == line("Kuźnica", expected, code="kuznica")


def measure(first: int, last: int | None = None, announced: int | None = None, **more: Any) -> dict[str, Any]:
    """A measure with days of the run from 0."""
    days = {"start": first, "end": last, "announced": announced}
    dates = {key: START.fromordinal(START.toordinal() + day) for key, day in days.items() if day is not None}
    return {"kind": "visa-stop", "transit_state": "belarus", **dates, **more}


def told(measures: dict[str, Any], before: int = 0, failed: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    found = events_of(ledger(tiny_scenario(measures=measures, days=30), 0, before, failed))
    assert all(list(event) == ["day", "last", "announced", "title", "fails"] for event in found)
    return [tuple(event.values()) for event in found]


def test_events_are_in_the_order_of_their_days_and_titles() -> None:
    measures = {
        "late": measure(12, 20, 9, title="B"), "later": measure(10, title="C", lag=3),
        "early": measure(4), "same": measure(12, title="A"),
    }  # fmt: skip
    assert told(measures, failed=("late",)) == [
        (4, None, None, "early", False), (12, None, None, "A", False), (12, 20, 9, "B", True),
        (13, None, None, "C", False),
    ]  # fmt: skip


def test_events_are_those_within_the_days_that_are_shown() -> None:
    assert told({"last": measure(29), "after": measure(30)}) == [(29, None, None, "last", False)]
    before = {"ended": measure(3, 9), "just": measure(3, 10, 2), "on": measure(4), "then": measure(15)}
    assert told(before, before=10) == [
        (-7, 0, -8, "just", False), (-6, None, None, "on", False), (5, None, None, "then", False)
    ]  # fmt: skip
