"""When measures are known and begin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sim.model import CorridorModel
from tests.strategies import POINT, START, merge, tiny_scenario


def day(number: int) -> Any:
    return START + timedelta(days=number)


CLOSING: dict[str, tuple[dict[str, Any], set[str]]] = {
    "diplomacy": (
        {"kind": "diplomacy", "routes": ["benghazi-minsk"], "frequency_factor": 0.5}, {"benghazi-minsk"},
    ),
    "carrier-ban": ({"kind": "carrier-ban", "carriers": ["airline-iq"]}, {"baghdad-minsk"}),
    "visa-stop": (
        {"kind": "visa-stop", "transit_state": "belarus"}, {"baghdad-minsk", "benghazi-minsk", "damascus-minsk"},
    ),
    "turn-back": ({"kind": "turn-back", "agency": "poland", "share": 0.3}, set()),
}  # fmt: skip


@pytest.mark.parametrize("kind", CLOSING)
def test_an_announcement_causes_a_rush_to_the_routes_that_will_close_until_they_do(kind: str) -> None:
    fields, routes = CLOSING[kind]
    model = CorridorModel(tiny_scenario({"measures": {"it": {**fields, "announced": day(3), "start": day(6)}}}))
    for number in range(9):
        model.step()
        rushed = {name for name, rush in zip(model.names.routes, model.world.routes["rush"], strict=True) if rush}
        assert rushed == (routes if 3 <= number < 6 else set()), number


def test_an_announcement_causes_a_rush_to_the_crossing_points_that_will_close_which_reopen_after_its_end() -> None:
    """A measure announced that fails draws a rush all the same."""
    shut = {"kind": "crossing-closure", "points": ["terespol"], "announced": day(3), "start": day(6), "end": day(7)}
    for probability, closed in ((1.0, range(6, 8)), (0.0, range(0))):
        measures = {"shut": {**shut, "success_probability": probability}}
        model = CorridorModel(tiny_scenario(merge(POINT, {"measures": measures})))
        for number in range(10):
            model.step()
            rushed = {s for s, rush in zip(model.names.sections, model.world.sections["rush"], strict=True) if rush}
            assert rushed == ({"terespol"} if 3 <= number < 6 else set()), number
            hours = dict(zip(model.names.sections, model.world.sections["hours"].tolist(), strict=True))
            assert hours.pop("terespol") == (0 if number in closed else 12)
            assert set(hours.values()) == {24}


def test_a_measure_of_the_first_day_holds_on_the_first_day() -> None:
    measure = {"kind": "turn-back", "agency": "poland", "share": 0.123, "start": START}
    model = CorridorModel(tiny_scenario({"measures": {"it": measure}}))
    model.step()
    assert model.world.agencies["turn_back"][model.names.agencies.index("poland")] == 0.123


@pytest.mark.parametrize("length", [0.0, 0.4, 30.0])
def test_a_fence_is_built_to_its_length_however_short(length: float) -> None:
    fence = {"kind": "fence", "sections": ["kuznica", "narewka"], "length": length, "pace": 5, "start": day(3)}
    model = CorridorModel(tiny_scenario({"measures": {"it": fence}}))
    before = model.world.sections["barrier"].sum()
    model.run_for(30)
    assert model.world.sections["barrier"].sum() - before == pytest.approx(length)


def test_a_posture_sets_what_it_names_and_lets_go_again() -> None:
    """Of the state and of its zones; what it does not name stays."""
    posture = {"kind": "posture", "transit_state": "belarus", "facilitation": 0.25, "steering": {"lida": 1.25}}
    model = CorridorModel(tiny_scenario({"measures": {"it": {**posture, "start": day(3), "end": day(5)}}}))
    state = model.world.states[model.names.states.index("belarus")]
    for number in range(9):
        model.step()
        steering = dict(zip(model.names.zones, model.world.zones["steering"], strict=True))
        facilitation, lida = (0.25, 1.25) if 3 <= number <= 5 else (0.8, 0)
        assert (state["facilitation"], steering) == (facilitation, {"bruzgi": 0, "lida": lida})
        assert state["coaching"] == 0.4


def test_of_measures_on_one_lever_the_latest_sets_it_and_factors_multiply() -> None:
    """When the later one ends, the earlier holds again; a factor goes with whatever is set."""
    state = {"kind": "posture", "transit_state": "belarus"}
    court = {"kind": "litigation", "transit_states": ["belarus"], "facilitation_factor": 0.5, "half_life": 0.1}
    measures = {
        "a-late": {**state, "facilitation": 0.2, "start": day(4), "end": day(5)},
        "b-early": {**state, "facilitation": 0.6, "start": day(2), "end": day(7)},
        "court": {**court, "start": day(3), "end": day(8)},
    }
    model = CorridorModel(tiny_scenario({"measures": measures}))
    found = []
    for _ in range(11):
        model.step()
        found.append(float(model.world.states["facilitation"][model.names.states.index("belarus")]))
    assert found == pytest.approx([0.8, 0.8, 0.6, 0.3, 0.1, 0.1, 0.3, 0.3, 0.4, 0.8, 0.8], abs=2e-3)


def test_boats_that_leave_full_become_more() -> None:
    boats = {"boats": {"growth": 0.5, "max_growth": 4, "high_load": 0.5, "low_load": 0.1}}
    model = CorridorModel(tiny_scenario({"carriers": boats, "cohorts": {"sudanese": {"size": 2000}}}))
    model.run_for(60)
    assert model.carriers["boats"].adaptation["benghazi-italy"] == 4
