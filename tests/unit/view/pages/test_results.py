"""The page of stored results: a run by its days, a study by its weeks, a sweep by its points."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import solara

from sim.view import results_page
from sim.view.results_page import _run_charts
from sim.view.widgets import (
    ChartWidget,
    DifferencesWidget,
    FanWidget,
    MapWidget,
    ReplayWidget,
    ResponseWidget,
    WhereWidget,
)
from tests.strategies import tiny_scenario
from tests.unit.view.parts import Shown, screen
from tests.unit.view.shown.ledger import ledger
from tests.unit.view.test_components import data, find, send


def sent(box: Any, kind: type) -> list[str]:
    return [one.data for one in find(box, kind)]


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The days that figures and map are drawn for."""
    days: list[Any] = []

    @solara.component
    def part(model: Any, day: int) -> Any:
        days.append((model, day))
        return solara.Text("")

    monkeypatch.setattr(results_page.components, "today", part)
    monkeypatch.setattr(results_page.components, "corridor_map", part)
    monkeypatch.setattr(results_page, "_run_charts", lambda whole: [{"title": "A"}, {"title": "B"}])
    return days


def strip(kind: str, day: int, step: int, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "title": "T", "folder": "out", "day": day, "days": 30, "start": "2025-10-01", "step": step,
            "answered": more.pop("answered", 0), **more}  # fmt: skip


def test_a_run_is_shown_on_its_last_day_or_any_other(drawn: Any, parts: list[Any]) -> None:
    whole = SimpleNamespace(settings=tiny_scenario(days=30), at=lambda day: f"day {day}")
    opened: Any = SimpleNamespace(kind="run", title="T", folder=Path("a/out"), replay=whole)
    box = drawn(results_page._run(opened))
    assert data(box, ReplayWidget) == strip("run", 30, 1)
    assert parts == [("day 30", 30)] * 2
    assert [json.loads(text) for text in sent(box, ChartWidget)] == [
        {"title": "A", "day": 30}, {"title": "B", "day": 30}
    ]  # fmt: skip
    for asked, day in ((7, 7), (1, 1), (0, 1), (-3, 1), (29, 29), (31, 30), (99, 30), ("12", 12)):
        send(box, ReplayWidget, day=asked)
        assert data(box, ReplayWidget)["day"] == day
        assert json.loads(sent(box, ChartWidget)[1])["day"] == day
    assert parts[-1] == ("day 12", 12)


def test_a_run_has_three_charts() -> None:
    assert [chart["title"] for chart in _run_charts(ledger(tiny_scenario(days=30), 30))] == [
        "Border pressure", "Load against capacity", "Where people are"
    ]  # fmt: skip


class Study:
    """A study opened from a folder, of scenarios with these names."""

    kind, title, folder = "study", "T", Path("a/out")

    def __init__(self, days: int, *names: str) -> None:
        scenarios = {name: tiny_scenario(days=days, title=name.upper()) for name in names}
        self.study = SimpleNamespace(scenarios=scenarios, names=list(names), base=names[0], others=list(names[1:]))

    def found(self, other: str | None) -> dict[str, str]:
        names = ("pressure", "attempts", "persons", "differences", "where")
        return {name: f"{name} of {other}" for name in names}


@pytest.fixture
def weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Maps of weeks that tell of what they are."""

    def of(study: Any, scenario: str) -> Any:
        return SimpleNamespace(settings=scenario, frame=lambda day: {"scenario": scenario, "day": day})

    monkeypatch.setattr(results_page, "weeks_of", of)
    monkeypatch.setattr(results_page, "geometry_json", lambda settings: f"map of {settings}")


@pytest.mark.usefixtures("weeks")
def test_a_study_is_shown_by_its_last_whole_week_with_the_map_or_charts(drawn: Any) -> None:
    opened: Any = Study(30, "a", "b", "c")
    box = drawn(results_page._study(opened))
    scenarios = [{"name": name, "title": name.upper()} for name in "abc"]
    picks = {"views": ["Map", "Charts"], "view": "Map", "scenarios": scenarios, "other": "b", "shown": "a"}
    assert data(box, ReplayWidget) == strip("study", 28, 7, **picks)
    assert data(box, MapWidget) == {"scenario": "a", "day": 28}
    assert [one.geometry for one in find(box, MapWidget)] == ["map of a"]
    assert [(one.data, one.day) for one in find(box, FanWidget)] == [("pressure of b", 28)]
    assert (sent(box, DifferencesWidget), sent(box, WhereWidget)) == (["differences of b"], ["where of b"])
    for asked, day in ((7, 7), (1, 1), (0, 1), (31, 30), (30, 30)):
        send(box, ReplayWidget, day=asked)
        assert (data(box, ReplayWidget)["day"], data(box, MapWidget)["day"]) == (day, day)
    send(box, ReplayWidget, shown="b")
    assert data(box, MapWidget)["scenario"] == "b"
    send(box, ReplayWidget, other="c")  # what is shown follows the other
    assert (data(box, ReplayWidget)["other"], data(box, ReplayWidget)["shown"]) == ("c", "c")
    send(box, ReplayWidget, shown="a")
    send(box, ReplayWidget, other="b")
    assert (data(box, ReplayWidget)["other"], data(box, ReplayWidget)["shown"]) == ("b", "a")
    for wrong in ({"other": "a"}, {"shown": "x"}, {"view": "Elsewhere"}):
        send(box, ReplayWidget, **wrong)
    assert {key: data(box, ReplayWidget)[key] for key in ("view", "other", "shown")} == {
        "view": "Map", "other": "b", "shown": "a"
    }  # fmt: skip
    send(box, ReplayWidget, view="Charts")
    assert not sent(box, MapWidget)
    assert [(one.data, one.day) for one in find(box, FanWidget)] == [
        (f"{name} of b", 30) for name in ("pressure", "attempts", "persons")
    ]
    send(box, ReplayWidget, view="Map")
    assert sent(box, MapWidget)


@pytest.mark.usefixtures("weeks")
@pytest.mark.parametrize(("days", "day"), [(28, 28), (13, 7), (7, 7), (6, 6)])
def test_replicates_have_no_other_and_begin_with_the_last_whole_week(drawn: Any, days: int, day: int) -> None:
    opened: Any = Study(days, "a")
    box = drawn(results_page._study(opened))
    shown = data(box, ReplayWidget)
    assert (shown["day"], shown["other"], shown["shown"]) == (day, None, "a")
    assert sent(box, DifferencesWidget) == ["differences of None"]


def test_a_point_of_a_sweep_is_opened_on_its_last_day(drawn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def at(point: int, scenario: str | None) -> Any:
        asked.append((point, scenario))
        if point > 5:
            raise ValueError("no such point")
        return tiny_scenario(days=30)

    monkeypatch.setattr("sim.view.controls.gc.collect", lambda: 0)
    monkeypatch.setattr(results_page, "run_of", lambda scenario: f"run of {scenario.days} days")
    session = SimpleNamespace(take=lambda *what: asked.append(what), model=lambda day: Shown(day))
    opened: Any = SimpleNamespace(kind="sweep", scenario_at=at, response=lambda: "points")
    one = screen(session, "Results", opened=opened)
    box = drawn(results_page._sweep(one, opened))
    [widget] = find(box, ResponseWidget)
    assert (widget.data, json.loads(widget.state)) == ("points", {"answered": 0, "error": ""})
    widget.sent = json.dumps({"number": 1, "parts": [{"point": 9}]})
    assert json.loads(widget.state) == {"answered": 1, "error": "no such point"}
    assert one.page.value == "Results"
    widget.sent = json.dumps({"number": 2, "parts": [{"point": "3", "scenario": "b"}]})
    assert asked == [(9, None), (3, "b"), ("point-4", tiny_scenario(days=30), "run of 30 days")]
    assert (one.model.value.own_day, one.page.value) == (30, "Live")
    assert json.loads(widget.state) == {"answered": 2, "error": ""}


@pytest.mark.parametrize("kind", ["run", "study", "sweep"])
def test_each_kind_of_folder_has_its_page(drawn: Any, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    drew: list[Any] = []

    def part(name: str) -> Any:
        @solara.component
        def of(*given: Any) -> Any:
            drew.append((name, len(given)))
            return solara.Text("")

        return of

    for name in ("run", "study", "sweep"):
        monkeypatch.setattr(results_page, f"_{name}", part(name))
    box = drawn(results_page.Results(screen(None, opened=SimpleNamespace(kind=kind))))
    assert drew == [(kind, 2 if kind == "sweep" else 1)]
    assert [one.class_ for one in find(box, object) if getattr(one, "tag", "") == "main"] == ["corridor-compare"]
    drawn(results_page.Results(screen(None)))
    assert len(drew) == 1
