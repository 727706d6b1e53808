"""What the parts of the cockpit are sent, whole, and what each message of theirs does."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sim.scenario import ScenarioError
from sim.view import controls
from sim.view.background import Progress
from sim.view.controls import (
    CHANGES,
    answers,
    go_to,
    lever_rows,
    open_scenario,
    progress_of,
    put,
    source_of,
)
from sim.view.session import Session
from tests.strategies import START, tiny_scenario
from tests.unit.studies.small import REACTION
from tests.unit.view.parts import Shown, day, screen, taken

MEASURES = {
    "ban": {"kind": "carrier-ban", "title": "Ban", "carriers": ["airline-iq"], "start": day(10), "end": day(40)},
    "stop": {"kind": "visa-stop", "transit_state": "belarus", "start": day(70)},
}


def panel_after_choices() -> dict[str, Any]:
    """The panel of levers on the fifteenth day, after two levers, a ban, a measure and a reaction were chosen."""
    session = taken(measures=MEASURES, reactions={"more": REACTION})
    session.set_since(12)
    session.set_lever("facilitation.belarus", 0.12345)
    session.set_lever("visas.belarus", 20, 30)
    session.set_ban(["benghazi-minsk", "baghdad-minsk"], 50)
    session.set_measure("stop", False)
    session.set_reaction("more", False)
    return dict(lever_rows(session, session.model(15)))


def test_the_panel_of_levers_has_every_value_of_the_day() -> None:
    sliders = {row["name"]: row for row in panel_after_choices()["levers"]}
    seats = {"group": "To Minsk", "about": "Scheduled frequency.", "percent": False, "low": 0, "high": 40}
    flights = {"unit": "flights a week", "step": 0.5, "set": False, "since": 12, "banFollows": False}
    assert list(sliders.values())[:3] == [
        {"name": "weekly.baghdad-minsk", "label": "From Baghdad", **seats, **flights, "value": 5, "closed": True},
        {"name": "weekly.benghazi-minsk", "label": "From Benghazi", **seats, **flights, "value": 4, "closed": False},
        {
            "name": "weekly.damascus-minsk", "label": "From Damascus", **seats, "unit": "buses a week", "step": 1,
            "set": False, "since": 12, "value": 4, "closed": False, "banFollows": True,
        },
    ]  # fmt: skip
    assert sliders["facilitation.belarus"] == {
        "name": "facilitation.belarus", "group": "Belarus", "label": "Facilitation", "unit": "share",
        "about": "How strongly it sends people on, 0 to 100 %.", "percent": True, "low": 0, "high": 1, "step": 0.01,
        "set": True, "value": 0.1235, "since": 12, "closed": False, "banFollows": False,
    }  # fmt: skip
    chosen = sliders["visas.belarus"]
    assert (chosen["set"], chosen["value"], chosen["since"], chosen["percent"]) == (True, 20, 30, False)


def test_the_panel_of_levers_has_every_choice() -> None:
    rows = panel_after_choices()
    del rows["levers"]
    assert rows == {
        "scenario": "tiny.yaml",
        "start": "2025-10-01",
        "days": 120,
        "since": 12,
        "changes": 5,
        "steps": [
            (0, "As in the scenario"),
            (1, "Belarus, Facilitation: 12.345 % from 13 Oct 2025"),
            (2, "Belarus, Visas: 20 persons a day from 31 Oct 2025"),
            (3, "Carriers banned from Baghdad, Benghazi, from 20 Nov 2025"),
            (4, "without stop"),
            (5, "without the reaction More flights from Baghdad"),
        ],
        "at": 5,
        "last": 5,
        "ban": {
            "offered": [
                {"name": "baghdad-minsk", "label": "From Baghdad"},
                {"name": "benghazi-minsk", "label": "From Benghazi"},
            ],
            "about": "Carriers may not fly, or may not take the cohorts named.",
            "routes": ["baghdad-minsk", "benghazi-minsk"],
            "day": 50,
        },
        "measures": [
            {"name": "ban", "title": "Ban", "detail": "from 11 Oct 2025 to 10 Nov 2025", "on": True},
            {"name": "stop", "title": "stop", "detail": "from 10 Dec 2025", "on": False},
        ],
        "reactions": [
            {
                "name": "more", "title": "More flights from Baghdad",
                "detail": "Departures are added on routes or cut; a route without any before, such as by a third "
                "place, is opened so.",
                "on": False,
            }
        ],
    }  # fmt: skip


def test_without_choices_a_ban_is_offered_for_the_middle_of_the_run() -> None:
    session = taken(days=31, reactions={"more": REACTION})
    rows = lever_rows(session, session.model(1))
    assert (rows["ban"]["day"], rows["ban"]["routes"]) == (15, [])
    assert (rows["changes"], rows["at"], rows["last"], rows["since"]) == (0, 0, 0, 0)
    assert [row["on"] for row in rows["reactions"]] == [True]
    assert not any(row["set"] or row["closed"] for row in rows["levers"])
    silent = taken(days=31, reactions={"more": REACTION}, answers=False)
    assert lever_rows(silent, silent.model(1))["reactions"] == []


def test_where_nothing_may_be_banned_no_ban_follows_a_lever() -> None:
    scenario = tiny_scenario({"cohorts": {"iraqis": {"size": 0}, "sudanese": {"routes": {"benghazi-minsk": None}}}})
    session = Session()
    session.take("tiny.yaml", scenario)
    rows = lever_rows(session, session.model(1))
    assert rows["ban"]["offered"] == []
    assert [row["name"] for row in rows["levers"] if row["name"].startswith("weekly.")] == [
        "weekly.damascus-minsk", "weekly.benghazi-italy"
    ]  # fmt: skip
    assert not any(row["banFollows"] for row in rows["levers"])


def test_a_slider_stands_where_the_schedule_is_on_the_day_on_screen() -> None:
    visas = {"belarus": {"visas": {START: 7.5, day(10): 9}}}
    session = taken(transit_states=tiny_scenario({"transit_states": visas}).model_dump()["transit_states"])

    def value(on: int) -> float:
        rows = lever_rows(session, session.model(on))["levers"]
        return next(float(row["value"]) for row in rows if row["name"] == "visas.belarus")

    assert [value(on) for on in (0, 10, 11)] == [7.5, 7.5, 9]


def test_a_route_is_closed_once_all_its_carriers_are_banned() -> None:
    second = {"carriers": {"airline-ly": {"services": {"baghdad-minsk": {"seats": 8, "weekly": {START: 3}}}}}}
    both = {**MEASURES, "more": {"kind": "carrier-ban", "carriers": ["airline-ly"], "start": day(20)}}
    session = Session()
    session.take("tiny.yaml", tiny_scenario(second, measures=both))
    closed = [
        [row["name"] for row in lever_rows(session, session.model(on))["levers"] if row["closed"]] for on in (15, 25)
    ]
    assert closed == [[], ["weekly.baghdad-minsk", "weekly.benghazi-minsk"]]


def test_only_the_last_steps_are_listed() -> None:
    session = taken(days=30)
    for number in range(25):
        session.set_lever("visas.belarus", number)
    session.go(3)
    rows = lever_rows(session, session.model(1))
    assert [number for number, _ in rows["steps"]] == list(range(6, 26))
    assert (rows["at"], rows["last"], rows["changes"]) == (3, 25, 1)


def test_each_message_of_the_panel_does_one_thing() -> None:
    session = taken(measures=MEASURES, reactions={"more": REACTION})

    def say(**message: Any) -> None:
        for kind, change in CHANGES.items():
            if kind in message:
                change(session, message)

    say(since=12)
    assert session.since == day(12)
    say(lever="visas.belarus", value=20, more=True)
    say(lever="visas.belarus", value=30)
    assert session.choices.values == {"visas.belarus": (30.0, day(12))}
    assert len(session.history.steps) == 2, "one gesture is one step"
    say(lever="visas.belarus", value=40, day=15)
    assert session.choices.values == {"visas.belarus": (40.0, day(15))}
    say(ban=["benghazi-minsk"], day=20, more=True)
    say(ban=["benghazi-minsk"], day=21)
    assert (session.choices.ban.routes, session.choices.ban.start) == (("benghazi-minsk",), day(21))  # type: ignore[union-attr]
    assert len(session.history.steps) == 4
    say(measure="stop", on=False)
    say(reaction="more", on=False)
    assert (session.choices.off, session.choices.unanswered) == ({"stop"}, {"more"})
    say(measure="stop", on=True)
    assert session.choices.off == frozenset()
    say(step="0")
    assert session.choices.empty
    say(step=2)
    say(clear=True)
    assert session.choices.empty
    assert session.history.at == 3


def test_progress_is_shown_rounded() -> None:
    now = Progress("running", 4, 10, 1, 2.9999, "", {"a": 1})
    assert progress_of(now) == {
        "error": "", "state": "running", "done": 4, "total": 10, "failed": 1, "rate": 1.333, "left": 4.5, "shown": True
    }  # fmt: skip
    assert progress_of(Progress("failed", error="own"))["error"] == "own"
    idle = progress_of(Progress(error="own"), "more urgent")
    assert (idle["error"], idle["left"], idle["rate"], idle["shown"]) == ("more urgent", None, 0, False)


def test_each_part_of_a_message_is_acted_on_and_all_that_is_wrong_is_told() -> None:
    did: list[Any] = []

    def act(part: dict[str, Any]) -> None:
        did.append(part["n"])
        if part["n"] in (1, 2):
            raise (ScenarioError if part["n"] == 1 else ValueError)(f"wrong {part['n']}")

    answered, error = SimpleNamespace(value=0), SimpleNamespace(value="")
    handle = answers(act, answered, error, lambda: did.append("after"))
    handle(json.dumps({"number": 7, "parts": [{"n": 1}, {"n": 2}, {"n": 3}]}))
    assert (did, error.value, answered.value) == ([1, 2, 3, "after"], "wrong 1\nwrong 2", 7)
    answers(act, answered, error)(json.dumps({"number": 8, "parts": [{"n": 3}]}))
    assert (did[4:], error.value, answered.value) == ([3], "", 8)


def test_another_model_is_shown_and_the_old_one_freed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    freed, model = list[bool](), SimpleNamespace(value="old")
    monkeypatch.setattr(controls.gc, "collect", lambda: freed.append(model.value == "new"))
    put(model, "new")  # type: ignore[arg-type]
    assert (model.value, freed) == ("new", [True])


def test_another_day_is_run_to_from_here_or_from_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    redrawn: list[bool] = []
    monkeypatch.setattr(controls, "force_update", lambda: redrawn.append(True))
    monkeypatch.setattr(controls.gc, "collect", lambda: 0)
    one = screen(SimpleNamespace(model=lambda day: Shown(day)))
    first = one.model.value
    for number in (10, 12):
        go_to(one, number)
        assert (one.model.value, first.own_day) == (first, number)
    assert redrawn == [True, True]
    for number, found in ((11, 11), (0, 0), (-1, 0), (-5, 0)):
        one.model.value = first
        go_to(one, number)
        assert one.model.value is not first
        assert one.model.value.own_day == found
    assert len(redrawn) == 2


def test_a_scenario_is_opened_on_its_worst_day(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(controls.gc, "collect", lambda: 0)
    session = SimpleNamespace(open=opened.append, worst_day=33, model=lambda day: Shown(day))
    one = screen(session)
    open_scenario(one, "x")
    assert (opened, one.model.value.own_day) == (["x"], 33)


def test_documents_are_about_the_page_that_is_shown(tmp_path: Path) -> None:
    session = SimpleNamespace(name="dir/tiny.yaml", named=lambda: "scenario")
    assert source_of(screen(session)) == ("scenario", "tiny")
    opened = SimpleNamespace(folder=tmp_path / "run")
    assert source_of(screen(session, "Results", opened=opened)) == (tmp_path / "run", "run")
    assert source_of(screen(session, "Results")) == ("scenario", "tiny")
    asked = SimpleNamespace(names=("a.yaml", "dir/b.yaml"))
    for folder, found in ((None, asked), (tmp_path, None)):
        comparison = SimpleNamespace(work=SimpleNamespace(folder=folder), asked=found)
        with pytest.raises(ValueError, match="nothing was compared yet: press Start first"):
            source_of(screen(session, "Compare", comparison=comparison))
    comparison = SimpleNamespace(work=SimpleNamespace(folder=tmp_path), asked=asked)
    assert source_of(screen(session, "Compare", comparison=comparison)) == (tmp_path, "a-vs-b")
