"""Files of calibrations: mistakes are named by file, line and field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.inference.calibration_experiment import load_experiment
from sim.scenario.errors import ScenarioError
from tests.unit.inference.tiny import CONTENT, ORIGIN


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"smc": {"particels": 5}}, "did you mean 'particles'"),
        ({"colour": 1}, "unknown key 'colour'"),
        ({"parameters": {"a": {"title": "a", "paths": ["x"], "prior": 4}}}, "a distribution such as"),
        ({"over_dispersion": [0]}, "values above 0"),
    ],
)
def test_a_mistake_names_file_line_and_field(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    import json

    file = tmp_path / "wrong.yaml"
    file.write_text(json.dumps({**CONTENT, "backtest": {"origins": [str(ORIGIN)]}, **changes}, default=str), "utf-8")
    with pytest.raises(ScenarioError, match=message) as caught:
        load_experiment(file)
    assert "wrong.yaml:1" in str(caught.value)
