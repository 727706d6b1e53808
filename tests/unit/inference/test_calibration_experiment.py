"""Files of calibrations: mistakes are named by file, line and field."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sim.inference.calibration_experiment import (
    CalibrationExperiment,
    Loaded,
    Series,
    day_of,
    is_ahead,
    is_fitted,
    load_experiment,
)
from sim.scenario.errors import ScenarioError
from tests.unit.inference.tiny import CONTENT, ORIGIN, loaded


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"smc": {"particels": 5}}, "did you mean 'particles'"),
        ({"colour": 1}, "unknown key 'colour'"),
        ({"parameters": {"a": {"title": "a", "paths": ["x"], "prior": 4}}}, "a distribution such as"),
        ({"over_dispersion": [0]}, "values above 0"),
    ],
)
def test_a_mistake_names_file_line_and_field(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    import json

    file = tmp_path / "wrong.yaml"
    file.write_text(json.dumps({**CONTENT, "backtest": {"origins": [str(ORIGIN)]}, **changes}, default=str), "utf-8")
    with pytest.raises(ScenarioError, match=message) as caught:
        load_experiment(file)
    assert "wrong.yaml:1" in str(caught.value)


def told(changes: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        CalibrationExperiment.model_validate({**CONTENT, **changes})
    [error] = caught.value.errors()
    return str(error["msg"])


def test_what_does_not_go_together_is_refused_in_whole_sentences() -> None:
    entry = CONTENT["series"]["poland"]
    outcome = {"attempts": {"value": 1, "error": 1}}
    held = {"series": {"poland": {**entry, "fit": False}}}
    assert told(held) == ("Value error, no series has `fit: true`, and there are no `outcomes`; allowed: one at least")
    assert told({"outcomes": outcome}) == (
        "Value error, found `backtest` and `outcomes`, which have no day of publication, so that a back-test cannot "
        "tell when they were known; allowed: one of the two"
    )
    both = {"outcomes": {"poland": outcome["attempts"], "latvia": outcome["attempts"]}, "backtest": None}
    assert told(both | {"series": {"poland": entry, "latvia": entry}}) == (
        "Value error, found 'latvia' under `series` and `outcomes`; allowed: another name for the series"
    )
    for wrong in ([0.0, 0.1], [0.1, 5.1], [-0.1]):
        assert told({"over_dispersion": wrong}) == (
            f"Value error, over_dispersion: found {wrong}; allowed: values above 0, to 5"
        )
    for right in ({"over_dispersion": [5.0]}, {**held, "outcomes": outcome, "backtest": None}):
        CalibrationExperiment.model_validate({**CONTENT, **right})


def test_the_past_depends_on_parameters_that_do_not_begin_at_the_origin() -> None:
    assert list(loaded().experiment.now()) == ["retry", "visas"]


@pytest.mark.parametrize(("fit", "since", "fitted"), [
    (True, None, True), (True, ORIGIN, True), (True, ORIGIN + timedelta(days=1), False), (False, None, False),
    (True, ORIGIN - timedelta(days=1), True), (False, ORIGIN, False),
])  # fmt: skip
def test_a_figure_is_fitted_if_its_series_is_and_it_begins_late_enough(
    fit: bool, since: date | None, fitted: bool
) -> None:
    series = Series.model_validate({"observed": "x.csv", "counted": "c", "fit": fit, "since": since})
    assert is_fitted(series, ORIGIN) is fitted


def test_a_parameter_begins_on_its_day_or_months_after_the_origin() -> None:
    day = date(2025, 10, 31)
    assert day_of(day, None) == day_of(day, ORIGIN) == day
    assert day_of(None, day) is None and day_of("origin", None) is None
    assert [day_of(start, day) for start in ("origin", "origin+1", "origin+2")] == [
        day, date(2025, 11, 30), date(2025, 12, 31)
    ]  # fmt: skip
    assert [is_ahead(start) for start in (None, day, "origin", "origin+1")] == [False, False, True, True]


def test_an_experiment_is_loaded_with_its_changes_name_folder_and_targets() -> None:
    content = {
        **CONTENT, "scenario": "minsk-2021", "backtest": None, "set": {"behaviour.retry": 5, "title": "changed"},
        "outcomes": {"attempts[2021-08]@poland": {"value": 1, "error": 2}},
    }  # fmt: skip
    found = load_experiment(content)
    assert (found.scenario.title, found.scenario.behaviour.retry) == ("changed", 5)
    [target] = found.targets
    assert (target.start, target.end, target.value) == (date(2021, 8, 1), date(2021, 8, 31), 1)
    shipped = load_experiment("minsk-2021")
    assert (shipped.name, shipped.folder.name.removeprefix("_"), shipped.targets) == ("minsk-2021", "experiments", [])
    assert shipped.scenario.transit_states["belarus"].visas == {date(2021, 5, 1): 20}
    wrong = {**content, "outcomes": {"attempts[2031-08]@poland": {"value": 1, "error": 2}}}
    with pytest.raises(ScenarioError) as caught:
        load_experiment(wrong)
    assert str(caught.value) == (
        "experiment:1: outcomes.attempts[2031-08]@poland: found 'attempts[2031-08]@poland'; "
        "the run is from 2021-05-01 to 2021-12-31"
    )
    assert Loaded(found.experiment, found.scenario, Path(), "x").targets == []
