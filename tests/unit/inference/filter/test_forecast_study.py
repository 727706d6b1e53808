"""The tables and sentences of a forecast, from forecasts made by hand; and what is written where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.inference.backtest.error_widths import stretched
from sim.inference.calibration_study import csv
from sim.inference.filter import forecast_study as fs
from sim.inference.filter import outlook as weeks_ahead
from sim.inference.filter.assimilate import Ahead, Month, setting_of
from sim.inference.filter.back_test import LEVELS
from sim.inference.filter.engine_runs import WEEKLY
from sim.inference.filter.forecast_study import WhatIf
from sim.inference.filter.outlook import Outlook
from sim.inference.filter.past_errors import latest
from sim.inference.filter.record import Figure
from sim.inference.filter.study import Job, short
from sim.scenario.errors import ScenarioError
from tests.strategies import START, tiny_scenario
from tests.unit.inference.filter.tiny_filter import CONTENT, tiny_filter

ORIGIN = date(2025, 12, 1)
RUNS = np.arange(21.0)  # the 5, 50 and 95 % quantiles are 1, 10 and 19


def ahead(peaks: list[list[float]] | None = None) -> Outlook:
    """Two weeks of the three sections of the tiny scenario; ``peaks``: the share of runs overloaded, by section."""
    runs = np.zeros((21, 2, 3, len(WEEKLY)))
    for section, shares in enumerate(peaks or [[0.0, 0.0]] * 3):
        for week, share in enumerate(shares):
            runs[:, week, section, WEEKLY.index("peak pressure")] = np.where(share * 21 > RUNS, 2.0, 1.0)
    weeks = RUNS[:, None] * np.array([1.0, 100.0])
    names, agencies = ["dieveniskes", "kuznica", "narewka"], ["lithuania", "poland", "poland"]
    return Outlook(
        ORIGIN, names, agencies, runs, np.zeros((21, 2, 3)), {"lithuania": weeks, "poland": 1000 + weeks},
        RUNS * 250, 1.0,
    )  # fmt: skip


def months_table() -> pd.DataFrame:
    row = {"mean": 0.0, "low50": 0.0, "high50": 0.0}
    return pd.DataFrame([
        {"series": name, "horizon": k, "period_start": first, **row, "low90": low, "median": 1234.5 * k, "high90": 9e3}
        for name, low in (("lithuania", 0.4), ("poland", 2000.0))
        for k, first in ((1, date(2025, 12, 1)), (2, date(2026, 1, 1)))
    ])  # fmt: skip


def past_row(end: date, **more: Any) -> dict[str, Any]:
    return {
        "origin": date(2025, 9, 1), "series": "poland", "period_start": end - timedelta(days=30), "period_end": end,
        "published": 1234.0, "median": 1000.6, "low90": 500.0, "high90": 2000.0, "in50": 0.0, "in90": 0.0, **more,
    }  # fmt: skip


def test_months_are_told_by_series_in_words() -> None:
    assert fs._by_month(months_table()).to_dict("records") == [
        {"month": "2025-12", "lithuania": "1,234 (0 to 9,000)", "poland": "1,234 (2,000 to 9,000)"},
        {"month": "2026-01", "lithuania": "2,469 (0 to 9,000)", "poland": "2,469 (2,000 to 9,000)"},
    ]


def test_countries_are_told_by_week_in_words() -> None:
    assert fs._by_country(ahead()).to_dict("records") == [
        {"week of": "2025-12-01", "lithuania": "10 (1 to 19)", "poland": "1,010 (1,001 to 1,019)"},
        {"week of": "2025-12-08", "lithuania": "1,000 (100 to 1,900)", "poland": "2,000 (1,100 to 2,900)"},
    ]


def test_of_each_section_the_worst_week_is_told_from_a_tenth_on_and_the_worst_first() -> None:
    rows = [("a", 1, 0.2, 0.04), ("a", 2, 0.35, 0.05), ("b", 1, 0.0999, 0.03), ("b", 2, 0.0, 0.0),
            ("c", 1, 0.1, 0.031), ("c", 2, 0.05, 0.02), ("d", 1, 0.9, 0.03), ("d", 2, 0.8, 0.04)]  # fmt: skip
    table = pd.DataFrame([
        {"section": name, "agency": "poland", "week": week, "week_start": ORIGIN + timedelta(days=7 * week - 7),
         "p_overload": p, "error": error}
        for name, week, p, error in rows
    ])  # fmt: skip
    assert fs._worst(table).to_dict("records") == [
        {"section": "d", "agency": "poland", "week_start": "2025-12-01", "p_overload": "90% +/- 3%"},
        {"section": "a", "agency": "poland", "week_start": "2025-12-08", "p_overload": "35% +/- 5%"},
        {"section": "c", "agency": "poland", "week_start": "2025-12-01", "p_overload": "10% +/- 3%"},
    ]


def test_a_sentence_tells_the_sum_and_the_section_most_likely_to_be_overloaded() -> None:
    words = "From 2025-12-01, 2 weeks: 2,500 recorded attempts (90 %: 250 to 4,750). "
    quiet = ahead([[0.09, 0.0]] * 3)
    assert fs._sentence(quiet, weeks_ahead.warnings(quiet)) == (
        words + "No section is overloaded with a probability of 10% or more."
    )
    busy = ahead([[0.0, 0.2], [0.3, 0.8], [0.5, 0.0]])
    assert fs._sentence(busy, weeks_ahead.warnings(busy)) == (
        words + "Most likely to be overloaded: kuznica, with 81% in the week of 2025-12-08."
    )
    just = weeks_ahead.warnings(quiet).assign(p_overload=[0.0, 0.1, 0.05, 0.0, 0.0, 0.0])
    assert fs._sentence(quiet, just).endswith("dieveniskes, with 10% in the week of 2025-12-08.")


def test_forecasts_of_the_last_year_are_counted() -> None:
    past = pd.DataFrame([
        past_row(ORIGIN - timedelta(days=1), in90=1.0, in50=1.0), past_row(ORIGIN - timedelta(days=9), in90=1.0),
        past_row(ORIGIN - timedelta(days=365)), past_row(ORIGIN - timedelta(days=366), in90=1.0, in50=1.0),
    ])  # fmt: skip
    words = "Forecasts of the last year: 2 of 3 in the 90 % interval, 1 in the 50 %."
    assert fs.held(past, ORIGIN) == words
    assert fs._past_sentence(past, ORIGIN, 1.256) == (
        words + " By all past errors the intervals are 1.26 times the filter's."
    )
    assert fs._past_sentence(past[:0], ORIGIN, 1.0) == (
        "No earlier forecast has a figure yet, so the intervals are the filter's own."
    )


def test_the_last_nine_forecasts_are_told_in_words() -> None:
    ends = [ORIGIN - timedelta(days=1 + k) for k in range(10)]
    held = [{"in50": 1.0, "in90": 1.0}, {"in90": 1.0}, *[{}] * 8]
    found = fs.turned_out(pd.DataFrame([past_row(end, **how) for end, how in zip(ends, held, strict=True)]))
    assert list(found["held"]) == ["50 %", "90 %", *["no"] * 7]
    assert found.iloc[0].to_dict() == {
        "period": "2025-10-31 to 2025-11-30", "series": "poland", "forecast of": "2025-09-01", "published": "1,234",
        "forecast": "1,001 (500 to 2,000)", "held": "50 %",
    }  # fmt: skip


def surprises() -> pd.DataFrame:
    row = {"series": "poland", "published": 5.0, "model_low": 1.0, "model": 2.0, "model_high": 3.0}
    days = {"period_start": date(2025, 11, 1), "period_end": date(2025, 11, 30)}
    return pd.DataFrame([{**row, **days, "beyond": False}, {**row, **days, "published": 99.0, "beyond": True}])


def test_only_figures_beyond_the_model_are_told_so() -> None:
    assert fs.beyond(surprises()).to_dict("records") == [
        {"series": "poland", "published": 99.0, "model_low": 1.0, "model": 2.0, "model_high": 3.0,
         "period_start": "2025-11-01", "period_end": "2025-11-30"}
    ]  # fmt: skip


def test_the_terminal_has_a_table_of_whatever_there_is_to_tell() -> None:
    busy = ahead([[0.0, 0.2], [0.3, 0.8], [0.5, 0.0]])
    past = pd.DataFrame([past_row(ORIGIN)])
    files = {"months": months_table(), "past": past, "surprises": surprises()}
    worst = weeks_ahead.warnings(busy)
    tables = fs._told(busy, files, worst)
    parts = {
        "Recorded attempts a week, by country: median (90 %)": fs._by_country(busy),
        "Recorded attempts by month, the forecast that is back-tested: median (90 %)": fs._by_month(months_table()),
        "Overload, by section": fs._worst(worst),
        "How the last forecasts turned out": fs.turned_out(past),
        "Figures beyond what the model produces": fs.beyond(surprises()),
    }
    assert list(tables) == list(parts)
    assert all(tables[title].equals(part) for title, part in parts.items())
    nothing = {"months": pd.DataFrame(), "past": pd.DataFrame(), "surprises": surprises()[:1]}
    assert list(fs._told(ahead(), nothing, weeks_ahead.warnings(ahead()))) == list(parts)[:1]


def test_titles_are_countries_and_sections_without_what_is_in_brackets() -> None:
    scenario = tiny_scenario({"sections": {"kuznica": {"title": "Kuźnica (road and rail) (2)"}}})
    assert fs.titles_of(scenario) == {
        "lithuania": "Lithuania", "poland": "Poland", "dieveniskes": "Dieveniškės", "kuznica": "Kuźnica",
        "narewka": "Narewka",
    }  # fmt: skip


@pytest.mark.parametrize(("days", "horizons"), [
    (120, [1]),  # the run ends on 28 January
    (123, [1, 2]), (122, [1]), (92, [1]), (91, []), (200, [1, 2]),
])  # fmt: skip
def test_months_ahead_are_forecast_while_they_lie_within_the_run(
    monkeypatch: pytest.MonkeyPatch, days: int, horizons: list[int]
) -> None:
    asked: list[Figure] = []

    def samples(loaded: Any, wanted: list[Figure], seen: Ahead) -> list[np.ndarray]:
        asked.extend(wanted)
        return [np.exp(LEVELS + 5 + k) for k in range(len(wanted))]

    monkeypatch.setattr(fs, "samples", samples)
    series = {"b": CONTENT["series"]["poland"], "a": {**CONTENT["series"]["lithuania"], "agency": None},
              "c": {**CONTENT["series"]["poland"], "score": False}}  # fmt: skip
    loaded = tiny_filter(series=series)
    loaded = loaded._replace(scenario=tiny_scenario(days=days))
    months, hub = fs._months(loaded, Ahead(Month(ORIGIN, 61, 31), np.zeros(0), Any), 1.5)  # type: ignore[arg-type]
    periods = {1: (date(2025, 12, 1), date(2025, 12, 31), 61, 92), 2: (date(2026, 1, 1), date(2026, 1, 31), 92, 123)}
    wanted = [(k, name) for k in horizons for name in ("a", "b")]
    assert [(f.series, f.first, f.last, f.at_least, f.known) for f in asked] == [
        (name, periods[k][2], periods[k][3] - 1, False, periods[k][3]) for k, name in wanted
    ]
    assert all(np.isnan([f.value, f.low, f.high]).all() for f in asked)
    assert len(months) == len(wanted)
    assert len(hub) == 23 * len(wanted)
    for number, (k, name) in enumerate(wanted):
        wide = stretched(np.exp(LEVELS + 5 + number), 1.5)
        quantiles = dict(zip(("low90", "low50", "median", "high50", "high90"),
                             np.quantile(wide, [0.05, 0.25, 0.5, 0.75, 0.95]), strict=True))  # fmt: skip
        first, last, *_ = periods[k]
        assert months.iloc[number].to_dict() == pytest.approx({
            "series": name, "horizon": k, "period_start": first, "period_end": last, "mean": wide.mean(), **quantiles,
        })  # fmt: skip
        own = hub.iloc[23 * number : 23 * number + 23]
        assert own.iloc[11].to_dict() == pytest.approx({
            "origin_date": ORIGIN, "horizon": k, "target": "monthly recorded attempts", "target_end_date": last,
            "location": {"a": "a", "b": "poland"}[name], "output_type": "quantile", "output_type_id": 0.5,
            "value": np.median(wide),
        })  # fmt: skip


def figure(first: int, days: int, value: float, low: float, high: float) -> Figure:
    return Figure("poland", np.arange(first, first + days), value, low, high, False, 0)


def test_figures_of_the_last_three_months_stand_beside_what_the_filter_counts() -> None:
    daily = np.zeros((101, 2, 120))
    daily[:, 1, 40] = 100 + (np.arange(101) - 2) * 100 / 96  # the 2, 50 and 98 % quantiles are 100, 150, 200
    daily[:, 1, 98] = 30.0
    low, high = 80.0, 250.0
    figures = [
        figure(98, 2, 30.0, 30.0, 30.0), figure(0, 7, 1.0, 1.0, 1.0), figure(0, 8, 1.0, 0.0, 96.0),
        figure(40, 10, 60.0, 50.0, low), figure(40, 10, 60.0, 50.0, low - 0.01), figure(40, 10, 300.0, high, 300.0),
        figure(40, 10, 300.0, high + 0.01, 400.0),
    ]  # fmt: skip
    filtered = SimpleNamespace(
        particles=SimpleNamespace(daily=daily), figures=figures, numbers={"poland": 1}, shares={"poland": 0.5}
    )
    plain = fs._surprises(tiny_filter(), SimpleNamespace(filter=filtered))  # type: ignore[arg-type]
    assert list(plain["period_end"]) == [START + timedelta(days=last) for last in (99, *[49] * 4)]  # after day 7
    filtered.shares["poland"] = 1.0
    found = fs._surprises(tiny_filter(), SimpleNamespace(filter=filtered))  # type: ignore[arg-type]
    assert plain["model"].to_numpy() == pytest.approx(found["model"] / 2)
    assert list(found["beyond"]) == [False, False, True, False, True]
    assert found.iloc[1].to_dict() == pytest.approx({
        "series": "poland", "period_start": START + timedelta(days=40), "period_end": START + timedelta(days=49),
        "published": 60.0, "model_low": 100.0, "model": 150.0, "model_high": 200.0, "beyond": False,
    })  # fmt: skip


def test_what_if_changes_the_scenario_and_names_its_folder(tmp_path: Path) -> None:
    loaded = tiny_filter()
    assert WhatIf().scenario(loaded, ORIGIN) is None
    assert WhatIf().tag() == ""
    changed = WhatIf(["hazards.death=0"])
    found = changed.scenario(loaded, ORIGIN)
    assert found is not None
    assert found.hazards.death == 0
    assert changed.tag() == f"-{short(['hazards.death=0'])}"
    flights = tmp_path / "flights.csv"
    flights.write_text("date", encoding="utf-8")
    digest = sha256(b"date").hexdigest()
    both = WhatIf(["a=1"], ["fence:poland"], flights)
    assert both.tag() == f"-{short(['a=1', 'with fence:poland', digest])}"


def test_measures_and_flights_come_from_the_origin_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fs, "with_parts", lambda scenario, text: [*scenario, text])
    monkeypatch.setattr(fs, "resolve", lambda scenario: scenario)
    monkeypatch.setattr(fs, "with_flights", lambda scenario, file, since: [*scenario, file, since])
    what_if = WhatIf(measures=["fence:poland", "fence@2026-01-05"], flights=tmp_path)
    loaded: Any = SimpleNamespace(scenario=["as it is"])
    assert what_if.scenario(loaded, ORIGIN) == [
        "as it is", "fence:poland@2025-12-01", "fence@2026-01-05", tmp_path, ORIGIN,
    ]  # fmt: skip


class Filtered:
    """A filter that looks ahead as if it were done."""

    def __init__(self) -> None:
        self.particles = SimpleNamespace(daily=np.ones((3, 2, 120)))
        self.figures = [figure(31, 30, 30.0, 30.0, 30.0)]
        self.numbers, self.shares = {"lithuania": 0, "poland": 1}, {"lithuania": 1.0, "poland": 1.0}
        self.runner: Any = None

    def look_ahead(self, month: Month) -> Ahead:
        return Ahead(month, np.zeros(0), SimpleNamespace())  # type: ignore[arg-type]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Forecasts without runs: what was asked for, by name."""
    asked: dict[str, Any] = {"closed": 0}
    filtered = Filtered()
    past = pd.DataFrame([
        {"origin": START, "series": "poland", "period_start": START, "period_end": date(2025, 10, 31), "horizon": 1,
         "observed": 30.0, "known": date(2025, 11, 1), "quantiles": np.linspace(1.0, 20.0, 400)}
    ])  # fmt: skip
    done = SimpleNamespace(filter=filtered, months=["the months"], past=past, begun_from="Went on.")

    def outlook(*given: Any) -> Outlook:
        asked["outlook"] = given
        asked["runner"] = filtered.runner
        return ahead([[0.0, 0.2], [0.3, 0.8], [0.5, 0.0]])

    def runner(setting: Any, place: Any, progress: Callable[[int, int], None]) -> Any:
        progress(3, 7)
        return (setting, place)

    def close() -> None:
        asked["closed"] += 1

    place = SimpleNamespace(close=close)
    monkeypatch.setattr(fs.study, "assimilate", lambda loaded, job: done)
    monkeypatch.setattr(fs.study, "origin_of", lambda loaded, data, until: ORIGIN)
    monkeypatch.setattr(fs, "workplace", lambda jobs, dask: asked.update(place=(jobs, dask)) or place)
    monkeypatch.setattr(fs, "Runner", runner)
    monkeypatch.setattr(fs.weeks_ahead, "outlook", outlook)
    monkeypatch.setattr(fs, "samples", lambda loaded, wanted, seen: [1 + LEVELS * 100 for _ in wanted])
    return {"asked": asked, "done": done, "place": place}


def test_a_forecast_writes_its_tables_and_tells_them(fake: dict[str, Any], tmp_path: Path) -> None:
    told: list[Any] = []
    loaded, job = tiny_filter(), Job(tmp_path, jobs=3, dask="here", progress=lambda *words: told.append(words))
    found = fs.look_ahead(loaded, job, 2, 21)
    asked, done = fake["asked"], fake["done"]
    factor = fs.stretch_at(done.past, ORIGIN)
    assert factor > 1
    assert asked["outlook"] == (done.filter, ["the months"], 2, 21, factor, None)
    assert asked["place"] == (3, "here")
    assert asked["runner"] == (setting_of(loaded), fake["place"])
    assert asked["closed"] == 1
    assert told == [("weeks ahead", 3, 7)]
    weeks = ahead([[0.0, 0.2], [0.3, 0.8], [0.5, 0.0]])
    month = Ahead(Month(ORIGIN, 61, 31), np.zeros(0), SimpleNamespace())  # type: ignore[arg-type]
    months, hub = fs._months(loaded, month, factor)
    exact = {
        "forecast": weeks_ahead.table(weeks), "months": months, "warnings": weeks_ahead.warnings(weeks),
        "past": latest(done.past, ORIGIN), "surprises": fs._surprises(loaded, done),
        "hub": pd.concat([weeks_ahead.hub_table(weeks), hub], ignore_index=True),
        "countries": weeks_ahead.country_table(weeks),
    }  # fmt: skip
    assert list(found.files) == list(exact)
    assert found.folder == tmp_path / "forecast-2025-12-01"
    for name, table in exact.items():
        assert found.files[name].equals(table), name
        assert (found.folder / f"{name}.csv").read_bytes() == csv(table), name
    assert found.titles == fs.titles_of(loaded.scenario)
    named = exact["warnings"].assign(
        section=["Dieveniškės"] * 2 + ["Kuźnica"] * 2 + ["Narewka"] * 2, agency=["Lithuania"] * 2 + ["Poland"] * 4
    )
    sentences = ["Went on.", fs._sentence(weeks, named), fs._past_sentence(exact["past"], ORIGIN, factor)]
    assert found.summary == " ".join(sentences)
    assert "Kuźnica, with 81%" in found.summary
    assert list(found.tables) == list(fs._told(weeks, exact, named))


def test_a_forecast_of_a_what_if_has_no_months_and_its_own_folder(fake: dict[str, Any], tmp_path: Path) -> None:
    fake["done"].begun_from = ""
    what_if = WhatIf(["hazards.death=0"])
    found = fs.look_ahead(tiny_filter(), Job(tmp_path), 2, 21, what_if)
    assert found.folder == tmp_path / f"forecast-2025-12-01{what_if.tag()}"
    assert fake["asked"]["outlook"][5].hazards.death == 0
    assert not (found.folder / "months.csv").exists()
    assert found.files["hub"].equals(weeks_ahead.hub_table(ahead()))
    assert found.summary.startswith("From 2025-12-01, 2 weeks")


def test_a_forecast_ends_with_the_scenario_at_the_latest(fake: dict[str, Any], tmp_path: Path) -> None:
    loaded = tiny_filter()
    fs.look_ahead(loaded._replace(scenario=tiny_scenario(days=61 + 56)), Job(tmp_path), 8, 21)
    with pytest.raises(ScenarioError) as raised:
        fs.look_ahead(loaded._replace(scenario=tiny_scenario(days=61 + 55)), Job(tmp_path), 8, 21)
    assert str(raised.value) == ("forecast: found 8 weeks from 2025-12-01; allowed: to the scenario's end, 2026-01-24")
