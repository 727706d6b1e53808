"""Files of experiments: what they may say."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import to_yaml
from sim.scenario.errors import ScenarioError
from sim.sweeps.experiment_files import places_of, read_experiment
from sim.sweeps.sweep_plan import plan_of
from tests.strategies import START, tiny_scenario
from tests.unit.sweeps.small import FLIGHTS, SWEEP, TINY


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "tiny.yaml").write_text(to_yaml(TINY), encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(SWEEP, encoding="utf-8")
    return tmp_path


def test_a_file_with_changes_of_the_command_line(here: Path) -> None:
    ready = read_experiment(here / "sweep.yaml", {"samples": 3, "replicates": None})
    assert len(plan_of(ready).runs) == 3


BAD = {
    "unknown key": ("samples: 12", "sampels: 12", r"sweep\.yaml:5: sampels: unknown key; .*did you mean 'samples'"),
    "no parameter": ("behaviour.retry:", "behaviour.rety:", r"sweep\.yaml:8: .*did you mean 'behaviour.retry'"),
    "a fixed one": ("behaviour.retry:", "days:", r"sweep\.yaml:8: .*no parameter"),
    "out of its bounds": ("range: [0, 9]", "range: [-1, 9]", r"sweep\.yaml:9: .*found -1 to 9; allowed: 0 to"),
    "a range that falls": ("range: [0, 9]", "range: [9, 0]", r"sweep\.yaml:9: .*low below high"),
    "an unknown key inside": ("range: [0, 9]", "rang: [0, 9]", r"sweep\.yaml:9: .*unknown key.*'range'"),
    "an unknown scenario": ("tiny.yaml", "minsk-2020", r"sweep\.yaml:4: scenario: .*minsk-2021"),
    "an unknown outcome": ("deaths,", "deats,", r"sweep\.yaml:6: outcomes\.1: .*did you mean 'deaths'"),
    "an outcome of nobody": ("@poland", "@spain", r"sweep\.yaml:6: outcomes\.2: .*poland"),
    "an empty design": ("samples: 12", "samples: 0", r"sweep\.yaml:5: samples: found 0"),
    "an unknown kind": ("kind: sweep", "kind: sweeep", r"sweep\.yaml:2: kind: .*did you mean 'sweep'"),
    "a design unknown": ("samples: 12", "design: halton", r"sweep\.yaml:5: design: .*sobol"),
    "a path twice": ("frontex.officers: 1", "behaviour.retry: 1", r"sweep\.yaml:10: .*varies too"),
}


@pytest.mark.parametrize(("old", "new", "message"), BAD.values(), ids=BAD)
def test_a_mistake_is_named_with_its_place_before_any_run(
    here: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, message: str
) -> None:
    monkeypatch.chdir(here)
    (here / "sweep.yaml").write_text(SWEEP.replace(old, new), encoding="utf-8")
    with pytest.raises(ScenarioError, match=message):
        read_experiment("sweep.yaml")


def told(here: Path, monkeypatch: pytest.MonkeyPatch, text: str, **changes: Any) -> str:
    monkeypatch.chdir(here)
    (here / "sweep.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        read_experiment("sweep.yaml", changes)
    return str(error.value)


TEXTS = {
    "missing": ("title: tiny sweep", "", "sweep.yaml:2: title: missing; it is needed"),
    "a short range": ("range: [0, 9]", "range: [0]",
                      f"sweep.yaml:9: parameters.{FLIGHTS}.range: found [0]; allowed: 2 or more"),
    "a key inside": ("range: [0, 9]", "rang: [0, 9]", f"sweep.yaml:9: parameters.{FLIGHTS}.rang: unknown key; allowed: "
                     "title, range, values, distribution, paths, joint (did you mean 'range'?)"),
    "not a number": ("samples: 12", "samples: many", "sweep.yaml:5: samples: found 'many'; input should be a valid"
                     " integer"),
    "a scenario twice": ("scenario: tiny.yaml", "scenarios: [tiny.yaml, ./tiny.yaml]",
                         "sweep.yaml:4: scenarios.1: found 'tiny' twice; each scenario once"),
    "other days": ("scenario: tiny.yaml", "scenarios: [tiny.yaml, long.yaml]", "sweep.yaml:4: scenarios.1: found long,"
                   " 2025-10-01 and 41 days; the first has 2025-10-01 and 40 days: all must agree"),
    "other start": ("scenario: tiny.yaml", "scenarios: [tiny.yaml, late.yaml]", "sweep.yaml:4: scenarios.1: found late,"
                    " 2025-10-02 and 40 days; the first has 2025-10-01 and 40 days: all must agree"),
    "a wrong change": ("samples: 12", "set: {behaviour.rety: 3}",
                       "sweep.yaml:5: set: behaviour.rety: found 'rety' in behaviour; "),
    "a path twice": ("frontex.officers: 1", "behaviour.retry: 1",
                     "sweep.yaml:10: parameters.officers: found behaviour.retry, which behaviour.retry varies too"),
    "an outcome": ("deaths,", "deats,", "sweep.yaml:6: outcomes.1: found 'deats', which is no measure; allowed: "),
    "no outcome": ("deaths,", "a b,", "sweep.yaml:6: outcomes.1: found 'a b'; allowed: OUTPUT[YEAR-MONTH], "),
    "joint": ("{range: [0, 9]}", "{joint: true}", f"sweep.yaml:9: parameters.{FLIGHTS}: {FLIGHTS}: found no joint"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), TEXTS.values(), ids=TEXTS)
def test_a_mistake_is_told_in_these_words(
    here: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, message: str
) -> None:
    for name, changes in (("long", {"days": 41}), ("late", {"start": START + timedelta(days=1)})):
        (here / f"{name}.yaml").write_text(to_yaml(TINY.model_copy(update=changes)), encoding="utf-8")
    assert told(here, monkeypatch, SWEEP.replace(old, new)).startswith(message)


def test_changes_replace_fields_that_the_kind_has(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = told(here, monkeypatch, SWEEP, halvings=3, second_order=True)
    assert text == "--halvings: an experiment of kind sweep has none"
    assert told(here, monkeypatch, SWEEP, no_such=3) == "--no-such: an experiment of kind sweep has none"
    ready = read_experiment(here / "sweep.yaml", {"samples": 5, "halvings": None, "title": "Other"})
    assert (ready.name, ready.experiment.title, ready.experiment.samples) == ("sweep", "Other", 5)


def test_several_mistakes_are_told_in_the_order_of_their_lines(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = SWEEP.replace("samples: 12", "samples: 0").replace("title: tiny sweep", "title: 5")
    lines = told(here, monkeypatch, wrong + "sampels: 3\n").splitlines()
    assert [line.split(": ")[0].split(":")[-1] for line in lines if line.startswith("sweep.yaml")] == ["3", "5", "11"]


def test_scenarios_are_those_of_files_and_names_with_the_experiments_changes_and_seed(here: Path) -> None:
    text = SWEEP.replace("scenario: tiny.yaml", "scenarios: [other.yaml, tiny.yaml]\nseed: 9\nset: {days: 6}")
    (here / "other.yaml").write_text(to_yaml(TINY.model_copy(update={"title": "Other"})), encoding="utf-8")
    (here / "sweep.yaml").write_text(text, encoding="utf-8")
    ready = read_experiment(here / "sweep.yaml")
    assert [(name, one.title, one.seed, one.days) for name, one in ready.scenarios.items()] == [
        ("other", "Other", 9, 6), ("tiny", "tiny", 9, 6),
    ]  # fmt: skip
    assert [factor.name for factor in ready.factors] == ["behaviour.retry", FLIGHTS, "officers"]
    assert [factor.ends for factor in ready.factors] == [(1, 9), (0, 9), (5, 10)]
    assert ready.title == "behaviour.retry"


def test_the_first_scenario_gives_the_distributions_and_all_must_have_the_parameters(here: Path) -> None:
    other = tiny_scenario({"behaviour": {"retry": 5}, "frontex": None}, days=40)
    (here / "other.yaml").write_text(to_yaml(other), encoding="utf-8")
    text = SWEEP.replace("  behaviour.retry:", "  behaviour.retry: {title: Retry}")
    (here / "sweep.yaml").write_text(text.replace("scenario: tiny.yaml", "scenarios: [tiny.yaml, other.yaml]"), "utf-8")
    ready = read_experiment(here / "sweep.yaml")
    assert ready.factors[0].spread.arguments == (1, 9) and ready.title == "Retry"
    swapped = text.replace("scenario: tiny.yaml", "scenarios: [other.yaml, tiny.yaml]")
    (here / "sweep.yaml").write_text(swapped, encoding="utf-8")
    assert read_experiment(here / "sweep.yaml").factors[0].spread.arguments == (4, 6)


SEARCH = {"kind": "threshold", "title": "t", "replicates": 2, "parameters": {"behaviour.retry": {"range": [1, 9]}}}


@pytest.mark.parametrize(
    ("level", "where", "message"),
    [
        ("section", "days_over > 0 and attempts@all > 3", ""), ("agency", "attempts[2025-10]/entries > 1", ""),
        ("all", "boarded > 1", ""), ("agency", "in_procedure_peak > 3", ""),
        ("section", "in_procedure_peak > 3", "found 'in_procedure_peak', which is no measure; allowed: "),
        ("section", "deaths@kuznica > 3", "found 'deaths@kuznica'; allowed: without @, as each section is looked at"),
        ("agency", "deaths/attempts@poland > 3", "found 'deaths/attempts@poland'; allowed: without @, as each agency is"
         " looked at"),
        ("agency", "boarded[2025-10] > 3", "found 'boarded[2025-10]@lithuania'; boarded is counted for: "),
        ("agency", "deaths = 3", "found 'deaths = 3'; allowed: OUTCOME with "),
    ],
)  # fmt: skip
def test_the_condition_of_a_search_is_of_what_each_place_has(here: Path, level: str, where: str, message: str) -> None:
    experiment = {**SEARCH, "scenario": str(here / "tiny.yaml"), "level": level, "where": where}
    if not message:
        ready: Any = read_experiment(experiment)
        assert places_of(ready.experiment, TINY) == {
            "section": ["dieveniskes", "kuznica", "narewka"], "agency": ["lithuania", "poland"], "all": ["all"],
        }[level]  # fmt: skip
        return
    with pytest.raises(ScenarioError) as error:
        read_experiment(experiment)
    assert str(error.value).startswith(f"experiment:1: where: {message}")


def test_objectives_are_outcomes_too(here: Path) -> None:
    decision = {
        "kind": "decision", "title": "t", "scenarios": [str(here / "tiny.yaml"), str(here / "b.yaml")],
        "parameters": {"behaviour.retry": None}, "objectives": {"deaths": {}, "deats": {"goal": "lower"}},
    }  # fmt: skip
    (here / "b.yaml").write_text(to_yaml(TINY), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"^experiment:1: objectives\.deats: found 'deats', which is no measure"):
        read_experiment(decision)
    with pytest.raises(ScenarioError, match=r"objectives\.deaths\.gaol: unknown key; allowed: goal, enough"):
        read_experiment({**decision, "objectives": {"deaths": {"gaol": "lower"}}})
    assert read_experiment({**decision, "objectives": {"deaths": {}}}).name == "experiment"
