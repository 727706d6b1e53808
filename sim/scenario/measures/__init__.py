"""The kinds of dated measures in scenarios: each is a class with its fields and its effect.

A new kind is a new file here with a class under `register`; every file of the folder is read.
"""

from importlib import import_module
from pkgutil import iter_modules

from sim.scenario.measures.base import Measure, Misfit
from sim.scenario.measures.registry import KINDS, REGISTRY, AnyMeasure, register, unregister

__all__ = ["KINDS", "REGISTRY", "AnyMeasure", "Measure", "Misfit", "register", "unregister"]

for _file in sorted(module.name for module in iter_modules(__path__)):
    import_module(f"{__name__}.{_file}")
