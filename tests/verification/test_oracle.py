"""The engine agrees with the oracle on plain Mesa agents, migrant by migrant and day by day."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine.rows import STATUSES
from sim.engine.tables import PAIR_FLOWS, ROUTE_FLOWS, SECTION_FLOWS
from sim.model import CorridorModel
from tests.rich_scenario import timetable
from tests.verification.oracle.day import COLUMNS, outcome, scenario_of

ROOT = Path(__file__).resolve().parents[2]
SEEDS = (1, 2, 4, 2**40 + 7)  # odd ones with quantities by cohort
TABLES = ("stocks_by_cohort", "stocks_by_place", "pair_flows", "section_flows", "route_flows", "told")
CASES = 71  # that the oracle notes in `Oracle.met`
Runs = dict[int, dict[str, Any]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """What the oracle says, by seed; two processes, as its numba must be switched off."""
    folder = tmp_path_factory.mktemp("oracle")
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "tests.verification.oracle", str(folder)]
    running = [
        subprocess.Popen([*program, *map(str, seeds)], env=environment, stderr=subprocess.PIPE, text=True)
        for seeds in (SEEDS[::2], SEEDS[1::2])
    ]
    for process in running:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
    yield {seed: dict(np.load(folder / f"{seed}.npz")) for seed in SEEDS}


@pytest.fixture(scope="module")
def run() -> Runs:
    """What the engine does, by seed."""
    runs = {}
    for seed in SEEDS:
        scenario = scenario_of(seed)
        model = CorridorModel(scenario, timetable(scenario))
        while model.running:
            model.step()
        runs[seed] = outcome(model)
    return runs


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("column", COLUMNS)
def test_every_migrant_ends_as_the_oracle_says(run: Runs, told: Runs, seed: int, column: str) -> None:
    differing = np.flatnonzero(run[seed][column] != told[seed][column])
    assert not differing.size, [(i, run[seed][column][i], told[seed][column][i]) for i in differing[:10]]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("table", TABLES)
def test_every_day_is_as_the_oracle_says(run: Runs, told: Runs, seed: int, table: str) -> None:
    differing = np.argwhere(run[seed][table] != told[seed][table])
    assert not differing.size, f"first of {len(differing)}: day {differing[0]}"


def test_the_scenario_leaves_no_rule_out(told: Runs) -> None:
    """The agreement would be worth little for what never happens."""
    flows = sum(told[seed]["pair_flows"].sum(axis=(0, 1)) for seed in SEEDS)
    assert dict(zip(PAIR_FLOWS, flows > 0, strict=True)) == dict.fromkeys(PAIR_FLOWS, True)
    flows = sum(told[seed]["section_flows"].sum(axis=(0, 1)) for seed in SEEDS)
    assert dict(zip(SECTION_FLOWS, flows > 0, strict=True)) == dict.fromkeys(SECTION_FLOWS, True)
    for seeds in ((1, 2, 2**40 + 7), (4,)):  # of which the last has a route more
        flows = sum(told[seed]["route_flows"].sum(axis=0) for seed in seeds)
        assert (flows[:, ROUTE_FLOWS.index("boarded")] > 0).all()
    stocks = sum(told[seed]["stocks_by_cohort"].sum(axis=(0, 1)) for seed in SEEDS)
    assert dict(zip(STATUSES, stocks > 0, strict=True)) == dict.fromkeys(STATUSES, True)
    met: Counter[str] = Counter()
    for seed in SEEDS:
        met.update({name: int(number) for name, number in told[seed].items() if name.startswith("met ")})
    assert len(met) == CASES, sorted(met)
    assert min(met.values()) > 0, met
