"""Results: tables that add up, intervals, and files that are whole, exact and the same each time."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import frames
from sim.measures import MEASURES
from sim.report.figures import figures, write_figures
from sim.results import DAILY, MONTHLY, TOTALS, Results
from sim.runs import run
from sim.save import OutputError, check_folder, new_folder
from sim.scenario import load_scenario, scenario_hash
from sim.scenario.quantity import Distribution
from tests.strategies import START, finished, tiny_scenario

TABLES = (DAILY, MONTHLY, TOTALS)
PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def one() -> Results:
    return run(tiny_scenario())


@pytest.fixture(scope="module")
def many() -> Results:
    spread = Distribution("triangular", (0.01, 0.04, 0.09))
    return run(tiny_scenario({"cohorts": {"iraqis": {"leaving_rate": spread}}}), replicates=4)


@pytest.fixture(params=["one", "many"])
def results(request: pytest.FixtureRequest) -> Results:
    found: Results = request.getfixturevalue(request.param)
    return found


def values(table: pd.DataFrame, **where: str) -> pd.Series:
    for column, value in where.items():
        table = table[table[column] == value]
    return table["value"]


# Tables


def test_daily_is_tidy_complete_and_finite(results: Results) -> None:
    daily = results.daily
    assert list(daily.columns) == list(frames.DAILY_COLUMNS)
    assert not daily.duplicated(["date", "level", "name", "measure", "replicate"]).any()
    assert np.isfinite(daily["value"]).all()
    assert daily.notna().all().all()
    assert set(daily["level"]) == {"section", "agency", "route", "cohort", "status", "place"}
    assert len(daily) % (results.replicates * 120) == 0
    units = daily.drop_duplicates("measure").set_index("measure")["unit"]
    assert all(units[name] == MEASURES[str(name)].daily_unit for name in units.index)


def test_persons_are_conserved_in_the_tables(results: Results) -> None:
    stocks = results.daily[results.daily["level"] == "status"]
    assert set(stocks.groupby(["replicate", "date"])["value"].sum()) == {400.0}
    at_places = results.daily[results.daily["level"] == "place"]
    assert set(at_places.groupby(["replicate", "date"])["value"].sum()) == {400.0}


def test_monthly_sums_are_the_sums_of_days(results: Results) -> None:
    keys = ["level", "name", "measure", "replicate"]
    flows = [name for name, measure in MEASURES.items() if measure.over_time == "sum"]
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
        assert row["first_over"] == pressure.index[pressure > 1][0]
        assert row["overload_probability"] == 1.0
    agencies = one.agencies.loc[["lithuania", "poland"], flows].sum()
    pd.testing.assert_series_equal(summary[flows].sum(), agencies, check_names=False)


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


# The record


def with_record(monkeypatch: pytest.MonkeyPatch, results: Results, *rows: dict[str, object]) -> pd.DataFrame:
    blank = {"series": "s", "measure": "recorded_attempts", "value": np.nan, "low": np.nan, "high": np.nan,
             "agency": "", "route": "", "transit_state": "", "note": "",
             "period_start": pd.Timestamp("2025-10-01"), "period_end": pd.Timestamp("2025-10-31")}  # fmt: skip
    monkeypatch.setattr("sim.data.read_observed", lambda name: pd.DataFrame([blank | row for row in rows]))
    scenario = results.scenario.model_copy(update={"observed": ["s"]})
    return Results(scenario, results.blocks, results.totals, results.info).observed()


def test_observed_is_compared_interval_by_interval(monkeypatch: pytest.MonkeyPatch, one: Results) -> None:
    table = with_record(
        monkeypatch,
        one,
        {"agency": "poland", "value": 100.0},
        {"agency": "poland", "low": 50.0},
        {"agency": "poland", "low": 50.0, "high": 150.0},
        {"agency": "poland", "value": 0.0},
        {"measure": "detections", "value": 10.0},
        {"measure": "flights", "route": "baghdad-minsk", "value": 22.0},
        {"measure": "landed", "route": "benghazi-italy", "value": 22.0},
        {"measure": "returned", "transit_state": "belarus", "value": 5.0},
        {"measure": "stock_in_transit_state", "transit_state": "belarus", "value": 20.0},
    )
    assert set(table["state"]) == {"compared"}
    october = values(one.monthly, month="2025-10", level="agency", name="poland", measure="recorded_attempts").item()
    assert list(table["simulated"][:4]) == [october] * 4
    assert list(table["observed"][:4]) == [100.0, 50.0, 100.0, 0.0]
    assert list(table["bound"][:4]) == ["", ">=", "", ""]
    assert list(table["ratio"][:3]) == pytest.approx([october / 100, october / 50, october / 100])
    assert np.isnan(table["ratio"][3])
    month = one.monthly[one.monthly["month"] == "2025-10"]
    assert table["simulated"][4] == values(month, level="agency", measure="procedures").sum()
    assert table["simulated"][5] == values(month, level="route", name="baghdad-minsk", measure="departures").item()
    assert table["simulated"][6] == values(month, level="route", name="benghazi-italy", measure="landed").item()
    by_air = values(month, level="route", measure="returned").sum()
    assert (
        table["simulated"][7] == by_air - values(month, level="route", name="benghazi-italy", measure="returned").item()
    )
    here = one.daily[one.daily["measure"].isin(["persons_at_hub", "persons_at_border", "persons_stranded"])]
    here = here[
        (here["level"] == "place") & here["name"].isin(["minsk", "bruzgi", "lida"]) & (here["date"] < "2025-11")
    ]
    assert table["simulated"][8] == pytest.approx(here["value"].sum() / 31)


def test_a_run_that_was_shortened_can_be_read_again(tmp_path: Path) -> None:
    short = run("benghazi-surge", days=20)
    back = Results.read(short.write(tmp_path / "r"))
    assert back.totals.equals(short.totals)
    assert back.scenario.days == 20


def test_what_cannot_be_compared_says_why(monkeypatch: pytest.MonkeyPatch, one: Results) -> None:
    early = {"period_start": pd.Timestamp("2025-09-30"), "agency": "poland", "value": 1.0}
    late = {"period_end": pd.Timestamp("2026-01-29"), "agency": "poland", "value": 1.0}
    table = with_record(
        monkeypatch,
        one,
        early,
        late,
        {"agency": "latvia", "value": 1.0},
        {"measure": "stock_in_transit_state", "transit_state": "turkey", "value": 1.0},
        {"measure": "landed", "route": "libya-crete", "value": 1.0},
    )
    assert list(table["state"]) == ["outside the run"] * 2 + ["not in the scenario"] * 3
    assert table["simulated"].isna().all()


def test_the_record_of_several_replicates_has_an_interval(monkeypatch: pytest.MonkeyPatch, many: Results) -> None:
    row = with_record(monkeypatch, many, {"agency": "poland", "value": 100.0}).iloc[0]
    assert row["sim_low"] < row["simulated"] < row["sim_high"]


# Files


def test_what_is_written_is_read_back(tmp_path: Path, results: Results) -> None:
    back = Results.read(results.write(tmp_path / "a" / "b"))
    pd.testing.assert_frame_equal(back.daily, results.daily)
    pd.testing.assert_frame_equal(back.monthly, results.monthly)
    pd.testing.assert_frame_equal(back.totals, results.totals)
    pd.testing.assert_frame_equal(back.summary, results.summary)
    assert back.scenario == results.scenario
    assert back.info == results.info
    written = pd.read_csv(tmp_path / "a" / "b" / MONTHLY, dtype={"value": str})
    assert [float(text) for text in written["value"]] == list(results.monthly["value"])


def test_same_scenario_and_seed_same_bytes(tmp_path: Path, one: Results) -> None:
    one.write(tmp_path / "one")
    run(tiny_scenario()).write(tmp_path / "two")
    run(tiny_scenario(), seed=2).write(tmp_path / "other")
    for name in TABLES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
        assert (tmp_path / "one" / name).read_bytes() != (tmp_path / "other" / name).read_bytes()


def test_provenance_tells_how_to_make_it_again(tmp_path: Path, many: Results) -> None:
    many.write(tmp_path / "r")
    content = json.loads((tmp_path / "r" / "run.json").read_text())
    assert content["seed"] == many.scenario.seed
    assert content["replicates"] == len(content["replicate_seeds"]) == 4
    assert content["command"] == "corridor run scenario.yaml --seed 1 --replicates 4"
    assert set(content["versions"]) >= {"corridor", "python", "mesa", "numpy", "numba"}
    assert set(content["tables_sha256"]) == set(TABLES)
    assert content["machine"]["cores"] >= 1
    assert content["started_utc"] <= content["ended_utc"]
    again = load_scenario(tmp_path / "r" / "scenario.yaml")
    assert content["scenario_sha256"] == scenario_hash(again) == scenario_hash(many.scenario)
    assert content["scenario"] == (tmp_path / "r" / "scenario.yaml").read_text()
    redone = run(tmp_path / "r" / "scenario.yaml", seed=content["seed"], replicates=content["replicates"])
    pd.testing.assert_frame_equal(redone.totals, many.totals)


def test_a_timetable_comes_along(tmp_path: Path) -> None:
    from sim.scenario import to_yaml

    row = f"{START},baghdad,minsk,airline-iq,10"
    (tmp_path / "flights.csv").write_text(f"date,origin,destination,carrier,seats\n{row}\n")
    (tmp_path / "s.yaml").write_text(to_yaml(tiny_scenario()) + "timetable: flights.csv\n")
    results = run(tmp_path / "s.yaml")
    departures = results.series("route", "departures")["baghdad-minsk"]
    assert departures.sum() == run(tiny_scenario()).series("route", "departures")["baghdad-minsk"].sum() + 1
    results.write(tmp_path / "r")
    assert run(tmp_path / "r" / "scenario.yaml").totals.equals(results.totals)


def test_an_earlier_result_is_replaced_whole(tmp_path: Path, one: Results, many: Results) -> None:
    folder = many.write(tmp_path / "r", figures=write_figures)
    (folder / "stray.txt").write_text("of the earlier run")
    one.write(folder)
    assert Results.read(folder).replicates == 1
    assert not (folder / "stray.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


@pytest.mark.parametrize("kind", ["file", "foreign", "link", "under-a-file"])
def test_a_place_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path, one: Results, kind: str) -> None:
    place = tmp_path / "r"
    if kind == "file":
        place.write_text("mine")
    elif kind == "foreign":
        place.mkdir()
        (place / "run.json").write_text('{"of": "something else"}')
    elif kind == "link":
        place.symlink_to(tmp_path / "nowhere")
    else:
        place.write_text("mine")
        place = place / "below"
    before = sorted(tmp_path.rglob("*"))
    for action in (check_folder, one.write):
        with pytest.raises(OutputError) as error:
            action(place)
        assert str(place) in str(error.value)
        assert "\n" not in str(error.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_and_a_link_to_a_folder_are_fine(tmp_path: Path, one: Results) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    one.write(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert Results.read(tmp_path / "empty").totals.equals(one.totals)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError, OSError])
def test_an_interrupted_write_leaves_nothing(tmp_path: Path, one: Results, stop: type[BaseException]) -> None:
    def fail(_: object, __: Path) -> None:
        raise stop("now")

    with pytest.raises(OutputError if stop is OSError else stop):
        one.write(tmp_path / "deep" / "r", figures=fail)
    assert not any(tmp_path.iterdir())
    one.write(tmp_path / "r")
    with pytest.raises(OutputError if stop is OSError else stop):
        one.write(tmp_path / "r", figures=fail)
    assert [path.name for path in tmp_path.iterdir()] == ["r"]
    assert Results.read(tmp_path / "r").totals.equals(one.totals)


def test_without_an_exchange_of_folders_it_is_put_back_on_failure(
    tmp_path: Path, one: Results, many: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.save._exchange", lambda *_: False)
    one.write(tmp_path / "r")
    many.write(tmp_path / "r")
    assert Results.read(tmp_path / "r").replicates == 4
    assert [path.name for path in tmp_path.iterdir()] == ["r"]
    rename = Path.rename

    def breaks(self: Path, target: Path) -> Path:
        if target == tmp_path / "r" and self.suffix != ".old":
            raise OSError("disk is gone")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", breaks)
    with pytest.raises(OutputError, match="disk is gone"):
        one.write(tmp_path / "r")
    assert [path.name for path in tmp_path.iterdir()] == ["r"]
    assert Results.read(tmp_path / "r").replicates == 4


@pytest.mark.parametrize("name", [*TABLES, "run.json", "scenario.yaml"])
def test_damage_is_named(tmp_path: Path, one: Results, name: str) -> None:
    folder = one.write(tmp_path / "r")
    (folder / name).write_bytes((folder / name).read_bytes()[:-40] + b"\x00")
    with pytest.raises(OutputError, match=name if name != "scenario.yaml" else "damaged"):
        Results.read(folder)


def test_what_was_never_written_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"run\.json"):
        Results.read(tmp_path)


def test_a_new_folder_is_not_there_before_it_is_whole(tmp_path: Path) -> None:
    with new_folder(tmp_path / "r") as place:
        assert not (tmp_path / "r").exists()
        assert place.parent == tmp_path
        assert place.name.startswith(".")


# Figures


def test_three_figures_are_drawn_with_units_on_their_axes(tmp_path: Path, results: Results) -> None:
    files = write_figures(results, tmp_path)
    assert [file.name for file in files] == ["pressure.png", "whereabouts.png", "flows.png"]
    assert all(file.read_bytes().startswith(PNG) for file in files)
    for figure in figures(results).values():
        assert all(axes.get_ylabel() for axes in figure.axes)


@pytest.mark.parametrize("days", [1, 6, 8])
def test_figures_of_a_run_of_a_few_days(tmp_path: Path, days: int) -> None:
    assert write_figures(run(tiny_scenario(days=days)), tmp_path)


def test_dates_are_those_of_the_run(one: Results) -> None:
    assert one.dates[0].date() == START == date(2025, 10, 1)
    assert one.dates[-1].date() == one.scenario.end
