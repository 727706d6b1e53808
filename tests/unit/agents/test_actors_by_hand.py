"""Carriers, transit states, sponsors and further types of actors, on days that are set by hand."""

from __future__ import annotations

import math
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.agents import extra_actors
from sim.agents.actor import Actor
from sim.agents.carrier import Carrier
from sim.agents.extra_actors import ActorType, ExtraActor, agents_of, table_of
from sim.agents.lever import NEVER
from sim.engine import tables as t
from sim.engine.tables import S_PATROL_CALLS
from sim.model import CorridorModel
from tests.strategies import START, tiny_scenario

ROUTE = "baghdad-minsk"
RULES = {"growth": 0.5, "decline": 0.25, "max_growth": 2, "high_load": 0.9, "low_load": 0.3, "price_response": 0.5}


def airline(**rules: Any) -> Carrier:
    carrier = CorridorModel(tiny_scenario({"carriers": {"airline-iq": rules}})).carriers["airline-iq"]
    carrier.step()
    return carrier


def week(carrier: Carrier, day: int, seats: int, taken: int) -> tuple[float, float]:
    """A day on which so many seats were offered and taken in the week before; departures a week and factor on price."""
    record = carrier.services[ROUTE]
    record["week_seats"], record["week_taken"] = seats, taken
    carrier.model.day = day
    carrier.step()
    return float(record["weekly"]), float(record["price_factor"])


@pytest.mark.parametrize(
    ("taken", "weekly", "load"),
    [(91, 7.5, 0.91), (90, 5, 0.9), (50, 5, 0.5), (30, 5, 0.3), (29, 3.75, 0.29), (0, 3.75, 0.0)],
)
def test_a_carrier_adapts_to_the_load_of_a_week(taken: int, weekly: float, load: float) -> None:
    carrier = airline(**RULES)
    found = week(carrier, 7, 100, taken)
    assert found == pytest.approx((weekly, max(math.exp(0.5 * (load - 0.8)), 0.5)))
    record = carrier.services[ROUTE]
    assert (record["week_seats"], record["week_taken"]) == (0, 0)


def test_a_carrier_adapts_once_a_week_and_within_bounds() -> None:
    carrier = airline(**RULES | {"price_response": 5})
    assert week(carrier, 0, 100, 100) == (5, 1)
    assert week(carrier, 6, 100, 100) == (5, 1)
    assert week(carrier, 14, 100, 100) == pytest.approx((7.5, math.e))
    assert week(carrier, 21, 100, 100) == pytest.approx((10, 3)), "twice the schedule, thrice the price"
    assert week(carrier, 28, 100, 0) == pytest.approx((7.5, 0.5)), "half the price at least"
    assert week(carrier, 35, 0, 0) == pytest.approx((7.5, 0.5)), "nothing is learnt where no seats were offered"
    fixed = airline(growth=0, decline=0, price_response=0)
    assert week(fixed, 7, 100, 100) == (5, 1)
    assert fixed.services[ROUTE]["week_seats"] == 100


def test_a_ban_stops_departures_until_the_last_one_is_lifted() -> None:
    carrier = airline()
    record = carrier.services[ROUTE]

    def is_open() -> bool:
        carrier.model.routes_changed = False
        carrier.step()
        return bool(record["open"])

    assert is_open()
    carrier.ban("one", [])
    assert not is_open()
    assert carrier.model.routes_changed
    assert record["weekly"] == 5
    carrier.ban("two", [ROUTE, "no-such-route"])
    carrier.lift("one")
    assert not is_open()
    carrier.lift("two")
    assert is_open()
    assert carrier.bans == {ROUTE: set()}
    assert is_open()
    assert not carrier.model.routes_changed, "nothing was written"


class Recorder:
    """A record of a table."""

    def __init__(self) -> None:
        self.written: dict[str, float] = {}

    def __setitem__(self, field: str, value: float) -> None:
        self.written[field] = value


def test_an_actor_writes_its_levers_on_days_on_which_one_may_change() -> None:
    carrier = airline()
    lever, _, _ = carrier.levers[ROUTE]
    record = Recorder()
    carrier.levers = {"it": (lever, record, "weekly")}
    lever.days, lever.values = [0, 10], [5.0, 7.0]
    carrier.refresh()
    assert [carrier.pull_levers(day) for day in (0, 1, 9, 10, 11)] == [True, False, False, True, False]
    assert record.written == {"weekly": 7.0}
    assert carrier._next_change == NEVER
    carrier.override("it", "m", 3.0)
    assert (carrier.pull_levers(12), record.written["weekly"]) == (True, 3.0)
    carrier.override("it", "n", 4.0)
    carrier.override("it", "m", 5.0)
    assert (carrier.pull_levers(12), record.written["weekly"]) == (True, 5.0)
    carrier.override("it", "m", None)
    assert (carrier.pull_levers(12), record.written["weekly"]) == (True, 4.0)
    carrier.override("it", "n", None)
    carrier.model.day = 20
    carrier.factor("it", "m", 0.5)
    carrier.addition("it", "m", 2.0)
    assert (carrier.pull_levers(20), record.written["weekly"]) == (True, 5.5)
    assert lever.factors == {"m": (20, 0.5, 0.0)}
    carrier.factor("it", "m", 0.5, half_life=10)
    assert (carrier.pull_levers(20), carrier._next_change) == (True, 21)
    carrier.factor("it", "m", None)
    carrier.addition("it", "m", None)
    assert (carrier.pull_levers(20), record.written["weekly"]) == (True, 7.0)
    carrier.refresh()
    assert carrier.pull_levers(20)
    assert repr(carrier) == "<Carrier airline-iq>"
    with pytest.raises(TypeError, match=r"^airline-iq can't be removed, as the world's tables are made for"):
        carrier.remove()


def test_shares_of_a_state_stay_within_0_and_1() -> None:
    model = CorridorModel(tiny_scenario())
    state = model.states["belarus"]
    for lever, value in (("facilitation", 5.0), ("coaching", -1.0), ("transfer", 3.0), ("visas", 90.0)):
        state.addition(lever, "m", value)
    state.step()
    found = {
        name: float(state.record[name]) for name in ("facilitation", "coaching", "transfer", "visas", "may_return")
    }
    assert found == {"facilitation": 1, "coaching": 0, "transfer": 8.5, "visas": 97.5, "may_return": 0.5}
    inflow = [(actor.name, lever) for actor, lever in state.inflow()]
    assert inflow == [
        ("belarus", "visas"), ("belarus", "transfer"), ("airline-iq", "baghdad-minsk"),
        ("airline-ly", "benghazi-minsk"),
        ("buses", "damascus-minsk"),
    ]  # fmt: skip


def campaign(**entry: Any) -> Any:
    states = {"transit_states": ["belarus"], "intensity": 2, "distraction": 1.5, "pulse_days": 9, "pause_days": 3}
    return CorridorModel(tiny_scenario({"sponsors": {"moscow": {**states, **entry}}})).sponsors["moscow"]


def pulses(sponsor: Any, days: range) -> str:
    """Which days are in a pulse."""
    found = ""
    for day in days:
        sponsor.model.day = day
        sponsor.step()
        factors = sponsor.model.states["belarus"].levers["visas"][0].factors
        assert bool(factors) == sponsor.pulsing
        assert not factors or factors["moscow"][1] == 2
        found += "x" if sponsor.pulsing else "."
    return found


def test_a_campaign_comes_in_pulses_from_its_first_day_to_its_last() -> None:
    assert pulses(campaign(), range(16)) == "xxxxxxxxx...xxxx"
    first, last = START + timedelta(days=3), START + timedelta(days=17)
    assert pulses(campaign(start=first, end=last), range(21)) == "...xxxxxxxxx...xxx..."
    sponsor = campaign(end=START + timedelta(days=1))
    assert (sponsor.first, sponsor.last, campaign().last) == (0, 1, 120)


def test_a_campaign_steers_once_a_week_to_the_zone_with_the_least_spare_capacity() -> None:
    sponsor = campaign()
    state, world = sponsor.model.states["belarus"], sponsor.model.world
    numbers = {name: k for k, name in enumerate(sponsor.model.names.sections)}

    def steered() -> dict[str, Any]:
        return {zone: state.levers[f"steering.{zone}"][0].additions.get("moscow") for zone in state.zones}

    def on(day: int, kuznica: float, dieveniskes: float) -> dict[str, Any]:
        world.sections["capacity"][numbers["kuznica"]], world.sections["capacity"][numbers["dieveniskes"]] = (
            kuznica, dieveniskes,
        )  # fmt: skip
        sponsor.model.day = day
        sponsor.step()
        return steered()

    assert on(0, 1, 2) == {"bruzgi": 1.5, "lida": None}
    assert on(6, 2, 1) == {"bruzgi": 1.5, "lida": None}, "only once a week"
    assert on(7, 2, 1) == {"bruzgi": None, "lida": 1.5}
    assert on(9, 2, 1) == {"bruzgi": None, "lida": None}, "not in a pause"
    assert on(12, 1, 1) == {"bruzgi": 1.5, "lida": None}, "the first by name of two that are alike"


def test_spare_capacity_is_that_of_the_sections_in_reach_less_a_weeks_calls_a_day() -> None:
    model = CorridorModel(tiny_scenario())
    for name, capacity in (("kuznica", 10), ("narewka", 20), ("dieveniskes", 40)):
        number = model.names.sections.index(name)
        model.world.sections["capacity"][number] = capacity
        model.world.section_flows[:20, number, S_PATROL_CALLS] = np.arange(20) if name == "kuznica" else 0
    model.day = 10
    assert model.spare_capacity("bruzgi") == pytest.approx(30 - (3 + 4 + 5 + 6 + 7 + 8 + 9) / 7)
    assert model.spare_capacity("lida") == 60
    model.day = 2
    assert model.spare_capacity("bruzgi") == pytest.approx(30 - 1 / 7)


class Helper(ExtraActor):
    """A further type of actors."""


def test_a_further_type_of_actors_has_a_record_per_entry_by_name() -> None:
    dtype = np.dtype([("beds", np.int64), ("other", np.float64)])
    entries = {"b": SimpleNamespace(beds=5), "a": SimpleNamespace(beds=7, more=1)}
    scenario = SimpleNamespace(shelters=entries)
    before = list(extra_actors.types)
    assert agents_of("shelters", dtype)(Helper) is Helper
    try:
        assert extra_actors.types == [*before, ActorType("shelters", Helper, dtype)]
        table = t.extra_tables["shelters"](scenario, None)
        assert table.tolist() == [(7, 0.0), (5, 0.0)]
        assert table_of(scenario, extra_actors.types[-1]).tolist() == table.tolist()
        own: Any = SimpleNamespace(settings=scenario, world=SimpleNamespace(shelters=table))
        made: list[Any] = []
        kind = SimpleNamespace(key="shelters", make=lambda *given: made.append(given[1:]) or given[1])
        extra_actors.types[-1] = kind  # type: ignore[call-overload]
        found = extra_actors.make_all(own)["shelters"]
        assert found == {"a": "a", "b": "b"}
        assert [(name, entry.beds, record.tolist()) for name, entry, record in made] == [
            ("a", 7, (7, 0.0)), ("b", 5, (5, 0.0)),
        ]  # fmt: skip
    finally:
        extra_actors.types[:] = before
        t.extra_tables.pop("shelters", None)
    agents_of("shelters")(Helper)
    plain = extra_actors.types[-1]
    assert plain == ActorType("shelters", Helper, None)
    assert "shelters" not in t.extra_tables
    extra_actors.remove(plain)
    assert extra_actors.types == before
    actor = Helper(CorridorModel(tiny_scenario()), "name", "entry", "record")
    assert (actor.name, actor.entry, actor.record, isinstance(actor, Actor)) == ("name", "entry", "record", True)
