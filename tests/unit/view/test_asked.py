"""What may be compared, and what a comparison remembers, without running any."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim.scenario import ScenarioError
from sim.view import comparison as module
from sim.view.background import Progress
from sim.view.comparison import SCREEN, Asked, Comparison, _letter, _short, offers, on_screen, suggested
from sim.view.session import Session
from tests.strategies import tiny_scenario


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    made = Session("visa-stop")
    made.take("tiny.yaml", tiny_scenario(days=30))
    monkeypatch.setattr(made, "offer", lambda name: tiny_scenario(days=30, title=name))
    return made


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The plans that are started; none is carried out."""
    started: list[Any] = []
    monkeypatch.setattr(module.Background, "start", lambda self, plan: started.append(plan) or True)
    return started


def test_from_two_to_seven_scenarios_are_compared(session: Session, plans: list[Any]) -> None:
    comparison = Comparison(session)
    for count in (2, 7):
        names = [f"s{number}" for number in range(count)]
        comparison.start(*names, replicates=2)
        assert (plans[-1].kind, list(plans[-1].scenarios), plans[-1].replicates) == ("compare", names, 2)
        assert comparison.asked == Asked(tuple(names), 2, True, True)
    for count in (1, 8):
        with pytest.raises(ScenarioError, match=rf"^found {count} scenarios; allowed: 2 to 7$"):
            comparison.start(*[f"s{number}" for number in range(count)], replicates=2)
    assert len(plans) == 2


def test_scenarios_that_are_the_same_are_told_by_their_letters(session: Session) -> None:
    with pytest.raises(ScenarioError, match=r"^A and C are the same scenario: choose scenarios that differ$"):
        Comparison(session).start("x", "y", "x", replicates=2)


def test_from_two_to_five_hundred_replicates_are_run(session: Session, plans: list[Any]) -> None:
    comparison = Comparison(session)
    for replicates in (2, 500):
        comparison.start("x", "y", replicates=replicates, arms=False)
        assert (plans[-1].replicates, comparison.asked) == (replicates, Asked(("x", "y"), replicates, False, True))
    for wrong in (1, 501, 2.0, True):
        words = rf"^found {wrong!r} replicates; allowed: a whole number from 2 to 500$"
        with pytest.raises(ScenarioError, match=words):
            comparison.start("x", "y", replicates=wrong)  # type: ignore[arg-type]


def test_scenarios_of_the_same_file_name_are_told_apart(session: Session, plans: list[Any]) -> None:
    Comparison(session).start("a/x.yaml", "b\\x.yml", SCREEN, "x", replicates=2)
    assert list(plans[0].scenarios) == ["x", "x-1", SCREEN, "x-3"]
    assert plans[0].scenarios[SCREEN].title == "tiny"
    assert [_short(name) for name in ("a/b.yaml", "a\\b.yml", "b", "a/b.yaml.txt")] == ["b", "b", "b", "b.yaml.txt"]


def test_while_one_is_under_way_no_other_is_started(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.Background, "start", lambda self, plan: False)
    comparison = Comparison(session)
    with pytest.raises(ValueError, match="a comparison is under way: cancel it first"):
        comparison.start("x", "y", replicates=2)
    assert comparison.asked is None


def test_it_lasts_while_it_is_under_way_or_shown_and_the_screen_is_as_it_was(
    session: Session, plans: list[Any]
) -> None:
    comparison = Comparison(session)
    assert not comparison.lasts
    comparison.asked = Asked(("x", "y"), 2)
    comparison.work.progress = Progress("done")
    assert not comparison.lasts, "only chosen"
    comparison.start("x", SCREEN, replicates=2)
    for state, lasts in (("idle", False), ("running", True), ("cancelling", False), ("done", True), ("failed", False)):
        comparison.work.progress = Progress(state)  # type: ignore[arg-type]
        assert comparison.lasts is lasts
    comparison.work.progress = Progress("done")
    session.set_lever("visas.belarus", 20)
    assert not comparison.lasts
    comparison.start("x", "y", replicates=2)
    session.set_lever("visas.belarus", 30)
    assert comparison.lasts


def test_what_was_started_elsewhere_is_started_again(session: Session, plans: list[Any]) -> None:
    again = Comparison(session, asked=Asked(("x", "y"), 4, False, True))
    assert (plans[0].replicates, again.problem, again.asked) == (4, "", Asked(("x", "y"), 4, False, True))
    chosen = Comparison(session, asked=Asked(("x", "y"), 4))
    assert (len(plans), chosen.problem, chosen.asked) == (1, "", Asked(("x", "y"), 4, True, False))
    wrong = Comparison(session, asked=Asked(("x", "x"), 4, ran=True))
    assert wrong.problem == "A and B are the same scenario: choose scenarios that differ"


def test_letters_are_in_the_order_of_the_scenarios() -> None:
    study: Any = SimpleNamespace(names=["x", "y", "z"])
    assert [_letter(study, name) for name in study.names] == ["A", "B", "C"]


def test_offers_tell_the_period_and_whether_somebody_may_answer(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"x": tiny_scenario(days=30, title="X"), "y": tiny_scenario(days=40, title="Y")}
    monkeypatch.setattr(module, "offered", lambda start: list(known))
    monkeypatch.setattr(module, "on_offer", known.__getitem__)
    period = {"start": "2025-10-01", "answers": False}
    assert offers(session) == [
        {"name": "x", "title": "X", "days": 30, **period}, {"name": "y", "title": "Y", "days": 40, **period}
    ]  # fmt: skip
    assert on_screen(session) == {"name": SCREEN, "title": "On screen: tiny", "days": 30, **period}


def test_the_most_similar_scenario_is_suggested_fewer_measures_first(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = {"kind": "visa-stop", "transit_state": "belarus", "start": "2025-10-09"}
    known = {
        "own": tiny_scenario(days=30, measures={"stop": stop}), "short": tiny_scenario(days=29),
        "far": tiny_scenario(days=30), "near": tiny_scenario(days=30),
        "later": tiny_scenario(days=30, start="2025-10-02"),
    }  # fmt: skip
    monkeypatch.setattr(module, "offered", lambda start: list(known))
    monkeypatch.setattr(module, "on_offer", known.__getitem__)
    monkeypatch.setattr(module, "diff_yaml", lambda scenario, own: "x" if scenario is known["near"] else "far")
    session.name = "own"
    assert suggested(session) == ("near", "own")
    known["near"] = tiny_scenario(days=30, measures={"stop": stop, "more": stop})
    assert suggested(session) == ("own", "near")
    session.set_lever("visas.belarus", 20)
    assert suggested(session) == ("own", SCREEN)
    session.clear()
    del known["far"], known["near"]
    assert suggested(session) == ("own", SCREEN)
    del known["own"]
    assert suggested(session) == ("visa-stop", SCREEN)


def test_tables_have_the_letters_of_both_scenarios(monkeypatch: pytest.MonkeyPatch) -> None:
    own = SimpleNamespace(base="y")
    study: Any = SimpleNamespace(names=["x", "y", "z"], against=lambda other: own)
    monkeypatch.setattr(module, "tables", lambda study, other: {"where": {"base": study.base, "other": other}})
    assert module._tables(study, "z") == {"where": '{"base":"y","other":"z","baseLetter":"B","letter":"C"}'}
    assert module.as_json({"a": ["Łagów", 1.5]}) == {"a": '["Łagów",1.5]'}


def test_a_study_is_shown_by_its_base_and_one_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "charts", lambda study, shown: {"charts": shown})
    monkeypatch.setattr(module, "tables", lambda study, other: {"tables": [study.base, other]})
    study: Any = SimpleNamespace(base="a", others=["b", "c"])
    assert module.found(study, "c") == {"charts": '["a","c"]', "tables": '["a","c"]'}
    assert module.found(study) == {"charts": '["a","b"]', "tables": '["a",null]'}
