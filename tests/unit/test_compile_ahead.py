"""The first compilation on all cores: forks compile what is missing, nothing twice, and none is needed."""

from __future__ import annotations

import multiprocessing
import os
import signal
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


class Worker:
    """A fork that is never made."""

    def __init__(self, target: object, args: tuple[object, ...], daemon: bool) -> None:
        self.args, self.daemon, self.pid, self.told = args, daemon, None, list[str]()

    def start(self) -> None:
        self.pid = 7  # type: ignore[assignment]

    def is_alive(self) -> bool:
        return False

    def terminate(self) -> None:
        self.told.append("terminate")

    def join(self) -> None:
        self.told.append("join")


class Context:
    """What makes forks, and values that they share."""

    def __init__(self) -> None:
        self.made: list[Worker] = []

    def Value(self, kind: str, value: int) -> list[object]:  # noqa: N802
        return [kind, value]

    def Process(self, **given: object) -> Worker:  # noqa: N802
        self.made.append(Worker(**given))  # type: ignore[arg-type]
        return self.made[-1]


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> Context:
    """As many forks as are asked for, where nothing is compiled yet and eight cores are free."""
    context = Context()
    monkeypatch.setattr(multiprocessing, "get_context", lambda method: {"fork": context}[method])
    for name, value in (("_cores", 8), ("is_cached", False), ("is_kept", True)):
        monkeypatch.setattr(compile_ahead, name, lambda value=value: value)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    return context


def test_four_forks_at_most_are_begun_and_each_is_ended(forks: Context) -> None:
    compile_ahead.compile_ahead()
    assert [worker.told for worker in forks.made] == [["terminate", "join"]] * 4
    assert all(worker.daemon for worker in forks.made)
    runs, _, begun, done = forks.made[0].args
    assert (begun, done) == (["i", 0], ["i", 0])
    assert len(runs) == 12  # type: ignore[arg-type]
    sizes = [Path(compile_ahead.plain(run).__code__.co_filename).stat().st_size for run in runs]  # type: ignore[attr-defined]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("name", "value", "made"),
    [("_cores", 1, 0), ("_cores", 2, 2), ("_cores", 3, 3), ("is_cached", True, 0), ("is_kept", False, 0)],
)
def test_forks_are_begun_only_where_they_help(
    forks: Context, monkeypatch: pytest.MonkeyPatch, name: str, value: object, made: int
) -> None:
    monkeypatch.setattr(compile_ahead, name, lambda: value)
    compile_ahead.compile_ahead()
    assert len(forks.made) == made


@pytest.mark.parametrize("changed", ["replaced", "steps", "changed_by_hand"])
def test_what_an_extension_or_a_hand_has_changed_is_not_compiled_ahead(
    forks: Context, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    value = (lambda: ["x"]) if changed == "changed_by_hand" else {"x": None}
    monkeypatch.setattr(compile_ahead.rules, changed, value)
    compile_ahead.compile_ahead()
    assert forks.made == []


def test_a_fork_compiles_what_nobody_else_has_begun() -> None:
    compiled: list[int] = []

    class Run:
        def __init__(self, number: int) -> None:
            self.number = number

        def compile(self, types: object) -> None:
            assert types == "types"
            compiled.append(self.number)

    begun, done = multiprocessing.Value("i", 1), multiprocessing.Value("i", 0)
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        compile_ahead._compile([Run(k) for k in range(4)], "types", begun, done)  # type: ignore[arg-type]
    finally:
        for number, handler in zip((signal.SIGINT, signal.SIGTERM), before, strict=True):
            signal.signal(number, handler)
    assert compiled == [1, 2, 3]
    assert (begun.value, done.value) == (5, 3)
