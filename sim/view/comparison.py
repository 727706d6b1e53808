"""Comparisons of scenarios in the background of a session: requests and results."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from sim.scenario import Scenario, ScenarioError, diff_yaml
from sim.studies.arms import with_arms
from sim.studies.carry_out import comparable
from sim.studies.plan import Plan
from sim.studies.study import Study
from sim.studies.work.executors import Workplace
from sim.view.background import Background, spare_pool
from sim.view.differences import matrix, tables
from sim.view.fans import charts
from sim.view.panels.arms import Beside, answers, arms_of
from sim.view.session import Session, offered, on_offer

SCREEN = "what-is-on-screen"
REPLICATES, MOST = 20, 500
MOST_SCENARIOS = 7  # as many as there are colours that tell apart


def found(study: Study, other: str | None = None) -> dict[str, str]:
    """Return the displayed parts of a study as JSON, by part: of its base and one other."""
    own = study.against(other) if isinstance(study, Beside) and other else study
    shown = [own.base, *([other] if other else own.others[:1])]
    return as_json({**charts(own, shown), **tables(own, other)})


def all_found(study: Study) -> dict[str, Any]:
    """Return the parts of a comparison: ``charts`` of all scenarios, the ``matrix``, and ``tables`` by the other.

    Arms are scenarios like any other, each beside the base of its own; ``arms`` tells of their difference, if there are
    any.
    """
    beside = Beside(study.folder)
    arms = arms_of(study)
    return {
        "charts": as_json(charts(beside, beside.names)),
        "matrix": as_json({"matrix": matrix(beside)})["matrix"],
        "tables": {other: _tables(beside, other) for other in beside.others},
        "arms": None if arms is None else as_json({"arms": arms})["arms"],
    }


def _tables(study: Beside, other: str) -> dict[str, str]:
    """Return tables of another scenario's differences, with the letters by which the page calls both, A the first."""
    own = study.against(other)
    letters = {"baseLetter": _letter(study, own.base), "letter": _letter(study, other)}
    return as_json({name: {**part, **letters} for name, part in tables(own, other).items()})


def _letter(study: Study, name: str) -> str:
    return chr(ord("A") + study.names.index(name))


def as_json(parts: dict[str, Any]) -> dict[str, str]:
    """Return each part as JSON."""
    return {name: json.dumps(part, separators=(",", ":"), ensure_ascii=False) for name, part in parts.items()}


class Asked(NamedTuple):
    """What was asked: the scenarios, the base first, the number of replicates, and whether both arms are run.

    Two arms have scenarios in which somebody may answer (`sim.view.panels.arms`). ``ran`` is whether it was started,
    and not only chosen.
    """

    names: tuple[str, ...]
    replicates: int
    arms: bool = True
    ran: bool = False


class Comparison:
    """What a session compares; its runs are done in other processes.

    Args:
        session: The session whose scenarios and what-if are offered.
        place: Makes the executor of the runs.
        asked: What is chosen to begin with; what was started elsewhere is started again.

    Attributes:
        problem: Why that could not be started again; empty if it could, or was not to be.
    """

    def __init__(
        self, session: Session, place: Callable[[], Workplace] = spare_pool, asked: Asked | None = None
    ) -> None:
        """Set up without a comparison."""
        self.session = session
        self.work = Background(all_found, place=place)
        self.asked = asked
        self.problem = ""
        self._screen = session.scenario
        if asked is not None and asked.ran:
            try:
                self.start(*asked.names, replicates=asked.replicates, arms=asked.arms)
            except (ScenarioError, ValueError) as error:
                self.problem = str(error)

    @property
    def lasts(self) -> bool:
        """Return whether what was asked is under way or shown, and would be found again from what is on screen now."""
        if self.asked is None or not self.asked.ran or self.work.progress.state not in ("running", "done"):
            return False
        return SCREEN not in self.asked.names or self._screen == self.session.scenario

    def start(self, base: str, *others: str, replicates: int, arms: bool = True) -> None:
        """Start a comparison; raises ScenarioError or ValueError if these cannot be compared, or one is running."""
        names = (base, *others)
        if len(set(names)) < len(names):
            letters = [chr(ord("A") + k) for k, name in enumerate(names) if names.count(name) > 1]
            raise ScenarioError(f"{' and '.join(letters)} are the same scenario: choose scenarios that differ")
        if not 2 <= len(names) <= MOST_SCENARIOS:
            raise ScenarioError(f"found {len(names)} scenarios; allowed: 2 to {MOST_SCENARIOS}")
        if isinstance(replicates, bool) or not isinstance(replicates, int) or not 2 <= replicates <= MOST:
            raise ScenarioError(f"found {replicates!r} replicates; allowed: a whole number from 2 to {MOST}")
        scenarios: dict[str, Scenario] = {}
        for number, name in enumerate(names):
            short = _short(name)
            scenarios[short if short not in scenarios else f"{short}-{number}"] = self._scenario(name)
        compared, extra = with_arms(comparable(scenarios)) if arms else (comparable(scenarios), {})
        if len(compared) > MOST_SCENARIOS:
            found = f"found {len(names)} scenarios, and the other arm of {len(compared) - len(names)} of them"
            raise ScenarioError(f"{found}; allowed: {MOST_SCENARIOS} in all")
        if not self.work.start(Plan("compare", compared, replicates, extra=extra)):
            raise ValueError("a comparison is under way: cancel it first")
        self.asked, self._screen = Asked(names, replicates, arms, ran=True), self.session.scenario

    def _scenario(self, name: str) -> Scenario:
        if name == SCREEN:
            return self.session.named()
        return self.session.offer(name)


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
    period = {"start": scenario.start.isoformat(), "days": scenario.days}
    return {"name": name, "title": scenario.title, **period, "answers": answers(scenario)}


def _short(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".yaml").removesuffix(".yml")
