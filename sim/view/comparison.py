"""Comparisons of two scenarios in the background of a session: requests and results."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sim.scenario import Scenario, ScenarioError, diff_yaml
from sim.studies.carry_out import comparable
from sim.studies.plan import Plan
from sim.studies.study import Study
from sim.studies.work.executors import Workplace
from sim.view.background import Background, Progress, spare_pool
from sim.view.differences import tables
from sim.view.fans import charts
from sim.view.session import Session, offered, on_offer

SCREEN = "what-is-on-screen"
REPLICATES, MOST = 20, 500


def found(study: Study, other: str | None = None) -> dict[str, str]:
    """Return the displayed parts of a study as JSON, by part."""
    shown = [study.base, *([other] if other else study.others[:1])]
    parts = {**charts(study, shown), **tables(study, other)}
    return {name: json.dumps(part, separators=(",", ":"), ensure_ascii=False) for name, part in parts.items()}


class Comparison:
    """What a session compares; its runs are done in other processes.

    Args:
        session: The session whose scenarios and what-if are offered.
        place: Makes the executor of the runs.
    """

    def __init__(self, session: Session, place: Callable[[], Workplace] = spare_pool) -> None:
        """Set up without a comparison."""
        self.session = session
        self.work = Background(found, place=place)
        self.asked: tuple[str, str, int] | None = None

    def start(self, base: str, other: str, replicates: int) -> None:
        """Start a comparison; raises ScenarioError or ValueError if these two cannot be compared, or one is running."""
        if base == other:
            raise ScenarioError("A and B are the same scenario: choose two that differ")
        if isinstance(replicates, bool) or not isinstance(replicates, int) or not 2 <= replicates <= MOST:
            raise ScenarioError(f"found {replicates!r} replicates; allowed: a whole number from 2 to {MOST}")
        scenarios = {_short(name): self._scenario(name) for name in (base, other)}
        if len(scenarios) < 2:
            scenarios = {"a": self._scenario(base), "b": self._scenario(other)}
        plan = Plan("compare", comparable(scenarios), replicates)
        if not self.work.start(plan):
            raise ValueError("a comparison is under way: cancel it first")
        self.asked = (base, other, replicates)

    def listen(self, tell: Callable[[Progress], None]) -> None:
        """Report progress to ``tell`` from now on."""
        self.work.tell = tell

    def _scenario(self, name: str) -> Scenario:
        if name == SCREEN:
            return self.session.named()
        if name not in offered(self.session.start):
            raise ValueError(f"found {name!r}, which is not offered")
        return on_offer(name)


def offers(session: Session) -> list[dict[str, Any]]:
    """Return the scenarios on offer with their periods: only those with the same period can be compared."""
    return [_offer(name, on_offer(name)) for name in offered(session.start)]


def suggested(session: Session) -> tuple[str, str]:
    """Return a likely choice of A and B.

    The what-if on screen and its scenario; else the scenario and the most similar one, fewer measures first.
    """
    own, known = session.name, {name: on_offer(name) for name in offered(session.start)}
    if own not in known or not session.choices.empty:
        return own if own in known else session.start, SCREEN
    like = [name for name in known if name != own and _period(known[name]) == _period(known[own])]
    if not like:
        return own, SCREEN
    nearest = min(like, key=lambda name: len(diff_yaml(known[name], own)))
    first, second = sorted((own, nearest), key=lambda name: len(known[name].measures))
    return first, second


def on_screen(session: Session) -> dict[str, Any]:
    """Return the live page's scenario as a choice."""
    return {**_offer(SCREEN, session.scenario), "title": f"On screen: {session.title}"}


def _period(scenario: Scenario) -> tuple[Any, int]:
    return scenario.start, scenario.days


def _offer(name: str, scenario: Scenario) -> dict[str, Any]:
    return {"name": name, "title": scenario.title, "start": scenario.start.isoformat(), "days": scenario.days}


def _short(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".yaml").removesuffix(".yml")
