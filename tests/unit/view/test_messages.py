"""Messages of the header, the bar of the run and the levers: what is sent to the page, and what an answer changes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import solara

from sim.scenario import ScenarioError
from sim.view import controls
from sim.view.background import Job, Progress
from sim.view.session import Session
from sim.view.widgets import HeaderWidget, LeversWidget, RunWidget
from tests.unit.view.parts import Shown, screen, taken
from tests.unit.view.test_components import data, send, until


class Bands:
    """Bands that note what is asked of them."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.found: Any = None
        self.work = SimpleNamespace(cancel=lambda: self.did.append("cancelled"))

    def start(self) -> None:
        self.did.append("started")


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setattr(Session, "model", lambda self, day=0: Shown(day))
    monkeypatch.setattr(controls, "force_update", lambda: None)
    monkeypatch.setattr(controls.gc, "collect", lambda: 0)
    made = Session("benghazi-surge")
    monkeypatch.setattr(made, "set_seed", lambda seed: setattr(made, "seed", seed))
    return made


def test_the_bar_of_a_run_knows_its_days_its_link_and_its_bands(drawn: Any, session: Session) -> None:
    bands, interval = Bands(), solara.reactive(125)
    one = screen(session, bands=bands)
    now = Progress("running", 3, 20, 1, 2.0)
    box = drawn(controls._run_bar(one, 9, interval, now))
    days = session.base.days
    uncertain = {
        "error": "", "state": "running", "done": 3, "total": 20, "failed": 1, "rate": 1.5, "left": 11.3,
        "shown": False, "replicates": 20,
    }  # fmt: skip
    assert data(box, RunWidget) == {
        "answered": 0, "day": 9, "days": days, "start": "2025-01-01", "speed": 8, "seed": session.base.seed,
        "link": "scenario=benghazi-surge&day=9", "bands": uncertain, "error": "",
    }  # fmt: skip
    for speed, pause in ((20, 50), (1, 1000), (0.1, 1000), (100, 10), (1000, 10), (3, 333)):
        send(box, RunWidget, speed=speed)
        assert interval.value == pause
        assert data(box, RunWidget)["speed"] == min(max(round(speed), 1), 100)
    send(box, RunWidget, bands=True)
    send(box, RunWidget, bands=False)
    assert bands.did == ["started", "cancelled"]
    before = one.model.value
    send(box, RunWidget, week=True)
    assert (one.model.value, before.own_day) == (before, 17)
    send(box, RunWidget, day=5)
    assert (one.model.value.own_day, data(box, RunWidget)["answered"]) == (5, 10)
    send(box, RunWidget, seed="7")
    assert (session.seed, one.model.value.own_day) == (7, 5)
    assert one.model.value is not before


def test_an_error_of_the_bands_is_told_where_nothing_else_is_wrong(drawn: Any, session: Session) -> None:
    bands = Bands()
    bands.found = {"pressure": {}}
    box = drawn(controls._run_bar(screen(session, bands=bands), 9, solara.reactive(125), Progress(error="broken")))
    assert (data(box, RunWidget)["error"], data(box, RunWidget)["bands"]["shown"]) == ("broken", True)
    send(box, RunWidget, day="x")
    assert data(box, RunWidget)["error"] == "invalid literal for int() with base 10: 'x'"


def test_levers_make_another_model_only_if_they_change_the_scenario(drawn: Any) -> None:
    session = taken(days=30)
    one = screen(session, shown=session.model(4))
    box = drawn(controls.levers(one, 4))
    shown = data(box, LeversWidget)
    assert (shown["answered"], shown["error"], shown["changes"]) == (0, "", 0)
    before = one.model.value
    send(box, LeversWidget, since=12)
    assert one.model.value is before
    assert data(box, LeversWidget)["since"] == 12
    send(box, LeversWidget, lever="visas.belarus", value=20)
    assert one.model.value is not before
    assert (one.model.value.own_day, one.model.value.source) == (4, session.scenario)
    shown = data(box, LeversWidget)
    assert (shown["answered"], shown["changes"], shown["error"]) == (2, 1, "")
    send(box, LeversWidget, step=9)
    assert data(box, LeversWidget)["error"] == "found step 9 of the history; allowed: 0 to 1"


class Ahead:
    """What is waited for: scenarios that begin with "window"."""

    def __init__(self) -> None:
        self.job = Job()
        self.words = "runs ahead"

    def waits(self, name: str) -> bool:
        return name.startswith("window")


class Documents:
    """Documents that note what they are asked for."""

    def __init__(self) -> None:
        self.job, self.content, self.asked = Job(), {"busy": False}, list[Any]()

    def start(self, *asked: Any) -> None:
        self.asked.append(asked)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The scenarios that were opened; one cannot be."""
    names: list[str] = []

    def note(_: Any, name: str) -> None:
        if name == "window-broken":
            raise ScenarioError("cannot begin")
        names.append(name)

    monkeypatch.setattr(controls, "open_scenario", note)
    monkeypatch.setattr(controls, "titles", lambda start: {"a": "Title A", "b": "Title B"})
    return names


def test_the_header_knows_what_is_on_offer_and_what_was_changed(drawn: Any, opened: list[str]) -> None:
    session, documents, ahead = taken(days=30), Documents(), Ahead()
    session.set_lever("visas.belarus", 20)
    one = screen(session, documents=documents, ahead=ahead, problem="The link is wrong")
    box = drawn(controls.header(one))
    shown = data(box, HeaderWidget)
    description = shown.pop("description")
    assert description == description.strip() != ""
    words = ["Belarus, Visas: 20 persons a day from 1 Oct 2025"]
    assert shown == {
        "answered": 0, "error": "The link is wrong", "ahead": "runs ahead",
        "offered": [{"name": "tiny.yaml", "title": "tiny"}, {"name": "a", "title": "Title A"},
                    {"name": "b", "title": "Title B"}],
        "scenario": "tiny.yaml", "changes": 1, "told": words, "file": None, "document": {"busy": False},
        "page": "Live", "pages": ["Live", "Compare"],
    }  # fmt: skip
    send(box, HeaderWidget, open="a")
    send(box, HeaderWidget, open="window")
    assert opened == ["a"]
    assert (data(box, HeaderWidget)["error"], data(box, HeaderWidget)["answered"]) == ("", 2)
    for number in (1, 2):
        send(box, HeaderWidget, save=True)
        name, text = session.saved()
        assert data(box, HeaderWidget)["file"] == {"number": number, "name": name, "text": text}
    send(box, HeaderWidget, document="brief")
    assert documents.asked == [("brief", session.named(), "tiny")]
    send(box, HeaderWidget, page="Elsewhere")
    assert one.page.value == "Live"
    send(box, HeaderWidget, page="Compare")
    assert one.page.value == data(box, HeaderWidget)["page"] == "Compare"


def test_a_scenario_on_offer_is_not_offered_twice(drawn: Any, session: Session, opened: list[str]) -> None:
    box = drawn(controls.header(screen(session, documents=Documents(), ahead=Ahead())))
    assert [one["name"] for one in data(box, HeaderWidget)["offered"]] == ["a", "b"]
    assert data(box, HeaderWidget)["description"].startswith(session.base.description.strip())


def test_what_was_waited_for_is_opened_once_it_is_ready(drawn: Any, opened: list[str]) -> None:
    ahead = Ahead()
    box = drawn(controls.header(screen(taken(days=30), documents=Documents(), ahead=ahead)))
    for name in ("window-a", "window-broken"):
        ahead.job.begin(lambda report, name=name: name)  # type: ignore[misc]
        assert ahead.job.wait(30)
        until(lambda: ahead.job.progress == Progress())
    assert opened == ["window-a"]
    assert data(box, HeaderWidget)["error"] == "cannot begin"


def test_progress_is_followed_only_while_it_is_shown() -> None:
    job = Job()

    @solara.component
    def part() -> Any:
        now = controls.followed(job)
        told.append(f"{now.state} {now.done}")
        return solara.Text("")

    told: list[str] = []
    _, context = solara.render(part(), handle_error=False)
    job._say(Progress("running", done=3))
    assert told == ["idle 0", "running 3"]
    context.close()
    job._say(Progress("running", done=4))
    assert told == ["idle 0", "running 3"]
