"""A sweep is read as it was set."""

from __future__ import annotations

import pytest

from sim.outputs.folder import OutputError
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.study import Study
from sim.sweeps.completed_sweep import CompletedSweep
from tests.unit.sweeps.small import FLIGHTS, TINY


def test_a_sweep_is_read_as_it_was_set(study: Study) -> None:
    sampled = CompletedSweep(study)
    assert study.kind == "sweep"
    assert sampled.x.shape == (12, 3)
    assert set(sampled.x[:, 2]) == {5.0, 10.0}
    frame = sampled.frame()
    assert list(frame.columns[4:]) == [
        "behaviour.retry",
        FLIGHTS,
        "officers",
        "pressure_peak",
        "deaths",
        "attempts@poland",
    ]
    totals = study.totals.set_index(["run", "measure", "name"])["value"]
    for row in frame.itertuples(index=False):
        assert row[7] == totals.loc[row.run, "pressure_peak", "all"].item()
        assert row[9] == totals.loc[row.run, "attempts", "poland"].item()
    assert (study.folder / "runs.parquet").is_file()


def test_a_study_without_an_experiment_is_no_sweep() -> None:
    with pytest.raises(OutputError, match="not of an experiment"):
        CompletedSweep(carry_out(Plan("replicates", {"tiny": TINY}, 2)))
