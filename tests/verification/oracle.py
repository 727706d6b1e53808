"""The oracle: the migrants' day once more, uncompiled, on plain Mesa agents.

It shares with the engine only the rules for one migrant (the scalar functions of `sim.processes`) and the
actors. Calendars, queues, seats, patrols, the ledger and the Sellke clocks are written anew, with lists, dicts
and deques, and go through the migrants in another order. Run as a program, with ``NUMBA_DISABLE_JIT=1``, it
writes what happened to everybody into a file ``SEED.npz`` for each seed.

    NUMBA_DISABLE_JIT=1 python tests/verification/oracle.py FOLDER SEED...
"""

from __future__ import annotations

import itertools
import math
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

import sim.model
from sim import population as pop
from sim import streams as st
from sim import world as t
from sim.choice import choose_route, wait_to_reconsider
from sim.model import CorridorModel
from sim.processes import attempts, booking, demand, exposure, flights, information, outcomes, returns, sea, transfer
from sim.scenario.schema import Scenario
from tests.strategies import START, tiny_scenario

MASK = (1 << 64) - 1
COLUMNS = (
    "key", "funds", "since", "due", "arrived", "outdoors", "attempts", "status", "place", "cohort", "route", "section",
    "voyages", "bookings", "flags",
)  # fmt: skip


def rich_scenario(seed: int) -> Scenario:
    """A scenario in which every rule is applied to somebody: checked by the test that uses it."""
    measures = {
        "aid": {"kind": "humanitarian-access", "zones": ["lida"], "hazard_factor": 0.4},
        "ban-iq": {"kind": "carrier-ban", "carriers": ["airline-iq"], "announced": 25, "start": 40, "end": 60},
        "ban-sudanese": {
            "kind": "carrier-ban", "carriers": ["airline-ly"], "cohorts": ["sudanese"], "start": 35, "end": 50,
        },
        "barrier": {"kind": "fence", "sections": ["kuznica", "narewka"], "length": 60, "pace": 2, "surveillance": 0.6},
        "court": {"kind": "litigation", "transit_states": ["belarus"], "start": 30, "half_life": 40},
        "envoy": {"kind": "diplomacy", "routes": ["benghazi-minsk"], "frequency_factor": 0.6, "start": 70, "lag": 5},
        "flights-home": {
            "kind": "return-flights", "transit_state": "belarus", "seats": 3, "weekly": 1.5, "start": 50, "end": 110,
            "cohorts": ["iraqis", "syrians"], "willing": 0.05,
        },
        "forest": {"kind": "buffer-zone", "sections": ["narewka"], "start": 25, "end": 90, "hazard_factor": 3},
        "frontex": {"kind": "frontex-deployment", "agency": "lithuania", "officers": 8, "start": 60, "end": 100},
        "luckless": {"kind": "visa-stop", "transit_state": "belarus", "success_probability": 0.0, "announced": 8},
        "pushback": {"kind": "turn-back", "agency": "lithuania", "share": 0.9, "start": 45},
        "sanctions": {
            "kind": "sanctions", "carriers": ["airline-ly"], "transit_states": ["libya", "belarus"], "start": 60,
            "half_life": 20, "facilitation_factor": 0.8,
        },
        "soldiers": {"kind": "reinforcement", "agency": "poland", "soldiers": 10, "start": 80, "end": 100},
        "stop-boats": {"kind": "posture", "transit_state": "libya", "boats_tolerated": 0.3, "start": 85, "end": 100},
        "visas-iraqis": {
            "kind": "visa-stop", "transit_state": "belarus", "cohorts": ["iraqis"], "start": 65, "end": 80,
        },
        "visas-stop": {"kind": "visa-stop", "transit_state": "belarus", "start": 28, "end": 34, "announced": 20},
    }  # fmt: skip
    for measure in measures.values():
        measure.setdefault("start", 20)
        for date in ("start", "end", "announced"):
            if date in measure:
                measure[date] = START + timedelta(days=measure[date])
    carriers = {
        "airline-iq": {"services": {"baghdad-minsk": {"seats": 5, "weekly": {START: 3}}}},
        "airline-ly": {
            "growth": 0.3,
            "max_growth": 3,
            "decline": 0.2,
            "low_load": 0.2,
            "price_response": 0.6,
            "services": {"benghazi-minsk": {"seats": 3, "weekly": {START: 2.5}}},
        },
        "buses": {"services": {"damascus-minsk": {"seats": 3, "weekly": {START: 3}}}},
        "ferry": {"services": {"benghazi-italy": {"seats": 3, "weekly": {START + timedelta(days=15): 5}}}},
    }
    changes = {
        "days": 150,
        "carriers": carriers,
        "transit_states": {
            "belarus": {"visas": {START: 4.4, START + timedelta(days=50): 6.25}, "may_return": {START: 0.4}},
        },
        "zones": {"bruzgi": {"capacity": 9, "steering": {START + timedelta(days=30): 1}}, "lida": {"capacity": 7}},
        "sponsors": {
            "moscow": {
                "transit_states": ["belarus"], "start": START + timedelta(days=95), "pulse_days": 10,
                "pause_days": 11, "intensity": 1.7,
            }
        },
        "agencies": {"lithuania": {"reception": 4}, "poland": {"reception": 6}},
        "hazards": {"death": 3e-3},
        "measures": measures,
    }  # fmt: skip
    return tiny_scenario(changes, seed=seed)


def timetable(scenario: Scenario) -> list[tuple[int, str, int]]:
    """Some departures beside the schedules."""
    return [(day, "benghazi-minsk", 4) for day in range(5, scenario.days, 17)] + [(22, "damascus-minsk", 7)]


class Table(list[Any]):
    """A list that knows its shape, as rules expect of a table."""

    @property
    def shape(self) -> tuple[int]:
        return (len(self),)


def hashed(number: int) -> int:
    """The finaliser of splitmix64, in whole numbers."""
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & MASK
    return number ^ (number >> 31)


def keys_of(seed: int, cohort: str, size: int) -> list[int]:
    """The keys of a cohort's people, as `sim.streams` defines them, in whole numbers of any size."""
    base = int(st.name_key(seed, "cohort", cohort))
    return sorted(
        hashed((hashed((base + i * 0x9E3779B97F4A7C15) & MASK) + 0xD6E8FEB86659FD93) & MASK) for i in range(size)
    )


class OracleMigrant(mesa.Agent):
    """One migrant with its own attributes; no rows, no views."""

    def __init__(self, model: CorridorModel, key: int, cohort: int, place: int) -> None:
        super().__init__(model)
        self.key = np.uint64(key)
        self.resistance = -math.log1p(-key / 2.0**64) if key / 2.0**64 < 1.0 else math.inf
        self.cohort, self.place = cohort, place
        self.status = pop.PROSPECT
        self.route = self.section = pop.NOWHERE
        self.since = self.due = self.arrived = self.outdoors = self.attempts = self.voyages = self.bookings = (
            self.flags
        ) = 0
        self.funds = 0.0
        self.has_left = False

    @property
    def funds(self) -> np.float32:
        """USD, in single precision as in the rows."""
        return self._funds

    @funds.setter
    def funds(self, value: float) -> None:
        self._funds = np.float32(value)


@dataclass
class Pair:
    """What a cohort thinks of a route."""

    cohort: int
    route: int
    taste: float
    prior: float
    success: float
    share: float = 0.0
    good: float = 0.0
    bad: float = 0.0


@dataclass
class Part:
    """What the oracle keeps of a section or a zone: news, shares, patrols."""

    number: int
    state: int = 0
    good: float = 0.0
    bad: float = 0.0
    success: float = 0.5
    carry: float = 0.0
    cumulative: float = 0.0
    within: bool = False
    detection: float = 0.0
    numbers: list[int] = field(default_factory=list)


class Oracle:
    """Everybody and everything of a run that is not an actor's. Reads of the world only what actors write there."""

    def __init__(self, model: CorridorModel) -> None:
        self.model, self.world, self.settings, self.names = model, model.world, model.settings, model.names
        names, settings = self.names, self.settings
        self.place = {name: number for number, name in enumerate(names.places)}
        self.pairs = Table(
            Pair(
                names.cohorts.index(cohort), names.routes.index(route), float(settings.cohorts[cohort].routes[route]),
                settings.routes[route].prior_success, settings.routes[route].prior_success,
            )
            for cohort, route in names.pairs
        )  # fmt: skip
        self.pairs_of = {c: [k for k, p in enumerate(self.pairs) if p.cohort == c] for c in range(len(names.cohorts))}
        self.sections = [Part(s) for s in range(len(names.sections))]
        self.zones = Table(
            Part(z, names.states.index(settings.zones[name].transit_state)) for z, name in enumerate(names.zones)
        )
        self.due: dict[tuple[str, int], list[OracleMigrant]] = defaultdict(list)
        self.visa_queue = [deque[OracleMigrant]() for _ in names.states]
        self.hub_queue = [deque[OracleMigrant]() for _ in names.states]
        self.seat_queue = [deque[OracleMigrant]() for _ in names.routes]
        self.carry: dict[Any, float] = defaultdict(float)
        self.boats = Counter[int]()
        self.clock = [0.0] * len(names.cohorts)
        self.pair_flows, self.section_flows, self.route_flows = Counter(), Counter(), Counter()
        self.stocks_by_cohort = np.zeros((settings.days, len(names.cohorts), len(pop.STATUSES)), int)
        self.stocks_by_place = np.zeros((settings.days, len(names.places), len(pop.STATUSES)), int)
        self.results: list[tuple[OracleMigrant, int, int, int]] = []
        self.met: Counter[str] = Counter()
        self.migrants = [
            OracleMigrant(model, key, c, self.place[settings.cohorts[name].origin])
            for c, name in enumerate(names.cohorts)
            for key in keys_of(settings.seed, name, settings.cohorts[name].size)
        ]

    # What everything else is made of.

    def whole(self, name: Any, rate: float) -> int:
        """Whole units today of a rate; the rest is kept for tomorrow."""
        total = rate + self.carry[name]
        units = math.floor(total + 1e-9)
        self.carry[name] = max(total - units, 0.0)
        return units

    def wait(self, kind: str, m: OracleMigrant, day: int, days: int) -> None:
        m.since, m.due = day, day + days
        self.due[kind, day + days].append(m)

    def ready(self, kind: str, day: int, *statuses: int) -> list[OracleMigrant]:
        """Those due today, in the order of having set out: any order will do."""
        due = [m for m in self.due.pop((kind, day), ()) if m.status in statuses]
        return sorted(due, key=lambda m: m.unique_id)

    def count(self, day: int, m: OracleMigrant, flow: str) -> None:
        k = next(k for k in self.pairs_of[m.cohort] if self.pairs[k].route == m.route)
        self.pair_flows[day, k, t.PAIR_FLOWS.index(flow)] += 1

    def note(self, day: int, section: int, flow: str) -> None:
        if section != pop.NOWHERE:
            self.section_flows[day, section, t.SECTION_FLOWS.index(flow)] += 1

    def fly(self, day: int, route: int, *numbers: int) -> None:
        for flow, number in enumerate(numbers):
            self.route_flows[day, route, flow] += number

    def barred(self, m: OracleMigrant, route: int, kind: str) -> bool:
        """Whether a measure bars the migrant's cohort from a route."""
        numbers = [k for k in self.pairs_of[m.cohort] if self.pairs[k].route == route]
        return any(self.world.pairs[kind][k] for k in numbers)

    def put_off(self, day: int, m: OracleMigrant) -> None:
        self.count(day, m, "gave_up_booking")
        m.status, m.place = pop.PROSPECT, self.world.cohorts[m.cohort].origin
        self.wait("reconsider", m, day, wait_to_reconsider(m, self.p))

    @property
    def p(self) -> Any:
        """Parameters and season."""
        return self.world.p[0]

    # The day.

    def morning(self, day: int) -> None:
        self.set_out(day)
        self.book(day)
        self.depart(day)
        self.transfer(day)
        self.expose(day)
        self.attempt(day)
        self.settle(day)
        self.sail(day)
        self.report(day)

    def evening(self, day: int) -> None:
        self.tell(day)
        self.repatriate(day)
        for m in self.migrants:
            self.stocks_by_cohort[day, m.cohort, m.status] += 1
            self.stocks_by_place[day, m.place, m.status] += 1

    def set_out(self, day: int) -> None:
        for c, own in self.pairs_of.items():
            cohort = self.world.cohorts[c]
            appeal = {k: self.appeal(k, cohort, day) for k in own}
            total = sum(appeal.values())
            for k in own:
                self.pairs[k].share = appeal[k] / (1.0 + total)
            self.clock[c] += cohort.push * cohort.leaving_rate * total / (1.0 + total)
        for m in self.migrants:
            if not m.has_left and m.resistance < self.clock[m.cohort]:
                m.has_left = True
                own = self.pairs_of[m.cohort]
                pair = self.pairs[choose_route(m, self.pairs, own[0], len(own))]
                m.route = pair.route
                route = self.world.routes[m.route]
                days = demand.set_out(m, pair, route, self.world.cohorts[m.cohort], self.p)
                m.status, m.place = pop.BOOKED, route.origin
                self.count(day, m, "set_out")
                self.wait("coast" if route.mode == t.SEA else "visa", m, day, days)

    def appeal(self, k: int, cohort: Any, day: int) -> float:
        """Exponential of the utility of a pair; 0 for a route that is closed."""
        pair, actors = self.pairs[k], self.world.pairs[k]
        route = self.world.routes[pair.route]
        if not route.open or actors.barred or actors.visa_barred:
            return 0.0
        flying = [s for s in self.world.services if s.route == pair.route and s.open]
        coming = self.world.timetable_seats[day : day + 28, pair.route]
        seats = sum(s.weekly * s.seats / 7.0 for s in flying) + sum(coming) / len(coming)
        wait = len(self.seat_queue[pair.route]) / max(seats, 1e-9)
        if route.visa_lead > 0.0:
            wait += len(self.visa_queue[route.state]) / max(self.world.states[route.state].visas, 1e-9)
        wait = min(wait, 365.0)
        state = self.world.states[route.state]
        helped = state.boats_tolerated if route.mode == t.SEA else state.facilitation
        pair.affordable = demand.affordable(route.price, cohort.funds_median, cohort.funds_shape)
        return math.exp(min(demand.utility(pair, route, helped, wait, self.p), 50.0))

    def book(self, day: int) -> None:
        for m in self.ready("reconsider", day, pop.PROSPECT):
            own = self.pairs_of[m.cohort]
            if not booking.decides_to_go(m, sum(self.pairs[k].share for k in own)):
                self.wait("reconsider", m, day, wait_to_reconsider(m, self.p))
                continue
            before, m.route = m.route, self.pairs[choose_route(m, self.pairs, own[0], len(own))].route
            route = self.world.routes[m.route]
            self.count(day, m, "set_out")
            if before != m.route:
                self.count(day, m, "diverted")
            m.place = route.origin
            if route.mode == t.SEA:
                m.status = pop.DIVERTED if before != m.route else pop.BOOKED
                self.wait("coast", m, day, st.lag(st.draw(m.key, st.SEA_WAIT, m.bookings), self.p.sea_wait))
            else:
                m.status = pop.BOOKED
                self.wait("visa", m, day, st.lag(st.draw(m.key, st.VISA_LEAD, m.bookings), route.visa_lead))
        for m in sorted(self.ready("visa", day, pop.BOOKED), key=lambda m: m.key):
            route = self.world.routes[m.route]
            (self.visa_queue[route.state] if route.visa_lead > 0 else self.seat_queue[m.route]).append(m)
        for s, queue in enumerate(self.visa_queue):
            rate = self.world.states[s].visas
            visas = self.whole(("visas", s), rate)
            while queue and (rate <= 0 or visas):
                m = queue.popleft()
                if rate <= 0 or self.barred(m, m.route, "visa_barred"):
                    self.met["visa refused"] += 1
                    self.put_off(day, m)
                else:
                    visas -= 1
                    self.seat_queue[m.route].append(m)
            self.met["visa queue"] += len(queue)
            if not queue:
                self.carry["visas", s] = 0.0
        for r, queue in enumerate(self.seat_queue):
            if self.world.routes[r].mode != t.SEA and not self.world.routes[r].open:
                while queue:
                    self.met["queue dissolved"] += 1
                    self.put_off(day, queue.popleft())

    def board(self, day: int, r: int, seats: int) -> int:
        """Fill the seats of a route from its queue; how many boarded."""
        route, aboard = self.world.routes[r], []
        while self.seat_queue[r] and len(aboard) < seats:
            m = self.seat_queue[r].popleft()
            barred = self.barred(m, r, "barred")
            if not flights.board(m, route.price, barred):
                self.met["barred" if barred else "too dear"] += 1
                self.put_off(day, m)
                continue
            aboard.append(m)
            m.status, m.place = pop.IN_TRANSIT, route.destination
            self.count(day, m, "boarded")
            self.wait("arrival", m, day, st.lag(st.draw(m.key, st.TRAVEL, m.bookings), route.travel_days))
        self.met["seat queue"] += len(self.seat_queue[r])
        return len(aboard)

    def depart(self, day: int) -> None:
        for number, service in enumerate(self.world.services):
            if self.world.routes[service.route].mode == t.SEA or not service.open:
                continue
            flown = self.whole(("service", number), service.weekly / 7.0)
            if flown:
                taken = self.board(day, service.route, flown * service.seats)
                service.week_seats += flown * service.seats
                service.week_taken += taken
                self.fly(day, service.route, flown, flown * service.seats, taken)
        for r, route in enumerate(self.names.routes):
            extra = [seats for when, name, seats in timetable(self.settings) if (when, name) == (day, route)]
            if extra and self.world.routes[r].open:
                self.fly(day, r, len(extra), sum(extra), self.board(day, r, sum(extra)))
        for m in self.ready("arrival", day, pop.IN_TRANSIT):
            state = self.world.states[self.world.routes[m.route].state]
            m.arrived, m.status, m.place = day, pop.AT_HUB, state.hub
            self.count(day, m, "arrived_at_hub")
            self.wait("hub", m, day, st.lag(st.draw(m.key, st.STAY, m.bookings), state.stay_at_hub))

    def reach(self, zone: str) -> Iterator[tuple[int, float]]:
        """Sections in reach of a zone, and the exponential of each one's utility."""
        for s, name in enumerate(self.names.sections):
            if name in self.settings.zones[zone].sections:
                liking = self.settings.zones[zone].sections[name]
                yield s, math.exp(liking + self.p.section_success * (self.sections[s].success - 0.5))

    def transfer(self, day: int) -> None:
        room = {}
        for zone, name in zip(self.zones, self.names.zones, strict=True):
            here = self.place[name]
            inside = sum(m.place == here and m.status in (pop.AT_BORDER, pop.STRANDED) for m in self.migrants)
            room[zone.number] = self.settings.zones[name].capacity - inside
        for s in range(len(self.names.states)):
            own = [z for z in self.zones if z.state == s]
            weights = [
                sum(v for _, v in self.reach(self.names.zones[z.number]))
                * math.exp(self.world.zones[z.number].steering)
                for z in own
            ]
            for z, upto in zip(own, itertools.accumulate(weights), strict=True):
                z.cumulative = upto / sum(weights)
        for m in sorted(self.ready("hub", day, pop.AT_HUB), key=lambda m: m.key):
            self.hub_queue[self.world.routes[m.route].state].append(m)
        for s, queue in enumerate(self.hub_queue):
            seats = self.whole(("transfer", s), self.world.states[s].transfer)
            while queue and seats:
                m = queue[0]
                chosen = transfer.choose_zone(m, self.zones, s)
                ring = [(chosen + step) % len(self.zones) for step in range(len(self.zones))]
                free = [z for z in ring if self.zones[z].state == s and room[z] > 0]
                if not free:
                    self.met["all camps full"] += 1
                    break
                self.met["camp full"] += free[0] != chosen
                queue.popleft()
                seats -= 1
                room[free[0]] -= 1
                m.status, m.place = pop.AT_BORDER, self.place[self.names.zones[free[0]]]
                self.count(day, m, "reached_border")
                self.wait("border", m, day, st.lag(st.draw(m.key, st.FIRST_ATTEMPT, m.bookings), self.p.first_attempt))
            if not queue:
                self.carry["transfer", s] = 0.0

    def expose(self, day: int) -> None:
        for kind, status in (("border", pop.AT_BORDER), ("stranded", pop.STRANDED)):
            for m in self.due.get((kind, day), ()):
                if m.status != status:
                    continue
                name = self.names.places[m.place]
                factor = self.p.hazard_sheltered
                if name in self.names.zones:
                    factor = self.world.zones[self.names.zones.index(name)].hazard_factor
                if m.section != pop.NOWHERE:
                    factor *= self.world.sections[m.section].hazard_factor
                before = m.flags
                if not exposure.survive(m, day - m.since, factor, self.p):
                    m.status = pop.DEAD
                    self.count(day, m, "deaths")
                    self.note(day, m.section, "deaths")
                elif m.flags != before:
                    self.count(day, m, "injuries")
                    self.note(day, m.section, "injuries")

    def attempt(self, day: int) -> None:
        shares = {}
        for zone, name in zip(self.zones, self.names.zones, strict=True):
            coaching = self.world.states[zone.state].coaching
            reach = [Part(s) for s in range(len(self.sections))]
            values = dict(self.reach(name))
            for s, upto in zip(values, itertools.accumulate(values.values()), strict=True):
                reach[s].within = True
                reach[s].cumulative = upto / sum(values.values())
                reach[s].detection = attempts.detection_probability(self.world.sections[s], coaching, self.p)
            shares[zone.number] = reach
        seen = defaultdict(list)
        self.results = []
        for m in self.ready("border", day, pop.AT_BORDER):
            z = self.names.zones.index(self.names.places[m.place])
            s = attempts.choose_section(m, shares[z], 0, len(self.sections))
            caught = attempts.detected(m, shares[z][s].detection)
            m.section = s
            m.attempts += 1
            self.count(day, m, "attempts")
            self.note(day, s, "attempts")
            if caught:
                self.note(day, s, "recorded")
                seen[s].append((m, z))
            else:
                self.results.append((m, z, s, attempts.UNDETECTED))
        for s in range(len(self.sections)):
            patrols = self.whole(("patrols", s), self.world.sections[s].capacity)
            lots = sorted(seen[s], key=lambda pair: st.bits(pair[0].key, st.PATROL, pair[0].attempts))
            for place, (m, z) in enumerate(lots):
                self.results.append((m, z, s, attempts.STOPPED if place < patrols else attempts.OVERLOADED))
                if place >= patrols:
                    self.note(day, s, "overload_crossings")

    def settle(self, day: int) -> None:
        agencies = []
        for name in self.names.agencies:
            a = self.names.agencies.index(name)
            inside = sum(m.status == pop.IN_PROCEDURE and m.place == self.place[name] for m in self.migrants)
            entry = self.settings.agencies[name]
            agencies.append(
                SimpleNamespace(
                    full=inside >= entry.reception, turn_back=self.world.agencies[a].turn_back, place=self.place[name],
                    procedure=entry.procedure, absconding=entry.absconding, returned=entry.returned,
                )
            )  # fmt: skip
        for m, z, s, result in self.results:
            agency = agencies[self.names.agencies.index(self.settings.sections[self.names.sections[s]].agency)]
            state = self.world.states[self.zones[z].state]
            if result != attempts.STOPPED:
                self.note(day, s, "crossings")
                self.count(day, m, "crossed")
                m.status, m.place = pop.CROSSED, agency.place
                if st.draw(m.key, st.ONWARD, 0) < self.p.onward:
                    self.wait("onward", m, day, st.lag(st.draw(m.key, st.ONWARD_LAG, 0), self.p.onward_lag))
            elif outcomes.turned_back(m, agency):
                self.met["full reception"] += agency.full
                self.note(day, s, "turn_backs")
                self.count(day, m, "turn_backs")
                if outcomes.gives_up(m, day - m.since, state, self.p):
                    self.give_up(day, m, state)
                else:
                    self.wait("border", m, day, outcomes.wait_to_retry(m, state, self.p))
            else:
                self.note(day, s, "procedures")
                self.count(day, m, "procedures")
                m.status, m.place = pop.IN_PROCEDURE, agency.place
                self.wait("procedure", m, day, st.lag(st.draw(m.key, st.PROCEDURE, 0), agency.procedure))
        for m in self.ready("procedure", day, pop.IN_PROCEDURE):
            agency = next(a for a in agencies if a.place == m.place)
            end = outcomes.end_of_procedure(m, agency)
            self.count(day, m, "left_procedure")
            self.met[f"procedure ends {end}"] += 1
            if end == outcomes.GOES_ON:
                self.go_on(day, m)
            elif end == outcomes.IS_RETURNED:
                self.go_home(day, m)
            else:
                m.status = pop.CROSSED
        for m in self.ready("onward", day, pop.CROSSED):
            self.go_on(day, m)
        for m in self.ready("stranded", day, pop.STRANDED):
            state = self.world.states[self.world.routes[m.route].state]
            occasion = 1_000 + m.outdoors
            at_border = self.names.places[m.place] in self.names.zones
            if outcomes.flies_home(m, state, occasion)[0]:
                self.met["stranded flies home"] += 1
                m.funds -= state.return_price
                self.go_home(day, m)
            elif at_border and outcomes.tries_again(m, occasion, state, self.p):
                self.met["stranded tries again"] += 1
                m.status = pop.AT_BORDER
                self.wait("border", m, day, outcomes.wait_to_retry(m, state, self.p))
            else:
                days = st.lag(st.draw(m.key, st.REVIEW_LAG, occasion), self.p.stranded_review)
                self.wait("stranded", m, day, days)

    def give_up(self, day: int, m: OracleMigrant, state: Any) -> None:
        home, let_back = outcomes.flies_home(m, state, m.attempts)
        if home:
            m.funds -= state.return_price
            self.go_home(day, m)
            return
        self.met["stranded at hub" if let_back else "stranded at border"] += 1
        m.status, m.place = pop.STRANDED, state.hub if let_back else m.place
        self.count(day, m, "stranded")
        self.wait("stranded", m, day, st.lag(st.draw(m.key, st.REVIEW_LAG, m.attempts), self.p.stranded_review))

    def go_home(self, day: int, m: OracleMigrant) -> None:
        self.count(day, m, "returned")
        m.status, m.place = pop.RETURNED, self.world.cohorts[m.cohort].origin

    def go_on(self, day: int, m: OracleMigrant) -> None:
        self.count(day, m, "onward")
        m.status, m.place = pop.ONWARD, len(self.names.places) - 1

    def sail(self, day: int) -> None:
        waiting = self.ready("coast", day, *range(len(pop.STATUSES)))
        for m in sorted(waiting, key=lambda m: m.key):
            m.arrived, m.status, m.place = day, pop.AT_COAST, self.world.routes[m.route].origin
            self.seat_queue[m.route].append(m)
        for number, service in enumerate(self.world.services):
            r = service.route
            route = self.world.routes[r]
            if route.mode != t.SEA or not service.open:
                continue
            if st.draw(self.world.environment[r], st.WEATHER, day) >= self.p.calm_sea:
                self.met["rough sea"] += 1
                continue
            state = self.world.states[route.state]
            boats = self.whole(("service", number), service.weekly / 7.0 * state.boats_tolerated)
            for _ in range(boats):
                if len(self.seat_queue[r]) < service.seats / 2:
                    self.met["boat too empty"] += 1
                    break
                aboard = [self.seat_queue[r].popleft() for _ in range(min(service.seats, len(self.seat_queue[r])))]
                fate = sea.boat_fate(self.world.environment[r], self.boats[r], route.shipwreck, state.interception)
                self.boats[r] += 1
                self.met[f"boat {fate}"] += 1
                for m in aboard:
                    self.voyage(day, m, route, fate)
                service.week_seats += service.seats
                service.week_taken += len(aboard)
                self.fly(day, r, 1, service.seats, len(aboard))

    def voyage(self, day: int, m: OracleMigrant, route: Any, fate: int) -> None:
        m.voyages += 1
        self.count(day, m, "embarked")
        if fate == sea.LANDS:
            self.count(day, m, "landed")
            m.status, m.place = pop.LANDED, route.destination
            return
        if fate == sea.WRECKED and sea.drowns(m, route.death_in_shipwreck):
            self.count(day, m, "deaths")
            m.status, m.place = pop.DEAD, route.origin
            return
        self.count(day, m, "intercepted")
        m.place = route.origin
        if sea.gives_up_the_sea(m, self.p):
            self.count(day, m, "stranded")
            m.status = pop.STRANDED
            days = st.lag(st.draw(m.key, st.REVIEW_LAG, 500 + m.voyages), self.p.stranded_review)
            self.wait("stranded", m, day, days)
        else:
            m.status = pop.INTERCEPTED
            self.wait("coast", m, day, st.lag(st.draw(m.key, st.SEA_RETRY, m.voyages), self.p.sea_retry))

    def report(self, day: int) -> None:
        """Let the actors see what they look at: today's attempts by section."""
        for s in range(len(self.sections)):
            self.world.section_flows[day, s, t.S_ATTEMPTS] = self.section_flows[day, s, t.S_ATTEMPTS]

    def tell(self, day: int) -> None:
        kept = math.exp(-1.0 / self.p.news_memory)

        def heard(
            subject: Any, flows: dict[str, int], good: tuple[str, ...], bad: tuple[str, ...], prior: float
        ) -> None:
            worth = self.p.news_procedure_value * flows.get("procedures", 0)
            subject.good = subject.good * kept + (sum(flows.get(name, 0) for name in good) + worth)
            subject.bad = subject.bad * kept + sum(flows.get(name, 0) for name in bad)
            subject.success = information.posterior(prior, self.p.news_prior_weight, subject.good, subject.bad)

        past = day - int(self.p.news_lag)
        for k, pair in enumerate(self.pairs):
            flows = {name: self.pair_flows[past, k, f] for f, name in enumerate(t.PAIR_FLOWS)}
            heard(pair, flows, ("crossed", "landed"), ("stranded", "returned", "intercepted", "deaths"), pair.prior)
        past = day - int(self.p.news_section_lag)
        for s, section in enumerate(self.sections):
            flows = {name: self.section_flows[past, s, f] for f, name in enumerate(t.SECTION_FLOWS)}
            heard(section, flows, ("crossings",), ("turn_backs",), 0.5)

    def repatriate(self, day: int) -> None:
        for f, name in enumerate(self.names.return_flights):
            measure = self.settings.measures[name]
            seats = measure.seats * self.whole(("home", f), self.world.return_flights[f].weekly / 7.0)
            state = self.names.states.index(measure.transit_state)
            line = [
                m
                for m in self.migrants
                if m.status == pop.STRANDED
                and self.world.routes[m.route].state == state
                and (not measure.cohorts or self.names.cohorts[m.cohort] in measure.cohorts)
            ]
            for m in sorted(line, key=returns.place_in_line)[:seats]:
                self.met["flown home"] += 1
                self.go_home(day, m)


def outcome(model: CorridorModel, oracle: Oracle | None = None) -> dict[str, Any]:
    """What happened to everybody, as arrays; the engine's own when there is no oracle."""
    w = model.world
    if oracle is None:
        columns = {name: w.rows[name].copy() for name in COLUMNS}
        tables = {name: getattr(w, name) for name in ("stocks_by_cohort", "stocks_by_place")}
        tables |= {name: getattr(w, name) for name in ("pair_flows", "section_flows", "route_flows")}
        return columns | tables
    columns = {
        name: np.array([getattr(m, name) for m in oracle.migrants]).astype(pop.ROW.fields[name][0]) for name in COLUMNS
    }
    tables = {"stocks_by_cohort": oracle.stocks_by_cohort, "stocks_by_place": oracle.stocks_by_place}
    for name in ("pair_flows", "section_flows", "route_flows"):
        tables[name] = np.zeros_like(getattr(w, name))
        for at, number in getattr(oracle, name).items():
            if at[0] >= 0:
                tables[name][at] = number
    return columns | tables


def run_oracle(scenario: Scenario) -> dict[str, Any]:
    """Run a scenario with the oracle's day in place of the engine's."""
    model = CorridorModel(scenario, timetable(scenario))
    model._tables = oracle = Oracle(model)
    sim.model.migrants_day = Oracle.morning
    sim.model.evening = Oracle.evening
    while model.running:
        model.step()
    met = {f"met {name}": np.array(number) for name, number in oracle.met.items()}
    return outcome(model, oracle) | met


if __name__ == "__main__":
    with np.errstate(over="ignore"):
        for number in sys.argv[2:]:
            np.savez(Path(sys.argv[1], number), **run_oracle(rich_scenario(int(number))))
