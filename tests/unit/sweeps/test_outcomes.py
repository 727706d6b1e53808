"""What is looked at in a run, as an experiment's file writes it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenario.errors import ScenarioError
from sim.sweeps.outcomes import OutcomeOf, conditions


def test_conditions_are_read_as_they_are_written() -> None:
    clauses = conditions("pressure_peak > 1.5 and deaths@poland <= 20")
    assert [str(clause) for clause in clauses] == ["pressure_peak > 1.5", "deaths@poland <= 20"]
    assert clauses[1].outcome == OutcomeOf("deaths", "poland")
    values = np.array([1.0, 2.0, np.nan])
    assert clauses[0].holds(values).tolist() == [False, True, False]
    for text in ("", "pressure_peak", "pressure_peak > many", "a > 1 or b > 2", "pressure_peak = 1"):
        with pytest.raises(ScenarioError, match="--where"):
            conditions(text)
