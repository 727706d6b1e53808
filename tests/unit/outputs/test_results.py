"""Results: tables that add up, and intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.outputs.daily import DAILY_COLUMNS
from sim.outputs.definitions import OUTPUTS
from sim.outputs.results import Results
from sim.report.figures import figures
from sim.runs import run
from tests.strategies import finished, tiny_scenario
from tests.unit.outputs.chosen import values


def test_daily_is_tidy_complete_and_finite(results: Results) -> None:
    daily = results.daily
    assert list(daily.columns) == list(DAILY_COLUMNS)
    assert not daily.duplicated(["date", "level", "name", "measure", "replicate"]).any()
    assert np.isfinite(daily["value"]).all()
    assert daily.notna().all().all()
    assert set(daily["level"]) == {"section", "agency", "route", "cohort", "status", "place"}
    assert len(daily) % (results.replicates * 120) == 0
    units = daily.drop_duplicates("measure").set_index("measure")["unit"]
    assert all(units[name] == OUTPUTS[str(name)].daily_unit for name in units.index)


def test_persons_are_conserved_in_the_tables(results: Results) -> None:
    stocks = results.daily[results.daily["level"] == "status"]
    assert set(stocks.groupby(["replicate", "date"])["value"].sum()) == {400.0}
    at_places = results.daily[results.daily["level"] == "place"]
    assert set(at_places.groupby(["replicate", "date"])["value"].sum()) == {400.0}


def test_monthly_sums_are_the_sums_of_days(results: Results) -> None:
    keys = ["level", "name", "measure", "replicate"]
    flows = [name for name, output in OUTPUTS.items() if output.over_time == "sum"]
    daily = results.daily[results.daily["measure"].isin(flows)]
    month = daily["date"].dt.strftime("%Y-%m").rename("month")
    expected = daily.astype(dict.fromkeys(keys[:3], str)).groupby([*keys, month])["value"].sum()
    monthly = results.monthly[results.monthly["statistic"] == "sum"].set_index([*keys, "month"])["value"]
    pd.testing.assert_series_equal(expected.sort_index(), monthly.sort_index(), check_index_type=False)


def test_months_know_their_days_and_how_they_are_summed_up(one: Results) -> None:
    monthly, daily = one.monthly, one.daily
    assert dict(zip(monthly["month"], monthly["days"], strict=True)) == {
        "2025-10": 31, "2025-11": 30, "2025-12": 31, "2026-01": 28,
    }  # fmt: skip
    pressure = daily[(daily["measure"] == "border_pressure") & (daily["name"] == "kuznica")].set_index("date")["value"]
    november = {"month": "2025-11", "measure": "border_pressure", "name": "kuznica"}
    assert values(monthly, **november, statistic="mean").item() == pytest.approx(pressure["2025-11"].mean())
    assert values(monthly, **november, statistic="peak").item() == pressure["2025-11"].max()
    persons = values(monthly, month="2025-11", level="status", name="onward", measure="persons").item()
    assert persons == values(daily[daily["date"] == "2025-11-30"], level="status", name="onward").item()


def test_the_summary_is_made_of_the_daily_table(one: Results) -> None:
    flows = ["attempts", "recorded_attempts", "turn_backs", "entries"]
    summary = one.summary.loc[["dieveniskes", "kuznica", "narewka"]]
    for name, row in summary.iterrows():
        for measure in flows:
            assert row[measure] == values(one.daily, level="section", name=str(name), measure=measure).sum()
        pressure = one.series("section", "border_pressure")[str(name)]
        assert row["pressure_mean"] == pytest.approx(pressure.mean())
        assert row["pressure_peak"] == pressure.max()
        assert row["peak_date"] == pressure.idxmax()
        assert row["days_over"] == (pressure > 1).sum()
        over = pressure.index[pressure > 1]
        assert row["first_over"] == over[0] if len(over) else pd.isna(row["first_over"])
        assert row["overload_probability"] == float(len(over) > 0)
    agencies = one.agencies.loc[["lithuania", "poland"], flows].sum()
    pd.testing.assert_series_equal(summary[flows].sum(), agencies, check_names=False)


def test_the_summary_has_each_agency_after_its_sections(results: Results) -> None:
    summary = results.summary
    of_agencies = summary[summary["level"] == "agency"]
    pd.testing.assert_frame_equal(of_agencies[list(results.agencies.columns)], results.agencies, check_dtype=False)
    for agency in of_agencies.index:
        own = [name for name, section in results.scenario.sections.items() if section.agency == agency]
        last = list(summary.index).index(agency)
        assert set(summary.index[last - len(own) : last]) == set(own)


def test_the_summary_counts_everybody_in_the_end(results: Results) -> None:
    totals = results.totals
    for status, measure in (
        ("stranded", "persons_stranded"),
        ("returned", "returned"),
        ("in_procedure", "in_procedure"),
    ):
        by_section = totals[(totals["level"] == "section") & (totals["measure"] == measure)]
        everywhere = totals[(totals["level"] == "everywhere") & (totals["name"] == status)]
        np.testing.assert_array_equal(
            by_section.groupby("replicate")["value"].sum(), everywhere.groupby("replicate")["value"].sum()
        )
    deaths = totals[totals["measure"] == "deaths"].groupby("level")["value"].sum()
    assert deaths["section"] == deaths["route"] == deaths["cohort"]


def test_a_day_that_never_comes_is_missing_not_wrong() -> None:
    calm = run(tiny_scenario({"agencies": {"poland": {"personnel": 1e5}, "lithuania": {"personnel": 1e5}}}))
    summary = calm.summary.loc[["dieveniskes", "kuznica", "narewka"]]
    assert (summary["days_over"] == 0).all()
    assert (summary["overload_probability"] == 0).all()
    assert summary["first_over"].isna().all()
    assert summary["peak_date"].notna().all()


def test_nobody_sets_out_and_all_is_zero() -> None:
    empty = run(tiny_scenario({"cohorts": {name: {"size": 0} for name in ("iraqis", "sudanese", "syrians")}}))
    flows = empty.monthly[
        (empty.monthly["statistic"] == "sum") & ~empty.monthly["measure"].isin(["departures", "seats"])
    ]
    assert not flows["value"].any()
    assert empty.summary["peak_date"].isna().all()
    assert empty.shares.empty
    assert set(figures(empty)) == {"pressure", "whereabouts"}


def test_intervals_are_in_order_and_hold_the_replicates(many: Results) -> None:
    columns = ["low90", "low50", "median", "high50", "high90"]
    intervals = many.intervals
    assert (intervals[columns].diff(axis=1).iloc[:, 1:] >= 0).all().all()
    attempts = values(many.totals, level="section", name="kuznica", measure="attempts")
    row = intervals.query("level == 'section' and name == 'kuznica' and measure == 'attempts'")
    assert row["median"].item() == np.median(attempts)
    assert row["low90"].item() == pytest.approx(np.quantile(attempts, 0.05))
    assert row["replicates"].item() == 4


def test_shares_of_routes_and_cohorts_add_up_to_one(results: Results) -> None:
    shares = results.shares
    np.testing.assert_allclose(shares.groupby(["section", "by"])["share"].sum(), 1.0)
    by = shares.groupby(["by", "section"])["attempts"].sum()
    pd.testing.assert_series_equal(by["route"], by["cohort"])


def test_probability_of_overload_by_week(many: Results) -> None:
    overload = many.overload
    assert len(overload) == 18  # 120 days
    assert overload.index[1] - overload.index[0] == pd.Timedelta(days=7)
    assert set(np.unique(overload)) <= {0.0, 0.25, 0.5, 0.75, 1.0}
    ever = (many.blocks["section", "border_pressure"].of("kuznica") > 1).any(axis=1).mean()
    assert many.summary.loc["kuznica", "overload_probability"] == ever


def test_results_of_a_model_that_was_stopped(one: Results) -> None:
    results = Results.from_model(finished(tiny_scenario(), days=30))
    assert results.scenario.days == len(results.dates) == 30
    pd.testing.assert_frame_equal(results.series("route", "boarded"), one.series("route", "boarded").iloc[:30])
    with pytest.raises(ValueError, match="not a single day"):
        Results.from_model(finished(tiny_scenario(), days=0))


def test_html_shows_text_as_text() -> None:
    results = run(tiny_scenario(title="<script>alert(1)</script>", days=5))
    html = results._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "Kuźnica" in html
