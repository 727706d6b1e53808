"""What limits the flow of the run on screen: watched, and repeated with one step at a time made a tenth easier."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import solara

from sim.report.limits.page import section
from sim.report.limits.rows import told
from sim.scenario import Scenario
from sim.studies.limits.limits import Limits, limits_of
from sim.studies.limits.sources import cases_of
from sim.view.background import Job, Report
from sim.view.components import to_json
from sim.view.controls import Message, Screen, answers, followed, progress_of
from sim.view.levers import title
from sim.view.panels.apart import Advance, apart
from sim.view.session import Session
from sim.view.widgets import WhyWidget, landmark, static

BEFORE, AFTER = "without changes", "with the changes"


class Why:
    """The explanation of a session's run.

    Attributes:
        job: Its work; the result is what the page shows.
        of: The scenario that was explained; None if none was.
    """

    def __init__(self, session: Session) -> None:
        """Set up without explaining anything."""
        self.session = session
        self.job = Job()
        self.of: Scenario | None = None

    @property
    def stale(self) -> bool:
        """Return whether the run on screen is another than the one explained."""
        return self.of is not self.session.scenario

    def start(self) -> None:
        """Explain the run on screen and, if there are changes, what they do by step; raises ValueError if busy."""
        session = self.session
        base = None if session.choices.empty else session.base
        scenario = session.scenario

        def work(report: Report) -> Any:
            return apart(explained, scenario, base, report=report)

        if not self.job.begin(work):
            raise ValueError("an explanation is under way: cancel it first")
        self.of = scenario


def explained(scenario: Scenario, base: Scenario | None, advance: Advance) -> dict[str, Any]:
    """Return what limits the flow, in sentences and tables: of a scenario, and of its difference from another."""
    if base is None:
        cases, pairs = cases_of(scenario, name="this run"), []
    else:
        cases, pairs = [*cases_of(base, name=BEFORE), *cases_of(scenario, name=AFTER)], [(BEFORE, AFTER)]
    limits = limits_of(cases, progress=advance)
    found, routes = section(limits, pairs), told(limits, pairs)[0]
    if not routes:  # no step of any route differs: what limits them all the same
        rest = _of(limits, cases[-1].name)
        found, routes = found._replace(steps=section(rest, []).steps), told(rest, [])[0]
    return {
        "steps": [
            {"title": _title(scenario, route), "sentences": words, "table": asdict(table)}
            for (_, route), (words, table) in zip(routes, found.steps, strict=True)
        ],
        "differences": [asdict(table) for table in found.differences],
        "notes": found.notes,
    }


def _title(scenario: Scenario, name: str) -> str:
    route = scenario.routes[name]
    return f"{title(scenario, route.origin)} to {title(scenario, route.destination)}"


def _of(limits: Limits, scenario: str) -> Limits:
    steps, gains = (table[table["scenario"] == scenario] for table in (limits.steps, limits.gains))
    return limits._replace(steps=steps, gains=gains)


@solara.component
def WhyPage(screen: Screen) -> None:  # noqa: N802
    """Show what limits the flow of the run on screen."""
    with landmark("main", "corridor-why"):
        solara.Style(static("pages.css"))
        _panel(screen)


@solara.component
def _panel(screen: Screen) -> Any:
    why, session = screen.why, screen.session
    answered, error = solara.use_reactive(0), solara.use_reactive("")
    now = followed(why.job)

    def act(message: Message) -> None:
        if "start" in message:
            why.start()
        if "cancel" in message:
            why.job.cancel()

    content = {
        "answered": answered.value,
        "title": session.title,
        "changes": [step.words for step in session.history.steps[1 : session.history.at + 1]],
        "stale": why.stale,
        "found": now.result,
        **progress_of(now, error.value),
    }
    return WhyWidget.element(data=to_json(content), on_sent=answers(act, answered, error))
