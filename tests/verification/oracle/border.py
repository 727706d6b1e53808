"""The oracle's border: approaches, and what follows from them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from types import SimpleNamespace

from sim.engine import rows as pop
from sim.engine import streams as st
from sim.engine import tables as t
from sim.engine.processes import aftermath, attempts
from tests.verification.oracle.people import OracleMigrant, Part
from tests.verification.oracle.waiting import Waiting

PROCEDURE = ("procedure", "absconding", "absconding_delay", "returned")


class Border(Waiting):
    """At the border, and onward, back, or home."""

    def attempt(self, day: int) -> None:
        shares, agencies = self.sections_by_zone(), self.agencies(day)
        seen, claiming = defaultdict(list), defaultdict(list)
        self.results = []
        for m in self.trying:
            reach = shares[self.zone_at(m.place)]
            s = attempts.choose_section(m, reach, 0, len(self.sections))
            agency, detection, p = agencies[self.agency_of(s)], reach[s].detection, self.p_of(m)
            flows = ["approaches", "attempts"]
            if self.is_point(s):
                flows = ["approaches", "claims"]
                claiming[s].append(m)
            elif attempts.presents_itself(m, agency.turning_back, p):
                flows += ["self_presentations", "recorded"]
                self.results.append((m, s, t.PRESENTED))
            elif attempts.withdraws(m, detection, p):
                flows = ["approaches", "withdrawals", "recorded"]
                self.results.append((m, s, t.WITHDRAWN))
            elif attempts.detected(m, detection):
                flows += ["patrol_calls", "recorded"]
                seen[s].append(m)
            else:
                self.results.append((m, s, t.UNDETECTED))
            m.section = s
            m.attempts += 1
            for flow in flows:
                self.note(day, s, flow)
                if flow in t.PAIR_FLOWS:
                    self.count(day, m, flow)
        for s in range(len(self.sections)):
            self.results += self.admit(day, s, claiming[s])
            patrols = self.whole(("patrols", s), self.world.sections[s].capacity)
            lots = sorted(seen[s], key=lambda m: st.bits(m.key, st.PATROL, m.attempts))
            for place, m in enumerate(lots):
                self.results.append((m, s, t.STOPPED if place < patrols else t.OVERLOADED))
                if place >= patrols:
                    self.note(day, s, "overload_crossings")

    def sections_by_zone(self) -> dict[int, list[Part]]:
        """Sections as people in each zone see them today."""
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
        return shares

    def agencies(self, day: int) -> list[SimpleNamespace]:
        """The agencies, and the share whom each turns back today."""
        agencies = []
        for a, name in enumerate(self.names.agencies):
            entry, place, ordered = self.settings.agencies[name], self.place[name], self.world.agencies[a].turn_back
            inside = sum(m.status == pop.IN_PROCEDURE and m.place == place for m in self.migrants)
            places = self.on_day(entry.reception, 2000.0, day)
            turning_back = attempts.share_turned_back(ordered, inside / max(places, 1.0))
            agencies.append(SimpleNamespace(entry=entry, place=place, ordered=ordered, turning_back=turning_back))
        return agencies

    def agency_of(self, section: int) -> int:
        return self.names.agencies.index(self.settings.sections[self.names.sections[section]].agency)

    def procedure_of(self, m: OracleMigrant, agency: SimpleNamespace) -> SimpleNamespace:
        """What an agency's procedure is to a migrant."""
        return SimpleNamespace(**{name: self.by_cohort(getattr(agency.entry, name), m) for name in PROCEDURE})

    def settle(self, day: int) -> None:
        agencies = self.agencies(day)
        for m, s, result in self.results:
            agency = agencies[self.agency_of(s)]
            if result == t.WITHDRAWN:
                self.fail(day, m, "withdrawn")
            elif result == t.REFUSED:
                self.wait(m, day)
            elif result == t.ADMITTED:
                self.count(day, m, "claims_admitted")
                self.take_in(day, m, agency)
            elif result == t.PRESENTED:
                self.intercept(day, m, s, agency)
            elif result != t.STOPPED:
                self.note(day, s, "crossings")
                self.count(day, m, "crossed")
                self.tell(day, m, 1.0)
                m.status, m.place = pop.CROSSED, agency.place
                if st.draw(m.key, st.ONWARD, 0) < self.p_of(m).onward:
                    self.schedule("onward", m, day, st.lag(st.draw(m.key, st.ONWARD_LAG, 0), self.p_of(m).onward_lag))
            elif aftermath.turned_back(m, agency.turning_back):
                self.met["turned back as reception is overfull"] += not aftermath.turned_back(m, agency.ordered)
                self.note(day, s, "turn_backs")
                self.count(day, m, "turn_backs")
                self.fail(day, m, "turned back")
            else:
                self.intercept(day, m, s, agency)
        self.end_procedures(day, agencies)
        for m in self.ready("onward", day, pop.CROSSED):
            self.go_on(day, m)

    def intercept(self, day: int, m: OracleMigrant, section: int, agency: SimpleNamespace) -> None:
        self.note(day, section, "procedures")
        self.count(day, m, "procedures")
        self.take_in(day, m, agency)

    def take_in(self, day: int, m: OracleMigrant, agency: SimpleNamespace) -> None:
        self.tell(day, m, self.p_of(m).news_procedure_value)
        m.status, m.place = pop.IN_PROCEDURE, agency.place
        procedure = self.procedure_of(m, agency)
        mean = procedure.procedure * self.on_day(agency.entry.procedure_factor, 1.0, day)
        days = st.lag(st.draw(m.key, st.PROCEDURE, 0), mean)
        if aftermath.end_of_procedure(m, procedure) == aftermath.GOES_ON:
            days += int(procedure.absconding_delay)
        self.schedule("procedure", m, day, days)

    def fail(self, day: int, m: OracleMigrant, how: str) -> None:
        """After a failed approach, wait for another or give up."""
        zone = self.zone_at(m.place)
        if aftermath.loses_hope(m, self.p_of(m)):
            self.met[f"{how}: {'penniless' if m.funds < 0 else 'loses hope'}"] += 1
            self.give_up(day, m, self.world.states[self.zones[zone].state])
        else:
            self.met[f"{how}: waits"] += 1
            self.wait(m, day)

    def end_procedures(self, day: int, agencies: list[SimpleNamespace]) -> None:
        for m in self.ready("procedure", day, pop.IN_PROCEDURE):
            end = aftermath.end_of_procedure(m, self.procedure_of(m, next(a for a in agencies if a.place == m.place)))
            self.count(day, m, "left_procedure")
            self.met[f"procedure ends {end}"] += 1
            if end == aftermath.GOES_ON:
                self.go_on(day, m)
            elif end == aftermath.IS_RETURNED:
                self.go_home(day, m)
            else:
                m.status = pop.CROSSED

    def go_on(self, day: int, m: OracleMigrant) -> None:
        self.count(day, m, "onward")
        m.status, m.place = pop.ONWARD, len(self.names.places) - 1
