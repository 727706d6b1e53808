"""Scripts that start worker processes: guarded ones work, others are told what they lack, once and before any start."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.scenario import to_yaml
from sim.studies.work.main_guard import MainGuardError
from tests.strategies import tiny_scenario

pytestmark = pytest.mark.long  # together: each starts processes of its own
CALL = "study = sim.compare('tiny.yaml', 'other.yaml', replicates=2, jobs=2); print(len(study.runs), 'runs')"
BARE = f"import sim\nprint('begun')\n{CALL}\n"
LATER = f"import sim\nif __name__ == '__main__':\n    print('begun')\n{CALL}\n"
GUARDED = {
    "inside": f"import sim\nif __name__ == '__main__':\n    print('begun')\n    {CALL}\n",
    "by a function": f"import sim\ndef f():\n    {CALL}\nif '__main__' == __name__:\n    print('begun')\n    f()\n",
}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    for name, retry in (("tiny", 3), ("other", 9)):
        scenario = tiny_scenario({"behaviour": {"retry": retry}}, days=5)
        (tmp_path / f"{name}.yaml").write_text(to_yaml(scenario), encoding="utf-8")
    return tmp_path


def python(here: Path, *words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(sim.__file__).parents[1])}
    return subprocess.run(
        [sys.executable, *words], cwd=here, env=environment, input=text, capture_output=True, text=True, check=False
    )


def test_a_script_without_a_guard_is_told_so_in_one_sentence(here: Path) -> None:
    (here / "script.py").write_text(BARE)
    done = python(here, "script.py")
    assert done.returncode == 1
    assert done.stdout == "begun\n", "no worker has run it again"
    assert done.stderr.count("Traceback") == 1
    last = done.stderr.splitlines()[-1]
    assert "script.py, line 3: worker processes import this file" in last
    assert 'if __name__ == "__main__":' in last


def test_a_guard_elsewhere_in_the_script_does_not_do(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here it is a program that runs in this process."""
    monkeypatch.chdir(here)
    (here / "script.py").write_text(LATER)
    with pytest.raises(MainGuardError, match=r"script\.py, line 4: worker processes import this file"):
        runpy.run_path("script.py", run_name="__main__")


@pytest.mark.parametrize(
    "script", [GUARDED["inside"], pytest.param(GUARDED["by a function"], marks=pytest.mark.nightly)], ids=GUARDED
)
def test_a_script_with_a_guard_works(here: Path, script: str) -> None:
    (here / "script.py").write_text(script)
    done = python(here, "script.py")
    assert (done.returncode, done.stdout) == (0, "begun\n4 runs\n"), done.stderr


def test_a_script_on_standard_input_is_told_so(here: Path) -> None:
    done = python(here, "-", text=BARE)
    assert done.returncode == 1
    assert done.stderr.count("Traceback") == 1
    assert "came from <stdin>: save it as a file" in done.stderr.splitlines()[-1]


@pytest.mark.nightly  # by day, the command in the next test is such a program
def test_python_with_the_program_in_a_word_works(here: Path) -> None:
    done = python(here, "-c", BARE)
    assert (done.returncode, done.stdout) == (0, "begun\n4 runs\n"), done.stderr


@pytest.mark.parametrize(
    "name", [*(pytest.param(name, marks=pytest.mark.nightly) for name in ("numbers", "random")), "sim"]
)
def test_modules_in_the_working_folder_are_not_taken_by_workers(here: Path, name: str) -> None:
    (here / f"{name}.py").write_text(f"open({str(here / 'taken')!r}, 'w')\nraise ImportError('shadowed')\n")
    words = ["compare", "tiny.yaml", "other.yaml", "--replicates", "2", "--jobs", "2", "--out", "out"]
    done = python(here, "-P", "-c", f"import sys; sys.argv[1:] = {words}; from sim.cli.main import main; main()")
    assert done.returncode == 0, done.stderr
    assert not (here / "taken").exists()
