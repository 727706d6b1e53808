"""What if: from a stored state on, another scenario.

Everything that has happened stays: who is where, since when, with which funds and dates; queues; who has tried where;
what is told at home; forces, barriers, bans and adaptation; every count. What comes follows the other scenario:
parameters, schedules, processes, timetable, length, and measures from the day of the state on.

Every value is looked at three times: as the state's scenario begins with it, as the other scenario begins with it, and
as it is in the state. What the run has not touched is taken from the other scenario; what both scenarios begin alike
with is taken from the state. Refused is what would rewrite the past (`sim.states.compatible`).

So people who wait are met by other values as follows. The hazards of those who wait by a clock (at the border, in line
for transfer, stranded) are those of the other scenario from the first day on, against the resistance that they have
left; so are prices, seats, visas and room to those in a queue, whose order stays. A date that is already drawn (of an
application, arrival, end of a layover or procedure, onward journey, second thoughts) stays; whom it lay beyond the end
of the run is entered again if the other run is longer. Funds stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.reference import reference
from sim.engine.tables import N_ATTEMPTS, N_USED_BLOCKS
from sim.scenario.draw import resolve
from sim.scenario.entry import is_uncertain
from sim.scenario.schema import Scenario
from sim.states.compatible import check_continuable, check_layout, check_past
from sim.states.late_dates import enter_late_dates
from sim.states.merge_attributes import Merger
from sim.states.state import State, clock_of, restored, set_clock

if TYPE_CHECKING:
    from sim.model import CorridorModel

_OF_THE_OTHER = ("timetable", "timetable_seats", "keys", "who", "buckets")
_APART = ("rows", "blocks", "attempts", "calendar", *_OF_THE_OTHER)


def continued[M: CorridorModel](cls: type[M], state: State, scenario: Scenario) -> M:
    """Return a model in a state that goes on under another scenario.

    Raises:
        StateError: If the scenario cannot go on from there; the message names what differs.
    """
    other = resolve(scenario) if is_uncertain(scenario) else scenario
    check_continuable(state, other)
    now = restored(cls, state)
    begun = _new(cls, state.scenario, [], now)
    check_layout(state, begun)
    timetable = _timetable_of(now) if other._timetable is None and other.timetable is not None else None
    model = _new(cls, other, timetable, now)
    check_past(state, begun, model)
    _put_tables(now, begun, model)
    model.day = now.day
    Merger(now, begun, model).merge()
    _put_pool(now, model)
    model.random.setstate(now.random.getstate())
    model.rng.bit_generator.state = now.rng.bit_generator.state
    set_clock(model, clock_of(now))
    model.running = model.day < other.days
    if other.days > state.scenario.days:
        enter_late_dates(model, state.scenario.days)
    model.season.refresh()
    for actor in model._actors:
        actor.refresh()
    model.routes_changed = True
    return model


def _new[M: CorridorModel](cls: type[M], scenario: Scenario, timetable: Any, now: CorridorModel) -> M:
    """Return a new model with the migrants of another."""
    model = cls.__new__(cls)
    model._rows = now.world.rows
    model.__init__(scenario, timetable)  # type: ignore[misc]
    del model._rows
    return model


def _timetable_of(model: CorridorModel) -> list[tuple[int, str, int]]:
    """Return a model's departures beside the schedules: as many a day, with as many seats in all."""
    rows = []
    for day, number in np.argwhere(model.world.timetable > 0):
        count, seats = model.world.timetable[day, number], model.world.timetable_seats[day, number]
        rows += [(int(day), model.names.routes[number], int(seats) if k == 0 else 0) for k in range(count)]
    return rows


def _put_tables(now: CorridorModel, begun: CorridorModel, model: CorridorModel) -> None:
    """Write the state's tables into those of a model under another scenario, and let it have the migrants."""
    days = now.settings.days
    for name in model.world._fields:
        if name not in _APART:
            there, before, table = (getattr(one.world, name) for one in (now, begun, model))
            _put(there, before, table, days, (_keys_of(name, now), _keys_of(name, model)))
    dearer = model.world.routes["base_price"] != begun.world.routes["base_price"]
    ratio = model.world.routes["base_price"] / np.maximum(begun.world.routes["base_price"], 1e-300)
    model.world.routes["price"][dearer] = (now.world.routes["price"] * ratio)[dearer]
    width = min(now.world.calendar.shape[1], model.world.calendar.shape[1])
    model.world.calendar[:, :width] = now.world.calendar[:, :width]
    blocks = max(model.world.blocks, now.world.blocks, key=len)
    for table, there, used in (
        (blocks, now.world.blocks, now.world.counters[N_USED_BLOCKS]),
        (model.world.attempts, now.world.attempts, now.world.counters[N_ATTEMPTS]),
    ):
        table[:used] = there[:used]
    model.world = model.world._replace(blocks=blocks)
    model._tables = reference(model.world)


def _keys_of(name: str, model: CorridorModel) -> list[Any] | None:
    """Return the keys of a table's records, if the other scenario may add to them."""
    if name == "services":
        names = model.names
        return [(names.routes[one["route"]], names.carriers[one["carrier"]]) for one in model.world.services]
    if name in ("return_flights", "return_barred"):
        return list(model.names.return_flights)
    return sorted(model.extra_actors[name]) if name in model.extra_actors else None


def _put(now: Any, begun: Any, table: Any, days: int, keys: tuple[list[Any] | None, list[Any] | None]) -> None:
    """Write a table of the state into that of the other scenario; ``days`` are those of the state's run."""
    if keys[0] is not None and keys[1] is not None:
        kept = [key for key in keys[0] if key in keys[1]]
        there, here = [keys[0].index(key) for key in kept], [keys[1].index(key) for key in kept]
        part = table[here]
        _put_values(now[there], begun[there], part)
        table[here] = part
    elif now.shape != table.shape and now.shape[0] in (days, days + 1):
        common = min(len(now), len(table))
        table[:common] = now[:common]
    else:
        _put_values(now, begun, table)


def _put_values(now: Any, begun: Any, values: Any) -> None:
    """Overwrite values with those of the state, but where it has what its scenario began with and the other has not."""
    if values.dtype.names:
        for field in values.dtype.names:
            _put_values(now[field], begun[field], values[field])
    elif values.size:
        untouched = (now == begun) & (begun != values)
        values[~untouched] = now[~untouched]


def _put_pool(now: CorridorModel, model: CorridorModel) -> None:
    """Give the pool of officers what it has in the state, but for deployments that the other scenario changes."""
    model.frontex.available = now.frontex.available
    model.frontex.reserved = dict(now.frontex.reserved)
    old, new = now.settings.measures, model.settings.measures
    past = {name for day, events in now.measures.by_day.items() if day < now.day for _, name in events}
    changed = [name for name in sorted({*old, *new}) if name not in past and old.get(name) != new.get(name)]
    for name in changed:
        if name in old:
            old[name].release(model, name)
    coming = {name for events in model.measures.by_day.values() for action, name in events if action == "start"}
    for name in changed:
        if name in coming:
            new[name].prepare(model, name)
