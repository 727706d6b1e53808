"""The commands about experiments, as a user meets them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.scenario import to_yaml
from tests.command import Corridor
from tests.strategies import START, tiny_scenario

FLIGHTS = f"carriers.airline-iq.services.baghdad-minsk.weekly.{START}"
SWEEP = f"""
kind: sweep
title: tiny sweep
scenario: tiny.yaml
design: DESIGN
samples: 16
outcomes: [pressure_peak]
parameters:
  {FLIGHTS}: {{title: flights, range: [0, 9]}}
  agencies.poland.personnel: {{range: [5, 40]}}
"""
DECISION = f"""
kind: decision
title: tiny decision
scenarios: [tiny.yaml, ban.yaml]
samples: 12
objectives: {{entries: {{enough: 40}}, deaths: {{}}}}
parameters:
  {FLIGHTS}: {{title: flights, range: [0, 9]}}
"""
THRESHOLD = f"""
kind: threshold
title: tiny threshold
scenario: tiny.yaml
level: all
halvings: 2
replicates: 4
parameters:
  flights: {{paths: {{{FLIGHTS}: 1}}, range: [0, 24]}}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    ban = {"ban": {"kind": "carrier-ban", "title": "ban", "routes": ["baghdad-minsk"], "start": "2025-10-10"}}
    for name, changes in (("tiny", {}), ("ban", {"measures": ban})):
        text = to_yaml(tiny_scenario(changes, days=30, title=name))
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    for name, text in (("sobol", SWEEP), ("morris", SWEEP), ("decision", DECISION), ("threshold", THRESHOLD)):
        (tmp_path / f"{name}-x.yaml").write_text(text.replace("DESIGN", name), encoding="utf-8")
    return tmp_path


def test_from_an_experiment_to_indices_and_boxes(here: Path, corridor: Corridor) -> None:
    done = corridor("sweep", "sobol-x.yaml", "--jobs", "1")
    assert done.status == 0, done.err
    assert "64 points, 64 runs of tiny" in done.out
    folder = here / "results" / "sobol-x-1"
    table = pd.read_parquet(folder / "runs.parquet")
    assert list(table.columns[4:]) == [FLIGHTS, "agencies.poland.personnel", "pressure_peak"]
    assert len(table) == 64
    again = corridor("sweep", "sobol-x.yaml", "--jobs", "1", "--quiet")
    assert again == (0, "", "")
    done = corridor("sensitivity", str(folder))
    assert done.status == 0, done.err
    for text in ("Sobol' indices: pressure_peak", "Partial rank correlation", "Tornado", "flights"):
        assert text in done.out
    assert "Few points" not in done.out
    written = {file.name for file in (folder / "analysis").iterdir()}
    figures = {"tornado-pressure_peak.png", "sobol-pressure_peak.png", "interactions-pressure_peak.png"}
    assert written >= {"sobol.csv", "prcc.csv", "tornado.csv", *figures}
    middle = table["pressure_peak"].median()
    done = corridor("discover", str(folder), "--where", f"pressure_peak > {middle}")
    assert done.status == 0, done.err
    assert "% of the runs there" in done.out
    assert corridor("verify", str(folder)).out.count("not of the record") == 0
    assert "tiny sweep" in corridor("results", str(folder)).out


def test_a_sample_of_few_points_says_so(here: Path, corridor: Corridor) -> None:
    text = (here / "sobol-x.yaml").read_text(encoding="utf-8").replace("sobol", "latin-hypercube")
    (here / "few.yaml").write_text(text, encoding="utf-8")
    for samples, few in ((8, True), (20, False)):
        folder = f"few-{samples}"
        words = ["sweep", "few.yaml", "--jobs", "1", "--quiet", "--samples", str(samples), "--out", folder]
        assert corridor(*words).status == 0
        assert ("Few points: 8 for 2 parameters." in corridor("sensitivity", folder).out) == few


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["sweep", "background-2025"], "found calibration, which is for `corridor calibrate` and `corridor backtest`"),
        (["calibrate", "flights-sweep"], "found sweep, which is for `corridor sweep`; allowed here: calibration"),
    ],
)
def test_an_experiment_of_another_kind_is_sent_to_its_command(words: list[str], found: str, corridor: Corridor) -> None:
    done = corridor(*words)
    assert done.status == 2
    assert found in done.err
    assert done.err.count("\n") == 1


def test_screening_by_morris(here: Path, corridor: Corridor) -> None:
    assert corridor("sweep", "morris-x.yaml", "--jobs", "1", "--quiet", "--samples", "4", "--out", "m").status == 0
    done = corridor("sensitivity", "m", "--outcome", "deaths@all")
    assert done.status == 0, done.err
    assert "Morris screening: deaths" in done.out
    assert (here / "m" / "analysis" / "morris-deaths.png").is_file()


def test_a_decision_table(here: Path, corridor: Corridor) -> None:
    done = corridor("sweep", "decision-x.yaml", "--jobs", "1", "--out", "d")
    assert "corridor decide d" in done.out
    done = corridor("decide", "d")
    assert done.status == 0, done.err
    for text in ("Robust responses", "Value of information", "ban", "flights"):
        assert text in done.out
    assert {file.name for file in (here / "d" / "analysis").iterdir()} >= {"regret.csv", "regret.png", "knowledge.csv"}


def test_tipping_points(here: Path, corridor: Corridor) -> None:
    done = corridor("threshold", "threshold-x.yaml", "--jobs", "1", "--out", "t")
    assert done.status == 0, done.err
    assert "tip back" in done.out
    assert len(pd.read_csv(here / "t" / "analysis" / "threshold.csv")) == 3
    assert (here / "t" / "analysis" / "threshold.png").is_file()


BAD = {
    "no experiment": (["sweep", "flights-sweeep"], "did you mean 'flights-sweep'"),
    "a threshold is no sweep": (["sweep", "threshold-x.yaml"], "corridor threshold"),
    "a sweep is no threshold": (["threshold", "morris-x.yaml"], "allowed: threshold"),
    "not of its kind": (["threshold", "sobol-x.yaml", "--replicates", "0"], "replicates"),
    "samples that do not suit": (["sweep", "sobol-x.yaml", "--samples", "17"], "power of 2"),
    "no study": (["sensitivity", "nowhere"], "nowhere: no study"),
    "no condition": (["discover", "nowhere", "--where", "a lot"], "--where"),
}


@pytest.mark.parametrize(("words", "message"), BAD.values(), ids=BAD)
def test_bad_input_is_found_before_any_run(
    here: Path, corridor: Corridor, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    monkeypatch.setattr("sim.studies.work.worker.carry_out_run", lambda *_: pytest.fail("it was run"))
    before = sorted(here.iterdir())
    done = corridor(*words)
    assert done.status == 2
    assert message in done.err
    assert sorted(here.iterdir()) == before


def test_what_is_looked_at_later_keeps_what_was_looked_at_before(here: Path, corridor: Corridor) -> None:
    (here / "grid.yaml").write_text(
        "kind: sweep\ntitle: Grid\nscenario: tiny.yaml\ndesign: grid\nlevels: 5\n"
        "parameters: {behaviour.retry: {range: [2, 8]}, detection.coverage: {range: [0.2, 0.9]}}\n"
        "outcomes: [attempts]\n",
        encoding="utf-8",
    )
    assert corridor("sweep", "grid.yaml", "--out", "out", "--jobs", "1", "--quiet").status == 0
    assert corridor("sensitivity", "out", "--quiet").status == 0
    first = pd.read_csv("out/analysis/tornado.csv")
    done = corridor("sensitivity", "out", "--outcome", "deaths")
    assert "deaths (persons)" in done.out
    both = pd.read_csv("out/analysis/tornado.csv")
    pd.testing.assert_frame_equal(both[both["outcome"] == "attempts"].reset_index(drop=True), first)
    assert set(both.loc[both["outcome"] == "deaths", "unit"]) == {"persons"}
    done = corridor("discover", "out", "--where", "attempts > 0 and deaths >= 1", "--density", "1.0")
    assert done.status in (0, 2), done.err
    assert "internal" not in done.err


def test_a_search_for_tipping_points_is_verified_round_by_round(here: Path, corridor: Corridor) -> None:
    (here / "tip.yaml").write_text(
        "kind: threshold\ntitle: Tip\nscenario: tiny.yaml\nparameters: {behaviour.retry: {range: [2, 8]}}\n"
        "where: attempts > 100\nlevel: all\nhalvings: 1\nreplicates: 2\n",
        encoding="utf-8",
    )
    assert corridor("threshold", "tip.yaml", "--out", "tip", "--jobs", "1", "--quiet").status == 0
    assert corridor("verify", "tip").status == 0
    file = next(Path("tip").rglob("totals/*.parquet"))
    file.write_bytes(file.read_bytes()[:-1])
    done = corridor("verify", "tip")
    assert done.status == 1
    assert str(file) in done.err


def test_too_small_or_repeated_designs_are_told_before_any_run(here: Path, corridor: Corridor) -> None:
    head = "title: T\nscenario: tiny.yaml\n"
    (here / "twice.yaml").write_text(
        f"kind: sweep\n{head}design: grid\nparameters: {{behaviour.retry: {{values: [2, 2]}}}}\n", encoding="utf-8"
    )
    assert "twice.yaml:5: parameters" in corridor("sweep", "twice.yaml").err
    (here / "none.yaml").write_text(f"kind: sweep\n{head}parameters: {{}}\n", encoding="utf-8")
    assert "parameters: found a mapping with nothing in it; allowed: 1 or more" in corridor("sweep", "none.yaml").err
    done = corridor("sweep", "robust-response", "--samples", "4")
    assert done.status == 2
    assert "a decision needs 10 points or more" in done.err
    assert not (here / "results").exists()
