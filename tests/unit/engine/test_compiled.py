"""The compiled code is found again: whoever starts a second process waits for no compiler."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from rich.console import Console

from sim.cli.common import announce_compilation
from sim.engine.compiled import JIT, cache_folder

ONE_DAY = "import sim; sim.CorridorModel(sim.load_scenario('benghazi-minsk-2025')).step()"


@pytest.mark.skipif(not JIT, reason="nothing is compiled")
def test_a_second_process_compiles_nothing() -> None:
    kept = []
    for _ in range(2):
        subprocess.run([sys.executable, "-c", ONE_DAY], check=True, timeout=300)
        kept.append({(file, file.stat().st_mtime_ns) for file in cache_folder().rglob("*.nb?")})
    assert kept[0] == kept[1] != set()


@pytest.mark.parametrize(("kept", "words"), [(True, "once for this version"), (False, "anew each time, as the cache")])
def test_the_announcement_says_whether_the_compiled_code_is_kept(
    kept: bool, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.engine.compiled.is_cached", lambda: False)
    monkeypatch.setattr("sim.engine.compiled.is_kept", lambda: kept)
    notes = Console(file=io.StringIO(), width=200)
    announce_compilation(notes)
    assert words in notes.file.getvalue()  # type: ignore[attr-defined]
