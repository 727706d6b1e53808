"""Results from the disk in the view: a replay shows what the live model showed; a point opens as a scenario."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sim.outputs.folder import OutputError
from sim.runs import run
from sim.scenario import Scenario, apply_overrides, load_scenario, to_yaml
from sim.studies.carry_out import carry_out, compare, replicates
from sim.sweeps.experiment_files import read_experiment
from sim.sweeps.sweep_plan import plan_of
from sim.view import series
from sim.view.live_model import WatchedModel
from sim.view.map_state import map_frame
from sim.view.numbers import numbers_by_day
from sim.view.opened_folder import Opened
from sim.view.session import DEFAULT
from sim.view.weeks import weeks_of
from tests.strategies import tiny_scenario


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return apply_overrides(load_scenario("benghazi-minsk-2025"), {"days": 120})


@pytest.fixture(scope="module")
def opened(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    folder = tmp_path_factory.mktemp("run")
    run(scenario).write(folder)
    return Opened.read(folder)


@pytest.mark.parametrize("day", [1, 30, 120])
def test_a_replay_shows_what_the_model_showed(opened: Opened, scenario: Scenario, day: int) -> None:
    model, replay = WatchedModel(scenario).run_to(day), opened.replay.at(day)
    assert numbers_by_day(replay) == numbers_by_day(model)
    for chart in (series.pressure_series, series.load_series, series.outcome_series):
        assert chart(replay) == chart(model)
    shown, live = map_frame(replay), map_frame(model)
    for part in ("sections", "camps", "coasts", "landings"):
        assert shown[part] == live[part]
    flown = {r["name"]: (r["departures"], r["persons"]) for r in live["routes"] if r["departures"]}
    assert flown
    assert {r["name"]: (r["departures"], r["persons"]) for r in shown["routes"] if r["departures"]} == flown


def test_the_folder_of_a_run_begins_with_its_own_scenario(opened: Opened, scenario: Scenario) -> None:
    assert opened.kind == "run"
    assert to_yaml(load_scenario(opened.start)) == to_yaml(scenario)


def test_a_comparison_shows_the_same_medians_as_its_tables(tmp_path: Path) -> None:
    base, other = tiny_scenario(title="base"), tiny_scenario({"detection": {"coverage": 0.2}}, title="other")
    study = compare(base, other, replicates=4, folder=tmp_path / "study")
    opened = Opened.read(tmp_path / "study")
    assert opened.kind == "study"
    assert opened.start == DEFAULT or load_scenario(opened.start).title == "base"
    shown = json.loads(opened.found(study.others[0])["differences"])
    rows = {row["output"]: row for group in shown["groups"] for row in group["rows"]}
    table = study.differences
    expected = table[(table["level"] == "all") & (table["measure"] == "attempts")].iloc[0]
    assert shown["replicates"] == 4
    assert rows["attempts"]["change"]["ends"][2] == pytest.approx(expected["median"])
    weeks = study.fan("section", "attempts")
    own = weeks[(weeks["scenario"] == study.base) & (weeks["week"] == sorted(weeks["week"].unique())[5])].set_index(
        "name"
    )
    frame = weeks_of(opened.study, study.base).frame(36)
    assert {s["code"]: s["attempts"] for s in frame["sections"]} == pytest.approx(
        {code: own.loc[code, "median"] / 7 for code in base.sections}, abs=0.05
    )


def test_a_point_of_a_sweep_opens_as_its_scenario(tmp_path: Path) -> None:
    file = tmp_path / "tiny.yaml"
    file.write_text(to_yaml(tiny_scenario()), encoding="utf-8")
    experiment = tmp_path / "sweep.yaml"
    experiment.write_text(
        "kind: sweep\ntitle: <b>A sweep</b>\nscenario: tiny.yaml\ndesign: grid\nlevels: 3\nreplicates: 2\n"
        "parameters: {behaviour.retry: {title: days, range: [2, 8]}}\noutcomes: [attempts, deaths]\n",
        encoding="utf-8",
    )
    carry_out(plan_of(read_experiment(experiment)), tmp_path / "out")
    opened = Opened.read(tmp_path / "out")
    assert opened.kind == "sweep"
    found = json.loads(opened.response())
    assert found["knobs"][0]["values"] == [2, 5, 8]
    outcome = found["scenarios"][0]["outcomes"][0]
    assert all(
        low <= mean <= high for low, mean, high in zip(outcome["low"], outcome["values"], outcome["high"], strict=True)
    )
    point = opened.scenario_at(2)
    assert point.behaviour.retry == 8
    assert "<b>A sweep</b>" in point.description
    runs = opened.sampled.each(opened.sampled.outcomes[0])
    assert isinstance(runs, pd.DataFrame)
    for wrong in (-1, 3):
        with pytest.raises(ValueError, match=f"found point {wrong}"):
            opened.scenario_at(wrong)
    with pytest.raises(ValueError, match="lacks"):
        opened.scenario_at(0, "other")


def test_a_folder_without_results_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=str(tmp_path)):
        Opened.read(tmp_path)


def test_replicates_have_values_and_no_differences(tmp_path: Path) -> None:
    replicates(tiny_scenario(), 3, folder=tmp_path / "study")
    shown = json.loads(Opened.read(tmp_path / "study").found(None)["differences"])
    assert shown["b"] is None
    assert all("change" not in row for group in shown["groups"] for row in group["rows"])
