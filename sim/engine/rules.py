"""The compiled rules by name, their replacements by extensions, and those that were monkeypatched.

A rule is a compiled function of `sim.engine`: `detection_probability`, or `attempts.detection_probability` if two
modules have a rule of that name. Changes apply to models that are made afterwards (`sim.engine.kernel`).
"""

from __future__ import annotations

import inspect
import operator
import pkgutil
from collections.abc import Callable
from difflib import get_close_matches
from hashlib import sha256
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

from sim.engine import choice, clocks, exits, exposure, ledger, processes, queues, streams
from sim.engine.compiled import is_compiled, plain

# Every file of the folder, and the ledger, which ends the day; `sim.model` says in which order they run.
PROCESSES: tuple[ModuleType, ...] = (
    *(import_module(f"{processes.__name__}.{found.name}") for found in pkgutil.iter_modules(processes.__path__)),
    ledger,
)
MODULES: tuple[ModuleType, ...] = (*PROCESSES, choice, clocks, exits, exposure, queues, streams)


class Step(NamedTuple):
    """A step added to the day: it runs after a process, named by its module."""

    after: str
    run: Callable[..., Any]


def short(module: ModuleType) -> str:
    """Return a module's name without its packages."""
    return module.__name__.rpartition(".")[2]


def _own(module: ModuleType) -> dict[str, Any]:
    """Return the compiled functions that a module defines, by name."""
    return {
        name: value
        for name, value in vars(module).items()
        if is_compiled(value) and plain(value).__module__ == module.__name__ and plain(value).__name__ == name
    }


SHIPPED = {module: dict(vars(module)) for module in MODULES}
RULES = {f"{short(module)}.{name}": value for module in MODULES for name, value in _own(module).items()}
replaced: dict[str, Callable[..., Any]] = {}
steps: list[Step] = []


def rule_named(name: str) -> str:
    """Return the full name of a rule, such as ``attempts.detection_probability``.

    Raises:
        ValueError: If there is none, or several.
    """
    found = [full for full in RULES if name in (full, full.partition(".")[2])]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(f"rule: found {name!r}, which is one of several; allowed: {', '.join(found)}")
    names = [full.partition(".")[2] for full in RULES]
    near = get_close_matches(name, [*names, *RULES], n=3)
    raise ValueError(f"rule: found {name!r}, no rule of the engine; did you mean {', '.join(near) or 'another'}?")


def replace(name: str, function: Callable[..., Any]) -> str:
    """Replace a rule by a function; return the rule's full name.

    Raises:
        ValueError: If there is no such rule, another extension has replaced it, or the arguments differ.
    """
    full = rule_named(name)
    if full in replaced:
        raise ValueError(f"rule: found {full} replaced twice, the second time by {function.__module__}; allowed: once")
    wanted, found = (list(inspect.signature(plain(f)).parameters) for f in (RULES[full], function))
    if len(wanted) != len(found):
        raise ValueError(f"rule: found {full}({', '.join(found)}); allowed: {full}({', '.join(wanted)})")
    replaced[full] = plain(function)
    return full


def add_step(after: str, function: Callable[..., Any]) -> None:
    """Add a step to the day, after a process.

    Raises:
        ValueError: If there is no such process, or the function does not take the tables and the day.
    """
    known = [short(module) for module in PROCESSES if hasattr(module, "run")]
    if after not in known:
        raise ValueError(f"process: found after={after!r}; allowed: {', '.join(known)}")
    if len(inspect.signature(function).parameters) != 2:
        raise ValueError(f"process: found {function.__name__}{inspect.signature(function)}; allowed: (w, day)")
    steps.append(Step(after, plain(function)))


def clear() -> None:
    """Restore the rules that ship."""
    replaced.clear()
    steps.clear()


def changed_by_hand() -> list[tuple[ModuleType, str]]:
    """Return the globals of engine modules that were patched since import, as (module, name)."""
    return [
        (module, name)
        for module, shipped in SHIPPED.items()
        if not _all_the_same(vars(module), shipped)
        for name, value in vars(module).items()
        if not name.startswith("__") and value is not shipped.get(name)
    ]


def _all_the_same(space: dict[str, Any], shipped: dict[str, Any]) -> bool:
    """Return whether a module's globals are those that were shipped; it is asked at each start of a run."""
    return len(space) == len(shipped) and all(map(operator.is_, space.values(), shipped.values()))


def fingerprint() -> dict[str, str]:
    """Return a hash of each global that was patched, by name."""
    return {f"{short(module)}.{name}": _hash(vars(module)[name]) for module, name in changed_by_hand()}


def _hash(value: Any) -> str:
    code = getattr(plain(value), "__code__", None)
    text = repr(value) if code is None else repr((code.co_code, code.co_consts, code.co_names))
    return sha256(text.encode()).hexdigest()[:12]
