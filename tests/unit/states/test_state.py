"""A model in memory: its state is all that its future depends on; a branch shares nothing with it."""

from __future__ import annotations

import math
import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest

from sim import CorridorModel, extend
from sim.states.errors import StateError
from tests.properties.differing import differing
from tests.rich_scenario import rich_scenario, timetable
from tests.strategies import finished, tiny_scenario

SCRATCH = {"keys", "who", "buckets", "attempts", "blocks"}  # read only as far as they are written


@pytest.fixture(scope="module")
def midway() -> CorridorModel:
    return finished(tiny_scenario(), 40)


def test_a_branch_goes_on_as_the_model_does_and_shares_nothing_with_it() -> None:
    scenario = rich_scenario(5)
    whole, model = (CorridorModel(scenario, timetable(scenario)) for _ in range(2))
    whole.run_model()
    model.run_for(60)
    branch, other = model.branch(), model.branch()
    assert not any(np.shares_memory(a, b) for a, b in zip(model.world, branch.world, strict=True) if a.size)
    for actor in other.states.values():
        actor.override("facilitation", "by hand", 0.0)
    other.run_model()
    assert model.day == 60
    model.run_model()
    branch.run_model()
    assert differing(whole, model, SCRATCH) == differing(whole, branch, SCRATCH) == []
    assert "section_flows" in differing(whole, other, SCRATCH)


def test_a_state_may_be_restored_often_sent_elsewhere_and_outlives_its_model(midway: CorridorModel) -> None:
    whole = finished(tiny_scenario())
    model = midway.branch()
    state = pickle.loads(pickle.dumps(model.state()))
    model.run_model()
    assert (state.day, str(state.date)) == (40, "2025-11-10")
    for _ in range(2):
        again = CorridorModel.restore(state)
        assert (again.day, again.steps, again.time, again.running) == (40, 40, 40.0, True)
        again.run_model()
        assert differing(whole, again, SCRATCH) == []


def test_what_looks_at_a_model_finds_the_same_in_a_restored_one(midway: CorridorModel) -> None:
    again = midway.branch()
    assert [(type(a), a.unique_id) for a in again.agents] == [(type(a), a.unique_id) for a in midway.agents]
    assert len(again.migrants) == len(midway.migrants)
    assert again.measures.in_force == midway.measures.in_force
    drawn = [(one.random.random(), one.rng.random()) for one in (midway, again)]
    assert drawn[0] == drawn[1]
    frames = [one.datacollector.get_model_vars_dataframe() for one in (midway, again)]
    assert frames[0].equals(frames[1])
    assert all(actor.model is again for actor in again._actors)
    record = again.states["belarus"].record
    assert np.shares_memory(np.frombuffer(record, np.uint8), again.world.states.view(np.uint8))


def test_after_the_last_day_nothing_is_left() -> None:
    model = finished(tiny_scenario(days=20)).branch()
    assert not model.running
    model.step()
    assert model.day == 20


REFUSED: dict[str, tuple[Callable[[CorridorModel], object], str]] = {
    "an event": (lambda m: m.schedule_event(m.run_model, after=2.5), "events scheduled"),
    "half a day": (lambda m: m.run_for(0.5), "clock at 40.5"),
    "a collector": (lambda m: setattr(m, "datacollector", mesa.DataCollector()), "data collector"),
    "a function": (lambda m: setattr(m.states["belarus"], "rule", lambda day: day), "belarus: attribute 'rule'"),
    "a lock": (lambda m: setattr(m, "lock", threading.Lock()), "the model's attribute 'lock'"),
    "a known function": (lambda m: setattr(m.states["belarus"], "rule", math.sqrt), "belarus: attribute 'rule'"),
    "a generator": (lambda m: setattr(m.frontex, "odd", (n for n in ())), "FrontexPool: attribute 'odd'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_stored_is_refused_by_name(midway: CorridorModel, name: str) -> None:
    spoil, words = REFUSED[name]
    model = midway.branch()
    spoil(model)
    with pytest.raises(StateError, match=words):
        model.state()


def test_in_the_middle_of_a_day_there_is_no_state() -> None:
    model = CorridorModel(tiny_scenario())
    model.states["belarus"].step = lambda: model.state()  # type: ignore[method-assign]
    with pytest.raises(StateError, match="between two of them"):
        model.step()


class Counting(CorridorModel):
    """A model with something of its own."""

    def __init__(self, scenario: Any, timetable: Any = None, *, rng: Any = None) -> None:
        super().__init__(scenario, timetable, rng=rng)
        self.seen: dict[str, list[int]] = {"at_border": []}

    def step(self) -> None:
        super().step()
        self.seen["at_border"].append(len(self.migrants.select(status="at_border")))


def test_a_class_of_models_keeps_what_is_its_own() -> None:
    whole, model = Counting(tiny_scenario()), Counting(tiny_scenario())
    whole.run_for(50)
    model.run_for(25)
    again = Counting.restore(model.state())
    again.run_for(25)
    assert again.seen == whole.seen
    with pytest.raises(StateError, match=r"taken from a .*Counting"):
        CorridorModel.restore(model.state())


EXTENSION = """
from collections import deque
from dataclasses import dataclass, field
import numpy as np
from sim import extend

@dataclass
class Memory:
    calls: deque = field(default_factory=lambda: deque(maxlen=5))
    by_section: dict = field(default_factory=dict)

class BrokerEntry(extend.Entry):
    "A broker."
    zeal: extend.Quantity = extend.quantity(0.5, "share", 0, 1, "Zeal.")

@extend.actor("brokers", entry=BrokerEntry)
class Broker(extend.Actor):
    "Learns from the past, draws numbers of its own, and holds on to parts of the model."

    def __init__(self, model, name, entry, record):
        super().__init__(model, name, entry, record)
        self.memory = Memory()
        self.lots = np.random.default_rng(7)
        self.flows = model.world.section_flows
        self.state_record = model.world.states[0]
        self.ally = model.states["belarus"]
        self.entries = {"own": entry, "behaviour": model.settings.behaviour}
        self.weights = np.ones(3)

    def step(self):
        self.memory.calls.append(int(self.flows[max(self.model.day - 1, 0)].sum()))
        self.memory.by_section[self.model.day % 4] = sum(self.memory.calls)
        self.weights *= 1 + 0.01 * self.lots.random()
        share = min(1.0, self.entries["own"].zeal * self.weights[0] * (sum(self.memory.by_section.values()) % 7) / 7)
        self.ally.override("facilitation", self.name, share)
        assert self.ally is self.model.states["belarus"] and self.ally.record == self.state_record
"""


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[None]:
    file = tmp_path / "brokers_of_a_test.py"
    file.write_text(EXTENSION)
    with extend.loaded(file):
        yield


@pytest.mark.usefixtures("brokers")
def test_an_agent_of_an_extension_is_stored_without_a_word_of_its_own(tmp_path: Path) -> None:
    scenario = tiny_scenario(brokers={"b": {"zeal": 0.9}, "a": {}})
    whole, model = CorridorModel(scenario), finished(scenario, 45)
    model.run_for(0)
    model.save(tmp_path / "state")
    again = CorridorModel.restore(tmp_path / "state")
    one = again.extra_actors["brokers"]["a"]
    assert one.flows is again.world.section_flows
    assert one.entries["behaviour"] is again.settings.behaviour
    assert one.memory.calls == model.extra_actors["brokers"]["a"].memory.calls != deque()
    for each in (whole, model, again):
        each.run_model()
    assert differing(whole, model, SCRATCH) == differing(whole, again, SCRATCH) == []
    assert differing(whole, finished(tiny_scenario()), SCRATCH), "the brokers do nothing"
    other = tiny_scenario({"brokers": {"b": {"zeal": 0.1}, "a": {}, "c": {}}}, days=130)
    assert CorridorModel.restore(tmp_path / "state", other).extra_actors["brokers"]["b"].entry.zeal == 0.1
