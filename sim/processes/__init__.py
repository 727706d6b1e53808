"""What happens in a day, one process a file; none knows another, `sim.model` knows the order."""

from __future__ import annotations

from typing import Any

from sim.compiled import compiled


@compiled
def idle(w, day):
    """Nothing."""


def in_order(
    first: Any,
    second: Any = idle,
    third: Any = idle,
    fourth: Any = idle,
    fifth: Any = idle,
    sixth: Any = idle,
    seventh: Any = idle,
    eighth: Any = idle,
) -> Any:
    """One compiled function of (world, day) that runs up to eight processes in the order given.

    Flat on purpose: nested pairs would be compiled anew at every level.
    """

    @compiled
    def together(w, day):
        first(w, day)
        second(w, day)
        third(w, day)
        fourth(w, day)
        fifth(w, day)
        sixth(w, day)
        seventh(w, day)
        eighth(w, day)

    return together
