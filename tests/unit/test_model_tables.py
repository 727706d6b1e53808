"""What a model writes before and between its days: levers of actors, open routes and prices, order and clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import mesa
import numpy as np
import pytest

from sim.agents.lever import NEVER, Lever
from sim.agents.transit_state import LEVERS
from sim.engine.tables import ALWAYS_OPEN
from sim.model import CorridorModel
from tests.strategies import POINT, START, merge, tiny_scenario

BAN = {"kind": "carrier-ban", "carriers": ["airline-iq"], "start": START + timedelta(days=2)}


def model_of(changes: dict[str, Any] | None = None, timetable: Any = None, **fields: Any) -> CorridorModel:
    return CorridorModel(tiny_scenario(changes, **fields), timetable)


def routes(model: CorridorModel, field: str) -> dict[str, Any]:
    return dict(zip(model.names.routes, model.world.routes[field].tolist(), strict=True))


def test_every_lever_has_its_value_of_the_first_day_before_it() -> None:
    point = {"hours": {START: None, START + timedelta(days=5): 3}, "claims": {START: 2}}
    kuznica = {"barrier": {START: 7, START + timedelta(days=4): 9}, "surveillance": 0.4}
    turn_back = {START: 0.6, START + timedelta(days=1): 0.9}
    changes = {
        "agencies": {"poland": {"turn_back": turn_back, "procedure_factor": {START + timedelta(days=3): 0.5}}},
        "sections": {"kuznica": kuznica, "terespol": {"crossing_point": point}},
        "zones": {"bruzgi": {"steering": {START: 0.7}, "evacuation": {START: 0.2}}},
    }
    model = model_of(merge(POINT, changes))
    found = model.agencies["poland"].levers
    values = {name: [lever.at(day) for day in (0, 3, 4, 5)] for name, (lever, _, _) in found.items()}
    assert values["turn_back"] == [0.6, 0.9, 0.9, 0.9]
    assert values["reception"] == [15] * 4
    assert values["procedure_factor"] == [1, 0.5, 0.5, 0.5]
    assert values["barrier.kuznica"] == [7, 7, 9, 9]
    assert values["surveillance.kuznica"] == [0.4] * 4
    assert values["detection_factor.kuznica"] == values["hazard_factor.kuznica"] == [1] * 4
    assert values["hours.terespol"] == [ALWAYS_OPEN, ALWAYS_OPEN, ALWAYS_OPEN, 3]
    assert values["claims.terespol"] == [2] * 4
    assert not {name for name in found if name.startswith(("hours.kuznica", "claims.kuznica"))}
    for lever, record, field in found.values():
        assert float(record[field]) == pytest.approx(lever.at(0))
    state = model.states["belarus"].levers
    of_zones = [f"{name}.{zone}" for zone in ("bruzgi", "lida") for name in ("steering", "evacuation", "hazard_factor")]
    assert set(state) == {*LEVERS, "return_offer", *of_zones}
    at = {name: lever.at(0) for name, (lever, _, _) in state.items()}
    assert (at["visas"], at["return_offer"], at["steering.bruzgi"], at["evacuation.bruzgi"]) == (7.5, 0, 0.7, 0.2)
    assert (at["hazard_factor.bruzgi"], at["hazard_factor.lida"], at["evacuation.lida"]) == (1, 1, 0)
    assert model.states["belarus"].zones == ["bruzgi", "lida"]
    assert model.states["libya"].zones == []
    assert model.states["libya"].levers["boats_tolerated"][0].at(0) == 0.9
    weekly = model.carriers["airline-iq"].levers["baghdad-minsk"]
    assert (weekly[0].at(-1), weekly[0].at(0), weekly[2]) == (0, 5, "weekly")
    assert Lever(1.0).next_change(0) == NEVER


def test_a_route_is_open_by_a_service_or_a_timetable_that_no_ban_stops() -> None:
    weekly = {"airline-iq": {"services": {"baghdad-minsk": {"weekly": {START: 0}}}}}
    model = model_of({"carriers": weekly}, [(3, "baghdad-minsk", 5)])
    opened = []
    for _ in range(6):
        model.step()
        opened.append(routes(model, "open")["baghdad-minsk"])
    assert opened == [1, 1, 1, 1, 0, 0], "up to the last departure"
    assert routes(model, "open")["damascus-minsk"] == 1
    banned = model_of({"carriers": weekly, "measures": {"x": BAN}}, [(3, "baghdad-minsk", 5)])
    opened = []
    for _ in range(4):
        banned.step()
        opened.append(routes(banned, "open")["baghdad-minsk"])
    assert opened == [1, 1, 0, 0]
    assert banned._timetable_ends == {4}
    assert model_of()._timetable_ends == set()
    assert model_of(
        None, [(3, "baghdad-minsk", 5), (7, "baghdad-minsk", 1), (2, "damascus-minsk", 1)]
    )._timetable_ends == {8, 3}


def test_the_price_of_a_route_is_that_of_its_cheapest_service() -> None:
    services = {"services": {"baghdad-minsk": {"seats": 8, "weekly": {START: 5}}}}
    model = model_of({"carriers": {"other": services}})
    base = routes(model, "base_price")["baghdad-minsk"]
    for carrier, factor in (("airline-iq", 1.5), ("other", 2.0)):
        model.carriers[carrier].services["baghdad-minsk"]["price_factor"] = factor
    model.step()
    assert routes(model, "price")["baghdad-minsk"] == pytest.approx(1.5 * base)
    assert not model.routes_changed
    model.carriers["airline-iq"].ban("x", [])
    model.step()
    assert routes(model, "price")["baghdad-minsk"] == pytest.approx(2 * base)
    assert routes(model, "open")["baghdad-minsk"] == 1
    assert routes(model, "sent_back")["baghdad-minsk"] == 0
    model.carriers["other"].ban("y", [])
    model.step()
    assert routes(model, "price")["baghdad-minsk"] == pytest.approx(2 * base), "as it was when it closed"
    assert routes(model, "open")["baghdad-minsk"] == 0


def test_days_are_counted_up_to_the_last() -> None:
    model = model_of(days=5)
    assert (model.date, model.day, model.running, model.events) == (START, 0, True, 0)
    model.run_for(0)
    assert model.day == 0
    model.run_for(2)
    assert (model.date, model.day, model.time, model.steps) == (START + timedelta(days=2), 2, 2.0, 2)
    for wrong in (-1, float("nan")):
        with pytest.raises(ValueError, match=f"run_for: found {wrong}; allowed: 0 days or more"):
            model.run_for(wrong)
    model.run_until(3)
    assert (model.day, model.running) == (3, True)
    with pytest.raises(ValueError, match=r"run_for: found -1\.0; allowed"):
        model.run_until(2)
    model.run_model()
    assert (model.day, model.running, model.time) == (5, False, 5.0)
    model.run_for(3)
    model.step()
    assert model.day == 5


def test_an_own_step_or_an_event_is_met_on_its_day_by_whatever_runs_the_model() -> None:
    class Own(CorridorModel):
        mine = 0

        def step(self) -> None:
            self.mine += 1
            super().step()

    own = Own(tiny_scenario(days=6))
    own.run_model()
    assert (own.mine, own.day) == (6, 6)
    model = model_of(days=6)
    met: list[int] = []

    def meet() -> None:
        met.append(model.day)

    assert model._steps_as_written()
    model.schedule_event(meet, at=3.5)
    model.run_model()
    assert (met, model.day, model.steps) == ([3], 6, 6)
    off = model_of(days=6)
    off.time = 0.5
    assert not off._steps_as_written()


def test_actors_step_in_the_order_of_the_day_and_agencies_review_it() -> None:
    model = model_of({"sponsors": {"moscow": {"transit_states": ["belarus"]}}}, days=3)
    names = [actor.name for actor in model._actors]
    assert names == ["moscow", "belarus", "libya", "airline-iq", "airline-ly", "boats", "buses", "lithuania", "poland"]
    assert [actor.name for actor in model._reviewers] == ["lithuania", "poland"]
    assert (model.frontex.available, model.frontex.lag) == (12, 6)


def test_bars_are_counted_by_pair_and_flights_home_by_measure() -> None:
    flights = {"kind": "return-flights", "transit_state": "belarus", "start": START}
    model = model_of({"measures": {"b": {**flights, "weekly": 3}, "a": {**flights, "weekly": 2}}})
    pairs = model.names.pairs
    model.bar(["benghazi-minsk", "benghazi-italy"], ["sudanese", "iraqis"], "barred", 1)
    model.bar(["benghazi-minsk"], ["sudanese"], "barred", 1)
    model.bar(["benghazi-italy"], ["sudanese"], "barred", -1)
    found = dict(zip(pairs, model.world.pairs["barred"].tolist(), strict=True))
    assert found == dict.fromkeys(pairs, 0) | {("sudanese", "benghazi-minsk"): 2}
    model.offer_return_flights("b", 7.0)
    assert dict(zip(model.names.return_flights, model.world.return_flights["weekly"].tolist(), strict=True))["b"] == 7


def test_the_collector_is_the_daybook_unless_another_is_set() -> None:
    model = model_of(days=4)
    model.run_for(2)
    table = model.datacollector.get_model_vars_dataframe()
    assert len(table) == 2
    assert table["prospect"].tolist() == model.world.stocks_by_cohort[:2, :, 0].sum(axis=1).tolist()
    model.step()
    assert len(model.datacollector.get_model_vars_dataframe()) == 3
    own = mesa.DataCollector()
    model.datacollector = own
    assert model.datacollector is own


def test_a_notebook_shows_the_day_and_who_is_where() -> None:
    model = model_of(days=4)
    assert model._repr_html_() == (
        "<h3>tiny</h3>\n<p>0 of 4 days done, next 2025-10-01; persons by status:</p>\n"
        "<table>\n<tr><th>prospect</th><td>400</td></tr>\n</table>"
    )
    model.run_for(3)
    html = model._repr_html_()
    assert "<p>3 of 4 days done, next 2025-10-04; persons by status:</p>" in html
    counts = np.asarray(model.world.stocks.sum(axis=(0, 1)))
    assert html.count("<tr>") == (counts > 0).sum()
