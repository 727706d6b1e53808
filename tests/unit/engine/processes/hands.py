"""Putting people where a test of one process wants them, on the books."""

from __future__ import annotations

from collections.abc import Iterable

from sim.engine import clocks, queues
from sim.engine import tables as t
from sim.model import CorridorModel


def put(model: CorridorModel, rows: Iterable[int], status: int, place: str, route: str | None = None) -> list[int]:
    """Rows in a status at a place, having chosen a route; returns them."""
    w, rows = model.world, [int(row) for row in rows]
    for i in rows:
        m = w.rows[i]
        w.stocks[m["cohort"], m["place"], m["status"]] -= 1
        w.rows["status"][i], w.rows["place"][i] = status, model.names.places.index(place)
        w.stocks[m["cohort"], w.rows["place"][i], status] += 1
        if route is not None:
            w.rows["route"][i] = model.names.routes.index(route)
    return rows


def waiting(model: CorridorModel, q: int) -> list[int]:
    """The rows of a queue in order; the queue is as before."""
    rows = [int(queues.pop(model._tables, q)) for _ in range(model.world.queues["length"][q])]
    for row in rows:
        queues.push(model._tables, q, row)
    return rows


def put_to_wait(
    model: CorridorModel, rows: Iterable[int], status: int, place: str, day: int = 0, route: str = "flight"
) -> list[int]:
    """Rows in a status at a place, where they begin to wait on a day; returns them."""
    rows = put(model, rows, status, place, route)
    for i in rows:
        clocks.wait(model._tables, i, day)
    return rows


def clock_at(model: CorridorModel, kind: int, place: str) -> int:
    """The clock of the first cohort at a place."""
    return int(model.world.clock_at[kind, model.names.places.index(place)])


def flows_of(model: CorridorModel, day: int) -> dict[str, int]:
    """What is counted of people today, over all pairs."""
    flows = model.world.pair_flows[day].sum(axis=0).tolist()
    return dict(zip(t.PAIR_FLOWS, flows, strict=True))
