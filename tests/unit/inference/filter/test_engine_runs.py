"""Runs of particles are those of a model that was never stopped; what was not known is not known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from sim.inference.filter.assimilate import setting_of
from sim.inference.filter.engine_runs import Stretch, _Engine
from sim.inference.frozen_inputs import freeze
from sim.model import CorridorModel
from sim.scenario.paths import apply_overrides
from sim.states.packed_tables import COUNTED, SCRATCH
from tests.strategies import START, tiny_scenario
from tests.unit.inference.filter.tiny_filter import tiny_filter

FIRST = Stretch(31, (0.2, 0.5, 0.3), False, (5.0,))
SECOND = Stretch(30, (-0.3, 1.0, -0.5), False, (5.0,))


@pytest.fixture(scope="module")
def engine() -> Any:
    return _Engine(setting_of(tiny_filter()))


def test_a_course_in_parts_is_the_course_in_one(engine: Any) -> None:
    whole = engine.run(None, (FIRST, SECOND), None)
    engine.run(None, (FIRST,), None)
    middle = engine.compact()
    engine.run(None, (SECOND,), None)  # another particle in between
    assert (engine.run(middle, (SECOND,), None) == whole[:, 31:]).all()
    assert (engine.run(middle, (SECOND,), None) == whole[:, 31:]).all()
    assert whole.sum() > 0


def test_a_state_leaves_nothing_of_the_particle_before(engine: Any) -> None:
    engine.run(None, (FIRST,), None)
    middle = engine.compact()
    here = {name: table.copy() for name, table in engine.world._asdict().items() if name not in SCRATCH}
    engine.run(None, (FIRST._replace(posture=(1.0, 2.0, 2.0)), SECOND), None)
    engine.put(middle)
    for name, table in here.items():
        used = slice(None if name not in COUNTED else engine.world.counters[COUNTED[name]])
        assert table[used].tobytes() == getattr(engine.world, name)[used].tobytes(), name


def test_a_state_that_is_off_lets_nobody_in(engine: Any) -> None:
    engine.run(None, (FIRST._replace(off=True),), None)
    assert engine.world.states["visas"][0] == 0
    assert engine.world.states["facilitation"][0] == 0


def test_more_inflow_and_steering_bring_more_attempts_there(engine: Any) -> None:
    few = engine.run(None, (FIRST._replace(posture=(-3.0, 0.5, 0.0)), SECOND._replace(posture=(-3.0, 0.5, 0.0))), None)
    many = engine.run(None, (FIRST._replace(posture=(1.0, 0.5, 0.0)), SECOND._replace(posture=(1.0, 0.5, 0.0))), None)
    assert many.sum() > few.sum()
    steered = engine.run(
        None, (FIRST._replace(posture=(1.0, 0.5, 4.0)), SECOND._replace(posture=(1.0, 0.5, 4.0))), None
    )
    assert steered[0].sum() > many[0].sum()


def test_what_is_withheld_is_what_a_frozen_scenario_lacks() -> None:
    origin = START + timedelta(days=40)
    known = {"kind": "turn-back", "agency": "lithuania", "start": START + timedelta(days=10), "share": 0.7}
    later = {"kind": "turn-back", "agency": "poland", "start": START + timedelta(days=50), "share": 0.9}
    ended = {**known, "agency": "poland", "share": 0.4, "end": START + timedelta(days=60)}
    scenario = tiny_scenario(
        {"transit_states": {"belarus": {"visas": {START + timedelta(days=55): 1.0}}}},
        measures={"known": known, "later": later, "ended": ended},
    )
    from sim.inference.filter.withheld import withhold

    model = CorridorModel(scenario)
    model.run_for(40)
    withhold(model, origin)
    frozen = CorridorModel(apply_overrides(freeze(scenario, origin, scenario.end), {}))
    frozen.run_for(40)
    for one in (model, frozen):
        one.run_for(50)
    assert np.array_equal(model.world.section_flows[:90], frozen.world.section_flows[:90])
    assert np.array_equal(model.world.pair_flows[:90], frozen.world.pair_flows[:90])
    untouched = CorridorModel(scenario)
    untouched.run_for(90)
    assert not np.array_equal(model.world.section_flows[:90], untouched.world.section_flows[:90])
