"""A sweep as the page gets it, point by point; what each kind of folder is called and begins with."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.outputs.definitions import title_of
from sim.outputs.folder import OutputError
from sim.scenario import to_yaml
from sim.sweeps.outcomes import OutcomeOf
from sim.view import opened_folder as module
from sim.view.opened_folder import Opened, _column, _label, _start
from sim.view.session import DEFAULT
from tests.strategies import tiny_scenario


class Knob:
    """A parameter of a sweep."""

    def __init__(self, name: str, unit: str) -> None:
        self.name, self.unit = name, unit


class Sweep:
    """A sweep of two parameters and three points in two scenarios: its outcomes are ten times the first parameter."""

    def __init__(self, replicates: int, points: int = 3) -> None:
        self.x = np.column_stack([np.arange(2.0, 2 + points), np.linspace(0, 1, points)])
        self.factors = [Knob("behaviour.retry", "days"), Knob("hazards.death", "per day")]
        self.outcomes = [OutcomeOf("attempts"), OutcomeOf("attempts", "kuznica")]
        self.units = dict.fromkeys(self.outcomes, "attempts")
        scenarios = {"a": tiny_scenario(title="A"), "b": tiny_scenario(title="B", description="About b.  ")}
        self.study = SimpleNamespace(replicates=replicates, scenarios=scenarios, names=["a", "b"], base="a")
        self.title, self.was_read = "Sweep", None

    def read(self, outcomes: Any) -> None:
        self.was_read = outcomes

    def label(self, knob: Knob) -> str:
        return knob.name.title()

    def y(self, outcome: Any, scenario: str) -> Any:
        found = 10 * self.x[:, 0] + (1000 if scenario == "b" else 0)
        if outcome.name == "kuznica":
            found[1] = np.nan
        return found

    def each(self, outcome: Any, scenario: str) -> pd.DataFrame:
        """Two replicates, a hundred apart; the last point comes first."""
        rows = [(k, value + more) for k, value in enumerate(self.y(outcome, scenario)) for more in (-50, 50)]
        return pd.DataFrame(rows[::-1], columns=["point", "value"])


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Opens a sweep that is not in a folder."""
    monkeypatch.setattr(Opened, "sampled", property(lambda self: self.source))
    monkeypatch.setattr(module, "settings", lambda factors, x: ([factor.name for factor in factors], x))

    def of(replicates: int = 2, points: int = 3) -> Opened:
        return Opened(Path("nowhere"), Sweep(replicates, points))  # type: ignore[arg-type]

    return of


def test_the_points_of_a_sweep_have_means_and_the_ends_of_their_intervals(opened: Any) -> None:
    sweep = opened()
    assert (sweep.kind, sweep.title, sweep.start) == ("sweep", "Sweep", DEFAULT)
    text = sweep.response()
    assert sweep.source.was_read == sweep.source.outcomes

    def outcomes(first: float) -> list[dict[str, Any]]:
        label = title_of("attempts")
        both = [
            {"name": str(outcome), "label": label if outcome.name == "all" else f"{label}, kuznica", "unit": "attempts"}
            for outcome in sweep.source.outcomes
        ]
        lacking: dict[str, list[float | None]] = {
            key: [first + more, None, first + 20 + more] for key, more in (("values", 0), ("low", -45), ("high", 45))
        }
        whole = {key: [first + more + 10 * k for k in range(3)]
                 for key, more in (("values", 0), ("low", -45), ("high", 45))}  # fmt: skip
        return [both[0] | whole, both[1] | lacking]

    assert ", " not in text.replace(", kuznica", "")
    assert json.loads(text) == {
        "title": "Sweep", "points": [0, 1, 2], "of": 3, "replicates": 2,
        "knobs": [
            {"name": "behaviour.retry", "label": "Behaviour.Retry", "unit": "days", "values": [2, 3, 4]},
            {"name": "hazards.death", "label": "Hazards.Death", "unit": "per day", "values": [0, 0.5, 1]},
        ],
        "scenarios": [
            {"name": "a", "title": "A", "outcomes": outcomes(20)},
            {"name": "b", "title": "B", "outcomes": outcomes(1020)},
        ],
    }  # fmt: skip


def test_one_replicate_has_no_interval(opened: Any) -> None:
    [outcome, _] = json.loads(opened(1).response())["scenarios"][0]["outcomes"]
    assert "low" not in outcome and "high" not in outcome
    assert outcome["values"] == [20, 30, 40]


def test_of_too_many_points_evenly_spaced_ones_are_shown(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_POINTS", 3)
    found = json.loads(opened(points=5).response())
    assert (found["points"], found["of"]) == ([0, 2, 4], 5)
    assert found["knobs"][0]["values"] == [2, 4, 6]
    assert found["scenarios"][0]["outcomes"][0]["low"] == [-25, -5, 15]


def test_a_point_has_the_parameters_and_tells_them(opened: Any) -> None:
    sweep = opened()
    point = sweep.scenario_at(2, "b")
    assert (point.behaviour.retry, point.hazards.death) == (4, 1)
    assert point.title == "B, point 3"
    assert point.description == (
        "About b. Point 3 of the sweep 'Sweep': Behaviour.Retry 4 days, Hazards.Death 1 per day."
    )
    first = sweep.scenario_at(0)
    assert (first.title, first.behaviour.retry, first.hazards.death) == ("A, point 1", 2, 0)
    assert first.description == "Point 1 of the sweep 'Sweep': Behaviour.Retry 2 days, Hazards.Death 0 per day."
    for wrong, name in ((-1, None), (3, None), (0, "c")):
        with pytest.raises(ValueError, match=rf"^found point {wrong} of '{name or 'a'}', which the sweep lacks$"):
            sweep.scenario_at(wrong, name)
    sweep.source.study.scenarios["a"] = tiny_scenario(title="t" * 190, description="d" * 4999)
    long = sweep.scenario_at(0)
    assert (long.title, long.description) == ("t" * 170 + ", point 1", "d" * 4999 + " ")


def test_numbers_have_six_digits_and_what_is_unknown_has_none() -> None:
    assert _column(np.array([1.23456789, np.nan, 1234567.0, 0.0])) == [1.23457, None, 1234570.0, 0.0]
    assert _label(OutcomeOf("attempts")) == title_of("attempts")


def test_a_folder_begins_with_its_scenario_if_it_can_be_run(tmp_path: Path) -> None:
    assert _start(tmp_path / "scenario.yaml") == DEFAULT
    (tmp_path / "scenario.yaml").write_text(to_yaml(tiny_scenario()), encoding="utf-8")
    assert _start(tmp_path / "scenario.yaml") == str((tmp_path / "scenario.yaml").resolve())


def test_what_is_in_a_folder_decides_how_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there: dict[str, Any] = {"forecast": False, "study": True, "plan": {}}
    checked: list[Any] = []

    class Study:
        def __init__(self, folder: Path) -> None:
            self.folder, self.arms, self.about, self.kind = folder, there.get("arms"), {"plan": there["plan"]}, "fit"

    monkeypatch.setattr(module.stored, "is_forecast", lambda folder: there["forecast"])
    monkeypatch.setattr(module.stored, "read", lambda folder: "forecast")
    monkeypatch.setattr(module, "is_study", lambda folder: there["study"])
    monkeypatch.setattr(module.Results, "read", lambda folder: "run")
    monkeypatch.setattr(module, "Study", Study)
    monkeypatch.setattr(module, "check_ended_well", checked.append)
    monkeypatch.setattr(module, "Beside", lambda folder: "both arms")
    monkeypatch.setattr(module, "CompletedSweep", lambda study: f"sweep of {study.kind}")
    monkeypatch.setattr(Opened, "__init__", lambda self, folder, source: setattr(self, "source", source))
    assert isinstance(Opened.read(tmp_path).source, Study)
    assert [study.folder for study in checked] == [tmp_path]
    there["arms"] = {"a": 1}
    assert Opened.read(tmp_path).source == "both arms"
    there["plan"] = {module.EXPERIMENT: {"knobs": 1, "outcomes": 1}}
    with pytest.raises(OutputError, match=r": a study of kind fit; runs, comparisons and sweeps can be shown$"):
        Opened.read(tmp_path)
    there["plan"] = {module.EXPERIMENT: {"knobs": 1, "outcomes": 1, "titles": 1, "more": 1}}
    assert Opened.read(tmp_path).source == "sweep of fit"
    there["study"] = False
    assert Opened.read(tmp_path).source == "run"
    there["forecast"] = True
    assert Opened.read(tmp_path).source == "forecast"
