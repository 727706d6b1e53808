"""A stored study to look at, and a copy to damage."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sim.studies.carry_out import carry_out
from tests.unit.studies.store.three import PLAN


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "s"
    carry_out(PLAN, folder)
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))
