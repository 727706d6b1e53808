"""What common random numbers are worth: the variance of a difference, paired against independent seeds.

Parameters are central, so that chance alone remains. A difference consists of the people whom a measure touches, and
their own chance remains in it: on outcomes that the ban hardly touches (the sea) pairing takes nearly all variance
away, on the attempts that it prevents a part. The independent variance is that of one scenario plus the other's.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenario.load import load_scenario
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.study import Study


@pytest.fixture(scope="module")
def study() -> Study:
    scenarios = {name: load_scenario(name) for name in ("benghazi-surge", "carrier-ban")}
    return carry_out(Plan("compare", scenarios, 16, drawn=False))


def ratio(study: Study, measure: str) -> float:
    """Variance of the difference with independent seeds over that with pairs."""
    base, other = (study.matrix(name, measures=[measure], names=["all"]).values[:, 0] for name in study.names)
    return float((np.var(base, ddof=1) + np.var(other, ddof=1)) / np.var(other - base, ddof=1))


@pytest.mark.parametrize("measure", ["deaths", "landed", "intercepted"])
def test_pairing_cuts_the_variance_of_a_difference_fiftyfold(study: Study, measure: str) -> None:
    assert ratio(study, measure) >= 50


@pytest.mark.parametrize(("measure", "least"), [("attempts", 1.5), ("entries", 2), ("stranded", 10), ("returned", 10)])
def test_pairing_cuts_the_variance_of_what_the_measure_itself_changes(study: Study, measure: str, least: float) -> None:
    assert ratio(study, measure) >= least
