"""A finished run without measures."""

from __future__ import annotations

import pytest

from sim.model import CorridorModel
from tests.strategies import finished, tiny_scenario


@pytest.fixture(scope="module")
def plain() -> CorridorModel:
    """The tiny scenario without measures, run to its end."""
    return finished(tiny_scenario())
