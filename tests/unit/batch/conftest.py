"""A finished study to look at."""

from __future__ import annotations

import pytest

from sim.batch.studies import carry_out
from sim.batch.study import Study
from tests.unit.batch.small import PLAN


@pytest.fixture(scope="module")
def study() -> Study:
    return carry_out(PLAN)
