"""The tables of a world on its first morning: each number stands where the scenario says, and all else is empty."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.engine import build
from sim.engine import tables as t
from sim.engine.rows import AT_BORDER, AT_HUB, STATUSES, STRANDED
from sim.engine.streams import name_key
from sim.model import CorridorModel
from sim.runs import draw
from sim.scenario.errors import ScenarioError
from sim.scenario.schema import Scenario
from tests.strategies import START, tiny_scenario

PLACES = ["baghdad", "benghazi", "bruzgi", "damascus", "lampedusa", "lida", "lithuania", "minsk", "poland", "Onward"]
COHORTS = ["iraqis", "sudanese", "syrians"]
ROUTES = ["baghdad-minsk", "benghazi-italy", "benghazi-minsk", "damascus-minsk"]
RETURNS = {
    "kind": "return-flights", "title": "home", "start": START, "seats": 150, "weekly": 1, "transit_state": "belarus",
}  # fmt: skip
CHANGES: dict[str, Any] = {
    "routes": {
        "baghdad-minsk": {"price": 2100, "legs": {"by-sea-of-sand": 700, "by-air": 1400}, "first_leg": "by-air",
                          "layover": 2, "prior_success": 0.9},
        "damascus-minsk": {"price": 3000},
    },
    "transit_states": {"belarus": {"visa_validity": 30}},
    "sections": {"gate": {"agency": "poland", "title": "Gate", "length": 2, "crossing_point": {"hours": {START: 12}}}},
    "measures": {"home": RETURNS, "home-syrians": {**RETURNS, "seats": 90, "cohorts": ["syrians"],
                                                            "transit_state": "libya"}},
    "behaviour": {"retry": {"others": 3, "syrians": 5}},
    "agencies": {"poland": {"procedure": {"others": 30, "iraqis": 60}}},
}  # fmt: skip


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return draw(tiny_scenario(CHANGES, days=40), 0, 1)


@pytest.fixture(scope="module")
def names(scenario: Scenario) -> build.Names:
    return build.names_of(scenario)


@pytest.fixture(scope="module")
def world(scenario: Scenario, names: build.Names) -> t.World:
    """With three departures of a timetable in the run, and two beyond its ends."""
    timetable = [(0, "benghazi-minsk", 9), (0, "benghazi-minsk", 5), (39, "benghazi-italy", 7),
                 (-1, "benghazi-minsk", 100), (40, "benghazi-minsk", 100)]  # fmt: skip
    return build.build_world(scenario, names, timetable)


def columns(table: np.ndarray, *fields: str) -> list[tuple[Any, ...]]:
    return [tuple(record) for record in table[list(fields)].tolist()]


def test_names_are_in_order_and_beyond_the_border_comes_last(names: build.Names) -> None:
    assert names.places == PLACES
    assert names.cohorts == COHORTS
    assert names.routes == ROUTES
    assert names.carriers == ["airline-iq", "airline-ly", "boats", "buses"]
    assert names.states == ["belarus", "libya"]
    assert (names.zones, names.agencies) == (["bruzgi", "lida"], ["lithuania", "poland"])
    assert names.sections == ["dieveniskes", "gate", "kuznica", "narewka"]
    assert names.return_flights == ["home", "home-syrians"]
    assert names.pairs == [
        ("iraqis", "baghdad-minsk"), ("sudanese", "benghazi-italy"), ("sudanese", "benghazi-minsk"),
        ("syrians", "damascus-minsk"),
    ]  # fmt: skip


def test_routes(world: t.World, scenario: Scenario) -> None:
    assert columns(world.routes, "over_sea", "state", "origin", "destination", "price", "base_price", "layover") == [
        (0, 0, 0, 7, 2100.0, 2100.0, 2.0),
        (1, 1, 1, 4, *[scenario.routes["benghazi-italy"].price] * 2, 0.0),
        (0, 0, 1, 7, *[scenario.routes["benghazi-minsk"].price] * 2, 0.0),
        (0, 0, 3, 7, 3000.0, 3000.0, 0.0),
    ]
    assert [t.MODES[mode] for mode in world.routes["mode"]] == ["air", "sea", "air", "land"]
    assert world.routes["further"].tolist() == pytest.approx([1 / 3, 1, 1, 1])
    for field in ("travel_days", "visa_lead", "risk", "shipwreck", "death_in_shipwreck"):
        assert world.routes[field].tolist() == [getattr(scenario.routes[name], field) for name in ROUTES], field
    for field in ("open", "sent_back", "rush", "boats", "calm"):
        assert not world.routes[field].any(), field


def test_only_those_who_may_be_held_up_share_a_line() -> None:
    """Routes with the same first leg through the same state wait in one line, if any of them has a layover."""

    def lines(changes: dict[str, Any]) -> list[int]:
        held = draw(tiny_scenario({"routes": changes}), 0, 1)
        return build.build_world(held, build.names_of(held), []).routes["line"].tolist()  # type: ignore[no-any-return]

    leg = {"legs": {"first": 700, "second": 1400}, "first_leg": "first", "price": 2100}
    assert lines({}) == [-1, -1, -1, -1]
    assert lines({"baghdad-minsk": leg, "damascus-minsk": leg}) == [-1, -1, -1, -1]
    assert lines({"baghdad-minsk": leg, "damascus-minsk": {**leg, "layover": 2}}) == [0, -1, -1, 0]
    assert lines({"benghazi-minsk": {**leg, "layover": 2}, "damascus-minsk": leg}) == [-1, -1, 2, 2]


def test_cohorts_and_their_pairs(world: t.World, scenario: Scenario) -> None:
    assert columns(world.cohorts, "first", "size", "origin", "first_pair", "pairs", "left", "push") == [
        (0, 160, 0, 0, 1, 0, 1.0), (160, 160, 1, 1, 2, 0, 1.0), (320, 80, 3, 3, 1, 0, 1.0),
    ]  # fmt: skip
    for field in ("leaving_rate", "funds_median", "funds_shape"):
        assert world.cohorts[field].tolist() == [getattr(scenario.cohorts[name], field) for name in COHORTS], field
    assert world.cohorts["hazard"].tolist() == world.cohorts["cumulative_hazard"].tolist() == [0, 0, 0]
    assert columns(world.pairs, "cohort", "route", "taste") == [(0, 0, 0.0), (1, 1, 0.0), (1, 2, 0.0), (2, 3, 0.0)]
    priors = [scenario.routes[route].prior_success for route in ROUTES]
    assert priors[0] == 0.9
    assert world.pairs["prior"].tolist() == world.pairs["success"].tolist() == priors
    assert world.pair_of.tolist() == [[0, -1, -1, -1], [-1, 1, 2, -1], [-1, -1, -1, 3]]
    assert len(world.rows) == 400
    assert world.rows["cohort"].tolist() == [0] * 160 + [1] * 160 + [2] * 80


def test_states_zones_and_their_reach(world: t.World, scenario: Scenario) -> None:
    assert world.states["hub"].tolist() == [7, 1]
    assert world.states["visa_validity"].tolist() == [30, t.NEVER]
    for field in ("stay_at_hub", "return_price"):
        assert world.states[field].tolist() == [
            getattr(scenario.transit_states[name], field) for name in ("belarus", "libya")
        ]
    assert columns(world.zones, "place", "state", "capacity", "hazard_factor", "room", "steering") == [
        (2, 0, 30, 1.0, 0, 0.0), (5, 0, 20, 1.0, 0, 0.0),
    ]  # fmt: skip
    assert columns(world.reach, "within", "constant") == [
        (0, 0.0), (0, 0.0), (1, 0.5), (1, 0.0),
        (1, 0.3), (0, 0.0), (0, 0.0), (1, -1.0),
    ]  # fmt: skip
    assert world.zone_at.tolist() == [-1, -1, 0, -1, -1, 1, -1, -1, -1, -1]


def test_sections_and_agencies(world: t.World) -> None:
    assert columns(world.sections, "agency", "length", "terrain", "is_point", "hours", "success") == [
        (0, 60.0, 1.0, 0, 24.0, 0.5), (1, 2.0, 1.0, 1, 24.0, 0.5), (1, 40.0, 1.0, 0, 24.0, 0.5),
        (1, 80.0, 0.7, 0, 24.0, 0.5),
    ]  # fmt: skip
    assert world.sections["detection_factor"].tolist() == world.sections["hazard_factor"].tolist() == [1.0] * 4
    assert world.agencies["place"].tolist() == [6, 8]
    assert world.procedures["procedure"].tolist() == [[20, 20, 20], [60, 30, 30]]


def test_services_and_their_seats_for_migrants(world: t.World) -> None:
    assert columns(world.services, "route", "carrier", "seats", "price_factor", "weekly", "open") == [
        (0, 0, 8, 1.0, 0.0, 0), (1, 2, 6, 1.0, 0.0, 0), (2, 1, 6, 1.0, 0.0, 0), (3, 3, 5, 1.0, 0.0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("seats", "share", "right"), [(189, 0.7, 132), (10, 0.99, 9), (7, 0.0, 0), (12, 1.0, 12)])
def test_a_share_of_seats_is_whole_seats(seats: int, share: float, right: int) -> None:
    changed = {"carriers": {"buses": {"services": {"damascus-minsk": {"seats": seats, "migrant_share": share}}}}}
    found = draw(tiny_scenario(changed), 0, 1)
    assert build.build_world(found, build.names_of(found), []).services["seats"][3] == right


def test_return_flights_and_whom_they_do_not_take(world: t.World) -> None:
    assert columns(world.return_flights, "state", "seats", "weekly", "offered") == [(0, 150, 0.0, 0), (1, 90, 0.0, 0)]
    assert world.return_barred.tolist() == [[0, 0, 0], [1, 1, 0]]


def test_parameters_of_all_rules_by_cohort(world: t.World, scenario: Scenario) -> None:
    assert world.p["retry"].tolist() == [3, 3, 5]
    parts = {"": "behaviour", "detection_": "detection", "hazard_": "hazards", "news_": "information"}
    for prefix, part in parts.items():
        entry = getattr(scenario, part)
        for field in type(entry).model_fields:
            if (prefix, field) != ("", "retry"):
                assert world.p[prefix + field].tolist() == [float(getattr(entry, field))] * 3, field


def test_a_timetable_adds_up_by_day_and_what_lies_beyond_the_run_is_left_out(world: t.World) -> None:
    assert world.timetable.shape == world.timetable_seats.shape == (40, 4)
    assert (world.timetable[0, 2], world.timetable_seats[0, 2]) == (2, 14)
    assert (world.timetable[39, 1], world.timetable_seats[39, 1]) == (1, 7)
    assert (world.timetable.sum(), world.timetable_seats.sum()) == (3, 21)


def test_there_is_a_clock_for_all_who_may_wait(world: t.World) -> None:
    """In line at both hubs; before and between attempts at the border; stranded at coasts, hubs and at the border."""
    minsk, benghazi, bruzgi, lida = 7, 1, 2, 5
    wanted = [
        *[(t.K_QUEUE, AT_HUB, place, state, -1) for place, state in ((benghazi, 1), (minsk, 0))],
        *[(kind, AT_BORDER, place, 0, zone) for kind in (t.K_FIRST, t.K_AGAIN)
          for place, zone in ((bruzgi, 0), (lida, 1))],
        *[(t.K_STRANDED, STRANDED, place, state, zone)
          for place, state, zone in ((benghazi, 1, -1), (bruzgi, 0, 0), (lida, 0, 1), (minsk, 0, -1))],
    ]  # fmt: skip
    found = columns(world.clocks, "kind", "status", "place", "state", "zone", "cohort", "entries", "is_exact")
    assert found == [(*clock, cohort, 0, 0) for clock in wanted for cohort in range(3)]
    there = {(kind, place): 3 * number for number, (kind, _, place, *_) in enumerate(wanted)}
    for kind in range(t.KINDS):
        assert world.clock_at[kind].tolist() == [there.get((kind, place), -1) for place in range(len(PLACES))]
    n = 3 * len(wanted)
    assert world.hazards.shape == (n, t.CAUSES)
    assert world.elapsed.shape == world.exposed.shape == (41, n)
    assert world.waiting.shape == (n, t.RING)
    assert not (world.hazards.any() or world.elapsed.any() or world.exposed.any())
    assert (world.waiting == -1).all()


def test_everybody_is_at_home_and_nothing_has_been_counted(world: t.World) -> None:
    stocks = np.zeros((3, len(PLACES), len(STATUSES)), int)
    stocks[[0, 1, 2], [0, 1, 3], 0] = [160, 160, 80]
    assert world.stocks.tolist() == stocks.tolist()
    shapes = {
        "stocks_by_cohort": (40, 3, 16), "stocks_by_place": (40, 10, 16), "section_flows": (40, 4, 15),
        "told": (40, 4, 2), "section_capacity": (40, 4), "section_detection": (40, 4), "pair_flows": (40, 4, 24),
        "route_flows": (40, 4, 3), "attempts_by_pair": (4, 4),
    }  # fmt: skip
    for table, shape in shapes.items():
        assert getattr(world, table).shape == shape, table
        assert not getattr(world, table).any(), table
    assert world.counters.tolist() == [0, 0, -1, 0, 0, 0, 0, 0]


def test_all_lists_are_empty_and_have_room_for_everybody(world: t.World) -> None:
    assert (world.calendar.shape, set(world.calendar.ravel().tolist())) == ((t.CALENDARS, 41), {-1})
    assert columns(world.queues, "head", "tail", "first", "length") == [(-1, -1, 0, 0)] * (2 * 2 + 2 * 4)
    assert world.attempts.shape == world.keys.shape == world.who.shape == (400,)
    assert world.buckets.shape == (t.BUCKETS,)
    # Four entries for each of 400 people and 64 for each of 30 clocks, 14 to a block; a block that is not full for
    # each list, of which there are no more than entries; two for each of 12 queues, and two.
    assert world.blocks.shape == (3520 // 14 + 3520 + 24 + 2, 16)


def test_weather_has_a_key_by_route_and_seed(world: t.World, scenario: Scenario) -> None:
    assert world.environment.tolist() == [name_key(scenario.seed, "route", name) for name in ROUTES]


def test_of_an_empty_population_there_is_a_world_all_the_same() -> None:
    nobody = draw(tiny_scenario({"cohorts": {name: {"size": 0} for name in COHORTS}}), 0, 1)
    found = build.build_world(nobody, build.names_of(nobody), [])
    assert (len(found.rows), len(found.who), found.stocks.sum()) == (0, 1, 0)


def test_days_of_a_schedule_count_from_the_first_day() -> None:
    schedule = {date(2025, 9, 30): 1, date(2025, 10, 1): 2, date(2025, 11, 1): 0.5}
    assert build.run_days(START, schedule) == {-1: 1.0, 0: 2.0, 31: 0.5}


def test_a_model_takes_a_scenario_its_name_or_file_and_a_seed() -> None:
    tiny = tiny_scenario()
    assert build.scenario_of(tiny, None) is tiny
    assert build.scenario_of(tiny, 7).seed == 7
    assert build.scenario_of("benghazi-surge", None).title == build.scenario_of("benghazi-surge", 5).title
    with pytest.raises(TypeError, match=r"^found 3; a Scenario is needed, or the name or file of one, such as "):
        build.scenario_of(3, None)  # type: ignore[arg-type]
    with pytest.raises(ScenarioError, match=r"^begins: found 'The border with Bel.* allowed here: a scenario wi"):
        CorridorModel("benghazi-window-2025")


def test_records_of_uncompiled_rules_are_read_by_attribute() -> None:
    """A field called as one of NumPy's own attributes, small integers that would overflow, and keys as they are."""
    table = np.zeros(2, [("size", "u1"), ("key", "u8"), ("funds", "f4")])
    table[1] = (255, 2**63 + 5, 1.5)
    record: Any = build.readable(table)[1]
    assert (record.size, type(record.size), record.size + 1) == (255, int, 256)
    assert (record.key, type(record.key)) == (np.uint64(2**63 + 5), np.uint64)
    assert (record.funds, type(record.funds)) == (1.5, np.float32)
    assert record.dtype.names == ("size", "key", "funds")
    record.size = 3
    assert table["size"].tolist() == [0, 3]
    plain = np.zeros(3)
    assert build.readable(plain) is plain
