"""Free parameters: what points set, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, truncnorm

from sim.inference.calibration_experiment import FreeParameter
from sim.inference.free_parameters import Space, plain
from sim.scenario import apply_overrides
from sim.scenario.errors import ScenarioError
from sim.scenario.schema import Scenario
from tests.strategies import START, tiny_scenario

TINY = tiny_scenario()
LATER, ORIGIN = START + timedelta(days=30), START + timedelta(days=60)
VISAS = {"title": "visas", "paths": ["transit_states.belarus.visas"], "form": "factor"}


def parameter(**fields: object) -> FreeParameter:
    return FreeParameter.model_validate({"title": "p", "prior": {"lognormal": [1.0, 0.5]}, **fields})


@given(st.lists(st.floats(-4, 4), min_size=3, max_size=3))
def test_factors_from_a_date_make_a_walk(scores: list[float]) -> None:
    space = Space(
        {
            "level": parameter(**VISAS),
            "step": parameter(**VISAS, **{"from": LATER}),
            "retry": parameter(paths=["behaviour.retry"], prior={"uniform": [2.0, 6.0]}),
        },
        TINY,
    )
    point = np.array([scores])
    level, step, retry = space.values(point)[0]
    scenario = apply_overrides(TINY, plain(space.settings(point), space.paths)[0])
    visas = scenario.transit_states["belarus"].visas
    assert visas[START] == pytest.approx(7.5 * level)
    assert visas[LATER] == pytest.approx(7.5 * level * step)
    assert scenario.behaviour.retry == pytest.approx(retry)


def test_what_is_set_keeps_to_the_fields_range() -> None:
    space = Space({"share": parameter(paths=["carriers.*.services.*.migrant_share"], form="factor")}, TINY)
    assert len(space.paths) == 4
    assert (space.settings(np.array([[9.0]])) == 1.0).all()


def test_parameters_after_the_origin_are_left_out_and_those_at_it_are_not_informed() -> None:
    entries = {
        "level": parameter(**VISAS),
        "late": parameter(**VISAS, **{"from": ORIGIN + timedelta(days=1)}),
        "ahead": parameter(**VISAS, **{"from": "origin"}),
    }
    assert Space(entries, TINY).names == ["level", "late"]
    space = Space(entries, TINY, ORIGIN)
    assert space.names == ["level", "ahead"]
    assert space.informed.tolist() == [True, False]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"paths": ["behaviour.retri"]}, "did you mean 'behaviour.retry'"),
        ({"paths": ["behaviour.retry"], "from": LATER}, "for schedules only"),
    ],
)
def test_what_leads_nowhere_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        Space({"p": parameter(**fields)}, TINY)


def space(origin: date | None = None, scenario: Scenario = TINY, **entries: FreeParameter) -> Space:
    return Space(entries, scenario, origin)


def settings_of(found: Space, *scores: float) -> dict[str, float]:
    return dict(zip(found.paths, found.settings(np.array([scores]))[0].tolist(), strict=True))


LEVEL = {"paths": ["transit_states.belarus.visas"], "prior": {"normal": [2.0, 1.0]}}


def test_a_value_replaces_a_factor_multiplies_and_a_shift_is_added() -> None:
    retry = {"paths": ["behaviour.retry"], "prior": {"uniform": [1.0, 3.0]}}
    for form, expected in (("value", 2.0), ("factor", 6.0), ("shift", 5.0)):
        assert settings_of(space(a=parameter(**retry, form=form)), 0.0) == {"behaviour.retry": pytest.approx(expected)}


def test_values_are_quantiles_of_the_prior_and_never_quite_its_ends() -> None:
    found = space(
        a=parameter(paths=["behaviour.retry"], prior={"uniform": [2.0, 6.0]}),
        b=parameter(paths=["behaviour.reconsider"], form="factor", prior={"lognormal": [2.0, 0.5]}),
    )
    values = found.values(np.array([[0.0, 0.0], [1.0, -1.0], [-40.0, 40.0]]))
    assert values[:2] == pytest.approx(
        np.array([[4.0, 2.0], [2 + 4 * norm.cdf(1), 2 * np.exp(-0.5)]]), rel=1e-9
    )  # fmt: skip
    assert values[2, 0] == pytest.approx(2 + 4e-9, rel=1e-12)
    assert values[2, 1] == pytest.approx(2 * np.exp(0.5 * norm.isf(1e-9)), rel=1e-6)
    assert found.values(np.empty((0, 2))).shape == (0, 2)
    assert len(found) == 2


def test_a_value_keeps_its_prior_within_its_field_and_a_factor_is_not_negative() -> None:
    share = ["zones.bruzgi.evacuation"]
    value = space(a=parameter(paths=share, prior={"normal": [0.9, 0.5]}))
    law = truncnorm((0 - 0.9) / 0.5, (1 - 0.9) / 0.5, 0.9, 0.5)
    assert value.values(np.array([[0.7]]))[0, 0] == pytest.approx(law.ppf(norm.cdf(0.7)))
    factor = space(a=parameter(paths=share, form="factor", prior={"normal": [0.5, 1.0]}))
    assert factor.values(np.array([[0.0]]))[0, 0] == pytest.approx(truncnorm(-0.5, np.inf, 0.5, 1).ppf(0.5))
    shift = space(a=parameter(paths=share, form="shift", prior={"normal": [0.5, 1.0]}))
    assert shift.values(np.array([[-2.0]]))[0, 0] == pytest.approx(-1.5)
    assert settings_of(shift, 5.0) == {f"zones.bruzgi.evacuation.{START}": 1.0}
    assert settings_of(shift, -5.0) == {f"zones.bruzgi.evacuation.{START}": 0.0}


TWO = tiny_scenario({"transit_states": {"belarus": {"visas": {START: 5, LATER: 50}}}})
PATH = "transit_states.belarus.visas"
DAY = timedelta(days=1)


def test_a_parameter_from_a_date_acts_on_all_dates_from_there_and_adds_its_own() -> None:
    found = space(scenario=TWO, a=parameter(**LEVEL, form="factor", **{"from": LATER - DAY}))
    assert settings_of(found, 0.0) == pytest.approx(
        {f"{PATH}.{START}": 5, f"{PATH}.{LATER - DAY}": 5 * 2.0218, f"{PATH}.{LATER}": 50 * 2.0218}, rel=1e-2
    )
    same = space(scenario=TWO, a=parameter(**LEVEL, form="shift", **{"from": LATER}))
    assert settings_of(same, 1.0) == pytest.approx({f"{PATH}.{START}": 5, f"{PATH}.{LATER}": 53})
    late = space(scenario=TWO, a=parameter(**LEVEL, form="shift", **{"from": LATER + DAY}))
    assert settings_of(late, 1.0) == pytest.approx(
        {f"{PATH}.{START}": 5, f"{PATH}.{LATER}": 50, f"{PATH}.{LATER + DAY}": 53}
    )


def test_a_date_before_the_schedule_is_its_first_and_one_after_the_run_is_none() -> None:
    early = space(scenario=TWO, a=parameter(**LEVEL, form="shift", **{"from": START - DAY}))
    assert settings_of(early, 0.0) == pytest.approx({f"{PATH}.{START}": 7, f"{PATH}.{LATER}": 52})
    last = space(scenario=TWO, a=parameter(**LEVEL, form="shift", **{"from": TWO.end}))
    assert list(settings_of(last, 0.0)) == [f"{PATH}.{START}", f"{PATH}.{LATER}", f"{PATH}.{TWO.end}"]
    after = space(scenario=TWO, a=parameter(**LEVEL, form="shift", **{"from": TWO.end + DAY}))
    assert settings_of(after, 0.0) == pytest.approx({f"{PATH}.{START}": 5, f"{PATH}.{LATER}": 50})


def test_parameters_act_one_after_the_other() -> None:
    first = parameter(**LEVEL, form="value")
    second = parameter(**LEVEL, form="shift", **{"from": LATER})
    found = space(scenario=TWO, a=first, b=second)
    value = float(found.values(np.array([[0.0, 0.0]]))[0, 0])
    assert settings_of(found, 0.0, 1.0) == pytest.approx({f"{PATH}.{START}": value, f"{PATH}.{LATER}": value + 3})
    points = np.array([[0.0, 1.0], [0.0, -1.0]])
    assert found.settings(points) == pytest.approx(np.array([[value, value + 3], [value, value + 1]]))
    assert plain(found.settings(points), found.paths)[1] == pytest.approx(
        {f"{PATH}.{START}": value, f"{PATH}.{LATER}": value + 1}
    )


def test_months_after_the_origin_are_counted_from_it_and_nothing_before_it_is_informed_by_them() -> None:
    entries = {
        "origin": parameter(**LEVEL, form="shift", **{"from": "origin"}),
        "next": parameter(**LEVEL, form="shift", **{"from": "origin+1"}),
        "second": parameter(**LEVEL, form="shift", **{"from": "origin+2"}),
        "at": parameter(**LEVEL, form="shift", **{"from": ORIGIN}),
        "before": parameter(**LEVEL, form="shift", **{"from": ORIGIN - DAY}),
        "always": parameter(**LEVEL, form="shift"),
    }
    found = Space(entries, TINY, ORIGIN)
    assert found.names == ["origin", "next", "second", "before", "always"]
    assert found.informed.tolist() == [False, False, False, True, True]
    assert [path.rpartition(".")[2] for path in found.paths] == [
        str(day) for day in (START, ORIGIN - DAY, ORIGIN, date(2025, 12, 30))
    ]  # the second month after begins when the run has ended
    assert Space(entries, TINY).names == ["at", "before", "always"]
    assert Space(entries, TINY).informed.tolist() == [True, True, True]


def test_what_acts_on_later_parts_alone_is_not_informed() -> None:
    fence = {"fence": {"kind": "fence", "sections": ["kuznica"], "length": 20, "pace": 2, "start": LATER}}
    whole = tiny_scenario({"measures": fence})
    entries = {
        "fence": parameter(paths=["measures.fence.pace"], form="factor"),
        "both": parameter(paths=["measures.*.pace", "behaviour.retry"], form="factor"),
    }
    found = Space(entries, TINY, ORIGIN, whole)
    assert found.names == ["fence", "both"]
    assert found.informed.tolist() == [False, True]
    assert found.paths == ("behaviour.retry",)
    assert found.settings(np.zeros((3, 2))).shape == (3, 1)
    with pytest.raises(ScenarioError, match=r"^parameters.fence.paths: found 'measures.fence.pace', no quantity"):
        Space(entries, TINY, ORIGIN)


def test_a_star_is_one_name_and_all_that_it_finds_are_set() -> None:
    found = space(a=parameter(paths=["zones.*.evacuation", "behaviour.retry", "zones.bruzgi.*"], form="factor"))
    assert "zones.bruzgi.capacity" not in found.paths, "a whole number is no quantity"
    assert f"zones.bruzgi.evacuation.{START}" in found.paths and "behaviour.retry" in found.paths
    assert len(set(found.paths)) == len(found.paths)
    assert not any(path.startswith("zones.bruzgi.sections.") for path in found.paths), "two names are not one"
    with pytest.raises(ScenarioError, match="no quantity of the scenario; allowed:"):
        space(a=parameter(paths=["zones.*"], form="factor"))
    with pytest.raises(ScenarioError) as caught:
        space(a=parameter(paths=["behaviour.rety"], form="factor"))
    named = str(caught.value).partition("allowed: ")[2].partition(" (did")[0]
    assert "behaviour.retry" in named and len(named.split(", ")) == 8
