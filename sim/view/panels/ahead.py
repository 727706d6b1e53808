"""Runs from which scenarios begin: run in the background before such a scenario is opened, as that takes seconds."""

from __future__ import annotations

from typing import Any

from sim.view.background import Job, Report
from sim.view.session import Session
from sim.view.state.window import is_begun, run_ahead


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
        now = self.job.progress
        if now.state != "running":
            return ""
        return f"runs the days before the first: {now.done:,} of {now.total:,}" if now.total else "runs the days before"
