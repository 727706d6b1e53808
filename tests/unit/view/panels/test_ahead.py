"""What a scenario begins from is run before it is opened; others are opened at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from sim.scenario import ScenarioError, to_yaml
from sim.view.background import Progress
from sim.view.panels.ahead import Ahead, ahead_of_link
from sim.view.session import Session
from tests.strategies import START, tiny_scenario


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session that is offered a window of a tiny run, and one that cannot begin."""
    earlier = tiny_scenario(seed=9)
    first = START + timedelta(days=40)
    for name, changes in (("window", {}), ("broken", {"cohorts": {"iraqis": {"size": 200}}})):
        scenario = tiny_scenario(changes, start=first, days=20, seed=9, begins=earlier, title=name)
        (tmp_path / f"{name}.yaml").write_text(to_yaml(scenario), encoding="utf-8")
    (tmp_path / "tiny.yaml").write_text(to_yaml(tiny_scenario()), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return Session("tiny.yaml")


def test_it_waits_for_what_a_window_begins_from_and_for_nothing_else(session: Session) -> None:
    ahead, told = Ahead(session), list[Progress]()
    ahead.job.tell = told.append
    assert not ahead.waits("tiny.yaml")
    assert ahead.waits("window.yaml")
    assert ahead.job.wait(240)
    assert ahead.job.progress.result == "window.yaml"
    assert (told[0].state, told[-1].state, told[-1].error) == ("running", "done", "")
    assert told[-1].done == told[-1].total == 40
    assert ahead.words == ""
    session.open("window.yaml")
    assert session.model(20).own_day == 20


def test_one_that_cannot_begin_is_told(session: Session) -> None:
    ahead = Ahead(session)
    assert ahead.waits("broken.yaml")
    assert ahead.job.wait(240)
    assert "cohorts.iraqis.size" in ahead.job.progress.error
    with pytest.raises(ScenarioError, match=r"cohorts\.iraqis\.size"):
        session.open("broken.yaml")
    assert session.name == "tiny.yaml"
    with pytest.raises(ValueError, match="not offered"):
        ahead.waits("../x.yaml")


def test_before_a_link_is_followed_the_run_is_done_from_which_its_scenario_begins(session: Session) -> None:
    job, title = ahead_of_link("tiny.yaml", "scenario=window.yaml&seed=4&day=3")
    assert title == "window"
    assert job.wait(240)
    assert (job.progress.state, job.progress.done, job.progress.total) == ("done", 40, 40)
    assert session.offer("window.yaml").seed == 9
    for query in ("", "scenario=tiny.yaml", "scenario=../x.yaml"):
        job, title = ahead_of_link("tiny.yaml", query)
        assert (job.progress.state, title) == ("idle", "")
