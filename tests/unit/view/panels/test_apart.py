"""Work in another process: its result, its progress, its errors; and an end when it is cancelled."""

from __future__ import annotations

import os
from typing import Any

import pytest

from sim.outputs.folder import OutputError
from sim.scenario import ScenarioError
from sim.view.background import Job
from sim.view.panels.apart import apart
from sim.view.panels.documents import documents
from tests.strategies import tiny_scenario


def test_what_another_process_finds_comes_back() -> None:
    told: list[tuple[int, ...]] = []
    assert apart(callable, report=lambda *progress: told.append(progress)) is True
    assert told


class Deadly:
    """Ends the process that unpickles it."""

    def __reduce__(self) -> Any:
        return os._exit, (3,)


def test_errors_come_back_and_a_dead_process_is_told() -> None:
    with pytest.raises(OutputError, match="allowed: brief, report"):
        apart(documents, "poem", tiny_scenario(days=20), "tiny", report=lambda *_: None)
    with pytest.raises(OutputError, match="has died"):
        apart(callable, Deadly(), report=lambda *_: None)


def test_a_job_that_is_cancelled_ends_and_keeps_nothing() -> None:
    job = Job()
    assert job.begin(lambda report: apart(documents, "brief", tiny_scenario(), "tiny", report=report))
    assert not job.begin(lambda report: None)
    job.cancel()
    assert job.wait(60)
    assert (job.progress.state, job.progress.result) == ("cancelled", None)


def test_what_is_not_allowed_is_told() -> None:
    job = Job()

    def wrong(_: object) -> None:
        raise ScenarioError("found x")

    assert job.begin(wrong)
    assert job.wait(60)
    assert (job.progress.state, job.progress.error) == ("failed", "found x")
