"""The kinds of measures that scenarios may use (`sim.scenario.kinds`)."""

from __future__ import annotations

from typing import Annotated

from sim.scenario.kinds import OfItsKind, Registry
from sim.scenario.measures.base import Measure

REGISTRY = Registry(Measure, ("apply",), "apply(self, model, name, on)")
KINDS = REGISTRY.known
register, unregister = REGISTRY.register, REGISTRY.unregister

AnyMeasure = Annotated[Measure, OfItsKind(REGISTRY)]
