"""The query of the page's address, written out; what is read of one, at its limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sim.scenario import ScenarioError
from sim.view.comparison import Asked
from sim.view.levers import Choices
from sim.view.session import Session
from sim.view.state import link
from sim.view.state.history import FIRST, History, Step
from sim.view.state.link import compared, link_of, restore
from tests.strategies import START, tiny_scenario
from tests.unit.studies.small import REACTION

STOP = {"kind": "visa-stop", "transit_state": "belarus", "start": START + timedelta(days=5)}
QUERY = (
    "scenario=visa-stop&seed=0&coaching.belarus=0.5@2025-10-03&visas.belarus=20.0@2025-10-01"
    "&ban=baghdad-minsk,benghazi-minsk@2025-10-05&off=also,stop&unanswered=more&day=9"
)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session whose scenario on offer is the tiny one."""
    made = Session("visa-stop")
    scenario = tiny_scenario(days=30, measures={"stop": STOP, "also": STOP}, reactions={"more": REACTION})

    def opened(name: str, seed: int | None = None) -> None:
        made.take(name, scenario)
        made.known, made.seed = True, seed

    monkeypatch.setattr(made, "open", opened)
    made.open("visa-stop")
    return made


def test_all_that_was_changed_is_in_the_address_and_comes_back(session: Session) -> None:
    session.seed = 0
    session.set_lever("visas.belarus", 20)
    session.set_lever("coaching.belarus", 0.5, day=2)
    session.set_ban(["benghazi-minsk", "baghdad-minsk"], 4)
    session.set_measure("stop", False)
    session.set_measure("also", False)
    session.set_reaction("more", False)
    assert link_of(session, 9) == QUERY
    before = session.choices
    session.open("visa-stop")
    assert restore(session, QUERY) == 9
    assert (session.choices, session.seed, link_of(session, 9)) == (before, 0, QUERY)
    assert restore(session, "off=stop,gone&unanswered=,more,gone") is None
    assert session.choices == Choices(off=frozenset({"stop"}), unanswered=frozenset({"more"}))


@pytest.mark.parametrize(("day", "found"), [("-1", 0), ("0", 0), ("29", 29), ("30", 30), ("31", 30)])
def test_a_day_of_an_address_lies_in_the_run(session: Session, day: str, found: int) -> None:
    assert restore(session, f"day={day}") == found


def test_changes_of_an_address_lie_in_the_run(session: Session) -> None:
    first, last = session.base.start, session.base.end
    for day in (first, last):
        restore(session, f"visas.belarus=5@{day}")
        assert session.choices.values["visas.belarus"] == (5.0, day)
    for day in (first - timedelta(days=1), last + timedelta(days=1)):
        words = rf"^ban: found the day {day} in the link; allowed: {first} to {last}$"
        with pytest.raises(ScenarioError, match=words):
            restore(session, f"ban=baghdad-minsk@{day}")
        assert session.choices.empty, "as before"


def test_an_address_has_a_greatest_length(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "LONGEST", 6)
    assert restore(session, "day=12") == 12
    with pytest.raises(ScenarioError, match=r"^found a link of 7 signs; allowed: 6$"):
        restore(session, "day=123")


def test_a_comparison_of_an_address_has_two_scenarios_or_more(session: Session) -> None:
    known: Any = {"a": 1, "b": 2}
    session.offer = known.__getitem__  # type: ignore[method-assign]
    assert compared(session, "page=Compare&compare=a") is None
    assert compared(session, "page=Live&compare=a&compare=b") is None
    assert compared(session, "page=Compare&compare=a&compare=b") == Asked(("a", "b"), 20, True, False)
    asked = "page=Compare&compare=a&compare=b&replicates=3&arms=one&ran=yes"
    assert compared(session, asked) == Asked(("a", "b"), 3, False, True)
    with pytest.raises(ScenarioError, match=r"^replicates: found 'x' in the link; allowed: a whole number$"):
        compared(session, "page=Compare&compare=a&compare=b&replicates=x")


def some(name: str) -> Choices:
    return Choices(off=frozenset({name}))


def test_steps_are_kept_with_their_words_and_what_they_are_about() -> None:
    history = History()
    assert (history.steps, history.at, history.now) == ([Step(FIRST, Choices())], 0, Choices())
    history.put(Choices(), lambda before: "nothing", "x", more=True)
    assert (len(history.steps), history.at) == (1, 0), "nothing was changed"
    history.put(some("a"), lambda before: f"from {sorted(before.off)}", "x", more=True)
    history.put(some("b"), lambda before: f"from {sorted(before.off)}", "x", more=True)
    assert history.steps == [Step(FIRST, Choices()), Step("from []", some("b"), "x")]
    history.put(some("c"), lambda before: f"from {sorted(before.off)}", "y", more=True)
    history.put(some("d"), lambda before: f"from {sorted(before.off)}")
    history.put(some("e"), lambda before: f"from {sorted(before.off)}")
    assert history.steps[2:] == [
        Step("from ['b']", some("c"), "y"), Step("from ['c']", some("d")), Step("from ['d']", some("e"))
    ]  # fmt: skip
    assert history.at == 4
    assert history.go(2) == some("c")
    history.put(some("b"), lambda before: "back", "y")
    assert ([step.words for step in history.steps], history.at) == ([FIRST, "from []"], 1), "it is as it was before"
    for wrong in (-1, 2):
        with pytest.raises(ValueError, match=rf"^found step {wrong} of the history; allowed: 0 to 1$"):
            history.go(wrong)
    assert (history.go(0), history.at) == (Choices(), 0)
