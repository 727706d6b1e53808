"""Whatever the reactions: no crash, no endless firing, books that close; each fires when it should."""

from __future__ import annotations

import os
from collections import Counter

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from sim.engine import ledger
from sim.model import CorridorModel
from sim.outputs.run_data import run_data_of
from sim.scenario.schema import Scenario
from tests.properties.differing import differing
from tests.reactions import answering, expected, watched
from tests.strategies import finished

SETS = int(os.environ.get("CORRIDOR_REACTIONS", "60"))  # the nightly command asks for more
ANY = settings(
    max_examples=SETS, deadline=None, derandomize=SETS <= 60, database=None, suppress_health_check=list(HealthCheck)
)


def test_each_reaction_is_in_force_when_its_definition_says() -> None:
    met: Counter[str] = Counter()

    @ANY
    @given(answering())
    def one(scenario: Scenario) -> None:
        model, seen = watched(scenario)
        found = {answer.name: answer.periods for answer in model.reactions.answers}
        assert found == expected(model, seen)
        for name, periods in found.items():
            if periods:
                met.update([scenario.reactions[name].when.kind, scenario.reactions[name].do.kind])
        for row, periods in zip(run_data_of(model).reactions, found.values(), strict=True):
            days = sum((end if end >= 0 else scenario.days) - begin for begin, end in periods)
            assert list(row[[0, 2]]) == [len(periods), days]
            assert row[1] == periods[0][0] + 1 if periods else np.isnan(row[1])

    one()
    missing = {"route", "agency", "pressure", "flow", "measure", "reaction"} - met.keys()
    assert len(missing) <= (2 if SETS <= 60 else 0), (missing, met)  # the rarest may be missing among few sets


class Session(RuleBasedStateMachine):
    """Days pass, and at any time the books close and nothing fires without end."""

    @initialize(scenario=answering())
    def begin(self, scenario: Scenario) -> None:
        self.model = CorridorModel(scenario)

    @rule(days=st.integers(1, 30))
    def step(self, days: int) -> None:
        for _ in range(days):
            self.model.step()

    @invariant()
    def books_close_and_nobody_fires_without_end(self) -> None:
        if not hasattr(self, "model"):
            return
        world = self.model.world
        assert (ledger.recount(world.rows, *world.stocks.shape[:2]) == world.stocks).all()
        assert self.model.frontex.available >= 0
        assert (world.sections["officers"] >= 0).all()
        for answer in self.model.reactions.answers:
            ends = [day if day >= 0 else self.model.day for _, day in answer.periods]
            begins = [day for day, _ in answer.periods]
            assert all(later >= end + answer.entry.rest for later, end in zip(begins[1:], ends, strict=False))
            assert len(begins) <= 1 + self.model.day // (1 + int(answer.entry.rest))


def test_a_session_with_reactions() -> None:
    run_state_machine_as_test(Session, settings=settings(ANY, max_examples=max(SETS // 2, 5), stateful_step_count=6))


@settings(ANY, max_examples=max(SETS // 6, 5))
@given(answering())
def test_reactions_without_strength_or_switched_off_change_no_byte(scenario: Scenario) -> None:
    none = scenario.model_copy(update={"reactions": {}})
    idle = {name: entry.model_copy(update={"strength": 0.0}) for name, entry in scenario.reactions.items()}
    plain = finished(none)
    for other in ({"reactions": idle}, {"answers": False}):
        assert differing(plain, finished(scenario.model_copy(update=other))) == []


@settings(ANY, max_examples=max(SETS // 6, 5))
@given(answering())
def test_no_reaction_changes_anything_before_it_begins(scenario: Scenario) -> None:
    model, plain = finished(scenario), finished(scenario.model_copy(update={"answers": False}))
    first = min((answer.periods[0][0] for answer in model.reactions.answers if answer.periods), default=scenario.days)
    for name in ("stocks_by_place", "section_flows", "pair_flows", "route_flows", "section_capacity"):
        assert (getattr(model.world, name)[:first] == getattr(plain.world, name)[:first]).all(), name
