"""Border agencies: what they deploy, request, lend and build, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.agents.border_agency import BorderAgency, FrontexPool
from sim.engine.tables import S_PATROL_CALLS
from sim.model import CorridorModel
from tests.strategies import POINT, START, merge, tiny_scenario

ENTRY: dict[str, Any] = {
    "personnel": 30, "reserve": 5, "army": 10, "army_handling": 0.5, "on_duty": 0.25, "handling_rate": 2,
    "mobility": 0.4, "reinforcement_threshold": 0.8, "reinforcement_step": 0.5, "reinforcement_lag": 7,
}  # fmt: skip


def with_poland(changes: dict[str, Any] | None = None, **more: Any) -> CorridorModel:
    return CorridorModel(tiny_scenario(merge({"agencies": {"poland": ENTRY | (changes or {})}}, more)))


def poland(changes: dict[str, Any] | None = None, **more: Any) -> BorderAgency:
    """Sections of 40 and 80 km: a third and two thirds of the border."""
    return with_poland(changes, **more).agencies["poland"]


def column(agency: BorderAgency, name: str) -> list[float]:
    return pytest.approx(agency.table[name][agency.numbers].tolist())  # type: ignore[no-any-return]


def call(agency: BorderAgency, day: int, *calls: float) -> None:
    agency.model.world.section_flows[day, agency.numbers, S_PATROL_CALLS] = calls


def test_a_force_is_spread_by_length_and_a_share_is_on_duty() -> None:
    agency = poland()
    assert agency.by_length.tolist() == pytest.approx([1 / 3, 2 / 3])
    agency.step()
    assert column(agency, "officers") == [2.5, 5]
    assert column(agency, "capacity") == [5, 10]
    assert (agency.force, agency.reserve, agency.army) == (30, 5, 10)


def test_crossing_points_need_no_patrols() -> None:
    agency = poland(**POINT)
    points = agency.table["is_point"][agency.numbers] != 0
    assert points.any()
    assert (agency.by_length[points] == 0).all()
    assert agency.by_length.sum() == pytest.approx(1)


def test_officers_that_are_sent_add_to_the_force_until_they_leave() -> None:
    agency = poland()
    agency.send("a", 12)
    agency.send("b", 6)
    agency.step()
    assert column(agency, "officers") == [4, 8]
    agency.send("a", 0)
    agency.step()
    assert column(agency, "officers") == [3, 6]


def test_nobody_lends_more_than_the_own_force() -> None:
    agency = poland()
    agency.send("guests", 100)
    assert agency.lend("x", 12) == 12
    assert agency.sent["x"] == -12
    assert agency.lend("y", 50) == 18, "what is left of thirty"
    assert agency.lend("x", 20) == 12, "in place of what was lent before"
    assert agency.lend("y", -5) == 0
    assert agency.lend("x", 40) == 30
    agency.step()
    assert column(agency, "officers") == [100 * 0.25 / 3, 100 * 0.25 * 2 / 3]


def test_a_share_of_the_force_is_kept_where_it_is_named_or_where_patrols_were_called() -> None:
    agency = poland()
    agency.concentrate("x", 0.5, ["kuznica"])
    agency.step()
    assert column(agency, "officers") == [7.5 * (0.5 / 3 + 0.5), 7.5 * 0.5 * 2 / 3]
    agency.concentrate("x", 0)
    agency.step()
    assert column(agency, "officers") == [2.5, 5]
    agency.model.day = 10
    call(agency, 2, 99, 0)  # eight days ago
    agency.concentrate("x", 0.6)
    assert agency.concentrations == {}
    call(agency, 3, 1, 3)
    call(agency, 10, 99, 0)  # today
    agency.concentrate("x", 0.6)
    assert agency.concentrations["x"][0] == 0.6
    assert agency.concentrations["x"][1].tolist() == [0.25, 0.75]


def test_the_pressure_is_a_weeks_calls_a_day_by_capacity() -> None:
    agency = poland()
    agency.step()  # a capacity of 15
    for day in range(12):
        call(agency, day, day, 1)
    assert agency.pressure(11) == pytest.approx((5 + 6 + 7 + 8 + 9 + 10 + 11 + 7) / 7 / 15)
    assert agency.pressure(2) == pytest.approx((0 + 1 + 2 + 3) / 7 / 15)
    agency.table["capacity"][agency.numbers] = 0
    assert agency.pressure(11) == 0


def test_the_force_moves_once_a_week_to_where_patrols_are_called() -> None:
    agency = poland({"reinforcement_threshold": 100})
    agency.step()
    for day in (5, 7):
        agency.model.day = day
        call(agency, day, 3, 1)
        agency.review()
        assert agency.distribution.tolist() == pytest.approx([1 / 3, 2 / 3])
    agency.model.day = 6
    agency.review()
    moved = [0.6 / 3 + 0.4 * (0.5 * 0.75 + 0.5 / 3), 0.6 * 2 / 3 + 0.4 * (0.5 * 0.25 + 0.5 * 2 / 3)]
    assert agency.distribution.tolist() == pytest.approx(moved)
    agency.model.day = 7
    agency.step()
    assert column(agency, "officers") == [7.5 * moved[0], 7.5 * moved[1]]


@pytest.mark.parametrize(("calls", "asked"), [(84, False), (85, True)])
def test_reinforcement_is_requested_above_the_threshold(calls: float, asked: bool) -> None:
    agency = poland()
    agency.step()  # a capacity of 15: 0.8 * 15 * 7 = 84 calls a week
    call(agency, 6, calls, 0)
    agency.model.day = 6
    agency.review()
    # half of thirty: five of the reserve, ten soldiers who count as five, and five of the pool
    assert agency.arrivals == ([(12, 5.0), (13, 10.0)] if asked else [])
    assert (agency.reserve, agency.army, agency.model.frontex.available) == ((0, 0, 7) if asked else (5, 10, 12))
    before = list(agency.arrivals)
    agency.model.day = 13
    call(agency, 13, 500, 500)
    agency.review()
    assert agency.arrivals == (before or [(19, 5.0), (20, 10.0)]), "not while some are on their way"


@pytest.mark.parametrize(
    ("changes", "arrivals", "left"),
    [
        ({}, [(8, 1.0), (9, 9.0)], (0, 2, 11)),
        ({"reserve": 20}, [(9, 10.0)], (10, 10, 12)),
        ({"army_handling": 0}, [(8, 5.0), (9, 5.0)], (0, 10, 7)),
        ({"reserve": 0, "army": 0}, [(8, 10.0)], (0, 0, 2)),
    ],
)
def test_a_request_goes_to_the_reserve_the_army_and_the_pool(
    changes: dict[str, Any], arrivals: list[tuple[int, float]], left: tuple[float, ...]
) -> None:
    agency = poland({"army": 10} | changes)
    if not changes:
        agency.army = 10.0
        agency.entry = agency.entry.model_copy(update={"army_handling": 0.5})
        agency._request(2, 10)
        assert agency.arrivals == [(9, 10.0)]
        assert (agency.reserve, agency.army, agency.model.frontex.available) == (0, 0, 12)
        return
    agency._request(2, 10)
    assert agency.arrivals == arrivals
    assert (agency.reserve, agency.army, agency.model.frontex.available) == left


def test_those_who_arrive_join_the_force_on_their_day() -> None:
    agency = poland()
    agency.arrivals = [(3, 6.0), (3, 6.0), (5, 18.0)]
    forces = []
    for day in range(2, 7):
        agency.model.day = day
        agency.step()
        forces += [agency.force, agency.table["officers"][agency.numbers].sum()]
    assert forces == pytest.approx([30, 7.5, 42, 10.5, 42, 10.5, 60, 15, 60, 15])
    assert agency.arrivals == []


def test_a_barrier_is_built_day_by_day_and_watched_when_it_is_complete() -> None:
    agency = poland()
    before = {name: agency.levers[f"{name}.kuznica"][0].at(0) for name in ("barrier", "surveillance")}
    agency.build("fence", {"kuznica": (5.0, 2.0), "narewka": (2.0, 2.0)}, 0.9)
    built = []
    for day in range(4):
        agency.model.day = day
        agency.step()
        row = agency.table[agency.sections["kuznica"]]
        built.append((float(row["barrier"]) - before["barrier"], float(row["surveillance"])))
    assert [km for km, _ in built] == pytest.approx([2, 4, 5, 5])
    assert [share for _, share in built] == pytest.approx([before["surveillance"]] * 2 + [0.9] * 2)
    assert agency.sites == {"fence": []}
    agency.build("fence", {"kuznica": (3.0, 2.0)}, 0.5)
    agency.step()
    agency.build("fence", {}, 0.5)
    agency.step()
    row = agency.table[agency.sections["kuznica"]]
    assert float(row["barrier"]) == pytest.approx(before["barrier"] + 7), "what is built remains"
    assert float(row["surveillance"]) == pytest.approx(0.9), "never less than what was reached"


def test_the_length_of_procedures_follows_its_factor() -> None:
    agency = poland({"procedure_factor": {START: 1.0, START.replace(day=3): 0.5}})
    agency.step()
    assert agency.procedures["procedure"].tolist() == pytest.approx(agency.lengths.tolist())
    agency.model.day = 2
    agency.step()
    assert agency.procedures["procedure"].tolist() == pytest.approx((0.5 * agency.lengths).tolist())


def test_an_agency_without_sections_reviews_nothing() -> None:
    alone = merge({"agencies": {"latvia": {"country": "Latvia", "personnel": 10}}}, {})
    agency = with_poland(None, **alone).agencies["latvia"]
    agency.model.day = 6
    agency.review()
    agency.step()
    assert (agency.arrivals, len(agency.numbers), agency.pressure(6)) == ([], 0, 0)


def test_the_pool_gives_whole_officers_as_long_as_there_are_any() -> None:
    pool = FrontexPool(12, 6.0)
    assert [pool.grant(wanted) for wanted in (3.9, -2, 20, 1)] == [3, 0, 9, 0]
    pool.take_back(5)
    pool.reserve("a", 4.5)
    assert (pool.available, pool.reserved) == (1, {"a": 4})
    pool.release("a")
    pool.release("a")
    assert (pool.available, pool.reserved) == (5, {})
    assert np.isclose(pool.lag, 6)
