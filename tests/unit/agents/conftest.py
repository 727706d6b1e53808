"""A model to look at, and one to change."""

from __future__ import annotations

import pytest

from sim.model import CorridorModel
from tests.strategies import finished, tiny_scenario


@pytest.fixture(scope="module")
def seen() -> CorridorModel:
    """A model after 60 days, only to be looked at."""
    return finished(tiny_scenario(), days=60)


@pytest.fixture
def model() -> CorridorModel:
    """A model that a test may change."""
    return CorridorModel(tiny_scenario())
