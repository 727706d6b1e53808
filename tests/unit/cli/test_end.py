"""Want of memory has many faces, and is told as what it is."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli.end import explained
from sim.engine.build import BYTES_PER_MIGRANT
from tests.command import Corridor
from tests.unit.cli.process import command, environment

MEMORY = "not enough memory"
FACES = {
    "an array": MemoryError("Unable to allocate 7 GiB"),
    "without a word": MemoryError(),
    "a thread": RuntimeError("can't start new thread"),
    "the system": OSError(errno.ENOMEM, "Cannot allocate memory"),
    "a library": ImportError("libx.so: failed to map segment from shared object"),
}


@pytest.mark.parametrize("error", FACES.values(), ids=FACES)
def test_too_little_memory_is_no_internal_error(error: Exception) -> None:
    text, status = explained(error)
    assert (text.startswith(MEMORY), len(text.splitlines()), status) == (True, 1, 1)


def test_it_is_seen_below_the_error_that_a_library_made_of_it() -> None:
    try:
        try:
            raise OSError("libx.so: failed to map segment from shared object")
        except OSError as below:
            raise RuntimeError("library not found") from below
    except RuntimeError as error:
        assert explained(error)[0].startswith(MEMORY)


@pytest.mark.parametrize("error", [ValueError("x"), RuntimeError("no thread"), KeyError("memory")])
def test_other_errors_are_not_taken_for_it(error: Exception) -> None:
    assert explained(error)[0].startswith("internal error: ")


def test_a_run_says_how_many_migrants_need_how_much(
    here: Path, corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise MemoryError("Unable to allocate")

    monkeypatch.setattr("sim.engine.build.new_rows", none)
    done = corridor("run", "tiny.yaml", "--set", "cohorts.iraqis.size=7000000", "--out", "r")
    assert done.status == 1
    assert MEMORY in done.err
    assert "migrants need about" in done.err
    assert "internal error" not in done.err
    megabytes = int(done.err.split("need about ")[1].split(" MB")[0].replace(",", ""))
    assert megabytes * 1e6 >= 7_000_000 * BYTES_PER_MIGRANT - 1e6
    assert not (here / "r").exists()


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="a limit of address space that is kept")
def test_a_limit_of_memory_is_named(here: Path) -> None:
    line = f"ulimit -v 3000000; exec {' '.join(command())} run benghazi-minsk-2025 --days 9 --out r"
    words = ["bash", "-c", f"{line} --set cohorts.libya-west.size=50000000"]
    done = subprocess.run(words, cwd=here, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"corridor: {MEMORY}")
    assert ("migrants need about" in done.stderr, "Traceback" in done.stderr) == (True, False)
