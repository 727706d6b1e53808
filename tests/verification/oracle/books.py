"""The oracle's books: who there is, who waits for what until when, and what is counted."""

from __future__ import annotations

import math
from collections import Counter, defaultdict, deque
from datetime import timedelta
from typing import Any

import numpy as np

from sim.engine import rows as pop
from sim.engine import tables as t
from sim.engine.choice import wait_to_reconsider
from sim.model import CorridorModel
from tests.verification.oracle.people import OracleMigrant, Pair, Part, Table, keys_of

Clock = tuple[str, int, int]  # kind of wait, cohort, place


class Books:
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
        self.gathering = {int(self.world.states[zone.state].hub) for zone in self.zones}  # hubs with transfer to zones
        self.due: dict[tuple[str, int], list[OracleMigrant]] = defaultdict(list)
        self.visa_queue = [deque[OracleMigrant]() for _ in names.states]
        self.hub_queue = [deque[OracleMigrant]() for _ in names.states]
        self.seat_queue = [deque[OracleMigrant]() for _ in names.routes]
        self.held_up: list[OracleMigrant] = []  # who waits where a ban has stopped it, in the order of coming
        self.carry: dict[Any, float] = defaultdict(float)
        self.boats = Counter[int]()
        self.calm: list[bool] = []
        self.leaving = [0.0] * len(names.cohorts)
        self.elapsed: dict[Clock, float] = defaultdict(float)
        self.exposed: dict[Clock, float] = defaultdict(float)
        self.told: dict[tuple[int, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
        self.pair_flows, self.section_flows, self.route_flows = Counter(), Counter(), Counter()
        self.stocks_by_cohort = np.zeros((settings.days, len(names.cohorts), len(pop.STATUSES)), int)
        self.stocks_by_place = np.zeros((settings.days, len(names.places), len(pop.STATUSES)), int)
        self.trying: list[OracleMigrant] = []
        self.results: list[tuple[OracleMigrant, int, int]] = []
        self.met: Counter[str] = Counter()
        self.migrants = [
            OracleMigrant(model, key, c, self.place[settings.cohorts[name].origin])
            for c, name in enumerate(names.cohorts)
            for key in keys_of(settings.seed, name, settings.cohorts[name].size)
        ]

    def whole(self, name: Any, rate: float) -> int:
        """Whole units today of a rate; the rest is kept for tomorrow."""
        total = rate + self.carry[name]
        units = math.floor(total + 1e-9)
        self.carry[name] = max(total - units, 0.0)
        return units

    def schedule(self, kind: str, m: OracleMigrant, day: int, days: int) -> None:
        m.since, m.due = day, day + days
        self.due[kind, day + days].append(m)

    def clock(self, m: OracleMigrant) -> Clock:
        """The clock on which a migrant waits."""
        kind = {pop.AT_HUB: "in line", pop.STRANDED: "stranded"}.get(m.status)
        return kind or ("first" if m.section == pop.NOWHERE else "again"), m.cohort, m.place

    def wait(self, m: OracleMigrant, day: int) -> None:
        """Begin a wait, which today's hazards leave alone."""
        m.since, m.due = day, 0
        m.waits += 1
        m.begun, m.begun_exposure = self.elapsed[self.clock(m)], self.exposed[self.clock(m)]

    def ready(self, kind: str, day: int, *statuses: int) -> list[OracleMigrant]:
        """Those due today, in the order of having set out: any order will do."""
        due = [m for m in self.due.pop((kind, day), ()) if m.status in statuses]
        return sorted(due, key=lambda m: m.unique_id)

    def pair(self, m: OracleMigrant) -> int:
        return next(k for k in self.pairs_of[m.cohort] if self.pairs[k].route == m.route)

    def count(self, day: int, m: OracleMigrant, flow: str) -> None:
        self.pair_flows[day, self.pair(m), t.PAIR_FLOWS.index(flow)] += 1

    def tell(self, day: int, m: OracleMigrant, worth: float) -> None:
        """What is told of a migrant at home: once, unless good news follow bad."""
        good, bad = m.flags & pop.TOLD_GOOD, m.flags & pop.TOLD_BAD
        told = self.told[day, self.pair(m)]
        if not good and not bad:
            self.met["told"] += 1
            told[0] += worth
            told[1] += 1.0 - worth
        elif not good and worth:
            self.met["told better"] += 1
            told[0] += worth
            told[1] -= worth
        elif not worth:
            self.met["told no more"] += 1
        m.flags |= 0 if good else pop.TOLD_GOOD if worth else pop.TOLD_BAD

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
        self.schedule("reconsider", m, day, wait_to_reconsider(m, self.p_of(m)))

    @property
    def p(self) -> Any:
        """Parameters that belong to no cohort, and the season."""
        return self.world.p[0]

    def p_of(self, m: OracleMigrant) -> Any:
        """Parameters of a migrant's cohort, and the season."""
        return self.world.p[m.cohort]

    def by_cohort(self, value: Any, m: OracleMigrant) -> float:
        """What a quantity of the scenario is to a migrant."""
        name = self.names.cohorts[m.cohort]
        if not isinstance(value, dict):
            return float(value)
        return float(value[name] if name in value else value["others"])

    def on_day(self, value: Any, before: float, day: int) -> float:
        """What a quantity that may be given by date is on a day of the run."""
        if not isinstance(value, dict):
            return float(value)
        today = self.settings.start + timedelta(days=day)
        past = [float(number) for since, number in sorted(value.items()) if since <= today]
        return past[-1] if past else before
