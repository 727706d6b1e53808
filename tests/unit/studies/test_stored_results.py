"""What `sim.results` gives, in whatever order things are imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.outputs.folder import OutputError
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.study import Study
from sim.sweeps.completed_sweep import sweep_array, sweep_frame
from tests.strategies import tiny_scenario


@pytest.mark.parametrize(
    "first", ["", "import sim.outputs.results", "from sim.outputs.results import Results", "sim.run"]
)
def test_results_can_be_called_whoever_imports_it_first(first: str) -> None:
    code = f"import sim\n{first}\nassert callable(sim.results), sim.results"
    environment = {"PYTHONPATH": str(Path(sim.__file__).parent.parent), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr


def test_a_folder_is_opened_as_what_it_holds(tmp_path: Path) -> None:
    carry_out(Plan("replicates", {"tiny": tiny_scenario(days=20)}, 2), tmp_path / "study")
    assert isinstance(sim.results(tmp_path / "study"), Study)  # type: ignore[operator]
    sim.run(tiny_scenario(days=20)).write(tmp_path / "run")
    assert isinstance(sim.results(tmp_path / "run"), sim.Results)  # type: ignore[operator]
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(OutputError):
            sim.results(folder)  # type: ignore[operator]
    for opening in (sweep_frame, sweep_array):
        with pytest.raises(OutputError):
            opening(tmp_path / "study")
