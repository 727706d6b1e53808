"""The numbers of a run or study, as reports ask for them."""

from __future__ import annotations

import pytest

from sim.report.findings import Findings
from sim.runs import run
from tests.strategies import tiny_scenario


@pytest.fixture(scope="module")
def found() -> Findings:
    return Findings(run(tiny_scenario(days=20)))


def test_each_section_is_its_agencys_alone(found: Findings) -> None:
    sections = found.scenarios[found.base].sections
    assert len(found.agencies) > 1
    for agency in found.agencies:
        assert found.sections_of(agency) == [name for name in found.sections if sections[name].agency == agency]
    assert sorted(name for agency in found.agencies for name in found.sections_of(agency)) == sorted(sections)
