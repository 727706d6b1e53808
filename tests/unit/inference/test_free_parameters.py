"""Free parameters: what points set, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.inference.calibration_experiment import FreeParameter
from sim.inference.free_parameters import Space, plain
from sim.scenario import apply_overrides
from sim.scenario.errors import ScenarioError
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
