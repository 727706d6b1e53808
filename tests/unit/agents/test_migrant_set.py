"""`MigrantSet` does what Mesa's AgentSet does, over rows."""

from __future__ import annotations

import gc

import mesa
import numpy as np
import pytest
from mesa.agentset import AbstractAgentSet, GroupBy

from sim.agents import Carrier, Migrant
from sim.agents.migrant import FIXED
from sim.agents.migrant_set import MigrantSet
from sim.engine.rows import BOOKED, ONWARD, STATUSES
from sim.model import CorridorModel
from tests.unit.agents.people import SIZE, numbers


def test_it_is_an_agent_set_of_everybody_in_order(seen: CorridorModel) -> None:
    assert isinstance(seen.migrants, AbstractAgentSet)
    assert len(seen.migrants) == SIZE
    assert numbers(seen.migrants) == list(range(SIZE))
    assert seen.migrants.to_list() == list(seen.migrants)


def test_it_keeps_its_members_without_references_to_views(seen: CorridorModel) -> None:
    """Mesa's own set would be empty: it holds views weakly."""
    chosen = seen.migrants.select(lambda migrant: migrant.row < 10)
    gc.collect()
    assert numbers(chosen) == list(range(10))


def test_select_by_mask(seen: CorridorModel) -> None:
    mask = seen.migrants.get("funds") > 3000
    chosen = seen.migrants.select(where=mask)
    assert numbers(chosen) == np.flatnonzero(mask).tolist()
    again = chosen.select(where=chosen.get("cohort") == 1)
    assert all(m.funds > 3000 and m.cohort == 1 for m in again)
    with pytest.raises(ValueError, match="shape"):
        chosen.select(where=mask)


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("status", "onward"), ("status", "prospect"), ("place", "minsk"), ("place", "bruzgi"), ("cohort", "syrians"),
        ("route", "benghazi-italy"), ("section", "narewka"),
    ],
)  # fmt: skip
def test_select_by_name(seen: CorridorModel, column: str, name: str) -> None:
    known = {"status": list(STATUSES), **_names(seen)}[column]
    chosen = seen.migrants.select(**{column: name})
    assert numbers(chosen) == np.flatnonzero(seen.world.rows[column] == known.index(name)).tolist()
    assert len(chosen) > 0
    assert numbers(seen.migrants.select(**{column: known.index(name)})) == numbers(chosen)


def _names(model: CorridorModel) -> dict[str, list[str]]:
    return {n: getattr(model.names, n + "s") for n in ("place", "cohort", "route", "section")}


def test_select_by_several(seen: CorridorModel) -> None:
    chosen = seen.migrants.select(lambda m: m.funds > 100, status="onward", cohort="iraqis")
    expected = [m.row for m in seen.migrants if m.funds > 100 and m.status == ONWARD and m.cohort_name == "iraqis"]
    assert numbers(chosen) == expected


def test_select_of_unknown_names(seen: CorridorModel) -> None:
    with pytest.raises(ValueError, match=r"no status 'lost'; allowed: prospect"):
        seen.migrants.select(status="lost")
    with pytest.raises(AttributeError, match="no column 'age'"):
        seen.migrants.select(age=3)


@pytest.mark.parametrize(
    ("at_most", "expected"), [(0, 0), (7, 7), (1, 1), (1.0, 160), (0.5, 80), (0.25, 40), (9999, 160)]
)
def test_select_at_most(seen: CorridorModel, at_most: float, expected: int) -> None:
    """A whole number is a number; a float up to 1 a share of the set. As in Mesa."""
    iraqis = seen.migrants.select(cohort="iraqis")
    chosen = iraqis.select(at_most=at_most)
    assert numbers(chosen) == numbers(iraqis)[:expected]
    plain = mesa.agentset.AgentSet(kept := iraqis.to_list(), seen.random).select(at_most=at_most)
    assert [m.row for m in plain] == numbers(chosen)
    assert len(kept) == 160


def test_select_by_type(seen: CorridorModel) -> None:
    assert len(seen.migrants.select(agent_type=Migrant)) == SIZE
    assert len(seen.migrants.select(agent_type=mesa.Agent)) == SIZE
    assert len(seen.migrants.select(agent_type=Carrier)) == 0


def test_select_in_place(seen: CorridorModel) -> None:
    migrants = MigrantSet(seen)
    chosen = migrants.select(cohort="syrians", inplace=True)
    assert chosen is migrants
    assert len(migrants) == 80
    assert len(seen.migrants) == SIZE


def test_select_leaves_the_set_alone(seen: CorridorModel) -> None:
    assert len(seen.migrants.select(cohort="syrians")) == 80
    assert len(seen.migrants) == SIZE


def test_get(seen: CorridorModel) -> None:
    syrians = seen.migrants.select(cohort="syrians")
    assert syrians.get("funds").tolist() == [m.funds for m in syrians]
    assert syrians.get(["funds", "status_name"]) == [[m.funds, m.status_name] for m in syrians]
    assert syrians.get("status_name").tolist() == [m.status_name for m in syrians]
    assert syrians.get("age", handle_missing="default", default_value=7).tolist() == [7] * 80
    assert syrians.get("status_name", handle_missing="default").tolist() == [m.status_name for m in syrians]
    with pytest.raises(AttributeError):
        syrians.get("age")
    with pytest.raises(ValueError, match="found 'ignore'; allowed: 'error' or 'default'"):
        syrians.get("funds", handle_missing="ignore")  # type: ignore[arg-type]


def test_agg(seen: CorridorModel) -> None:
    syrians = seen.migrants.select(cohort="syrians")
    funds = [m.funds for m in syrians]
    assert syrians.agg("funds", max) == max(funds)
    assert syrians.agg("funds", [np.min, np.mean]) == pytest.approx([min(funds), np.mean(funds)], rel=1e-5)
    assert syrians.agg("attempts", np.sum) == sum(m.attempts for m in syrians)


@pytest.mark.parametrize("by", ["status", lambda migrant: migrant.attempts // 2, lambda migrant: migrant.status_name])
def test_groupby(seen: CorridorModel, by: object) -> None:
    groups = seen.migrants.groupby(by)
    assert isinstance(groups, GroupBy)
    key = (lambda m: m.status) if by == "status" else by
    expected: dict[object, list[int]] = {}
    for migrant in seen.migrants:
        expected.setdefault(key(migrant), []).append(migrant.row)
    assert {k: numbers(group) for k, group in groups.groups.items()} == expected
    assert groups.map(len) == {k: len(rows) for k, rows in expected.items()}
    lists = seen.migrants.groupby(by, result_type="list").groups
    assert {k: [m.row for m in group] for k, group in lists.items()} == expected


@pytest.mark.parametrize("by", ["status_name", lambda m: m.route_name, lambda m: (m.status, m.place)])
def test_groupby_any_attribute_or_key(seen: CorridorModel, by: object) -> None:
    assert sum(seen.migrants.groupby(by).map(len).values()) == SIZE


@pytest.mark.parametrize("key", ["funds", lambda migrant: migrant.funds])
@pytest.mark.parametrize("ascending", [True, False])
def test_sort(seen: CorridorModel, key: object, ascending: bool) -> None:
    iraqis = seen.migrants.select(cohort="iraqis")
    funds = [m.funds for m in iraqis.sort(key, ascending=ascending)]
    assert funds == sorted((m.funds for m in iraqis), reverse=not ascending)


def test_sort_in_place(seen: CorridorModel) -> None:
    migrants = seen.migrants.select(cohort="iraqis")
    assert migrants.sort("key", inplace=True) is migrants
    assert numbers(migrants) == list(range(159, -1, -1))


def test_shuffle(seen: CorridorModel) -> None:
    iraqis = seen.migrants.select(cohort="iraqis")
    mixed = iraqis.shuffle()
    assert numbers(mixed) != numbers(iraqis)
    assert sorted(numbers(mixed)) == numbers(iraqis)
    assert mixed.get("key").tolist() == [m.key for m in mixed]
    assert iraqis.shuffle(inplace=True) is iraqis
    assert numbers(iraqis) != sorted(numbers(iraqis))


def test_everybody_in_another_order(seen: CorridorModel) -> None:
    """Columns, selections and sorts follow the order of the set, also when nobody is missing."""
    mixed = seen.migrants.shuffle()
    assert mixed.get("key").tolist() == [m.key for m in mixed]
    assert {m.status for m in mixed.select(status="booked")} == {BOOKED}
    assert numbers(mixed.sort("key", ascending=True).select(cohort="iraqis")) == list(range(160))


def test_do_and_map(model: CorridorModel) -> None:
    syrians = model.migrants.select(cohort="syrians")
    met: list[int] = []
    assert syrians.do(lambda m, list_: list_.append(m.row), met) is syrians
    assert met == numbers(syrians)
    assert syrians.map(lambda m, k: m.row + k, k=1) == [row + 1 for row in met]
    assert syrians.do("__setattr__", "funds", 10.0).agg("funds", np.sum) == 800.0
    assert syrians.map("__repr__")[0] == repr(syrians.to_list()[0])
    met.clear()
    syrians.shuffle_do(lambda m: met.append(m.row))
    assert sorted(met) == numbers(syrians) != met


def test_set(model: CorridorModel) -> None:
    syrians = model.migrants.select(cohort="syrians")
    assert syrians.set("funds", 5.0) is syrians
    assert model.world.rows["funds"].sum() == 80 * 5.0
    syrians.set("funds", np.arange(80))
    assert syrians.get("funds").tolist() == list(range(80))
    with pytest.raises(AttributeError):
        syrians.set("age", 5)


def test_contains_add_discard_remove(seen: CorridorModel, model: CorridorModel) -> None:
    iraqis = seen.migrants.select(cohort="iraqis")
    inside, outside = Migrant.view(seen, 3), Migrant.view(seen, 300)
    assert inside in iraqis
    assert outside not in iraqis
    assert Migrant.view(model, 3) not in iraqis
    assert 3 not in iraqis
    iraqis.add(outside)
    iraqis.add(outside)
    assert numbers(iraqis) == [*range(160), 300]
    iraqis.remove(inside)
    iraqis.discard(inside)
    assert numbers(iraqis) == [0, 1, 2, *range(4, 160), 300]
    with pytest.raises(KeyError):
        iraqis.remove(inside)


def test_columns_are_views_of_the_rows(model: CorridorModel) -> None:
    """What Mesa's collectors read every day is not copied; nobody writes past the books by it."""
    column = model.migrants.column("status")
    assert np.shares_memory(column, model.world.rows)
    with pytest.raises(ValueError, match="read-only"):
        column[5] = BOOKED


def test_set_algebra(seen: CorridorModel) -> None:
    iraqis, onward = seen.migrants.select(cohort="iraqis"), seen.migrants.select(status="onward")
    assert set(numbers(iraqis & onward)) == set(numbers(iraqis)) & set(numbers(onward))
    assert set(numbers(iraqis | onward)) == set(numbers(iraqis)) | set(numbers(onward))


@pytest.mark.parametrize("name", sorted(FIXED))
def test_what_the_books_go_by_is_set_by_nobody(model: CorridorModel, name: str) -> None:
    """Neither by a set nor by a view; and the run closes its books to the last day."""
    model.run_for(30)
    before = model.world.rows.copy()
    for write in (
        lambda: model.migrants.set(name, 3),
        lambda: model.migrants.select(cohort="syrians").do("__setattr__", name, 3),
        lambda: setattr(Migrant.view(model, 5), name, 3),
        lambda: model.agents.set(name, 3),
    ):
        with pytest.raises(AttributeError, match=f"a Migrant's {name} can't be set by hand.*may be set: funds"):
            write()
    assert model.world.rows.tobytes() == before.tobytes()
    model.run_model()
    assert model.day == model.settings.days


def test_the_groups_do_what_mesas_groups_do(seen: CorridorModel) -> None:
    groups = seen.migrants.groupby("cohort_name")
    assert groups.count() == {"iraqis": 160, "sudanese": 160, "syrians": 80}
    assert groups.agg("attempts", sum) == {
        name: sum(m.attempts for m in seen.migrants if m.cohort_name == name) for name in groups.groups
    }
    met: list[int] = []
    assert groups.do(lambda group: met.append(len(group))) is groups
    assert sorted(met) == [80, 160, 160]
    assert groups.map("agg", "funds", max)["syrians"] == max(m.funds for m in seen.migrants.select(cohort="syrians"))


def test_shuffle_do_meets_everybody_once_in_another_order(model: CorridorModel) -> None:
    met: list[int] = []
    assert model.migrants.shuffle_do(lambda m: met.append(m.row)) is model.migrants
    assert sorted(met) == list(range(SIZE)) != met
    assert numbers(model.migrants) == list(range(SIZE))
