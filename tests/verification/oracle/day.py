"""The oracle's day in order, news and flights home, and what came of a run."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.engine import rows as pop
from sim.engine import tables as t
from sim.engine.processes import news, repatriation
from sim.model import CorridorModel
from sim.scenario.paths import apply_overrides
from sim.scenario.schema import Scenario
from tests.rich_scenario import rich_by_cohort, rich_scenario, timetable
from tests.strategies import START, merge
from tests.verification.oracle.border import Border
from tests.verification.oracle.sea import Sea

COLUMNS = (
    "key", "funds", "since", "due", "arrived", "outdoors", "waits", "attempts", "status", "place", "cohort", "route",
    "section", "voyages", "bookings", "flags",
)  # fmt: skip

# Of multiples of 4: days on which a visa is good, and two legs of each flight, over which people are long on their way.
SHORT_VISAS_AND_LEGS = {
    "transit_states.belarus.visa_validity": 9.0,
    "routes.baghdad-minsk.legs": {"baghdad-istanbul": 1000, "istanbul-minsk": 1500},
    "routes.baghdad-minsk.first_leg": "baghdad-istanbul",
    "routes.baghdad-minsk.travel_days": 8,
    "routes.baghdad-minsk.layover": 7,
    "routes.benghazi-minsk.legs": {"benghazi-istanbul": 700, "istanbul-minsk": 1800},
    "routes.benghazi-minsk.first_leg": "benghazi-istanbul",
    "routes.benghazi-minsk.travel_days": 8,
    "routes.benghazi-minsk.layover": 12,
    "routes.benghazi-minsk.visa_lead": 0,
}
# Besides, Iraqis whom a ban stops in Istanbul may go on from there by Moscow, and Sudanese once the ban is over.
BY_MOSCOW: dict[str, Any] = {
    "routes": {
        "baghdad-moscow-minsk": {
            "mode": "air", "origin": "baghdad", "destination": "minsk", "transit_state": "belarus",
            "legs": {"baghdad-istanbul": 1000, "istanbul-moscow": 200, "moscow-minsk": 500},
            "first_leg": "baghdad-istanbul", "travel_days": 4,
        },
    },
    "cohorts": {"iraqis": {"routes": {"baghdad-moscow-minsk": -2}}},
    "carriers": {"buses": {"services": {"baghdad-moscow-minsk": {"seats": 1, "weekly": {START: 2}}}}},
}  # fmt: skip
DIGITS = 9  # of what is told: a sum of fractions, in whatever order


class Oracle(Border, Sea):
    """The migrants' day."""

    def morning(self, day: int) -> None:
        self.set_out(day)
        self.book(day)
        self.decide(day)
        self.depart(day)
        self.transfer(day)
        self.attempt(day)
        self.settle(day)
        self.sail(day)
        self.report(day)

    def evening(self, day: int) -> None:
        self.hear(day)
        self.repatriate(day)
        for m in self.migrants:
            self.stocks_by_cohort[day, m.cohort, m.status] += 1
            self.stocks_by_place[day, m.place, m.status] += 1

    def report(self, day: int) -> None:
        """Let the actors see what they look at: today's calls for patrols by section."""
        for s in range(len(self.sections)):
            self.world.section_flows[day, s, t.S_PATROL_CALLS] = self.section_flows[day, s, t.S_PATROL_CALLS]

    def hear(self, day: int) -> None:
        kept, worth = math.exp(-1.0 / self.p.news_memory), self.p.news_procedure_value

        def heard(subject: Any, good: float, bad: float, prior: float) -> None:
            subject.good = subject.good * kept + good
            subject.bad = max(subject.bad * kept + bad, 0.0)
            subject.success = news.posterior(prior, self.p.news_prior_weight, subject.good, subject.bad)

        for k, pair in enumerate(self.pairs):
            heard(pair, *self.told[day - int(self.p.news_lag), k], pair.prior)
        for s, section in enumerate(self.sections):
            past = day - int(self.p.news_section_lag)
            flows = {name: self.section_flows[past, s, f] for f, name in enumerate(t.SECTION_FLOWS)}
            taken_in = flows["procedures"] + flows["claims_admitted"]
            good = flows["crossings"] + worth * taken_in
            bad = flows["turn_backs"] + flows["withdrawals"] + flows["claims_refused"] + (1.0 - worth) * taken_in
            heard(section, good, bad, 0.5)

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
            for m in sorted(line, key=repatriation.place_in_line)[:seats]:
                self.met["flown home"] += 1
                self.go_home(day, m)


def outcome(model: CorridorModel, oracle: Oracle | None = None) -> dict[str, Any]:
    """What happened to everybody, as arrays; the engine's own when there is no oracle."""
    w = model.world
    if oracle is None:
        columns = {name: w.rows[name].copy() for name in COLUMNS}
        tables = {name: getattr(w, name) for name in ("stocks_by_cohort", "stocks_by_place")}
        tables |= {name: getattr(w, name) for name in ("pair_flows", "section_flows", "route_flows")}
        tables["told"] = np.round(w.told, DIGITS)
        return columns | tables
    columns = {
        name: np.array([getattr(m, name) for m in oracle.migrants]).astype(pop.ROW.fields[name][0]) for name in COLUMNS
    }
    tables = {"stocks_by_cohort": oracle.stocks_by_cohort, "stocks_by_place": oracle.stocks_by_place}
    tables["told"] = np.zeros_like(w.told)
    for (day, k), told in oracle.told.items():
        if day >= 0:
            tables["told"][day, k] = np.round(told, DIGITS)
    for name in ("pair_flows", "section_flows", "route_flows"):
        tables[name] = np.zeros_like(getattr(w, name))
        for at, number in getattr(oracle, name).items():
            if at[0] >= 0:
                tables[name][at] = number
    return columns | tables


def scenario_of(seed: int) -> Scenario:
    """What engine and oracle run: of odd seeds with quantities by cohort, of multiples of 4 with visas and legs."""
    if seed % 4 == 0:
        more = Scenario(**merge(rich_scenario(seed).model_dump(exclude_none=True), BY_MOSCOW))
        return apply_overrides(more, SHORT_VISAS_AND_LEGS)
    return rich_by_cohort(seed) if seed % 2 else rich_scenario(seed)


def run_oracle(scenario: Scenario) -> dict[str, Any]:
    """Run a scenario with the oracle's day in place of the engine's."""
    model = CorridorModel(scenario, timetable(scenario))
    model._tables = oracle = Oracle(model)
    model._migrants_day, model._evening = Oracle.morning, Oracle.evening
    while model.running:
        model.step()
    met = {f"met {name}": np.array(number) for name, number in oracle.met.items()}
    return outcome(model, oracle) | met
