"""Attributes of a model's agents, as they are in a state and as another scenario gives them, put together.

As with tables, each attribute is looked at three times (`sim.states.what_if`), and so are the items of a list, the
values of a mapping and the attributes of an object that has changed. What cannot be put together is refused.
"""

from __future__ import annotations

import pickle
import random
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.agents.actor import Actor
from sim.scenario.entry import Entry
from sim.states.attributes import Writer, dumps, loads
from sim.states.errors import StateError
from sim.states.state import own_attributes

if TYPE_CHECKING:
    from sim.model import CorridorModel

# The model's attributes that are made anew or put together elsewhere.
_ELSEWHERE = {
    "day", "routes_changed", "frontex", "states", "carriers", "agencies", "sponsors", "extra_actors",
    "_timetable_ends", "_actors", "_reviewers",
}  # fmt: skip
_OBJECTS = ("season", "measures", "frontex")  # of a model, which others may refer to
_PLAIN = (str, int, float, bool, type(None), bytes, complex)


class Merger:
    """Puts the agents of a model in the state of another, whose scenario differs.

    Args:
        now: The model in its state.
        begun: A new model of its scenario.
        model: A new model of the other scenario, which is changed.
    """

    def __init__(self, now: CorridorModel, begun: CorridorModel, model: CorridorModel) -> None:
        """Find which agents are the same in all three models."""
        self.now, self.model = now, model
        self.writers = {id(one): Writer(BytesIO(), one) for one in (now, begun)}
        self.writers[id(model)] = Writer(BytesIO(), model)
        self.triples: list[tuple[Any, Any, Any, str]] = []
        self.keys: dict[int, Any] = {}
        self.known: list[tuple[Any, Any]] = []  # objects of the state, and those that stand for them
        self.taken: list[tuple[Any, Any, Any]] = []  # object or container, attribute or key, value of the state
        found = [dict(_agents(one)) for one in (now, begun, model)]
        for key, agent in found[0].items():
            if key not in found[1] or key not in found[2]:
                raise StateError(f"{agent!r}: found in the state, and not in a new model; it cannot go on otherwise")
            self._join(key, agent, found[1][key], found[2][key])
        for name in _OBJECTS:
            self._join(name, *(getattr(one, name) for one in (now, begun, model)))
        self._models = (now, begun, model)

    def _join(self, key: Any, now: Any, begun: Any, here: Any) -> None:
        for one in (now, begun, here):
            self.keys[id(one)] = key
        self.known.append((now, here))
        if key != "frontex":
            self.triples.append((now, begun, here, getattr(now, "name", str(key))))

    def merge(self) -> None:
        """Put everything together."""
        for now, begun, here, name in self.triples:
            self._attributes(now, begun, here, name)
        own = [own_attributes(one) for one in self._models]
        for name in own[0]:
            if name not in _ELSEWHERE and name not in _OBJECTS:
                now, begun, here = (one.get(name) for one in own)
                self._value((self.model, name), now, begun, here, f"the model's {name}")
        then, there = zip(*self.known, strict=True)
        values = loads(dumps([value for *_, value in self.taken], self.now, then), self.model, there)
        for (owner, key, _), value in zip(self.taken, values, strict=True):
            if isinstance(owner, (dict, list)):
                owner[key] = value
            else:
                setattr(owner, key, value)

    def _attributes(self, now: Any, begun: Any, here: Any, where: str) -> None:
        for name, value in vars(now).items():
            if name in vars(begun) and name in vars(here):
                self._value((here, name), value, vars(begun)[name], vars(here)[name], f"{where}: {name}")
            else:
                self.taken.append((here, name, value))

    def _value(self, place: tuple[Any, Any], now: Any, begun: Any, here: Any, where: str) -> None:
        """Decide on one value, which is at ``place`` in the model."""
        if self.same(now, begun):
            return
        if self.same(begun, here):
            self.taken.append((*place, now))
        elif type(now) is type(begun) is type(here) and not isinstance(now, _PLAIN):
            self._parts(now, begun, here, where)
        else:
            raise _conflict(where, now, begun, here)

    def _parts(self, now: Any, begun: Any, here: Any, where: str) -> None:
        """Decide on the parts of a value of which both the run and the other scenario have changed some."""
        if isinstance(now, dict):
            self._mapping(now, begun, here, where)
        elif isinstance(now, list) and len(now) == len(begun) == len(here):
            for number, item in enumerate(now):
                self._value((here, number), item, begun[number], here[number], where)
        elif isinstance(now, tuple) and len(now) == len(begun) == len(here):
            for item, before, there in zip(now, begun, here, strict=True):
                if not self.same(item, before):
                    self._parts(item, before, there, where)
        elif hasattr(now, "__dict__") and type(now) is type(here) and not isinstance(now, Entry):
            self.known.append((now, here))
            self._attributes(now, begun, here, where)
        else:
            raise _conflict(where, now, begun, here)

    def _mapping(self, now: dict[Any, Any], begun: dict[Any, Any], here: dict[Any, Any], where: str) -> None:
        for key, value in now.items():
            if key in begun and key in here:
                self._value((here, key), value, begun[key], here[key], f"{where}.{key}")
            elif key not in begun and key not in here:
                self.taken.append((here, key, value))
            elif not self.same(value, begun.get(key, here.get(key))):
                raise _conflict(f"{where}.{key}", value, begun.get(key), here.get(key))
        for key in [key for key in here if key in begun and key not in now]:
            del here[key]

    def same(self, a: Any, b: Any) -> bool:
        """Return whether two values of two of the models are the same, the parts of each model counting as such."""
        if a is b:
            return True
        if type(a) is not type(b):
            return False
        if isinstance(a, _PLAIN):
            return bool(a == b)
        if id(a) in self.keys or id(b) in self.keys:
            return bool(self.keys.get(id(a)) == self.keys.get(id(b)))
        names = [self._name(value) for value in (a, b)]
        if any(name is not None for name in names):
            return bool(names[0] == names[1])
        if isinstance(a, np.ndarray):
            return np.array_equal(a, b)
        if isinstance(a, dict):
            return list(a) == list(b) and all(self.same(a[key], b[key]) for key in a)
        if isinstance(a, (list, tuple)):
            return len(a) == len(b) and all(map(self.same, a, b))
        if hasattr(a, "__dict__") and not isinstance(a, (Entry, random.Random)):  # whose state is no attribute
            return self.same(vars(a), vars(b))
        if not any("__eq__" in vars(kind) for kind in type(a).__mro__[:-1]):  # such as a generator of random numbers
            return pickle.dumps(a) == pickle.dumps(b)
        return bool(a == b)

    def _name(self, value: Any) -> Any:
        """Return what names a part of one of the models, whichever it is; None for a value of its own."""
        names = (writer.persistent_id(value) for writer in self.writers.values())
        return next((name for name in names if name is not None), None)


def _agents(model: CorridorModel) -> list[tuple[Any, Any]]:
    """Return a model's agents by type and name; those without a name by the order of their making."""
    return [
        ((type(agent), agent.name if isinstance(agent, Actor) else agent.unique_id), agent)
        for agent in model._all_agents
    ]


def _conflict(where: str, now: Any, begun: Any, here: Any) -> StateError:
    return StateError(
        f"{where}: the run began with {begun!r:.60}, which has become {now!r:.60}; the other scenario begins with "
        f"{here!r:.60}, and both cannot hold"
    )
