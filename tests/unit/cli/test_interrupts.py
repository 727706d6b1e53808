"""Ctrl-C at any moment: one message, nothing half done, and never unheard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from sim.agents.calendar import Calendar
from sim.cli import interrupts
from sim.outputs.results import Results
from sim.studies.store.verify import verify
from tests.command import Corridor
from tests.unit.cli.process import command, environment


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_interruption_of_the_run(here: Path, corridor: Corridor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.model.CorridorModel.step", interrupt)
    done = corridor("run", "tiny.yaml")
    assert done.status == 130
    assert "interrupted: nothing was written" in done.err
    assert [path.name for path in here.iterdir()] == ["tiny.yaml"]


IMPORTING = """
import builtins, os, signal, sys
MODULE = sys.argv[1]
signal.signal(signal.SIGINT, signal.default_int_handler)
from sim.cli import command
load = builtins.__import__
def slowly(name, *rest):
    global MODULE
    if name == MODULE:
        MODULE = None
        os.kill(os.getpid(), signal.SIGINT)
    return load(name, *rest)
builtins.__import__ = slowly
sys.argv = ["corridor", "schema"]
command()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("module", ["typer", "sim.scenario.json_schema"])
def test_ctrl_c_while_the_command_is_imported_or_imports(here: Path, module: str) -> None:
    words = [sys.executable, "-c", IMPORTING, module]
    done = subprocess.run(words, cwd=here, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "corridor: interrupted\n")


@pytest.mark.usefixtures("no_figures")
def test_interruption_of_the_tables(here: Path, corridor: Corridor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.report.console.show", interrupt)
    done = corridor("run", "tiny.yaml")
    assert done.status == 130
    assert f"the results are in {Path('results/tiny-1')}" in done.err
    assert Results.read(here / "results" / "tiny-1").replicates == 1


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("sent", [pytest.param(signal.SIGINT, marks=pytest.mark.nightly), signal.SIGTERM])
def test_ctrl_c_and_sigterm(here: Path, sent: signal.Signals) -> None:
    """By day, tests/faults/test_kill.py sends SIGINT."""
    words = [*command(), "run", "tiny.yaml", "--replicates", "20000", "--jobs", "2"]
    running = subprocess.Popen(
        words, cwd=here, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    until = time.monotonic() + 120
    while not any(here.glob("results/*/spool/*.bin")) and time.monotonic() < until:  # the first runs are kept
        time.sleep(0.05)
    running.send_signal(sent)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 128 + sent
    assert "Traceback" not in err
    assert "interrupted" in err
    for folder in here.glob("results/*"):
        assert verify(folder).damage == []


# Presses Ctrl-C for all of the group, as a terminal does, when a module is about to be imported: there and then, or in
# a finaliser, where Python ignores what is raised.
PRESSED = """
import os, signal, sys

module, where, *words = sys.argv[1:]

def press():
    os.killpg(0, signal.SIGINT)

class Finaliser:
    def __del__(self):
        press()

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            sys.meta_path.remove(self)
            press() if where == "plain" else Finaliser()

sys.meta_path.insert(0, Watch())
from sim.cli.main import main
sys.argv = ["corridor", *words]
main()
"""


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("where", ["plain", pytest.param("finaliser", marks=pytest.mark.nightly)])
@pytest.mark.parametrize(
    "module",
    [
        "typer",
        *(pytest.param(module, marks=pytest.mark.nightly) for module in ("pydantic", "numba")),
        "sim.studies.work.dispatch",
    ],
)
def test_ctrl_c_on_a_terminal_during_the_imports(here: Path, module: str, where: str) -> None:
    """The terminal sends it to all of the group: the server of worker processes, just starting, must not mind."""
    running = subprocess.run(
        [sys.executable, "-c", PRESSED, module, where, "compare", "benghazi-surge", "carrier-ban", "--jobs", "2"],
        cwd=here, env=environment(), capture_output=True, text=True, start_new_session=True, timeout=120, check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert running.returncode in (130, -signal.SIGINT)  # the latter before there is anything of ours
    assert module == "typer" or running.returncode == 130
    assert where == "plain" or "interrupted" in running.stderr
    assert "ignored" not in running.stderr
    assert "forkserver" not in running.stderr
    assert "preload" not in running.stderr
    assert not list(here.glob("results/*/study.json"))


@pytest.mark.usefixtures("no_figures")
@pytest.mark.parametrize("words", [["run", "tiny.yaml"], ["run", "tiny.yaml", "--replicates", "3", "--jobs", "1"]])
def test_an_interruption_that_went_unheard_ends_the_run_at_the_next_day_or_run(
    here: Path, corridor: Corridor, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """Whoever swallows it: here, the scenario's first day."""
    monkeypatch.setattr(interrupts, "_asked", False)
    turn = Calendar.turn

    def pressed(calendar: Calendar, day: int) -> None:
        if day == 0:
            with suppress(KeyboardInterrupt):
                interrupts._note(signal.SIGINT, None)
        turn(calendar, day)

    monkeypatch.setattr(Calendar, "turn", pressed)
    done = corridor(*words)
    assert done.status == 130
    assert "interrupted: " in done.err
    assert not (here / "results" / "tiny-1").exists()
