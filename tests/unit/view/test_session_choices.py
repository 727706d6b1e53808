"""A session's choices: their days, their steps, the seed, what is on offer, what is saved."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import ScenarioError, scenario_names, to_yaml
from sim.view import session as module
from sim.view.levers import Choices
from sim.view.session import Baseline, Session, loaded, offered, own_files, run_of, titles
from tests.strategies import START, tiny_scenario
from tests.unit.studies.small import REACTION

STOP = {"kind": "visa-stop", "transit_state": "belarus", "start": START + timedelta(days=5)}


def taken(**fields: Any) -> Session:
    session = Session("visa-stop")
    session.take("tiny.yaml", tiny_scenario(**fields))
    return session


def ghost(*peaks: float) -> Baseline:
    return Baseline({}, {"peak": list(peaks)})


def test_the_worst_day_is_the_first_with_the_highest_pressure_else_the_last() -> None:
    session = taken(days=30)
    for peaks, day in (((0.1, 0.9, 0.9, 0.2), 2), ((0.5,), 1), ((0.0, 0.0), 30), ((), 30), ((0, 0, 0.01), 3)):
        session.take("tiny.yaml", session.base, ghost(*peaks))
        assert session.worst_day == day


def test_a_scenario_that_is_taken_is_as_in_its_file_and_not_on_offer() -> None:
    session = Session("visa-stop")
    assert (session.known, session.seed, session.name, session.start) == (True, None, "visa-stop", "visa-stop")
    session.open("visa-stop", 5)
    session.set_since(9)
    session.set_lever("visas.belarus", 20)
    base, own = tiny_scenario(days=30), ghost(0.5)
    session.take("point-1", base, own)
    assert (session.known, session.seed, session.name, session.title) == (False, None, "point-1", "tiny")
    assert session.base is session.scenario is base
    assert (session.since, session.choices, len(session.history.steps)) == (START, Choices(), 1)
    assert session.baseline is own


def test_a_seed_of_its_own_is_kept_only_if_it_is_another() -> None:
    session = Session("visa-stop")
    own = session.base.seed
    session.open("visa-stop", own + 1)
    assert (session.seed, session.base.seed, session.known) == (own + 1, own + 1, True)
    session.set_lever("visas.belarus", 20)
    session.set_seed(own + 2)
    assert (session.seed, session.base.seed, session.scenario.seed) == (own + 2, own + 2, own + 2)
    assert session.choices.values["visas.belarus"].value == 20
    session.set_seed(own)
    assert (session.seed, session.base.seed) == (None, own)
    assert loaded("visa-stop").seed == own
    assert loaded("visa-stop", 0).seed == 0


def test_what_is_not_on_offer_has_a_new_run_with_a_new_seed() -> None:
    session = taken(days=12)
    session.set_seed(7)
    assert (session.seed, session.base.seed, session.scenario.seed) == (None, 7, 7)
    expected = run_of(session.base)
    assert session.baseline == expected
    assert set(expected.charts) == {"pressure", "load", "outcome"}
    assert all(", " not in text.replace("attempts a day, mean", "").replace("crossed, gone", "")
               for text in expected.charts.values())  # fmt: skip
    assert {len(values) for values in expected.numbers.values()} == {12}


@pytest.mark.parametrize(("day", "found"), [(-1, 0), (0, 0), (1, 1), (28, 28), (29, 29), (30, 29), (999, 29)])
def test_a_change_applies_on_a_day_of_the_run(day: int, found: int) -> None:
    session = taken(days=30)
    session.set_since(day)
    assert session.since == START + timedelta(days=found)


def test_a_lever_keeps_its_own_day_unless_another_is_given() -> None:
    session = taken(days=30)
    session.set_lever("visas.belarus", 20, day=0)
    session.set_since(9)
    session.set_lever("visas.belarus", 30)
    assert session.choices.values["visas.belarus"] == (30.0, START)
    session.set_lever("visas.belarus", 30, day=4)
    session.set_lever("coaching.belarus", 0.5)
    assert dict(session.choices.values) == {
        "visas.belarus": (30.0, START + timedelta(days=4)), "coaching.belarus": (0.5, START + timedelta(days=9))
    }  # fmt: skip
    session.set_lever("visas.belarus", None)
    assert list(session.choices.values) == ["coaching.belarus"]
    assert session.history.steps[-1].words == (
        "taken back: Belarus, Visas: 30 persons a day from 5 Oct 2025"
    )  # fmt: skip
    with pytest.raises(ScenarioError, match=r"^found 'weekly\.mars', which is no lever of this scenario$"):
        session.set_lever("weekly.mars", 1)


def test_a_gesture_is_one_step_and_each_choice_a_step_of_its_own() -> None:
    session = taken(days=30, measures={"stop": STOP}, reactions={"more": REACTION})
    for value, more in ((1, True), (2, True), (3, False), (4, False)):
        session.set_lever("visas.belarus", value, more=more)
    for day, more in ((3, True), (4, False), (5, False)):
        session.set_ban(["benghazi-minsk", "baghdad-minsk"], day, more)
    assert session.choices.ban is not None
    assert session.choices.ban.routes == ("baghdad-minsk", "benghazi-minsk")
    session.set_measure("stop", False)
    session.set_measure("absent", False)
    session.set_reaction("more", False)
    session.set_reaction("absent", False)
    assert [step.words for step in session.history.steps] == [
        "As in the scenario", "Belarus, Visas: 3 persons a day from 1 Oct 2025",
        "Belarus, Visas: 4 persons a day from 1 Oct 2025",
        "Carriers banned from Baghdad, Benghazi, from 5 Oct 2025",
        "Carriers banned from Baghdad, Benghazi, from 6 Oct 2025", "without stop",
        "without the reaction More flights from Baghdad",
    ]  # fmt: skip
    assert "stop" not in session.scenario.measures
    assert "more" not in session.scenario.reactions
    session.go(2)
    assert session.scenario.transit_states["belarus"].visas == {START: 4}
    assert set(session.scenario.measures) == {"stop"}
    session.go(0)
    assert session.scenario is session.base


def test_switched_off_is_switched_on_again() -> None:
    session = taken(days=30, measures={"stop": STOP, "other": STOP}, reactions={"more": REACTION})
    session.set_measure("stop", False)
    session.set_measure("other", False)
    session.set_measure("stop", True)
    assert session.choices.off == {"other"}
    session.set_reaction("more", False)
    session.set_reaction("more", True)
    assert session.choices.unanswered == frozenset()
    session.clear()
    assert session.choices == Choices()


def test_closed_it_lets_no_model_play_on() -> None:
    session = taken(days=30)
    model = session.model(2)
    assert (model.pace, model.own_day) == (session.pace, 2)
    session.close()
    model.step()
    assert (model.running, session.pace.closed) == (False, True)


def test_what_is_offered_begins_with_the_file_and_leaves_out_mere_parents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("b.yaml", "a.yml", "wrong.yaml"):
        text = "kind: sweep" if name == "wrong.yaml" else to_yaml(tiny_scenario(title=name))
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    shipped = [name for name in scenario_names() if name != "base" and not name.endswith(("-prior", "-posterior"))]
    assert own_files() == ["a.yml", "b.yaml"]
    assert offered("b.yaml") == ["b.yaml", "a.yml", *shipped]
    assert offered("elsewhere/c.yaml") == ["elsewhere/c.yaml", "a.yml", "b.yaml", *shipped]
    assert offered(shipped[2]) == ["a.yml", "b.yaml", *shipped]
    monkeypatch.setattr(module, "MOST_FILES", 1)
    assert own_files() == ["a.yml"]
    assert list(titles("b.yaml").items())[:2] == [("b.yaml", "b.yaml"), ("a.yml", "a.yml")]


def test_what_is_saved_is_named_after_the_file() -> None:
    session = taken(days=30)
    session.name = "dir/tiny.yaml"
    session.set_lever("visas.belarus", 20)
    name, text = session.saved()
    assert (name, text) == ("tiny-what-if.yaml", to_yaml(session.named()))
    assert session.named().title == "tiny, what-if"
