"""Attributes of models as bytes: parts of a model by their name, values by themselves, and how two are put together."""

from __future__ import annotations

import random
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.model import CorridorModel
from sim.scenario.entry import Entry
from sim.states.attributes import _at, _entries, _span, blamed, dumps, loads
from sim.states.errors import StateError
from sim.states.merge_attributes import Merger, _agents, _conflict
from tests.strategies import tiny_scenario


@pytest.fixture(scope="module")
def one() -> CorridorModel:
    return CorridorModel(tiny_scenario(days=30))


@pytest.fixture(scope="module")
def other() -> CorridorModel:
    return CorridorModel(tiny_scenario(days=30))


def moved(value: Any, one: CorridorModel, other: CorridorModel, *known: Any) -> Any:
    return loads(dumps(value, one, known[:1]), other, known[1:])


def test_parts_of_a_model_are_those_of_the_other(one: CorridorModel, other: CorridorModel) -> None:
    assert moved([one, one.settings, one.world, one.migrants, one.names], one, other) == [
        other, other.settings, other.world, other.migrants, other.names,
    ]  # fmt: skip
    assert moved(one.random, one, other) is other.random
    assert moved(one.rng, one, other) is other.rng
    assert moved(one.world.rows, one, other) is other.world.rows
    route = moved(one.settings.routes["baghdad-minsk"], one, other)
    assert route is other.settings.routes["baghdad-minsk"]
    weekly = moved(one.settings.carriers["buses"].services["damascus-minsk"], one, other)
    assert weekly is other.settings.carriers["buses"].services["damascus-minsk"]


def test_records_and_views_of_tables_are_of_the_same_memory(one: CorridorModel, other: CorridorModel) -> None:
    for number in range(len(one.world.sections)):
        found = moved(one.world.sections[number], one, other)
        found["capacity"] = 100 + number
        assert other.world.sections["capacity"][number] == 100 + number
    view = moved(one.world.section_flows[2:5, 1:, 3], one, other)
    assert view.shape == one.world.section_flows[2:5, 1:, 3].shape
    view[...] = 7
    assert (other.world.section_flows[2:5, 1:, 3] == 7).all()
    assert other.world.section_flows.sum() == 7 * view.size
    column = moved(one.world.sections["length"], one, other)
    assert np.shares_memory(column, other.world.sections)
    assert column.tolist() == other.world.sections["length"].tolist()
    rest = moved(one.world.sections[1:], one, other)
    assert rest.dtype == one.world.sections.dtype
    assert np.shares_memory(rest, other.world.sections)
    own = moved(np.arange(5), one, other)
    assert own.tolist() == [0, 1, 2, 3, 4]
    assert moved(np.zeros(0), one, other).size == 0
    first, end = _span(np.zeros(3))
    assert end - first == 24


def test_what_is_known_is_named_and_data_are_kept(one: CorridorModel, other: CorridorModel) -> None:
    thing, there = SimpleNamespace(), SimpleNamespace()
    assert moved([thing, 1], one, other, thing, there) == [there, 1]
    data = [1, "a", {"b": (2.5, None)}, {3, 4}, date(2025, 1, 2), b"x", 1j, range(3)]
    assert moved(data, one, other) == data
    drawn = random.Random(3)
    drawn.random()
    assert moved(drawn, one, other).random() == drawn.random()
    lever = one.states["belarus"].levers["visas"][0]
    assert moved(lever, one, other) == lever
    for refused in (SimpleNamespace(), print, tiny_scenario, Exception("x")):
        with pytest.raises(StateError, match="is none of the classes that a stored state may have"):
            moved(refused, one, other)


def test_entries_have_paths_and_lead_back(one: CorridorModel) -> None:
    paths = dict(_entries(one.settings, ()))
    assert len(paths) == len(set(paths.values()))
    for number, path in paths.items():
        found = _at(one.settings, path)
        assert isinstance(found, Entry)
        assert id(found) == number
    assert ("carriers", "buses", "services", "damascus-minsk") in paths.values()
    with pytest.raises(StateError, match=r"^carriers\.bus: found in the state, and not in the scenario"):
        _at(one.settings, ("carriers", "bus"))
    assert dict(_entries([one.settings.frontex], ("x",))) == {id(one.settings.frontex): ("x", 0)}


def test_the_attribute_at_fault_is_named(one: CorridorModel) -> None:
    assert blamed(SimpleNamespace(name="it", a=1), one) == ""
    text = blamed(SimpleNamespace(name="it", a=1, b=lambda: 0), one)
    assert text.startswith("it: attribute 'b' cannot be stored: ")
    assert blamed(SimpleNamespace(b=lambda: 0), one).startswith("SimpleNamespace: attribute 'b' cannot be stored: ")


@pytest.fixture(scope="module")
def merger(one: CorridorModel, other: CorridorModel) -> Merger:
    return Merger(one, CorridorModel(tiny_scenario(days=30)), other)


class Thing:
    """Something that is compared by its attributes."""

    def __init__(self, value: Any) -> None:
        self.value = value


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (1, 1, True), (1, 2, False), (1, 1.0, False), ("a", "a", True), (None, None, True),
        ([1, 2], [1, 2], True), ([1, 2], [1], False), ((1,), (1,), True), ((1,), [1], False), ([1, 2], [1, 3], False),
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, True), ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
        ({"a": 1}, {"a": 2}, False), (np.arange(3), np.arange(3), True), (np.arange(3), np.arange(1, 4), False),
        (Thing([1]), Thing([1]), True), (Thing([1]), Thing([2]), False), (date(2025, 1, 1), date(2025, 1, 1), True),
        ({1}, {1}, True), ({1}, {2}, False),
    ],
)  # fmt: skip
def test_values_of_two_models_are_the_same_by_their_parts(merger: Merger, a: Any, b: Any, same: bool) -> None:
    assert merger.same(a, b) is same


def test_parts_of_two_models_are_the_same_by_their_names(
    merger: Merger, one: CorridorModel, other: CorridorModel
) -> None:
    assert merger.same(one, other)
    assert merger.same(one.states["belarus"], other.states["belarus"])
    assert not merger.same(one.states["belarus"], other.states["libya"])
    assert merger.same(one.world.sections[1], other.world.sections[1])
    assert not merger.same(one.world.sections[1], other.world.sections[0])
    assert merger.same(one.measures, other.measures)
    assert merger.same(random.Random(1), random.Random(1))
    assert not merger.same(random.Random(1), random.Random(2))
    assert [key for key, _ in _agents(one)] == [key for key, _ in _agents(other)]


def put_together(merger: Merger, now: Any, begun: Any, here: Any) -> Any:
    """What becomes of a value that is ``now`` in the state, was ``begun``, and is ``here`` in the other scenario."""
    holder = Thing(here)
    merger.taken.clear()
    merger._value((holder, "value"), now, begun, here, "it")
    for owner, key, value in merger.taken:
        if isinstance(owner, (dict, list)):
            owner[key] = value
        else:
            setattr(owner, key, value)
    merger.taken.clear()
    return holder.value


@pytest.mark.parametrize(
    ("now", "begun", "here", "found"),
    [
        (1, 1, 2, 2), (3, 1, 1, 3), (1, 1, 1, 1), ([3], [1], [1], [3]), ([3, 2], [1, 2], [1, 9], [3, 9]),
        ({"a": 5, "b": 2}, {"a": 1, "b": 2}, {"a": 1, "b": 7}, {"a": 5, "b": 7}),
        ({"a": 1, "new": 4}, {"a": 1}, {"a": 2}, {"a": 2, "new": 4}),
        ({"b": 2}, {"a": 1, "b": 2}, {"a": 1, "b": 3}, {"b": 3}),
        ({"a": 1, "gone": 2}, {"a": 0, "gone": 2}, {"a": 0}, {"a": 1}),
        ({"a": 1}, {"a": 0}, {"a": 0, "added": 2}, {"a": 1, "added": 2}),
        (([3], [2]), ([1], [2]), ([1], [9]), ([3], [9])),
    ],
)  # fmt: skip
def test_what_the_run_changed_is_kept_and_what_the_other_scenario_changes_is_taken(
    merger: Merger, now: Any, begun: Any, here: Any, found: Any
) -> None:
    assert put_together(merger, now, begun, here) == found


def test_a_generator_that_has_drawn_goes_on_where_it_was(merger: Merger) -> None:
    now, begun, here = (random.Random(1) for _ in range(3))
    now.random()
    expected = now.getstate()
    assert put_together(merger, now, begun, here).getstate() == expected


def test_attributes_of_objects_are_put_together_too(merger: Merger) -> None:
    here = Thing({"a": 0, "b": 8})
    assert put_together(merger, Thing({"a": 4, "b": 0}), Thing({"a": 0, "b": 0}), here) is here
    now, begun, there = Thing({"a": 4, "b": 0}), Thing({"a": 0, "b": 0}), Thing({"a": 0, "b": 8})
    now.more = 5  # type: ignore[attr-defined]
    merger.taken.clear()
    merger._attributes(now, begun, there, "it")
    assert [(key, value) for _, key, value in merger.taken] == [("a", 4), ("more", 5)]
    merger.taken.clear()


@pytest.mark.parametrize(
    ("now", "begun", "here", "text"),
    [
        (1, 2, 3, "it: the run began with 2, which has become 1; the other scenario begins with 3, and both cannot "
                  "hold"),
        ([1], [2], [3, 4], "it: the run began with [2], which has become [1]; the other scenario begins with [3, 4], "
                           "and both cannot hold"),
        ({"a": 1}, {"a": 2}, {"b": 2}, "it.a: the run began with 2, which has become 1; the other scenario begins with "
                                       "None, and both cannot hold"),
    ],
)  # fmt: skip
def test_what_both_have_changed_cannot_be_put_together(
    merger: Merger, now: Any, begun: Any, here: Any, text: str
) -> None:
    with pytest.raises(StateError) as caught:
        put_together(merger, now, begun, here)
    assert str(caught.value) == text
    assert len(str(_conflict("it", "x" * 99, 1, 2))) < 200
