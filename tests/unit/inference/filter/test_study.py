"""A filter over a small record: the same wherever it runs, after a stop too, and nearer to the truth than before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.inference.filter import study
from sim.inference.filter.engine_runs import WEEKLY
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.forecast_study import WhatIf, look_ahead
from sim.inference.filter.study import Filtered, Job, assimilate
from sim.outputs.folder import OutputError
from sim.scenario.errors import ScenarioError
from tests.unit.inference.filter.tiny_filter import ROWS, tiny_filter

pytestmark = pytest.mark.usefixtures("filter_record")


@pytest.fixture(scope="module")
def loaded() -> LoadedFilter:
    return tiny_filter()


@pytest.fixture(scope="module")
def done(loaded: LoadedFilter, tmp_path_factory: pytest.TempPathFactory) -> tuple[Filtered, Path]:
    folder = tmp_path_factory.mktemp("filter")
    return assimilate(loaded, Job(folder, scores=True)), folder


def test_counts_come_near_to_what_was_published(done: tuple[Filtered, Path]) -> None:
    daily = done[0].filter.particles.daily
    poland, lithuania = daily[:, 1, :31].sum(axis=1), daily[:, 0, 31:61].sum(axis=1)
    assert np.median(poland) == pytest.approx(40, rel=0.5)
    assert np.median(lithuania) == pytest.approx(60, rel=0.6)


def test_the_posture_is_a_table_and_parquet_alike(done: tuple[Filtered, Path]) -> None:
    stored = pd.read_parquet(done[1] / "posture.parquet")
    assert stored.equals(done[0].tables["posture"])


def test_going_on_after_a_stop_is_the_same_as_never_having_stopped(
    done: tuple[Filtered, Path], loaded: LoadedFilter, tmp_path: Path
) -> None:
    _, folder = done
    months = sorted((folder / "months").glob("*.npz"))
    (tmp_path / "months").mkdir()
    (tmp_path / "origins").mkdir()
    for file in (months[0], folder / "origins" / f"{months[0].stem}.parquet", folder / "filter.json"):
        (tmp_path / file.relative_to(folder)).write_bytes(file.read_bytes())
    again = assimilate(loaded, Job(tmp_path, scores=True))
    assert np.array_equal(again.filter.particles.paths, done[0].filter.particles.paths)
    assert np.array_equal(again.filter.particles.daily, done[0].filter.particles.daily)
    assert again.tables["forecasts"].equals(done[0].tables["forecasts"])


def test_every_figure_ahead_is_forecast_once_for_each_origin(done: tuple[Filtered, Path]) -> None:
    table = done[0].tables["forecasts"]
    own = table[table["method"] == "corridor"]
    assert not own.duplicated(["origin", "series", "period_start"]).any()
    assert set(own["horizon"]) == {1, 2}
    assert (own["period_start"] >= own["origin"]).all()


def test_another_record_is_refused_in_the_same_folder(
    done: tuple[Filtered, Path], loaded: LoadedFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study, "rows_of", lambda loaded, data: ROWS[:2])
    with pytest.raises(OutputError, match="another record"):
        assimilate(loaded, Job(done[1], scores=True))


def test_a_damaged_month_is_named(done: tuple[Filtered, Path], loaded: LoadedFilter, tmp_path: Path) -> None:
    first = sorted((done[1] / "months").glob("*.npz"))[0]
    (tmp_path / "months").mkdir()
    (tmp_path / "months" / first.name).write_bytes(first.read_bytes()[:-40])
    with pytest.raises(OutputError, match=first.name):
        assimilate(loaded, Job(tmp_path))


def test_an_outlook_tells_weeks_by_section(done: tuple[Filtered, Path], loaded: LoadedFilter) -> None:
    found = look_ahead(loaded, Job(done[1], scores=True), 3, 30)
    table = (found.folder / "forecast.csv").read_text().splitlines()
    sections, kinds, people, weeks = len(loaded.scenario.sections), len(WEEKLY), 3, 3
    assert len(table) == 1 + weeks * (sections * kinds + people)
    changed = look_ahead(loaded, Job(done[1], scores=True), 3, 30, WhatIf(["hazards.death=0"]))
    assert changed.folder != found.folder
    assert found.summary.startswith("From 2025-12-01, 3 weeks:")
    assert "in the 90 % interval" in found.summary
    with pytest.raises(ScenarioError, match="to the scenario's end"):
        look_ahead(loaded, Job(done[1], scores=True), 26, 30)


def test_a_series_that_is_left_out_is_forecast_but_tells_nothing(loaded: LoadedFilter, tmp_path: Path) -> None:
    without = assimilate(loaded.without("poland"), Job(tmp_path, scores=True))
    assert {figure.series for figure in without.filter.figures} == {"lithuania"}
    assert set(without.tables["forecasts"]["series"]) == {"lithuania", "poland"}
    with pytest.raises(ScenarioError, match="every series"):
        loaded.without("poland").without("lithuania")


def test_a_filter_in_arviz_is_the_same_filter(done: tuple[Filtered, Path], loaded: LoadedFilter) -> None:
    pytest.importorskip("arviz_base")
    found = done[0].to_arviz()
    posterior, posture = found["posterior"], done[0].tables["posture"]
    assert posterior.sizes == {"chain": 1, "draw": 20, "month": len(done[0].months), "series": 2}
    for name in ("inflow allowed", "facilitation", "steering to lithuania", "off"):
        means = posture[posture["posture"] == name]["mean"]
        assert posterior[name.replace(" ", "_")].mean(("chain", "draw")).values == pytest.approx(means.to_numpy())
    after = done[0].tables["parameters"]["after"].iloc[0]
    assert float(posterior["behaviour.retry"].isel(month=-1).median()) == pytest.approx(after)
    assert found["sample_stats"]["weight"].sum("draw").values == pytest.approx(1.0)
    shares = done[0].tables["months"]["effective"]
    assert found["constant_data"]["effective_share"].values == pytest.approx(shares.to_numpy())


def test_each_figure_that_was_taken_in_has_draws_and_a_likelihood(done: tuple[Filtered, Path]) -> None:
    pytest.importorskip("arviz_base")
    found = done[0].to_arviz()
    assert set(found["observed_data"]["figure"].values) == {f"{row.series} {row.start} to {row.end}" for row in ROWS}
    observed, drawn = found["observed_data"]["count"], found["posterior_predictive"]["count"]
    logs = found["log_likelihood"]["count"]
    assert drawn.shape == logs.shape == (1, 20, len(ROWS))
    off = np.abs(np.log(drawn.median("draw") + 1) - np.log(observed + 1)).mean()
    assert float(off) < 0.7
    assert (logs < 0).all() and np.isfinite(logs).all()
