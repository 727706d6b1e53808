"""Runs from which scenarios begin: run in the background before such a scenario is opened, as that takes seconds."""

from __future__ import annotations

import json
from typing import Any

import solara

from sim.view.background import Job, Progress, Report
from sim.view.session import Session
from sim.view.state.link import windows_of
from sim.view.state.window import is_begun, run_ahead
from sim.view.widgets import WaitWidget, landmark


class Ahead:
    """What a session waits for before it opens a scenario; the result of ``job`` is the scenario's name."""

    def __init__(self, session: Session) -> None:
        """Set up without waiting."""
        self.session = session
        self.job = Job()

    def waits(self, name: str) -> bool:
        """Return whether a scenario on offer cannot be opened yet; what it begins from is run from now on.

        Raises:
            ScenarioError: If it cannot be loaded.
            ValueError: If it is not on offer, or another one is waited for.
        """
        scenario = self.session.offer(name)
        if scenario.begins is None or is_begun(scenario):
            self.job.cancel()
            return False

        def work(report: Report) -> Any:
            run_ahead(scenario, report)
            return name

        if not self.job.begin(work):
            raise ValueError("another scenario is being made ready: a moment")
        return True

    @property
    def words(self) -> str:
        """Return what is waited for, in words; empty if nothing is."""
        return words_of(self.job.progress)


def words_of(now: Progress) -> str:
    """Return what is waited for, in words; empty if nothing is."""
    if now.state != "running":
        return ""
    return f"runs the days before the first: {now.done:,} of {now.total:,}" if now.total else "runs the days before"


def ahead_of_link(start: str, query: str) -> tuple[Job, str]:
    """Return what runs ahead before a link can be followed, and the title of the last scenario that needs it.

    The job has ended or is idle as soon as a session can be made at once. What is wrong is told by the session, which
    meets it again.
    """
    job, windows = Job(), windows_of(start, query)

    def work(report: Report) -> None:
        for window in windows:
            run_ahead(window, report)

    if windows:
        job.begin(work)
    return job, windows[-1].title if windows else ""


@solara.component
def WaitPage(title: str, now: Progress) -> None:  # noqa: N802
    """Show how far the run is from which a link's scenario begins."""
    data = {"title": title, "words": words_of(now), "done": now.done, "total": now.total}
    with landmark("main", "corridor-wait"):
        WaitWidget.element(data=json.dumps(data))
