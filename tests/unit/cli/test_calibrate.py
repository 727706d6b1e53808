"""`corridor calibrate`, `backtest` and `data import`: what they print, what they write, what they refuse."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xarray

import sim
from sim.scenario import to_yaml
from tests.command import Corridor
from tests.strategies import START, tiny_scenario

EXPERIMENT: dict[str, Any] = {
    "kind": "calibration",
    "title": "tiny, fitted",
    "scenario": "tiny.yaml",
    "parameters": {"retry": {"title": "Days between attempts", "paths": ["behaviour.retry"],
                             "prior": {"lognormal": [4.0, 0.5]}}},
    "series": {"poland": {"observed": "poland.csv", "counted": "attempts", "agency": "poland",
                          "measure": "recorded_attempts"}},
    "history_matching": {"runs": 12, "waves": 0},
    "smc": {"particles": 10, "generations": 1, "steps": 30},
    "backtest": {"origins": [str(START + timedelta(days=40))], "months": 1, "draws": 200, "seats_to": "belarus"},
}  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(to_yaml(tiny_scenario(days=80)), encoding="utf-8")
    (tmp_path / "fit.yaml").write_text(json.dumps(EXPERIMENT), encoding="utf-8")
    lines = ["series,period_start,period_end,value,low,high"]
    for first, value in ((0, 30), (20, 80), (40, 90), (50, 100)):
        start = START + timedelta(days=first)
        length = 19 if first < 40 else 9
        lines.append(f"poland,{start},{start + timedelta(days=length)},{value},,")
    (tmp_path / "poland.csv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


@pytest.mark.long
def test_a_calibration_prints_its_tables_and_names_its_files(here: Path, corridor: Corridor) -> None:
    status, out, err = corridor("calibrate", "fit.yaml", "--jobs", "1", "--arviz", "--out", "out")
    assert status == 0
    assert "Days between attempts" in out
    assert "effective particles" in out
    assert "design: 12 runs" in err
    names = {"posterior.parquet", "posterior.yaml", "parameters.csv", "fit.csv", "waves.csv", "calibration.json"}
    assert names <= {file.name for file in (here / "out").iterdir()}
    record = json.loads((here / "out" / "calibration.json").read_text(encoding="utf-8"))
    assert record["command"] == "corridor calibrate fit.yaml --jobs 1 --arviz --out out"
    assert record["runs"] == 22
    with xarray.open_datatree(here / "out" / "arviz.nc", engine="h5netcdf") as tree:
        assert {"posterior", "posterior_predictive", "observed_data", "log_likelihood"} <= set(tree.children)
    assert corridor("run", "out/posterior.yaml", "--out", "run", "--quiet") == (0, "", "")


@pytest.mark.long
def test_a_fit_checked_by_its_own_truths_says_how_many_it_finds_again(here: Path, corridor: Corridor) -> None:
    status, out, err = corridor("calibrate", "fit.yaml", "--sbc", "2", "--jobs", "1", "--out", "out")
    assert status == 0
    assert "2 truths. Of the true values" in out and "in 90 % intervals" in out
    assert "truth 2 of 2" in err
    names = {"ranks.csv", "ranks.parquet", "coverage.csv", "histogram.csv", "ranks.png", "ranks.svg", "sbc.json"}
    assert names <= {file.name for file in (here / "out").iterdir()}
    same = sim.calibrate({**EXPERIMENT, "title": "tiny, fitted"}, sbc=2, folder=here / "again")
    assert (here / "out" / "ranks.csv").read_bytes() == (here / "again" / "ranks.csv").read_bytes()
    assert set(same.coverage["parameter"]) == {"retry", "all"}


def test_a_back_test_prints_all_baselines_and_draws_its_fan(here: Path, corridor: Corridor) -> None:
    status, out, _ = corridor("backtest", "fit.yaml", "--jobs", "1", "--out", "out")
    assert status == 0
    for method in ("corridor", "last value", "log random walk", "exponential smoothing", "exposure scaling"):
        assert method in out
    files = {file.name for file in (here / "out").iterdir()}
    assert {"forecasts.csv", "scores.csv", "scores.md", "fan.svg", "fan.png", "backtest.json"} <= files


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["calibrate", "minsk-2022"], "did you mean 'minsk-2021'"),
        (["calibrate", "tiny.yaml"], "tiny.yaml:"),
        (["calibrate", "fit.yaml", "--sbc", "0"], "--sbc: found 0 truths; allowed: 1 to 10,000"),
        (["calibrate", "fit.yaml", "--sbc", "2", "--arviz"], "found sbc and arviz"),
        (["backtest", "no.yaml"], "cannot be read"),
        (["calibrate", "fit.yaml", "--out", "poland.csv"], "found a file"),
        (["data", "import", "poland.csv"], "no table that is known"),
        (["data", "import", "none.xlsx"], "found no file"),
    ],
)
def test_bad_input_ends_in_one_clear_message(here: Path, corridor: Corridor, words: list[str], message: str) -> None:
    status, out, err = corridor(*words)
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_an_import_says_what_it_holds(here: Path, corridor: Corridor) -> None:
    (here / "f.csv").write_text("Route,Nationality,JUL2021,AUG2021\nEast,Iraq,700,1200\n", encoding="utf-8")
    status, out, _ = corridor("data", "import", "f.csv", "--out", "observed.csv")
    assert status == 0
    assert "2 months, 2021-07-01 to 2021-08-31, 1,900 detections" in out
    assert (
        (here / "observed.csv").read_text(encoding="utf-8").startswith("series,period_start,period_end,value,low,high")
    )


def test_an_import_ends_with_a_reconciliation(here: Path, corridor: Corridor) -> None:
    (here / "f.csv").write_text("Route;Nationality;01/02/2021\nEast;Iraq;1.000\nWest;Iraq;-\n", encoding="utf-8")
    import_ = ["data", "import", "f.csv", "--route", "East"]
    assert "--dates day-first or --dates month-first" in corridor(*import_)[2]
    assert "--decimal point or --decimal comma" in corridor(*import_, "--dates", "day-first")[2]
    status, out, _ = corridor(*import_, "--dates", "day-first", "--decimal", "comma")
    assert status == 0
    assert out.splitlines() == [
        "observed.csv: 1 months, 2021-02-01 to 2021-02-28, 1,000 detections",
        "Read: 2 rows below line 1 of f.csv, as Frontex's monthly detections, a column a month",
        "Kept: 2 rows; dropped: 0",
        "Empty: 1 cells have no count, which is not 0",
        "Totals of the file by route and year (detections):",
        "  East: 2021 1,000",
        "  West: 2021 not reported",
        "Of 1,000: 1,000 imported, 0 on other routes, of other nationalities or places, 0 in months not imported",
    ]
