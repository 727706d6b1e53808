"""Migrants as Mesa agents: views of rows of the table of migrants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import mesa

from sim.engine.rows import INJURED, NOWHERE, ROW, STATUSES

if TYPE_CHECKING:
    from sim.model import CorridorModel

FIXED = frozenset({"key", "status", "place", "cohort", "route", "section", "due"})
_FREE = tuple(name for name in ROW.names or () if name not in FIXED)


def check_column(name: str) -> None:
    """Raise AttributeError if there is no such column, or if stocks, queues or draws depend on it."""
    if name not in (ROW.names or ()):
        raise AttributeError(f"a Migrant has no column {name!r}; columns are {', '.join(ROW.names or ())}")
    if name in FIXED:
        raise AttributeError(
            f"a Migrant's {name} can't be set by hand, as stocks, queues and draws go by it; change what moves "
            "people (measures, model.states, model.carriers, model.agencies); columns that may be set: "
            + ", ".join(_FREE)
        )


def refuse_step() -> NoReturn:
    """Raise TypeError: nobody takes a seat, visa or patrol without regard to the others of the day."""
    raise TypeError(
        "a Migrant has no step of its own, as seats, visas and patrols are shared; model.step() is everybody's"
    )


class Migrant(mesa.Agent):
    """One migrant: a Mesa agent whose attributes read and write its row.

    Views are made on demand and hold no state; two views of one row are equal. Attributes are the
    columns of `sim.engine.rows.ROW`: ``funds`` (USD), ``attempts`` and ``voyages`` (events),
    ``outdoors`` (days exposed), ``arrived`` (day of the run), ``status``, ``place``, ``cohort``,
    ``route``, ``section`` (numbers; the ``*_name`` properties give names). Columns on which stocks, queues
    and draws depend (`FIXED`) are read-only.
    """

    __slots__ = ("_row", "model", "row")

    def __init__(self, model: CorridorModel, row: int) -> None:
        """Refuse: migrants exist as rows from the start; take one from ``model.migrants``."""
        raise TypeError("a Migrant is a view: take it from model.migrants")

    @classmethod
    def view(cls, model: CorridorModel, row: int) -> Migrant:
        """Return the view of a row."""
        self = cls.__new__(cls)
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "row", int(row))
        object.__setattr__(self, "_row", model.world.rows[int(row)])
        return self

    @property
    def unique_id(self) -> int:
        """Return the row number plus 1, negated: it never equals an actor's id."""
        return -1 - int(self.row)

    def __getattr__(self, name: str) -> Any:
        """Read a column."""
        if name in ROW.names:  # type: ignore[operator]
            return self._row[name].item()
        raise AttributeError(f"a Migrant has no attribute {name!r}; columns are {', '.join(ROW.names or ())}")

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a column; raises AttributeError for one in `FIXED`."""
        check_column(name)
        self._row[name] = value

    def remove(self) -> NoReturn:
        """Refuse: persons are conserved; raises TypeError."""
        raise TypeError(
            "a Migrant can't be removed, as persons are conserved; a set without it is made by select or discard, a "
            "world without it by a smaller cohort"
        )

    def step(self) -> NoReturn:
        """Refuse: a day is simulated for all migrants together; raises TypeError."""
        refuse_step()

    def advance(self) -> NoReturn:
        """Refuse, as `step`."""
        refuse_step()

    @property
    def status_name(self) -> str:
        """Return the status in words."""
        return str(STATUSES[self._row["status"]])

    @property
    def place_name(self) -> str:
        """Name of the place."""
        return str(self.model.names.places[self._row["place"]])

    @property
    def cohort_name(self) -> str:
        """Name of the cohort."""
        return str(self.model.names.cohorts[self._row["cohort"]])

    @property
    def route_name(self) -> str | None:
        """Name of the route last chosen; None before the first."""
        route = self._row["route"]
        return None if route == NOWHERE else self.model.names.routes[route]

    @property
    def section_name(self) -> str | None:
        """Name of the border section last tried; None before the first attempt."""
        section = self._row["section"]
        return None if section == NOWHERE else self.model.names.sections[section]

    @property
    def injured(self) -> bool:
        """Return whether the migrant has been injured on the route."""
        return bool(self._row["flags"] & INJURED)

    def __eq__(self, other: object) -> bool:
        """Return whether the other is a view of the same row of the same model."""
        return isinstance(other, Migrant) and other.row == self.row and other.model is self.model

    def __hash__(self) -> int:
        """Return a hash of model and row."""
        return hash((id(self.model), self.row))

    def __repr__(self) -> str:
        """Return row, cohort and status."""
        return f"<Migrant {self.row} {self.cohort_name} {self.status_name}>"
