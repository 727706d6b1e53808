"""The model: the order of the day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

import mesa

from sim.agents import BorderAgency, Carrier, FrontexPool, Migrant, Sponsor, TransitState
from sim.agents.actor import Actor
from sim.agents.agenda import Agenda
from sim.agents.calendar import Calendar
from sim.agents.daybook import Daybook
from sim.agents.extra_actors import make_all
from sim.agents.lever import Lever
from sim.agents.migrant_set import Everybody, MigrantSet
from sim.agents.reactions import Reactions
from sim.agents.transit_state import LEVERS
from sim.data import html
from sim.engine import conservation, ledger
from sim.engine.build import build_world, names_of, run_days, scenario_of
from sim.engine.compiled import compiled, inlined
from sim.engine.kernel import kernel
from sim.engine.processes import (
    aftermath,
    attempts,
    booking,
    claims,
    decisions,
    demand,
    departures,
    news,
    repatriation,
    sea,
    transfer,
)
from sim.engine.reference import direct, reference
from sim.engine.rows import STATUSES
from sim.engine.strata import attributes
from sim.engine.streams import Seed
from sim.engine.tables import ALWAYS_OPEN, N_EVENTS, S_PATROL_CALLS
from sim.scenario.draw import resolve
from sim.scenario.entry import dated, is_uncertain
from sim.scenario.schema import Scenario
from sim.scenario.timetable import timetabled
from sim.states.state import State, check_made_by, restored, state_of
from sim.states.state_file import read_state, write_state
from sim.states.what_if import continued


@inlined
def until_departures(w: Any, day: int) -> None:
    """Run the processes before the day's departures."""
    demand.run(w, day)
    booking.run(w, day)
    decisions.run(w, day)


@inlined
def departing(w: Any, day: int) -> None:
    """Run the day's departures by air and land."""
    departures.run(w, day)


@inlined
def after_departures(w: Any, day: int) -> None:
    """Run the processes after them."""
    transfer.run(w, day)
    attempts.run(w, day)
    claims.run(w, day)
    aftermath.run(w, day)
    sea.run(w, day)


@compiled
def migrants_day(w: Any, day: int) -> None:
    """Run the processes of a migrants' day, in this order."""
    until_departures(w, day)
    departing(w, day)
    after_departures(w, day)


@compiled
def evening(w: Any, day: int) -> None:
    """Run the processes that follow the agencies' review of the day."""
    news.run(w, day)
    repatriation.run(w, day)
    ledger.run(w, day)


class CorridorModel(mesa.Model):
    """State-steered migration along a corridor; one step is a day.

    Args:
        scenario: A scenario, the name of one that ships, or a YAML file; distributions take their central values
            (`sim.scenario.resolve` draws others).
        timetable: Departures beside the schedules, as (day of the run, route, seats); the scenario's own if None.
        rng: A seed that replaces the scenario's, as Mesa passes it: an integer from 0 to 2^63 - 1, or any other seed
            that `numpy.random.SeedSequence` accepts. None means the scenario's own seed.

    Raises:
        TypeError: If ``scenario`` is not a scenario, or ``rng`` is a generator, which has a state and no seed.
        ScenarioError: If there is no such scenario, or the seed is not allowed.
        ConservationError: From `step`, if a person, seat, boat or patrol is created or lost.

    >>> import sim
    >>> model = sim.CorridorModel(sim.load_scenario("minsk-2021"))
    >>> model.run_for(60)
    >>> model.day
    60
    >>> {migrant.status_name for migrant in model.agents.select(status="at_border")}
    {'at_border'}
    """

    _rows: Any = None  # the migrants, if they are there before the model, as when a stored state goes on

    def __init__(
        self,
        scenario: Scenario | str | Path,
        timetable: list[tuple[int, str, int]] | None = None,
        *,
        rng: Seed | None = None,
    ) -> None:
        """Build the world and its actors, ready for the first day."""
        scenario = scenario_of(scenario, rng)
        super().__init__(rng=scenario.seed)
        self.running = True
        self._collector: mesa.DataCollector | None = None
        if timetable is None:
            timetable = timetabled(scenario)
        self.settings = scenario = resolve(scenario) if is_uncertain(scenario) else scenario
        self.names = names_of(scenario)
        self.world = build_world(scenario, self.names, timetable, self._rows)
        self.attributes = tuple(attributes)  # attributes of migrants that extensions have added
        self._tables = reference(self.world)
        self._migrants_day, self._evening = kernel((migrants_day, evening))
        self.day = 0
        self.routes_changed = True
        self._timetable_ends = {int(days.nonzero()[0][-1]) + 1 for days in self.world.timetable.T if days.any()}
        self.frontex = FrontexPool(scenario.frontex.officers, float(scenario.frontex.lag))  # type: ignore[arg-type]
        self.states = self._make_states()
        self.carriers = self._make_carriers()
        self.agencies = self._make_agencies()
        self.sponsors = {name: Sponsor(self, name, entry) for name, entry in sorted(scenario.sponsors.items())}
        self.extra_actors = make_all(self)  # of further types, by the key of their entries and by name
        types = (self.sponsors, self.states, self.carriers, self.agencies, *self.extra_actors.values())
        self._actors = [actor for actors in types for actor in actors.values()]  # in the order of the day
        self._reviewers = [actor for actor in self._actors if type(actor).review is not Actor.review]
        self.season = Calendar(self)
        self.measures = Agenda(self)
        self.reactions = Reactions(self)
        self.migrants = MigrantSet(self)

    def step(self) -> None:
        """Simulate one day, in this order; after the last day do nothing."""
        if not self.running:
            return
        day = self.day
        self.season.turn(day)
        self.measures.apply(day)
        self.reactions.turn(day)
        for actor in self._actors:
            actor.step()
        if self.routes_changed or day in self._timetable_ends:
            self._update_routes()
        self._migrants_day(self._tables, day)
        for actor in self._reviewers:
            actor.review()
        self._evening(self._tables, day)
        conservation.check(self, day)
        self.day = day + 1
        self.running = self.day < self.settings.days

    def run_for(self, duration: float) -> None:
        """Run ``duration`` days, or those that are left; raises ValueError for a negative number."""
        if not duration >= 0:
            raise ValueError(f"run_for: found {duration}; allowed: 0 days or more")
        days = min(duration, self.settings.days - self.day)
        if days:
            super().run_for(days)

    def run_until(self, end_time: float) -> None:
        """Run until ``end_time`` days or all days are done; raises ValueError for a time that is past."""
        self.run_for(end_time - self.time)

    def run_model(self) -> None:
        """Run all days that are left.

        Mesa's event list, which costs a third of a small run, is bypassed while it contains nothing but the days: an
        overridden `step` and scheduled events work as in `run_for`. The last day is always run by `step`.
        """
        if self._steps_as_written():
            self._run_all_days_but_the_last()
        super().run_model()

    def _steps_as_written(self) -> bool:
        """Return whether `step` is not overridden and the clock shows whole days."""
        own = getattr(self._user_step, "__func__", None) is CorridorModel.step and self.step == self._wrapped_step
        return own and self.time == self.steps == self.day

    def _run_all_days_but_the_last(self) -> None:
        """Run the days before the last one, until an event is scheduled."""
        self._migrants_day, self._evening = (direct(day, self._tables) for day in (self._migrants_day, self._evening))
        self._default_schedule.pause()
        self._event_list.compact()  # of what is paused, so that a look at the bare list tells whether it is empty
        last, scheduled = self.settings.days - 1, self._event_list._events
        try:
            while self.running and self.day < last and not scheduled:
                self.steps = self.day + 1
                self.time = float(self.steps)
                CorridorModel.step(self)
        finally:
            self._default_schedule.resume()

    @property
    def datacollector(self) -> mesa.DataCollector:
        """Return the data collector that was set, or else a `Daybook` of the days so far."""
        if self._collector is None:
            self._collector = Daybook()
        if isinstance(self._collector, Daybook):
            self._collector.collect(self)
        return self._collector

    @datacollector.setter
    def datacollector(self, collector: mesa.DataCollector) -> None:
        self._collector = collector

    @property
    def date(self) -> date:
        """Return the date of the next day."""
        return self.settings.start + timedelta(days=self.day)

    @property
    def events(self) -> int:
        """Return the migrant-events so far: how often a rule was applied to a migrant."""
        return int(self.world.counters[N_EVENTS])

    @property
    def agents(self) -> Everybody:
        """Return all agents: the actors, and the migrants as views of their rows."""
        return Everybody(self, super().agents)

    @property
    def agents_by_type(self) -> dict[type, Any]:
        """Return the agents of each type; the migrants as a `MigrantSet`."""
        return {**super().agents_by_type, Migrant: self.migrants}

    @property
    def agent_types(self) -> list[type]:
        """Return all types of agents."""
        return [*super().agent_types, Migrant]

    def bar(self, routes: list[str], cohorts: list[str], field: str, change: int) -> None:
        """Bar cohorts from routes (``field`` "barred", "visa_barred", "sent_back"; ``change`` 1), or lift one (-1)."""
        for number, (cohort, route) in enumerate(self.names.pairs):
            if cohort in cohorts and route in routes:
                self.world.pairs[field][number] += change

    def offer_return_flights(self, measure: str, weekly: float) -> None:
        """Set how many flights home a week a measure of kind ``return-flights`` provides."""
        self.world.return_flights["weekly"][self.names.return_flights.index(measure)] = weekly

    def spare_capacity(self, zone: str) -> float:
        """Return the spare capacity (patrol calls a day) of the sections in reach of a zone, from the last 7 days."""
        numbers = [self.names.sections.index(section) for section in self.settings.zones[zone].sections]
        recent = self.world.section_flows[max(self.day - 7, 0) : self.day, numbers, S_PATROL_CALLS]
        return float(self.world.sections["capacity"][numbers].sum() - recent.sum() / 7)

    def state(self) -> State:
        """Return all that the future depends on, in memory; raises StateError if something can't be stored."""
        return state_of(self)

    def save(self, path: str | Path) -> Path:
        """Write the state to a file, completely or not at all.

        Raises:
            StateError: If something can't be stored, such as events that are scheduled with Mesa, or not written.
        """
        return write_state(state_of(self, copy=False), Path(path))

    def branch(self) -> Self:
        """Return an independent copy, which goes on as this one does as long as nothing is done to it."""
        return self._with_kernel(restored(type(self), state_of(self, copy=False, check=False)))

    @classmethod
    def restore(
        cls, state: State | str | Path, scenario: Scenario | None = None, *, accept_older: bool = False
    ) -> Self:
        """Return a model in a stored state: it runs on as the model that was stored, to the byte.

        Args:
            state: A state, or the file of one.
            scenario: What comes is to follow this scenario instead; what has happened stays (`sim.states.what_if`).
            accept_older: Whether to go on with the state of another version of the model, without any promise.

        Raises:
            StateError: If there is no such state, it is damaged, another model made it, or ``scenario`` can't go on
                from it.
        """
        if not isinstance(state, State):
            state = read_state(Path(state))
        older = check_made_by(cls, state, accept_older)
        scenario = state.scenario if scenario is None else scenario
        if older or scenario != state.scenario or scenario._timetable is not None:
            return continued(cls, state, scenario)
        return cls._with_kernel(restored(cls, state))

    @staticmethod
    def _with_kernel[M: CorridorModel](model: M) -> M:
        """Give a restored model its compiled day."""
        model._migrants_day, model._evening = kernel((migrants_day, evening))
        return model

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Refuse to be copied or pickled, as the actors write into the model's tables; raises TypeError."""
        raise TypeError(
            "a CorridorModel can't be copied or pickled; model.branch() is a copy, model.state() can be pickled, and "
            f"CorridorModel(model.settings) after run_for({self.day}) is the same if nothing but days has changed it"
        )

    def _repr_html_(self) -> str:
        counts = self.world.stocks.sum(axis=(0, 1))
        persons = [(status.replace("_", " "), f"{n:,}") for status, n in zip(STATUSES, counts, strict=True) if n]
        about = f"{self.day} of {self.settings.days} days done, next {self.date}; persons by status:"
        return html.block(self.settings.title, about, html.rows(persons))

    def _lever(self, schedule: Any, default: float = 0.0) -> Lever:
        return Lever.of(run_days(self.settings.start, schedule), default)

    def _make_states(self) -> dict[str, TransitState]:
        states = {}
        for number, name in enumerate(self.names.states):
            record = self.world.states[number]
            state = states[name] = TransitState(self, name, record)
            entry = self.settings.transit_states[name]
            for lever in LEVERS:
                state.levers[lever] = (self._lever(getattr(entry, lever)), record, lever)
            state.levers["return_offer"] = (Lever(0.0), record, "return_offer")
        for number, name in enumerate(self.names.zones):
            zone = self.settings.zones[name]
            state, record = states[zone.transit_state], self.world.zones[number]
            state.zones.append(name)
            state.levers[f"steering.{name}"] = (self._lever(zone.steering), record, "steering")
            state.levers[f"evacuation.{name}"] = (self._lever(zone.evacuation), record, "evacuation")
            state.levers[f"hazard_factor.{name}"] = (Lever(1.0), record, "hazard_factor")
        return states

    def _make_carriers(self) -> dict[str, Carrier]:
        carriers = {name: Carrier(self, name, self.settings.carriers[name]) for name in self.names.carriers}
        for record in self.world.services:
            name, route = self.names.carriers[record["carrier"]], self.names.routes[record["route"]]
            schedule = self.settings.carriers[name].services[route].weekly
            carriers[name].add_service(route, record, self._lever(schedule))
        return carriers

    def _make_agencies(self) -> dict[str, BorderAgency]:
        agencies = {}
        for number, name in enumerate(self.names.agencies):
            own = [k for k, s in enumerate(self.names.sections) if self.settings.sections[s].agency == name]
            agency = agencies[name] = BorderAgency(self, name, self.settings.agencies[name], own)
            entry, record = self.settings.agencies[name], self.world.agencies[number]
            agency.levers["turn_back"] = (self._lever(entry.turn_back), record, "turn_back")
            agency.levers["reception"] = (self._lever(*dated(entry, "reception")), record, "reception")
            agency.levers["procedure_factor"] = (self._lever(entry.procedure_factor, 1.0), record, "procedure_factor")
            for k in own:
                section, record = self.names.sections[k], self.world.sections[k]
                for built in ("barrier", "surveillance"):
                    lever = self._lever(*dated(self.settings.sections[section], built))
                    agency.levers[f"{built}.{section}"] = (lever, record, built)
                for factor in ("detection_factor", "hazard_factor"):
                    agency.levers[f"{factor}.{section}"] = (Lever(1.0), record, factor)
                self._add_point(agency, k)
            for lever, record, field in agency.levers.values():
                record[field] = lever.at(0)  # for those who look at the tables before the first day
        return agencies

    def _add_point(self, agency: BorderAgency, number: int) -> None:
        """Let an agency open and close a section that is a crossing point."""
        name, record = self.names.sections[number], self.world.sections[number]
        point = self.settings.sections[name].crossing_point
        if point is not None:
            agency.levers[f"hours.{name}"] = (self._lever(point.hours, ALWAYS_OPEN), record, "hours")
            agency.levers[f"claims.{name}"] = (self._lever(point.claims), record, "claims")

    def _update_routes(self) -> None:
        world = self.world
        timetabled = world.timetable[self.day :].any(axis=0)
        for number, route in enumerate(world.routes):
            own = world.services[(world.services["route"] == number) & (world.services["open"] != 0)]
            name = self.names.routes[number]
            bans = {ban for carrier in self.carriers.values() for ban in carrier.bans.get(name, ())}
            route["open"] = bool(len(own)) or bool(timetabled[number] and not bans)
            known = [self.settings.measures[ban] for ban in bans if ban in self.settings.measures]
            route["sent_back"] = not route["open"] and any(name in ban.sends_back(self.settings) for ban in known)
            if len(own):
                route["price"] = route["base_price"] * own["price_factor"].min()
        self.routes_changed = False
