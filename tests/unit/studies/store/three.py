"""A study of three runs."""

from __future__ import annotations

from sim.studies.plan import Plan
from tests.strategies import tiny_scenario

PLAN = Plan("replicates", {"tiny": tiny_scenario(days=20)}, 3, twins=1)
