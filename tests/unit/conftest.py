"""Fixtures that the unit tests share."""

from __future__ import annotations

import pytest

from tests.command import Corridor, caller


@pytest.fixture
def corridor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Corridor:
    """``corridor("run", "tiny.yaml")`` carries the command out here; gives its status and what it printed."""
    return caller(monkeypatch, capsys)
