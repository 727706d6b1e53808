"""The extension interface: new rules, measures, agents and outputs without editing the package.

An extension is a Python file (or a package's entry point in the group ``corridor.extensions``) that uses this module:

    from sim import extend

    @extend.rule("detection_probability")             # replaces a rule: same arguments
    def detection(section, coaching, p):
        return min(0.9, section.officers / section.length)

It is loaded by ``--with my_science.py`` or `load`, never by a scenario file. Its source is part of the identity of
every result, and is sent to worker processes and clusters. Results that it does not affect stay byte-identical.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from sim.agents import extra_actors
from sim.agents.extra_actors import ExtraActor as Actor
from sim.engine import rules, strata
from sim.engine import tables as t
from sim.engine.compiled import compiled
from sim.engine.ledger import count, move
from sim.engine.strata import category
from sim.engine.streams import bits, draw, happens, lag, stream
from sim.load_extensions import ExtensionError, clear, load, loaded, undo
from sim.outputs import definitions, outcomes
from sim.outputs.definitions import Output
from sim.outputs.run_data import RunData
from sim.scenario import measures, schema
from sim.scenario.entry import Day, Entry, Name, Schedule, schedule
from sim.scenario.kinds import Registry
from sim.scenario.measures import Measure
from sim.scenario.quantity import Quantity, quantity
from sim.scenario.reactions import Action, Trigger
from sim.scenario.reactions.action import REGISTRY as ACTIONS
from sim.scenario.reactions.trigger import REGISTRY as TRIGGERS

__all__ = [
    "Action", "Actor", "Day", "Entry", "ExtensionError", "Measure", "Name", "Quantity", "Schedule", "Trigger", "action",
    "actor", "attribute", "bits", "category", "clear", "compiled", "count", "draw", "flow", "happens", "lag", "load",
    "loaded", "measure", "move", "outcome", "process", "quantity", "rule", "schedule", "stream", "trigger",
]  # fmt: skip


def rule(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Replace a rule of the engine by the decorated function, wherever the rule is called.

    Args:
        name: Name of the rule, such as ``detection_probability``, or with its module, such as ``attempts.prepare``.

    Raises:
        ExtensionError: If there is no such rule, its arguments differ, or it has been replaced already.
    """

    def put(function: Callable[..., Any]) -> Callable[..., Any]:
        with _explained():
            full = rules.replace(name, function)
        undo.append(lambda: rules.replaced.pop(full, None))
        return function

    return put


def process(after: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Run the decorated function ``run(w, day)`` every day, after the named process.

    Args:
        after: demand, booking, decisions, departures, transfer, attempts, aftermath, sea; news, repatriation, ledger.

    Raises:
        ExtensionError: If there is no such process, or the arguments are not the tables and the day.
    """

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        with _explained():
            rules.add_step(after, function)
        step = rules.steps[-1]
        undo.append(lambda: rules.steps.remove(step))
        return function

    return add


def actor(key: str, *, entry: type[Entry], table: np.dtype[Any] | None = None) -> Callable[[type[Actor]], type[Actor]]:
    """Add a type of agents with its own entries in scenarios.

    Args:
        key: Key of the collection of entries in a scenario file, such as ``brokers``.
        entry: Class of an entry: a subclass of `Entry`, its fields declared with `quantity`, `schedule` and so on.
            Fields called routes, carriers, sections and so on must name entries of the scenario.
        table: Record type of a table ``w.KEY`` that compiled rules may read: one record per entry, alphabetically.

    Raises:
        ExtensionError: If scenarios already have such a key, or it is not a valid Python name.
    """
    if key in schema.scenario_class().model_fields or key in t.World._fields or not key.isidentifier():
        raise ExtensionError(f"actor: found key {key!r}; allowed: a new name of letters, digits and underscores")

    def add(cls: type[Actor]) -> type[Actor]:
        kind = extra_actors.ActorType(key, cls, table)
        schema.extra_collections[key] = entry
        extra_actors.add(kind)
        undo.append(lambda: schema.extra_collections.pop(key))
        undo.append(lambda: extra_actors.remove(kind))
        return cls

    return add


def measure(kind: type[Measure]) -> type[Measure]:
    """Add a kind of measure to scenarios: a subclass of `Measure` that defines its fields and its effect.

    Raises:
        ExtensionError: If its name is taken, or it lacks ``kind: Literal["its-name"]`` or a method ``apply``.
    """
    return _added(measures.REGISTRY, kind)


def trigger(kind: type[Trigger]) -> type[Trigger]:
    """Add a kind of trigger to reactions: a subclass of `Trigger` that defines its fields and when it holds.

    Raises:
        ExtensionError: If its name is taken, or it lacks ``kind: Literal["its-name"]`` or a method ``look``.
    """
    return _added(TRIGGERS, kind)


def action(kind: type[Action]) -> type[Action]:
    """Add a kind of action to reactions: a subclass of `Action` that defines its fields and its effect.

    Raises:
        ExtensionError: If its name is taken, or it lacks ``kind: Literal["its-name"]`` or a method ``apply``.
    """
    return _added(ACTIONS, kind)


def _added[Kind: Entry](registry: Registry[Any], kind: type[Kind]) -> type[Kind]:
    with _explained():
        registry.register(kind)
    name = next(name for name, known in registry.known.items() if known is kind)
    undo.append(lambda: registry.unregister(name))
    return kind


def flow(name: str, *, unit: str, title: str, meaning: str = "", group: str = "way") -> np.int64:
    """Add a kind of event, counted by day, cohort and route in all tables and studies.

    Args:
        name: Name in tables.
        unit: What is counted: persons, attempts, ...
        title: Title for headings and the glossary.
        meaning: Definition for the glossary, one sentence.
        group: Group of outputs: "border", "way" or "people".

    Returns:
        The flow's number, for a rule to count one event by ``count(w, day, m, NUMBER)``.

    Raises:
        ExtensionError: If the name is taken, or not allowed.
    """
    with _explained():
        row = Output(name, "", unit, "sum", title, title.lower(), "count", meaning or f"{title}.", group=group)
        definitions.register(row)
    t.extra_flows.append(name)
    undo.append(lambda: t.extra_flows.remove(name))
    undo.append(lambda: definitions.unregister(name))
    return np.int64(definitions.pair_column(name))


def outcome(
    name: str, *, unit: str = "", title: str = "", meaning: str = ""
) -> Callable[[Callable[[RunData], float]], Callable[[RunData], float]]:
    """Add an outcome, a number of a run in its totals, for sweeps, discovery, thresholds and fits.

    Either the decorated function of a run (`sim.outputs.run_data.RunData`), under ``name``; or, called without
    decorating anything, one written as text (`sim.outputs.expressions`): ``outcome("attempts[2021-10]@poland")``.

    Raises:
        ExtensionError: If the name is taken, or not allowed.
    """
    with _explained():
        if any(sign in name for sign in "[(/@"):
            outcomes.add_expression(name)
            key = outcomes.added[-1].output
            undo.append(lambda: outcomes.take_away([key]))

    def add(function: Callable[[RunData], float]) -> Callable[[RunData], float]:
        with _explained():
            outcomes.add(
                name, unit or "number", title or name, meaning or (function.__doc__ or title or name), function
            )
        undo.append(lambda: outcomes.take_away([name]))
        return function

    return add


def attribute(name: str, *, categories: Mapping[str, float], title: str = "") -> np.int64:
    """Give every migrant a category, such as an age group, by a separate draw that changes no other.

    Flows and stocks are then also counted by category, at level ``name`` in all tables.

    Args:
        name: Name of the attribute and of the level in tables.
        categories: Share of each category; the shares add up to 1.
        title: Title in tables and reports.

    Returns:
        The attribute's number; in a rule, ``category(w, m, NUMBER)`` returns the number of the migrant's category.

    Raises:
        ExtensionError: If the attribute already exists, or the shares are not allowed.
    """
    with _explained():
        definitions.register_level(name, categories)
    undo.append(lambda: definitions.unregister_level(name))
    with _explained():
        number = strata.add(name, title or name, dict(categories))
    undo.append(lambda: strata.remove(name))
    return number


@contextmanager
def _explained() -> Iterator[None]:
    """Turn a ValueError within the block into an ExtensionError."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise ExtensionError(str(error)) from None
