"""Measures of the scenario: on the day on which one starts or ends, the actors that it names change.

A measure takes effect ``lag`` days after its start, if its luck (one keyed draw against its success
probability) holds. From its announcement until its effect, routes that it will close draw a rush.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.agents.border_agency import BarrierSite
from sim.engine.streams import MEASURE, draw, name_key

if TYPE_CHECKING:
    from sim.model import CorridorModel

Effect = Callable[["CorridorModel", str, Any, bool], None]


def carrier_ban(model: CorridorModel, name: str, measure: Any, on: bool) -> None:
    """Ground carriers, or bar cohorts from their routes."""
    if measure.cohorts:
        model.bar(closed_routes(model, measure), measure.cohorts, "barred", 1 if on else -1)
        return
    for carrier in measure.carriers or model.carriers:
        if on:
            model.carriers[carrier].ban(name, measure.routes)
        else:
            model.carriers[carrier].lift(name)


def visa_stop(model: CorridorModel, name: str, measure: Any, on: bool) -> None:
    """No visas, for all or for the cohorts named."""
    if measure.cohorts:
        model.bar(closed_routes(model, measure), measure.cohorts, "visa_barred", 1 if on else -1)
        return
    override(model.states[measure.transit_state], "visas", name, 0.0, on)


def turn_back(model: CorridorModel, name: str, measure: Any, on: bool) -> None:
    """Another share of turn-backs."""
    override(model.agencies[measure.agency], "turn_back", name, measure.share, on)


def fence(model: CorridorModel, name: str, measure: Any, on: bool) -> None:
    """Build up barriers in sections side by side, in proportion to their length."""
    numbers = [model.names.sections.index(section) for section in measure.sections]
    lengths = {n: float(model.world.sections["length"][n]) for n in numbers}
    total = sum(lengths.values())
    for agency in model.agencies.values():
        own = [n for n in agency.numbers if n in lengths] if on else []
        agency.build(
            name,
            [
                BarrierSite(
                    int(n), measure.length * lengths[n] / total, measure.pace * lengths[n] / total, measure.surveillance
                )
                for n in own
                if measure.length > 0
            ],
        )


def reinforcement(model: CorridorModel, name: str, measure: Any, on: bool) -> None:
    """Officers and soldiers, while it holds."""
    agency = model.agencies[measure.agency]
    agency.send(name, measure.officers + measure.soldiers * agency.entry.army_handling if on else 0.0)


def frontex_deployment(model: CorridorModel, name: str, measure: Any, on: bool) -> None:
    """Officers from the shared pool, as far as it reaches."""
    agency = model.agencies[measure.agency]
    if on:
        agency.send(name, model.frontex.reserved.pop(name, 0.0))
    else:
        model.frontex.take_back(agency.sent.get(name, 0.0))
        agency.send(name, 0.0)


def buffer_zone(model: CorridorModel, name: str, measure: Any, on: bool) -> None:
    """Easier detection and harder help along sections."""
    for section in measure.sections:
        agency = model.agencies[model.settings.sections[section].agency]
        factor(model, agency, f"detection_factor.{section}", name, measure.detection_factor, 0.0, on)
        factor(model, agency, f"hazard_factor.{section}", name, measure.hazard_factor, 0.0, on)


def diplomacy(model: CorridorModel, name: str, measure: Any, on: bool) -> None:
    """Departures on routes stopped or cut by the origin state."""
    for carrier in model.carriers.values():
        for route in carrier.services:
            if route in measure.routes:
                factor(model, carrier, route, name, measure.frequency_factor, 0.0, on)


def sanctions(model: CorridorModel, name: str, measure: Any, on: bool) -> None:
    """Departures and facilitation worn down."""
    for carrier in measure.carriers:
        for route in model.carriers[carrier].services:
            factor(model, model.carriers[carrier], route, name, measure.frequency_factor, measure.half_life, on)
    for state in measure.transit_states:
        factor(model, model.states[state], "facilitation", name, measure.facilitation_factor, measure.half_life, on)


def litigation(model: CorridorModel, name: str, measure: Any, on: bool) -> None:
    """Facilitation worn down by a court case."""
    for state in measure.transit_states:
        factor(model, model.states[state], "facilitation", name, measure.facilitation_factor, measure.half_life, on)


def humanitarian_access(model: CorridorModel, name: str, measure: Any, on: bool) -> None:
    """Help lowers the hazards in border zones."""
    for state in model.states.values():
        for zone in state.zones:
            if not measure.zones or zone in measure.zones:
                factor(model, state, f"hazard_factor.{zone}", name, measure.hazard_factor, 0.0, on)


def return_flights(model: CorridorModel, name: str, measure: Any, on: bool) -> None:
    """Flights home on offer."""
    number = model.names.return_flights.index(name)
    model.world.return_flights["weekly"][number] = measure.weekly if on else 0.0
    lever = model.states[measure.transit_state].lever("return_offer")
    lever.additions.pop(name, None)
    if on:
        lever.additions[name] = measure.willing


def posture(model: CorridorModel, name: str, measure: Any, on: bool) -> None:
    """A transit state's conduct changes."""
    state = model.states[measure.transit_state]
    for field in ("visas", "facilitation", "coaching", "transfer", "may_return", "boats_tolerated", "interception"):
        value = getattr(measure, field)
        if value is not None:
            override(state, field, name, value, on)
    for zone, value in measure.steering.items():
        override(state, f"steering.{zone}", name, value, on)


EFFECTS: dict[str, Effect] = {
    effect.__name__.replace("_", "-"): effect
    for effect in (
        carrier_ban, visa_stop, turn_back, fence, reinforcement, frontex_deployment, buffer_zone, diplomacy,
        sanctions, litigation, humanitarian_access, return_flights, posture,
    )
}  # fmt: skip


def override(actor: Any, lever: str, name: str, value: float, on: bool) -> None:
    """Set or release a measure's override of an actor's lever; the latest holds."""
    overrides = actor.lever(lever).overrides
    overrides.pop(name, None)
    if on:
        overrides[name] = value


def factor(model: CorridorModel, actor: Any, lever: str, name: str, value: float, half_life: float, on: bool) -> None:
    """Set or release a measure's factor on an actor's lever, from today."""
    factors = actor.lever(lever).factors
    factors.pop(name, None)
    if on:
        factors[name] = (model.day, value, half_life)


def closed_routes(model: CorridorModel, measure: Any) -> list[str]:
    """Routes that a ban, a visa stop or diplomacy closes, wholly or for some."""
    if measure.kind == "carrier-ban":
        carriers = measure.carriers or list(model.carriers)
        served = {route for carrier in carriers for route in model.carriers[carrier].services}
        return sorted(served & set(measure.routes) if measure.routes else served)
    if measure.kind == "visa-stop":
        routes = model.settings.routes
        return sorted(r for r in routes if routes[r].transit_state == measure.transit_state and routes[r].mode != "sea")
    if measure.kind == "diplomacy":
        return sorted(measure.routes)
    return []


class Agenda:
    """The dated measures of a scenario, by the day on which something happens."""

    def __init__(self, model: CorridorModel) -> None:
        """Sort the measures by day; one that fails by its luck, or ends before it takes effect, is left out."""
        self.model = model
        self.by_day: dict[int, list[tuple[str, str]]] = {}
        self.in_force: set[str] = set()
        self.failed: list[str] = []
        for name in sorted(model.settings.measures):
            self._enter(name)

    def _enter(self, name: str) -> None:
        measure: Any = self.model.settings.measures[name]
        start = self.model.settings.start
        effect_day = (measure.start - start).days + int(measure.lag)
        key = name_key(self.model.settings.seed, "measure", name)
        if measure.announced is not None and measure.announced < measure.start:
            self._add((measure.announced - start).days, "announce", name)
            self._add(effect_day, "forget", name)
        over = measure.end is not None and (measure.end - start).days < effect_day
        if over or draw(key, MEASURE, 0) >= measure.success_probability:
            self.failed.append(name)
            return
        if measure.kind == "frontex-deployment":
            self.model.frontex.reserve(name, measure.officers)
        self._add(effect_day, "start", name)
        if measure.end is not None:
            self._add((measure.end - start).days + 1, "end", name)

    def _add(self, day: int, action: str, name: str) -> None:
        self.by_day.setdefault(max(day, 0), []).append((action, name))

    def apply(self, day: int) -> None:
        """Let the measures of today start, end, or become known."""
        for action, name in self.by_day.get(day, ()):
            measure: Any = self.model.settings.measures[name]
            if action in ("announce", "forget"):
                for route in closed_routes(self.model, measure):
                    number = self.model.names.routes.index(route)
                    self.model.world.routes["rush"][number] += 1 if action == "announce" else -1
                continue
            on = action == "start"
            if on == (name in self.in_force):
                continue
            (self.in_force.add if on else self.in_force.discard)(name)
            EFFECTS[measure.kind](self.model, name, measure, on)
