"""Scenarios that begin from another run (`sim.states.window`): their own days are shown, and the earlier run only told.

Such a model is that of the whole run, from the first day of the earlier scenario. `shown_of` says which of its days the
page shows: all of any other model.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import date, timedelta
from threading import RLock
from typing import Any, NamedTuple

from sim.runs import earlier_state, run_model
from sim.scenario import Scenario, ScenarioError, resolve
from sim.states.errors import StateError
from sim.states.state import State, state_of
from sim.states.window import check_window, days_before, earlier_of


class Shown(NamedTuple):
    """The days of a run that are shown.

    Attributes:
        start: The first of them.
        days: Their number in the whole run.
        day: How many of them are done.
        before: Days of the run before them.
    """

    start: date
    days: int
    day: int
    before: int


def before_of(model: Any) -> int:
    """Return how many days of a model, or of a replay of one, come before those that are shown."""
    found: int = getattr(model, "before", 0)
    return found


def shown_of(model: Any) -> Shown:
    """Return the days of a model, or of a replay of one, that are shown."""
    before, settings = before_of(model), model.settings
    return Shown(settings.start + timedelta(before), settings.days - before, model.day - before, before)


_BEGUN: deque[tuple[Scenario, State]] = deque(maxlen=3)  # the latest: some 50 MB each for a million people
_LOCK = RLock()


def is_begun(scenario: Scenario) -> bool:
    """Return whether the state on a scenario's first day is kept."""
    return any(known is scenario for known, _ in tuple(_BEGUN))


def begun(scenario: Scenario) -> State:
    """Return the state of a run on the first day of a scenario that begins from another; the latest few are kept.

    Raises:
        ScenarioError: If it cannot begin from there, such as without a measure that was in force by then.
    """
    with _LOCK:
        for known, state in _BEGUN:
            if known is scenario:
                return state
        try:
            model = run_model(scenario, until=scenario.start)
            state = state_of(model, copy=False, check=False)
        except StateError as error:
            raise ScenarioError(str(error)) from None
        model.__dict__.clear()
        _BEGUN.append((scenario, state))
        return state


def run_ahead(scenario: Scenario, report: Callable[[int, int, int], None]) -> None:
    """Run the run from which a scenario begins up to its first day, so that `begun` need not.

    ``report`` is told the days done, to do, and failed (none).

    Raises:
        ScenarioError: If it cannot begin from there.
    """
    scenario = resolve(scenario)
    days = days_before(scenario)
    try:
        check_window(scenario)
        earlier_state(earlier_of(scenario), days, lambda done: report(done, days, 0))
    except StateError as error:
        raise ScenarioError(str(error)) from None
