"""Overrides, listings and draws by dotted path."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import (
    Scenario,
    ScenarioError,
    apply_overrides,
    get_path,
    load_scenario,
    parameter_paths,
    parse_override,
    resolve,
)
from sim.scenario.quantity import Distribution, centre

LENGTH = "sections.kuznica.length"


@pytest.fixture
def scenario(write: Callable[..., Path], small: str) -> Scenario:
    return load_scenario(write(small))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("days=5", 5),
        ("behaviour.success=2.5", 2.5),
        ("title=NO", "NO"),
        ("start=2021-07-02", date(2021, 7, 2)),
        ("sections.kuznica.length={uniform: [1, 2]}", {"uniform": [1, 2]}),
        ("a=b=c", "b=c"),
        ("measures.ban=null", None),
    ],
)
def test_override_values_are_yaml(text: str, value: object) -> None:
    assert parse_override(text) == (text.partition("=")[0], value)


@pytest.mark.parametrize("text", ["", "days", "=3", "days=[1", "days={a: 1", "days=!!int 3"])
def test_override_that_is_none(text: str) -> None:
    with pytest.raises(ScenarioError, match="--set"):
        parse_override(text)


def test_overrides_apply(scenario: Scenario) -> None:
    changed = apply_overrides(
        scenario,
        {
            "transit_states.belarus.visas.2021-07-09": 7,
            "seasons.calm_sea.3": 0.5,
            LENGTH: {"uniform": [1, 2]},
            "measures.ban": None,
        },
    )
    assert changed.transit_states["belarus"].visas[date(2021, 7, 9)] == 7
    assert changed.seasons.calm_sea[3] == 0.5
    assert changed.sections["kuznica"].length == Distribution("uniform", (1, 2))
    assert list(changed.measures) == ["wall"]
    assert scenario.seasons.calm_sea[3] == 0.54


def test_days_may_be_cut_below_dated_measures(scenario: Scenario) -> None:
    assert apply_overrides(scenario, {"days": 5}).days == 5


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("behavior.success", 1, ["'behavior'", "did you mean 'behaviour'"]),
        ("behaviour.succes", 1, ["'succes' in behaviour", "did you mean 'success'"]),
        ("measures.bam.start", 1, ["'bam' in measures", "did you mean 'ban'"]),
        ("transit_states.belarus.visas.june", 1, ["'june'", "a date such as"]),
        ("seasons.calm_sea.12", 1, ["'12'", "0 to 11"]),
        (LENGTH + ".normal", 1, ["'normal'", "has no parts"]),
        (LENGTH, -4, [LENGTH, "-4", "0.1 to 5,000"]),
        (LENGTH, "long", [LENGTH, "'long'", "a number"]),
        ("transit_states.belarus.visas.2022-01-01", 1, ["2022-01-01", "up to 2021-08-29"]),
        ("routes.erbil-minsk.transit_state", "x", ["routes.erbil-minsk.transit_state", "'x'", "belarus"]),
        ("timetable", "x.csv", ["timetable", "'x.csv'", "only in a file"]),
    ],
)
def test_override_that_fits_nothing(scenario: Scenario, path: str, value: object, words: list[str]) -> None:
    with pytest.raises(ScenarioError) as caught:
        apply_overrides(scenario, {path: value})
    assert all(word in str(caught.value) for word in ["--set", *words]), str(caught.value)


def test_get_path(scenario: Scenario) -> None:
    assert get_path(scenario, "transit_states.belarus.visas.2021-08-01") == 80
    with pytest.raises(ScenarioError, match="did you mean 'visas'"):
        get_path(scenario, "transit_states.belarus.visa")


def test_parameters_have_paths_and_notes(scenario: Scenario) -> None:
    parameters = {path: (value, field) for path, value, field in parameter_paths(scenario)}
    value, field = parameters["transit_states.belarus.visas.2021-08-01"]
    assert (value, field.unit, field.low, field.high) == (80, "persons per day", 0, 1e6)
    assert all(get_path(scenario, path) == value for path, (value, _) in parameters.items())
    assert "measures.wall.pace" in parameters
    assert "carriers.belavia.services.erbil-minsk.weekly.2021-07-01" in parameters


def test_central_values(scenario: Scenario) -> None:
    central = resolve(scenario)
    assert central.sections["kuznica"].length == 100
    assert central.agencies["border-guard"].personnel == 1000
    assert central.cohorts["iraq-kurds"].push[date(2021, 7, 20)] == 1
    assert resolve(central, 3) == central


def test_a_draw_keeps_to_its_path(scenario: Scenario) -> None:
    wider = apply_overrides(scenario, {"behaviour.success": {"uniform": [1, 5]}})
    for seed in range(20):
        first, second = resolve(scenario, seed), resolve(wider, seed)
        assert first.sections == second.sections
        assert first.agencies == second.agencies
    assert resolve(scenario, 1) == resolve(scenario, 1) != resolve(scenario, 2)


def test_draws_follow_their_distribution(scenario: Scenario) -> None:
    lengths = sorted(centre(resolve(scenario, seed).sections["kuznica"].length) for seed in range(2000))
    assert abs(lengths[1000] - 100) < 1
    assert abs(lengths[1682] - 110) < 1.5


@given(
    st.sampled_from(
        [
            ("normal", (0.5, 30.0)),
            ("lognormal", (0.5, 1e3)),
            ("lognormal", (0.9, 1e-9)),
            ("normal", (1.0, 1e308)),
        ]
    ),
    st.floats(0, 1, exclude_min=True, exclude_max=True),
)
def test_truncated_draws_stay_in_range(distribution: tuple[str, tuple[float, ...]], u: float) -> None:
    assert 0 <= Distribution(*distribution).quantile(u, 0, 1) <= 1
