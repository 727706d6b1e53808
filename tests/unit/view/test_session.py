"""Sessions: what-ifs are runs from the first day, and files reproduce them."""

from __future__ import annotations

import gc
import re
import threading
import weakref
from datetime import date
from pathlib import Path

import pytest

from sim.runs import run
from sim.scenario import ScenarioError, load_scenario, to_yaml
from sim.view.live_model import Pace, WatchedModel
from sim.view.numbers import figures, known_figures, numbers_by_day
from sim.view.session import Session, offered, on_offer
from tests.strategies import tiny_scenario


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "tiny.yaml"
    path.write_text(to_yaml(tiny_scenario()), encoding="utf-8")
    return str(path)


def test_only_what_is_offered_can_be_opened(file: str) -> None:
    session = Session(file)
    assert offered(file)[0] == file
    assert "base" not in offered(file)
    for wrong in ("base", "../x.yaml", str(Path(file).with_name("other.yaml"))):
        with pytest.raises(ValueError, match="not offered"):
            session.open(wrong)
    assert session.name == file


def test_without_changes_the_model_is_the_baseline(file: str) -> None:
    session = Session(file)
    model = session.model(80)
    assert numbers_by_day(model) == {name: days[:80] for name, days in session.baseline.numbers.items()}
    assert all(row["value"] == row["base"] for row in figures(model, session.baseline.numbers))
    assert [row["name"] for row in figures(model, None)] == [figure.name for figure in known_figures()]


def test_what_is_saved_reproduces_what_is_on_screen(file: str, tmp_path: Path) -> None:
    session = Session(file)
    session.set_since(30)
    session.set_lever("facilitation.belarus", 0.1)
    session.set_ban(["baghdad-minsk"], 40)
    name, text = session.saved()
    saved = tmp_path / name
    saved.write_text(text, encoding="utf-8")
    again = load_scenario(saved)
    assert name == "tiny-what-if.yaml"
    shown = numbers_by_day(session.model(session.scenario.days))
    assert numbers_by_day(WatchedModel(again).run_to(again.days)) == shown
    assert shown != session.baseline.numbers
    totals = run(saved).totals
    turned_back = totals[(totals["level"] == "section") & (totals["measure"] == "turn_backs")]["value"].sum()
    assert turned_back == shown["turned_back"][-1]


def test_a_shipped_scenario_is_saved_as_a_difference() -> None:
    session = Session("benghazi-surge")
    session.set_lever("turn_back.poland", 0.5)
    _, text = session.saved()
    assert text.startswith("extends: benghazi-surge\n")
    assert len(text.splitlines()) < 15


def test_changes_before_their_date_change_nothing(file: str) -> None:
    session = Session(file)
    session.set_since(50)
    session.set_lever("transfer.belarus", 0)
    before = numbers_by_day(session.model(50))
    assert before == {name: days[:50] for name, days in session.baseline.numbers.items()}


def test_changes_keep_their_dates_when_the_next_ones_get_another(file: str) -> None:
    session = Session(file)
    session.set_since(30)
    session.set_lever("facilitation.belarus", 0.1)
    session.set_since(60)
    session.set_lever("facilitation.belarus", 0.2)
    session.set_lever("coaching.belarus", 0.3)
    days = {name: (since - session.base.start).days for name, (_, since) in session.choices.values.items()}
    assert days == {"facilitation.belarus": 30, "coaching.belarus": 60}
    session.set_lever("facilitation.belarus", 0.2, day=45)
    assert (session.choices.values["facilitation.belarus"].since - session.base.start).days == 45


def test_the_seed_changes_chances_and_keeps_the_changes(file: str) -> None:
    session = Session(file)
    session.set_lever("facilitation.belarus", 0.1)
    before, ghost = numbers_by_day(session.model(60)), session.baseline.numbers
    session.set_seed(7)
    assert session.choices.values["facilitation.belarus"].value == 0.1
    assert numbers_by_day(session.model(60)) != before
    assert session.baseline.numbers != ghost
    with pytest.raises(ScenarioError, match="seed"):
        session.set_seed(-1)
    session.set_seed(load_scenario(file).seed)
    assert session.seed is None
    assert numbers_by_day(session.model(60)) == before


def test_scenarios_of_the_working_folder_are_on_offer(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.yaml").write_text("kind: sweep", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert offered("benghazi-surge")[0] == "tiny.yaml"
    assert "notes.yaml" not in offered("benghazi-surge")
    session = Session("benghazi-surge")
    session.open("tiny.yaml")
    assert session.base == load_scenario(file)


def test_a_window_of_another_run_is_on_offer() -> None:
    assert "benghazi-window-2025" in offered("benghazi-surge")


def test_choices_can_be_let_go(file: str) -> None:
    session = Session(file)
    session.set_lever("facilitation.belarus", 0.1)
    session.set_lever("facilitation.belarus", None)
    assert session.scenario is session.base
    session.set_ban(["baghdad-minsk"], 10_000)
    assert session.choices.ban is not None
    assert session.choices.ban.start == session.base.end
    session.clear()
    assert session.choices.empty
    assert session.since == session.base.start == date(2025, 10, 1)


@pytest.mark.parametrize(
    ("lever", "value", "words"),
    [
        ("facilitation.belarus", 5.0, "Belarus, Facilitation: 500 %; allowed: 0 to 100 %"),
        ("facilitation.belarus", float("nan"), "Belarus, Facilitation: nan %; allowed: 0 to 100 %"),
        ("visas.belarus", -5.0, "Belarus, Visas: -5 persons a day: found -5; a value from 0 to 1,000,000 is allowed"),
        ("sent.poland", -1.0, "Officers sent, Poland: -1 officers: found -1; a value from 0 to"),
    ],
)
def test_an_impossible_value_is_refused_in_the_words_of_the_page(
    file: str, lever: str, value: float, words: str
) -> None:
    session = Session(file)
    session.set_lever("coaching.belarus", 0.1)
    before = session.choices
    with pytest.raises(ScenarioError, match=f"^{re.escape(words)}"):
        session.set_lever(lever, value)
    assert session.choices == before


def test_pace_waits_for_the_browser_but_not_for_ever() -> None:
    pace = Pace()
    assert pace.wait(0)
    frame = pace.next_frame()
    assert not pace.wait(0.01)
    threading.Timer(0.05, pace.paint, [frame]).start()
    assert pace.wait(10)


def test_a_model_that_nobody_watches_any_more_stops() -> None:
    pace = Pace()
    model = WatchedModel(tiny_scenario(), pace)
    model.step()
    pace.close()
    model.step()
    assert not model.running
    assert model.day == 1


def test_a_dropped_model_is_freed(file: str) -> None:
    model = Session(file).model(20)
    ghost = weakref.ref(model)
    del model
    gc.collect()
    assert ghost() is None


def test_a_file_on_offer_is_read_anew_when_what_it_extends_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "child.yaml").write_text("extends: parent.yaml\ntitle: Child\n")
    for days in (30, 40):
        (tmp_path / "parent.yaml").write_text(f"extends: benghazi-minsk-2025\ndays: {days}\n")
        assert on_offer("child.yaml").days == Session("child.yaml").base.days == days
