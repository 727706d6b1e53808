"""How a tab begins: by its link, on which page, and with which pages beside it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import solara

from sim.scenario import ScenarioError
from sim.view import app
from sim.view.comparison import Asked
from tests.unit.view.parts import Shown


class Session:
    """A session of a scenario whose worst day is the seventh."""

    def __init__(self, start: str) -> None:
        self.start, self.worst_day = start, 7

    def model(self, day: int) -> Shown:
        return Shown(day)

    def close(self) -> None:
        pass


ASKED = Asked(("a", "b"), 2)


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Links that are a day, lead to a comparison, or are wrong."""

    def restore(session: Any, query: str) -> int | None:
        if query == "wrong":
            raise ScenarioError("found x")
        return int(query) if query.isdigit() else None

    def compared(session: Any, query: str) -> Asked | None:
        if query == "worse":
            raise ValueError("not offered")
        return ASKED if query == "compare" else None

    monkeypatch.setattr(app, "Session", Session)
    monkeypatch.setattr(app, "restore", restore)
    monkeypatch.setattr(app, "compared", compared)


@pytest.mark.usefixtures("links")
@pytest.mark.parametrize(
    ("query", "day", "asked", "problem"),
    [
        ("", 7, None, ""), ("0", 0, None, ""), ("12", 12, None, ""), ("compare", 7, ASKED, ""),
        ("wrong", 7, None, "The link cannot be followed: found x"),
        ("worse", 7, None, "The link cannot be followed: not offered"),
    ],
)  # fmt: skip
def test_a_link_says_the_day_else_it_is_the_worst(query: str, day: int, asked: Any, problem: str) -> None:
    session, model, found, told = app._begun(query)
    assert (session.start, model.own_day, found, told) == (app._start, day, asked, problem)


def test_what_new_sessions_open_is_set_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_start", "_opened"):
        monkeypatch.setattr(app, name, None)
    opened: Any = SimpleNamespace()
    app.start_with("tiny", opened)
    assert (app._start, app._opened) == ("tiny", opened)
    app.start_with("other")
    assert (app._start, app._opened) == ("other", None)


class Job:
    """Work that is never done, and notes when it is closed."""

    def __init__(self, closed: list[Any]) -> None:
        self._closed = closed

    def close(self) -> None:
        self._closed.append(self)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the pages are drawn with, and what is closed in the end."""
    found = SimpleNamespace(screens=[], closed=[], folders={}, first=None)

    @solara.component
    def page(screen: Any) -> Any:
        found.screens.append(screen)
        return solara.Text("")

    @solara.component
    def header(screen: Any) -> Any:
        return solara.Text("")

    session = Session("tiny")
    session.close = lambda: found.closed.append("session")  # type: ignore[method-assign]

    def part(*_: Any, **more: Any) -> Any:
        job = Job(found.closed)
        return SimpleNamespace(job=job, work=job, given=more)

    for name in ("Ahead", "Why", "Bands", "Documents", "Comparison"):
        monkeypatch.setattr(app, name, part)
    monkeypatch.setattr(app, "header", header)
    monkeypatch.setattr(app, "PAGES", dict.fromkeys(app.PAGES, page))
    monkeypatch.setattr(app, "_opened", None)
    monkeypatch.setattr(app, "Outlooks", lambda folder, query: found)
    asked = {"compare": ASKED}
    monkeypatch.setattr(app, "_begun", lambda query: (session, Shown(5), asked.get(query), "a problem"))
    return found


def begun(shown: Any, query: str = "") -> Any:
    """The tab that a query leads to."""
    _, context = solara.render(app.Cockpit(query), handle_error=False)
    context.close()
    return shown.screens[-1]


def test_a_tab_begins_live_unless_its_link_leads_elsewhere(shown: Any) -> None:
    one = begun(shown)
    assert (one.page.value, one.pages) == ("Live", ("Live", "Why", "Compare"))
    assert (one.day, one.problem, one.opened) == (5, "a problem", None)
    assert one.model.value is one.shown
    assert [begun(shown, query).page.value for query in ("compare", "page=Why", "page=Compare")] == [
        "Compare", "Why", "Live"
    ]  # fmt: skip
    assert begun(shown, "compare").comparison.given == {"asked": ASKED}


def test_results_and_forecasts_have_pages_of_their_own(shown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = SimpleNamespace(kind="run", folder=Path("out"))
    monkeypatch.setattr(app, "_opened", opened)
    one = begun(shown)
    assert (one.page.value, one.pages, one.opened) == ("Results", ("Live", "Why", "Compare", "Results"), opened)
    assert begun(shown, "page=Why").page.value == "Why"
    shown.folders = {"a": Path("a")}
    assert (begun(shown).page.value, begun(shown).pages[-2:]) == ("Results", ("Results", "Forecast"))
    shown.first = "a"
    assert begun(shown).page.value == "Forecast"
    opened.kind = "forecast"
    assert begun(shown).pages == ("Live", "Why", "Compare", "Forecast")


def test_a_closed_tab_closes_its_session_and_all_its_work(shown: Any) -> None:
    begun(shown)
    assert shown.closed.count("session") == 1
    assert len({id(one) for one in shown.closed}) == len(shown.closed) == 6


def test_forecasts_are_looked_for_in_the_folder_that_was_opened(shown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(app, "Outlooks", lambda folder, query: asked.append((folder, query)) or shown)
    begun(shown, "x")
    monkeypatch.setattr(app, "_opened", SimpleNamespace(kind="run", folder=Path("out")))
    begun(shown, "y")
    assert asked == [(None, "x"), (Path("out"), "y")]
