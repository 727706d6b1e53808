"""The file behind the trust marks says what the pages of shipped calibrations and back-tests say."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from sim.inference import evidence as evidence_file
from sim.inference.evidence import text
from sim.inference.observations import Row
from sim.outputs.trust import evidence

ROOT = Path(__file__).resolve().parents[3]


def test_the_shipped_file_is_what_its_command_writes() -> None:
    from sim.data import text as shipped

    assert text(ROOT) == shipped("evidence.json"), "uv run python -m sim.inference.evidence"


def test_what_was_never_fitted_is_no_evidence() -> None:
    fitted = evidence()["posteriors"]["background-2025"]["fitted"]
    assert {row["name"] for row in fitted} == {"poland", "lithuania"}
    assert {row["output"] for row in fitted} == {"recorded_attempts"}
    assert evidence()["back_tests"]["backtest-2021"]["other_model"]


ABOUT = {"s": {"name": "poland", "output": "recorded_attempts"}, "t": {"name": "all", "output": "deaths"}}


def figures(series: str, measure: str, **about: str) -> Row:
    day = date(2025, 10, 1)
    return Row(series, day, day, 1.0, None, None, day, {"measure": measure, **about})


def test_series_of_an_agency_or_of_all_are_evidence_and_those_of_a_route_or_state_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [
        figures("one", "attempts", agency="poland"),
        figures("all", "deaths", agency="", transit_state="", route=""),
        figures("both", "entries", agency="latvia", transit_state="belarus"),
        figures("state", "attempts", transit_state="belarus"),
        figures("route", "attempts", agency="", route="baghdad-minsk"),
        figures("stock", "stock_in_transit_state", agency="poland", route="baghdad-minsk"),
        figures("made up", "unheard of", agency="poland"),
    ]
    monkeypatch.setattr(evidence_file, "rows_of", lambda loaded: rows)
    found = evidence_file._about_rows(None)  # type: ignore[arg-type]
    assert found == {
        "one": {"name": "poland", "output": "attempts"},
        "all": {"name": "all", "output": "deaths"},
        "both": {"name": "latvia", "output": "entries"},
        "stock": {"name": "poland", "output": "persons"},
    }


def test_scores_of_a_series_are_means_by_figures_and_of_the_best_other_on_its_own() -> None:
    rows = [
        ("corridor", 1, 10, 100.0, 0.9, 1.0), ("corridor", 2, 30, 200.0, 0.7, 1.0),
        ("corridor", 3, 20, 400.0, 0.8, 1.0),
        ("walk", 1, 10, 300.0, 0.0, 0.5), ("walk", 2, 30, 200.0, 0.0, 0.8), ("walk", 3, 20, 1000.0, 0.0, 0.25),
        ("last", 1, 10, 900.0, 0.0, 0.1), ("last", 2, 30, 900.0, 0.0, 0.1), ("last", 3, 20, 900.0, 0.0, 0.1),
        ("median of all", 1, 60, 1.0, 1.0, 9.0),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["method", "horizon", "figures", "crps", "in90", "crps_ratio"])
    assert evidence_file._score(table) == {
        "forecasts": 60,
        "within90": round((9 + 21 + 16) / 60, 3),
        "crps": round((1000 + 6000 + 8000) / 60, 1),
        "other": "walk",
        "other_crps": round((2000 + 30 * 250 + 20 * 1600) / 60, 1),  # Corridor's over the ratio
    }
    short = evidence_file._score(table[(table["method"] != "walk") | (table["horizon"] > 1)].replace({"last": "ETS"}))
    assert short["other"] == "ETS", "a method without the first months has too few figures"


def test_forecasts_count_those_that_all_methods_made_and_the_best_other_is_no_variant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [
        ("s", "corridor", 10.0, 1.0, True), ("s", "corridor", 20.0, 0.0, True), ("s", "corridor", 30.0, 0.0, True),
        ("s", "corridor", 999.0, 1.0, False), ("s", "corridor, own spread", 1.0, 1.0, True),
        ("s", "walk", 31.0, 1.0, True), ("s", "walk", 40.04, 1.0, True), ("s", "last", 80.0, 1.0, True),
        ("s", "last", 1.0, 1.0, False), ("t", "corridor", 7.06, 1.0, True), ("t", "last", 5.0, 1.0, True),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["series", "method", "crps", "in90", "pooled"])
    monkeypatch.setattr(evidence_file, "_about_rows", lambda loaded: ABOUT)
    assert list(evidence_file._of_forecasts(table, None)) == [  # type: ignore[arg-type]
        {"series": "s", **ABOUT["s"], "forecasts": 3, "within90": 0.333, "crps": 20.0, "other": "walk",
         "other_crps": 35.5},
        {"series": "t", **ABOUT["t"], "forecasts": 1, "within90": 1.0, "crps": 7.1, "other": "last", "other_crps": 5.0},
    ]  # fmt: skip


@pytest.mark.parametrize("warned", [True, False])
def test_a_back_test_tells_its_page_and_whether_it_is_of_another_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, warned: bool
) -> None:
    folder = tmp_path / "experiments" / "b"
    folder.mkdir(parents=True)
    head = "It is of another model." if warned else "It is of this one."
    (folder / "README.md").write_text(f"# b\n\n{head}\n\n## Later\n\nanother model\n", encoding="utf-8")
    (folder / "forecasts.csv").write_text("series,method,crps,in90,pooled\ns,corridor,4,1,True\ns,walk,8,1,True\n")
    monkeypatch.setattr(evidence_file, "_about_rows", lambda loaded: ABOUT)
    monkeypatch.setattr(evidence_file, "load_experiment", lambda name: name)
    assert evidence_file._back_test(tmp_path, "b", "e") == {
        "experiment": "e",
        "command": "corridor backtest e",
        "page": "experiments/b/README.md",
        "other_model": warned,
        "scored": [{"series": "s", **ABOUT["s"], "forecasts": 1, "within90": 1.0, "crps": 4.0, "other": "walk",
                    "other_crps": 8.0}],
    }  # fmt: skip


def test_a_posterior_tells_of_each_fitted_series_and_the_most_that_was_learnt_of_each_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "experiments" / "e"
    folder.mkdir(parents=True)
    (folder / "fit.csv").write_text(
        "series,period_start,period_end,fitted,in90\n"
        "s,2025-11-01,2025-11-30,True,True\ns,2025-10-01,2025-10-31,True,False\ns,2025-12-01,2025-12-31,False,True\n"
        "t,2025-10-01,2025-10-31,True,True\nunknown,2025-10-01,2025-10-31,True,True\n"
    )
    (folder / "parameters.csv").write_text("parameter,learnt\na,0.12345\nb,0.5\nc,0.9\n")
    free = {"a": ["x.y"], "b": ["x.*"], "c": ["z"], "new": ["w"]}
    parameters = {name: SimpleNamespace(paths=paths) for name, paths in free.items()}
    loaded = SimpleNamespace(experiment=SimpleNamespace(parameters=parameters))
    asked: list[Any] = []
    digests = {"x.y": "1", "x.y.2025-10-01": "2", "z.2025-10-01": "3", "zz": "4", "w": "5"}
    monkeypatch.setattr(evidence_file, "load_experiment", lambda name: loaded)
    monkeypatch.setattr(evidence_file, "_about_rows", lambda loaded: ABOUT)
    monkeypatch.setattr(evidence_file, "load_scenario", lambda scenario: asked.append(scenario))
    monkeypatch.setattr(evidence_file, "joint_digests", lambda scenario: digests)
    expected = {
        "command": "corridor calibrate e",
        "page": "experiments/e/README.md",
        "fitted": [
            {"series": "s", **ABOUT["s"], "first": "2025-10-01", "last": "2025-11-30", "figures": 2, "within90": 1},
            {"series": "t", **ABOUT["t"], "first": "2025-10-01", "last": "2025-10-31", "figures": 1, "within90": 1},
        ],
        "paths": {
            "x.y": {"digest": "1", "learnt": 0.5}, "x.y.2025-10-01": {"digest": "2", "learnt": 0.5},
            "z.2025-10-01": {"digest": "3", "learnt": 0.9}, "zz": {"digest": "4", "learnt": 0.0},
            "w": {"digest": "5", "learnt": 0.0},
        },
    }  # fmt: skip
    assert evidence_file._posterior(tmp_path, "e", "shipped") == expected
    free["b"][0] = "nothing"
    found = evidence_file._posterior(tmp_path, "e", Path("own.yaml"))
    assert found["paths"]["x.y"]["learnt"] == found["paths"]["x.y.2025-10-01"]["learnt"] == 0.123
    assert asked == ["shipped", tmp_path / "own.yaml"]


def test_what_a_filter_inferred_tells_its_command_figures_and_paths(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "i-figures.csv").write_text(
        "series,agency,measure,period_start,period_end,in90\n"
        "s,poland,attempts,2021-06-01,2021-06-30,True\ns,poland,attempts,2021-05-01,2021-05-31,False\n"
        "r,latvia,deaths,2021-05-01,2021-05-31,True\n"
    )
    (tmp_path / "i-paths.csv").write_text("path,learnt\nx,0.25\ny,0.75\n")
    file = tmp_path / "i.yaml"
    file.write_text("# Written by `corridor assimilate e`: a `draw`.\n# More `text`.\n")
    monkeypatch.setattr(evidence_file, "scenario_file", lambda name: file)
    monkeypatch.setattr(evidence_file, "load_scenario", lambda name: name)
    monkeypatch.setattr(evidence_file, "joint_digests", lambda name: {"x": f"digest of {name}"})
    assert evidence_file._inferred("i", tmp_path) == {
        "command": "corridor assimilate e",
        "page": "docs/forecasting.md",
        "fitted": [
            {"series": "s", "name": "poland", "output": "attempts", "first": "2021-05-01", "last": "2021-06-30",
             "figures": 2, "within90": 1},
            {"series": "r", "name": "latvia", "output": "deaths", "first": "2021-05-01", "last": "2021-05-31",
             "figures": 1, "within90": 1},
        ],
        "paths": {"x": {"digest": "digest of i", "learnt": 0.25}},
    }  # fmt: skip


def test_a_filters_back_test_tells_of_series_that_are_scored_and_have_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    by_series = pd.DataFrame(
        [
            {"series": name, "method": method, "horizon": 1, "figures": 10, "crps": crps, "in90": 0.9,
             "crps_ratio": 0.5}
            for name in ("s", "held", "odd") for method, crps in (("corridor", 4.0), ("walk", 8.0))
        ]
    )  # fmt: skip
    series = {
        name: SimpleNamespace(agency="poland", measure=measure, score=score)
        for name, measure, score in (("s", "attempts", True), ("held", "attempts", False), ("odd", None, True),
                                     ("none", "attempts", True))
    }  # fmt: skip
    loaded = SimpleNamespace(experiment=SimpleNamespace(series=series))
    about = {"command": "corridor backtest f"}
    monkeypatch.setattr(evidence_file, "load_filter", lambda name: loaded)
    monkeypatch.setattr(evidence_file, "scores", lambda folder: SimpleNamespace(by_series=by_series, about=about))
    assert evidence_file._back_test_of_filter("f") == {
        "experiment": "f",
        "command": "corridor backtest f",
        "page": "docs/forecasting.md",
        "other_model": False,
        "scored": [{"series": "s", "name": "poland", "output": "attempts", "forecasts": 10, "within90": 0.9,
                    "crps": 4.0, "other": "walk", "other_crps": 8.0}],
    }  # fmt: skip
