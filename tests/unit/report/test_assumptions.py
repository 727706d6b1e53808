"""The table of uncertain parameters: where each comes from."""

from __future__ import annotations

from sim.report.assumptions import parameters
from sim.scenario import load_scenario
from sim.scenario.quantity import JOINT


def test_values_of_a_calibration_have_it_as_their_source() -> None:
    lines = parameters(load_scenario("benghazi-minsk-2025")).lines
    joint = [line for line in lines if line.cells[0].main.startswith(JOINT)]
    assert joint
    assert {line.cells[-1].main for line in joint} == {"posterior of a calibration"}
    assert "posterior of a calibration" not in {line.cells[-1].main for line in lines if line not in joint}
