"""Experiments of kind `filter`: the prior as arrays, values of what is unknown, and what is refused."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import norm

from sim.inference.filter.experiment import (
    FilterExperiment,
    FilterSeries,
    LoadedFilter,
    PosturePrior,
    _check,
    _range,
    is_filter,
    load_filter,
)
from sim.scenario.draw import resolve
from sim.scenario.errors import ScenarioError
from tests.strategies import tiny_scenario
from tests.unit.inference.filter.tiny_filter import CONTENT, tiny_filter

POSTURE = CONTENT["posture"]


def test_the_prior_has_inflow_then_facilitation_then_steering_by_agency() -> None:
    of = {"mean": 0.1, "first_sd": 0.2, "shock_sd": 0.3}
    steering = {
        "lithuania": {"zones": {"lida": 1}, **of, "season": 0.7}, "poland": {"zones": {"bruzgi": 1}, **of, "mean": 0.9},
    }  # fmt: skip
    loaded = tiny_filter(posture={**POSTURE, "steering": steering, "inflow": {**of, "mean": -2.0}})
    assert loaded.prior == PosturePrior(
        mean=(-2.0, 0.5, 0.1, 0.9), first_sd=(0.2, 0.5, 0.2, 0.2), shock_sd=(0.3, 0.5, 0.3, 0.3), rho=0.8, off=0.05,
        on_again=0.3, season=(0.0, 0.0, 0.7, 0.0), first_month=10,
    )  # fmt: skip
    assert loaded.prior.width == 4


def test_values_of_the_unknown_parameters_are_the_quantiles_of_their_scores() -> None:
    parameters = {
        "behaviour.retry": {"title": "Days", "prior": {"lognormal": [5, 0.3]}},
        "behaviour.deterrence": {"title": "Deterrence", "prior": {"uniform": [0, 3]}},
        "behaviour.giving_up": {"title": "Giving up", "prior": {"normal": [0.5, 10.0]}},
    }
    loaded = tiny_filter(parameters=parameters)
    scores = np.array([[0.0, 1.0, 0.0], [-1.5, 9.0, 0.5]])
    found = loaded.values(scores)
    assert found[:, 0] == pytest.approx(5 * np.exp([0.0, -1.5 * 0.3]), rel=1e-5)  # cut off far out, from 1 to 365
    assert found[:, 1] == pytest.approx([3 * norm.cdf(1.0), 3 * (1 - 1e-6)])
    low, high = norm.cdf(-0.05), norm.cdf(0.05)  # a share lies between 0 and 1
    assert found[:, 2] == pytest.approx(0.5 + 10 * norm.ppf(low + norm.cdf([0.0, 0.5]) * (high - low)))
    assert loaded.values(np.array([[0.0, -9.0, 0.0]]))[0, 1] == pytest.approx(3e-6)
    assert tiny_filter(parameters={}).values(np.zeros((4, 0))).shape == (4, 0)


def test_a_field_without_a_range_may_have_any_value() -> None:
    assert _range(SimpleNamespace(json_schema_extra={"range": (1, 365)})) == (1.0, 365.0)
    for extra in (None, {}, {"unit": "days"}):
        assert _range(SimpleNamespace(json_schema_extra=extra)) == (-np.inf, np.inf)


def test_parts_of_a_posture_are_told_in_their_units() -> None:
    x = np.array([[1.0, 2.0, 3.0], [-9.0, 0.0, -1.0], [6.0, -2.0, 0.5], [1.0, 2.0, 4.0]])
    found = tiny_filter().postures(x, np.array([False, False, False, True]))
    assert {name: unit for name, (unit, _) in found.items()} == {
        "inflow allowed": "persons per day", "facilitation": "share", "steering to lithuania": "logit",
        "off": "probability",
    }  # fmt: skip
    assert found["inflow allowed"][1] == pytest.approx([8 * np.e, 8 * np.exp(-8), 8 * np.exp(5), 0.0])
    assert found["facilitation"][1] == pytest.approx([1 / (1 + np.exp(-2)), 0.5, 1 / (1 + np.exp(2)), 0.0])
    assert found["steering to lithuania"][1].tolist() == [3.0, -1.0, 0.5, 4.0]
    assert found["off"][1].tolist() == [0.0, 0.0, 0.0, 1.0]
    assert found["off"][1].dtype == float


def test_a_series_that_is_left_out_is_forecast_alone() -> None:
    loaded = tiny_filter()
    left = loaded.without("poland")
    assert {name: entry.fit for name, entry in left.experiment.series.items()} == {"lithuania": True, "poland": False}
    assert all(entry.fit and entry.score for entry in loaded.experiment.series.values())
    assert left.experiment.series["poland"].score
    with pytest.raises(ScenarioError) as raised:
        loaded.without("polan")
    assert str(raised.value) == ("--leave-out: found 'polan'; allowed: lithuania, poland (did you mean 'poland'?)")
    with pytest.raises(ScenarioError, match=r"^--leave-out: found every series; one at least must be taken in$"):
        left.without("lithuania")


@pytest.mark.parametrize(("changes", "words"), [
    ({"parameters": {"hazards.death": CONTENT["parameters"]["behaviour.retry"]}},
     "parameters: found 'hazards.death'; allowed: parameters of behaviour"),
    ({"series": {name: {**entry, "fit": False} for name, entry in CONTENT["series"].items()}},
     "no series has `fit: true`; allowed: one at least"),
    ({"series": {name: {**entry, "score": False} for name, entry in CONTENT["series"].items()}},
     "no series has `score: true`; allowed: one at least"),
])  # fmt: skip
def test_what_no_filter_can_use_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as raised:
        FilterExperiment.model_validate({**CONTENT, **changes})
    assert raised.value.errors()[0]["msg"] == f"Value error, {words}"


def test_one_series_that_is_taken_in_and_another_that_is_scored_are_enough() -> None:
    lithuania, poland = CONTENT["series"].values()
    series = {"lithuania": {**lithuania, "fit": False}, "poland": {**poland, "score": False}}
    assert FilterExperiment.model_validate({**CONTENT, "series": series}).series["poland"].fit


@pytest.mark.parametrize(("changes", "words"), [
    ({"posture": {**POSTURE, "transit_state": "belaru"}},
     "posture.transit_state: found 'belaru'; allowed: belarus, libya (did you mean 'belarus'?)"),
    ({"posture": {**POSTURE, "steering": {"poland": {**POSTURE["steering"]["lithuania"], "zones": {"lid": 1}}}}},
     "posture.steering.poland.zones: found 'lid'; allowed: bruzgi, lida (did you mean 'lida'?)"),
])  # fmt: skip
def test_what_the_scenario_lacks_is_named(changes: dict[str, Any], words: str) -> None:
    scenario = resolve(tiny_scenario())
    with pytest.raises(ScenarioError) as raised:
        _check(FilterExperiment.model_validate({**CONTENT, **changes}), scenario)
    assert str(raised.value) == words
    _check(FilterExperiment.model_validate(CONTENT), scenario)


def test_an_unknown_parameter_is_one_of_behaviour() -> None:
    unknown = {"behaviour.retri": CONTENT["parameters"]["behaviour.retry"]}
    with pytest.raises(ScenarioError) as raised:
        _check(FilterExperiment.model_validate({**CONTENT, "parameters": unknown}), resolve(tiny_scenario()))
    assert str(raised.value).startswith("parameters: found 'behaviour.retri'; allowed: behaviour.")
    assert str(raised.value).endswith("(did you mean 'behaviour.retry'?)")


def test_a_mapping_is_loaded_with_its_changes_of_the_scenario() -> None:
    posture = {**POSTURE, "steering": {}}
    series = {"poland": {"observed": "poland-attempts", "counted": "attempts", "measure": "recorded_attempts"}}
    content = {**CONTENT, "scenario": "carrier-ban", "posture": posture, "series": series, "set": {"days": 77},
               "backtest": {"first": "2021-10-01", "months": 2}}  # fmt: skip
    loaded = load_filter(content)
    assert (loaded.scenario.days, loaded.name, loaded.folder) == (77, "experiment", Path())
    assert isinstance(loaded, LoadedFilter)
    assert loaded.experiment.series["poland"] == FilterSeries(**series["poland"])
    with pytest.raises(ScenarioError, match=r"posture\.transit_state: found 'nowhere'"):
        load_filter({**content, "posture": {**posture, "transit_state": "nowhere"}})


def test_an_experiment_is_a_filter_by_its_kind() -> None:
    assert is_filter({"kind": "filter"}) is True
    assert is_filter({"kind": "calibration"}) is False
    assert is_filter({"title": "x"}) is False
