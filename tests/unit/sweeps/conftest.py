"""A finished sweep to look at."""

from __future__ import annotations

import pytest

from sim.scenario import to_yaml
from sim.studies.carry_out import carry_out
from sim.studies.study import Study
from sim.sweeps.completed_sweep import wide_tables
from sim.sweeps.experiment_files import read_experiment
from sim.sweeps.sweep_plan import plan_of
from tests.unit.sweeps.small import SWEEP, TINY


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "tiny.yaml").write_text(to_yaml(TINY), encoding="utf-8")
    (folder / "sweep.yaml").write_text(SWEEP, encoding="utf-8")
    return carry_out(plan_of(read_experiment(folder / "sweep.yaml")), folder / "out", tables=wide_tables)
