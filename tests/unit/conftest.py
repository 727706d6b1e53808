"""Fixtures that the unit tests share."""

from __future__ import annotations

import pytest

from sim.outputs.results import Results
from sim.runs import run
from sim.scenario.quantity import Distribution
from tests.command import Corridor, caller
from tests.strategies import replicates_by_day, tiny_scenario


@pytest.fixture
def corridor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Corridor:
    """``corridor("run", "tiny.yaml")`` carries the command out here; gives its status and what it printed."""
    return caller(monkeypatch, capsys)


@pytest.fixture(scope="module")
def one() -> Results:
    return run(tiny_scenario())


@pytest.fixture(scope="module")
def many() -> Results:
    spread = Distribution("triangular", (0.01, 0.04, 0.09))
    return replicates_by_day(tiny_scenario({"cohorts": {"iraqis": {"leaving_rate": spread}}}), 4)


@pytest.fixture(params=["one", "many"])
def results(request: pytest.FixtureRequest) -> Results:
    found: Results = request.getfixturevalue(request.param)
    return found
