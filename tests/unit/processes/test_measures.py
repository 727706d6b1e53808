"""When measures are known and begin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sim.model import CorridorModel
from tests.strategies import START, tiny_scenario


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
