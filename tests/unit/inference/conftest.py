"""The records of the small experiments, and a finished calibration to look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.inference.fit_task import Posterior, Workspace
from tests.unit.inference import tiny
from tests.unit.inference.filter import tiny_filter
from tests.unit.inference.tiny import fit


@pytest.fixture(scope="module")
def fit_record() -> Iterator[None]:
    """The figures of the small calibration, in place of files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.inference.calibration_study.rows_of", lambda loaded: tiny.ROWS)
        yield


@pytest.fixture(scope="module")
def filter_record() -> Iterator[None]:
    """The figures of the small filter, in place of files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.inference.filter.study.rows_of", lambda loaded, data: tiny_filter.ROWS)
        yield


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> tuple[Posterior, Path]:
    folder = tmp_path_factory.mktemp("serial")
    return fit(Workspace(folder)), folder
