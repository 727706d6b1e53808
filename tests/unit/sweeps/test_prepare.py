"""Sweeps and searches made ready: from an experiment, or from a folder that stands alone."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.outputs.folder import OutputError
from sim.scenario import ScenarioError, to_yaml
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.study import Study
from sim.sweeps import prepare as preparing
from sim.sweeps.prepare import prepare, prepare_search
from tests.strategies import tiny_scenario
from tests.unit.sweeps.small import SWEEP, TINY


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search")
    (folder / "tiny.yaml").write_text(to_yaml(tiny_scenario(days=12)), encoding="utf-8")
    sim.threshold({
        "kind": "threshold", "title": "T", "scenario": str(folder / "tiny.yaml"), "level": "all", "halvings": 1,
        "replicates": 2, "probabilities": [0.5], "where": "attempts > 3", "seed": 3,
        "parameters": {"behaviour.retry": {"title": "Retry", "range": [1, 9]}},
    }, folder=folder / "s")  # fmt: skip
    return folder / "s"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return carry_out(Plan("replicates", {"tiny": tiny_scenario(days=3)}, 2), tmp_path_factory.mktemp("plain") / "s")


def test_a_file_is_prepared_with_its_name_and_seed_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(to_yaml(TINY), encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(SWEEP + "seed: 6\n", encoding="utf-8")
    found = prepare(tmp_path / "mine.yaml", samples=3, replicates=2)
    assert (found.folder, found.is_there) == (Path("results") / "mine-6", False)
    assert (len(found.plan.runs), found.plan.replicates) == (6, 2)
    assert found.caveats() == []


def test_a_folder_is_prepared_with_what_was_asked_for_or_more(study: Study) -> None:
    found = prepare(study.folder)
    assert (found.folder, found.is_there) == (study.folder, True)
    assert (len(found.plan.points), found.plan.replicates) == (12, 1)  # type: ignore[arg-type]
    more = prepare(str(study.folder), samples=24, replicates=2)
    assert (len(more.plan.points), more.plan.replicates) == (24, 2)  # type: ignore[arg-type]
    one: dict[str, Any]
    for one, what in (({"samples": 0}, "samples"), ({"replicates": 0}, "replicates")):
        with pytest.raises(ScenarioError) as error:
            prepare(study.folder, **one)
        assert str(error.value) == f"{what}: found 0; allowed: 1 or more"
    assert prepare(study.folder, replicates=1, samples=12).plan.replicates == 1


def test_what_is_no_sweep_says_what_it_is(search: Path, plain: Study) -> None:
    with pytest.raises(OutputError) as error:
        prepare(search)
    text = f"{search}: holds a search for tipping points; allowed: the folder of a sweep"
    assert str(error.value) == f"{text}; `corridor threshold {search}` goes on with it"
    for make, wanted in ((prepare, "a sweep"), (prepare_search, "a search for tipping points")):
        with pytest.raises(OutputError) as error:
            make(plain.folder)
        text = f"{plain.folder}: holds a study of kind replicates; allowed: the folder of {wanted}"
        assert str(error.value) == f"{text}; this goes on with it: the code that made it"


def test_a_search_is_prepared_from_its_folder_alone(search: Path) -> None:
    found = prepare_search(search)
    assert (found.folder, found.is_there) == (search, True)
    experiment: Any = found.ready.experiment
    assert (experiment.replicates, experiment.where, experiment.level, experiment.halvings) == (
        2,
        "attempts > 3",
        "all",
        1,
    )
    assert (experiment.seed, experiment.title, experiment.probabilities, experiment.scenario) == (3, "T", [0.5], "tiny")
    assert found.ready.title == "Retry" and found.ready.name == "experiment"
    assert [factor.ends for factor in found.ready.factors] == [(1, 9)]
    assert list(found.ready.scenarios) == ["tiny"]
    assert prepare_search(search, replicates=5).ready.experiment.replicates == 5  # type: ignore[union-attr]


def test_a_search_is_prepared_from_its_experiment(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(to_yaml(TINY), encoding="utf-8")
    experiment = {"kind": "threshold", "title": "T", "scenario": str(tmp_path / "tiny.yaml"), "seed": 8,
                  "parameters": {"behaviour.retry": {"range": [1, 9]}}}  # fmt: skip
    found = prepare_search(experiment, replicates=9)
    assert (found.folder, found.is_there) == (Path("results") / "experiment-8", False)
    assert found.ready.experiment.replicates == 9  # type: ignore[union-attr]
    assert prepare_search(experiment).ready.experiment.replicates == 60  # type: ignore[union-attr]


class Kept:
    """Something that is made of scenarios."""


def test_files_of_shortened_scenarios_stay_as_long_as_what_is_made_of_them(
    monkeypatch: pytest.MonkeyPatch, study: Study
) -> None:
    places: list[Path] = []

    def scenarios(_: Study, place: Path) -> dict[str, Any]:
        places.append(place)
        (place / "file").write_text("x")
        return {"a": 1}

    monkeypatch.setattr(preparing, "scenarios_of", scenarios)
    made: Kept | None = preparing._of_folder(study, lambda found: Kept())
    assert (places[0] / "file").exists()
    del made
    gc.collect()
    assert not places[0].exists()

    def fail(_: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        preparing._of_folder(study, fail)
    assert len(places) == 2 and not places[1].exists()
