"""A finished study to look at."""

from __future__ import annotations

import pytest

from sim.studies.carry_out import carry_out
from sim.studies.study import Study
from tests.unit.studies.small import PLAN


@pytest.fixture(scope="module")
def study() -> Study:
    return carry_out(PLAN)
