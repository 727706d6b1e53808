"""The command in a process of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sim.cli import main


def command() -> list[str]:
    return [sys.executable, "-m", "sim.cli.main"]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(main.__file__).parents[3]), **more}
