"""The first compilation on all cores: forks compile what is missing, nothing twice, and none is needed."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sim import compile_ahead
from sim.engine.compiled import JIT, cache_folder

pytestmark = pytest.mark.skipif(not JIT or sys.platform != "linux", reason="nothing is compiled, or not in forks")
TWO_CORES = pytest.mark.skipif(compile_ahead._cores() < 2, reason="one core")


@TWO_CORES
def test_forks_see_to_every_process_of_the_day_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_ahead.load_compiled()  # so that forks find all of it
    monkeypatch.setattr(compile_ahead, "is_cached", lambda: False)
    monkeypatch.setattr(threading, "active_count", lambda: 1)  # those of the tests' own workers hold nothing
    told: list[tuple[int, int]] = []
    compile_ahead.compile_ahead(lambda *how: told.append(how))
    assert told[-1][0] == told[-1][1] == 12
    assert told == sorted(told)
    assert multiprocessing.active_children() == []


def test_nothing_is_done_twice_nor_beside_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_fork(*_: object) -> None:
        raise AssertionError("forked")

    monkeypatch.setattr(multiprocessing, "get_context", no_fork)
    monkeypatch.setattr(compile_ahead, "is_cached", lambda: True)
    compile_ahead.compile_ahead()
    monkeypatch.setattr(compile_ahead, "is_cached", lambda: False)
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    compile_ahead.compile_ahead()


def test_a_system_that_allows_no_fork_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    monkeypatch.setattr(compile_ahead, "is_cached", lambda: False)
    monkeypatch.setattr(compile_ahead, "_cores", lambda: 2)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    compile_ahead.compile_ahead()


@pytest.mark.nightly  # compiles everything
@TWO_CORES
def test_what_forks_compiled_is_all_that_a_run_needs(tmp_path: Path) -> None:
    kept = []
    for out in ("first", "second"):
        command = [sys.executable, "-m", "sim.cli.main", "run", "arctic-2015", "--days", "2", "--out", out]
        env = {**os.environ, "CORRIDOR_CACHE": str(tmp_path)}
        done = subprocess.run(command, check=True, timeout=600, cwd=tmp_path, env=env, capture_output=True, text=True)
        kept.append({(file, file.stat().st_mtime_ns) for file in tmp_path.rglob("*.nb?")})
    assert kept[0] == kept[1] != set()
    assert "Compiling" not in done.stderr
    assert cache_folder() is None or cache_folder().name in {file.parents[1].name for file, _ in kept[0]}  # type: ignore[union-attr]
