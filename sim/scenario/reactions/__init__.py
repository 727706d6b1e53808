"""Reactions of transit states, sponsors, carriers and agencies: when, after how long, what they do, until when.

A new trigger is a new file in `triggers`, a new action one in `actions`, with a class under `register`.
"""

from importlib import import_module
from pkgutil import iter_modules

from sim.scenario.reactions.action import ACTIONS, Action
from sim.scenario.reactions.reaction import Reaction
from sim.scenario.reactions.trigger import TRIGGERS, Trigger

__all__ = ["ACTIONS", "TRIGGERS", "Action", "Reaction", "Trigger"]

for _folder in ("triggers", "actions"):
    for _name in sorted(module.name for module in iter_modules([f"{path}/{_folder}" for path in __path__])):
        import_module(f"{__name__}.{_folder}.{_name}")
