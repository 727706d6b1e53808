"""Forecasts rest on what was known at their origin."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from sim.inference.backtest import baselines, forecasts
from sim.inference.backtest.error_widths import stretched
from sim.inference.backtest.forecasts import backtest, forecast_from
from sim.inference.backtest.scores import MODEL, OWN, row_of
from sim.inference.calibration_experiment import BackTest, Loaded
from sim.inference.fit_task import Workspace
from sim.inference.observations import Row, known
from sim.inference.sampling import stream
from sim.runs import replicate_seed
from sim.scenario.errors import ScenarioError
from tests.strategies import START
from tests.unit.inference.tiny import ORIGIN, ROWS, SCENARIO, loaded, row


@pytest.mark.parametrize(
    ("end", "months"),
    [
        (date(2025, 10, 15), 1),
        (date(2025, 11, 14), 1),
        (date(2025, 11, 15), 2),
        (date(2025, 12, 14), 2),
        (date(2025, 12, 15), 3),
    ],
)
def test_a_period_is_as_many_months_ahead_as_it_needs_to_end(end: date, months: int) -> None:
    assert forecasts.horizon(date(2025, 10, 15), end) == months


def test_a_horizon_ends_the_day_before_months_later_or_with_the_run() -> None:
    assert forecasts.last_day(loaded(), ORIGIN) == date(2026, 1, 28), "the run's end"
    assert forecasts.last_day(loaded(), date(2025, 10, 31)) == date(2025, 12, 30)
    assert forecasts.last_day(loaded(), date(2025, 11, 1)) == date(2025, 12, 31)
    with pytest.raises(ScenarioError, match="tiny: backtest: missing; needed: origins, the first days of the forec"):
        forecasts.plan_of(loaded(backtest=None))


SERIES = {
    name: {"observed": "x.csv", "counted": "c", "agency": "poland", "measure": "attempts", "rounding": 5, **own}
    for name, own in {"poland": {}, "held": {"fit": False}, "late": {"since": "2025-11-01"}, "odd": {"score": False}}
    .items()
}  # fmt: skip
LEAD = Loaded(loaded(series={name: {**entry, "since": None} for name, entry in SERIES.items()}).experiment,
              SCENARIO, Path(), "tiny")  # fmt: skip


def made(origin: date, targets: list[Row], **samples: Any) -> forecasts.Forecast:
    named = {name.replace("own", OWN).replace("model", MODEL): each for name, each in samples.items()}
    return forecasts.Forecast(origin, targets, named, None, None)  # type: ignore[arg-type]


EVEN = np.arange(101.0)


def test_scores_are_of_each_method_and_figure_and_pooled_where_all_have_a_forecast() -> None:
    bound = row(0, 0)._replace(value=None, low=9.0)
    rows = [row(60, 30), row(90, 50)._replace(series="held"), bound]
    targets = [one._replace(value=None, low=0.0) for one in rows]
    one = made(ORIGIN, targets, model=[EVEN] * 3, walk=[EVEN + 1, None, None], never=[None] * 3)
    two = made(row(90, 0).start, targets[1:2], model=[EVEN + 5], walk=[EVEN + 6], never=[None])
    found = forecasts.score([one, two], rows, LEAD)
    columns = ["origin", "method", "series", "period_start", "period_end", "horizon", "observed"]
    third, fourth = (("poland", rows[0].start, rows[0].end), ("held", rows[1].start, rows[1].end))
    assert found[columns].to_numpy().tolist() == [
        [ORIGIN, MODEL, *third, 1, 30], [ORIGIN, "walk", *third, 1, 30], [ORIGIN, MODEL, *fourth, 2, 50],
        [two.origin, MODEL, *fourth, 1, 50], [two.origin, "walk", *fourth, 1, 50],
    ]  # fmt: skip
    assert found["pooled"].tolist() == [True, True, False, True, True]
    assert found["fitted_series"].tolist() == [True, True, False, False, False]
    assert found["median"].tolist() == [50, 51, 50, 55, 56]
    expected = [row_of(EVEN + 1, 30, 25, 35), row_of(EVEN + 5, 50, 45, 55)]
    for at, scored in ((1, expected[0]), (3, expected[1])):
        assert {key: found.loc[at, key] for key in scored} == pytest.approx(scored)


def test_the_models_forecasts_are_widened_by_the_errors_that_are_known() -> None:
    known = [row(0, 98), row(30, 9)._replace(series="held"), row(60, 98)]
    targets = [one._replace(value=None, low=0.0) for one in (*known, row(90, 1))]
    before = made(ORIGIN, targets, own=[EVEN, EVEN, None, EVEN], model=[None] * 4)
    past = forecasts._past_forecasts([before, before], known, LEAD)
    assert past == [(known[0], EVEN, 5.0)] * 2
    forecast = made(ORIGIN, targets[:2], model=[EVEN, None], walk=[EVEN, EVEN])
    wide = forecasts._widened(forecast, past)
    assert list(wide.samples) == [MODEL, OWN, "walk"]
    factor = np.sqrt((1 + 2 * norm.ppf((93 + 101) / 202) ** 2) / 3)
    assert wide.samples[MODEL][0] == pytest.approx(stretched(EVEN, factor))
    assert wide.samples[MODEL][1] is None
    assert wide.samples[OWN] == forecast.samples[MODEL]
    assert wide.samples["walk"] == [EVEN, EVEN]


def test_each_origin_sees_what_was_known_and_forecasts_what_is_ahead_in_series_that_are_scored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    later = row(30, 0).start
    plan = {"origins": [ORIGIN, later], "months": 1, "draws": 400}
    lead = Loaded(LEAD.experiment.model_copy(update={"backtest": BackTest.model_validate(plan)}), SCENARIO, Path(), "t")
    rows = [row(first, 10 + first) for first in (0, 30, 60, 90)]
    rows.append(row(60, 70)._replace(series="odd"))
    exact = row(30, 5)._replace(start=later, end=date(2025, 11, 30))  # ends a day after the first horizon
    within = exact._replace(end=date(2025, 11, 29))
    before = exact._replace(start=later - timedelta(days=1), end=within.end)
    rows += [exact._replace(series="late"), within._replace(series="held"), before._replace(series="late")]
    asked: list[Any] = []

    def forecast(loaded: Loaded, past: Any, targets: Any, origin: date, workspace: Workspace) -> forecasts.Forecast:
        asked.append((origin, list(past), list(targets), workspace.folder.name))
        assert workspace.progress is not None
        workspace.progress("design", 1, 2, 0)
        return made(origin, targets, model=[EVEN + 40 * (origin > later) for _ in targets])

    monkeypatch.setattr(forecasts, "forecast_from", forecast)
    told: list[Any] = []
    here = Workspace(tmp_path, progress=lambda *numbers: told.append(numbers))
    done = forecasts.backtest(lead, rows, here)
    blank = [one._replace(value=None, low=0.0) for one in rows]
    assert [(origin, [one.start for one in past], folder) for origin, past, _, folder in asked] == [
        (later, [START], f"origin-{later}"), (ORIGIN, [one.start for one in known(rows, ORIGIN)], f"origin-{ORIGIN}"),
    ]  # fmt: skip
    assert asked[0][2] == [blank[1], blank[6]]
    assert asked[1][2] == [blank[2]], "what ends after the horizon or is not scored is not forecast"
    assert told == [(f"{later} design", 1, 2, 0), (f"{ORIGIN} design", 1, 2, 0)]
    assert [one.origin for one in done.forecasts] == [later, ORIGIN]
    assert len(done.table) == 2 * 3
    figure = norm.ppf((35 + 46) / 202)  # 40, rounded to tens, in the first forecast: of the fitted series alone
    factor = max(np.sqrt((1 + figure**2) / 2), 1.0)
    assert done.forecasts[1].samples[MODEL][0] == pytest.approx(stretched(EVEN + 40, factor))


def test_progress_is_told_only_if_somebody_listens(tmp_path: Path) -> None:
    assert forecasts._named(Workspace(tmp_path), ORIGIN) is None


@pytest.mark.parametrize("particles", [None, 8])
def test_a_fit_takes_figures_of_the_run_that_are_to_be_fitted_and_forecasts_have_each_method(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, particles: int | None
) -> None:
    plan = {"origins": [ORIGIN], "months": 2, "draws": 300, "particles": particles, "seats_to": "belarus"}
    lead = loaded(backtest=plan, series={name: {**entry, "since": None} for name, entry in SERIES.items()} | {
        "late": {**SERIES["late"], "since": row(30, 0).start}})  # fmt: skip
    early = row(-1, 5)
    past = [early, row(0, 60), row(30, 150), *(row(k, 9)._replace(series=s) for k in (0, 30) for s in ("late", "held"))]
    targets = [forecasts._blank(one) for one in (row(60, 1), row(60, 1)._replace(series="late"))]
    asked: list[Any] = []

    def fitted(task: Any, workspace: Workspace) -> str:
        asked.append((task, workspace))
        return "posterior"

    def drawn(posterior: str, task: Any, size: int, rng: np.random.Generator) -> np.ndarray:
        asked.append((posterior, size, rng.random()))
        return np.tile(np.arange(len(task.rows)), (size, 1))

    monkeypatch.setattr(forecasts, "calibrate", fitted)
    monkeypatch.setattr(forecasts, "predictive", drawn)
    here = Workspace(tmp_path)
    found = forecast_from(lead, past, targets, ORIGIN, here)
    (task, workspace), (posterior, size, number) = asked
    assert workspace is here and (posterior, size) == ("posterior", 300)
    assert [(one.series, one.start) for one in task.fitted] == [
        ("poland", START), ("poland", row(30, 0).start), ("late", row(30, 0).start)
    ]  # fmt: skip
    assert task.others == targets
    assert task.seed == replicate_seed(1, ORIGIN.toordinal())
    assert number == stream(task.seed, "forecast").random()
    assert task.scenario.end == date(2026, 1, 28) and task.space.names == ["retry", "visas", "ahead"]
    assert task.experiment.smc.particles == (particles or 16)
    assert task.experiment.smc.steps == 40
    assert found[:2] == (ORIGIN, targets) and found[3:] == ("posterior", task)
    assert list(found.samples) == [MODEL, *baselines.NAMES]
    assert [one.tolist() for one in found.samples[MODEL] if one is not None] == [[3] * 300, [4] * 300]
    last = found.samples["last value"]
    assert last[0] is not None and last[1] is not None
    assert (last[0].tolist(), last[1].tolist()) == ([150] * 300, [9] * 300), "each of its own series"
    scaled = found.samples["exposure scaling"][0]
    assert scaled is not None and len(scaled) == 300
    assert np.median(scaled) == pytest.approx(150, rel=1e-4), "the seats stay as they are"


def test_no_figure_after_the_origin_leaks_into_a_forecast(tmp_path: Path) -> None:
    def foretold(name: str, later: float) -> pd.DataFrame:
        rows = [*ROWS[:2], row(60, later), row(90, 2 * later)]
        return backtest(loaded(), rows, Workspace(tmp_path / name)).table

    few, many = foretold("few", 10.0), foretold("many", 5000.0)
    columns = ["origin", "method", "period_start", "low90", "low50", "median", "high50", "high90"]
    pd.testing.assert_frame_equal(few[columns], many[columns])
    assert few["crps"].tolist() != many["crps"].tolist()
    assert set(few["method"]) >= {MODEL, "last value", "exposure scaling"}


def test_without_any_figure_the_forecast_is_the_priors(tmp_path: Path) -> None:
    made = forecast_from(loaded(), [], [ROWS[2]], ORIGIN, Workspace(tmp_path))
    assert np.allclose(made.posterior.weights, 1 / 16)
    assert made.samples["last value"] == [None]
