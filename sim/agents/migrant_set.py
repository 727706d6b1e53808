"""Sets of agents: `MigrantSet`, an AgentSet of row numbers, and `Everybody`, which joins it with the actors."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import numpy as np
import numpy.typing as npt
from mesa.agentset import AbstractAgentSet, AgentSet, GroupBy

from sim.agents.migrant import Migrant, check_column, refuse_step
from sim.engine.rows import ROW, STATUSES

if TYPE_CHECKING:
    from sim.model import CorridorModel

Mask = npt.NDArray[np.bool_]


class MigrantSet(AbstractAgentSet):
    """An ordered set of migrants, kept as row numbers for vectorised operations.

    Columns are those of `sim.engine.rows.ROW`; ``select`` also takes status, place, cohort and route by name.

    Example:
        >>> stranded = model.migrants.select(status="stranded")  # doctest: +SKIP
        >>> stranded.agg("funds", np.mean)  # doctest: +SKIP
    """

    def __init__(self, model: CorridorModel, rows: npt.NDArray[np.intp] | None = None) -> None:
        """Hold all migrants of ``model``, or those with the given row numbers, shape (n,)."""
        self.model = model
        self.random = model.random
        self._everybody = rows is None
        if rows is not None:
            self._rows = np.asarray(rows, np.intp)

    @cached_property
    def _rows(self) -> npt.NDArray[np.intp]:
        """Return the numbers of all rows, which a set of everybody hardly ever needs."""
        return np.arange(len(self.model.world.rows))

    @property
    def rows(self) -> npt.NDArray[np.intp]:
        """Return row numbers, shape (n,)."""
        return self._rows

    def _keep(self, rows: npt.NDArray[np.intp]) -> MigrantSet:
        self._rows, self._everybody = rows, False
        return self

    def _from_iterable(self, agents: Iterable[Migrant]) -> MigrantSet:
        """Build the result of ``&``, ``|``, ``-`` and ``^``."""
        return MigrantSet(self.model, np.array([agent.row for agent in agents], np.intp))

    def _values(self, by: Callable[[Migrant], Any] | str) -> list[Any]:
        """Return the values of a column, an attribute of the view such as ``status_name``, or a function of it."""
        if isinstance(by, str):
            return self.column(by).tolist() if by in (ROW.names or ()) else [getattr(migrant, by) for migrant in self]
        return [by(migrant) for migrant in self]

    def column(self, name: str) -> npt.NDArray[Any]:
        """Return a column of these migrants, shape (n,); a view of the table if this is everybody. Read-only."""
        if name not in (ROW.names or ()):
            raise AttributeError(f"no column {name!r}; columns are {', '.join(ROW.names or ())}")
        rows = self.model.world.rows[name]
        values: npt.NDArray[Any] = rows.view() if self._everybody else rows[self._rows]
        values.flags.writeable = False
        return values

    def _number(self, column: str, value: int | str) -> int:
        if not isinstance(value, str):
            return int(value)
        names = self.model.names
        known = {
            "status": list(STATUSES), "place": names.places, "cohort": names.cohorts, "route": names.routes,
            "section": names.sections,
        }.get(column)  # fmt: skip
        if known is None or value not in known:
            raise ValueError(f"no {column} {value!r}; allowed: {', '.join(known or ['a number'])}")
        return known.index(value)

    def select(
        self,
        filter_func: Callable[[Migrant], bool] | None = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type | None = None,
        *,
        where: Mask | None = None,
        **equal: int | str,
    ) -> MigrantSet:
        """Select migrants by a mask, by equality of columns (numbers or names), or by a function of the view.

        ``where`` is a mask of shape (n,). ``at_most`` keeps the first so many or, as a float up to 1, that share.
        """
        keep = np.ones(len(self), bool) if where is None else np.asarray(where, bool)
        if keep.shape != (len(self),):
            raise ValueError(f"where has shape {keep.shape}; this set needs ({len(self)},)")
        if agent_type is not None and not issubclass(Migrant, agent_type):
            keep = np.zeros(len(self), bool)
        for column, value in equal.items():
            keep = keep & (self.column(column) == self._number(column, value))
        rows = self._rows[keep]
        if filter_func is not None:
            rows = np.array([r for r in rows if filter_func(Migrant.view(self.model, r))], np.intp)
        if isinstance(at_most, float) and at_most <= 1.0:
            at_most = int(len(self) * at_most)
        if at_most < len(rows):
            rows = rows[: int(at_most)]
        if inplace:
            return self._keep(rows)
        return MigrantSet(self.model, rows)

    def get(
        self,
        attr_names: str | list[str],
        handle_missing: Literal["error", "default"] = "error",
        default_value: Any = None,
    ) -> npt.NDArray[Any] | list[list[Any]]:
        """Return the values of one attribute, shape (n,); of several, a list of values per migrant, as Mesa does."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing: found {handle_missing!r}; allowed: 'error' or 'default'")
        if not isinstance(attr_names, str):
            columns = [self.get(name, handle_missing, default_value) for name in attr_names]
            return [list(values) for values in zip(*(np.asarray(column).tolist() for column in columns), strict=True)]
        if attr_names in (ROW.names or ()):
            return self.column(attr_names)
        if handle_missing == "default":
            return np.array([getattr(migrant, attr_names, default_value) for migrant in self])
        return np.array([getattr(migrant, attr_names) for migrant in self])

    def set(self, attr_name: str, value: Any) -> MigrantSet:
        """Write one value, or an array of shape (n,), into a column; AttributeError for a read-only one (`FIXED`)."""
        check_column(attr_name)
        self.model.world.rows[attr_name][self._rows] = value
        return self

    def groupby(self, by: Callable[[Migrant], Any] | str, result_type: str = "agentset") -> GroupBy:
        """Group by a column's values, or by a function of the view."""
        members: dict[Any, list[int]] = {}
        for key, row in zip(self._values(by), self._rows, strict=True):
            members.setdefault(key, []).append(row)
        groups = {key: MigrantSet(self.model, np.array(rows, np.intp)) for key, rows in members.items()}
        return GroupBy(groups if result_type == "agentset" else {key: group.to_list() for key, group in groups.items()})

    def to_list(self) -> list[Migrant]:
        """Return views of all, in order."""
        return list(self)

    def shuffle(self, inplace: bool = False) -> MigrantSet:
        """Return the set in random order."""
        return self._reordered(self.model.rng.permutation(len(self)), inplace)

    def sort(self, key: Callable[[Migrant], Any] | str, ascending: bool = False, inplace: bool = False) -> MigrantSet:
        """Sort by a column or a function of the view; largest first unless ``ascending``."""
        values = self._values(key)
        order = np.array(sorted(range(len(values)), key=values.__getitem__), np.intp)
        return self._reordered(order if ascending else order[::-1], inplace)

    def _reordered(self, order: npt.NDArray[np.intp], inplace: bool) -> MigrantSet:
        if inplace:
            return self._keep(self._rows[order])
        return MigrantSet(self.model, self._rows[order])

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> MigrantSet:
        """Call a method or function on each view."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> MigrantSet:
        """Call a method or function on each view, in random order."""
        self.shuffle().map(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Return the results of a method or function on each view."""
        if isinstance(method, str):
            return [getattr(migrant, method)(*args, **kwargs) for migrant in self]
        return [method(migrant, *args, **kwargs) for migrant in self]

    def __len__(self) -> int:
        """Return the number of migrants."""
        return len(self._rows)

    def __iter__(self) -> Iterator[Migrant]:
        """Iterate over views, in order."""
        return (Migrant.view(self.model, row) for row in self._rows)

    def __contains__(self, agent: object) -> bool:
        """Return whether a view's row is in the set."""
        return isinstance(agent, Migrant) and agent.model is self.model and agent.row in self._rows

    def _update(self, agents: Iterable[Migrant]) -> MigrantSet:
        return self._keep(np.array([agent.row for agent in agents], np.intp))

    def add(self, agent: Migrant) -> None:
        """Add a view's row."""
        if agent not in self:
            self._keep(np.append(self._rows, agent.row))

    def discard(self, agent: Migrant) -> None:
        """Remove a view's row, if present."""
        if isinstance(agent, Migrant):
            self._keep(self._rows[self._rows != agent.row])

    def remove(self, agent: Migrant) -> None:
        """Remove a view's row; KeyError if it is absent."""
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)


class Everybody(AgentSet):
    """Actors and migrants together, as returned by ``model.agents``."""

    def __init__(self, model: CorridorModel, actors: Any) -> None:
        """Join the actors that Mesa keeps with the migrants."""
        super().__init__([], random=model.random)
        self.model = model
        self._actors = actors

    def __len__(self) -> int:
        """Return the number of actors and migrants."""
        return len(self._actors) + len(self.model.migrants)

    def __iter__(self) -> Iterator[Any]:
        """Iterate over actors, then migrants."""
        return itertools.chain(self._actors, self.model.migrants)

    def __contains__(self, agent: object) -> bool:
        """Return whether an actor or a migrant belongs to the model."""
        return agent in self.model.migrants if isinstance(agent, Migrant) else agent in self._actors

    def select(self, *args: Any, agent_type: type | None = None, **kwargs: Any) -> Any:
        """Select migrants if ``agent_type`` is `Migrant` or columns are named; otherwise as Mesa's ``select``."""
        by_row = "where" in kwargs or any(key not in ("filter_func", "at_most", "inplace") for key in kwargs)
        if agent_type is Migrant or by_row:
            return self.model.migrants.select(*args, **kwargs)
        if agent_type is not None:
            return self._actors.select(*args, agent_type=agent_type, **kwargs)
        if not args and not kwargs:
            return self
        return _Strong(self, self.random).select(*args, **kwargs)

    def shuffle(self, inplace: bool = False) -> Any:
        """Return everybody in random order, as a new set; raises ValueError if ``inplace``."""
        return self._apart(inplace, self.random.sample(self.to_list(), len(self)))

    def sort(self, key: Any, ascending: bool = False, inplace: bool = False) -> Any:
        """Sort everybody by an attribute or a function into a new set, largest first unless ``ascending``."""
        value = key if callable(key) else attrgetter(key)
        return self._apart(inplace, sorted(self, key=value, reverse=not ascending))

    def shuffle_do(self, method: Any, *args: Any, **kwargs: Any) -> Everybody:
        """Call a method or function on everybody, in random order; TypeError for a step, as in `do`."""
        _refuse_steps(method)
        everybody = self.to_list()
        self.random.shuffle(everybody)
        for agent in everybody:
            getattr(agent, method)(*args, **kwargs) if isinstance(method, str) else method(agent, *args, **kwargs)
        return self

    def groupby(self, by: Any, result_type: Any = "agentset") -> GroupBy:
        """Group by an attribute or a function."""
        groups: dict[Any, list[Any]] = {}
        for agent in self:
            groups.setdefault(by(agent) if callable(by) else getattr(agent, by), []).append(agent)
        return GroupBy({k: _Strong(v, self.random) if result_type == "agentset" else v for k, v in groups.items()})

    def _apart(self, inplace: bool, agents: list[Any]) -> Any:
        if inplace:
            raise ValueError("model.agents can't be reordered in place; without inplace it gives a new set")
        return _Strong(agents, self.random)

    def get(self, attr_names: Any, handle_missing: Any = "error", default_value: Any = None) -> list[Any]:
        """Return attributes of every actor and migrant, as Mesa's ``get``."""
        actors = self._actors.get(attr_names, handle_missing, default_value)
        return [*actors, *self.model.migrants.get(attr_names, handle_missing, default_value)]

    def set(self, attr_name: str, value: Any) -> Everybody:
        """Write one value into a column of the migrants and an attribute of the actors, as Mesa's ``set``."""
        self.model.migrants.set(attr_name, value)
        self._actors.set(attr_name, value)
        return self

    def __getitem__(self, item: Any) -> Any:
        """Return an agent by position, or a list for a slice."""
        return self.to_list()[item]

    def add(self, agent: Any) -> NoReturn:
        """Refuse: the agents of a model are fixed when it is made; raises TypeError."""
        raise TypeError(
            "model.agents can't be changed: who belongs to a model is settled when it is made; select makes a set"
        )

    discard = remove = add

    def to_list(self) -> list[Any]:
        """Return all agents, in order."""
        return list(self)

    def do(self, method: Any, *args: Any, **kwargs: Any) -> Everybody:
        """Call a method or function on everybody; TypeError for a step, as in `Migrant.step`."""
        _refuse_steps(method)
        self._actors.do(method, *args, **kwargs)
        self.model.migrants.do(method, *args, **kwargs)
        return self

    def map(self, method: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Return the results of a method or function on everybody."""
        _refuse_steps(method)
        return [*self._actors.map(method, *args, **kwargs), *self.model.migrants.map(method, *args, **kwargs)]


def _refuse_steps(method: Any) -> None:
    """Raise TypeError for a step, before any actor has stepped."""
    if method in ("step", "advance"):
        refuse_step()


class _Strong(AgentSet):
    """An AgentSet that keeps its members alive: views have no other owner."""

    def __init__(self, agents: Iterable[Any], random: Any = None) -> None:
        self._kept = list(agents)
        super().__init__(self._kept, random)
