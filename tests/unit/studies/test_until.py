"""Studies that go on until something is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario.errors import ScenarioError
from sim.studies.carry_out import Until, looks, replicates
from tests.unit.studies.small import BASE


def test_until_goes_on_until_the_mean_is_known(tmp_path: Path) -> None:
    rule = Until(0.02, "attempts", cap=200)
    study = replicates(BASE, until=rule, folder=tmp_path / "s")
    assert study.replicates in set(looks(200)) - {200}
    assert rule.met(study)
    before = [size for size in looks(200) if size < study.replicates]
    if before:
        assert not rule.met(replicates(BASE, before[-1]))
    again = replicates(BASE, until=rule, folder=tmp_path / "s")
    assert again.replicates == study.replicates


def test_until_ends_at_its_cap_and_says_how_far_it_came() -> None:
    rule = Until(1e-6, "deaths", "poland", cap=25)
    study = replicates(BASE, until=rule)
    assert study.replicates == 25
    assert rule.reached(study)[0] > 1e-6


def test_until_names_a_measure_that_is_not_there() -> None:
    with pytest.raises(ScenarioError, match=r"found 'attemps@all'; allowed for all: .*attempts"):
        replicates(BASE, until=Until(0.05, "attemps"))
    with pytest.raises(ScenarioError, match="allowed for nowhere: nothing"):
        replicates(BASE, until=Until(0.05, "attempts", "nowhere"))
