"""Undo and redo: every step leads back to where it came from, and forth again."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import to_yaml
from sim.view.levers import Choices
from sim.view.session import Session
from sim.view.state.history import FIRST, MOST, History
from tests.strategies import tiny_scenario

MADE = [Choices(off=frozenset({str(k)})) for k in range(4)]


@given(st.lists(st.sampled_from(MADE), max_size=8))
def test_undone_and_redone_it_is_as_before(made: list[Choices]) -> None:
    history = History()
    for choices in made:
        history.put(choices, lambda _: "a step")
        assert history.now == choices
    seen = [step.choices for step in history.steps]
    assert all(one != other for one, other in pairwise(seen))
    assert [history.go(k) for k in reversed(range(len(seen)))] == seen[::-1]
    assert history.now == Choices()
    assert [history.go(k) for k in range(len(seen))] == seen


def test_a_new_step_ends_what_was_undone() -> None:
    history = History()
    for choices in MADE[:3]:
        history.put(choices, lambda _: "a step")
    history.go(1)
    history.put(MADE[3], lambda _: "another")
    assert [step.choices for step in history.steps] == [Choices(), MADE[0], MADE[3]]
    with pytest.raises(ValueError, match="0 to 2"):
        history.go(3)


def test_a_slider_that_is_drawn_makes_one_step() -> None:
    history = History()
    for choices in MADE[:3]:
        history.put(choices, lambda _: "a step", "a slider", more=True)
    history.put(MADE[3], lambda _: "a step", "a slider")
    history.put(MADE[0], lambda _: "a step", "a slider")
    assert [step.choices for step in history.steps] == [Choices(), MADE[3], MADE[0]]


def test_only_the_last_steps_are_kept() -> None:
    history = History()
    for k in range(2 * MOST):
        history.put(MADE[k % 4], lambda _: str(k))  # noqa: B023  told at once
    assert len(history.steps) == MOST + 1
    assert history.steps[0].words == FIRST
    assert history.steps[-1].words == str(2 * MOST - 1)


def test_steps_are_told_with_their_dates(tmp_path: Path) -> None:
    file = tmp_path / "tiny.yaml"
    file.write_text(to_yaml(tiny_scenario()), encoding="utf-8")
    session = Session(str(file))
    session.set_since(30)
    session.set_lever("facilitation.belarus", 0.1)
    session.set_lever("facilitation.belarus", None)
    line = "Belarus, Facilitation: 10 % from 31 Oct 2025"
    assert [step.words for step in session.history.steps] == [FIRST, line, f"taken back: {line}"]
    session.go(1)
    assert session.scenario.transit_states["belarus"].facilitation[session.choices.values["facilitation.belarus"].since]
