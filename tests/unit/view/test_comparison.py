"""Comparisons in the background: the same as on the command line, cancelled when asked, alone in their session."""

from __future__ import annotations

import json
import tempfile
import threading
from pathlib import Path

import pytest

from sim.scenario import Scenario, ScenarioError, apply_overrides, to_yaml
from sim.studies.carry_out import compare
from sim.studies.ranking import rank
from sim.studies.study import Study
from sim.studies.work.executors import Serial
from sim.view.background import Progress
from sim.view.comparison import SCREEN, Asked, Comparison, found, offers, suggested
from sim.view.session import Session
from tests.strategies import tiny_scenario


@pytest.fixture
def session(tmp_path: Path) -> Session:
    file = tmp_path / "tiny.yaml"
    file.write_text(to_yaml(tiny_scenario()), encoding="utf-8")
    return Session(str(file))


def test_it_finds_what_the_command_line_finds(session: Session, tmp_path: Path) -> None:
    session.set_lever("facilitation.belarus", 0.1)
    told: list[Progress] = []
    comparison = Comparison(session, Serial)
    comparison.work.tell = told.append
    comparison.start(session.start, SCREEN, replicates=4)
    assert comparison.work.wait(240)
    assert told[-1].state == "done", told[-1].error
    assert [t.done for t in told] == sorted(t.done for t in told)
    assert told[-1].done == told[-1].total == 8
    study = compare(session.base, session.named(), replicates=4, folder=tmp_path / "study")
    [tables] = told[-1].result["tables"].values()
    mine, other = (json.loads(part["differences"])["groups"] for part in (tables, found(study)))
    assert mine == other
    assert any(row["change"]["ends"][2] for group in mine for row in group["rows"])


def test_one_that_was_started_elsewhere_is_started_again_and_finds_the_same(session: Session) -> None:
    session.set_lever("facilitation.belarus", 0.1)
    first = Comparison(session, Serial, Asked((session.start, SCREEN), 2))
    assert not (first.work.busy or first.lasts)  # it was only chosen
    first.start(session.start, SCREEN, replicates=2)
    again = Comparison(session, Serial, first.asked)
    for comparison in (first, again):
        assert comparison.lasts
        assert comparison.work.wait(240)
        assert comparison.lasts
    assert first.work.progress.result["tables"] == again.work.progress.result["tables"]
    session.set_lever("facilitation.belarus", 0.2)
    assert not first.lasts  # what is on screen is not what was compared
    session.go(1)
    assert first.lasts


def test_one_that_cannot_be_started_again_is_told(session: Session) -> None:
    comparison = Comparison(session, Serial, Asked((session.start, SCREEN), 501, ran=True))
    assert "from 2 to 500" in comparison.problem
    assert not (comparison.work.busy or comparison.lasts)


def test_nothing_is_left_behind(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    session.set_lever("facilitation.belarus", 0.1)
    comparison = Comparison(session, Serial)
    comparison.start(session.start, SCREEN, replicates=2)
    assert comparison.work.wait(240)
    assert comparison.work.progress.state == "done"
    assert list((tmp_path / "scratch").iterdir()) == [comparison.work.folder]
    comparison.start(session.start, SCREEN, replicates=2)
    assert comparison.work.wait(240)
    assert list((tmp_path / "scratch").iterdir()) == [comparison.work.folder], "that of the last one is kept"
    comparison.work.close()
    assert list((tmp_path / "scratch").iterdir()) == []


def test_cancelled_it_ends_and_keeps_nothing(session: Session) -> None:
    session.set_lever("facilitation.belarus", 0.1)
    comparison, first = Comparison(session, Serial), threading.Event()
    comparison.work.tell = lambda now: first.set() if now.done else None
    comparison.start(session.start, SCREEN, replicates=500)
    assert first.wait(240)
    with pytest.raises(ValueError, match="under way"):
        comparison.start(session.start, SCREEN, replicates=2)
    comparison.work.cancel()
    assert comparison.work.wait(240)
    assert comparison.work.progress.state == "cancelled"
    assert comparison.work.progress.result is None


def test_a_closed_tab_is_told_nothing_more(session: Session) -> None:
    session.set_lever("facilitation.belarus", 0.1)
    comparison, told, first = Comparison(session, Serial), [], threading.Event()
    comparison.work.tell = lambda now: (told.append(now), first.set() if now.done else None)
    comparison.start(session.start, SCREEN, replicates=500)
    assert first.wait(240)
    comparison.work.close()
    number = len(told)
    assert comparison.work.wait(240)
    assert len(told) == number
    with pytest.raises(ValueError, match="under way"):
        comparison.start(session.start, SCREEN, replicates=2)


@pytest.mark.parametrize(
    ("base", "other", "number", "message"),
    [
        ("benghazi-surge", "benghazi-surge", 2, "are the same"),
        ("benghazi-surge", "carrier-ban", 1, "from 2 to 500"),
        ("benghazi-surge", "carrier-ban", 501, "from 2 to 500"),
        ("benghazi-surge", "carrier-ban", True, "from 2 to 500"),
        ("benghazi-surge", "carrier-ban", 2.5, "from 2 to 500"),
        ("benghazi-surge", "minsk-2021", 2, "both must agree"),
    ],
)
def test_wrong_questions_are_told(session: Session, base: str, other: str, number: int, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        Comparison(session, Serial).start(base, other, replicates=number)


@pytest.mark.parametrize("name", ["base", "../../x.yaml", "/etc/passwd"])
def test_only_what_is_offered_is_compared(session: Session, name: str) -> None:
    with pytest.raises(ValueError, match="not offered"):
        Comparison(session, Serial).start(session.start, name, replicates=2)


def test_what_is_suggested_can_be_compared() -> None:
    for name, pair in {
        "benghazi-minsk-2025": ("benghazi-minsk-2025", "benghazi-ten-a-week"),
        "visa-stop": ("benghazi-surge", "visa-stop"),
        "minsk-2021": ("minsk-2021", "minsk-2021-answers"),
        "evros-2020": ("evros-2020", SCREEN),
    }.items():
        session = Session(name)
        assert suggested(session) == pair
        known = {entry["name"]: (entry["start"], entry["days"]) for entry in offers(session)}
        assert pair[1] == SCREEN or known[pair[0]] == known[pair[1]]


def test_a_what_if_is_compared_with_its_scenario() -> None:
    session = Session("carrier-ban")
    session.set_lever("facilitation.belarus", 0.1)
    assert suggested(session) == ("carrier-ban", SCREEN)
    point: Scenario = tiny_scenario(title="A point")
    session.take("point-3", point)
    assert suggested(session) == ("carrier-ban", SCREEN)


def test_many_scenarios_are_in_one_chart_and_one_matrix(session: Session, tmp_path: Path) -> None:
    for name, share in (("few", 0.05), ("many", 0.9)):
        other = tiny_scenario().model_copy(update={"title": name.capitalize()})
        other = apply_overrides(other, {f"transit_states.belarus.facilitation.{other.start}": share})
        (tmp_path / f"{name}.yaml").write_text(to_yaml(other), encoding="utf-8")
    comparison = Comparison(session, Serial)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        comparison.start(session.start, "few.yaml", "many.yaml", replicates=2)
    assert comparison.work.wait(240)
    found = comparison.work.progress.result
    assert comparison.work.progress.error == ""
    assert list(found["tables"]) == ["few", "many"]
    pressure = json.loads(found["charts"]["pressure"])
    assert pressure["together"]
    assert [panel["name"] for panel in pressure["panels"]] == ["tiny", "few", "many"]
    assert all("fan" in panel for view in json.loads(found["charts"]["persons"])["views"] for panel in view["panels"])
    matrix = json.loads(found["matrix"])
    ranked = rank(Study(comparison.work.folder))
    assert [row["name"] for row in matrix["rows"]] == list(ranked.scenarios["scenario"])
    attempts = [o["name"] for o in matrix["outcomes"]].index("attempts")
    medians = ranked.outcomes[ranked.outcomes["measure"] == "attempts"].set_index("scenario")["median"]
    assert {row["name"]: row["cells"][attempts]["ends"][2] for row in matrix["rows"]} == pytest.approx(dict(medians))
    assert {outcome["mark"][1] for outcome in matrix["outcomes"]} == {"assumed"}
    assert [json.loads(part["differences"])["letter"] for part in found["tables"].values()] == ["B", "C"]


def test_too_many_or_the_same_scenarios_are_told(session: Session) -> None:
    comparison = Comparison(session, Serial)
    with pytest.raises(ScenarioError, match="B and C are the same"):
        comparison.start("benghazi-surge", "carrier-ban", "carrier-ban", replicates=2)
    with pytest.raises(ScenarioError, match="allowed: 2 to 7"):
        comparison.start("benghazi-surge", replicates=2)
