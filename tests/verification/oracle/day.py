"""The oracle's day in order, news and flights home, and what came of a run."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.engine import rows as pop
from sim.engine import tables as t
from sim.engine.processes import news, repatriation
from sim.model import CorridorModel
from sim.scenario.schema import Scenario
from tests.rich_scenario import rich_by_cohort, rich_scenario, timetable
from tests.verification.oracle.border import Border
from tests.verification.oracle.sea import Sea

COLUMNS = (
    "key", "funds", "since", "due", "arrived", "outdoors", "attempts", "status", "place", "cohort", "route", "section",
    "voyages", "bookings", "flags",
)  # fmt: skip


class Oracle(Border, Sea):
    """The migrants' day."""

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
            subject.success = news.posterior(prior, self.p.news_prior_weight, subject.good, subject.bad)

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


def scenario_of(seed: int) -> Scenario:
    """What engine and oracle run: of odd seeds with quantities by cohort."""
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
