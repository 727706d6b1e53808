"""Merging for ``extends``: a file laid over the one it extends, with each value's source position."""

from __future__ import annotations

from sim.scenario.fields import Spot, child, is_mapping, is_quantity, kinds_of, may_have_parts, root_spot
from sim.scenario.nodes import Node, collection
from sim.scenario.quantity import is_distribution


def merge(base: Node, over: Node) -> Node:
    """Lay ``over`` over ``base``, two whole scenarios.

    Mappings merge key by key; any other value replaces the old one. A distribution replaces
    the whole value, as does a measure whose ``kind`` changes. Where users choose the names
    (entries, schedules, values by cohort or date), ``null`` removes what is inherited.
    """
    return _merge(base, over, root_spot())


def _merge(base: Node, over: Node, spot: Spot | None) -> Node:
    if not (base.is_mapping and over.is_mapping) or _replaces(base, over, spot):
        return over
    merged = dict(base.value)
    removes = spot is not None and (is_mapping(spot.type) or may_have_parts(spot.type))
    data = {**{k: n.value for k, n in base.value.items()}, **{k: n.value for k, n in over.value.items()}}
    for key, node in over.value.items():
        if key not in merged:
            merged[key] = node
        elif removes and node.value is None:
            del merged[key]
        else:
            merged[key] = _merge(merged[key], node, child(spot, key, data) if spot else None)
    return collection(merged, over.file, over.line)


def _replaces(base: Node, over: Node, spot: Spot | None) -> bool:
    if spot is None:
        return False
    if kinds_of(spot.type):
        kinds = [node.value["kind"].value if "kind" in node.value else None for node in (base, over)]
        return kinds[1] is not None and kinds[0] != kinds[1]
    if may_have_parts(spot.type):
        return is_distribution(base.value) or is_distribution(over.value)
    return is_quantity(spot.type)
