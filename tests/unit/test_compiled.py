"""The compiled code is found again: whoever starts a second process waits for no compiler."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sim.compiled import JIT, cache_folder

ONE_DAY = "import sim; sim.CorridorModel(sim.load_scenario('benghazi-minsk-2025')).step()"


@pytest.mark.skipif(not JIT, reason="nothing is compiled")
def test_a_second_process_compiles_nothing() -> None:
    kept = []
    for _ in range(2):
        subprocess.run([sys.executable, "-c", ONE_DAY], check=True, timeout=300)
        kept.append({(file, file.stat().st_mtime_ns) for file in cache_folder().rglob("*.nb?")})
    assert kept[0] == kept[1] != set()
