"""A scenario that begins from another run: a window of one longer run, whose first part follows that other scenario.

The whole run has the first day of the earlier scenario and the last day of the later one. Until the later one's own
first day it is the earlier scenario's run, with the later one's seed, and from there on the later scenario is its
what-if (`sim.states.what_if`): people, places and past are those of the earlier run, all else is the later scenario's.
So a window with the inputs of the earlier scenario counts, to the byte, what the earlier run counts on its days.
"""

from __future__ import annotations

from sim.scenario.draw import copied
from sim.scenario.schema import Scenario
from sim.states.compatible import Began, check_continuable


def whole_of(scenario: Scenario) -> Scenario:
    """Return the scenario of a window from the first day of the run from which it begins."""
    days = scenario.days + days_before(scenario)
    return copied(scenario, {"begins": None, "start": scenario.first, "days": days})  # type: ignore[return-value]


def earlier_of(scenario: Scenario) -> Scenario:
    """Return the scenario from whose run a window begins, with the window's seed."""
    return copied(scenario.begins, {"seed": scenario.seed})  # type: ignore[return-value]


def days_before(scenario: Scenario) -> int:
    """Return the days that are run before a scenario's own first day; 0 if it does not begin from another run."""
    return (scenario.start - scenario.first).days


def check_window(scenario: Scenario) -> None:
    """Raise StateError if a scenario cannot begin from the run that it names; do nothing if it names none.

    What measures have done by then can only be checked as the run begins (`sim.states.compatible.check_past`).
    """
    if scenario.begins is not None:
        earlier = earlier_of(scenario)
        began = Began(earlier, days_before(scenario), f"begins: {earlier.title!r}", scenario.start)
        check_continuable(began, whole_of(scenario))
