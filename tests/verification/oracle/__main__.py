"""Runs the oracle as a program; see the package."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from tests.verification.oracle.day import run_oracle, scenario_of

if __name__ == "__main__":
    with np.errstate(over="ignore"):
        for number in sys.argv[2:]:
            np.savez(Path(sys.argv[1], number), **run_oracle(scenario_of(int(number))))
