"""The model's sets of agents hold actors and migrants."""

from __future__ import annotations

import gc

import pytest

from sim.agents import BorderAgency, Carrier, Migrant, TransitState
from sim.engine.rows import AT_BORDER, ONWARD, PROSPECT
from sim.model import CorridorModel
from tests.strategies import tiny_scenario
from tests.unit.agents.people import SIZE


def test_agents_include_actors_and_migrants(seen: CorridorModel) -> None:
    actors = [*seen.states.values(), *seen.carriers.values(), *seen.agencies.values(), *seen.sponsors.values()]
    assert len(seen.agents) == len(actors) + SIZE
    assert set(seen.agents) == set(actors) | set(seen.migrants)
    assert all(actor in seen.agents for actor in actors)
    assert Migrant.view(seen, 4) in seen.agents
    assert seen.agents.to_list()[-1] == Migrant.view(seen, SIZE - 1)


def test_agents_by_type(seen: CorridorModel) -> None:
    assert set(seen.agent_types) == set(seen.agents_by_type) == {TransitState, Carrier, BorderAgency, Migrant}
    assert seen.agents_by_type[Migrant] is seen.migrants
    assert len(seen.agents_by_type[Carrier]) == 4


def test_agents_select(seen: CorridorModel) -> None:
    assert len(seen.agents.select(agent_type=Migrant)) == SIZE
    assert set(seen.agents.select(agent_type=Carrier)) == set(seen.carriers.values())
    assert len(seen.agents.select(status="onward")) == int((seen.world.rows["status"] == ONWARD).sum())
    chosen = seen.agents.select(lambda agent: agent.unique_id % 2 == 0)
    gc.collect()
    assert {a.unique_id for a in chosen} == {a.unique_id for a in seen.agents if a.unique_id % 2 == 0}


def test_agents_get_do_map(seen: CorridorModel) -> None:
    ids = [agent.unique_id for agent in seen.agents]
    assert list(seen.agents.get("unique_id")) == ids
    assert seen.agents.map(lambda agent: agent.unique_id) == ids
    met: list[int] = []
    seen.agents.do(lambda agent: met.append(agent.unique_id))
    assert met == ids


@pytest.mark.parametrize(
    "count",
    [
        lambda agents: len(agents.shuffle()),
        lambda agents: len(agents.sort("unique_id")),
        lambda agents: sum(agents.groupby(type).map(len).values()),
        lambda agents: len(agents.select(at_most=SIZE + 8)),
        lambda agents: len(agents.select(lambda agent: True, at_most=3)) + SIZE + 5,
        lambda agents: len(_met_in_random_order(agents)),
    ],
)
def test_agents_do_all_that_an_agent_set_does(seen: CorridorModel, count: object) -> None:
    assert count(seen.agents) == SIZE + 8


def _met_in_random_order(agents: object) -> list[int]:
    met: list[int] = []
    agents.shuffle_do(lambda agent: met.append(agent.unique_id))
    return met


def test_sets_follow_the_run() -> None:
    model = CorridorModel(tiny_scenario())
    assert len(model.migrants.select(status=PROSPECT)) == SIZE
    border = []
    while model.day < 40:
        model.step()
        border.append(len(model.migrants.select(status="at_border")))
    assert border == model.world.stocks_by_cohort[:40, :, AT_BORDER].sum(axis=1).tolist()


def test_nobody_steps_when_not_everybody_can(model: CorridorModel) -> None:
    model.run_for(20)
    stepped: list[object] = []
    for actor in [*model.carriers.values(), *model.states.values(), *model.agencies.values()]:
        actor.step = lambda: stepped.append(None)
    for call in (model.agents.do, model.agents.map, model.agents.shuffle_do):
        with pytest.raises(TypeError, match=r"model\.step\(\)"):
            call("step")
    assert stepped == []
    model.agents_by_type[Carrier].do("step")
    assert len(stepped) == len(model.carriers)


def test_several_attributes_of_everybody_come_agent_by_agent(seen: CorridorModel) -> None:
    found = seen.agents.get(["unique_id", "name"], handle_missing="default", default_value="")
    assert found == [[agent.unique_id, getattr(agent, "name", "")] for agent in seen.agents]


def test_agents_have_an_order(seen: CorridorModel) -> None:
    assert seen.agents[-1] == Migrant.view(seen, SIZE - 1)
    assert seen.agents[8:10] == [Migrant.view(seen, 0), Migrant.view(seen, 1)]


@pytest.mark.parametrize("change", ["add", "discard", "remove"])
def test_who_belongs_to_a_model_is_settled(seen: CorridorModel, change: str) -> None:
    agents = len(seen.agents)
    with pytest.raises(TypeError, match=r"model\.agents can't be changed"):
        getattr(seen.agents, change)(next(iter(seen.agents)))
    with pytest.raises(TypeError, match=r"airline-iq can't be removed"):
        seen.carriers["airline-iq"].remove()
    assert len(seen.agents) == agents
