"""Attributes of migrants that extensions add, such as an age group.

A migrant's category is a draw keyed by the migrant's key and the attribute's name, compared with the shares of the
categories; no other draw changes. The category is not stored. While there is an attribute, rules that replace the
ledger's also count flows and stocks by category.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.engine import rules
from sim.engine import tables as t
from sim.engine.build import readable
from sim.engine.compiled import JIT, compiled, plain
from sim.engine.ledger import count as count_of_all
from sim.engine.ledger import move as move_of_all
from sim.engine.rows import STATUSES
from sim.engine.streams import draw, name_key

STRATUM = np.dtype([("salt", "u8"), ("first", "i8"), ("number", "i8")])


class Attribute(NamedTuple):
    """An attribute: its categories with their shares of all migrants, which add up to 1."""

    name: str
    title: str
    categories: tuple[str, ...]
    shares: tuple[float, ...]
    first: int  # number of its first category among the categories of all attributes

    @property
    def own(self) -> slice:
        """Return the positions of its categories among those of all attributes."""
        return slice(self.first, self.first + len(self.categories))


attributes: list[Attribute] = []


@compiled
def stratum_of(key, own, shares):
    """Return the category of ``key``'s holder, numbered across all attributes; ``own`` is the attribute's record."""
    u = draw(key ^ own.salt, 0, 0)
    last = own.first + own.number - 1
    for c in range(own.first, last):
        if u < shares[c]:
            return c
    return last


@compiled
def stratum(w, m, attribute):
    """Return the migrant's category of an attribute, numbered across all attributes."""
    return stratum_of(m.key, w.strata[attribute], w.strata_shares)


@compiled
def category(w, m, attribute):
    """Return the migrant's category of an attribute, numbered in the order of declaration."""
    return stratum(w, m, attribute) - w.strata[attribute].first


@compiled
def count(w, day, m, flow):
    """As `ledger.count`, by category as well."""
    count_of_all(w, day, m, flow)
    for a in range(w.strata.shape[0]):
        w.strata_flows[day, stratum(w, m, a), flow] += 1


@compiled
def move(w, m, status, place):
    """As `ledger.move`, by category as well."""
    for a in range(w.strata.shape[0]):
        c = stratum(w, m, a)
        w.strata_stocks[c, m.status] -= 1
        w.strata_stocks[c, status] += 1
    move_of_all(w, m, status, place)


@compiled
def write_stocks(w, day):
    """Write the stocks by category at the end of the day."""
    for c in range(w.strata_stocks.shape[0]):
        for status in range(w.strata_stocks.shape[1]):
            w.strata_stocks_by_day[day, c, status] = w.strata_stocks[c, status]


@compiled
def _count_everybody(rows, strata, shares, stocks):
    for i in range(rows.shape[0]):
        for a in range(strata.shape[0]):
            stocks[stratum_of(rows[i].key, strata[a], shares), rows[i].status] += 1


def _categories() -> int:
    return sum(len(attribute.categories) for attribute in attributes)


def _strata() -> t.Table:
    table = np.zeros(len(attributes), STRATUM)
    for record, attribute in zip(table, attributes, strict=True):
        record["salt"] = name_key(0, "attribute", attribute.name)
        record["first"], record["number"] = attribute.first, len(attribute.categories)
    return table


def _shares() -> t.Table:
    """Return cumulative shares within each attribute."""
    return np.concatenate([np.cumsum(attribute.shares) for attribute in attributes])


def _stocks(w: t.World) -> t.Table:
    stocks = np.zeros((_categories(), len(STATUSES)), np.int64)
    strata = _strata() if JIT else readable(_strata())
    _count_everybody(w.rows, strata, _shares(), stocks)
    return stocks


_TABLES: dict[str, Any] = {
    "strata": lambda scenario, w: _strata(),
    "strata_shares": lambda scenario, w: _shares(),
    "strata_stocks": lambda scenario, w: _stocks(w),  # (categories, statuses) int64, now
    "strata_flows": lambda scenario, w: np.zeros((scenario.days, _categories(), w.pair_flows.shape[2]), np.int32),
    "strata_stocks_by_day": lambda scenario, w: np.zeros((scenario.days, _categories(), len(STATUSES)), np.int32),
}


def add(name: str, title: str, categories: dict[str, float]) -> np.int64:
    """Add an attribute; return the number by which rules refer to it.

    Raises:
        ValueError: If it already exists, or the shares are not positive or do not add up to 1.
    """
    if any(attribute.name == name for attribute in attributes):
        raise ValueError(f"attribute: found {name!r} twice; allowed: once")
    total = sum(categories.values())
    if len(categories) < 2 or min(categories.values()) <= 0 or abs(total - 1) > 1e-9:
        raise ValueError(f"attribute {name}: found shares {categories}; allowed: two or more above 0, 1 in all")
    if not attributes:
        t.extra_tables.update(_TABLES)
        rules.replace("ledger.count", count)
        rules.replace("ledger.move", move)
        rules.add_step("ledger", write_stocks)
    first = sum(len(attribute.categories) for attribute in attributes)
    attributes.append(Attribute(name, title, tuple(categories), tuple(categories.values()), first))
    return np.int64(len(attributes) - 1)


def remove(name: str) -> None:
    """Remove the attribute added last, and with the only one all that counts by category.

    Raises:
        ValueError: If it is not the last: the numbers of the later ones would change.
    """
    if not attributes or attributes[-1].name != name:
        raise ValueError(f"attribute: found {name!r}; allowed: the last, of {[a.name for a in attributes]}")
    attributes.pop()
    if not attributes:
        clear()


def clear() -> None:
    """Remove all attributes, and the tables, rules and step that count by category."""
    attributes.clear()
    for name in _TABLES:
        t.extra_tables.pop(name, None)
    for full, rule in (("ledger.count", count), ("ledger.move", move)):
        if rules.replaced.get(full) is plain(rule):
            del rules.replaced[full]
    step = rules.Step("ledger", plain(write_stocks))
    if step in rules.steps:
        rules.steps.remove(step)
