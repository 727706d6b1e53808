"""Python does what the command line does: the same names, the same bytes, and an import that loads nothing heavy."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

import sim
from sim.cli.main import app
from sim.scenario import to_yaml
from sim.sweeps.outcomes import OutcomeOf
from tests.command import Corridor
from tests.strategies import tiny_scenario
from tests.unit.sweeps.small import FLIGHTS

FUNCTIONS = (
    "sweep", "sensitivity", "discover", "decide", "threshold", "calibrate", "backtest", "assimilate", "forecast"
)  # fmt: skip
OF_TERMINAL = {"out": "folder", "extensions": None, "wide": None, "quiet": None, "outcome": "outcomes"}
ARGUMENT = {"sensitivity": "sweep", "discover": "sweep", "decide": "sweep"}
SWEEP = f"""
kind: sweep
title: both ways
scenario: tiny.yaml
samples: 24
outcomes: [attempts, "boarded[2025-10]"]
parameters:
  {FLIGHTS}: {{title: flights, range: [0, 9]}}
"""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_options_of_a_command_are_options_of_its_function(name: str) -> None:
    root: Any = typer.main.get_command(app)
    command = root.commands[name]
    options = {p.name for p in command.params} - {"help"}
    wanted = {OF_TERMINAL.get(option, option) for option in options} - {None}
    wanted = {ARGUMENT[name] if option == "folder" and name in ARGUMENT else option for option in wanted}
    function = getattr(sim, name)
    parameters = inspect.signature(function).parameters
    assert wanted <= set(parameters)
    assert not any(p.kind is p.VAR_KEYWORD for p in parameters.values()), "options have names"
    assert "Raises:" in function.__doc__ and "Args:" in function.__doc__


def test_the_import_is_light_and_has_the_version() -> None:
    heavy = "[m for m in ('numpy', 'pandas', 'scipy', 'mesa', 'numba', 'matplotlib', 'pydantic') if m in sys.modules]"
    code = f"import sim, sys; print({heavy}, sim.__version__); assert set(sim.__all__) == set(dir(sim))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("[] ") and done.stdout.split()[-1][0].isdigit()


def test_both_ways_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corridor: Corridor) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(to_yaml(tiny_scenario(days=25)), encoding="utf-8")
    (tmp_path / "both.yaml").write_text(SWEEP, encoding="utf-8")
    assert corridor("sweep", "both.yaml", "--jobs", "1", "--quiet", "--out", "there").status == 0
    found = sim.sweep("both.yaml", folder="here")
    assert Path("there/runs.parquet").read_bytes() == Path("here/runs.parquet").read_bytes()
    assert corridor("sensitivity", "there", "--quiet", "--over-time", "week").status == 0
    tables = sim.sensitivity(found, over_time="week")
    assert {f.stem for f in Path("there/analysis").glob("*.csv")} == {*tables.tables, "over-time"}
    assert Path("there/analysis/over-time-attempts.png").is_file()
    where = f"attempts > {found.y(OutcomeOf.parse('attempts')).mean()}"
    told = corridor("discover", "there", "--where", where)
    boxes = sim.discover(found, where)
    assert told.status == 0 and f"{boxes.share:.0%}" in told.out
    grown = corridor("sweep", "there", "--samples", "48", "--jobs", "1")
    assert grown.status == 0 and "48 points" in grown.out
    assert corridor("sweep", "there", "--samples", "50", "--jobs", "1").err.count("grows by doubling") == 1


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: sim.assimilate(particles=3), "particles: found 3; allowed: 20 or more"),
        (lambda: sim.assimilate(until="tomorrow"), "--until: found 'tomorrow'"),
        (lambda: sim.forecast(weeks=60), "found 60 weeks"),
        (lambda: sim.backtest("minsk-2021", particles=50), "options of a filter"),
        (lambda: sim.sweep({"kind": "sweep", "title": object}), "experiment:1: "),
        (lambda: sim.calibrate({"kind": "calibration", "title": "No more"}), "experiment:1: "),
        (lambda: sim.calibrate({"kind": "sweep"}), "which is for `corridor sweep`"),
        (lambda: sim.calibrate("background-2025", sbc=0), "--sbc: found 0 truths; allowed: 1 to 10,000"),
        (lambda: sim.assimilate({"kind": "filter", "title": "No more"}), "experiment:1: "),
        (lambda: sim.backtest({"kind": "filter", "title": "No more"}), "experiment:1: "),
        (lambda: sim.sweep("flights-threshold"), "`corridor threshold` carries it out"),
    ],
)
def test_mistakes_are_told(call: Any, match: str) -> None:
    with pytest.raises(sim.ScenarioError, match=match):
        call()
