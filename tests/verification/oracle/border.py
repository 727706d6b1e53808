"""The oracle's border: days outdoors, attempts, and what follows from them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from sim.engine import rows as pop
from sim.engine import streams as st
from sim.engine import tables as t
from sim.engine.processes import aftermath, attempts, exposure
from tests.verification.oracle.journey import Journey
from tests.verification.oracle.people import OracleMigrant, Part


class Border(Journey):
    """At the border, and onward, back, or home."""

    def expose(self, day: int) -> None:
        for kind, status in (("border", pop.AT_BORDER), ("stranded", pop.STRANDED)):
            for m in self.due.get((kind, day), ()):
                if m.status != status:
                    continue
                name = self.names.places[m.place]
                factor = self.p_of(m).hazard_sheltered
                if name in self.names.zones:
                    factor = self.world.zones[self.names.zones.index(name)].hazard_factor
                if m.section != pop.NOWHERE:
                    factor *= self.world.sections[m.section].hazard_factor
                before = m.flags
                if not exposure.survive(m, day - m.since, factor, self.p_of(m)):
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
                self.results.append((m, z, s, t.UNDETECTED))
        for s in range(len(self.sections)):
            patrols = self.whole(("patrols", s), self.world.sections[s].capacity)
            lots = sorted(seen[s], key=lambda pair: st.bits(pair[0].key, st.PATROL, pair[0].attempts))
            for place, (m, z) in enumerate(lots):
                self.results.append((m, z, s, t.STOPPED if place < patrols else t.OVERLOADED))
                if place >= patrols:
                    self.note(day, s, "overload_crossings")

    def settle(self, day: int) -> None:
        agencies = []
        for name in self.names.agencies:
            a = self.names.agencies.index(name)
            inside = sum(m.status == pop.IN_PROCEDURE and m.place == self.place[name] for m in self.migrants)
            entry = self.settings.agencies[name]
            places = self.on_day(entry.reception, 2000.0, day)
            agencies.append(
                SimpleNamespace(
                    full=inside >= places, turn_back=self.world.agencies[a].turn_back, place=self.place[name],
                    entry=entry,
                )
            )  # fmt: skip
        for m, z, s, result in self.results:
            agency = agencies[self.names.agencies.index(self.settings.sections[self.names.sections[s]].agency)]
            state = self.world.states[self.zones[z].state]
            if result != t.STOPPED:
                self.note(day, s, "crossings")
                self.count(day, m, "crossed")
                m.status, m.place = pop.CROSSED, agency.place
                if st.draw(m.key, st.ONWARD, 0) < self.p_of(m).onward:
                    self.wait("onward", m, day, st.lag(st.draw(m.key, st.ONWARD_LAG, 0), self.p_of(m).onward_lag))
            elif aftermath.turned_back(m, agency):
                self.met["full reception"] += agency.full
                self.note(day, s, "turn_backs")
                self.count(day, m, "turn_backs")
                if aftermath.gives_up(m, day - m.since, state, self.p_of(m)):
                    self.give_up(day, m, state)
                else:
                    self.wait("border", m, day, aftermath.wait_to_retry(m, state, self.p_of(m)))
            else:
                self.note(day, s, "procedures")
                self.count(day, m, "procedures")
                m.status, m.place = pop.IN_PROCEDURE, agency.place
                mean = self.by_cohort(agency.entry.procedure, m) * self.on_day(agency.entry.procedure_factor, 1.0, day)
                self.wait("procedure", m, day, st.lag(st.draw(m.key, st.PROCEDURE, 0), mean))
        self.end_procedures(day, agencies)
        for m in self.ready("onward", day, pop.CROSSED):
            self.go_on(day, m)
        self.review_stranded(day)

    def end_procedures(self, day: int, agencies: list[SimpleNamespace]) -> None:
        for m in self.ready("procedure", day, pop.IN_PROCEDURE):
            agency = next(a for a in agencies if a.place == m.place)
            shares = {name: self.by_cohort(getattr(agency.entry, name), m) for name in ("absconding", "returned")}
            end = aftermath.end_of_procedure(m, SimpleNamespace(**shares))
            self.count(day, m, "left_procedure")
            self.met[f"procedure ends {end}"] += 1
            if end == aftermath.GOES_ON:
                self.go_on(day, m)
            elif end == aftermath.IS_RETURNED:
                self.go_home(day, m)
            else:
                m.status = pop.CROSSED

    def review_stranded(self, day: int) -> None:
        for m in self.ready("stranded", day, pop.STRANDED):
            state = self.world.states[self.world.routes[m.route].state]
            occasion = st.occasion_of_review(m)
            at_border = self.names.places[m.place] in self.names.zones
            if aftermath.flies_home(m, state, occasion)[0]:
                self.met["stranded flies home"] += 1
                m.funds -= state.return_price
                self.go_home(day, m)
            elif at_border and aftermath.tries_again(m, occasion, state, self.p_of(m)):
                self.met["stranded tries again"] += 1
                m.status = pop.AT_BORDER
                self.wait("border", m, day, aftermath.wait_to_retry(m, state, self.p_of(m)))
            else:
                days = st.lag(st.draw(m.key, st.REVIEW_LAG, occasion), self.p_of(m).stranded_review)
                self.wait("stranded", m, day, days)

    def give_up(self, day: int, m: OracleMigrant, state: Any) -> None:
        home, let_back = aftermath.flies_home(m, state, m.attempts)
        if home:
            m.funds -= state.return_price
            self.go_home(day, m)
            return
        self.met["stranded at hub" if let_back else "stranded at border"] += 1
        m.status, m.place = pop.STRANDED, state.hub if let_back else m.place
        self.count(day, m, "stranded")
        self.wait("stranded", m, day, st.lag(st.draw(m.key, st.REVIEW_LAG, m.attempts), self.p_of(m).stranded_review))

    def go_home(self, day: int, m: OracleMigrant) -> None:
        self.count(day, m, "returned")
        m.status, m.place = pop.RETURNED, self.world.cohorts[m.cohort].origin

    def go_on(self, day: int, m: OracleMigrant) -> None:
        self.count(day, m, "onward")
        m.status, m.place = pop.ONWARD, len(self.names.places) - 1
