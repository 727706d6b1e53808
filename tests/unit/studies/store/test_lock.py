"""One writer at a time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sim.outputs.folder import OutputError
from sim.studies.store.store import Store
from tests.unit.studies.store.three import PLAN


def test_a_second_writer_is_refused_and_a_dead_one_forgotten(tmp_path: Path) -> None:
    with Store(tmp_path / "s", PLAN):
        with pytest.raises(OutputError, match=f"another corridor .process {os.getpid()}. is writing here"):
            Store(tmp_path / "s", PLAN)
        with pytest.raises(OutputError, match="writing here"):
            Store(tmp_path / "s", PLAN, shard=(1, 2))
    with Store(tmp_path / "s", PLAN, shard=(1, 2)), Store(tmp_path / "s", PLAN, shard=(2, 2)):
        with pytest.raises(OutputError, match="writing here"):
            Store(tmp_path / "s", PLAN)
        with pytest.raises(OutputError, match="writing here"):
            Store(tmp_path / "s", PLAN, shard=(2, 2))
    Store(tmp_path / "s", PLAN).close()
