"""Experiment files: each mistake is told with its line, its place, what was found and what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.inference.calibration_experiment import CalibrationExperiment, load_experiment
from sim.inference.experiment_file import _keys, distribution, read
from sim.scenario.errors import ScenarioError
from sim.scenario.quantity import Distribution

LINES = """\
kind: calibration
title: small
scenario: minsk-2021
parameters:
  retry:
    title: days
    paths: [behaviour.retry]
    prior: {lognormal: [4, 0.5]}
series:
  poland:
    observed: poland-crossings
    counted: attempts
smc:
  particles: 16
"""


def problems(tmp_path: Path, *changes: tuple[str, str]) -> list[tuple[int, str, str]]:
    text = LINES
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_experiment(file)
    return [(one.line, one.path, one.text) for one in caught.value.problems]


def test_an_unknown_key_is_told_with_those_allowed_in_its_place(tmp_path: Path) -> None:
    [(line, path, text)] = problems(tmp_path, ("particles: 16", "particels: 16"))
    assert (line, path) == (14, "smc.particels")
    assert text == (
        "unknown key 'particels'; allowed: particles, generations, steps, enough (did you mean 'particles'?)"
    )
    [(line, path, text)] = problems(tmp_path, ("    counted", "    agancy: poland\n    counted"))
    assert (line, path) == (12, "series.poland.agancy")
    assert text.startswith("unknown key 'agancy'; allowed: observed, counted, measure, ")
    assert text.endswith("(did you mean 'agency'?)")
    [(line, path, text)] = problems(tmp_path, ("    paths", "    form: value\n    fron: 2021-06-01\n    paths"))
    assert (line, path) == (8, "parameters.retry.fron")
    assert text == "unknown key 'fron'; allowed: title, paths, form, from, prior, why (did you mean 'from'?)"
    [(line, path, text)] = problems(tmp_path, ("smc:", "sets: {}\nsmc:"))
    assert (line, path) == (13, "sets")
    assert "did you mean 'set'?" in text


def test_what_is_missing_is_told_where_it_should_be(tmp_path: Path) -> None:
    assert problems(tmp_path, ("    counted: attempts\n", "")) == [
        (10, "series.poland.counted", "missing; it is needed")
    ]
    assert problems(tmp_path, ("title: small\n", "")) == [(1, "title", "missing; it is needed")]


def test_a_value_that_is_not_allowed_is_told_with_what_was_found(tmp_path: Path) -> None:
    assert problems(tmp_path, ("16", "4")) == [
        (14, "smc.particles", "found 4; input should be greater than or equal to 8")
    ]
    assert problems(tmp_path, ("[behaviour.retry]", "[]")) == [
        (7, "parameters.retry.paths", "found []; list should have at least 1 item after validation, not 0")
    ]
    assert problems(tmp_path, ("[behaviour.retry]", "[1]")) == [
        (7, "parameters.retry.paths.0", "found 1; input should be a valid string")
    ]


def test_a_cause_that_says_what_it_found_does_not_say_it_twice(tmp_path: Path) -> None:
    assert problems(tmp_path, ("{lognormal: [4, 0.5]}", "4")) == [
        (8, "parameters.retry.prior", "found 4; a distribution such as {lognormal: [1, 0.5]} is needed")
    ]
    [(line, path, text)] = problems(tmp_path, ("    counted: attempts\n", "    counted: attempts\n    fit: false\n"))
    assert (line, path) == (1, "")
    assert text == (
        "found a mapping with kind, title, scenario, parameters, series, smc; "
        "no series has `fit: true`, and there are no `outcomes`; allowed: one at least"
    )


def test_all_problems_are_told_in_the_order_of_their_lines(tmp_path: Path) -> None:
    found = problems(tmp_path, ("16", "4"), ("title: days", "title: 5"), ("counted: attempts", "counted: 7"))
    assert [(line, path) for line, path, _ in found] == [
        (6, "parameters.retry.title"), (12, "series.poland.counted"), (14, "smc.particles")
    ]  # fmt: skip


def test_a_name_that_is_not_allowed_is_told_by_its_line(tmp_path: Path) -> None:
    [(line, path, _)] = problems(tmp_path, ("  retry:", "  Re try:"))
    assert (line, path) == (5, "parameters.Re try")


def test_a_scenario_is_sought_beside_the_experiment_and_then_by_name(tmp_path: Path) -> None:
    [(line, path, text)] = problems(tmp_path, ("minsk-2021", "minsk-2020"))
    assert (line, path) == (3, "scenario")
    assert text.startswith("found 'minsk-2020', no scenario that ships, and no path ending in .yaml or .yml; allowed: ")
    assert text.endswith("(did you mean 'minsk-2021'?)")
    (tmp_path / "beside.yaml").write_text("extends: minsk-2021\ntitle: beside\n", encoding="utf-8")
    (tmp_path / "own.yaml").write_text(LINES.replace("minsk-2021", "beside.yaml"), encoding="utf-8")
    found = read(tmp_path / "own.yaml", "calibration", CalibrationExperiment)
    assert found.scenario.title == "beside"
    assert found.path == tmp_path / "own.yaml"
    assert found.content.plain()["title"] == "small"
    (tmp_path / "beside.yaml").write_text("extends: minsk-2021\ntitle: beside\ndays: many\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"beside\.yaml:3: days") as caught:
        load_experiment(tmp_path / "own.yaml")
    assert [one.line for one in caught.value.problems] == [3], "a mistake of the scenario keeps its own place"


def test_content_is_as_good_as_a_file() -> None:
    content: dict[str, Any] = yaml.safe_load(LINES)
    found = load_experiment(content)
    assert found.experiment.smc.particles == 16
    assert found.scenario.days == 245
    content["kind"] = "filter"
    with pytest.raises(ScenarioError, match="calibration"):
        load_experiment(content)


def test_priors_are_continuous_distributions() -> None:
    assert distribution({"lognormal": [1, 0.5]}) == Distribution("lognormal", (1.0, 0.5))
    with pytest.raises(ValueError, match=r"^found 3; a distribution such as \{lognormal: \[1, 0.5\]\} is needed$"):
        distribution(3)
    with pytest.raises(ValueError, match=r"^found choice; a continuous distribution is needed$"):
        distribution({"choice": [1, 2]})


def test_keys_of_a_place_are_those_of_the_models_on_the_way() -> None:
    top = _keys(CalibrationExperiment, [])
    assert "set" in top and "overrides" not in top
    smc = ["particles", "generations", "steps", "enough"]
    assert _keys(CalibrationExperiment, ["smc"]) == smc
    assert _keys(CalibrationExperiment, ["backtest"])[0] == "origins"
    own = ["title", "paths", "form", "from", "prior", "why"]
    assert _keys(CalibrationExperiment, ["parameters", "retry"]) == own
    assert _keys(CalibrationExperiment, ["title"]) == top, "what is no model has the keys around it"
