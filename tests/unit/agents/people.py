"""How many migrants there are, and which ones a set holds."""

from __future__ import annotations

from sim.agents.migrant_set import MigrantSet

SIZE = 400


def numbers(migrants: MigrantSet) -> list[int]:
    """Row numbers by way of the views."""
    return [migrant.row for migrant in migrants]
