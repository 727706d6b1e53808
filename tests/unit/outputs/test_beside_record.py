"""Results beside the published series."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.outputs.results import Results
from sim.runs import run
from tests.unit.outputs.chosen import values


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
