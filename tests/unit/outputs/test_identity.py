"""The identity of a model: no edit that can change a result goes unnoticed, and results of two models never mix."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.engine.processes import attempts
from sim.outputs.folder import OutputError
from sim.outputs.identity import check_identity, differences, identity, sources
from sim.scenario import to_yaml
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from tests.command import Corridor
from tests.strategies import tiny_scenario

PACKAGE = Path(sim.__file__).parent
TINY = tiny_scenario(days=20)


@pytest.mark.parametrize("folder", ["scenario", "engine", "engine/processes", "agents", "outputs"])
def test_every_source_of_the_model_is_covered(folder: str) -> None:
    files = {file.relative_to(PACKAGE).as_posix() for file in (PACKAGE / folder).glob("*.py")}
    assert files <= set(sources())
    assert {"model.py", "runs.py", "extend.py", "data/parameters.csv"} <= set(sources())


def test_an_identity_differs_by_name_of_what_differs() -> None:
    here = identity()
    assert differences(here, here) == []
    assert differences(json.loads(json.dumps(here)), here) == []
    edited = {**here, "sha256": "0", "sources": {**here["sources"], "agents/carrier.py": "0"}}
    assert differences(edited, here) == ["sim/agents/carrier.py"]
    other = {**here, "sha256": "0", "version": "9.9", "extensions": {"mine": "0"}}
    assert differences(other, here) == [f"version 9.9, here {here['version']}", "extension mine (there only)"]
    assert differences(None, here) == ["its record does not say which model made it"]
    with pytest.raises(OutputError, match=r"^place: made by another model.* differs in sim/agents/carrier.py; go$"):
        check_identity("place", edited, "go")


def test_a_rule_changed_by_hand_is_another_model(monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity()
    monkeypatch.setattr(attempts, "detection_probability", lambda section, coaching, p: 0.0)
    assert identity()["sha256"] != before["sha256"]
    assert differences(before, identity()) == ["a rule changed by hand, attempts.detection_probability (here only)"]


def test_a_study_is_not_gone_on_with_by_another_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def study(replicates: int) -> None:
        carry_out(Plan("replicates", {"tiny": TINY}, replicates), tmp_path / "s")

    study(2)
    with monkeypatch.context() as patch:
        patch.setattr(attempts, "detection_probability", lambda section, coaching, p: 0.0)
        with pytest.raises(OutputError, match=r"made by another model.*attempts\.detection_probability.*do not mix"):
            study(4)
        with pytest.raises(OutputError, match="worker processes would not have it"):
            carry_out(Plan("replicates", {"tiny": TINY}, 2), tmp_path / "other", jobs=2)
    study(4)


@pytest.mark.long
def test_an_edit_of_an_agent_is_noticed(tmp_path: Path, corridor: Corridor, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a copy of the package, as somebody who tries something would do it; the runs before are of the package."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(PACKAGE, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tiny.yaml").write_text(to_yaml(TINY), encoding="utf-8")

    def edited(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from sim.cli.main import main; main()", *words]
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    asked = ("run", "tiny.yaml", "--jobs", "1", "--out", "s", "--quiet")
    assert corridor(*asked, "--replicates", "2").status == 0
    assert corridor("run", "tiny.yaml", "--out", "r", "--quiet").status == 0
    with (tmp_path / "sim" / "agents" / "carrier.py").open("a") as file:
        file.write("\nWEEK = 6\n")
    again = edited(*asked, "--replicates", "4")
    assert again.returncode == 2
    assert "s: made by another model, which differs in sim/agents/carrier.py" in again.stderr
    replayed = edited("replay", "r")
    assert (replayed.returncode, "sim/agents/carrier.py" in replayed.stderr) == (2, True)
    assert edited("replay", "r", "--accept-older").stdout.count("identical") >= 1
