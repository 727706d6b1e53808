"""A study is mended by what lies in its folder: the same bytes as before, and what was wrong is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.outputs.folder import OutputError
from sim.scenario import ScenarioError, to_yaml
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.store.store import Store
from sim.studies.store.verify import verify
from sim.sweeps.completed_sweep import wide_tables
from sim.sweeps.experiment_files import read_experiment
from sim.sweeps.mend import mend
from sim.sweeps.sweep_plan import plan_of
from tests.strategies import tiny_scenario

TINY = {"tiny": tiny_scenario({"behaviour": {"retry": {"uniform": [2, 6]}}}, days=20)}
SWEEP = """\
kind: sweep
title: short
scenario: {scenario}
design: latin-hypercube
samples: 6
parameters:
  behaviour.retry: {title: retry}
outcomes: [attempts, deaths]
"""


def tables(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.suffix in (".parquet", ".csv")}


@pytest.mark.parametrize(
    "plan",
    [Plan("replicates", TINY, 5, twins=2), Plan("replicates", TINY, 1), Plan("compare", TINY | {"b": TINY["tiny"]}, 3)],
)
def test_what_is_missing_is_done_again(plan: Plan, tmp_path: Path) -> None:
    carry_out(plan, tmp_path / "s")
    before = tables(tmp_path / "s")
    (file,) = (tmp_path / "s" / "totals").iterdir()
    file.unlink()
    found = mend(tmp_path / "s")
    assert found.damage == [f"{file}: missing"]
    assert found.study.complete
    assert tables(tmp_path / "s") == before
    assert mend(tmp_path / "s")[:2] == ([], 0)


def test_runs_that_were_asked_for_are_done(tmp_path: Path) -> None:
    carry_out(Plan("replicates", TINY, 3), tmp_path / "s")
    Store(tmp_path / "s", Plan("replicates", TINY, 7)).close()
    found = mend(tmp_path / "s")
    assert (found.lacked, found.study.there, found.study.complete) == (4, 7, True)


def test_a_sweep_is_mended(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(to_yaml(TINY["tiny"]))
    (tmp_path / "short.yaml").write_text(SWEEP.replace("{scenario}", "mine.yaml"))
    carry_out(plan_of(read_experiment(str(tmp_path / "short.yaml"), {})), tmp_path / "s", tables=wide_tables)
    before = tables(tmp_path / "s")
    next((tmp_path / "s" / "totals").iterdir()).write_bytes(b"")
    (tmp_path / "s" / "runs.parquet").unlink()
    mend(tmp_path / "s")
    assert tables(tmp_path / "s") == before
    assert verify(tmp_path / "s").damage == []


def test_what_cannot_be_mended_names_the_command(tmp_path: Path) -> None:
    carry_out(Plan("replicates", TINY, 2), tmp_path / "s", command="corridor run mine.yaml")
    (tmp_path / "s" / "scenarios" / "tiny.yaml").unlink()
    with pytest.raises(OutputError, match=r"tiny.yaml: damaged.*\n.*corridor run mine.yaml"):
        mend(tmp_path / "s")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("[attempts, deaths]", "[attempts, deaths, attempts]", "outcomes: found attempts twice"),
        ("[attempts, deaths]", "[attempts, attempts@all]", "outcomes: found attempts twice"),
        ("scenario: minsk-2021", "scenarios: [minsk-2021, minsk-2021]", "minsk-2021"),
    ],
)
def test_a_name_that_stands_twice_is_refused(old: str, new: str, what: str, tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text(SWEEP.replace("{scenario}", "minsk-2021").replace(old, new))
    with pytest.raises(ScenarioError, match=what):
        read_experiment(str(tmp_path / "e.yaml"), {})
