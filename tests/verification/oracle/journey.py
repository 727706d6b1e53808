"""The oracle's journey by air: setting out, booking, boarding, the hub, and the way to the border."""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Iterator
from typing import Any

from sim.engine import rows as pop
from sim.engine import streams as st
from sim.engine.choice import choose_route, wait_to_reconsider
from sim.engine.processes import booking, demand, departures, transfer
from tests.rich_scenario import timetable
from tests.verification.oracle.books import Books
from tests.verification.oracle.people import OracleMigrant


class Journey(Books):
    """From home to the border."""

    def set_out(self, day: int) -> None:
        for c, own in self.pairs_of.items():
            cohort = self.world.cohorts[c]
            appeal = {k: self.appeal(k, cohort, day) for k in own}
            reached = {k: self.pairs[k].affordable for k in own if appeal[k]}
            bands = sorted(set(reached.values()), reverse=True)
            for k in own:
                self.pairs[k].share = 0.0
            for band, rest in zip(bands, [*bands[1:], 0.0][: len(bands)], strict=True):
                choice = [k for k in reached if reached[k] >= band]
                total = 1.0
                for k in choice:
                    total += appeal[k]
                for k in choice:
                    self.pairs[k].share += (band - rest) * appeal[k] / total
            self.leaving[c] += cohort.push * cohort.leaving_rate * sum(self.pairs[k].share for k in own)
        for m in self.migrants:
            if not m.has_left and m.resistance < self.leaving[m.cohort]:
                m.has_left = True
                own = self.pairs_of[m.cohort]
                pair = self.pairs[choose_route(m, self.pairs, own[0], len(own))]
                m.route = pair.route
                route = self.world.routes[m.route]
                days = demand.set_out(m, pair, route, self.world.cohorts[m.cohort], self.p_of(m))
                m.status, m.place = pop.BOOKED, route.origin
                self.count(day, m, "set_out")
                self.schedule("coast" if route.over_sea else "visa", m, day, days)

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
        helped = state.boats_tolerated if route.over_sea else state.facilitation
        pair.affordable = demand.affordable(route.price, cohort.funds_median, cohort.funds_shape)
        return math.exp(min(demand.utility(pair, route, helped, wait, self.world.p[pair.cohort]), 50.0))

    def book(self, day: int) -> None:
        for m in self.ready("reconsider", day, pop.PROSPECT):
            own = self.pairs_of[m.cohort]
            if not booking.decides_to_go(m, sum(self.pairs[k].share for k in own)):
                self.schedule("reconsider", m, day, wait_to_reconsider(m, self.p_of(m)))
                continue
            before, m.route = m.route, self.pairs[choose_route(m, self.pairs, own[0], len(own))].route
            route = self.world.routes[m.route]
            self.count(day, m, "set_out")
            if before != m.route:
                self.count(day, m, "diverted")
            m.place = route.origin
            if route.over_sea:
                m.status = pop.DIVERTED if before != m.route else pop.BOOKED
                self.schedule("coast", m, day, st.lag(st.draw(m.key, st.SEA_WAIT, m.bookings), self.p_of(m).sea_wait))
            else:
                m.status = pop.BOOKED
                self.schedule("visa", m, day, st.lag(st.draw(m.key, st.VISA_LEAD, m.bookings), route.visa_lead))
        for r, queue in enumerate(self.seat_queue):
            route = self.world.routes[r]
            if route.over_sea or route.visa_lead <= 0:
                continue
            for m in list(queue):  # each by its own visa, wherever in the line it stands
                if m.since + self.world.states[route.state].visa_validity <= day:
                    self.met["visa expired"] += 1
                    queue.remove(m)
                    self.put_off(day, m)
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
                    m.since = day
                    self.seat_queue[m.route].append(m)
            self.met["visa queue"] += len(queue)
            if not queue:
                self.carry["visas", s] = 0.0
        for r, queue in enumerate(self.seat_queue):
            if not self.world.routes[r].over_sea and not self.world.routes[r].open:
                while queue:
                    self.met["queue dissolved"] += 1
                    self.put_off(day, queue.popleft())

    def way(self, r: int) -> tuple[str, str] | None:
        """What routes share whose people can take each other's seats on the way; None if nobody waits there."""
        routes = self.settings.routes
        own = routes[self.names.routes[r]]
        if own.first_leg is None:
            return None
        same = [x for x in routes.values() if (x.first_leg, x.transit_state) == (own.first_leg, own.transit_state)]
        return (own.first_leg, own.transit_state) if any(x.layover for x in same) else None

    def layover(self, day: int, m: OracleMigrant) -> int:
        """Days that someone who is stopped today waits: as drawn, while the visa is good."""
        route = self.world.routes[m.route]
        mean = self.settings.routes[self.names.routes[m.route]].layover
        if mean is None:
            return 0
        days = range(1, st.lag(st.draw(m.key, st.LAYOVER, m.bookings), mean) + 1)
        good = self.world.states[route.state].visa_validity
        return sum(route.visa_lead <= 0 or day + n < m.arrived + good for n in days)

    def set_off(self, day: int, m: OracleMigrant) -> None:
        route = self.world.routes[m.route]
        m.status, m.place = pop.IN_TRANSIT, route.destination
        self.count(day, m, "boarded")
        self.schedule("arrival", m, day, st.lag(st.draw(m.key, st.TRAVEL, m.bookings), route.travel_days))

    def resume(self, day: int, r: int, seats: int) -> list[OracleMigrant]:
        """Those who were held up on the way and take seats of a route."""
        legs = self.settings.routes[self.names.routes[r]].legs
        first = self.settings.routes[self.names.routes[r]].first_leg
        further = math.fsum(price for leg, price in legs.items() if leg != first) / math.fsum(legs.values())
        aboard: list[OracleMigrant] = []
        for m in [m for m in self.held_up if self.way(m.route) == self.way(r)]:
            own = any(self.pairs[k].route == r for k in self.pairs_of[m.cohort])
            if len(aboard) == seats or not own:
                self.met["no seat that goes on"] += 1
            elif not departures.board(m, self.world.routes[r].price * further, self.barred(m, r, "barred")):
                self.met["barred or too poor to go on"] += 1
            else:
                aboard.append(m)
                self.held_up.remove(m)
                m.flags -= pop.HELD_UP
                self.count(day, m, "gave_up_booking")
                before, m.route = m.route, r
                m.bookings += 1
                self.count(day, m, "set_out")
                if before != r:
                    self.count(day, m, "diverted")
                self.met["goes on as before" if before == r else "goes on by another way"] += 1
                self.set_off(day, m)
        return aboard

    def board(self, day: int, r: int, seats: int) -> int:
        """Fill the seats of a route from those held up on the way and from its queue; how many boarded."""
        route, way = self.world.routes[r], self.way(r)
        aboard = self.resume(day, r, seats) if way else []
        while self.seat_queue[r] and len(aboard) < seats:
            m = self.seat_queue[r].popleft()
            barred = self.barred(m, r, "barred")
            if not departures.board(m, route.price, barred):
                self.met["barred" if barred else "too dear"] += 1
                self.put_off(day, m)
                continue
            aboard.append(m)
            if way:
                m.arrived = m.since
            self.set_off(day, m)
        self.met["seat queue"] += len(self.seat_queue[r])
        return len(aboard)

    def depart(self, day: int) -> None:
        for number, service in enumerate(self.world.services):
            if self.world.routes[service.route].over_sea or not service.open:
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
        for m in [m for m in self.held_up if m.due == day]:
            self.met["held up in vain"] += 1
            self.held_up.remove(m)
            m.flags -= pop.HELD_UP
            self.put_off(day, m)
        stopped = []
        for m in self.ready("arrival", day, pop.IN_TRANSIT):
            if departures.is_sent_back(self.world.routes[m.route], self.world.pairs[self.pair(m)]):
                self.met["stopped, all" if self.world.routes[m.route].sent_back else "stopped, a cohort"] += 1
                stopped.append(m)
                continue
            state = self.world.states[self.world.routes[m.route].state]
            m.arrived, m.status, m.place = day, pop.AT_HUB, state.hub
            self.count(day, m, "arrived_at_hub")
            self.schedule("hub", m, day, st.lag(st.draw(m.key, st.STAY, m.bookings), state.stay_at_hub))
        for m in sorted(stopped, key=lambda m: m.key):
            days = self.layover(day, m)
            self.met["held up" if days else "sent back at once"] += 1
            if not days:
                self.put_off(day, m)
                continue
            m.since, m.due = day, day + days
            m.flags |= pop.HELD_UP
            self.held_up.append(m)

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
        new = sorted(self.ready("hub", day, pop.AT_HUB), key=lambda m: m.key)
        for m in new:
            self.hub_queue[self.world.routes[m.route].state].append(m)
        for s, line in enumerate(self.hub_queue):
            self.hub_queue[s] = queue = deque(m for m in line if m.status == pop.AT_HUB)
            self.met["left the line"] += len(line) - len(queue)
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
                self.wait(m, day)
            if not queue:
                self.carry["transfer", s] = 0.0
        for m in new:
            if m.status == pop.AT_HUB:
                self.met["waits in line"] += 1
                self.wait(m, day)
