"""A study that is ended from outside, at any moment, goes on where it was with the same command."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.outputs.folder import OutputError
from sim.scenario.load import load_scenario
from sim.scenario.write import to_yaml
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.store.verify import verify
from sim.studies.study import Study
from tests.faults import lives
from tests.strategies import tiny_scenario

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
REPLICATES = 200
KILLS = int(os.environ.get("CORRIDOR_KILLS", "20"))  # the nightly command asks for more
# A shell starts what it runs in the background with SIGINT ignored, and its children inherit that.
INTERRUPTIBLE = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from sim.cli.main import main; main()"
)
PER_LIFE = 16  # runs that a life does at most


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("here")
    (folder / "tiny.yaml").write_text(to_yaml(tiny_scenario(days=40)))
    return folder


@pytest.fixture(scope="module")
def plan(here: Path) -> Plan:
    return Plan("replicates", {"tiny": load_scenario(here / "tiny.yaml")}, max(REPLICATES, PER_LIFE * KILLS), twins=20)


@pytest.fixture(scope="module")
def undisturbed(here: Path, plan: Plan) -> dict[str, bytes]:
    carry_out(plan, here / "undisturbed")
    return lives.tables(here / "undisturbed")


def complaints(folder: Path) -> list[str]:
    """Damage that `verify` finds; a record whose last line was being written is what the next command mends."""
    return [line for line in verify(folder).damage if "its last line is cut off" not in line]


@pytest.mark.long
@pytest.mark.parametrize(("jobs", "kills"), [(1, KILLS - KILLS // 4), (2, KILLS // 4)])
def test_whatever_the_moment_of_a_kill_only_the_run_in_flight_is_done_again(
    here: Path, plan: Plan, undisturbed: dict[str, bytes], jobs: int, kills: int
) -> None:
    """Life after life on one folder, each ended by SIGKILL, all its workers with it; then the rest at once."""
    folder, log = here / f"killed-{jobs}", here / f"killed-{jobs}.log"
    lot = random.Random(jobs)
    for _ in range(kills):
        before = len(lives.runs_begun(log))
        life = lives.start(plan, folder, log, jobs, gate=PER_LIFE)
        lives.wait_for(log, before + lot.randint(1, PER_LIFE // 2), life)
        time.sleep(lot.uniform(0, 0.02))
        lives.end(life, folder)
        assert life.exitcode == -signal.SIGKILL
        assert complaints(folder) == []
    assert kills <= len(lives.runs_begun(log)) < len(plan.runs)
    last = lives.start(plan, folder, log, jobs)
    last.join()
    assert last.exitcode == 0
    assert lives.tables(folder) == undisturbed
    begun = lives.runs_begun(log)
    assert set(begun) == {run.number for run in plan.runs}
    assert len(begun) - len(plan.runs) <= kills * jobs, "more was done again than the runs in flight"


@pytest.mark.long
def test_a_command_that_was_killed_leaves_no_worker_and_goes_on(
    here: Path, plan: Plan, undisturbed: dict[str, bytes]
) -> None:
    """The command itself, with workers as it starts them; they end when it is gone."""
    process = start(here, "killed", "--replicates", str(plan.replicates), "--jobs", "2")
    wait_for_runs(here / "killed", process)
    process.kill()
    process.communicate()  # ends when the last worker has closed its standard error
    assert complaints(here / "killed") == []
    carry_out(plan, here / "killed")
    assert lives.tables(here / "killed") == undisturbed


@pytest.mark.long
def test_a_second_writer_is_refused_and_ctrl_c_stops_cleanly_and_says_how_to_go_on(here: Path, plan: Plan) -> None:
    process = start(here, "stopped", "--replicates", "50000", "--jobs", "2")
    wait_for_runs(here / "stopped", process)
    endless = Plan(plan.kind, plan.scenarios, 50_000, twins=plan.twins)
    with pytest.raises(OutputError) as refused:
        carry_out(endless, here / "stopped")
    who = f"another corridor (process {process.pid}) is writing here"
    assert str(refused.value) == f"{here / 'stopped'}: {who}; wait for it, or choose another folder"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=lives.PATIENCE)
    assert process.returncode == 130
    assert err.strip() == "corridor: interrupted: what was done is kept in stopped; the same command resumes"
    assert verify(here / "stopped").damage == []
    assert 0 < len(Study(here / "stopped").runs) < 50_000 or list((here / "stopped").glob("spool/*.bin"))


def start(here: Path, out: str, *words: str) -> subprocess.Popen[str]:
    """The command, in a process of its own."""
    line = ["run", "tiny.yaml", "--out", out, "--quiet", *words]
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", INTERRUPTIBLE, *line],
        cwd=here, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for_runs(folder: Path, process: subprocess.Popen[str]) -> None:
    """Until some runs are done."""
    until = time.monotonic() + lives.PATIENCE
    while not (list(folder.glob("spool/*.bin")) or list(folder.glob("runs/*.parquet"))):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)
