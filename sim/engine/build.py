"""Builds the tables of a world from a resolved scenario, ready for the first day."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.engine import tables as t
from sim.engine.compiled import JIT
from sim.engine.memory import aligned
from sim.engine.queues import number_of_queues
from sim.engine.rows import AT_BORDER, AT_HUB, ROW, STATUSES, STRANDED, CohortSpan, Population, new_rows
from sim.engine.streams import Seed, name_key, seed_of
from sim.scenario.by_cohort import of_cohort
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load_scenario
from sim.scenario.measures.return_flights import ReturnFlights
from sim.scenario.paths import apply_overrides
from sim.scenario.schema import Scenario

_PRICE_FIELDS = ("travel_days", "visa_lead", "risk", "shipwreck", "death_in_shipwreck")
# Of a migrant's row, and of the lists that have room for all: what they try in a day, their keys, who is due.
BYTES_PER_MIGRANT = ROW.itemsize + t.ATTEMPT.itemsize + np.dtype(np.uint64).itemsize + np.dtype(np.int32).itemsize
ONWARD_PLACE = "Onward"  # capitalised: no place of a scenario can have this name


class Names(NamedTuple):
    """The names behind row numbers, each list sorted: the order in a scenario file has no effect."""

    places: list[str]
    cohorts: list[str]
    routes: list[str]
    carriers: list[str]
    states: list[str]
    zones: list[str]
    sections: list[str]
    agencies: list[str]
    return_flights: list[str]
    pairs: list[tuple[str, str]]


def names_of(scenario: Scenario) -> Names:
    """Return all names of a scenario in alphabetical order, with the place "Onward" last."""
    places = {cohort.origin for cohort in scenario.cohorts.values()}
    places |= {route.origin for route in scenario.routes.values()}
    places |= {route.destination for route in scenario.routes.values()}
    places |= {state.hub for state in scenario.transit_states.values()}
    places |= set(scenario.zones) | set(scenario.agencies)
    cohorts = sorted(scenario.cohorts)
    return Names(
        [*sorted(places), ONWARD_PLACE],
        cohorts,
        sorted(scenario.routes),
        sorted(scenario.carriers),
        sorted(scenario.transit_states),
        sorted(scenario.zones),
        sorted(scenario.sections),
        sorted(scenario.agencies),
        sorted(name for name, measure in scenario.measures.items() if isinstance(measure, ReturnFlights)),
        [(cohort, route) for cohort in cohorts for route in sorted(scenario.cohorts[cohort].routes)],
    )


def run_days(start: date, schedule: Mapping[date, Any]) -> dict[int, float]:
    """Return a schedule keyed by day of the run (0 is the first day; earlier days are negative)."""
    return {(day - start).days: float(value) for day, value in schedule.items()}


def _fill(record: Any, entry: Any, fields: tuple[str, ...]) -> None:
    for field in fields:
        record[field] = getattr(entry, field)


def _routes(scenario: Scenario, names: Names) -> t.Table:
    table = np.zeros(len(names.routes), t.ROUTE)
    for record, name in zip(table, names.routes, strict=True):
        entry: Any = scenario.routes[name]
        record["mode"] = t.MODES.index(entry.mode)
        record["over_sea"] = entry.over_sea
        record["state"] = names.states.index(entry.transit_state)
        record["origin"] = names.places.index(entry.origin)
        record["destination"] = names.places.index(entry.destination)
        record["base_price"] = record["price"] = entry.fare
        record["layover"], record["further"] = entry.layover or 0.0, _share_of_further_legs(entry)
        _fill(record, entry, _PRICE_FIELDS)
    ways = [(scenario.routes[name].first_leg, scenario.routes[name].transit_state) for name in names.routes]
    waited = {way for way, layover in zip(ways, table["layover"], strict=True) if layover}
    table["line"] = [ways.index(way) if way in waited else -1 for way in ways]
    return table


def _share_of_further_legs(route: Any) -> float:
    """Return the share of the fare that what follows the first leg costs; all of it if there is no first leg."""
    further = [price for leg, price in route.legs.items() if leg != route.first_leg]
    return math.fsum(further) / route.fare if route.legs and route.fare else 1.0


def _cohorts(scenario: Scenario, names: Names) -> t.Table:
    table = np.zeros(len(names.cohorts), t.COHORT)
    first = first_pair = 0
    for record, name in zip(table, names.cohorts, strict=True):
        entry = scenario.cohorts[name]
        record["first"], record["size"] = first, entry.size
        record["first_pair"], record["pairs"] = first_pair, len(entry.routes)
        record["origin"] = names.places.index(entry.origin)
        record["push"] = 1.0
        _fill(record, entry, ("leaving_rate", "funds_median", "funds_shape"))
        first += entry.size
        first_pair += len(entry.routes)
    return table


def _pairs(scenario: Scenario, names: Names) -> tuple[t.Table, t.Table]:
    table = np.zeros(len(names.pairs), t.PAIR)
    numbers = np.full((len(names.cohorts), len(names.routes)), -1, np.int32)
    for number, (cohort, route) in enumerate(names.pairs):
        record = table[number]
        record["cohort"] = names.cohorts.index(cohort)
        record["route"] = names.routes.index(route)
        record["taste"] = scenario.cohorts[cohort].routes[route]
        record["prior"] = record["success"] = scenario.routes[route].prior_success
        numbers[record["cohort"], record["route"]] = number
    return table, numbers


def _states(scenario: Scenario, names: Names) -> t.Table:
    table = np.zeros(len(names.states), t.STATE)
    for record, name in zip(table, names.states, strict=True):
        entry: Any = scenario.transit_states[name]
        record["hub"] = names.places.index(entry.hub)
        record["visa_validity"] = t.NEVER if entry.visa_validity is None else entry.visa_validity
        _fill(record, entry, ("stay_at_hub", "return_price"))
    return table


def _border(scenario: Scenario, names: Names) -> tuple[t.Table, t.Table, t.Table, t.Table]:
    zones = np.zeros(len(names.zones), t.ZONE)
    reach = np.zeros(len(names.zones) * len(names.sections), t.REACH)
    for number, name in enumerate(names.zones):
        zone = scenario.zones[name]
        record = zones[number]
        record["place"] = names.places.index(name)
        record["state"] = names.states.index(zone.transit_state)
        record["capacity"] = zone.capacity
        record["hazard_factor"] = 1.0
        for section, constant in zone.sections.items():
            cell = reach[number * len(names.sections) + names.sections.index(section)]
            cell["within"], cell["constant"] = 1, constant
    sections = np.zeros(len(names.sections), t.SECTION)
    for record, name in zip(sections, names.sections, strict=True):
        entry = scenario.sections[name]
        record["agency"] = names.agencies.index(entry.agency)
        record["detection_factor"] = record["hazard_factor"] = 1.0
        record["success"] = t.SECTION_PRIOR
        record["is_point"], record["hours"] = entry.crossing_point is not None, t.ALWAYS_OPEN
        _fill(record, entry, ("length", "terrain"))
    agencies = np.zeros(len(names.agencies), t.AGENCY)
    for record, name in zip(agencies, names.agencies, strict=True):
        record["place"] = names.places.index(name)
    return zones, reach, sections, agencies


def _clocks(scenario: Scenario, names: Names, zones: t.Table, states: t.Table) -> dict[str, t.Table]:
    """Return clocks for all who may wait: in line at hubs, at the border by zone, stranded at these and at coasts."""
    zone_of = {int(zone["place"]): number for number, zone in enumerate(zones)}
    state_of = {int(zone["place"]): int(zone["state"]) for zone in zones}
    coasts = {
        names.places.index(route.origin): names.states.index(route.transit_state)
        for route in scenario.routes.values()
        if route.over_sea
    }
    hubs = {int(state["hub"]): number for number, state in enumerate(states)}
    kinds = (
        (t.K_QUEUE, AT_HUB, hubs), (t.K_FIRST, AT_BORDER, state_of), (t.K_AGAIN, AT_BORDER, state_of),
        (t.K_STRANDED, STRANDED, coasts | hubs | state_of),
    )  # fmt: skip
    clock_at = np.full((t.KINDS, len(names.places)), -1, np.int64)
    records: list[tuple[int, ...]] = []
    for kind, status, places in kinds:
        for place in sorted(places):
            clock_at[kind, place] = len(records)
            zone = zone_of.get(place, -1)
            records += [
                (kind, status, cohort, place, places[place], zone, 0, 0) for cohort in range(len(names.cohorts))
            ]
    number = len(records)
    return {
        "clocks": np.array(records, t.CLOCK),
        "clock_at": clock_at,
        "hazards": np.zeros((number, t.CAUSES)),
        "elapsed": np.zeros((scenario.days + 1, number)),
        "exposed": np.zeros((scenario.days + 1, number)),
        "waiting": np.full((number, t.RING), -1, np.int32),
    }


def _services(scenario: Scenario, names: Names) -> t.Table:
    pairs = sorted((route, carrier) for carrier, entry in scenario.carriers.items() for route in entry.services)
    table = np.zeros(len(pairs), t.SERVICE)
    for record, (route, carrier) in zip(table, pairs, strict=True):
        service: Any = scenario.carriers[carrier].services[route]
        record["route"] = names.routes.index(route)
        record["carrier"] = names.carriers.index(carrier)
        record["seats"] = max(int(service.seats * service.migrant_share), 0)
        record["price_factor"] = 1.0
    return table


def _return_flights(scenario: Scenario, names: Names) -> tuple[t.Table, t.Table]:
    table = np.zeros(len(names.return_flights), t.RETURN_FLIGHT)
    barred = np.zeros((len(names.return_flights), len(names.cohorts)), np.int8)
    for number, name in enumerate(names.return_flights):
        measure: Any = scenario.measures[name]
        table[number]["state"] = names.states.index(measure.transit_state)
        table[number]["seats"] = measure.seats
        if measure.cohorts:
            barred[number] = [cohort not in measure.cohorts for cohort in names.cohorts]
    return table, barred


def _parameters(scenario: Scenario, names: Names) -> t.Table:
    table = np.zeros(len(names.cohorts), t.PARAMETERS)
    for record, cohort in zip(table, names.cohorts, strict=True):
        for part, entry, prefix in t.PARAMETER_ENTRIES:
            for field in entry.model_fields:
                record[prefix + field] = of_cohort(getattr(getattr(scenario, part), field), cohort)
    return table


def _procedures(scenario: Scenario, names: Names) -> t.Table:
    table = np.zeros((len(names.agencies), len(names.cohorts)), t.PROCEDURE)
    for records, agency in zip(table, names.agencies, strict=True):
        for record, cohort in zip(records, names.cohorts, strict=True):
            for field in t.PROCEDURE.names or ():
                record[field] = of_cohort(getattr(scenario.agencies[agency], field), cohort)
    return table


def _timetable(scenario: Scenario, names: Names, rows: list[tuple[int, str, int]]) -> tuple[t.Table, t.Table]:
    departures = np.zeros((scenario.days, len(names.routes)), np.int32)
    seats = np.zeros_like(departures)
    for day, route, n in rows:
        if 0 <= day < scenario.days:
            departures[day, names.routes.index(route)] += 1
            seats[day, names.routes.index(route)] += n
    return departures, seats


def _waiting_lists(migrants: int, days: int, queues: int, clocks: int) -> dict[str, Any]:
    """Return empty calendars and queues, and the pool of blocks that they and the clocks use."""
    lists = np.zeros(queues, t.QUEUE)
    lists["head"] = lists["tail"] = -1
    # everybody is in at most one list, those in line for transfer also on a clock, which may keep as many old entries
    # again (`clocks.sweep`), and those held up in a line and a calendar; and each list may end in a block not full
    entries = 4 * migrants + 64 * clocks
    pool = entries // t.BLOCK_ROOM + min(entries, t.CALENDARS * (days + 1) + clocks * t.RING) + 2 * queues + 2
    return {
        "calendar": np.full((t.CALENDARS, days + 1), -1, np.int32),
        "blocks": aligned((pool, 2 + t.BLOCK_ROOM), np.int32),
        "queues": lists,
    }


def _lists_of_a_day(room: int) -> dict[str, Any]:
    """Return the lists of those who try, are due or are sorted today, with room for so many.

    Those that name rows always name some row, as rows are asked for before their turn (`sim.engine.memory`).
    """
    return {
        "attempts": np.zeros(room, t.ATTEMPT),
        "keys": np.empty(room, np.uint64),
        "who": np.zeros(room, np.int32),
        "buckets": np.empty(t.BUCKETS, np.int32),
    }


def _counted_by_day(days: int, counts: tuple[int, int, int], sections: int, pairs: int, routes: int) -> dict[str, Any]:
    """Return empty tables of daily counts; ``counts`` are the numbers of cohorts, places and statuses."""
    return {
        "stocks_by_cohort": np.zeros((days, counts[0], counts[2]), np.int32),
        "stocks_by_place": np.zeros((days, counts[1], counts[2]), np.int32),
        "section_flows": np.zeros((days, sections, len(t.SECTION_FLOWS)), np.int32),
        "told": np.zeros((days, pairs, 2)),
        "section_capacity": np.zeros((days, sections)),
        "section_detection": np.zeros((days, sections)),
        "pair_flows": np.zeros((days, pairs, len(t.PAIR_FLOWS) + len(t.extra_flows)), np.int32),
        "route_flows": np.zeros((days, routes, len(t.ROUTE_FLOWS)), np.int32),
    }


def population(scenario: Scenario, names: Names) -> Population:
    """Return what the first rows of a resolved scenario's migrants follow from."""
    spans = tuple(CohortSpan(int(c["first"]), int(c["size"]), int(c["origin"])) for c in _cohorts(scenario, names))
    return Population(spans, tuple(name_key(scenario.seed, "cohort", name) for name in names.cohorts))


def build_world(
    scenario: Scenario, names: Names, timetable: list[tuple[int, str, int]], rows: t.Table | None = None
) -> t.World:
    """Build a resolved scenario's tables; ``timetable`` has (day, route, seats), ``rows`` migrants already there."""
    cohorts = _cohorts(scenario, names)
    rows = new_rows(population(scenario, names)) if rows is None else rows
    pairs, pair_of = _pairs(scenario, names)
    zones, reach, sections, agencies = _border(scenario, names)
    states = _states(scenario, names)
    clocks = _clocks(scenario, names, zones, states)
    return_flights, return_barred = _return_flights(scenario, names)
    departures, seats = _timetable(scenario, names, timetable)
    n, days = len(rows), scenario.days
    counts = (len(names.cohorts), len(names.places), len(STATUSES))
    stocks = np.zeros(counts, np.int64)
    stocks[np.arange(len(cohorts)), cohorts["origin"], 0] = cohorts["size"]
    counters = np.zeros(t.COUNTERS, np.int64)
    counters[t.N_FREE_BLOCK] = -1
    tables = t.World(
        rows=rows,
        **_waiting_lists(n, days, number_of_queues(len(names.states), len(names.routes)), len(clocks["clocks"])),
        services=_services(scenario, names),
        routes=_routes(scenario, names),
        pairs=pairs,
        pair_of=pair_of,
        cohorts=cohorts,
        states=states,
        zones=zones,
        sections=sections,
        reach=reach,
        **clocks,
        zone_at=np.array([names.zones.index(p) if p in names.zones else -1 for p in names.places], np.int64),
        agencies=agencies,
        procedures=_procedures(scenario, names),
        return_flights=return_flights,
        return_barred=return_barred,
        p=_parameters(scenario, names),
        timetable=departures,
        timetable_seats=seats,
        stocks=stocks,
        **_counted_by_day(scenario.days, counts, len(sections), len(pairs), len(names.routes)),
        attempts_by_pair=np.zeros((len(sections), len(pairs)), np.int64),
        **_lists_of_a_day(max(n, 1)),
        counters=counters,
        environment=np.array([name_key(scenario.seed, "route", name) for name in names.routes], np.uint64),
    )
    known = tables if JIT else t.World(*map(readable, tables))
    extra = {name: make(scenario, known) for name, make in t.extra_tables.items()}
    whole = t.world_class(tuple(extra))
    return whole(*known, *(extra.values() if JIT else map(readable, extra.values())))


class _Record(np.record):  # type: ignore[misc]
    """A record for uncompiled rules: fields are attributes, even one that shares its name with NumPy's own (`size`).

    Integers other than keys become plain ones: NumPy's small integers would overflow where compiled code has 64 bits.
    """

    def __getattribute__(self, name: str) -> Any:
        fields = super().__getattribute__("dtype").names
        if not fields or name not in fields:
            return super().__getattribute__(name)
        value = self[name]
        return value if isinstance(value, (np.uint64, np.floating)) else value.item()


def readable(table: t.Table) -> t.Table:
    """Return a table whose records uncompiled rules can read by attribute."""
    return table.view(np.dtype((_Record, table.dtype))) if table.dtype.names else table


def scenario_of(scenario: Scenario | str | Path, rng: Seed | None) -> Scenario:
    """Return the scenario, loaded if need be, with seed ``rng`` if given; raises as `sim.model.CorridorModel`."""
    if isinstance(scenario, str | Path):
        scenario = load_scenario(scenario)
    if not isinstance(scenario, Scenario):
        raise TypeError(
            f"found {scenario!r:.80}; a Scenario is needed, or the name or file of one, such as 'benghazi-surge' "
            "(mesa.batch_run wants scenarios in a list)"
        )
    if scenario.begins is not None:
        raise ScenarioError(
            f"begins: found {scenario.begins.title!r}, from whose run {scenario.title!r} goes on; allowed here: a "
            "scenario without it (sim.run, sim.compare, sweeps and studies begin from another run; "
            "sim.runs.run_model(scenario, until=scenario.start) is the model on that day)"
        )
    return scenario if rng is None else apply_overrides(scenario, {"seed": seed_of(rng)})
