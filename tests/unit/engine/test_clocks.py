"""Clocks: hazards that compete, waits that last as their hazards say, and nobody struck twice."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pytest

from sim.engine import clocks
from sim.engine import tables as t
from sim.engine.rows import AT_BORDER, AT_HUB, BOOKED, CROSSED, IN_PROCEDURE, STRANDED
from sim.engine.streams import daily_hazard
from sim.model import CorridorModel
from tests.unit.engine.processes.hands import clock_at, put, put_to_wait
from tests.verification.analytic import check_share, check_shares, simple

PEOPLE = 3000
DAYS = 120
FAR = 40.0  # a cumulative hazard beyond the highest resistance


@pytest.fixture
def model() -> CorridorModel:
    """Many people, one zone, on the first morning."""
    return CorridorModel(simple({"cohorts": {"people": {"size": PEOPLE}}, "days": DAYS}))


@pytest.fixture
def at_border(model: CorridorModel) -> int:
    """All begin to wait in the zone on day 0; their clock."""
    put_to_wait(model, range(PEOPLE), AT_BORDER, "camp")
    return clock_at(model, t.K_FIRST, "camp")


def struck(model: CorridorModel, g: int, hazard: float, day: int) -> list[int]:
    """Whom a clock strikes on a day with a hazard."""
    elapsed = model.world.elapsed[:, g]
    elapsed[day + 1] = elapsed[day] + hazard
    n = clocks.strike(model._tables, g, day)
    return [int(i) for i in model.world.who[:n]]


def days_struck(model: CorridorModel, g: int, hazards: Iterable[float], first: int = 1) -> dict[int, int]:
    """The day on which each is struck, under hazards by day; nobody is struck twice."""
    found: dict[int, int] = {}
    for day, hazard in enumerate(hazards, start=first):
        who = struck(model, g, hazard, day)
        assert not found.keys() & who
        assert len(set(who)) == len(who)
        found |= dict.fromkeys(who, day)
    return found


@pytest.mark.parametrize("mean", [1.5, 4.0, 12.0])
def test_under_one_steady_hazard_the_days_of_a_wait_are_geometric_with_its_mean(
    model: CorridorModel, at_border: int, mean: float
) -> None:
    days = list(days_struck(model, at_border, [daily_hazard(mean)] * (DAYS - 2)).values())
    assert len(days) > 0.999 * PEOPLE
    assert np.mean(days) == pytest.approx(mean, abs=4.5 * math.sqrt(mean * (mean - 1) / PEOPLE))
    most = 8
    chances = [(1 - 1 / mean) ** (day - 1) / mean for day in range(1, most)]
    counts = np.bincount(np.minimum(days, most), minlength=most + 1)[1:]
    counts[-1] += PEOPLE - len(days)
    check_shares(counts, [*chances, 1 - sum(chances)])


@pytest.mark.parametrize(
    "hazards",
    [
        [0.1] * 30,
        [0.0, 0.7, 0.0, 0.0, 0.05, 3.0],
        [1e-6] * 40,
        [20.0, 20.0, 9.0],
        [31.5, 0.5],
        [0.06] * 20 + [11.0] * 3,
    ],
)
def test_each_acts_on_the_first_day_on_which_the_hazards_reach_its_resistance(
    model: CorridorModel, at_border: int, hazards: list[float]
) -> None:
    """Whatever the hazards do from day to day, against the definition (Sellke 1983)."""
    resistances = [clocks.resistance(model.world.rows[i]) for i in range(PEOPLE)]
    days = 1 + np.searchsorted(np.cumsum(hazards), resistances)
    expected = {i: int(day) for i, day in enumerate(days) if day <= len(hazards)}
    assert days_struck(model, at_border, hazards) == expected
    assert model.world.clocks["entries"][at_border] == PEOPLE - len(expected)


def test_the_share_that_still_waits_is_the_exponential_of_the_hazards(model: CorridorModel, at_border: int) -> None:
    left, total = PEOPLE, 0.0
    for day, hazard in enumerate((0.02, 0.5, 0.0, 0.3, 0.9), start=1):
        left -= len(struck(model, at_border, hazard, day))
        total += hazard
        check_share(left, PEOPLE, math.exp(-total))


def test_a_higher_hazard_strikes_all_whom_a_lower_one_strikes() -> None:
    found = []
    for factor in (1.0, 1.5, 4.0):
        model = CorridorModel(simple({"cohorts": {"people": {"size": 500}}, "days": DAYS}))
        put_to_wait(model, range(500), AT_BORDER, "camp")
        found.append(set(days_struck(model, clock_at(model, t.K_FIRST, "camp"), [0.05 * factor] * 9)))
    assert found[0] < found[1] < found[2]


def test_who_waits_from_later_on_has_the_same_hazards_before_it(model: CorridorModel) -> None:
    """A wait begins at what the clock shows: what has passed before is not counted."""
    g = clock_at(model, t.K_FIRST, "camp")
    assert days_struck(model, g, [5.0] * 6, first=0) == {}
    put_to_wait(model, range(PEOPLE), AT_BORDER, "camp", day=5)
    assert struck(model, g, 0.0, 6) == []
    check_share(len(struck(model, g, 0.2, 7)), PEOPLE, -math.expm1(-0.2))


def test_competing_hazards_take_their_shares_whenever_they_strike(model: CorridorModel, at_border: int) -> None:
    """P(cause) = hazard / sum of hazards, on the first day as on later ones; a hazard of 0 takes nobody."""
    hazards = np.array([0.05, 0.02, 0.0, 0.01, 0.0, 0.12])
    total = hazards.sum()
    early: list[int] = []
    late: list[int] = []
    for day in range(1, 30):
        for i in struck(model, at_border, total, day):
            (early if day <= 4 else late).append(clocks.cause_of(model.world.rows[i], hazards, total))
    for causes in (early, late):
        counts = np.bincount(causes, minlength=t.CAUSES)
        assert set(np.flatnonzero(counts)) == set(np.flatnonzero(hazards))
        check_shares(counts[hazards > 0], hazards[hazards > 0] / total)


def test_one_hazard_alone_is_always_the_cause(model: CorridorModel) -> None:
    for cause in range(t.CAUSES):
        hazards = np.zeros(t.CAUSES)
        hazards[cause] = 1e-9
        assert {clocks.cause_of(model.world.rows[i], hazards, 1e-9) for i in range(200)} == {cause}


def test_those_who_have_left_are_dropped(model: CorridorModel, at_border: int) -> None:
    """Nobody is struck where it no longer waits, be it elsewhere, in another status, or on another clock."""
    gone, elsewhere, again = range(1000), range(1000, 1500), range(1500, 2000)
    put(model, gone, CROSSED, "guard")
    put(model, elsewhere, STRANDED, "hub")
    model.world.rows["section"][again] = 0  # has tried since: another clock
    assert sorted(struck(model, at_border, FAR, 1)) == list(range(2000, PEOPLE))
    assert model.world.clocks["entries"][at_border] == 0


def test_who_has_left_and_come_back_is_struck_once_and_by_its_new_wait(model: CorridorModel, at_border: int) -> None:
    """The old entry of a wait that ended otherwise does not count, nor count twice."""
    put(model, range(PEOPLE), IN_PROCEDURE, "guard")
    assert struck(model, at_border, 0.1, 1) == []
    put_to_wait(model, range(PEOPLE), AT_BORDER, "camp", day=1)
    resistances = [clocks.resistance(model.world.rows[i]) for i in range(PEOPLE)]
    hazards = [0.02] * 30 + [1.0] * 35
    days = 2 + np.searchsorted(np.cumsum(hazards), resistances)
    assert days_struck(model, at_border, hazards, first=2) == dict(enumerate(days.tolist()))
    assert model.world.clocks["entries"][at_border] < PEOPLE // 300  # old entries in the bucket of new ones


def test_the_same_wait_begun_twice_in_a_day_strikes_once(model: CorridorModel, at_border: int) -> None:
    for i in range(PEOPLE):
        clocks.wait(model._tables, i, 0)
    assert sorted(struck(model, at_border, FAR, 1)) == list(range(PEOPLE))


def test_each_wait_has_its_own_resistance(model: CorridorModel) -> None:
    m = model.world.rows
    found = np.array([[clocks.resistance(m[i]) for i in range(PEOPLE)] for m["waits"] in (1, 2, 3)])
    assert (found > 0).all()
    assert found.mean(axis=1) == pytest.approx(1.0, abs=4.5 / math.sqrt(PEOPLE))
    assert np.abs(np.corrcoef(found) - np.eye(3)).max() < 4.5 / math.sqrt(PEOPLE)


def test_by_status_place_and_past_one_waits_on_one_clock_and_no_other(model: CorridorModel) -> None:
    w = model.world
    for kind, status, place, section in (
        (t.K_QUEUE, AT_HUB, "hub", 255), (t.K_FIRST, AT_BORDER, "camp", 255), (t.K_AGAIN, AT_BORDER, "camp", 0),
        (t.K_STRANDED, STRANDED, "camp", 0), (t.K_STRANDED, STRANDED, "hub", 255),
    ):  # fmt: skip
        put(model, [7], status, place, "flight")
        w.rows["section"][7] = section
        g = clocks.clock_of(model._tables, w.rows[7])
        assert g == clock_at(model, kind, place)
        assert (w.clocks["kind"][g], w.clocks["status"][g]) == (kind, status)
        assert w.clocks["place"][g] == model.names.places.index(place)
    for status, place in ((CROSSED, "guard"), (BOOKED, "home"), (IN_PROCEDURE, "guard"), (AT_BORDER, "home")):
        put(model, [7], status, place, "flight")
        assert clocks.clock_of(model._tables, w.rows[7]) == -1


def test_sweeping_drops_those_who_have_left_and_nobody_else(model: CorridorModel) -> None:
    put_to_wait(model, range(PEOPLE), AT_HUB, "hub")
    g = clock_at(model, t.K_QUEUE, "hub")
    clocks.sweep(model._tables, g, 1)
    assert model.world.clocks["entries"][g] == PEOPLE
    put(model, range(2000), CROSSED, "guard")
    clocks.sweep(model._tables, g, 1)
    assert model.world.clocks["entries"][g] == 1000
    assert sorted(struck(model, g, FAR, 1)) == list(range(2000, PEOPLE))


def test_blocks_are_given_back(model: CorridorModel) -> None:
    """Waiting on and on takes no more room."""
    g = clock_at(model, t.K_FIRST, "camp")
    used = []
    for day in range(40):
        put_to_wait(model, range(PEOPLE), AT_BORDER, "camp", day=day)
        assert len(struck(model, g, FAR, day + 1)) == PEOPLE
        used.append(int(model.world.counters[t.N_USED_BLOCKS]))
    assert used[-1] <= 1.1 * used[1]


def exact(model: CorridorModel, g: int) -> bool:
    clocks.mark_exact(model._tables)
    return bool(model.world.clocks["is_exact"][g])


def test_a_clock_is_exact_while_its_entries_are_those_who_wait(model: CorridorModel, at_border: int) -> None:
    """Not while somebody waits without an entry, nor once an entry is of somebody who has left."""
    assert exact(model, at_border)
    put(model, [3], CROSSED, "guard")
    assert not exact(model, at_border)
    put(model, [3], AT_BORDER, "camp")
    assert exact(model, at_border)
    put(model, [5], STRANDED, "camp")
    assert not exact(model, at_border)


def test_a_stranded_persons_entry_does_not_make_up_for_one_who_tries(model: CorridorModel) -> None:
    """Clocks of one place and another status are not counted together."""
    put_to_wait(model, range(4), STRANDED, "camp")
    put(model, range(4, 8), AT_BORDER, "camp", "flight")
    assert exact(model, clock_at(model, t.K_STRANDED, "camp"))
    assert not exact(model, clock_at(model, t.K_FIRST, "camp"))


def test_first_and_later_attempts_at_one_place_are_exact_together(model: CorridorModel) -> None:
    put_to_wait(model, range(8), AT_BORDER, "camp")
    model.world.rows["section"][:3] = 0
    for i in range(3):
        clocks.wait(model._tables, i, 1)
    assert not exact(model, clock_at(model, t.K_AGAIN, "camp"))  # the old entries of three
    put(model, struck(model, clock_at(model, t.K_FIRST, "camp"), FAR, 1), CROSSED, "guard")
    assert model.world.stocks[0, model.names.places.index("camp"), AT_BORDER] == 3
    assert exact(model, clock_at(model, t.K_AGAIN, "camp"))


def test_the_line_for_transfer_is_never_exact(model: CorridorModel) -> None:
    """Those whose stay at the hub is not over are on no clock."""
    put_to_wait(model, range(9), AT_HUB, "hub")
    assert not exact(model, clock_at(model, t.K_QUEUE, "hub"))


def test_an_old_entry_of_a_later_wait_on_an_exact_clock_is_not_struck_early(model: CorridorModel) -> None:
    """Who has left, come back and waits anew has two entries; the clock is not exact, and the new wait counts."""
    g = clock_at(model, t.K_FIRST, "camp")
    put_to_wait(model, range(200), AT_BORDER, "camp")
    put(model, range(200), IN_PROCEDURE, "guard")
    put_to_wait(model, range(200), AT_BORDER, "camp", day=1)
    clocks.mark_exact(model._tables)
    resistances = np.array([clocks.resistance(model.world.rows[i]) for i in range(200)])
    model.world.elapsed[2, g] = model.world.elapsed[1, g]
    assert sorted(struck(model, g, 1.5, 2)) == np.flatnonzero(resistances <= 1.5).tolist()


def test_entries_fill_blocks_before_another_is_begun(model: CorridorModel) -> None:
    """Of the first clock that anybody enters, too."""
    put_to_wait(model, range(PEOPLE), AT_BORDER, "camp")
    w = model.world
    lists = w.waiting[clock_at(model, t.K_FIRST, "camp")]
    used = 0
    for first in lists[lists >= 0]:
        b, counts = int(first), []
        while b >= 0:
            counts.append(int(w.blocks[b, 1]))
            b = int(w.blocks[b, 0])
        assert counts[1:] == [t.BLOCK_ROOM] * (len(counts) - 1)
        used += len(counts)
    assert used == w.counters[t.N_USED_BLOCKS]
