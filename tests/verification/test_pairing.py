"""What common random numbers are worth: the variance of a difference, paired against independent seeds.

Parameters are central, so that chance alone remains. A difference consists of the people whom a measure touches, and
their own chance remains in it: on outcomes that the ban hardly touches (the sea) pairing takes nearly all variance
away, on the attempts that it prevents most. The independent variance is that of one scenario plus the other's.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenario.load import load_scenario
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.study import Study

pytestmark = pytest.mark.nightly  # a minute, for what few changes touch
PAIRS = 60


@pytest.fixture(scope="module")
def study() -> Study:
    scenarios = {name: load_scenario(name) for name in ("benghazi-surge", "carrier-ban")}
    return carry_out(Plan("compare", scenarios, PAIRS, drawn=False))


def ratio(study: Study, measure: str) -> float:
    """Variance of the difference with independent seeds over that with pairs."""
    base, other = (study.matrix(name, measures=[measure], names=["all"]).values[:, 0] for name in study.names)
    return float((np.var(base, ddof=1) + np.var(other, ddof=1)) / np.var(other - base, ddof=1))


# 120 pairs say 94, 318, 190, 10, 8.2, 24 and 24. The logarithm of a ratio of two variances estimated from n pairs has a
# standard error of at most sqrt(4 / (n - 1)), 0.26 here. Each bound is a third of what 120 pairs say, four standard
# errors away; where pairing is worth nothing the ratio is 1.
LEAST = {
    "deaths": 31, "landed": 106, "intercepted": 63, "attempts": 3.4, "entries": 2.7, "stranded": 7.8, "returned": 8.1,
}  # fmt: skip


@pytest.mark.parametrize(("measure", "least"), LEAST.items(), ids=LEAST)
def test_pairing_cuts_the_variance_of_a_difference(study: Study, measure: str, least: float) -> None:
    assert ratio(study, measure) > least
