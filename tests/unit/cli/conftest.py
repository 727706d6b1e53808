"""Where commands are tried, and what takes long left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import to_yaml
from tests.strategies import tiny_scenario


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: empty but for ``tiny.yaml``."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(to_yaml(tiny_scenario(days=40)), encoding="utf-8")
    return tmp_path


@pytest.fixture
def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.report.figures.write_figures", lambda *_: None)
