"""The command `corridor`, called in this process: what the tests of commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from sim.cli import main


class Done(NamedTuple):
    """A command that has ended: its status and what it printed."""

    status: int
    out: str
    err: str


Corridor = Callable[..., Done]


def caller(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Corridor:
    """A function that carries out ``corridor`` with the words given."""

    def call(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["corridor", *words])
        status = 0
        try:
            main.main()
        except SystemExit as stop:
            status = int(stop.code or 0)
        return Done(status, *capsys.readouterr())

    return call
