"""The compiled day, with the rules that ship or with replaced rules and added steps.

When numba compiles a function it binds the functions that this one calls, and keeps the result. So a rule is never
replaced in place: every function that reaches a changed one is rebuilt with changed globals and cached under a key of
the extensions or, after a monkeypatch, not at all. The rules that ship keep their own cache.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from types import FunctionType, ModuleType
from typing import Any

from sim.data import extensions
from sim.engine import rules
from sim.engine.compiled import cached_as, compiled, is_compiled, is_inlined, plain

Drivers = tuple[Callable[..., Any], ...]
_made: dict[tuple[Any, ...], Drivers] = {}


def kernel(drivers: Drivers) -> Drivers:
    """Return the functions that drive the day, calling the rules in force now.

    Args:
        drivers: Compiled functions that call the processes by their modules (``demand.run(w, day)``).

    Returns:
        The drivers themselves if nothing was changed.
    """
    by_hand = rules.changed_by_hand()
    if not (rules.replaced or rules.steps or by_hand):
        return drivers
    state = (
        *drivers, *rules.replaced.items(), *rules.steps, *((m, name, id(vars(m)[name])) for m, name in by_hand),
    )  # fmt: skip
    if state not in _made:
        key = _key()
        key, cache = (f"by-hand-{len(_made)}", False) if by_hand or not key else (key, True)
        with cached_as(key, cache=cache):
            _made[state] = _Rebuilt(drivers, key).drivers
    return _made[state]


def _key() -> str:
    """Return the cache key of the extensions' rules; empty if a rule is from elsewhere and its source has no hash."""
    functions = [*rules.replaced.values(), *(step.run for step in rules.steps)]
    known = {module.__name__ for module in extensions.modules()}
    if any(f.__module__ not in known and not f.__module__.startswith("sim.engine.") for f in functions):
        return ""
    words = [f"{name} {digest}" for name, digest in extensions.digests().items()]
    words += [*rules.replaced, *(f"{step.after} {step.run.__qualname__}" for step in rules.steps)]
    return f"with-{sha256(repr(words).encode()).hexdigest()[:16]}"


class _Rebuilt:
    """Copies of the functions that reach something changed, each with its own globals."""

    def __init__(self, drivers: Drivers, key: str) -> None:
        """Find what the changes reach, and make it anew."""
        self.by_hand = {(module.__name__, name) for module, name in rules.changed_by_hand()}
        self.stepped = {step.after for step in rules.steps}
        self.spaces: dict[str, dict[str, Any]] = {}
        for module in (*rules.MODULES, *_ways()):
            self.spaces[module.__name__] = dict(vars(module))
        for driver in map(plain, drivers):
            self.spaces.setdefault(driver.__module__, dict(driver.__globals__))
        # The replacement of each function, by the function's identity; uncompiled until `_compile`.
        self.new: dict[int, Any] = {id(rules.RULES[name]): function for name, function in rules.replaced.items()}
        self.new |= {id(step.run): step.run for step in rules.steps}
        self.inlined: set[int] = set()  # of these, those whose body stands in place of their calls
        self._reach()
        self._compile()
        modules = self._linked()
        for number, step in enumerate(rules.steps):
            module = next(modules[m.__name__] for m in rules.PROCESSES if rules.short(m) == step.after)
            with cached_as(f"{key}-{number}", cache=False):  # numba's cache can't tell one closure from another
                module.run = _in_turn(module.run, self.new[id(step.run)])  # type: ignore[attr-defined]
        self.drivers: Drivers = tuple(self.new.get(id(driver), driver) for driver in drivers)

    def _reach(self) -> None:
        """Mark all functions that call a changed one, directly or indirectly."""
        functions = [
            (home, value)
            for home, space in self.spaces.items()
            for value in space.values()
            if is_compiled(value) and plain(value).__module__ == home
        ]
        found = True
        while found:
            found = False
            for home, value in functions:
                if id(value) not in self.new and self._calls_changed(home, plain(value).__code__.co_names):
                    self.new[id(value)] = plain(value)
                    self.inlined |= {id(value)} if is_inlined(value) else set()
                    found = True

    def _calls_changed(self, home: str, names: Sequence[str], before: tuple[str, ...] = ()) -> bool:
        """Return whether one of these globals of a module is changed, or is a module on the way to such a one."""
        for name in names:
            if self._is_changed(home, name):
                return True
            value = self.spaces[home].get(name)
            inner = value.__name__ if isinstance(value, ModuleType) else ""
            if inner not in self.spaces or inner in (home, *before):
                continue
            if inner.rpartition(".")[2] in self.stepped or self._calls_changed(inner, names, (*before, home)):
                return True
        return False

    def _is_changed(self, home: str, name: str) -> bool:
        return id(self.spaces[home].get(name)) in self.new or (home, name) in self.by_hand

    def _compile(self) -> None:
        for known, function in list(self.new.items()):
            space = self.spaces.get(function.__module__, function.__globals__)
            copy = FunctionType(
                function.__code__, space, function.__name__, function.__defaults__, function.__closure__
            )
            copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
            self.new[known] = compiled(copy, inline=known in self.inlined)

    def _linked(self) -> dict[str, ModuleType]:
        """Put the copies into each other's globals; return the modules as they see them."""
        modules = {name: ModuleType(name) for name in self.spaces}
        for home, space in self.spaces.items():
            for name, value in space.items():
                if id(value) in self.new:
                    space[name] = self.new[id(value)]
                elif isinstance(value, ModuleType) and value.__name__ in modules:
                    space[name] = modules[value.__name__]
                elif (home, name) in self.by_hand and isinstance(value, FunctionType):
                    space[name] = compiled(value)
            vars(modules[home]).update(space)
        return modules


def _ways() -> list[ModuleType]:
    """Return the extensions' modules and those by which they call compiled functions: `sim.extend`, a helper's."""
    found = {module.__name__: module for module in extensions.modules()}
    ways = list(found.values())
    changes = [*rules.replaced.values(), *(step.run for step in rules.steps)]  # not compiled yet
    for home in ways:  # grows as ways are found
        for function in [*(plain(value) for value in vars(home).values() if is_compiled(value)), *changes]:
            names = function.__code__.co_names if function.__module__ == home.__name__ else ()
            for module in [way for name in names for way in _along(vars(home).get(name), names)]:
                if module.__name__ not in found and not module.__name__.startswith("sim.engine."):
                    found[module.__name__] = module
                    ways.append(module)
    return ways


def _along(value: Any, names: Sequence[str], before: tuple[ModuleType, ...] = ()) -> list[ModuleType]:
    """Return the modules from a global, by attributes of these names, to a compiled function, and its own module."""
    if isinstance(value, ModuleType):
        inner = [vars(value)[name] for name in names if name in vars(value)] if value not in before else []
        beyond = [way for one in inner for way in _along(one, names, (*before, value))]
        return [value, *beyond] if beyond else []
    home = sys.modules.get(plain(value).__module__) if is_compiled(value) else None
    return [home] if home else []


def _in_turn(first: Any, then: Any) -> Any:
    """One step that takes two."""

    def both(w, day):  # type: ignore[no-untyped-def]
        first(w, day)
        then(w, day)

    return compiled(both)
