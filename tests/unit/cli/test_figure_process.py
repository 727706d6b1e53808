"""Figures of a run are drawn beside it, by a process that nobody notices."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli.figure_process import FigureProcess
from sim.outputs.results import Results
from sim.report.figures import drawn_figures

pytestmark = pytest.mark.long
BESIDE = """
import sys
from pathlib import Path
from sim.cli.figure_process import FigureProcess
from sim.outputs.results import Results

figures = FigureProcess()
assert figures._connection is not None
assert "matplotlib" not in sys.modules
results = Results.read("run")
figures.begin(results)
{between}
figures.write(results, Path("."))
print("here" if "matplotlib" in sys.modules else "beside")
"""
KILL = "import multiprocessing, os, signal; os.kill(multiprocessing.active_children()[0].pid, signal.SIGKILL)"


@pytest.mark.skipif(sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="no core to draw beside")
@pytest.mark.parametrize(("between", "by"), [("", "beside"), (KILL, "here")], ids=["beside", "killed"])
def test_the_bytes_are_the_same_whoever_draws(one: Results, tmp_path: Path, between: str, by: str) -> None:
    one.write(tmp_path / "run")
    script = BESIDE.format(between=between)
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{by}\n", "")
    assert {file.name: file.read_bytes() for file in tmp_path.glob("*.png")} == drawn_figures(one)


def test_without_a_fork_they_are_drawn_here(one: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    figures = FigureProcess()
    figures.begin(one)
    figures.write(one, tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.glob("*.png")} == drawn_figures(one)
