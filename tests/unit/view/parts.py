"""Parts of a tab for tests of other parts: a session, a model on a day, a screen."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import solara

from sim.view.background import Job, Progress
from sim.view.controls import Screen
from sim.view.session import Session
from tests.strategies import START, tiny_scenario


def day(number: int) -> Any:
    return START + timedelta(days=number)


def taken(**fields: Any) -> Session:
    """A session with the tiny scenario, as a sweep's point is opened."""
    session = Session()
    session.take("tiny.yaml", tiny_scenario(**fields))
    return session


class Shown:
    """A model on a day, which notes how far it is run."""

    def __init__(self, day: int) -> None:
        self.own_day = day
        self.source: Any = None

    def run_to(self, day: int) -> Shown:
        self.own_day = day
        return self


def screen(session: Any, page: str = "Live", **parts: Any) -> Screen:
    """A tab whose other parts are as given."""
    model = solara.reactive(parts.pop("shown", Shown(10)))
    missing = dict.fromkeys(("ahead", "comparison", "why", "bands", "documents", "outlooks"))
    pages = ("Live", "Compare")
    return Screen(session, model, model.value, solara.reactive(page), pages, **missing | parts)  # type: ignore[arg-type]


def done(job: Job) -> Progress:
    """Wait until a job has ended and has told so; return what it told."""
    assert job.wait(30)
    for thread in threading.enumerate():  # that which tells the end may not have done so yet
        if thread.name.endswith("(_work)"):
            thread.join(30)
    return job.progress
