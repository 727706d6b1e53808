"""The oracle's sea: boats and their fates."""

from __future__ import annotations

from typing import Any

from sim.engine import rows as pop
from sim.engine import streams as st
from sim.engine.processes import sea
from tests.verification.oracle.people import OracleMigrant
from tests.verification.oracle.waiting import Waiting


class Sea(Waiting):
    """From the coast over the sea."""

    def sail(self, day: int) -> None:
        waiting = self.ready("coast", day, *range(len(pop.STATUSES)))
        for m in sorted(waiting, key=lambda m: m.key):
            m.arrived, m.status, m.place = day, pop.AT_COAST, self.world.routes[m.route].origin
            self.seat_queue[m.route].append(m)
        for number, service in enumerate(self.world.services):
            r = service.route
            route = self.world.routes[r]
            if not route.over_sea or not service.open:
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
            self.tell(day, m, 1.0)
            m.status, m.place = pop.LANDED, route.destination
            return
        if fate == sea.WRECKED and sea.drowns(m, route.death_in_shipwreck):
            self.count(day, m, "deaths")
            self.tell(day, m, 0.0)
            m.status, m.place = pop.DEAD, route.origin
            return
        self.count(day, m, "intercepted")
        m.place = route.origin
        if sea.gives_up_the_sea(m, self.p_of(m)):
            self.met["stranded at the coast"] += 1
            self.strand(day, m, route.origin)
        else:
            m.status = pop.INTERCEPTED
            self.schedule("coast", m, day, st.lag(st.draw(m.key, st.SEA_RETRY, m.voyages), self.p_of(m).sea_retry))
