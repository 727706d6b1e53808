"""What can have no effect is said; shipped scenarios and the tiny one have nothing of the kind, or little."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sim.scenario import load_scenario
from sim.scenario.guide.idle import without_effect
from tests.strategies import START, tiny_scenario

SECTION = {"agency": "poland", "title": "Nowhere", "length": 5}
ROUTE = {"mode": "land", "origin": "erbil", "destination": "minsk", "transit_state": "belarus"}
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "a route without a carrier": (
        {"routes": {"erbil-minsk": ROUTE}, "cohorts": {"iraqis": {"routes": {"erbil-minsk": 0}}}},
        "routes.erbil-minsk: cohorts may choose it, but no carrier",
    ),
    "a route without a cohort": (
        {"routes": {"erbil-minsk": ROUTE},
         "carriers": {"buses": {"services": {"erbil-minsk": {"weekly": {START: 1}}}}}},
        "routes.erbil-minsk: a carrier serves it, but no cohort",
    ),
    "a carrier that never departs": (
        {"carriers": {"airline-iq": {"services": {"baghdad-minsk": {"weekly": {START: 0}}}}}},
        "carriers.airline-iq.services.baghdad-minsk: nothing ever departs",
    ),
    "a section out of reach": ({"sections": {"nowhere": SECTION}}, "sections.nowhere: no border zone"),
    "a lever that a measure masks": (
        {
            "agencies": {"poland": {"turn_back": {date(2025, 11, 1): 0.3}}},
            "measures": {"order": {"kind": "turn-back", "agency": "poland", "start": "2025-10-15"}},
        },
        "agencies.poland.turn_back.2025-11-01: the measure order overrides it",
    ),
    "a measure that cannot succeed": (
        {"measures": {"ban": {"kind": "carrier-ban", "start": "2025-10-15", "success_probability": 0}}},
        "measures.ban: its success_probability is 0",
    ),
    "one that ends too soon": (
        {"measures": {"ban": {"kind": "carrier-ban", "start": "2025-10-15", "end": "2025-10-20", "lag": 9}}},
        "measures.ban: it ends on 2025-10-20, before its lag",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_can_have_no_effect_is_said_and_nothing_else(name: str) -> None:
    changes, words = CASES[name]
    found = without_effect(tiny_scenario(changes))
    assert [line for line in found if line.startswith(words)]
    assert len(found) == 1


def test_a_scenario_in_which_all_matters_is_not_warned_of() -> None:
    assert without_effect(tiny_scenario()) == []
    assert without_effect(load_scenario("benghazi-surge")) == []
    assert without_effect(load_scenario("minsk-2021")) == []
    assert without_effect(load_scenario("benghazi-hubs")) == []  # its reactions wake what is asleep


def test_what_only_a_reaction_would_wake_is_idle_where_nobody_answers() -> None:
    found = without_effect(load_scenario("benghazi-hubs", overrides={"answers": False}))
    assert [line.split(":")[0].split(".")[-1] for line in found if "nothing ever departs" in line] == [
        f"benghazi-{hub}-minsk" for hub in ("addis-ababa", "baku", "moscow", "tashkent")
    ]
