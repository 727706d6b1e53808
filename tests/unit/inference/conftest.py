"""A finished calibration to look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.inference.fit_task import Posterior, Workspace
from tests.unit.inference.tiny import fit


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> tuple[Posterior, Path]:
    folder = tmp_path_factory.mktemp("serial")
    return fit(Workspace(folder)), folder
