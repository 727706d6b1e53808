"""What happens in a day, one process a file; none knows another, `sim.model` knows the order."""

from __future__ import annotations

from typing import Any

from sim.compiled import compiled


def in_order(*processes: Any) -> Any:
    """One compiled function of (world, day) that runs the processes in the order given."""
    first, *rest = processes
    if not rest:
        return first
    others = in_order(*rest)

    @compiled
    def then(w, day):  # type: ignore[no-untyped-def]
        first(w, day)
        others(w, day)

    return then
