"""A study that is ended from outside, at any moment, goes on where it was with the same command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.batch.plan import Plan
from sim.batch.studies import carry_out
from sim.batch.study import Study
from sim.batch.verify import verify
from sim.scenario.load import load_scenario
from sim.scenario.write import to_yaml
from tests.strategies import tiny_scenario

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
REPLICATES = 800


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("here")
    (folder / "tiny.yaml").write_text(to_yaml(tiny_scenario(days=100)))
    return folder


@pytest.fixture(scope="module")
def undisturbed(here: Path) -> dict[str, bytes]:
    scenario = load_scenario(here / "tiny.yaml")
    carry_out(Plan("replicates", {"tiny": scenario}, REPLICATES, twins=20), here / "undisturbed")
    return tables(here / "undisturbed")


def tables(folder: Path) -> dict[str, bytes]:
    files = (file for file in sorted(folder.rglob("*")) if file.suffix in (".parquet", ".csv"))
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def command(out: str, *words: str) -> list[str]:
    run = ["run", "tiny.yaml", "--replicates", str(REPLICATES), "--out", out, "--quiet"]
    return [sys.executable, "-W", "ignore", "-c", "from sim.cli import main; main()", *run, *words]


def start(here: Path, out: str, *words: str) -> subprocess.Popen[str]:
    path = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen(
        command(out, *words), cwd=here, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def wait_for_runs(folder: Path, process: subprocess.Popen[str]) -> None:
    """Until some runs are done, and not all."""
    until = time.monotonic() + 120
    while not (list(folder.glob("spool/*.bin")) or list(folder.glob("runs/*.parquet"))):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_study_that_was_killed_goes_on(here: Path, undisturbed: dict[str, bytes], jobs: str) -> None:
    out = f"killed-{jobs}"
    process = start(here, out, "--jobs", jobs)
    wait_for_runs(here / out, process)
    process.kill()
    process.communicate()
    assert verify(here / out).damage == []
    kept = len(Study(here / out).runs)
    assert kept < REPLICATES
    again = start(here, out, "--jobs", jobs)
    assert again.wait(300) == 0, again.communicate()
    again.communicate()
    assert tables(here / out) == undisturbed


def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(here: Path, undisturbed: dict[str, bytes]) -> None:
    process = start(here, "stopped", "--jobs", "2")
    wait_for_runs(here / "stopped", process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.strip() == "corridor: interrupted: what was done is kept in stopped; the same command goes on"
    assert verify(here / "stopped").damage == []
    again = start(here, "stopped", "--jobs", "2")
    assert again.wait(300) == 0
    again.communicate()
    assert tables(here / "stopped") == undisturbed


def test_a_second_command_is_refused_while_the_first_writes(here: Path) -> None:
    first = start(here, "shared", "--jobs", "1", "--until", "0.0001", "--at-most", "100000")
    try:
        wait_for_runs(here / "shared", first)
        second = start(here, "shared", "--jobs", "1")
        _, err = second.communicate(timeout=120)
    finally:
        first.kill()
        first.communicate()
    assert second.returncode == 2
    who = f"another corridor (process {first.pid}) is writing here"
    assert err.strip() == f"corridor: shared: {who}; wait for it, or choose another folder"


def test_a_file_size_limit_is_a_clear_error(here: Path) -> None:
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    process = subprocess.run(
        command("limited", "--jobs", "1"), cwd=here, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        preexec_fn=limit, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert process.returncode == 2
    assert (
        "limited: cannot be written: File too large; what was done is kept, the same command goes on" in process.stderr
    )
    assert "Traceback" not in process.stderr
    assert verify(here / "limited").damage == []
