"""The page of a comparison: what its parts are sent, and what is asked of the comparison."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim.view import compare
from sim.view.background import Job, Progress
from sim.view.comparison import SCREEN, Asked
from sim.view.session import Session
from sim.view.widgets import (
    ArmsWidget,
    CompareWidget,
    DifferencesWidget,
    FanWidget,
    MatrixWidget,
    WhereWidget,
)
from tests.unit.view.parts import screen
from tests.unit.view.test_components import data, find, send

CHARTS = {name: f"chart of {name}" for name in ("persons", "pressure", "attempts")}


def sent(box: Any, kind: type) -> list[str]:
    return [one.data for one in find(box, kind)]


def result(*others: str, arms: str | None = None) -> dict[str, Any]:
    tables = {name: {"differences": f"differences of {name}", "where": f"where of {name}"} for name in others}
    return {"charts": CHARTS, "matrix": '{"rows":[]}', "tables": tables, "arms": arms}


def with_class(box: Any, name: str) -> list[Any]:
    return [one for one in find(box, object) if name in str(getattr(one, "class_", "")).split()]


def test_one_other_scenario_is_shown_without_a_matrix(drawn: Any) -> None:
    box = drawn(compare._compared(result("b")))
    assert sent(box, FanWidget) == ["chart of pressure", "chart of attempts", "chart of persons"]
    assert [one.day for one in find(box, FanWidget)] == [0, 0, 0]
    assert (sent(box, DifferencesWidget), sent(box, WhereWidget)) == (["differences of b"], ["where of b"])
    assert (sent(box, MatrixWidget), sent(box, ArmsWidget)) == ([], [])
    assert (len(with_class(box, "corridor-findings")), with_class(box, "corridor-many")) == (1, [])


def test_of_several_the_one_chosen_in_the_matrix_is_shown_in_detail(drawn: Any) -> None:
    box = drawn(compare._compared(result("b", "c", arms="the arms")))
    assert sent(box, MatrixWidget) == ['{"answered":0,"detail":"b","matrix":{"rows":[]}}']
    assert len(with_class(box, "corridor-many")) == 1
    assert sent(box, ArmsWidget) == ["the arms"]
    send(box, MatrixWidget, detail="c")
    assert sent(box, MatrixWidget) == ['{"answered":1,"detail":"c","matrix":{"rows":[]}}']
    assert (sent(box, DifferencesWidget), sent(box, WhereWidget)) == (["differences of c"], ["where of c"])
    send(box, MatrixWidget, detail="x")
    assert sent(box, DifferencesWidget) == ["differences of c"]


def test_findings_have_a_day_or_none(drawn: Any) -> None:
    parts = CHARTS | {"differences": "d", "where": "w"}
    for day, shown in ((None, 0), (9, 9)):
        box = drawn(compare.findings(parts, day))
        assert [one.day for one in find(box, FanWidget)] == [shown] * 3
        assert (sent(box, DifferencesWidget), sent(box, WhereWidget)) == (["d"], ["w"])


class Compared:
    """A comparison that notes what is asked of it."""

    def __init__(self, asked: Asked | None = None) -> None:
        self.asked, self.problem, self.lasts, self.did = asked, "It is wrong", True, list[Any]()
        self.work = Job()
        self.work.cancel = lambda: self.did.append("cancelled")  # type: ignore[method-assign]

    def start(self, *names: str, **more: Any) -> None:
        self.did.append((names, more))


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setattr(compare, "offers", lambda session: ["offered"])
    monkeypatch.setattr(compare, "on_screen", lambda session: "on screen")
    monkeypatch.setattr(compare, "suggested", lambda session: ("first", SCREEN))
    return Session("visa-stop")


KNOWN = {"answered": 0, "offered": ["offered", "on screen"], "most": 500, "mostScenarios": 7,
         "link": "scenario=visa-stop&day=10"}  # fmt: skip


def test_a_likely_pair_is_suggested(drawn: Any, session: Session) -> None:
    comparison = Compared()
    box = drawn(compare._controls(screen(session, comparison=comparison), Progress("running", 1, 4, 0, 0.5)))
    assert data(box, CompareWidget) == {
        **KNOWN, "a": "first", "b": SCREEN, "more": [], "replicates": 20, "arms": True, "ran": True,
        "error": "It is wrong", "state": "running", "done": 1, "total": 4, "failed": 0, "rate": 2.0, "left": 1.5,
        "shown": False,
    }  # fmt: skip
    send(box, CompareWidget, start={"a": "x", "b": "y", "more": ["z"], "replicates": 4, "arms": 0})
    send(box, CompareWidget, start={"a": "x", "b": 1, "replicates": 4, "arms": True})
    send(box, CompareWidget, cancel=True)
    assert comparison.did == [
        (("x", "y", "z"), {"replicates": 4, "arms": False}), (("x", "1"), {"replicates": 4, "arms": True}), "cancelled"
    ]  # fmt: skip
    assert (data(box, CompareWidget)["answered"], data(box, CompareWidget)["error"]) == (3, "")


def test_what_was_asked_is_shown_as_it_was_asked(drawn: Any, session: Session) -> None:
    comparison = Compared(Asked(("p", "q", "r", "s"), 7, False, True))
    shown = data(drawn(compare._controls(screen(session, comparison=comparison), Progress())), CompareWidget)
    assert (shown["a"], shown["b"], shown["more"]) == ("p", "q", ["r", "s"])
    assert (shown["replicates"], shown["arms"]) == (7, False)


def test_the_page_has_its_findings_once_there_are_any(drawn: Any, session: Session) -> None:
    comparison = Compared()
    box = drawn(compare.Compare(screen(session, comparison=comparison)))
    assert (len(sent(box, CompareWidget)), sent(box, FanWidget)) == (1, [])
    comparison.work.progress = Progress("done", result=result("b"))
    box = drawn(compare.Compare(screen(session, comparison=comparison)))
    assert len(sent(box, FanWidget)) == 3
    [main] = [one for one in find(box, object) if getattr(one, "tag", "") == "main"]
    assert main.class_ == "corridor-compare"
    assert SimpleNamespace(**data(box, CompareWidget)).shown is True
