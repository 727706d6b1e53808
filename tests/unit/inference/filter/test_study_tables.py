"""The files and tables of a filter, from particles made by hand; and which record is taken in how."""

from __future__ import annotations

import itertools
import json
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.inference.filter import checkpoint, study
from sim.inference.filter.assimilate import Month, Step, setting_of
from sim.inference.filter.particles import Particles
from sim.inference.filter.record import Figure, pieces
from sim.inference.filter.study import Job
from sim.outputs.identity import identity
from sim.outputs.provenance import machine, versions
from sim.scenario.errors import ScenarioError
from tests.strategies import START
from tests.unit.inference.filter.tiny_filter import CONTENT, ROWS, row, tiny_filter

MONTHS = [Month(START, 0, 31), Month(date(2025, 11, 1), 31, 30), Month(date(2025, 12, 1), 61, 31)]
EVEN = np.linspace(-1.0, 1.0, 21)  # its 5, 25, 50, 75 and 95 % quantiles are -0.9, -0.5, 0, 0.5 and 0.9


def particles(months: int, shift: float) -> Particles:
    """Twenty-one particles evenly spaced in each coordinate, one of them off; month by month they move up."""
    paths = np.arange(months + 1)[:, None, None] + shift + EVEN[:, None] * [1.0, 2.0, 3.0]
    off = np.zeros((months + 1, 21), bool)
    off[1:, 0] = True
    scores = np.arange(months + 1)[:, None, None] / 2 + np.tile(EVEN[:, None], (1, 1))
    return Particles(paths, off, scores, np.zeros((21, 2, 120)), np.zeros((21, 2, 6)), np.arange(21))


def keep(folder: Path, number: int, shift: float, shares: list[float]) -> None:
    file = checkpoint.file_of(folder, MONTHS[number - 1])
    file.parent.mkdir(exist_ok=True)
    after = particles(number, shift)
    step = Step(MONTHS[number - 1], np.zeros(0), after, after, shares, -1.5 * number)
    checkpoint.write(file, step, {"seconds": 2.5 * number})


def test_the_posture_is_told_by_the_particles_that_tell_of_each_month(tmp_path: Path) -> None:
    keep(tmp_path, 3, 0.5, [0.1])
    table = study.posture_table(tiny_filter(), tmp_path, MONTHS)
    assert list(table["month"]) == [month.first for month in MONTHS for _ in range(4)]
    names = [("inflow allowed", "persons per day"), ("facilitation", "share"), ("steering to lithuania", "logit"),
             ("off", "probability")]  # fmt: skip
    assert list(zip(table["posture"], table["unit"], strict=True)) == names * 3
    for k, month in enumerate(MONTHS, start=1):
        on = np.arange(21) > 0
        inflow = np.where(on, 8 * np.exp(k + 0.5 + EVEN), 0.0)
        facilitation = np.where(on, 1 / (1 + np.exp(-(k + 0.5 + 2 * EVEN))), 0.0)
        own = table[table["month"] == month.first].set_index("posture")
        for name, values in (("inflow allowed", inflow), ("facilitation", facilitation)):
            ordered = np.sort(values)
            exact = [values.mean(), *ordered[[1, 5, 10, 15, 19]]]
            found = own.loc[name, ["mean", "low90", "low50", "median", "high50", "high90"]]
            assert list(found) == pytest.approx(exact)
        steering = own.loc["steering to lithuania", ["mean", "low90", "low50", "median", "high50", "high90"]]
        assert list(steering) == pytest.approx(k + 0.5 + 3 * np.array([0.0, -0.9, -0.5, 0.0, 0.5, 0.9]))
        assert own.loc["off", "mean"] == pytest.approx(1 / 21)


def test_months_before_a_folder_began_are_told_as_the_state_that_ships_has_them(tmp_path: Path) -> None:
    shipped = [{"month": month.first, "posture": "off", "unit": "probability", "mean": 0.25} for month in MONTHS[:2]]
    pd.DataFrame(shipped).to_csv(tmp_path / "start.csv", index=False)
    before = study.posture_table(tiny_filter(), tmp_path, MONTHS)
    assert before.to_dict("records") == shipped
    keep(tmp_path, 2, 0.0, [0.1])  # it tells of the second month of two
    after = study.posture_table(tiny_filter(), tmp_path, MONTHS[:2])
    assert list(after["month"]) == [MONTHS[0].first] * 4 + [MONTHS[1].first] * 4
    (tmp_path / "months" / "2025-11-01.npz").unlink()
    assert study.posture_table(tiny_filter(), tmp_path, MONTHS[:1]).to_dict("records") == shipped[:1]


def test_parameters_are_told_before_and_after() -> None:
    found = study._parameters(tiny_filter(), particles(4, 0.0))
    factor = np.exp(0.3 * np.array([-0.9, 0.0, 0.9]))
    exact = dict(zip(("before_low", "before", "before_high"), 5 * factor, strict=True))
    exact |= dict(zip(("after_low", "after", "after_high"), 5 * np.exp(0.3 * 2.0) * factor, strict=True))
    assert found.to_dict("records") == [
        {"parameter": "behaviour.retry", "title": "Days between attempts", **{k: pytest.approx(v, rel=1e-4) for k, v in
         exact.items()}}
    ]  # fmt: skip


def test_months_are_told_with_their_rounds(tmp_path: Path) -> None:
    keep(tmp_path, 1, 0.0, [0.05, 0.2, 0.4])
    keep(tmp_path, 3, 0.0, [1.0])
    assert study._months(Job(tmp_path), MONTHS).to_dict("records") == [
        {"month": START, "effective_of_process": 0.05, "effective": 0.4, "rounds": 2, "evidence": -1.5, "seconds": 2.5},
        {"month": date(2025, 12, 1), "effective_of_process": 1.0, "effective": 1.0, "rounds": 0, "evidence": -4.5,
         "seconds": 7.5},
    ]  # fmt: skip


def test_figures_are_told_by_their_days() -> None:
    figures = [Figure("poland", np.array([3, 4, 9]), 7.0, 6.0, np.inf, True, 12)]
    assert study._figure_table(tiny_filter(), figures).to_dict("records") == [
        {"series": "poland", "period_start": date(2025, 10, 4), "period_end": date(2025, 10, 10), "days": 3,
         "value": 7.0, "low": 6.0, "high": np.inf, "at_least": True, "known": date(2025, 10, 13)}
    ]  # fmt: skip


def test_a_record_says_what_was_filtered_by_which_model() -> None:
    loaded = tiny_filter()
    found = json.loads(study._record(loaded, Job(Path(), command="corridor assimilate x"), {"record": "é"}))
    assert found == {
        "experiment": json.loads(json.dumps(loaded.experiment.model_dump(mode="json", by_alias=True, fallback=str))),
        "command": "corridor assimilate x", "about": {"record": "é"}, "identity": identity("inference"),
        "versions": versions(), "machine": machine(),
    }  # fmt: skip
    text = study._record(loaded, Job(Path()), {"record": "é"}).decode()
    assert text.startswith('{\n  "experiment"')
    assert "é" in text
    assert text.endswith("}\n")


def test_progress_is_told_if_it_is_asked_for() -> None:
    told: list[Any] = []
    study._tell(Job(Path(), progress=lambda *words: told.append(words)), "October", 2, 9)
    study._tell(Job(Path()), "October", 2, 9)
    assert told == [("October", 2, 9)]


def test_changes_have_a_short_name() -> None:
    assert study.short(["a=1", "b=2"]) == sha256(b"a=1\nb=2").hexdigest()[:8]


@pytest.fixture
def found_rows(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    rows = [*ROWS, row("poland", 100, 25, 70)]
    monkeypatch.setattr(study, "rows_of", lambda loaded, data: rows)
    return rows


def test_the_record_ends_with_the_scenario_or_the_day_that_is_given(found_rows: list[Any]) -> None:
    series = {**CONTENT["series"], "poland": {**CONTENT["series"]["poland"], "rounding": 5}}
    loaded = tiny_filter(series=series)  # of 120 days: the last figure ends after 124
    exact = pieces(ROWS, START, loaded.scenario.end, {"lithuania": 0.0, "poland": 5.0})

    def told(until: date | None) -> list[tuple[Any, ...]]:
        found = study.figures_of(loaded, None, until)
        return [(f.series, f.first, f.last, f.value, f.low, f.high) for f in found]

    assert told(None) == [(f.series, f.first, f.last, f.value, f.low, f.high) for f in exact]
    assert told(None)[1] == ("poland", 0, 30, 40, 35, 45)
    assert told(date(2026, 5, 1)) == told(None)
    assert told(date(2025, 11, 30)) == told(None)
    assert told(date(2025, 11, 29)) == told(None)[:2]
    with pytest.raises(ScenarioError) as raised:
        study.figures_of(loaded, None, date(2025, 10, 30))
    assert str(raised.value) == "tiny: no published figure lies between 2025-10-01 and 2025-10-30"


def test_the_first_day_that_is_forecast_is_that_after_the_last_month_of_the_record(found_rows: list[Any]) -> None:
    loaded = tiny_filter()
    assert study.origin_of(loaded, None, None) == date(2025, 12, 1)
    assert study.origin_of(loaded, None, date(2025, 11, 10)) == date(2025, 11, 1)
    found_rows[:] = [row("poland", 0, 40, 40)]
    assert study.origin_of(loaded, None, None) == date(2025, 12, 1)  # it ends on 9 November
    months, digest = study.months_and_record(loaded)
    assert months == MONTHS[:2]
    figures = study.figures_of(loaded, None, None)
    assert digest(months[0]) == study.about_of(loaded, figures)(months[0])["record"] != digest(months[1])


def test_past_forecasts_are_those_of_all_months_that_have_some(tmp_path: Path) -> None:
    (tmp_path / "origins").mkdir()
    assert study.past_forecasts(tmp_path, MONTHS).empty
    pd.DataFrame().to_parquet(tmp_path / "origins" / "2025-10-01.parquet")
    assert study.past_forecasts(tmp_path, MONTHS[:1]).empty
    for month, value in ((MONTHS[1], 1.0), (MONTHS[2], 2.0)):
        table = pd.DataFrame({"observed": [value, value + 10]}, index=[5, 6])
        table.to_parquet(tmp_path / "origins" / f"{month.first}.parquet")
    found = study.past_forecasts(tmp_path, MONTHS)
    assert found["observed"].tolist() == [1.0, 11.0, 2.0, 12.0]
    assert found.index.tolist() == [0, 1, 2, 3]
    assert study.past_forecasts(tmp_path, MONTHS[:2])["observed"].tolist() == [1.0, 11.0]


@pytest.mark.parametrize(("first", "last", "month", "is_origin"), [
    (date(2025, 11, 1), None, 1, False), (date(2025, 11, 1), None, 2, True), (date(2025, 11, 1), None, 3, True),
    (START, date(2025, 11, 1), 2, True), (START, date(2025, 11, 1), 3, False), (START, date(2025, 10, 1), 1, True),
])  # fmt: skip
def test_forecasts_are_kept_of_the_origins_of_the_back_test(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, first: date, last: date | None, month: int, is_origin: bool
) -> None:
    given: list[Any] = []

    def forecasts(loaded: Any, figures: Any, ahead: Any) -> pd.DataFrame:
        given.append((figures, ahead.month))
        return pd.DataFrame({"observed": [7.0]})

    monkeypatch.setattr(study, "forecasts", forecasts)
    loaded = tiny_filter(backtest={"first": first, "last": last, "months": 2})
    (tmp_path / "months").mkdir()
    (tmp_path / "origins").mkdir()
    when = MONTHS[month - 1]
    step = Step(when, np.zeros(0), particles(1, 0.0), particles(1, 0.0), [0.5], -2.0)
    study._write_month(loaded, ["the figures"], step, tmp_path, {"record": "r"})  # type: ignore[list-item]
    table = pd.read_parquet(tmp_path / "origins" / f"{when.first}.parquet")
    assert table.to_dict("records") == ([{"observed": 7.0}] if is_origin else [])
    assert given == ([(["the figures"], when)] if is_origin else [])
    about = checkpoint.about(checkpoint.file_of(tmp_path, when))
    assert about == {"record": "r", "month": when.first.isoformat(), "effective": [0.5], "evidence": -2.0}


class Steps:
    """A filter that takes steps without runs."""

    def __init__(self, loaded: Any, figures: list[Figure], runner: Any) -> None:
        self.loaded, self.figures, self.runner = loaded, figures, runner
        self.particles = particles(1, 0.0)
        self.taken: list[Month] = []

    def step(self, month: Month) -> Step:
        self.taken.append(month)
        self.runner.progress(1, 2)
        number = MONTHS.index(month) + 1
        self.particles = particles(number, 0.0)
        return Step(month, np.zeros(0), self.particles, self.particles, [0.5, 0.6], -1.0)


def without_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a filter take its steps without runs, each in 2.34 seconds, and score nothing."""
    clock = itertools.count(100.0, 2.34)
    monkeypatch.setattr(study, "monotonic", lambda: next(clock))
    monkeypatch.setattr(study, "Filter", Steps)
    monkeypatch.setattr(
        study, "Runner", lambda setting, place, progress: SimpleNamespace(given=(setting, place), progress=progress)
    )
    compared = pd.DataFrame({"method": ["x"]})
    monkeypatch.setattr(study, "forecasts", lambda loaded, figures, ahead: pd.DataFrame({"n": [len(figures)]}))
    monkeypatch.setattr(study, "compared", lambda loaded, figures, own: compared.assign(n=len(own)))
    monkeypatch.setattr(study, "scored", lambda table, by=("horizon",): table.assign(by=" ".join(by)))


@pytest.mark.parametrize("scores", [False, True])
def test_a_filter_goes_on_after_what_was_done_and_writes_all_its_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, found_rows: list[Any], scores: bool
) -> None:
    closed, asked, told = list[int](), dict[str, Any](), list[Any]()
    place = SimpleNamespace(close=lambda: closed.append(1))

    def resumed(filtered: Any, folder: Path, months: Any, about: Any, may_start: bool) -> tuple[int, str]:
        asked.update(resumed=(folder, months, may_start), number=len(told))
        filtered.runner.progress(5, 9)
        keep(folder, 1, 0.0, [0.5])
        return 1, "Went on."

    without_runs(monkeypatch)
    monkeypatch.setattr(study, "resumed", resumed)
    monkeypatch.setattr(study, "check_same", lambda *given: asked.update(same=given))
    monkeypatch.setattr(study, "check_writable", lambda folder: asked.update(writable=folder))
    monkeypatch.setattr(study, "workplace", lambda jobs, dask: asked.update(place=(jobs, dask)) or place)
    loaded = tiny_filter().without("lithuania")
    job = Job(tmp_path, jobs=2, dask="here", command="corridor x", scores=scores, progress=lambda *w: told.append(w))
    done = study.assimilate(loaded, job)
    figures = study.figures_of(loaded, None, None)
    about = study.about_of(loaded, figures)
    assert asked["writable"] == tmp_path
    assert asked["same"] == (tmp_path, about(None), scores, not scores)
    assert asked["resumed"] == (tmp_path, MONTHS[:2], not scores)
    assert asked["place"] == (2, "here")
    assert closed == [1]
    filtered: Any = done.filter
    assert (filtered.taken, filtered.runner.given) == (MONTHS[1:2], (setting_of(loaded), place))
    assert {f.series for f in done.filter.figures} == {"poland"}
    assert told == [("states of earlier months", 5, 9), ("November 2025", 1, 2)]
    tables = {"posture", "parameters", "months"} | ({"forecasts", "scores", "scores-by-series"} if scores else set())
    assert set(done.tables) == tables
    assert (done.months, done.begun_from, done.folder, done.inferred) == (MONTHS[:2], "Went on.", tmp_path, None)
    assert done.past.to_dict("records") == [{"n": 4}]
    others = {"posture.parquet", "figures.csv", "filter.json", "months", "origins"}
    assert {file.name for file in tmp_path.iterdir()} == {f"{name}.csv" for name in tables} | others
    assert pd.read_csv(tmp_path / "figures.csv")["series"].tolist() == [f.series for f in figures]
    assert pd.read_parquet(tmp_path / "posture.parquet").equals(done.tables["posture"])
    assert json.loads((tmp_path / "filter.json").read_text())["about"] == about(None)
    stored = checkpoint.about(checkpoint.file_of(tmp_path, MONTHS[1]))
    words = {"seconds": 2.3, "month": "2025-11-01", "effective": [0.5, 0.6], "evidence": -1.0}
    assert stored == about(MONTHS[1]) | words
    if scores:
        assert done.tables["forecasts"].to_dict("records") == [{"method": "x", "n": 1}]
        assert done.tables["scores"]["by"].tolist() == ["horizon"]
        assert done.tables["scores-by-series"]["by"].tolist() == ["series horizon"]


def test_the_workplace_is_closed_after_a_failure_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, found_rows: list[Any]
) -> None:
    closed: list[int] = []
    monkeypatch.setattr(study, "workplace", lambda jobs, dask: SimpleNamespace(close=lambda: closed.append(1)))
    monkeypatch.setattr(study, "Runner", lambda *given: SimpleNamespace(progress=given[2]))
    asked: list[bool] = []

    def fail(filtered: Any, folder: Path, months: Any, about: Any, may_start: bool) -> tuple[int, str]:
        asked.append(may_start)
        raise KeyError("a stop")

    monkeypatch.setattr(study, "resumed", fail)
    for job in (Job(tmp_path), Job(tmp_path, fresh=True)):
        with pytest.raises(KeyError, match="a stop"):
            study.assimilate(tiny_filter(), job)
    assert closed == [1, 1]
    assert asked == [True, False]
    assert (tmp_path / "months").is_dir()
    assert (tmp_path / "origins").is_dir()


def test_days_of_the_record_are_counted_from_the_start() -> None:
    figures = [
        Figure("poland", np.array([3, 44]), 1.0, 1.0, 1.0, False, 9),
        Figure("x", np.array([1]), 1, 1, 1, False, 2),
    ]
    assert study._last_day(tiny_filter(), figures) == START + timedelta(days=44)
