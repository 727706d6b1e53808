"""A view of a row is a Mesa agent."""

from __future__ import annotations

import mesa
import pytest

from sim.agents import Migrant
from sim.engine.rows import ROW, STATUSES
from sim.model import CorridorModel
from tests.unit.agents.people import SIZE


def test_a_view_is_a_mesa_agent_of_its_model(seen: CorridorModel) -> None:
    migrant = seen.migrants.to_list()[17]
    assert isinstance(migrant, mesa.Agent)
    assert migrant.model is seen
    assert migrant.row == 17


def test_views_of_one_row_are_equal(seen: CorridorModel) -> None:
    one, other, third = Migrant.view(seen, 5), Migrant.view(seen, 5), Migrant.view(seen, 6)
    assert one is not other
    assert one == other
    assert hash(one) == hash(other)
    assert one != third
    assert one != 5
    assert len({one, other, third}) == 2


def test_views_of_two_models_differ(seen: CorridorModel, model: CorridorModel) -> None:
    assert Migrant.view(seen, 5) != Migrant.view(model, 5)
    assert len({Migrant.view(seen, 5), Migrant.view(model, 5)}) == 2


def test_a_view_reads_every_column(seen: CorridorModel) -> None:
    for row in (0, 200, 399):
        migrant = Migrant.view(seen, row)
        for name in ROW.names or ():
            value = getattr(migrant, name)
            assert value == seen.world.rows[name][row]
            assert type(value) in (int, float)


def test_a_view_writes_through(model: CorridorModel) -> None:
    migrant, same = Migrant.view(model, 5), Migrant.view(model, 5)
    migrant.funds = 1234.5
    assert same.funds == 1234.5
    assert model.world.rows["funds"][5] == 1234.5
    model.world.rows["attempts"][5] = 3
    assert migrant.attempts == 3


def test_a_view_has_no_other_attributes(model: CorridorModel) -> None:
    migrant = Migrant.view(model, 5)
    with pytest.raises(AttributeError, match="no attribute 'age'; columns are key, funds"):
        _ = migrant.age
    with pytest.raises(AttributeError, match="no column 'age'"):
        migrant.age = 3


def test_a_migrant_cannot_be_made(model: CorridorModel) -> None:
    with pytest.raises(TypeError, match=r"model\.migrants"):
        Migrant(model, 5)
    assert len(model.migrants) == SIZE


def test_a_view_in_words(seen: CorridorModel) -> None:
    for migrant in seen.migrants:
        assert migrant.status_name == STATUSES[migrant.status]
        assert migrant.place_name == seen.names.places[migrant.place]
        assert migrant.cohort_name == seen.names.cohorts[migrant.cohort]
        assert (migrant.route_name is None) == (migrant.bookings == 0)
        assert (migrant.section_name is None) == (migrant.attempts == 0)
        assert migrant.injured in (True, False)
    assert repr(Migrant.view(seen, 399)).startswith("<Migrant 399 syrians ")


def test_ids_are_unique_among_all_agents(seen: CorridorModel) -> None:
    ids = [agent.unique_id for agent in seen.agents]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("method", "why"), [("remove", "persons are conserved"), ("step", r"model\.step"), ("advance", r"model\.step")]
)
def test_what_a_migrant_cannot_do_alone_is_refused_at_once(model: CorridorModel, method: str, why: str) -> None:
    """By a view and by any set, before anybody has been touched."""
    before = model.world.rows.copy()
    with pytest.raises(TypeError, match=why):
        getattr(Migrant.view(model, 5), method)()
    for agents in (model.migrants, model.agents, model.agents_by_type[Migrant], model.agents.shuffle()):
        with pytest.raises(TypeError):
            agents.do(method)
    assert len(model.migrants) == SIZE
    assert model.world.rows.tobytes() == before.tobytes()


def test_a_view_has_what_every_mesa_agent_has(seen: CorridorModel) -> None:
    migrant = Migrant.view(seen, 5)
    assert migrant.random is seen.random
    assert migrant.rng is seen.rng
    assert migrant.scenario is seen.scenario
