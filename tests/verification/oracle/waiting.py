"""The oracle's waits at the hub, at the border and stranded: clocks, days outdoors, and what people decide."""

from __future__ import annotations

from typing import Any

from sim.engine import exposure
from sim.engine import rows as pop
from sim.engine import streams as st
from sim.engine import tables as t
from sim.engine.clocks import cause_of, resistance
from sim.engine.processes import decisions
from tests.verification.oracle.books import Clock
from tests.verification.oracle.people import OracleMigrant
from tests.verification.oracle.points import Points

CAUSES = ("tries", "gives up", "goes home", "is assisted", "moves on", "is evacuated")
KINDS = {pop.AT_HUB: ("in line",), pop.AT_BORDER: ("first", "again"), pop.STRANDED: ("stranded",)}


class Waiting(Points):
    """Everybody is asked every day whether its clock has struck."""

    def decide(self, day: int) -> None:
        self.trying = []
        today: dict[Clock, tuple[list[float], float]] = {}
        waiting = {(m.status, m.cohort, m.place) for m in self.migrants if m.status in KINDS}
        for status, cohort, place in sorted(waiting):
            for kind in KINDS[status]:
                clock = kind, cohort, place
                before, hazards = self.elapsed[clock], self.hazards(clock)
                self.elapsed[clock] = before + sum(hazards)
                self.exposed[clock] += self.exposure(clock)
                today[clock] = hazards, self.elapsed[clock] - before
        struck = [m for m in self.migrants if m.status in KINDS and self.strikes(m)]
        for m in sorted(struck, key=lambda m: m.key):
            clock = self.clock(m)
            m.due = 1
            if self.lives_on(day, m):
                self.act(day, m, cause_of(m, *today[clock]))

    def strikes(self, m: OracleMigrant) -> bool:
        """Whether the hazards since its wait began reach a migrant's resistance; a guest at the hub does not wait."""
        return m.due == 0 and self.elapsed[self.clock(m)] >= m.begun + resistance(m)

    def hazards(self, clock: Clock) -> list[float]:
        """Today's hazards of a clock, by cause."""
        kind, cohort, place = clock
        p, h, zone, state = self.world.p[cohort], [0.0] * t.CAUSES, self.zone_at(place), self.state_at(place)
        review, cold, ready = st.daily_hazard(p.stranded_review), 1.0 + (p.retry_winter - 1.0) * p.cold, 1.0
        if zone is not None:
            ready = decisions.readiness(self.success(zone), p)
            self.met["eager"] += ready > 1.0
            self.met["deterred"] += ready < 1.0
            if kind != "in line":
                h[t.IS_EVACUATED] = decisions.hazard_of_evacuation(self.world.zones[zone].evacuation)
        if kind == "in line":
            h[t.GOES_HOME], h[t.MOVES_ON] = st.daily_hazard(p.patience), st.daily_hazard(p.moving_on)
        elif kind == "stranded":
            h[t.GOES_HOME] = state.may_return * review
            if zone is None:
                h[t.IS_ASSISTED], h[t.MOVES_ON] = state.assisted_return, st.daily_hazard(p.moving_on)
            if zone is not None or (place == state.hub and state.transfer > 0.0):
                h[t.TRIES] = p.stranded_retry * state.facilitation * ready * review / cold
            elif place in self.gathering:
                self.met[f"transfer stopped, facilitation {'on' if state.facilitation else 'off'}"] += 1
        else:
            mean = p.first_attempt if kind == "first" else p.retry
            h[t.TRIES] = decisions.hazard_of_trying(mean, state.facilitation, ready, p) * self.gain(zone)
            h[t.GIVES_UP] = decisions.hazard_of_giving_up(state.return_offer, ready, p)
            self.met["offered a flight home"] += state.return_offer > 0.0
        return h

    def exposure(self, clock: Clock) -> float:
        """Mild days in the open that today is worth to those who wait by a clock."""
        kind, cohort, place = clock
        if kind == "in line":
            return 0.0
        p, zone = self.world.p[cohort], self.zone_at(place)
        cold = 1.0 + (p.hazard_winter - 1.0) * p.cold
        return cold * (p.hazard_sheltered if zone is None else self.world.zones[zone].hazard_factor)

    def lives_on(self, day: int, m: OracleMigrant) -> bool:
        """Whether a migrant survives the wait that ends today."""
        clock = self.clock(m)
        days = self.exposed[clock] - m.begun_exposure
        if m.section != pop.NOWHERE:
            days *= self.world.sections[m.section].hazard_factor
        m.outdoors += day - m.since if clock[0] != "in line" else 0
        m.since = day
        unhurt = not m.flags & pop.INJURED
        if not exposure.survive(m, days, self.p_of(m)):
            self.met[f"{clock[0]}: dies"] += 1
            self.count(day, m, "deaths")
            self.note(day, m.section, "deaths")
            self.tell(day, m, 0.0)
            m.status = pop.DEAD
            return False
        if unhurt and m.flags & pop.INJURED:
            self.count(day, m, "injuries")
            self.note(day, m.section, "injuries")
        return True

    def act(self, day: int, m: OracleMigrant, cause: int) -> None:
        kind, _, place = self.clock(m)
        zone, state = self.zone_at(place), self.state_at(place)
        where = "at hub or coast" if zone is None else "in the zone"
        self.met[f"{kind} {where}: {CAUSES[cause]}"] += 1
        if cause == t.TRIES and m.status == pop.AT_BORDER:
            self.trying.append(m)
        elif cause == t.TRIES and zone is not None:
            m.status = pop.AT_BORDER
            self.wait(m, day)
        elif cause == t.TRIES:
            m.status = pop.AT_HUB
            self.schedule("hub", m, day, 0)
        elif cause == t.GIVES_UP:
            self.give_up(day, m, state)
        elif cause == t.IS_ASSISTED:
            self.go_home(day, m)
        elif cause == t.MOVES_ON:
            self.count(day, m, "moved_on")
            m.status, m.place = pop.MOVED_ON, len(self.names.places) - 1
        elif cause == t.IS_EVACUATED:
            self.count(day, m, "evacuated")
            self.strand(day, m, state.hub)
        elif not self.flies_home(day, m, state):
            self.met[f"{kind} {where}: cannot pay"] += 1
            m.place = state.hub
            self.wait(m, day)

    def give_up(self, day: int, m: OracleMigrant, state: Any) -> None:
        let_back = st.draw(m.key, st.GOING_BACK, m.waits) < state.may_return
        if let_back and self.flies_home(day, m, state):
            self.met["gives up: home"] += 1
            return
        self.met["gives up: to the hub" if let_back else "gives up: at the border"] += 1
        self.strand(day, m, state.hub if let_back else m.place)

    def flies_home(self, day: int, m: OracleMigrant, state: Any) -> bool:
        """Whether a migrant can pay the flight home, which it then takes."""
        if m.funds < state.return_price:
            return False
        m.funds -= state.return_price
        self.go_home(day, m)
        return True

    def strand(self, day: int, m: OracleMigrant, place: int) -> None:
        if m.status != pop.STRANDED:
            self.count(day, m, "stranded")
            self.tell(day, m, 0.0)
        m.status, m.place = pop.STRANDED, place
        self.wait(m, day)

    def go_home(self, day: int, m: OracleMigrant) -> None:
        self.count(day, m, "returned")
        self.tell(day, m, 0.0)
        m.status, m.place = pop.RETURNED, self.world.cohorts[m.cohort].origin

    def zone_at(self, place: int) -> int | None:
        name = self.names.places[place]
        return self.names.zones.index(name) if name in self.names.zones else None

    def state_at(self, place: int) -> Any:
        """The transit state to which a zone, hub or coast belongs."""
        zone = self.zone_at(place)
        if zone is not None:
            return self.world.states[self.zones[zone].state]
        hubs = [s for s in self.world.states if s.hub == place]
        coasts = [self.world.states[r.state] for r in self.world.routes if r.over_sea and r.origin == place]
        return (hubs or coasts)[-1]

    def success(self, zone: int) -> float:
        """Perceived success of the sections in reach of a zone, by their attraction."""
        reach = list(self.reach(self.names.zones[zone], rushing=False))
        return sum(value * self.sections[s].success for s, value in reach) / sum(value for _, value in reach)
