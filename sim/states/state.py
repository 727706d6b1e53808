"""The state of a model after a day: taken from it, and made a model again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import mesa

from sim.agents.daybook import Daybook
from sim.agents.migrant_set import MigrantSet
from sim.engine.build import names_of
from sim.engine.identity import differences, identity
from sim.engine.reference import reference
from sim.engine.strata import attributes as strata
from sim.engine.tables import World
from sim.scenario.schema import Scenario
from sim.states.attributes import blamed, dumps, loads
from sim.states.errors import StateError
from sim.states.packed_tables import Packed, pack, unpack

if TYPE_CHECKING:
    from sim.model import CorridorModel

# Attributes that a restored model makes anew, or that depend on nothing but the scenario and the extensions.
_MADE_ANEW = {
    "settings",
    "names",
    "world",
    "attributes",
    "_tables",
    "_migrants_day",
    "_evening",
    "migrants",
    "_collector",
}
# Of Mesa's own attributes, those that change from day to day; the others are made anew.
_MESAS = frozenset(vars(mesa.Model(rng=0)))
_CLOCK = ("running", "steps", "time", "agent_id_counter", "_rng", "_seed")


@dataclass(frozen=True, repr=False)
class State:
    """All that the future of a model depends on, in the morning of a day.

    A state does not change while its model runs on, may be restored any number of times, and can be pickled.

    Attributes:
        scenario: The scenario, in plain numbers.
        day: Days done.
        tables: Copies of the world's tables (`sim.states.packed_tables`).
        attributes: Those of the model and its agents (`sim.states.attributes`).
        model_class: Full name of the model's class.
        identity: That of the model which it is of (`sim.engine.identity`).
        origin: The file that it was read from, or empty.
        checksum: The checksum of that file (hexadecimal), or empty.
    """

    scenario: Scenario
    day: int
    tables: dict[str, Packed]
    attributes: bytes
    model_class: str
    identity: dict[str, Any]
    origin: str = ""
    checksum: str = ""

    @property
    def date(self) -> date:
        """Return the date of the next day."""
        return self.scenario.start + timedelta(days=self.day)

    @property
    def name(self) -> str:
        """Return the file that it was read from, or another name for messages."""
        return self.origin or "the state"

    def __repr__(self) -> str:
        """Return title and date."""
        return f"<State of {self.scenario.title!r} on the morning of {self.date}, {self.day} days done>"


def state_of(model: CorridorModel, *, copy: bool = True, check: bool = True) -> State:
    """Return the state of a model.

    Args:
        model: The model.
        copy: Whether to copy its tables; else it must not run on as long as the state is used.
        check: Whether to refuse now what could not be restored then.

    Raises:
        StateError: If it is in the middle of a day, has scheduled events or observers, or an attribute of it or of an
            agent cannot be stored.
    """
    _check_between_days(model)
    agents = list(model._all_agents)
    own = own_attributes(model)
    content = {"own": own, "agents": agents, "random": model.random.getstate(), "rng": model.rng.bit_generator.state}
    content["clock"] = clock_of(model)
    try:
        attributes = dumps(content, model)
        if check:
            loads(attributes, model)
    except Exception as error:
        raise StateError(_blamed(model, own, error)) from error
    packed = pack(model.world, model.day, copy=copy)
    return State(model.settings, model.day, packed, attributes, _full_name(type(model)), identity())


def restored[M: CorridorModel](cls: type[M], state: State, world: World | None = None) -> M:
    """Return a model in a state: its future is that of the model from which the state was taken, to the byte.

    It lacks nothing but its compiled day. ``world`` are tables that hold the state's already, in place of copies.
    Raises StateError if the state has what is not accepted.
    """
    model = cls.__new__(cls)
    put_state(model, state, world)
    return model


def put_state(model: CorridorModel, state: State, world: World | None = None) -> None:
    """Put a model of which nothing is made yet in a state; arguments and errors as in `restored`."""
    mesa.Model.__init__(model, rng=state.scenario.seed)
    model.settings = state.scenario
    model.names = names_of(state.scenario)
    model.world = unpack(state.tables) if world is None else world
    model.attributes = tuple(strata)
    model._tables = reference(model.world)
    model._collector = None
    model.migrants = MigrantSet(model)
    try:
        content = loads(state.attributes, model)
    except StateError as error:
        raise StateError(f"{state.name}: {error}") from None
    model.__dict__.update(content["own"])
    for agent in content["agents"]:
        number = agent.unique_id
        model.register_agent(agent)
        agent.unique_id = number
    model.random.setstate(content["random"])
    model.rng.bit_generator.state = content["rng"]
    set_clock(model, content["clock"])


def set_clock(model: CorridorModel, clock: dict[str, Any]) -> None:
    """Set Mesa's clock to that of another model, and schedule the next day."""
    model._default_schedule.pause()
    for name, value in clock.items():
        setattr(model, name, value)
    model._default_schedule.resume()
    model._event_list.compact()


def own_attributes(model: CorridorModel) -> dict[str, Any]:
    """Return the attributes of a model that are part of its state, whoever has added them."""
    return {name: value for name, value in vars(model).items() if name not in _MESAS | _MADE_ANEW}


def clock_of(model: CorridorModel) -> dict[str, Any]:
    """Return Mesa's clock."""
    return {name: getattr(model, name) for name in _CLOCK}


def check_made_by(cls: type, state: State, accept_older: bool) -> bool:
    """Return whether a state is of another version of the model, which is refused unless accepted.

    Raises:
        StateError: If so, or if the state is of another class of models.
    """
    if _full_name(cls) != state.model_class:
        raise StateError(
            f"{state.name}: taken from a {state.model_class}, which alone can restore it; found {_full_name(cls)}"
        )
    found = differences(state.identity, identity())
    if found and not accept_older:
        raise StateError(
            f"{state.name}: made by another model, which differs in {', '.join(found)}; accept_older (--accept-older) "
            "goes on with this one all the same"
        )
    return bool(found)


def _full_name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _check_between_days(model: CorridorModel) -> None:
    """Raise StateError unless there is nothing on Mesa's side but whole days."""
    where = f"the model on day {model.day}"
    if not model.time == model.steps == model.day:
        text = (
            f"found Mesa's clock at {model.time:g} after {model.steps} steps; needed: whole days, between two of them"
        )
        raise StateError(f"{where}: {text}")
    scheduled = model._event_list.peek_ahead(2) != [model._default_schedule._current_event]
    if scheduled or len(model._event_generators) > 1 or model._simulator is not None:
        raise StateError(f"{where}: found events scheduled with Mesa beside the days; they cannot be stored")
    if model._collector is not None and not isinstance(model._collector, Daybook):
        raise StateError(f"{where}: found a data collector of its own; it cannot be stored (set it to None before)")
    if model.rng.bit_generator.state["bit_generator"] != "PCG64":
        raise StateError(
            f"{where}: found a generator of random numbers other than NumPy's default; it cannot be stored"
        )
    if model.data_registry.datasets or any(model.subscribers.values()):
        raise StateError(f"{where}: found data sets or subscribers registered with Mesa; they cannot be stored")


def _blamed(model: CorridorModel, own: dict[str, Any], error: Exception) -> str:
    """Return which attribute, of the model or of an agent, cannot be stored."""
    agents = list(model._all_agents)
    for owner in [*(value for value in own.values() if hasattr(value, "__dict__")), *agents]:
        if words := blamed(owner, model):
            return words
    for name, value in own.items():
        try:
            dumps(value, model)
        except Exception as inner:
            return f"the model's attribute {name!r} cannot be stored: {inner}"
    return f"the model cannot be stored: {error}"
