"""Compiled code that is found is what was compiled; anything else that lies in its place is made anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import pytest

from sim.engine.compile_cache import kept
from sim.engine.compiled import JIT

pytestmark = pytest.mark.skipif(not JIT, reason="nothing is compiled")


def doubled(x: int) -> int:
    return 2 * x


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    return tmp_path


def loaded() -> bool:
    """Whether a new dispatcher, as of a new process, finds the function compiled; it is right in any case."""
    function: Any = kept(numba.njit(doubled))
    assert function(21) == 42
    return bool(function.stats.cache_hits)


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda content: content[: len(content) // 2],
    "without its end": lambda content: content[:-1],
    "a flipped bit": flipped,
    "zeros": lambda content: bytes(len(content)),
    "of something else": lambda _: b"garbage" * 100,
    "longer": lambda content: content + b"x",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
def test_a_damaged_file_is_made_anew(folder: Path, suffix: str, damage: Callable[[bytes], bytes]) -> None:
    assert not loaded()
    assert loaded()
    (file,) = folder.rglob(f"*.{suffix}")
    file.write_bytes(damage(file.read_bytes()))
    assert not loaded()
    assert loaded(), "it was kept again"
    assert sorted(file.suffix for file in folder.rglob("*.*")) == [".nbc", ".nbi"], "nothing else is left"


def test_a_missing_file_is_made_anew(folder: Path) -> None:
    assert not loaded()
    next(folder.rglob("*.nbc")).unlink()
    assert not loaded()
    assert loaded()


def test_code_that_cannot_be_kept_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.engine.compile_cache.write_whole", full)
    assert not loaded()
    assert list(folder.rglob("*.nb?")) == []
